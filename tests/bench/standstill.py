"""How long an event loop stands still because of what a thread of the same program does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

EVERY = 0.001  # seconds, after which the loop is due again
_WAITED = Path("/proc/thread-self/schedstat")


class Loop:
    """The running event loop, which is asked for its attention all the time while work is done in a thread."""

    def __init__(self, executor: ThreadPoolExecutor) -> None:
        self._executor = executor

    async def beside(self, work: Callable[[], T]) -> tuple[T, float, float]:
        """What the work returns, the seconds that it took, and for how long it held up the loop at most.

        Not counted is that other programs had the processor: time that the loop's thread could have run, and time
        in which none of this program did.
        """
        begun = time.perf_counter()
        done = asyncio.get_running_loop().run_in_executor(self._executor, work)
        held = 0.0
        before, ran, waited = time.perf_counter(), time.process_time(), _waited()
        while not done.done():
            await asyncio.sleep(EVERY)
            now, running, waiting = time.perf_counter(), time.process_time(), _waited()
            held = max(held, min(now - before - EVERY - (waiting - waited), running - ran))
            before, ran, waited = now, running, waiting
        return await done, time.perf_counter() - begun, held


def _waited() -> float:
    """Seconds that this thread has waited for a processor, where the system tells."""
    try:
        return int(_WAITED.read_text(encoding="ascii").split()[1]) / 1e9
    except OSError:
        return 0.0
