"""Servers that the bot is no longer in, and how all that belongs to them goes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import Select, delete, func, select, union

from knowledge.store.engine import Database
from knowledge.store.notify import CHANNEL, Changed
from knowledge.store.tables import Base, DepartedRow
from knowledge.store.wiping import wiped

_OF_SERVERS = [table for table in Base.metadata.sorted_tables if "guild_id" in table.columns]


class Departures:
    """Which servers the bot has left. Every method raises `StoreError` when the database fails.

    A server is marked when the bot turns out not to be in it, and everything of it goes when it has been
    marked for long enough. It is unmarked as soon as any bot on this database is in it again.
    """

    def __init__(self, database: Database, changed: Changed) -> None:
        self._database = database
        self._changed = changed

    async def compare(
        self, present: Collection[int], serves: Callable[[int], bool] = lambda _: True
    ) -> tuple[int, ...]:
        """The bot is in these servers, and in no others that it `serves`; returns those that it has left, newly."""
        async with self._database.write() as session:
            known = {guild for guild in await session.scalars(_known()) if guild is not None}
            marked = set(await session.scalars(select(DepartedRow.guild_id)))
            new = sorted(filter(serves, known - marked - set(present)))
            now = self._database.clock()
            session.add_all(DepartedRow(guild_id=guild, since=now) for guild in new)
            for guild in marked & set(present):
                await session.execute(delete(DepartedRow).where(DepartedRow.guild_id == guild))
        return tuple(new)

    async def all(self) -> Mapping[int, datetime]:
        """The servers that were left, and since when."""
        async with self._database.read() as session:
            rows = await session.scalars(select(DepartedRow).order_by(DepartedRow.guild_id))
            return {row.guild_id: row.since for row in rows}

    async def forget(self, before: datetime) -> tuple[int, ...]:
        """Delete everything of the servers that were left before a time; returns which."""
        async with self._database.write() as session:
            gone = (
                await session.scalars(
                    select(DepartedRow.guild_id).where(DepartedRow.since < before).order_by(DepartedRow.guild_id)
                )
            ).all()
            for guild in gone:
                # From the tables that others refer to last, hence the other way round.
                for table in reversed(_OF_SERVERS):
                    await session.execute(delete(table).where(table.c["guild_id"] == guild))
                if self._database.on_server:
                    await session.execute(select(func.pg_notify(CHANNEL, str(guild))))
        if gone:
            await wiped(self._database)
            await self._changed.look()
        return tuple(gone)


def _known() -> Select[int | None]:
    """Every server that a table names."""
    every = union(*(select(table.c["guild_id"]) for table in _OF_SERVERS if table.name != DepartedRow.__tablename__))
    return select(every.subquery().c["guild_id"])
