"""Writing down many questions that were asked in one transaction, with a statement a kind and not a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.answers import Outcome
from knowledge.store.engine import Database
from knowledge.store.recent import MOST as MOST_RECENT
from knowledge.store.records import Lack
from knowledge.store.rows import unlinked
from knowledge.store.tables import RecentRow, UnansweredRow, UsageRow, UsedRow
from knowledge.store.unanswered import MOST as MOST_UNANSWERED

PORTION = 100
"""Questions in one statement: databases cap how many values one may name."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of a server: how it ended and with what, where it is to be counted; its words, kept for `days`.

    `lack` where it had no good answer, and `closest` to what, best first.
    """

    guild: int
    outcome: Outcome | None = None
    candidate: str = ""
    text: str = ""
    days: int = 90
    lack: Lack | None = None
    closest: tuple[str, ...] = ()


class AskedQuestions:
    """Counts and words of questions at once. See `Usage`, `RecentQuestions` and `UnansweredQuestions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, asked: Sequence[AskedQuestion]) -> None:
        """Write them all down, or none. Raises StoreError when the database fails."""
        async with self._database.write() as session:
            for start in range(0, len(asked), PORTION):
                portion = asked[start : start + PORTION]
                await self._count(session, [item for item in portion if item.outcome is not None])
                worded = [item for item in portion if item.text]
                await self._keep_recent(session, [item for item in worded if item.outcome is not None])
                await self._keep_unanswered(session, [item for item in worded if item.lack is not None])

    async def _count(self, session: AsyncSession, asked: Collection[AskedQuestion]) -> None:
        today = self._database.clock().date()
        ended = Counter((item.guild, item.outcome) for item in asked)
        used = Counter((item.guild, item.candidate) for item in asked if item.candidate)
        if ended:
            usage = self._database.insert(UsageRow).values(
                [
                    {"guild_id": guild, "day": today, "outcome": outcome.value, "number": number}
                    for (guild, outcome), number in ended.items()
                    if outcome is not None
                ]
            )
            await session.execute(
                usage.on_conflict_do_update(
                    index_elements=[UsageRow.guild_id, UsageRow.day, UsageRow.outcome],
                    set_={"number": UsageRow.number + usage.excluded.number},
                )
            )
        if used:
            rows = self._database.insert(UsedRow).values(
                [
                    {"guild_id": guild, "candidate_id": candidate, "number": number, "last_day": today}
                    for (guild, candidate), number in used.items()
                ]
            )
            await session.execute(
                rows.on_conflict_do_update(
                    index_elements=[UsedRow.guild_id, UsedRow.candidate_id],
                    set_={"number": UsedRow.number + rows.excluded.number, "last_day": today},
                )
            )

    async def _keep_recent(self, session: AsyncSession, asked: Collection[AskedQuestion]) -> None:
        today = self._database.clock().date()
        # Asked again, a question is kept once and for longer: of the same words the last counts.
        last: dict[tuple[int, str], AskedQuestion] = {}
        for item in asked:
            key = (item.guild, unlinked(item.text))
            last.pop(key, None)
            last[key] = item
        if not last:
            return
        await session.execute(delete(RecentRow).where(tuple_(RecentRow.guild_id, RecentRow.text).in_(list(last))))
        session.add_all(
            RecentRow(guild_id=guild, text=text, expires_on=today + timedelta(days=item.days))
            for (guild, text), item in last.items()
        )
        await session.flush()
        await self._trim(session, RecentRow, {guild for guild, _ in last}, MOST_RECENT)

    async def _keep_unanswered(self, session: AsyncSession, asked: Collection[AskedQuestion]) -> None:
        today = self._database.clock().date()
        if not asked:
            return
        session.add_all(
            UnansweredRow(
                guild_id=item.guild,
                text=unlinked(item.text),
                reason=item.lack.value,
                closest=list(item.closest),
                day=today,
                expires_on=today + timedelta(days=item.days),
            )
            for item in asked
            if item.lack is not None
        )
        await session.flush()
        await self._trim(session, UnansweredRow, {item.guild for item in asked}, MOST_UNANSWERED)

    async def _trim(
        self, session: AsyncSession, table: type[RecentRow | UnansweredRow], guilds: Collection[int], most: int
    ) -> None:
        """Drop what a server has more than it may, the oldest first."""
        counted = await session.execute(
            select(table.guild_id, func.count()).where(table.guild_id.in_(guilds)).group_by(table.guild_id)
        )
        for guild in [row[0] for row in counted if row[1] > most]:
            oldest_kept = (
                select(table.id)
                .where(table.guild_id == guild)
                .order_by(table.id.desc())
                .offset(most - 1)
                .limit(1)
                .scalar_subquery()
            )
            await session.execute(delete(table).where(table.guild_id == guild, table.id < oldest_kept))
