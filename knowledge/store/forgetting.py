"""A person asks to be forgotten: who they are goes out of everything that is kept."""

from __future__ import annotations

import asyncio

from sqlalchemy import delete, or_, select, text, update

from knowledge.errors import StoreError
from knowledge.store.engine import Database
from knowledge.store.faults import told
from knowledge.store.records import FORGOTTEN
from knowledge.store.tables import ChangeRow, ProposalRow, ReplyRow, VoteRow

# While a reader is in the middle of something, the log cannot be emptied: (times, seconds between).
_ATTEMPTS = (20, 0.1)


async def forget_person(database: Database, person: int) -> int:
    """Put `FORGOTTEN` in place of a person in changes and proposals, drop their replies, and unlink their votes.

    What they have done stays, and can no longer be told from what others who were forgotten have done.
    In a SQLite file their id is wiped from the file and its log when this returns. Returns how many rows
    it was in. Raises StoreError where the database fails or the log cannot be emptied. Copies and backups
    are beyond its reach.
    """
    async with database.write() as session:
        rows = 0
        columns = (
            (ChangeRow, ChangeRow.who),
            (ProposalRow, ProposalRow.proposer_id),
            (ProposalRow, ProposalRow.decider_id),
        )
        for table, column in columns:
            found = await session.execute(
                update(table).where(column == person).values({column.key: FORGOTTEN}).returning(table.id)
            )
            rows += len(found.all())
        theirs = or_(ReplyRow.asker_id == person, ReplyRow.invoker_id == person)
        mine = select(ReplyRow.message_id).where(theirs)
        # Others' votes on these replies are let go as when a reply expires.
        await session.execute(update(VoteRow).where(VoteRow.reply_id.in_(mine)).values(voter_id=None))
        votes = update(VoteRow).where(VoteRow.voter_id == person).values(voter_id=None).returning(VoteRow.id)
        rows += len((await session.execute(votes)).all())
        replies = delete(ReplyRow).where(theirs).returning(ReplyRow.message_id)
        rows += len((await session.execute(replies)).all())
    await _wipe(database)
    return rows


async def _wipe(database: Database) -> None:
    """What was overwritten or deleted is nowhere in the files any more."""
    with told(database.name):
        async with database.engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            if database.on_server:
                # Old versions of rows; what others still look at goes with the server's own next round.
                await free.execute(text("VACUUM changes, proposals, replies, votes"))
                return
            attempts, pause = _ATTEMPTS
            for _ in range(attempts):
                # The first of its three numbers: whether it had to stop before the end.
                if not await free.scalar(text("PRAGMA wal_checkpoint(TRUNCATE)")):
                    return
                await asyncio.sleep(pause)
    raise StoreError(
        f"The database {database.name}: the person is forgotten, but their id may stand in its log until nobody "
        "reads it. To do: ask again in a moment."
    )
