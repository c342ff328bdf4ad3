"""Posting, editing and deleting messages, and telling everyone who should know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.local import message_payloads, payloads
from bot.local.errors import MISSING_PERMISSIONS, ApiError, not_found
from bot.local.gateway import Gateway, typing_json
from bot.local.jsontypes import Json
from bot.local.mentions import Allowed, find_pings
from bot.local.people import People
from bot.local.permissions import Permission, channel_permissions, may_speak
from bot.local.state import Channel, ChannelType, Message, MessageFlag, MessageType, User, World, now


@dataclass(slots=True)
class Draft:
    """A message before it is posted."""

    content: str = ""
    embeds: list[Json] = field(default_factory=list[Json])
    components: list[Json] = field(default_factory=list[Json])
    attachments: list[Json] = field(default_factory=list[Json])
    type: MessageType = MessageType.DEFAULT
    flags: int = 0
    allowed: Allowed = field(default_factory=Allowed)
    answers: Message | None = None
    nonce: int | str | None = None
    tts: bool = False
    interaction: Json | None = None
    webhook_id: int | None = None
    ephemeral_to: int | None = None


class Messages:
    """The one place where messages change."""

    def __init__(self, world: World, gateway: Gateway, people: People) -> None:
        self._world = world
        self._gateway = gateway
        self._people = people
        self.on_reply: Callable[[Message, int], None] = lambda message, to: None

    def find(self, channel_id: int, message_id: int) -> Message:
        """A message.

        Raises:
            ApiError: 404, there is none.
        """
        channel = self._world.channels.get(channel_id)
        message = channel.messages.get(message_id) if channel else None
        if message is None:
            raise not_found("Message")
        return message

    def post(self, author: User, channel: Channel, draft: Draft) -> Message:
        """Post a message and tell the bot and everyone who is looking."""
        world = self._world
        pings = find_pings(world, author, channel, draft.content, allowed=draft.allowed, answered=draft.answers)
        message = Message(
            id=world.new_id(),
            channel_id=channel.id,
            author_id=author.id,
            created_at=now(),
            content=draft.content,
            type=draft.type,
            flags=draft.flags,
            embeds=draft.embeds,
            components=draft.components,
            attachments=draft.attachments,
            mentions=pings.users,
            mention_roles=pings.roles,
            mention_everyone=pings.everyone,
            nonce=draft.nonce,
            tts=draft.tts,
            interaction=draft.interaction,
            webhook_id=draft.webhook_id,
            ephemeral_to=draft.ephemeral_to,
        )
        if draft.answers is not None:
            message.reply_ping = draft.answers.author_id in pings.users
            message.reference = {
                "type": 0,
                "channel_id": str(draft.answers.channel_id),
                "message_id": str(draft.answers.id),
            }
            if channel.type is not ChannelType.DM:
                message.reference["guild_id"] = str(world.guild_of(channel).id)
        self._fit_embeds(message, channel)
        channel.keep(message)
        self.announce("MESSAGE_CREATE", message)
        if draft.answers is not None:
            self.on_reply(message, draft.answers.id)
        return message

    def rewrite(self, message: Message, changes: Draft, given: set[str], *, quietly: bool = False) -> None:
        """Change the given parts of a message. `quietly`: it was only promised, so it is no edit."""
        channel = self._world.channels[message.channel_id]
        author = self._world.users[message.author_id]
        for part in ("embeds", "components", "attachments"):
            if part in given:
                setattr(message, part, getattr(changes, part))
        if "content" in given:
            message.content = changes.content
            answered = message_payloads.referenced(self._world, message) if message.reply_ping else None
            pings = find_pings(self._world, author, channel, message.content, allowed=changes.allowed, answered=None)
            if answered is not None and answered.author_id not in pings.users:
                pings.users.append(answered.author_id)
            message.mentions, message.mention_roles = pings.users, pings.roles
            message.mention_everyone = pings.everyone
        if "flags" in given:
            kept = message.flags & ~MessageFlag.SUPPRESS_EMBEDS
            changeable = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.IS_COMPONENTS_V2
            message.flags = kept | (changes.flags & changeable)
        self._fit_embeds(message, channel)
        if message.loading:
            message.flags &= ~MessageFlag.LOADING
            quietly = True
        if not quietly:
            message.edited_at = now()
        self.announce("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        """Delete a message."""
        channel = self._world.channels[message.channel_id]
        del channel.messages[message.id]
        data: Json = {"id": str(message.id), "channel_id": str(channel.id)}
        for user_id in self._people.watching(channel, only=message.ephemeral_to):
            self._people.tell("MESSAGE_DELETE", data, user_id=user_id)
        if message.ephemeral_to is None and self._bot_sees(channel):
            self._gateway.dispatch("MESSAGE_DELETE", self._placed(data, channel), direct=_direct(channel))

    def react(self, message: Message, user: User, emoji: str, *, remove: bool = False) -> None:
        """Add or remove a reaction."""
        who = message.reactions.setdefault(emoji, [])
        if (user.id in who) is not remove:
            return
        if remove:
            who.remove(user.id)
        else:
            who.append(user.id)
        if not who:
            del message.reactions[emoji]
        self.announce("MESSAGE_UPDATE", message, to_bot=False)
        channel = self._world.channels[message.channel_id]
        data: Json = {
            "user_id": str(user.id),
            "channel_id": str(channel.id),
            "message_id": str(message.id),
            "emoji": message_payloads.emoji_json(emoji),
            "burst": False,
            "type": 0,
        }
        if not remove:
            data["message_author_id"] = str(message.author_id)
            if not _direct(channel):
                data["member"] = payloads.member_json(self._world, self._world.members[user.id])
        event = "MESSAGE_REACTION_REMOVE" if remove else "MESSAGE_REACTION_ADD"
        if self._bot_sees(channel):
            self._gateway.dispatch(event, self._placed(data, channel), direct=_direct(channel))

    def typing(self, user: User, channel: Channel) -> None:
        """Somebody is typing."""
        for user_id in self._people.watching(channel) - {user.id}:
            self._people.tell("TYPING_START", {"channel_id": str(channel.id), "user_id": str(user.id)}, user_id=user_id)
        if not user.bot and self._bot_sees(channel):
            direct = _direct(channel)
            self._gateway.dispatch(
                "TYPING_START", typing_json(self._world, user.id, channel.id, direct=direct), direct=direct
            )

    def open_thread(self, owner: User, parent: Channel, name: str, start: Message | None = None) -> Channel:
        """Open a thread in a channel, from a message where one is given."""
        world = self._world
        thread = Channel(
            start.id if start else world.new_id(),
            ChannelType.PUBLIC_THREAD,
            name,
            parent_id=parent.id,
            owner_id=owner.id,
            guild_id=parent.guild_id,
        )
        world.channels[thread.id] = thread
        if start is not None:
            start.thread_id = thread.id
            start.flags |= MessageFlag.HAS_THREAD
        if self._bot_sees(thread):
            self._gateway.dispatch("THREAD_CREATE", {**payloads.channel_json(world, thread), "newly_created": True})
        if start is not None:
            self.announce("MESSAGE_UPDATE", start)
        return thread

    def announce(self, event: str, message: Message, *, to_bot: bool = True) -> None:
        """Tell the bot and the open pages about a message as it is now."""
        channel = self._world.channels[message.channel_id]
        for user_id in self._people.watching(channel, only=message.ephemeral_to):
            data = message_payloads.message_event_json(self._world, message, viewer=user_id)
            self._people.tell(event, data, user_id=user_id)
        # Discord tells a bot nothing about ephemeral messages, its own included.
        if to_bot and message.ephemeral_to is None and self._bot_sees(channel):
            data = message_payloads.message_event_json(self._world, message, viewer=self._world.bot.id)
            self._gateway.dispatch(event, data, direct=_direct(channel))

    def require(self, channel: Channel, permission: Permission) -> None:
        """Refuse what the bot may not do.

        Raises:
            ApiError: 403 with Discord's code.
        """
        held = channel_permissions(self._world, self._world.bot.id, channel)
        if Permission.VIEW_CHANNEL not in held:
            raise ApiError(403, 50001, "Missing Access")
        allowed = (
            may_speak(self._world, self._world.bot.id, channel)
            if permission is Permission.SEND_MESSAGES
            else permission in held
        )
        if not allowed:
            raise ApiError(*MISSING_PERMISSIONS)

    def _fit_embeds(self, message: Message, channel: Channel) -> None:
        """Without Embed Links, the bot's embeds are dropped; files named in embeds get their address.

        Not in responses to interactions: in these the bot's right to embed links and attach files does not count.
        """
        if message.author_id == self._world.bot.id and message.webhook_id is None:
            held = channel_permissions(self._world, self._world.bot.id, channel)
            if Permission.EMBED_LINKS not in held:
                message.embeds = []
        names = {f"attachment://{item['filename']}": item["url"] for item in message.attachments}
        message.embeds = [_with_defaults(embed, names) for embed in message.embeds]

    def _bot_sees(self, channel: Channel) -> bool:
        return Permission.VIEW_CHANNEL in channel_permissions(self._world, self._world.bot.id, channel)

    def _placed(self, data: Json, channel: Channel) -> Json:
        return data if _direct(channel) else {**data, "guild_id": str(self._world.guild_of(channel).id)}


def _direct(channel: Channel) -> bool:
    return channel.type is ChannelType.DM


def _with_defaults(embed: Json, names: dict[str, Any]) -> Json:
    shown: Json = {"type": "rich", **{key: value for key, value in embed.items() if value is not None}}
    for name in ("image", "thumbnail"):
        picture = shown.get(name)
        if picture and picture.get("url") in names:
            shown[name] = {**picture, "url": names[picture["url"]]}
    if "fields" in shown:
        shown["fields"] = [{"inline": False, **item} for item in shown["fields"]]
    return shown
