"""Replies that people see already while the store does not know them yet.

A reply's id is known only once it is posted, so there is always a moment in which a button may be
pressed, or the question deleted, before the reply is stored. Whoever needs the store waits it out here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

PATIENCE = 1.5
"""Seconds to wait at most: Discord gives three for the first response to a press."""


class Pending:
    """What is being posted or changed right now, by channel id."""

    def __init__(self) -> None:
        self._open: dict[int, set[asyncio.Future[None]]] = {}

    @contextmanager
    def posting(self, channel: int) -> Generator[None]:
        """Around everything from sending a reply to storing it."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        here = self._open.setdefault(channel, set())
        here.add(done)
        try:
            yield
        finally:
            done.set_result(None)
            here.discard(done)
            if not here:
                self._open.pop(channel, None)

    async def settled(self, channel: int) -> None:
        """Wait until what is under way in a channel is stored, or has failed; not for ever."""
        if here := self._open.get(channel):
            await asyncio.wait(set(here), timeout=PATIENCE)
