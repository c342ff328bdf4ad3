"""The database itself: opened once, read in one consistent view, written one whole transaction at a time."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from knowledge.errors import StoreError
from knowledge.store.address import Address
from knowledge.store.direct import Direct, open_direct
from knowledge.store.faults import told
from knowledge.store.tables import Base

T = TypeVar("T")

Clock: TypeAlias = Callable[[], datetime]
"""The time now, aware UTC."""

BUSY_SECONDS = 2.0
"""How long a write waits for another program's lock on a file before it is an error. It cannot be called off
meanwhile, so that leaving waits for it too, and a press of a button has an answer within three seconds."""

CONNECT_SECONDS = 10.0
"""How long to wait for a server to let the bot in."""

LEAVE_SECONDS = 3.0
"""How long connections may take to close."""

HASTY_SECONDS = 0.2
"""The same for a write that nobody has time for."""

TURN_SECONDS = 6.0
"""How long a write waits for those before it: where the file is locked, each of them waits BUSY_SECONDS."""

COMMAND_SECONDS = 60.0
"""How long a server may take for one statement, so that a dead connection holds nobody up for ever."""


BEHIND = "The database {} does not keep up with what is to be written. To do: try again in a moment."


class Database:
    """An open database. `name` is what people are told of it, `write_problem` why the last write failed, if it did.

    Once it is `leaving`, no write waits for long, nor is tried where the one before has failed.
    """

    def __init__(self, engine: AsyncEngine, address: Address, clock: Clock, direct: Direct | None = None) -> None:
        """`direct` is a file's second way in, for `do`."""
        self.engine = engine
        self._direct = direct
        self.address = address
        self.clock = clock
        self.on_server = engine.dialect.name == "postgresql"
        self.write_problem = ""
        self.leaving = False
        # A reader sees one moment of the whole database, however many questions it asks.
        view = engine.execution_options(isolation_level="REPEATABLE READ") if self.on_server else engine
        self._readers = async_sessionmaker(view, expire_on_commit=False)
        self._writing = engine.execution_options(writes=True)
        self._writers = async_sessionmaker(self._writing, expire_on_commit=False)
        hasty = engine.execution_options(writes=True, hasty=True)
        self._hasty_writers = async_sessionmaker(hasty, expire_on_commit=False)
        # SQLite has one writer at a time anyway: within this process they queue here, and not in its busy loop.
        self._turn = asyncio.Lock()

    @property
    def name(self) -> str:
        """What people are told of it: a path, or a URL without its password."""
        return self.address.name

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncSession]:
        """A session that sees one moment. Raises StoreError when the database fails."""
        with told(self.name):
            async with self._readers() as session:
                yield session

    @asynccontextmanager
    async def write(self, *, hasty: bool = False) -> AsyncGenerator[AsyncSession]:
        """A session that is durable once the block is left, or has done nothing at all.

        Raises StoreError when the database fails; `hasty` ones hardly wait for another program's lock.
        """
        writers = self._hasty_writers if hasty or self.leaving else self._writers
        with self._noted():
            async with nullcontext() if self.on_server else self._my_turn(), writers.begin() as session:
                yield session

    async def do(self, work: Callable[[Connection], T]) -> T:
        """Write in a transaction that is durable once this returns, or has done nothing at all.

        For what is written all the time: on a file all of it is one hand-over to another thread, where `write`
        takes several for each statement. Raises StoreError when the database fails.
        """
        with self._noted():
            if self._direct is not None:
                async with self._my_turn():
                    return await self._direct.do(work, hasty=self.leaving)
            async with nullcontext() if self.on_server else self._my_turn(), self._writing.begin() as connection:
                return await connection.run_sync(work)

    @contextmanager
    def _noted(self) -> Generator[None]:
        """Around a write: what is wrong is told as a StoreError, and known until one succeeds."""
        try:
            with told(self.name):
                yield
        except StoreError as error:
            self.write_problem = str(error)
            raise
        self.write_problem = ""

    @asynccontextmanager
    async def _my_turn(self) -> AsyncGenerator[None]:
        """Nobody else in this process writes meanwhile. Raises StoreError where those before take too long."""
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._turn.acquire()
        except TimeoutError:
            raise StoreError(self.write_problem or BEHIND.format(self.name)) from None
        try:
            if self.leaving and self.write_problem:
                raise StoreError(self.write_problem)
            yield
        finally:
            self._turn.release()

    def insert(self, table: type[Base] | Table) -> Any:
        """An INSERT that may go on with `on_conflict_do_update`: both databases spell it alike."""
        return postgresql.insert(table) if self.on_server else sqlite.insert(table)


@asynccontextmanager
async def open_engine(address: Address, *, pooled: bool = True) -> AsyncGenerator[AsyncEngine]:
    """Connections to the database, none made yet; a file's folder is made. Raises StoreError.

    Connections to a server are kept for the next use, unless `pooled` is false.
    """
    server = address.file is None
    options: dict[str, Any] = {}
    if server:
        # A commit is acknowledged once it is on the server's disk, whatever the server's default.
        settings = {"synchronous_commit": "on", "application_name": "citebot"}
        options = {
            "connect_args": {
                "server_settings": settings,
                "timeout": CONNECT_SECONDS,
                "command_timeout": COMMAND_SECONDS,
            },
            # A connection that was lost meanwhile is replaced before it is used.
            **({"pool_pre_ping": True} if pooled else {"poolclass": NullPool}),
        }
    with told(address.name):
        if address.file is not None:
            await asyncio.to_thread(_make_file, address.file)
        # Parameters hold ids of people: they stay out of messages and logs.
        engine = create_async_engine(address.url, hide_parameters=True, **options)
    if not server:
        _prepare(engine.sync_engine)
    try:
        yield engine
    finally:
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await engine.dispose()
        except TimeoutError:
            # The server does not hear the goodbyes any more: it finds out by itself.
            await engine.dispose(close=False)


@asynccontextmanager
async def open_database(address: Address, engine: AsyncEngine, clock: Clock) -> AsyncGenerator[Database]:
    """The database behind an engine, with all ways into it, for a program that goes on for long."""
    if address.file is None:
        yield Database(engine, address, clock)
        return
    async with open_direct(address, prepare=_prepare) as direct:
        yield Database(engine, address, clock, direct)


def _prepare(engine: Engine) -> None:
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _make_file(file: Path) -> None:
    """The file with its folder, openable. Raises OSError and sqlite3.Error.

    Found out here and not by the first connection: when that fails, its thread ends some time later, and
    with a traceback where the loop is gone by then.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    sqlite3.connect(file).close()


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Readers and the writer do not wait for each other; what is committed is on the disk; what goes is wiped."""
    # Python's own idea of when a transaction begins is switched off: `_begin_sqlite` says it.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()
    except BaseException:
        # Its thread ends now: left to SQLAlchemy, it would end when the loop may be gone, with a traceback.
        connection.close()
        raise


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its turn at once: one that began as a reader could be refused in the middle."""
    options = connection.get_execution_options()
    if options.get("writes"):
        seconds = min(HASTY_SECONDS, BUSY_SECONDS) if options.get("hasty") else BUSY_SECONDS
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
