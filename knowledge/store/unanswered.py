"""Questions that got no good answer, kept for a while without whoever asked them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from knowledge.store.engine import Database
from knowledge.store.records import Lack, Unanswered
from knowledge.store.rows import unlinked
from knowledge.store.tables import UnansweredRow

MOST = 5000
"""How many questions of one server are kept; beyond that the oldest go."""


class UnansweredQuestions:
    """Unanswered questions by server. Every method raises `StoreError` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, guild: int, text: str, lack: Lack, closest: Sequence[str], *, days: int = 90) -> None:
        """Keep a question for `days` days; `closest` are the candidates nearest to it, best first."""
        today = self._database.clock().date()
        row = UnansweredRow(
            guild_id=guild,
            text=unlinked(text),
            reason=lack.value,
            closest=list(closest),
            day=today,
            expires_on=today + timedelta(days=days),
        )
        async with self._database.write() as session:
            session.add(row)
            await session.flush()
            oldest_kept = (
                select(UnansweredRow.id)
                .where(UnansweredRow.guild_id == guild)
                .order_by(UnansweredRow.id.desc())
                .offset(MOST - 1)
                .limit(1)
                .scalar_subquery()
            )
            await session.execute(
                delete(UnansweredRow).where(UnansweredRow.guild_id == guild, UnansweredRow.id < oldest_kept)
            )

    async def all(self, guild: int) -> tuple[Unanswered, ...]:
        """What has not expired, newest first; at most `MOST`."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(UnansweredRow)
                .where(UnansweredRow.guild_id == guild, UnansweredRow.expires_on > self._database.clock().date())
                .order_by(UnansweredRow.id.desc())
            )
            return tuple(map(_unanswered, rows))

    async def dismiss(self, guild: int, questions: Collection[int]) -> int:
        """Drop these; says how many there were. An accepted one goes with its change: `Revisions.commit`."""
        ids, gone = sorted(questions), 0
        async with self._database.write() as session:
            # In portions: databases cap how many values one statement may name.
            for start in range(0, len(ids), 500):
                portion = ids[start : start + 500]
                dropped = await session.scalars(
                    delete(UnansweredRow)
                    .where(UnansweredRow.guild_id == guild, UnansweredRow.id.in_(portion))
                    .returning(UnansweredRow.id)
                )
                gone += len(dropped.all())
        return gone

    async def purge(self) -> int:
        """Drop what has expired; says how many."""
        async with self._database.write() as session:
            gone = await session.scalars(
                delete(UnansweredRow)
                .where(UnansweredRow.expires_on <= self._database.clock().date())
                .returning(UnansweredRow.id)
            )
            return len(gone.all())


def _unanswered(row: UnansweredRow) -> Unanswered:
    return Unanswered(row.id, row.guild_id, row.text, Lack(row.reason), tuple(row.closest), row.day, row.expires_on)
