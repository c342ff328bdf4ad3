"""How often each server was answered, and with what: counts by day, without anybody's id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import groupby

from sqlalchemy import select

from knowledge.answers import Outcome
from knowledge.store.engine import Database
from knowledge.store.records import DayCounts, Used
from knowledge.store.tables import UsageRow, UsedRow


class Usage:
    """Counts by server. Every method raises `StoreError` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, guild: int, outcome: Outcome, candidate: str = "") -> None:
        """A question has ended so today; `candidate` is what it was answered with."""
        today = self._database.clock().date()
        ended = self._database.insert(UsageRow).values(guild_id=guild, day=today, outcome=outcome.value, number=1)
        async with self._database.write() as session:
            await session.execute(
                ended.on_conflict_do_update(
                    index_elements=[UsageRow.guild_id, UsageRow.day, UsageRow.outcome],
                    set_={"number": UsageRow.number + 1},
                )
            )
            if candidate:
                used = self._database.insert(UsedRow).values(
                    guild_id=guild, candidate_id=candidate, number=1, last_day=today
                )
                await session.execute(
                    used.on_conflict_do_update(
                        index_elements=[UsedRow.guild_id, UsedRow.candidate_id],
                        set_={"number": UsedRow.number + 1, "last_day": today},
                    )
                )

    async def days(self, guild: int, since: date) -> tuple[DayCounts, ...]:
        """The days from `since` on that had a question, in their order."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(UsageRow)
                .where(UsageRow.guild_id == guild, UsageRow.day >= since)
                .order_by(UsageRow.day, UsageRow.outcome)
            )
            return tuple(
                DayCounts(day, {Outcome(row.outcome): row.number for row in group})
                for day, group in groupby(rows, key=lambda row: row.day)
            )

    async def used(self, guild: int) -> Mapping[str, Used]:
        """What the server was ever answered with, most used first."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(UsedRow).where(UsedRow.guild_id == guild).order_by(UsedRow.number.desc(), UsedRow.candidate_id)
            )
            return {row.candidate_id: Used(row.number, row.last_day) for row in rows}
