"""One at a time: an edit or a deletion waits until its question's reply is stored, a member proposes thing by thing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Turns:
    """Locks by id (of a message, of a member) that exist only while somebody holds or awaits them."""

    def __init__(self) -> None:
        self._locks: dict[int, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, whose: int) -> AsyncGenerator[None]:
        """Wait for its turn, in the order in which the events came."""
        lock, waiting = self._locks.get(whose, (asyncio.Lock(), 0))
        self._locks[whose] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(whose)
            if waiting > 1:
                self._locks[whose] = (lock, waiting - 1)

    @property
    def idle(self) -> bool:
        """Whether nobody holds or awaits anything."""
        return not self._locks
