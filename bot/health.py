"""How the bot is, from what it is made of: for /healthz, and as gauges for the metrics."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from knowledge.errors import StoreError

if TYPE_CHECKING:
    from bot.client import Citebot
    from handlers.services import Services

PATIENCE = 2.0
"""Seconds that the database may take to say that it is there."""


class Status(StrEnum):
    """Down is the only one in which questions are not answered."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Report:
    """The status, what is the matter in words, and the figures behind it."""

    status: Status
    problems: tuple[str, ...]
    details: dict[str, Any]

    def object(self) -> dict[str, Any]:
        """As /healthz shows it."""
        return {"status": self.status.value, "problems": list(self.problems), **self.details}


@dataclass(slots=True)
class Health:
    """Filled in while the program starts: `services` once the base is loaded, `bot` before it connects.

    `clock` gives seconds that only grow. `encoder_wanted` says whether the configuration names one, and
    `encoder_problem` why there is none all the same.
    """

    clock: Callable[[], float]
    encoder_wanted: bool = True
    encoder_problem: str = ""
    services: Services | None = None
    bot: Citebot | None = None
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    async def report(self) -> Report:
        """How the bot is now. Takes PATIENCE at most."""
        problems: list[str] = []
        details: dict[str, Any] = {"uptime_seconds": round(self.clock() - self.began)}
        connected, loaded = self._gateway(problems, details), self._base(problems, details)
        if self.services is not None:
            problem = await self.database_problem()
            details["database"] = {"reachable": not problem}
            if problem:
                problems.append(f"database: {problem} Answers go on from what is in memory; changes are refused.")
        status = Status.DOWN if not (connected and loaded) else Status.DEGRADED if problems else Status.OK
        return Report(status, tuple(problems), details)

    async def database_problem(self) -> str:
        """Why the database cannot be read, or was not written the last time; empty where all is well."""
        if self.services is None:
            return ""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.services.store.look()
                if self.services.store.write_problem:
                    # Nobody may write for hours: whether it would go well by now is tried here.
                    await self.services.store.try_writing()
        except StoreError as error:
            return str(error)
        except TimeoutError:
            return "The database does not answer in time."
        return self.services.store.write_problem

    def encoder_in_use(self) -> bool:
        """Whether questions are matched by meaning too."""
        matcher = self.services.knowledge.current().matcher if self.services is not None else None
        return matcher is not None and matcher.encoder is not None

    def latencies(self) -> dict[int, float]:
        """Seconds from a heartbeat to its answer, by shard; of those that have had one."""
        if self.bot is None:
            return {}
        return {number: seconds for number, seconds in self.bot.latencies if math.isfinite(seconds)}

    def _gateway(self, problems: list[str], details: dict[str, Any]) -> bool:
        shards = self.bot.connection.shards if self.bot is not None else {}
        latencies = self.latencies()
        connected = self.bot is not None and self.bot.connection.connected
        details["gateway"] = {
            "connected": connected,
            "shards": {
                str(number): {
                    "connected": shard.connected,
                    "latency_ms": round(latencies[number] * 1000) if number in latencies else None,
                    "resumed": shard.resumed,
                    "sessions_lost": shard.sessions_lost,
                }
                for number, shard in sorted(shards.items())
            },
        }
        if not connected:
            problems.append("gateway: not connected to Discord; the bot keeps trying.")
        return connected

    def _base(self, problems: list[str], details: dict[str, Any]) -> bool:
        if self.services is None:
            problems.append("base: still being loaded.")
            return False
        knowledge = self.services.knowledge
        matcher = knowledge.current().matcher
        details["base"] = {
            "entries": len(matcher.candidates),
            "phrasings": matcher.size,
            "servers": knowledge.held,
        }
        details["encoder"] = {"in_use": matcher.encoder is not None, "wanted": self.encoder_wanted}
        if self.encoder_wanted and matcher.encoder is None:
            why = matcher.encoder_problem or self.encoder_problem or "its vectors are still being made."
            problems.append(f"encoder: {why} Questions are matched by spelling and words alone.")
        return True
