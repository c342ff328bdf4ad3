"""One at a time per message: an edit or a deletion waits until the question's reply is stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Turns:
    """Locks by message id that exist only while somebody holds or awaits them."""

    def __init__(self) -> None:
        self._locks: dict[int, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, message: int) -> AsyncGenerator[None]:
        """Wait for this message's turn, in the order in which the events came."""
        lock, waiting = self._locks.get(message, (asyncio.Lock(), 0))
        self._locks[message] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(message)
            if waiting > 1:
                self._locks[message] = (lock, waiting - 1)

    @property
    def idle(self) -> bool:
        """Whether nobody holds or awaits anything."""
        return not self._locks
