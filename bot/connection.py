"""What becomes of the connections to Discord's gateway: seen here, told in the log, /healthz and the metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.events import Events

if TYPE_CHECKING:
    from discord.ext import commands

events = Events(__name__)


@dataclass(slots=True)
class Shard:
    """One connection. `sessions` counts the sessions that it has had, `resumed` how often one was taken up again."""

    connected: bool = False
    sessions: int = 0
    resumed: int = 0

    @property
    def sessions_lost(self) -> int:
        """Sessions that were replaced by a new one: what happened in between never reached the bot."""
        return max(0, self.sessions - 1)


class Connection:
    """The state of every shard, by its number."""

    def __init__(self) -> None:
        self.shards: dict[int, Shard] = {}

    @property
    def connected(self) -> bool:
        """Whether every shard has a session that is open."""
        return bool(self.shards) and all(shard.connected for shard in self.shards.values())

    def watch(self, bot: commands.AutoShardedBot) -> None:
        """Follow a bot's connections from now on."""
        bot.add_listener(self._new_session, "on_shard_connect")
        bot.add_listener(self._resumed, "on_shard_resumed")
        bot.add_listener(self._lost, "on_shard_disconnect")

    async def _new_session(self, number: int) -> None:
        shard = self._shard(number)
        shard.sessions += 1
        shard.connected = True
        if shard.sessions_lost:
            events.warning(
                "gateway.session_lost",
                "a new session was begun: what was asked in between did not arrive",
                shard=number,
                lost=shard.sessions_lost,
            )
        else:
            events.info("gateway.connected", "the first session has begun", shard=number)

    async def _resumed(self, number: int) -> None:
        shard = self._shard(number)
        shard.resumed += 1
        shard.connected = True
        events.info("gateway.resumed", "connected again, nothing was missed", shard=number)

    async def _lost(self, number: int) -> None:
        shard = self._shard(number)
        if shard.connected:
            events.info("gateway.disconnected", "connecting again", shard=number)
        shard.connected = False

    def _shard(self, number: int | None) -> Shard:
        return self.shards.setdefault(number or 0, Shard())
