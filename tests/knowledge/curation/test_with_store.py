"""Curation on a real database, as two moderators do it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from knowledge.curation.changing import body_at, body_now, reword, with_phrasings
from knowledge.curation.difference import collision, difference
from knowledge.curation.drafting import draft
from knowledge.curation.exporting import export_yaml
from knowledge.curation.form import EntryFields, NewExpert, NewSource
from knowledge.curation.importing import dry_run
from knowledge.curation.items import ItemKey, ItemKind
from knowledge.curation.merging import Ground, new_problems
from knowledge.curation.reverting import undo
from knowledge.model import KnowledgeBase
from knowledge.store import Store
from knowledge.store.records import Action, Change, ConflictError

HERE, THERE, ANNA, BEN = 1, 2, 10, 11
FIELDS = EntryFields(
    question="How old is the mill?",
    answer="It was built before 1700.\nNobody knows by whom.",
    source=NewSource("Mills of the valley", "https://mills.example/book", NewExpert("Di Dahl")),
    expert=NewExpert("Ed Eker", role="historian"),
    place="The oldest mill, paragraph 4",
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store.open(tmp_path / "citebot.sqlite3", clock=lambda: datetime(2024, 5, 31, tzinfo=UTC)) as opened:
        yield opened


async def taken_back(store: Store, change: Change, ground: Ground) -> Change:
    earlier = [
        await store.revisions.revision(change.guild, r.kind, r.id, r.number - 1)
        for r in change.revisions
        if r.number > 1
    ]
    overlay = await store.revisions.current(change.guild)
    back = undo(change.revisions, [revision for revision in earlier if revision], ground, overlay)
    return await store.revisions.commit(change.guild, change.who, Action.UNDO, back.edits, undoes=change.id)


async def test_what_is_added_comes_back_from_the_database_as_it_was(store: Store, ground: Ground) -> None:
    made = draft(FIELDS, ground, await store.revisions.current(HERE))
    await store.revisions.commit(HERE, ANNA, Action.ADD, made.edits)
    assert ground.merge(await store.revisions.current(HERE)).base == made.base
    assert ground.merge(await store.revisions.current(THERE)).base == ground.packs


async def test_two_at_once_the_second_sees_both_and_neither_is_lost(store: Store, ground: Ground) -> None:
    made = draft(FIELDS, ground, await store.revisions.current(HERE))
    await store.revisions.commit(HERE, ANNA, Action.ADD, made.edits)
    seen = await store.revisions.current(HERE)
    key = ItemKey(ItemKind.ENTRY, made.entry)
    body = body_now(ground, seen, key) or {}
    await store.revisions.commit(HERE, ANNA, Action.EDIT, with_phrasings(ground, seen, made.entry, ["mill age"]))
    mine = reword(seen, key, {**body, "answer": "Before 1700."})
    with pytest.raises(ConflictError) as raised:
        await store.revisions.commit(HERE, BEN, Action.EDIT, [mine])
    (conflict,) = raised.value.conflicts
    assert conflict.current is not None
    met = collision(body, mine.body, body_at(ground, key, conflict.current.revision))
    assert [line.text for line in met.theirs] == ["phrasing added: “mill age”"]
    assert met.together is not None
    now = await store.revisions.current(HERE)
    edits = [reword(now, key, met.together)]
    assert new_problems(ground, now, edits)[1] == ()
    await store.revisions.commit(HERE, BEN, Action.EDIT, edits)
    entry = ground.merge(await store.revisions.current(HERE)).base.entries[made.entry]
    assert (entry.answer, entry.phrasings) == ("Before 1700.", ("mill age",))


async def test_undo_and_undo_of_the_undo(store: Store, ground: Ground, river: KnowledgeBase) -> None:
    made = draft(FIELDS, ground, await store.revisions.current(HERE))
    added = await store.revisions.commit(HERE, ANNA, Action.ADD, made.edits)
    gone = await taken_back(store, added, ground)
    assert ground.merge(await store.revisions.current(HERE)).base == river
    await taken_back(store, gone, ground)
    assert ground.merge(await store.revisions.current(HERE)).base == made.base
    history = await store.revisions.history(HERE, ItemKind.ENTRY, made.entry)
    key = ItemKey(ItemKind.ENTRY, made.entry)
    bodies = [body_at(ground, key, past.revision) for past in reversed(history)]
    assert [len(difference(a, b)) > 0 for a, b in pairwise(bodies)] == [True, True]


async def test_from_one_server_to_another_byte_for_byte(store: Store, ground: Ground) -> None:
    made = draft(FIELDS, ground, await store.revisions.current(HERE))
    await store.revisions.commit(HERE, ANNA, Action.ADD, made.edits)
    overlay = await store.revisions.current(HERE)
    await store.revisions.commit(HERE, ANNA, Action.EDIT, with_phrasings(ground, overlay, "why-flood", ["wet feet"]))
    text = export_yaml(ground, await store.revisions.current(HERE), builds_on=["river"])
    run = dry_run(text.encode(), ground, await store.revisions.current(THERE))
    await store.revisions.commit(THERE, None, Action.IMPORT, run.edits)
    assert export_yaml(ground, await store.revisions.current(THERE), builds_on=["river"]) == text
