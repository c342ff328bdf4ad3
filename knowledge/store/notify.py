"""Tells whoever listens which servers' knowledge has changed: here, or by another program on the same database.

Each server has a stamp in the database that differs after every change. Listening is comparing stamps: on
PostgreSQL whenever a notification comes (LISTEN/NOTIFY) and after every new connection, on a file every
second and after every change of this program's own. So nothing is missed, whatever was lost meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self

from sqlalchemy import select

from knowledge.errors import StoreError
from knowledge.events import Events
from knowledge.store.engine import Database, open_engine
from knowledge.store.faults import told
from knowledge.store.tables import GuildRow

events = Events(__name__)

CHANNEL = "citebot_changed"

# Seconds. A file is looked at so often; a connection that fell silent is noticed so soon.
_LOOK = 1.0
_HEARTBEAT = 0.3
_SILENT = 0.8
# Between attempts to connect: quick at first, then patient.
_FIRST_WAIT = 0.1
_LONGEST_WAIT = 1.0


class Subscription:
    """The servers that have changed since it was opened, each once however often it has changed meanwhile."""

    def __init__(self) -> None:
        self._waiting: dict[int, None] = {}
        self._some = asyncio.Event()

    def add(self, guild: int) -> None:
        """A server has changed."""
        self._waiting[guild] = None
        self._some.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> int:
        """The next server that has changed; waits for one."""
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        guild = next(iter(self._waiting))
        del self._waiting[guild]
        return guild


class Changed:
    """Whose knowledge has changed. Open it with `async with`; listening begins with the first subscription."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._subscriptions: set[Subscription] = set()
        self._stamps: Mapping[int, str] = {}
        self._looks = 0
        self._newest_look = 0
        self._opening = asyncio.Lock()
        self._told = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None
        self._in_trouble = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    @asynccontextmanager
    async def subscribe(self) -> AsyncGenerator[Subscription]:
        """Every change that is committed after this has been entered; raises StoreError if it cannot begin.

        Read what there is after entering, then nothing is missed::

            async with store.changed.subscribe() as guilds:
                async for guild in guilds: ...
        """
        if self._listening is None:
            async with self._opening:
                if self._listening is None:
                    self._stamps = await self._read()
                    self._listening = asyncio.create_task(self._listen(), name="changed knowledge")
        else:
            await self.look()
        subscription = Subscription()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    async def look(self, connection: Any = None) -> None:
        """Compare the stamps now, and tell the subscribers what differs. A database that fails is only logged.

        `connection` is the one that listens, if it is to be used for it.
        """
        if self._listening is None:
            return
        self._looks += 1
        this_look = self._looks
        try:
            now = await self._read(connection)
        except StoreError as error:
            # It was committed all the same; the next look finds it.
            self._trouble(error)
            return
        self._in_trouble = False
        if this_look < self._newest_look:
            return  # overtaken by a look that began later, and has seen all that this one has
        self._newest_look = this_look
        before, self._stamps = self._stamps, now
        for guild in before.keys() | now.keys():
            if before.get(guild) != now.get(guild):
                for subscription in self._subscriptions:
                    subscription.add(guild)

    def _trouble(self, error: Exception) -> None:
        """Say once that something is wrong, however long it lasts."""
        if not self._in_trouble:
            events.warning(
                "database.not_watched", f"not seen what other programs change, until it can look again: {error}"
            )
        self._in_trouble = True

    async def _read(self, connection: Any = None) -> Mapping[int, str]:
        if connection is not None:
            with told(self._database.name):
                return dict(await connection.fetch("SELECT guild_id, stamp FROM guilds", timeout=_SILENT))
        async with self._database.read() as session:
            return {row.guild_id: row.stamp for row in await session.execute(select(GuildRow.guild_id, GuildRow.stamp))}

    async def _listen(self) -> None:
        if not self._database.on_server:
            while True:
                await asyncio.sleep(_LOOK)
                await self.look()
        wait = _FIRST_WAIT
        while True:
            try:
                async with self._connection() as connection:
                    wait = _FIRST_WAIT
                    await self._hear(connection)
            except Exception as error:
                # Whatever a broken connection comes to, listening goes on: nothing else would tell that it ended.
                self._trouble(error)
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Any]:
        """A connection of its own to the server, as its driver knows it: new, since kept ones may be dead."""
        with told(self._database.name):
            async with (
                open_engine(self._database.address, pooled=False) as engine,
                engine.connect() as connection,
            ):
                driver: Any = (await connection.get_raw_connection()).driver_connection
                try:
                    yield driver
                finally:
                    # It may be dead, so there is no goodbye.
                    driver.terminate()
                    with contextlib.suppress(Exception):
                        await asyncio.shield(connection.invalidate())

    async def _hear(self, connection: Any) -> None:
        """Look whenever the server says so. Returns or raises when the connection is gone."""

        def tell(*_: object) -> None:
            self._told.set()

        await connection.add_listener(CHANNEL, tell)
        # What was changed while nobody listened.
        await self.look(connection)
        while not connection.is_closed():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), _HEARTBEAT)
                self._told.clear()
                await self.look(connection)
                continue
            await connection.execute("SELECT 1", timeout=_SILENT)
