"""What members propose, from the day they do until a moderator has decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.store.engine import Database
from knowledge.store.records import DecidedError, Proposal, ProposalKind, ProposalState
from knowledge.store.tables import ChangeRow, ProposalRow

KEEP_DAYS = 90
"""How long a proposal is kept once it is decided."""


class Proposals:
    """Proposals by server. Every method raises `StoreError` when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, guild: int, proposer: int, kind: ProposalKind, fields: Mapping[str, Any], *, target: str = ""
    ) -> Proposal:
        """Keep a proposal; `target` is the candidate that a correction is about."""
        row = ProposalRow(
            guild_id=guild,
            proposer_id=proposer,
            kind=kind.value,
            target=target,
            fields=dict(fields),
            created_at=self._database.clock(),
            state=ProposalState.OPEN.value,
            reason="",
        )
        async with self._database.write() as session:
            session.add(row)
            await session.flush()
            return _proposal(row)

    async def shown(self, guild: int, proposal: int, message: int) -> None:
        """Note which message in the review channel shows a proposal. Unknown ones are left unknown."""
        async with self._database.write() as session:
            row = await _find(session, guild, proposal, lock=True)
            if row is not None:
                row.review_message_id = message

    async def get(self, guild: int, proposal: int) -> Proposal | None:
        """One proposal of a server's, or None if it has none of that id."""
        async with self._database.read() as session:
            row = await _find(session, guild, proposal)
            return _proposal(row) if row else None

    async def open(self, guild: int, *, after: int = 0, limit: int = 25) -> tuple[Proposal, ...]:
        """Those that wait for a decision, oldest first. `after` continues after the last one seen."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(ProposalRow)
                .where(
                    ProposalRow.guild_id == guild,
                    ProposalRow.state == ProposalState.OPEN.value,
                    ProposalRow.id > after,
                )
                .order_by(ProposalRow.id)
                .limit(limit)
            )
            return tuple(map(_proposal, rows))

    async def count_open(self, guild: int) -> int:
        """How many wait for a decision."""
        return await self._count(ProposalRow.guild_id == guild, ProposalRow.state == ProposalState.OPEN.value)

    async def count_open_by(self, guild: int, proposer: int) -> int:
        """How many of a member's wait for a decision."""
        return await self._count(
            ProposalRow.guild_id == guild,
            ProposalRow.proposer_id == proposer,
            ProposalRow.state == ProposalState.OPEN.value,
        )

    async def count_by(self, guild: int, proposer: int, *, since: datetime) -> int:
        """How many a member has made since then, decided or not.

        What a clock that was wrong has dated in the future does not count: it would for as long as that is ahead.
        """
        return await self._count(
            ProposalRow.guild_id == guild,
            ProposalRow.proposer_id == proposer,
            ProposalRow.created_at.between(since, self._database.clock()),
        )

    async def decline(self, guild: int, proposal: int, decider: int | None, *, reason: str = "") -> Proposal:
        """Decline an open proposal. Raises DecidedError if it is not open."""
        async with self._database.write() as session:
            row = await _find_open(session, guild, proposal)
            _decide(row, ProposalState.DECLINED, decider, self._database.clock())
            row.reason = reason
            await session.flush()
            return _proposal(row)

    async def purge(self) -> int:
        """Drop what was decided more than `KEEP_DAYS` days ago; says how many."""
        async with self._database.write() as session:
            before = self._database.clock() - timedelta(days=KEEP_DAYS)
            gone = await session.scalars(
                delete(ProposalRow).where(ProposalRow.decided_at < before).returning(ProposalRow.id)
            )
            return len(gone.all())

    async def _count(self, *conditions: Any) -> int:
        async with self._database.read() as session:
            return await session.scalar(select(func.count()).select_from(ProposalRow).where(*conditions)) or 0


async def approve(session: AsyncSession, guild: int, proposal: int, decider: int | None, change: ChangeRow) -> None:
    """Approve an open proposal by a change, within its transaction. Raises DecidedError if it is not open."""
    row = await _find_open(session, guild, proposal)
    _decide(row, ProposalState.APPROVED, decider, change.at)
    row.change_id = change.id


def _decide(row: ProposalRow, state: ProposalState, decider: int | None, at: datetime) -> None:
    row.state = state.value
    row.decider_id = decider
    row.decided_at = at


async def _find(session: AsyncSession, guild: int, proposal: int, *, lock: bool = False) -> ProposalRow | None:
    query = select(ProposalRow).where(ProposalRow.guild_id == guild, ProposalRow.id == proposal)
    return await session.scalar(query.with_for_update() if lock else query)


async def _find_open(session: AsyncSession, guild: int, proposal: int) -> ProposalRow:
    # Locked, so that of two who decide at the same time the second sees the first one's decision.
    row = await _find(session, guild, proposal, lock=True)
    if row is None or row.state != ProposalState.OPEN.value:
        raise DecidedError(_proposal(row) if row else None)
    return row


def _proposal(row: ProposalRow) -> Proposal:
    return Proposal(
        id=row.id,
        guild=row.guild_id,
        proposer=row.proposer_id,
        kind=ProposalKind(row.kind),
        target=row.target,
        fields=row.fields,
        created=row.created_at,
        review_message=row.review_message_id,
        state=ProposalState(row.state),
        decided=row.decided_at,
        decider=row.decider_id,
        reason=row.reason,
        change=row.change_id,
    )
