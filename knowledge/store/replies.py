"""Replies that expire, and the votes on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.answers import Outcome
from knowledge.store.engine import Database
from knowledge.store.records import Reply, Tally
from knowledge.store.tables import ReplyRow, VoteRow, table_of
from knowledge.store.together import Together


class Replies:
    """Replies that expire, and votes. Every method raises `StoreError` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database
        row = database.insert(table_of(ReplyRow))
        replaced = {column.name: row.excluded[column.name] for column in table_of(ReplyRow).columns}
        self._kept = row.on_conflict_do_update(index_elements=["message_id"], set_=replaced)
        self._keeping = Together(self._keep)

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
        """Keep a reply for `days` days from now; one already kept under the same message is replaced.

        Replies that come at about the same time are kept, or not, together.
        """
        now = self._database.clock()
        values: dict[str, Any] = {
            "message_id": message,
            "channel_id": channel,
            "guild_id": guild,
            "asker_id": asker,
            "invoker_id": invoker,
            "question_id": question_message,
            "candidate_id": candidate,
            "outcome": outcome.value,
            "created_at": now,
            "expires_at": now + timedelta(days=days),
        }
        await self._keeping.add(values)
        return _reply(ReplyRow(**values))

    async def remembered(self) -> None:
        """Wait until all replies that are to be kept are, or cannot be."""
        await self._keeping.settled()

    async def _keep(self, replies: Sequence[Mapping[str, Any]]) -> None:
        await self._database.do(lambda connection: connection.execute(self._kept, replies))

    async def change(self, message: int, *, candidate: str, outcome: Outcome) -> None:
        """A reply now shows something else. Unknown ones are left unknown."""
        async with self._database.write() as session:
            await session.execute(
                update(ReplyRow)
                .where(ReplyRow.message_id == message)
                .values(candidate_id=candidate, outcome=outcome.value)
            )

    async def reply(self, message: int) -> Reply | None:
        """The reply that is this message of the bot's, or None if it is unknown or has expired."""
        async with self._database.read() as session:
            row = await session.get(ReplyRow, message)
            return _reply(row) if row is not None and row.expires_at > self._database.clock() else None

    async def replies_to(self, question_messages: Collection[int]) -> tuple[Reply, ...]:
        """Replies that have not expired to any of these messages, oldest first."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(ReplyRow)
                .where(ReplyRow.question_id.in_(question_messages), ReplyRow.expires_at > self._database.clock())
                .order_by(ReplyRow.created_at, ReplyRow.message_id)
            )
            return tuple(_reply(row) for row in rows)

    async def forget(self, messages: Collection[int]) -> None:
        """Drop replies that are gone. Their votes stay counted, without the voters."""
        async with self._database.write() as session:
            await _drop(session, messages)

    async def purge(self) -> int:
        """Drop every reply that has expired, as `forget` does; says how many."""
        async with self._database.write() as session:
            gone = (
                await session.scalars(select(ReplyRow.message_id).where(ReplyRow.expires_at <= self._database.clock()))
            ).all()
            # In portions: databases cap how many values one statement may name.
            for start in range(0, len(gone), 500):
                await _drop(session, gone[start : start + 500])
            return len(gone)

    async def vote(self, message: int, voter: int, *, helpful: bool) -> bool | None:
        """Count a person's vote on a known reply; a second one replaces the first.

        Returns how they had voted before, None for a first vote. Raises KeyError for an unknown reply.
        """
        async with self._database.write() as session:
            # Where several programs write at once, presses on one reply take turns.
            reply = await session.get(ReplyRow, message, with_for_update=True)
            if reply is None or reply.expires_at <= self._database.clock():
                raise KeyError(message)
            vote = await session.scalar(select(VoteRow).where(VoteRow.reply_id == message, VoteRow.voter_id == voter))
            before = None if vote is None else vote.helpful
            if vote is None:
                vote = VoteRow(reply_id=message, voter_id=voter, guild_id=reply.guild_id)
                session.add(vote)
            vote.candidate_id = reply.candidate_id
            vote.helpful = helpful
            vote.at = self._database.clock()
            return before

    async def tally(self, candidate: str) -> Tally:
        """All votes ever given on what this candidate showed."""
        async with self._database.read() as session:
            rows = await session.execute(
                select(VoteRow.helpful, func.count().label("number"))
                .where(VoteRow.candidate_id == candidate)
                .group_by(VoteRow.helpful)
            )
            counts = {row.helpful: row.number for row in rows}
            return Tally(counts.get(True, 0), counts.get(False, 0))

    async def tallies(self, guild: int) -> Mapping[str, Tally]:
        """The votes given in one server, by what was shown."""
        async with self._database.read() as session:
            rows = await session.execute(
                select(VoteRow.candidate_id, VoteRow.helpful, func.count().label("number"))
                .where(VoteRow.guild_id == guild)
                .group_by(VoteRow.candidate_id, VoteRow.helpful)
            )
            counts = {(row.candidate_id, row.helpful): row.number for row in rows}
        return {
            candidate: Tally(counts.get((candidate, True), 0), counts.get((candidate, False), 0))
            for candidate in sorted({candidate for candidate, _ in counts})
        }


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
