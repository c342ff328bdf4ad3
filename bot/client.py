"""The Discord client: least intents, no mentions, commands told to Discord only when they changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import aiohttp
import discord
from discord.ext import commands, tasks

from bot.answering import Answering
from bot.config import DiscordConfig
from bot.connection import Connection
from bot.outgoing import Gate, bound_waits
from bot.retention import CLEAR_HOURS, Retention
from bot.sync import sync_commands
from handlers.reminding import Reminding
from handlers.services import Services
from handlers.setup import setup
from knowledge.events import Events

events = Events(__name__)

LEAST_PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    read_message_history=True,
)
SCOPES = ("bot", "applications.commands")


def least_intents(*, message_content: bool) -> discord.Intents:
    """Servers, and messages in them and in direct; the text of all messages only if asked for."""
    intents = discord.Intents.none()
    intents.guilds = True
    intents.guild_messages = True
    intents.dm_messages = True
    intents.message_content = message_content
    return intents


def invite_link(application_id: int) -> str:
    """The address under which an administrator adds the bot, with the least permissions."""
    return discord.utils.oauth_url(application_id, permissions=LEAST_PERMISSIONS, scopes=SCOPES)


class Citebot(commands.AutoShardedBot):
    """The bot. `on_first_ready` is called once, when every server is known; `announce` after login.

    `connection` is how it stands with Discord's gateway; `watch_requests` is handed what sees every request to Discord.
    """

    def __init__(
        self,
        services: Services,
        config: DiscordConfig,
        *,
        state_file: Path,
        announce: Callable[[Citebot], None] | None = None,
        on_first_ready: Callable[[Citebot], None] | None = None,
        watch_requests: Callable[[aiohttp.TraceConfig], None] | None = None,
    ) -> None:
        # No voice here, so no warning that its packages are missing.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        trace = Gate(config.requests_per_second).trace()
        if watch_requests is not None:
            watch_requests(trace)
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=least_intents(message_content=config.message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            activity=discord.CustomActivity("/ask or mention me"),
            # Members are not asked for, and old messages are read from the store: nothing to keep.
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            http_trace=trace,
            **_shards(config),
        )
        self.connection = Connection()
        self.connection.watch(self)
        self.services = services
        self._config = config
        self._state_file = state_file
        self._announce = announce
        self._on_first_ready = on_first_ready
        self._was_ready = False
        self._retention = Retention(services, config.serves)
        self._reminding = Reminding(services)
        self._purge = tasks.loop(hours=CLEAR_HOURS)(self._clear)

    async def setup_hook(self) -> None:
        """After login, before the gateway: handlers, commands, and the clearing of expired replies."""
        bound_waits(self)
        if self.application_id is not None:
            Answering(self.application_id, retried=self.services.metrics.retried).install()
        # An AutoShardedBot is a Bot in all but its base class.
        await setup(cast("commands.Bot", self), self.services)
        if self._announce is not None:
            self._announce(self)
        sent = await sync_commands(self.tree, test_guild=self._config.test_guild, state_file=self._state_file)
        events.info("commands.synced", "sent to Discord" if sent else "unchanged, not sent again", sent=sent)
        self._purge.start()

    async def on_message(self, message: discord.Message, /) -> None:
        """Nothing: there are no prefix commands. Handlers listen for messages on their own."""

    async def on_ready(self) -> None:
        """Warn about the configuration once; a reconnection is no news."""
        if self._was_ready:
            return
        self._was_ready = True
        events.info("ready", f"as {self.user}", servers=len(self.guilds))
        for warning in self.missing_places():
            events.warning("config.place_missing", warning)
        if self._on_first_ready is not None:
            self._on_first_ready(self)

    def missing_places(self) -> Iterator[str]:
        """A sentence for every channel and role of the configuration that no server has or allows."""
        for place in self._config.answer_channels:
            channel = self.get_channel(place.id)
            if channel is None:
                yield f"discord.answer_channels: no server of the bot has the channel {place}"
            elif isinstance(channel, discord.abc.GuildChannel):
                allowed = channel.permissions_for(channel.guild.me)
                if not (allowed.view_channel and allowed.send_messages):
                    yield f"discord.answer_channels: the bot may not read and write in #{channel.name} ({place.id})"
        roles = {role.id for guild in self.guilds for role in guild.roles}
        for place in self._config.moderator_roles:
            if place.id not in roles:
                yield f"discord.moderator_roles: no server of the bot has the role {place}"
        if self._config.test_guild is not None and self.get_guild(self._config.test_guild) is None:
            yield f"discord.test_guild: the bot is not in the server {self._config.test_guild}"

    async def close(self) -> None:
        """Stop clearing, then leave Discord."""
        self._purge.cancel()
        if (clearing := self._purge.get_task()) is not None:
            # It may be in the middle of a write; the store is closed after this.
            await asyncio.gather(clearing, return_exceptions=True)
        await super().close()

    async def _clear(self, *_: Any) -> None:
        # Servers that the bot was removed from, also while it did not run, are those that READY did not name.
        await self.wait_until_ready()
        servers = {guild.id for guild in self.guilds}
        await self._retention.clear(servers)
        await self._reminding.remind(self, servers)


def _shards(config: DiscordConfig) -> dict[str, Any]:
    """discord.py's options for them; without any it opens as many as Discord recommends."""
    count: dict[str, Any] = {"shard_count": config.shards} if config.shards else {}
    return {**count, "shard_ids": list(config.shard_ids)} if config.shard_ids else count
