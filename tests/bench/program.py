"""The program as a process of its own, against the local server: when it is ready, how much memory it holds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections import deque
from collections.abc import AsyncGenerator
from pathlib import Path

import psutil

from bot.local_server import LocalServer

READY = "Ready as "
BY_SPELLING = "answering by spelling"
WHOLE = "answering with the whole index"
START_WITHIN = 240  # seconds; a cold start on a busy machine takes a while
STOP_WITHIN = 15


class Program:
    """`python -m bot run`, started. Times are seconds since it was spawned."""

    def __init__(self, process: asyncio.subprocess.Process, spawned: float) -> None:
        self.process = process
        self._spawned = spawned
        self._seen: dict[str, float] = {}
        self._last: deque[str] = deque(maxlen=20)
        self._changed = asyncio.Condition()

    async def ready(self) -> float:
        """When it has handled READY and says so."""
        return await self._until(READY)

    async def whole(self) -> float:
        """When it answers with the sentence vectors too, which is when it is ready if they were there in time."""
        ready = await self.ready()
        return await self._until(WHOLE) if self.by_spelling_first else ready

    @property
    def by_spelling_first(self) -> bool:
        """Whether its index was not ready in time, so that it began without sentence vectors."""
        return BY_SPELLING in self._seen

    def memory(self) -> tuple[float, float | None]:
        """Resident memory now and at its peak so far, in MB (a million bytes); the peak only where Linux tells it."""
        now = psutil.Process(self.process.pid).memory_info().rss / 1e6
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.is_file():
            return now, None
        peaks = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return now, int(peaks[0]) * 1024 / 1e6

    async def read(self, stream: asyncio.StreamReader) -> None:
        """Note when the lines that matter come."""
        while line := (await stream.readline()).decode(errors="replace"):
            now = time.perf_counter() - self._spawned
            async with self._changed:
                self._last.append(line)
                for mark in (READY, BY_SPELLING, WHOLE):
                    if mark in line:
                        self._seen.setdefault(mark, now)
                self._changed.notify_all()
        async with self._changed:
            self._last.append("(that was its last line)\n")
            self._changed.notify_all()

    async def _until(self, mark: str) -> float:
        try:
            async with asyncio.timeout(START_WITHIN), self._changed:
                while mark not in self._seen:
                    if self.process.returncode is not None:
                        raise SystemExit(
                            f"the bot ended by itself (exit code {self.process.returncode}):\n{self._told}"
                        )
                    await self._changed.wait()
        except TimeoutError:
            raise SystemExit(f"the bot did not say {mark!r} within {START_WITHIN} seconds:\n{self._told}") from None
        return self._seen[mark]

    @property
    def _told(self) -> str:
        return "".join(self._last)


@contextlib.asynccontextmanager
async def started(server: LocalServer, folder: Path) -> AsyncGenerator[Program]:
    """The bot for a `with` block, its data in `folder`: empty for a cold start, left by another for a warm one."""
    config = folder.with_suffix(".yaml")
    # JSON is YAML.
    settings = {
        "data_dir": str(folder),
        "discord": {"api_base": server.api_base},
        # One person asks everything, one question after the other.
        "cooldown": {"member": 0, "channel": 0, "repeat": 0},
    }
    config.write_text(json.dumps(settings), encoding="utf-8")
    spawned = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--config", str(config)),
        env=os.environ | {"DISCORD_TOKEN": server.bot_token},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    program = Program(process, spawned)
    reading = [asyncio.create_task(program.read(pipe)) for pipe in (process.stdout, process.stderr) if pipe]
    try:
        yield program
    finally:
        await _end(process)
        await asyncio.gather(*reading)


async def _end(process: asyncio.subprocess.Process) -> None:
    for insist in (process.terminate, process.kill):
        with contextlib.suppress(ProcessLookupError):
            insist()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_WITHIN):
                await process.wait()
                return
