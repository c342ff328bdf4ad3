"""The store: everything that outlives a restart, opened as one."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert, select

from knowledge.store.address import Address
from knowledge.store.belongings import Belongings, belongings
from knowledge.store.counting import AskedQuestions
from knowledge.store.departures import Departures
from knowledge.store.engine import Clock, Database, open_database, open_engine
from knowledge.store.forgetting import forget_person, forget_unseen
from knowledge.store.guilds import Guilds
from knowledge.store.migrate import migrate
from knowledge.store.notify import Changed
from knowledge.store.proposals import Proposals
from knowledge.store.recent import RecentQuestions
from knowledge.store.replies import Replies
from knowledge.store.revisions import Revisions
from knowledge.store.tables import DepartedRow, GuildRow
from knowledge.store.unanswered import UnansweredQuestions
from knowledge.store.usage import Usage
from knowledge.store.wiping import wiped


class Store(Replies):
    """Replies and votes by its own methods, everything else by its parts.

    `revisions` are the changes of each server's knowledge, `proposals` what members propose,
    `unanswered` questions without a good answer, `recent` what was asked lately, `guilds` what servers
    have set, `usage` counts, `asked` writes
    many questions down at once, `departures` which servers the bot has left; `changed` tells which servers'
    knowledge or settings have changed, also by other programs. Every method raises `StoreError` when the
    database fails.
    """

    def __init__(self, database: Database, changed: Changed) -> None:
        super().__init__(database)
        self.changed = changed
        self.revisions = Revisions(database, changed)
        self.proposals = Proposals(database)
        self.unanswered = UnansweredQuestions(database)
        self.recent = RecentQuestions(database)
        self.guilds = Guilds(database, changed)
        self.usage = Usage(database)
        self.asked = AskedQuestions(database)
        self.departures = Departures(database, changed)

    @classmethod
    @asynccontextmanager
    async def open(cls, where: Path | str, *, clock: Clock) -> AsyncGenerator[Store]:
        """The store in a file (made with its folder if need be) or behind a database URL, for a `with` block.

        An older schema is brought up to date; a file is copied before that.
        Raises StoreError if it cannot be opened, or is newer than this program.
        """
        address = Address.of(where)
        async with open_engine(address) as engine:
            await migrate(engine, address)
            async with open_database(address, engine, clock) as database, Changed(database) as changed:
                store = cls(database, changed)
                try:
                    yield store
                finally:
                    await store.remembered()

    @property
    def write_problem(self) -> str:
        """Why the last write failed; empty where it did not."""
        return self._database.write_problem

    def leave(self) -> None:
        """From now on no write waits for long: the program is about to end."""
        self._database.leaving = True

    async def look(self) -> None:
        """Read a row, to see that the database is there. Raises StoreError where it is not."""
        async with self._database.read() as session:
            await session.execute(select(GuildRow.guild_id).limit(1))

    async def try_writing(self) -> None:
        """Write a row and take it back, so that a write's problem that is over is told no longer; without waiting.

        Raises StoreError where it cannot be written still.
        """
        async with self._database.write(hasty=True) as session:
            # No server has this number.
            await session.execute(insert(DepartedRow).values(guild_id=0, since=self._database.clock()))
            await session.execute(delete(DepartedRow).where(DepartedRow.guild_id == 0))

    async def purge(self) -> int:
        """Drop what has expired: replies (as `forget` does), questions, decided proposals; says how many."""
        parts = (self.unanswered, self.recent, self.proposals)
        gone = await super().purge() + sum([await part.purge() for part in parts])
        return await self._wiped(gone)

    async def forget_unseen(self, before: datetime) -> int:
        """Take people out of servers in which they were not seen since a time; returns in how many rows they were."""
        return await self._wiped(await forget_unseen(self._database, before))

    async def forget_person(self, person: int, *, guild: int | None = None) -> int:
        """Take who a person is out of all that is kept, for good; returns in how many rows it was.

        In one server, or everywhere for None.
        """
        return await forget_person(self._database, person, guild=guild)

    async def belongings(self, person: int, *, guild: int | None = None) -> Belongings:
        """What is kept of a person in one server, or everywhere for None."""
        return await belongings(self._database, person, guild=guild)

    async def _wiped(self, gone: int) -> int:
        # Where somebody reads just now the log is emptied another time.
        if gone:
            await wiped(self._database, attempts=(1, 0.0))
        return gone
