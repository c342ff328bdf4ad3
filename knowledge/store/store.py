"""The store: replies and votes, kept through SQLAlchemy's async side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import URL, delete, event, func, make_url, select, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from knowledge.answers import Outcome
from knowledge.store.faults import told
from knowledge.store.records import Reply, Tally
from knowledge.store.tables import Base, ReplyRow, VoteRow

BUSY_SECONDS = 5.0
"""How long a write waits for another program's lock before it is an error."""


class Store:
    """Replies that expire, and votes. Every method raises `StoreError` when the database fails."""

    def __init__(self, engine: AsyncEngine, where: str, clock: Callable[[], datetime]) -> None:
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._where = where
        self._clock = clock
        # One writer at a time, as SQLite has it anyway: nobody reads what another is about to change.
        self._writing = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, where: Path | str, *, clock: Callable[[], datetime]) -> AsyncGenerator[Store]:
        """The store in a file (made with its folder if need be) or behind a database URL, for a `with` block.

        `clock` gives aware UTC time. Raises StoreError if it cannot be opened.
        """
        url, name = _address(where)
        with told(name):
            if not _is_url(where):
                Path(where).parent.mkdir(parents=True, exist_ok=True)
            # Parameters hold ids of people: they stay out of messages and logs.
            engine = create_async_engine(url, hide_parameters=True)
        if engine.dialect.name == "sqlite":
            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        try:
            with told(name):
                async with engine.begin() as connection:
                    await connection.run_sync(Base.metadata.create_all)
            yield cls(engine, name, clock)
        finally:
            await engine.dispose()

    async def remember(
        self,
        *,
        message: int,
        channel: int,
        guild: int | None,
        asker: int,
        invoker: int,
        question_message: int | None,
        candidate: str,
        outcome: Outcome,
        days: int,
    ) -> Reply:
        """Keep a reply for `days` days from now; one already kept under the same message is replaced."""
        now = self._clock()
        row = ReplyRow(
            message_id=message,
            channel_id=channel,
            guild_id=guild,
            asker_id=asker,
            invoker_id=invoker,
            question_id=question_message,
            candidate_id=candidate,
            outcome=outcome.value,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        async with self._write() as session:
            merged = await session.merge(row)
            return _reply(merged)

    async def change(self, message: int, *, candidate: str, outcome: Outcome) -> None:
        """A reply now shows something else. Unknown ones are left unknown."""
        async with self._write() as session:
            await session.execute(
                update(ReplyRow)
                .where(ReplyRow.message_id == message)
                .values(candidate_id=candidate, outcome=outcome.value)
            )

    async def reply(self, message: int) -> Reply | None:
        """The reply that is this message of the bot's, or None if it is unknown or has expired."""
        async with self._read() as session:
            row = await session.get(ReplyRow, message)
            return _reply(row) if row is not None and row.expires_at > self._clock() else None

    async def replies_to(self, question_messages: Collection[int]) -> tuple[Reply, ...]:
        """Replies that have not expired to any of these messages, oldest first."""
        async with self._read() as session:
            rows = await session.scalars(
                select(ReplyRow)
                .where(ReplyRow.question_id.in_(question_messages), ReplyRow.expires_at > self._clock())
                .order_by(ReplyRow.created_at, ReplyRow.message_id)
            )
            return tuple(_reply(row) for row in rows)

    async def forget(self, messages: Collection[int]) -> None:
        """Drop replies that are gone. Their votes stay counted, without the voters."""
        async with self._write() as session:
            await _drop(session, messages)

    async def purge(self) -> int:
        """Drop every reply that has expired, as `forget` does; says how many."""
        async with self._write() as session:
            gone = (
                await session.scalars(select(ReplyRow.message_id).where(ReplyRow.expires_at <= self._clock()))
            ).all()
            # In portions: databases cap how many values one statement may name.
            for start in range(0, len(gone), 500):
                await _drop(session, gone[start : start + 500])
            return len(gone)

    async def vote(self, message: int, voter: int, *, helpful: bool) -> bool | None:
        """Count a person's vote on a known reply; a second one replaces the first.

        Returns how they had voted before, None for a first vote. Raises KeyError for an unknown reply.
        """
        async with self._write() as session:
            reply = await session.get(ReplyRow, message)
            if reply is None or reply.expires_at <= self._clock():
                raise KeyError(message)
            vote = await session.scalar(select(VoteRow).where(VoteRow.reply_id == message, VoteRow.voter_id == voter))
            before = None if vote is None else vote.helpful
            if vote is None:
                vote = VoteRow(reply_id=message, voter_id=voter)
                session.add(vote)
            vote.candidate_id = reply.candidate_id
            vote.helpful = helpful
            vote.at = self._clock()
            return before

    async def tally(self, candidate: str) -> Tally:
        """All votes ever given on what this candidate showed."""
        async with self._read() as session:
            rows = await session.execute(
                select(VoteRow.helpful, func.count().label("number"))
                .where(VoteRow.candidate_id == candidate)
                .group_by(VoteRow.helpful)
            )
            counts = {row.helpful: row.number for row in rows}
            return Tally(counts.get(True, 0), counts.get(False, 0))

    @asynccontextmanager
    async def _read(self) -> AsyncGenerator[AsyncSession]:
        with told(self._where):
            async with self._sessions() as session:
                yield session

    @asynccontextmanager
    async def _write(self) -> AsyncGenerator[AsyncSession]:
        with told(self._where):
            async with self._writing, self._sessions.begin() as session:
                yield session


async def _drop(session: AsyncSession, messages: Collection[int]) -> None:
    await session.execute(update(VoteRow).where(VoteRow.reply_id.in_(messages)).values(voter_id=None))
    await session.execute(delete(ReplyRow).where(ReplyRow.message_id.in_(messages)))


def _reply(row: ReplyRow) -> Reply:
    return Reply(
        message=row.message_id,
        channel=row.channel_id,
        guild=row.guild_id,
        asker=row.asker_id,
        invoker=row.invoker_id,
        question_message=row.question_id,
        candidate=row.candidate_id,
        outcome=Outcome(row.outcome),
        created=row.created_at,
        expires=row.expires_at,
    )


def _is_url(where: Path | str) -> bool:
    return isinstance(where, str) and "://" in where


def _address(where: Path | str) -> tuple[URL, str]:
    """The database's URL, and its name for people: a path, or the URL without its password."""
    if _is_url(where):
        url = make_url(str(where))
        return url, url.render_as_string(hide_password=True)
    return URL.create("sqlite+aiosqlite", database=str(where)), str(where)


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Readers and the writer do not wait for each other; a lock is waited for, not an error at once."""
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
    finally:
        cursor.close()
