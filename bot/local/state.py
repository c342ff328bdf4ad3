"""What the local server knows: users, one guild, its channels, messages and interactions.

Plain data in memory, nothing that speaks to a network. Everything is gone when the process ends.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum

from bot.local.jsontypes import Json

DISCORD_EPOCH_MS = 1_420_070_400_000
HISTORY_LIMIT = 2_000  # messages kept a channel; the oldest make room


class ChannelType(IntEnum):
    """The kinds of channel that exist here."""

    TEXT = 0
    DM = 1
    PUBLIC_THREAD = 11
    FORUM = 15


class MessageType(IntEnum):
    """The kinds of message that exist here."""

    DEFAULT = 0
    THREAD_CREATED = 18
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    THREAD_STARTER_MESSAGE = 21
    CONTEXT_MENU_COMMAND = 23


class MessageFlag(IntEnum):
    """Bits of a message's flags."""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


@dataclass(slots=True)
class User:
    """An account: a person or the bot."""

    id: int
    name: str
    display_name: str
    bot: bool = False


@dataclass(slots=True)
class Role:
    """A role of the guild; the one with the guild's id is everyone's."""

    id: int
    name: str
    permissions: int
    position: int
    colour: int = 0
    mentionable: bool = False
    bot_id: int | None = None


@dataclass(slots=True)
class Member:
    """A user in the guild."""

    user_id: int
    joined_at: datetime
    roles: list[int] = field(default_factory=list[int])
    nick: str | None = None


@dataclass(slots=True)
class Overwrite:
    """What a role (kind 0) or a member (kind 1) may and may not do in one channel."""

    id: int
    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class Guild:
    """A guild: the one that people see on the page, or another of a load test's."""

    id: int
    name: str
    owner_id: int


@dataclass(slots=True)
class Message:
    """A message; `ephemeral_to` names the only person who sees it."""

    id: int
    channel_id: int
    author_id: int
    created_at: datetime
    content: str = ""
    type: MessageType = MessageType.DEFAULT
    flags: int = 0
    embeds: list[Json] = field(default_factory=list[Json])
    components: list[Json] = field(default_factory=list[Json])
    attachments: list[Json] = field(default_factory=list[Json])
    mentions: list[int] = field(default_factory=list[int])
    mention_roles: list[int] = field(default_factory=list[int])
    mention_everyone: bool = False
    edited_at: datetime | None = None
    tts: bool = False
    pinned: bool = False
    nonce: int | str | None = None
    reference: Json | None = None
    reply_ping: bool = False
    thread_id: int | None = None
    interaction: Json | None = None
    webhook_id: int | None = None
    ephemeral_to: int | None = None
    reactions: dict[str, list[int]] = field(default_factory=dict[str, list[int]])

    @property
    def loading(self) -> bool:
        """Whether the bot only promised an answer so far."""
        return bool(self.flags & MessageFlag.LOADING)


@dataclass(slots=True)
class Channel:
    """A channel, thread or direct message with its messages, oldest first."""

    id: int
    type: ChannelType
    name: str
    topic: str = ""
    position: int = 0
    parent_id: int | None = None
    owner_id: int | None = None
    recipients: tuple[int, ...] = ()
    overwrites: dict[int, Overwrite] = field(default_factory=dict[int, Overwrite])
    messages: OrderedDict[int, Message] = field(default_factory=OrderedDict[int, Message])
    last_message_id: int | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    guild_id: int = 0  # only in a guild that is not the first

    def keep(self, message: Message, limit: int = HISTORY_LIMIT) -> None:
        """Add a message; beyond the limit the oldest is forgotten."""
        self.messages[message.id] = message
        if message.ephemeral_to is None:
            self.last_message_id = message.id
        while len(self.messages) > limit:
            self.messages.popitem(last=False)


class Snowflakes:
    """Hands out ids that grow with time, as Discord's do; those of different workers differ (0 to 31)."""

    def __init__(self, now: Callable[[], float] = time.time, worker: int = 0) -> None:
        self._now = now
        self._worker = worker << 17
        self._last = 0

    def __call__(self) -> int:
        """The next id."""
        milliseconds = int(self._now() * 1000) - DISCORD_EPOCH_MS
        self._last = max(milliseconds << 22 | self._worker, self._last + 1)
        return self._last


@dataclass(slots=True)
class World:
    """Everything there is, found by id."""

    new_id: Snowflakes
    guild: Guild
    bot: User
    users: dict[int, User]
    members: dict[int, Member]
    roles: dict[int, Role]
    channels: dict[int, Channel]
    others: dict[int, Guild] = field(default_factory=dict[int, Guild])  # everybody is a member of these as well
    base_url: str = ""  # known once the port is bound
    message_content_allowed: bool = True  # the switch in Discord's developer portal
    members_allowed: bool = True
    presences_allowed: bool = True

    @property
    def people(self) -> list[User]:
        """The users who are not bots, in the order in which they joined."""
        return [user for user in self.users.values() if not user.bot]

    @property
    def guilds(self) -> list[Guild]:
        """The guild of the page, then the others."""
        return [self.guild, *self.others.values()]

    def guild_of(self, channel: Channel) -> Guild:
        """The guild that a channel or thread is in."""
        return self.others.get(channel.guild_id, self.guild)

    def direct_channel(self, user_id: int) -> Channel | None:
        """The direct message between the bot and a user."""
        for channel in self.channels.values():
            if channel.type is ChannelType.DM and user_id in channel.recipients:
                return channel
        return None

    def person(self, who: str) -> User | None:
        """A person by id or name, in any case."""
        wanted = who.strip().lower()
        for user in self.people:
            if wanted in (str(user.id), user.name.lower(), user.display_name.lower()):
                return user
        return None

    def find_channel(self, which: str) -> Channel | None:
        """A channel by id or by name, with or without `#`."""
        wanted = which.strip().lstrip("#").lower()
        for channel in self.channels.values():
            if wanted in (str(channel.id), channel.name.lower()):
                return channel
        return None


def now() -> datetime:
    """The present in UTC."""
    return datetime.now(UTC)
