"""Writing down many questions that were asked in one transaction, with a statement a kind and not a question.

The statements are always the same ones, whatever the number: SQLAlchemy has them ready.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select

from knowledge.answers import Outcome
from knowledge.store.engine import Database
from knowledge.store.recent import MOST as MOST_RECENT
from knowledge.store.records import Lack
from knowledge.store.rows import unlinked
from knowledge.store.tables import RecentRow, UnansweredRow, UsageRow, UsedRow, table_of
from knowledge.store.unanswered import MOST as MOST_UNANSWERED

_USAGE, _USED, _RECENT, _UNANSWERED = map(table_of, (UsageRow, UsedRow, RecentRow, UnansweredRow))
_SAME_WORDS = delete(_RECENT).where(_RECENT.c.guild_id == bindparam("guild"), _RECENT.c.text == bindparam("words"))


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
        usage, used = database.insert(_USAGE), database.insert(_USED)
        self._usage = usage.on_conflict_do_update(
            index_elements=["guild_id", "day", "outcome"],
            set_={"number": _USAGE.c.number + usage.excluded.number},
        )
        self._used = used.on_conflict_do_update(
            index_elements=["guild_id", "candidate_id"],
            set_={"number": _USED.c.number + used.excluded.number, "last_day": used.excluded.last_day},
        )

    async def add(self, asked: Sequence[AskedQuestion]) -> None:
        """Write them all down, or none. Raises StoreError when the database fails."""
        today = self._database.clock().date()
        ended = [item for item in asked if item.outcome is not None]
        worded = [item for item in ended if item.text]
        unanswered = [item for item in asked if item.text and item.lack is not None]

        def write(connection: Connection) -> None:
            self._count(connection, ended, today)
            self._keep_recent(connection, worded, today)
            self._keep_unanswered(connection, unanswered, today)

        await self._database.do(write)

    def _count(self, connection: Connection, asked: Collection[AskedQuestion], today: date) -> None:
        ended = Counter((item.guild, item.outcome.value) for item in asked if item.outcome is not None)
        used = Counter((item.guild, item.candidate) for item in asked if item.candidate)
        if ended:
            connection.execute(
                self._usage,
                [
                    {"guild_id": guild, "day": today, "outcome": outcome, "number": number}
                    for (guild, outcome), number in ended.items()
                ],
            )
        if used:
            connection.execute(
                self._used,
                [
                    {"guild_id": guild, "candidate_id": candidate, "number": number, "last_day": today}
                    for (guild, candidate), number in used.items()
                ],
            )

    def _keep_recent(self, connection: Connection, asked: Collection[AskedQuestion], today: date) -> None:
        # Asked again, a question is kept once and for longer: of the same words the last counts.
        last: dict[tuple[int, str], AskedQuestion] = {}
        for item in asked:
            key = (item.guild, unlinked(item.text))
            last.pop(key, None)
            last[key] = item
        if not last:
            return
        connection.execute(_SAME_WORDS, [{"guild": guild, "words": text} for guild, text in last])
        connection.execute(
            insert(_RECENT),
            [
                {"guild_id": guild, "text": text, "expires_on": today + timedelta(days=item.days)}
                for (guild, text), item in last.items()
            ],
        )
        _trim(connection, _RECENT, {guild for guild, _ in last}, MOST_RECENT)

    def _keep_unanswered(self, connection: Connection, asked: Collection[AskedQuestion], today: date) -> None:
        if not asked:
            return
        connection.execute(
            insert(_UNANSWERED),
            [
                {
                    "guild_id": item.guild,
                    "text": unlinked(item.text),
                    "reason": item.lack.value,
                    "closest": list(item.closest),
                    "day": today,
                    "expires_on": today + timedelta(days=item.days),
                }
                for item in asked
                if item.lack is not None
            ],
        )
        _trim(connection, _UNANSWERED, {item.guild for item in asked}, MOST_UNANSWERED)


def _trim(connection: Connection, table: Table, guilds: Collection[int], most: int) -> None:
    """Drop what a server has more than it may, the oldest first."""
    counted = connection.execute(
        select(table.c.guild_id, func.count()).where(table.c.guild_id.in_(guilds)).group_by(table.c.guild_id)
    )
    for guild in [row[0] for row in counted if row[1] > most]:
        oldest_kept = (
            select(table.c.id)
            .where(table.c.guild_id == guild)
            .order_by(table.c.id.desc())
            .offset(most - 1)
            .limit(1)
            .scalar_subquery()
        )
        connection.execute(delete(table).where(table.c.guild_id == guild, table.c.id < oldest_kept))
