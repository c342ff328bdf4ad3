"""What was asked lately, without whoever asked it: to see what a change would do to real questions."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select

from knowledge.store.engine import Database
from knowledge.store.rows import unlinked
from knowledge.store.tables import RecentRow

MOST = 300
"""How many questions of one server are kept; beyond that the oldest go."""


class RecentQuestions:
    """Questions by server. Every method raises `StoreError` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, guild: int, text: str, *, days: int = 90) -> None:
        """Keep a question for `days` days; asked again, it is kept once and for longer."""
        text = unlinked(text)
        row = RecentRow(guild_id=guild, text=text, expires_on=self._database.clock().date() + timedelta(days=days))
        async with self._database.write() as session:
            await session.execute(delete(RecentRow).where(RecentRow.guild_id == guild, RecentRow.text == text))
            session.add(row)
            await session.flush()
            oldest_kept = (
                select(RecentRow.id)
                .where(RecentRow.guild_id == guild)
                .order_by(RecentRow.id.desc())
                .offset(MOST - 1)
                .limit(1)
                .scalar_subquery()
            )
            await session.execute(delete(RecentRow).where(RecentRow.guild_id == guild, RecentRow.id < oldest_kept))

    async def all(self, guild: int) -> tuple[str, ...]:
        """What has not expired, newest first; each text once, at most `MOST`."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(RecentRow.text)
                .where(RecentRow.guild_id == guild, RecentRow.expires_on > self._database.clock().date())
                .group_by(RecentRow.text)
                .order_by(func.max(RecentRow.id).desc())
            )
            return tuple(rows)

    async def purge(self) -> int:
        """Drop what has expired; says how many."""
        async with self._database.write() as session:
            gone = await session.scalars(
                delete(RecentRow).where(RecentRow.expires_on <= self._database.clock().date()).returning(RecentRow.id)
            )
            return len(gone.all())
