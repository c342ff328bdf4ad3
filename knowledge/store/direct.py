"""A second way into a database file, on which a whole transaction is one hand-over to another thread.

The usual way hands every single step to a thread and waits for it: a small transaction has thirty. For what is
written with every question that is most of what it costs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine

from knowledge.store.address import Address

T = TypeVar("T")


class Direct:
    """Does transactions one after the other, each whole or not at all."""

    def __init__(self, engine: Engine, thread: ThreadPoolExecutor) -> None:
        self._thread = thread
        self._engine = engine.execution_options(writes=True)
        self._hasty = engine.execution_options(writes=True, hasty=True)

    async def do(self, work: Callable[[Connection], T], *, hasty: bool) -> T:
        """Do it in one transaction; `hasty` hardly waits for another program's lock. Raises what the database does."""
        engine = self._hasty if hasty else self._engine
        return await asyncio.get_running_loop().run_in_executor(self._thread, _done, engine, work)


@asynccontextmanager
async def open_direct(address: Address, *, prepare: Callable[[Engine], None]) -> AsyncGenerator[Direct]:
    """To a file; nothing is opened before the first use. `prepare` sets up the engine."""
    # Parameters hold ids of people: they stay out of messages and logs.
    engine = create_engine(address.url.set(drivername="sqlite"), hide_parameters=True)
    prepare(engine)
    thread = ThreadPoolExecutor(1, thread_name_prefix="database")
    try:
        yield Direct(engine, thread)
    finally:
        await asyncio.get_running_loop().run_in_executor(thread, engine.dispose)
        thread.shutdown()


def _done(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return work(connection)
