"""A crowd for load tests: many members in many servers who ask on a schedule, and what they got.

It lives in the server's own process, so that asking and timing take nothing from the bot's.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from bot.local.gateway import Gateway
from bot.local.jsontypes import Json
from bot.local.messages import Draft, Messages
from bot.local.state import Channel, ChannelType, Guild, Member, Message, User, World, now

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Asked:
    """A question: who asked it when, and the replies as seconds after it with how they begin."""

    member: int
    channel: int
    at: float
    late: float  # seconds behind its schedule
    replies: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])


class Crowd:
    """Members and servers beside those of the page; everybody in it is in all of its servers."""

    def __init__(self, world: World, gateway: Gateway, messages: Messages) -> None:
        self._world = world
        self._gateway = gateway
        self._messages = messages
        self._members: list[User] = []
        self._channels: list[Channel] = []
        self._asked: dict[int, _Asked] = {}
        self._asking: asyncio.Task[None] | None = None
        self._began = 0.0

    def gather(self, members: int, servers: int, channels: int) -> Json:
        """Add people, and servers with channels; the bot is told of them."""
        world = self._world
        joined = now()
        for number in range(len(self._members), members):
            user = User(world.new_id(), f"member{number}", f"Member {number}")
            world.users[user.id] = user
            world.members[user.id] = Member(user.id, joined)
            self._members.append(user)
        for number in range(len(world.others), servers):
            guild = Guild(world.new_id(), f"Server {number}", world.guild.owner_id)
            world.others[guild.id] = guild
            for place in range(channels):
                channel = Channel(
                    world.new_id(), ChannelType.TEXT, f"channel-{place}", position=place, guild_id=guild.id
                )
                world.channels[channel.id] = channel
                self._channels.append(channel)
            self._gateway.joined(guild)
        self._messages.on_reply = self._replied
        return {"servers": [str(guild.id) for guild in world.others.values()], "members": len(self._members)}

    def ask(self, questions: list[str], *, rate: float, at_most: int = 0) -> Json:
        """Ask them in turn, `rate` a second, in the first `at_most` channels (0: all). Earlier ones are forgotten."""
        if self._asking is not None and not self._asking.done():
            self._asking.cancel()
        self._asked.clear()
        self._began = asyncio.get_running_loop().time()
        self._asking = asyncio.create_task(self._ask(questions, rate, self._channels[: at_most or None]))
        return {"questions": len(questions)}

    async def _ask(self, questions: list[str], rate: float, channels: list[Channel]) -> None:
        loop, mention = asyncio.get_running_loop(), f"<@{self._world.bot.id}>"
        for number, text in enumerate(questions):
            due = self._began + number / rate
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            elif number % 20 == 0:
                await asyncio.sleep(0)  # replies come in between even where it lags behind
            # Neighbours in time are in different servers, and everybody asks as often as everybody else.
            member = self._members[number % len(self._members)]
            channel = channels[number * 37 % len(channels)]
            asked = loop.time()
            message = self._messages.post(member, channel, Draft(content=f"{mention} {text}"))
            self._asked[message.id] = _Asked(member.id, channel.id, asked, asked - due)

    def _replied(self, message: Message, to: int) -> None:
        if (asked := self._asked.get(to)) is not None:
            title = str(message.embeds[0].get("title") or "") if message.embeds else ""
            told = f"{message.content[:80]}|{title[:80]}"
            asked.replies.append((asyncio.get_running_loop().time() - asked.at, told))

    def outcome(self) -> Json:
        """Each question with its member, channel, time since the first, lateness and replies, all in seconds."""
        return {
            "done": self._asking is None or self._asking.done(),
            "questions": [
                {
                    "member": item.member,
                    "channel": item.channel,
                    "at": item.at - self._began,
                    "late": item.late,
                    "replies": item.replies,
                }
                for item in self._asked.values()
            ],
        }

    async def close(self) -> None:
        """Ask nothing more."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
