"""Going back: to a revision of an item, behind a whole change, and from retired to there again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.curation.changing import needed
from knowledge.curation.items import Edit, ItemKey, Overlay, Revision, State
from knowledge.curation.merging import Ground


@dataclass(frozen=True, slots=True)
class Undo:
    """The edits that take a change back, or the items that somebody has changed since: then there are no edits."""

    edits: tuple[Edit, ...]
    changed_since: tuple[ItemKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Restoring:
    """The edits that bring items back, and what they cannot do without and is retired as well."""

    edits: tuple[Edit, ...]
    also_needed: tuple[ItemKey, ...] = ()


def revert(history: Sequence[Revision], number: int, overlay: Overlay) -> Edit:
    """The edit that makes an item again what one of its revisions says.

    Raises KeyError where the history has no revision of that number.
    """
    for revision in history:
        if revision.number == number:
            expected = overlay.number(revision.key)
            return Edit(revision.kind, revision.id, expected, revision.state, revision.body)
    raise KeyError(number)


def undo(change: Iterable[Revision], earlier: Iterable[Revision], ground: Ground, overlay: Overlay) -> Undo:
    """The edits that take a change back.

    `change` are the revisions that it made, `earlier` those that came right before them, where there are
    any. An undo is a change like any other, so it can be undone as well.
    """
    made = tuple(change)
    before: Mapping[tuple[ItemKey, int], Revision] = {(r.key, r.number): r for r in earlier}
    since = tuple(revision.key for revision in made if overlay.number(revision.key) != revision.number)
    if since:
        return Undo((), since)
    edits: list[Edit] = []
    for revision in made:
        old = before.get((revision.key, revision.number - 1))
        state = old.state if old else _untouched(ground, revision.key)
        edits.append(Edit(revision.kind, revision.id, revision.number, state, old.body if old else None))
    return Undo(tuple(edits))


def restore(histories: Mapping[ItemKey, Sequence[Revision]], ground: Ground, overlay: Overlay) -> Restoring:
    """The edits that bring retired items back as they were, a hidden one of a pack as the server last had it.

    `histories` are all revisions of the items that are to come back. Where `also_needed` names more, their
    histories can be added and the same asked again.
    """
    edits = tuple(
        edit for key, history in histories.items() if (edit := _back(key, history, ground, overlay)) is not None
    )
    needs: dict[ItemKey, None] = {}
    for edit in edits:
        body = edit.body or ground.body(edit.key) or {}
        for kind, ids in needed(edit.kind, body).items():
            for item_id in ids:
                key = ItemKey(kind, item_id)
                if item_id and key not in histories and overlay.state(key) is State.RETIRED:
                    needs[key] = None
    return Restoring(edits, tuple(needs))


def _back(key: ItemKey, history: Sequence[Revision], ground: Ground, overlay: Overlay) -> Edit | None:
    if overlay.state(key) is not State.RETIRED:
        return None
    for revision in sorted(history, key=lambda revision: -revision.number):
        if revision.state is State.LIVE or (revision.state is State.INHERITED and ground.has(key)):
            return Edit(key.kind, key.id, overlay.number(key), revision.state, revision.body)
    return Edit(key.kind, key.id, overlay.number(key), State.INHERITED) if ground.has(key) else None


def _untouched(ground: Ground, key: ItemKey) -> State:
    """What an item was before the server's first change of it: the packs', or not there."""
    return State.INHERITED if ground.has(key) else State.RETIRED
