"""People are forgotten: because they ask for it, or because they have not been seen for long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.errors import StoreError
from knowledge.store.engine import Database
from knowledge.store.records import FORGOTTEN
from knowledge.store.tables import ChangeRow, ProposalRow, ReplyRow, VoteRow
from knowledge.store.wiping import prepared, wiped


async def forget_person(database: Database, person: int, *, guild: int | None = None) -> int:
    """Drop a person's replies and proposals, unlink their votes, and put `FORGOTTEN` in place of them elsewhere.

    In one server, or everywhere (direct messages too) for None. What they have changed in the knowledge stays,
    and can no longer be told from what others who were forgotten have changed. In a SQLite file their id
    is wiped from the file and its log when this returns. Returns how many rows it was in. Raises StoreError where
    the database fails or the log cannot be emptied. Copies and backups are beyond its reach.
    """
    await prepared(database)
    async with database.write() as session:
        rows = await _forget(session, person, guild)
    try:
        if await wiped(database):
            return rows
        why = "somebody reads it. To do: ask again in a moment."
    except StoreError as error:
        why = f"it can be emptied. {error} Then ask again."
    raise StoreError(
        f"The database {database.name}: the person is forgotten, but their id may stand in its log until {why}"
    )


async def forget_unseen(database: Database, before: datetime) -> int:
    """Forget in each server whoever has done nothing there that is still kept since a time; says in how many rows.

    The bot sees no lists of members, so that is all that is known of when somebody was there. A reply that
    has expired, or a proposal that is gone, no longer counts. Raises StoreError.
    """
    async with database.write() as session:
        unseen = (await session.execute(_unseen(before))).all()
        return sum([await _forget(session, row.person, row.guild_id) for row in unseen])


def _unseen(before: datetime) -> Any:
    seen = [
        select(table.guild_id, person.label("person"), at.label("at"))
        for table, person, at in (
            (ChangeRow, ChangeRow.who, ChangeRow.at),
            (ProposalRow, ProposalRow.proposer_id, ProposalRow.created_at),
            (ProposalRow, ProposalRow.decider_id, ProposalRow.decided_at),
            (VoteRow, VoteRow.voter_id, VoteRow.at),
            (ReplyRow, ReplyRow.asker_id, ReplyRow.created_at),
            (ReplyRow, ReplyRow.invoker_id, ReplyRow.created_at),
        )
    ]
    rows = union_all(*seen).subquery()
    return (
        select(rows.c.guild_id, rows.c.person)
        .where(rows.c.guild_id.is_not(None), rows.c.person.is_not(None), rows.c.person != FORGOTTEN)
        .group_by(rows.c.guild_id, rows.c.person)
        .having(func.max(rows.c.at) < before)
    )


async def _forget(session: AsyncSession, person: int, guild: int | None) -> int:
    """Within a transaction; returns how many rows the person was in."""

    def here(table: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return condition if guild is None else and_(condition, table.guild_id == guild)

    touched: list[Sequence[Any]] = []
    for table, column in ((ChangeRow, ChangeRow.who), (ProposalRow, ProposalRow.decider_id)):
        unlinked = update(table).where(here(table, column == person)).values({column.key: FORGOTTEN})
        touched.append((await session.execute(unlinked.returning(table.id))).all())
    own = delete(ProposalRow).where(here(ProposalRow, ProposalRow.proposer_id == person)).returning(ProposalRow.id)
    touched.append((await session.execute(own)).all())
    votes = update(VoteRow).where(here(VoteRow, VoteRow.voter_id == person)).values(voter_id=None)
    touched.append((await session.execute(votes.returning(VoteRow.id))).all())
    theirs = here(ReplyRow, or_(ReplyRow.asker_id == person, ReplyRow.invoker_id == person))
    # Others' votes on these replies are let go as when a reply expires.
    replies = select(ReplyRow.message_id).where(theirs)
    await session.execute(update(VoteRow).where(VoteRow.reply_id.in_(replies)).values(voter_id=None))
    touched.append((await session.execute(delete(ReplyRow).where(theirs).returning(ReplyRow.message_id))).all())
    return sum(map(len, touched))
