"""What moderators have made of a server's knowledge: revisions that are only ever added, one change at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Select, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from knowledge.curation.items import Edit, ItemKey, ItemKind, Overlay, Revision, State
from knowledge.store.engine import Database
from knowledge.store.guilds import settings_in, touch
from knowledge.store.notify import Changed
from knowledge.store.proposals import approve
from knowledge.store.records import Action, Change, Conflict, ConflictError, OvertakenError, Past
from knowledge.store.tables import ITEM_ID_LENGTH, ChangeRow, RevisionRow, UnansweredRow

# Databases cap how many values one statement may name.
_PORTION = 200

T = TypeVar("T")


class Revisions:
    """The changes of each server. Every method raises `StoreError` when the database fails."""

    def __init__(self, database: Database, changed: Changed) -> None:
        self._database = database
        self._changed = changed

    async def commit(
        self,
        guild: int,
        who: int | None,
        action: Action,
        edits: Sequence[Edit],
        *,
        note: str = "",
        undoes: int | None = None,
        proposal: int | None = None,
        answers: Collection[int] = (),
        after: int | None = None,
        packs: Mapping[str, bool] | None = None,
    ) -> Change:
        """Save one change, all of it or nothing; it is durable when this returns.

        `who` is a Discord id, None for the command line. `undoes` names the change that is taken back. In
        the same transaction the open `proposal` becomes approved, and the unanswered questions `answers`
        go. `after` is the server's last change that the edits were checked against (`Overlay.last_change`), `packs`
        what it had switched on and off then.
        Raises ConflictError where an edit is not based on the newest revision, OvertakenError where something
        else was changed after `after` or other packs are on, DecidedError where the proposal is not open,
        KeyError where the server has no change `undoes`, ValueError for edits that make no change.
        """
        _check(edits)
        async with self._database.write() as session:
            # First, so that whoever else changes this server waits, and the numbers below are the newest.
            await touch(self._database, session, guild)
            if undoes is not None and await _change_row(session, guild, undoes) is None:
                raise KeyError(undoes)
            newest = await _newest(session, guild, [edit.key for edit in edits])
            conflicts = [
                Conflict(edit, past)
                for edit in edits
                if edit.expected != (((past := newest.get(edit.key)) and past.revision.number) or 0)
            ]
            if conflicts:
                raise ConflictError(conflicts)
            if after is not None and after != await _last(session, guild):
                raise OvertakenError
            if packs is not None and dict(packs) != dict((await settings_in(session, guild)).packs):
                raise OvertakenError
            row = ChangeRow(
                guild_id=guild, who=who, at=self._database.clock(), action=action.value, note=note, undoes=undoes
            )
            session.add(row)
            await session.flush()
            made = [_made(edit, guild, row.id) for edit in edits]
            session.add_all(made)
            if proposal is not None:
                await approve(session, guild, proposal, who, row)
            for portion in _portions(sorted(answers)):
                await session.execute(
                    delete(UnansweredRow).where(UnansweredRow.guild_id == guild, UnansweredRow.id.in_(portion))
                )
            change = _change(row, sorted(map(_revision, made), key=lambda revision: revision.key))
        await self._changed.look()
        return change

    async def current(self, guild: int) -> Overlay:
        """The newest revision of everything that a server has ever changed, and its last change."""
        async with self._database.read() as session:
            last = await _last(session, guild)
            rows = await session.scalars(_newest_of(guild))
            return Overlay.of(map(_revision, rows), last)

    async def history(self, guild: int, kind: ItemKind, item: str) -> tuple[Past, ...]:
        """All revisions of an item, newest first."""
        async with self._database.read() as session:
            rows = await session.execute(
                select(RevisionRow, ChangeRow)
                .join(ChangeRow, ChangeRow.id == RevisionRow.change_id)
                .where(RevisionRow.guild_id == guild, RevisionRow.kind == kind.value, RevisionRow.item_id == item)
                .order_by(RevisionRow.number.desc())
            )
            found = [(revision, change) for revision, change in rows]
            whole = await _with_revisions(session, [change for _, change in found])
            return tuple(Past(_revision(revision), whole[change.id]) for revision, change in found)

    async def revision(self, guild: int, kind: ItemKind, item: str, number: int) -> Revision | None:
        """One revision of an item, or None if it has none of that number."""
        async with self._database.read() as session:
            row = await session.get(RevisionRow, (guild, kind.value, item, number))
            return _revision(row) if row else None

    async def change(self, guild: int, change: int) -> Change | None:
        """One change of a server's, or None if it has none of that id."""
        async with self._database.read() as session:
            row = await _change_row(session, guild, change)
            return (await _with_revisions(session, [row]))[row.id] if row else None

    async def changes(self, guild: int, *, before: int | None = None, limit: int = 25) -> tuple[Change, ...]:
        """A server's changes, newest first: the audit log. `before` continues after the last one seen."""
        query = select(ChangeRow).where(ChangeRow.guild_id == guild).order_by(ChangeRow.id.desc()).limit(limit)
        if before is not None:
            query = query.where(ChangeRow.id < before)
        async with self._database.read() as session:
            rows = (await session.scalars(query)).all()
            whole = await _with_revisions(session, rows)
            return tuple(whole[row.id] for row in rows)

    async def last_by(self, guild: int, who: int) -> Change | None:
        """A person's newest change that can be undone: not an undo itself, and not undone yet."""
        undo = aliased(ChangeRow)
        query = (
            select(ChangeRow)
            .where(
                ChangeRow.guild_id == guild,
                ChangeRow.who == who,
                ChangeRow.action != Action.UNDO.value,
                ~select(undo.id).where(undo.guild_id == guild, undo.undoes == ChangeRow.id).exists(),
            )
            .order_by(ChangeRow.id.desc())
            .limit(1)
        )
        async with self._database.read() as session:
            row = await session.scalar(query)
            return (await _with_revisions(session, [row]))[row.id] if row else None


def _check(edits: Sequence[Edit]) -> None:
    if not edits:
        raise ValueError("a change without edits")
    keys = [edit.key for edit in edits]
    if len(set(keys)) < len(keys):
        raise ValueError("a change edits the same item twice")
    for edit in edits:
        if (edit.body is not None) != (edit.state is State.LIVE):
            raise ValueError(f"{edit.key}: a body belongs to the state live and to no other")
        if not 0 < len(edit.id) <= ITEM_ID_LENGTH:
            raise ValueError(f"{edit.key}: an id has 1 to {ITEM_ID_LENGTH} characters")


def _portions(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[start : start + _PORTION] for start in range(0, len(items), _PORTION)]


async def _last(session: AsyncSession, guild: int) -> int:
    """The id of a server's last change, 0 for none."""
    return await session.scalar(select(func.max(ChangeRow.id)).where(ChangeRow.guild_id == guild)) or 0


async def _change_row(session: AsyncSession, guild: int, change: int) -> ChangeRow | None:
    return await session.scalar(select(ChangeRow).where(ChangeRow.guild_id == guild, ChangeRow.id == change))


def _newest_of(guild: int, only: Collection[tuple[str, str]] | None = None) -> Select[RevisionRow]:
    """The newest revisions of a server's items, or of those named by kind and id."""
    # In one pass. Joined with the largest numbers, or with its successors, PostgreSQL, which knows little about a table
    # that has just grown, compares each revision with each other one.
    place = func.row_number().over(
        partition_by=(RevisionRow.kind, RevisionRow.item_id), order_by=RevisionRow.number.desc()
    )
    ranked = select(RevisionRow, place.label("place")).where(RevisionRow.guild_id == guild)
    if only is not None:
        ranked = ranked.where(tuple_(RevisionRow.kind, RevisionRow.item_id).in_(only))
    every = ranked.subquery()
    return select(aliased(RevisionRow, every)).where(every.c.place == 1)


async def _newest(session: AsyncSession, guild: int, keys: Sequence[ItemKey]) -> Mapping[ItemKey, Past]:
    """The newest revision of those of the items that have one."""
    found: dict[ItemKey, Past] = {}
    for portion in _portions(keys):
        named = [(key.kind.value, key.id) for key in portion]
        rows = (await session.scalars(_newest_of(guild, named))).all()
        changes = await session.scalars(select(ChangeRow).where(ChangeRow.id.in_({row.change_id for row in rows})))
        whole = await _with_revisions(session, changes.all())
        found |= {(revision := _revision(row)).key: Past(revision, whole[row.change_id]) for row in rows}
    return found


async def _with_revisions(session: AsyncSession, rows: Sequence[ChangeRow]) -> Mapping[int, Change]:
    """The changes whole, by their ids."""
    made: dict[int, list[Revision]] = {row.id: [] for row in rows}
    for portion in _portions(sorted(made)):
        revisions = await session.scalars(
            select(RevisionRow)
            .where(RevisionRow.change_id.in_(portion))
            .order_by(RevisionRow.kind, RevisionRow.item_id)
        )
        for revision in revisions:
            made[revision.change_id].append(_revision(revision))
    return {row.id: _change(row, made[row.id]) for row in rows}


def _made(edit: Edit, guild: int, change: int) -> RevisionRow:
    return RevisionRow(
        guild_id=guild,
        kind=edit.kind.value,
        item_id=edit.id,
        number=edit.expected + 1,
        state=edit.state.value,
        body=None if edit.body is None else dict(edit.body),
        change_id=change,
    )


def _revision(row: RevisionRow) -> Revision:
    return Revision(ItemKind(row.kind), row.item_id, row.number, State(row.state), row.body, row.change_id)


def _change(row: ChangeRow, revisions: Sequence[Revision]) -> Change:
    return Change(row.id, row.guild_id, row.who, row.at, Action(row.action), row.note, row.undoes, tuple(revisions))
