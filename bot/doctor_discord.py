"""What `doctor` asks of Discord: token, application, intents, servers with their permissions, channels, clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import discord

from bot.client import LEAST_PERMISSIONS, invite_link
from bot.config import Config
from bot.doctor_places import lacking
from bot.findings import Finding, bad, look, ok, skipped
from bot.wire import NOT_ACCEPTED

APART_SECONDS = 5.0
"""How far this clock may be from Discord's; expiry and times in logs go by it."""

PATIENCE_SECONDS = 10.0

NEEDS_TOKEN = ("clock", "intents", "invite link", "gateway", "servers")
"""What only Discord can tell, and only to whoever has a token."""

_MESSAGE_CONTENT = 1 << 18 | 1 << 19
_SERVERS = 20  # named one by one


class _StrangeError(Exception):
    """Discord answered otherwise than with what was asked for."""


def without_token(config: Config) -> list[Finding]:
    """A line for each thing that Discord was not asked for want of a token."""
    named = [
        name
        for name, value in (
            ("discord.test_guild", config.discord.test_guild),
            ("discord.answer_channels", config.discord.answer_channels),
            ("discord.moderator_roles", config.discord.moderator_roles),
        )
        if value
    ]
    return [skipped(what, "not looked at: Discord tells it only with a token") for what in (*NEEDS_TOKEN, *named)]


async def look_at_discord(config: Config, token: str, *, now: Callable[[], datetime]) -> list[Finding]:
    """Ask Discord, with the token; where it cannot be reached, say what was not looked at."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    headers = {"Authorization": f"Bot {token}"}
    async with aiohttp.ClientSession(timeout=timeout, headers=headers) as session:
        found: list[Finding] = []
        try:
            async for finding in _Visit(config, session, now).findings():
                found.append(finding)  # noqa: PERF401  what was found before a failure counts
        except (aiohttp.ClientError, TimeoutError) as error:
            why = f"cannot reach {config.discord.api_base} ({type(error).__name__}): token, intents, servers and clock"
            found.append(skipped("Discord", f"{why} were not all looked at"))
        except (_StrangeError, ValueError) as error:
            found.append(bad("Discord", f"{config.discord.api_base}: {error}; check discord.api_base"))
        return found


class _Visit:
    def __init__(self, config: Config, session: aiohttp.ClientSession, now: Callable[[], datetime]) -> None:
        self._config = config.discord
        self._session = session
        self._now = now
        self._apart = 0.0
        self._me = ""
        self._roles: dict[str, list[dict[str, Any]]] = {}
        self._whole = True  # whether all servers were looked at

    async def findings(self) -> AsyncIterator[Finding]:
        status, me = await self._get("/users/@me")
        if status == 401:
            yield bad("token", NOT_ACCEPTED)
            yield self._clock()
            return
        yield ok("token", f"accepted: it is {_named(me)}'s")
        self._me = str(me["id"])
        yield self._clock()
        _, application = await self._get("/oauth2/applications/@me", needed=True)
        yield self._intents(int(application.get("flags") or 0))
        yield ok("invite link", invite_link(int(application["id"])))
        yield await self._sessions()
        async for finding in self._servers():
            yield finding
        async for finding in self._places():
            yield finding
        async for finding in self._moderators():
            yield finding

    def _clock(self) -> Finding:
        apart = abs(self._apart)
        if apart <= APART_SECONDS:
            return ok("clock", f"within {APART_SECONDS:.0f} s of Discord's")
        way = "ahead of" if self._apart > 0 else "behind"
        return bad("clock", f"{apart:.0f} s {way} Discord's: set this machine's clock (by NTP)")

    def _intents(self, flags: int) -> Finding:
        if not self._config.message_content:
            return ok("intents", "no privileged one is asked for")
        if flags & _MESSAGE_CONTENT:
            return ok("intents", "message content is switched on in the developer portal")
        return bad(
            "intents",
            "discord.message_content is true, but Message Content Intent is off: switch it on in the developer portal "
            "(your application, Bot), or set discord.message_content to false",
        )

    async def _sessions(self) -> Finding:
        _, gateway = await self._get("/gateway/bot", needed=True)
        limit: dict[str, Any] = gateway.get("session_start_limit") or {}
        left, shards = int(limit.get("remaining", 0)), int(gateway.get("shards", 1))
        told = f"{left} starts left today; Discord recommends {shards} shard{'s' * (shards != 1)}"
        return ok("gateway", told) if left > 10 else bad("gateway", f"{told}: find out why it starts so often")

    async def _servers(self) -> AsyncIterator[Finding]:
        _, guilds = await self._get("/users/@me/guilds", needed=True)
        if not guilds:
            yield look("servers", "the bot is in none: open the invite link")
        for guild in guilds[:_SERVERS]:
            allowed = discord.Permissions(int(guild.get("permissions") or 0))
            names = [name for name, wanted in LEAST_PERMISSIONS if wanted and not getattr(allowed, name)]
            missing = ", ".join(name.replace("_", " ") for name in names)
            what = f"server {guild['id']}"
            status, roles = await self._get(f"/guilds/{guild['id']}/roles")
            if status == 200:
                self._roles[guild["id"]] = roles
            if allowed.administrator or not missing:
                yield ok(what, f"{guild['name']}: every permission that is needed")
            else:
                yield bad(what, f"{guild['name']}: lacks {missing}; give the bot's role that, or open the invite link")
        self._whole = len(self._roles) == len(guilds)
        if len(guilds) > _SERVERS:
            yield skipped("servers", f"{len(guilds) - _SERVERS} more were not looked at")
        wanted = self._config.test_guild
        if wanted is not None and str(wanted) not in {guild["id"] for guild in guilds}:
            yield bad(
                "discord.test_guild", f"the bot is not in the server {wanted}; invite it there, or correct the id"
            )

    async def _places(self) -> AsyncIterator[Finding]:
        for place in self._config.answer_channels:
            status, channel = await self._get(f"/channels/{place.id}")
            what = "discord.answer_channels"
            if status == 404:
                yield bad(what, f"{place}: the bot is in no server with it; invite it there, or correct the id")
            elif status != 200 or (missing := await self._lacking(channel)) is None:
                yield bad(what, f"{place}: the bot may not see it; allow its role to view the channel")
            elif missing:
                lacks = f"the bot lacks {', '.join(missing)} there; allow its role that in the channel's settings"
                yield bad(what, f"{place}: #{channel.get('name')}: {lacks}")
            else:
                yield ok(what, f"{place}: #{channel.get('name')}: it may read and answer there")

    async def _lacking(self, channel: Any) -> list[str] | None:
        """What the bot may not do in a channel, None where nothing is known of its server."""
        guild = channel.get("guild_id")
        status, member = await self._get(f"/guilds/{guild}/members/{self._me}")
        if status != 200 or guild not in self._roles:
            return None
        lacks = lacking(channel, self._roles[guild], member, self._me)
        return None if "read messages" in lacks else lacks

    async def _moderators(self) -> AsyncIterator[Finding]:
        """Roles are known of the servers that were looked at."""
        names = {int(role["id"]): role["name"] for roles in self._roles.values() for role in roles}
        for place in self._config.moderator_roles:
            what = "discord.moderator_roles"
            if place.id in names and str(place.id) not in self._roles:
                yield ok(what, f"{place}: {names[place.id]}")
            elif place.id in names:
                yield bad(what, f"{place}: that is everybody's role, which makes nobody a moderator; name another")
            elif self._whole:
                yield bad(what, f"{place}: no server of the bot has the role; correct its id, or take it out")
            else:
                yield skipped(what, f"{place}: not in the servers that were looked at")

    async def _get(self, path: str, *, needed: bool = False) -> tuple[int, Any]:
        async with self._session.get(f"{self._config.api_base}{path}") as response:
            if (date := response.headers.get("Date")) is not None:
                self._apart = (self._now() - parsedate_to_datetime(date)).total_seconds()
            if response.status == 401 or (response.status in (403, 404) and not needed):
                return response.status, {}
            if response.status != 200:
                raise _StrangeError(f"{path} answered {response.status}")
            return 200, await response.json()


def _named(me: Any) -> str:
    if not isinstance(me, dict) or "username" not in me:
        raise _StrangeError("it does not speak Discord's API")
    return str(me["username"])  # pyright: ignore[reportUnknownArgumentType]
