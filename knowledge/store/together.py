"""What many want to write at about the same time goes into one transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from knowledge.errors import StoreError

T = TypeVar("T")

PAUSE = 0.1
"""Seconds from one transaction to the next, once there are many."""

AT_ONCE = 10
"""Transactions that may follow each other without a pause after a quiet time."""


class Together(Generic[T]):
    """Gathers items for `write`, which makes all of them durable or raises StoreError."""

    def __init__(
        self,
        write: Callable[[Sequence[T]], Awaitable[None]],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._write = write
        self._clock = clock
        self._sleep = sleep
        self._items: list[T] = []
        self._gathering: asyncio.Task[StoreError | None] | None = None
        self._under_way = set[asyncio.Task[StoreError | None]]()
        self._turn = asyncio.Lock()
        self._paid_until = 0.0  # when the next pause would be over if none had been left out

    async def add(self, item: T) -> None:
        """Durable once this returns, and even where the caller is cancelled meanwhile. Raises StoreError."""
        self._items.append(item)
        if self._gathering is None:
            self._gathering = asyncio.create_task(self._written(self._items), name="written together")
            self._under_way.add(self._gathering)
            self._gathering.add_done_callback(self._under_way.discard)
        error = await asyncio.shield(self._gathering)
        if error is not None:
            raise StoreError(str(error)) from error

    async def settled(self) -> None:
        """Wait until all that was added is written, or has failed."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _written(self, items: list[T]) -> StoreError | None:
        async with self._turn:
            if (wait := self._paid_until - (AT_ONCE - 1) * PAUSE - self._clock()) > 0:
                await self._sleep(wait)
            # Whoever comes now is in the next one.
            self._items, self._gathering = [], None
            self._paid_until = max(self._paid_until, self._clock()) + PAUSE
            try:
                await self._write(items)
            except StoreError as error:
                return error
        return None
