"""A crowd that asks, and what came of it in figures: shared by the load tests."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from golden_scoring import questions

from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json

ROOT = Path(__file__).parents[2]
STEP = 0.01  # seconds between two looks at the event loop


@contextmanager
def server_of_its_own(*options: str) -> Generator[ServerHandle]:
    """A local server in another process: asking and timing take nothing from the bot's."""
    command = [sys.executable, "-m", "bot.local.server", "--port", "0", "--parent-pipe", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        yield ServerHandle.from_ready(json.loads(child.stdout.readline()))
        child.stdin.close()


def asked_by_people(count: int) -> list[str]:
    """So many questions as people ask them, answerable and not; they come again after some two thousand."""
    texts = [" ".join(q.text.split())[:400] for half in ("tune", "report") for q in questions(half)]
    return [texts[number % len(texts)] for number in range(count)]


@dataclass
class Watch:
    """The bot's process meanwhile: how late its event loop is, in seconds, and its memory in MB, second by second."""

    lags: list[float] = field(default_factory=list[float])
    memory: list[float] = field(default_factory=list[float])

    @property
    def grown(self) -> float:
        """By which share the memory is larger at the end than after 20 seconds, or after a third of a shorter run."""
        settled = self.memory[min(20, len(self.memory) // 3) :]
        few = max(1, len(settled) // 8)
        return sum(settled[-few:]) / few / (sum(settled[:few]) / few) - 1


@asynccontextmanager
async def watching() -> AsyncGenerator[Watch]:
    """Watch this process while the block runs."""
    watch, process = Watch(), psutil.Process()

    async def look() -> None:
        loop = asyncio.get_running_loop()
        following = loop.time()
        while True:
            before = loop.time()
            await asyncio.sleep(STEP)
            watch.lags.append(max(0.0, loop.time() - before - STEP))
            if loop.time() >= following:
                watch.memory.append(process.memory_info().rss / 2**20)
                following += 1

    looking = asyncio.create_task(look())
    try:
        yield watch
    finally:
        looking.cancel()


@dataclass(frozen=True)
class Outcome:
    """What the crowd got: each question's replies and how long the first took, in seconds."""

    replies: list[int]
    delays: list[float]
    drained: float  # from the first question to the last reply
    told: Counter[str]
    late: float  # how far the crowd was behind its schedule at worst

    def at(self, share: float) -> float:
        """The delay that so large a share of the questions did not exceed."""
        return quantile(self.delays, share)


def quantile(values: Sequence[float], share: float) -> float:
    """The value that so large a share does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def crowd_asks(
    server: ServerHandle, texts: list[str], *, rate: float, patience: float, channels: int = 0, settled: float = 1.0
) -> Outcome:
    """Let the crowd ask, and wait until all have a reply or `patience` seconds have passed without another one."""
    await server.control("load", {"questions": texts, "rate": rate, "channels": channels})
    answered, since = -1, time.monotonic()
    while True:
        await asyncio.sleep(settled)
        found: list[Json] = (outcome := await server.control("load"))["questions"]
        now = sum(bool(question["replies"]) for question in found)
        if now != answered:
            answered, since = now, time.monotonic()
        if outcome["done"] and (answered == len(texts) or time.monotonic() - since > patience):
            break
    await asyncio.sleep(settled)  # a second reply to a question would come now
    found = (await server.control("load"))["questions"]
    firsts = [question["replies"][0] for question in found if question["replies"]]
    ends = [question["at"] + question["replies"][-1][0] for question in found if question["replies"]]
    return Outcome(
        [len(question["replies"]) for question in found],
        [delay for delay, _ in firsts],
        max(ends, default=0.0),
        Counter("answered" if "|" in text and text.split("|")[1] else text.split("|")[0] for _, text in firsts),
        max((question["late"] for question in found), default=0.0),
    )


def machine() -> str:
    """What the figures were measured on."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, load {load:.1f}"
