"""Going back, as the one who erred and as the one who comes later."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from knowledge.curation.changing import retire, with_phrasings
from knowledge.curation.drafting import draft
from knowledge.curation.form import EntryFields
from knowledge.curation.items import Edit, ItemKey, ItemKind, Overlay, Revision, State
from knowledge.curation.merging import Ground
from knowledge.curation.reverting import restore, revert, undo
from knowledge.model import KnowledgeBase

Key = Callable[[str], ItemKey]
WHY: dict[str, Any] = {"question": "Why?", "answer": "A.", "claims": ["melt"]}


class Log:
    """What a store does with changes, as far as going back needs it."""

    def __init__(self) -> None:
        self.revisions: list[Revision] = []
        self.overlay = Overlay()

    def save(self, edits: Iterable[Edit]) -> int:
        edits = tuple(edits)
        assert all(edit.expected == self.overlay.number(edit.key) for edit in edits)
        self.overlay = self.overlay.with_edits(edits)
        self.revisions += [self.overlay.revisions[edit.key] for edit in edits]
        return self.overlay.last_change

    def made_by(self, change: int) -> list[Revision]:
        return [revision for revision in self.revisions if revision.change == change]

    def history(self, key: ItemKey) -> list[Revision]:
        return [revision for revision in self.revisions if revision.key == key]


@pytest.fixture
def log() -> Log:
    return Log()


def test_undoing_an_added_entry_takes_all_of_it_away_and_undoing_that_brings_it_back(
    ground: Ground, river: KnowledgeBase, log: Log
) -> None:
    made = draft(EntryFields("Is it wide?", "Yes, it is wide.", "river", "ada-marsh", "Opening"), ground, log.overlay)
    assert made.problems == ()
    added = log.save(made.edits)
    undone = log.save(undo(log.made_by(added), log.revisions, ground, log.overlay).edits)
    assert ground.merge(log.overlay).base == river
    log.save(undo(log.made_by(undone), log.revisions, ground, log.overlay).edits)
    assert ground.merge(log.overlay).base == made.base


def test_undoing_the_change_of_a_packs_entry_gives_the_packs_back(
    ground: Ground, river: KnowledgeBase, log: Log
) -> None:
    change = log.save(with_phrasings(ground, log.overlay, "why-flood", ["so much water"]))
    assert ground.merge(log.overlay).base != river
    taken = undo(log.made_by(change), log.revisions, ground, log.overlay)
    assert [edit.state for edit in taken.edits] == [State.INHERITED]
    log.save(taken.edits)
    assert ground.merge(log.overlay).base == river


def test_what_somebody_has_changed_since_is_not_undone_over_them(ground: Ground, log: Log, key: Key) -> None:
    first = log.save(with_phrasings(ground, log.overlay, "why-flood", ["so much water"]))
    log.save(with_phrasings(ground, log.overlay, "why-flood", ["wet feet"]))
    taken = undo(log.made_by(first), log.revisions, ground, log.overlay)
    assert (taken.edits, taken.changed_since) == ((), (key("entry:why-flood"),))


def test_any_revision_can_be_had_again(ground: Ground, log: Log, key: Key) -> None:
    for answer in ("One.", "Two.", "Three."):
        item = key("entry:why")
        log.save([Edit(ItemKind.ENTRY, "why", log.overlay.number(item), State.LIVE, {**WHY, "answer": answer})])
    log.save(retire(ground, log.overlay, key("entry:why")))
    history = log.history(key("entry:why"))
    log.save([revert(history, 2, log.overlay)])
    assert ground.merge(log.overlay).base.entries["why"].answer == "Two."
    assert log.overlay.number(key("entry:why")) == 5
    log.save([revert(history, 4, log.overlay)])
    assert "why" not in ground.merge(log.overlay).base.entries
    with pytest.raises(KeyError):
        revert(history, 9, log.overlay)


def test_a_hidden_entry_of_a_pack_comes_back_as_the_server_last_had_it(
    ground: Ground, river: KnowledgeBase, log: Log, key: Key
) -> None:
    item = key("entry:why-flood")
    log.save(retire(ground, log.overlay, item))
    log.save(restore({item: log.history(item)}, ground, log.overlay).edits)
    assert ground.merge(log.overlay).base == river
    log.save(with_phrasings(ground, log.overlay, "why-flood", ["so much water"]))
    log.save(retire(ground, log.overlay, item))
    log.save(restore({item: log.history(item)}, ground, log.overlay).edits)
    assert ground.merge(log.overlay).base.entries["why-flood"].phrasings[-1] == "so much water"


def test_what_a_restored_entry_rests_on_is_asked_for(ground: Ground, boats: Overlay, log: Log, key: Key) -> None:
    log.overlay, log.revisions = boats, [*boats.revisions.values()]
    item = key("entry:hull-life")
    log.save(retire(ground, log.overlay, item))
    wanted = {item: log.history(item)}
    first = restore(wanted, ground, log.overlay)
    assert first.also_needed == (key("claim:oak"),)
    wanted |= {also: log.history(also) for also in first.also_needed}
    second = restore(wanted, ground, log.overlay)
    assert second.also_needed == ()
    log.save(second.edits)
    assert ground.merge(log.overlay).base == ground.merge(boats).base


def test_what_is_there_needs_no_restoring(ground: Ground, boats: Overlay, key: Key) -> None:
    item = key("entry:hull-life")
    assert restore({item: [boats.revisions[item]]}, ground, boats).edits == ()
