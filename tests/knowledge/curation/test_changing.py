"""What is there already: given phrasings, worded anew, retired with what goes along, found by what needs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from knowledge.answerer import Answerer
from knowledge.answers import Outcome
from knowledge.curation.changing import (
    accept_phrasings,
    body_at,
    body_now,
    dependants,
    golden_questions,
    retire,
    reword,
    with_phrasings,
)
from knowledge.curation.difference import difference
from knowledge.curation.items import ItemKey, Overlay, State
from knowledge.curation.merging import Ground, new_problems
from knowledge.model import KnowledgeBase

MakeOverlay = Callable[..., Overlay]
Key = Callable[[str], ItemKey]


def test_phrasings_are_added_to_a_packs_entry_for_this_server_only(ground: Ground, river: KnowledgeBase) -> None:
    edits = with_phrasings(
        ground, Overlay(), "trout-back", ["any fishies about", "ARE there fish in the river again?", " "]
    )
    (edit,) = edits
    assert (edit.expected, edit.state) == (0, State.LIVE)
    base = ground.merge(Overlay().with_edits(edits)).base
    assert base.entries["trout-back"].phrasings == ("are there fish in the river again", "any fishies about")
    assert "any fishies about" not in river.entries["trout-back"].phrasings
    answer = Answerer.build(base, encoder=None).ask("any fishies about")
    assert (answer.outcome, answer.candidate_id) == (Outcome.ANSWER, "entry:trout-back")


def test_a_phrasing_that_is_there_changes_nothing(ground: Ground, boats: Overlay) -> None:
    assert with_phrasings(ground, boats, "hull-life", ["how long does a HULL last"]) == ()
    with pytest.raises(KeyError):
        with_phrasings(ground, boats, "no-such", ["x"])


def test_a_change_is_based_on_the_newest_revision_or_the_one_that_was_seen(boats: Overlay, key: Key) -> None:
    body = {"answer": " A  century ", "question": "How long?", "claims": ["oak"]}
    edit = reword(boats, key("entry:hull-life"), body)
    assert edit.expected == 1
    assert list(edit.body or {}) == ["question", "answer", "claims"]
    assert reword(boats, key("entry:hull-life"), body, based_on=0).expected == 0
    # What is wrong with it stays for the check to tell, as typed.
    assert reword(boats, key("entry:hull-life"), {"question": ""}).body == {"question": ""}


def test_the_body_that_holds_now(ground: Ground, boats: Overlay, overlay: MakeOverlay, key: Key) -> None:
    assert (body_now(ground, boats, key("entry:hull-life")) or {})["claims"] == ["oak"]
    assert (body_now(ground, boats, key("entry:why-flood")) or {})["claims"] == ["melt", "dam"]
    assert body_now(ground, overlay(entries={"why-flood": None}), key("entry:why-flood")) is None
    assert body_now(ground, boats, key("entry:no-such")) is None


def test_a_history_starts_from_what_the_pack_says(ground: Ground, key: Key) -> None:
    item = key("entry:trout-back")
    (first,) = with_phrasings(ground, Overlay(), "trout-back", ["any fishies"])
    after = Overlay().with_edits([first])
    before, now = body_at(ground, item, None), body_at(ground, item, after.revisions[item])
    assert [line.text for line in difference(before, now)] == ["phrasing added: “any fishies”"]
    hidden = after.with_edits(retire(ground, after, item))
    assert body_at(ground, item, hidden.revisions[item]) is None
    assert body_at(ground, key("entry:new"), None) is None


def test_with_an_entry_go_its_own_claims_and_golden_questions(ground: Ground, boats: Overlay, key: Key) -> None:
    base = ground.merge(boats).base
    kept = boats.with_edits(golden_questions(base, boats, {"hull age?": "hull-life", "who is the king": ""}))
    edits = retire(ground, kept, key("entry:hull-life"))
    assert {(str(edit.key), edit.state) for edit in edits} == {
        ("entry 'hull-life'", State.RETIRED),
        ("claim 'oak'", State.RETIRED),
        ("golden 'hull-age'", State.RETIRED),
    }
    merged, problems = new_problems(ground, kept, edits)
    assert problems == ()
    assert "hull-life" not in merged.base.entries
    assert list(merged.base.golden) == ["who-is-the-king"]
    assert Answerer.build(merged.base, encoder=None).open("claim:oak") is None


def test_a_packs_claims_stay_when_its_entry_is_hidden(ground: Ground, key: Key) -> None:
    edits = retire(ground, Overlay(), key("entry:trout-back"))
    assert [str(edit.key) for edit in edits] == ["entry 'trout-back'"]
    assert "trout" in ground.merge(Overlay().with_edits(edits)).base.claims


def test_what_is_not_there_cannot_be_retired(ground: Ground, overlay: MakeOverlay, key: Key) -> None:
    assert retire(ground, Overlay(), key("entry:no-such")) == ()
    assert retire(ground, overlay(entries={"why-flood": None}), key("entry:why-flood")) == ()


@pytest.mark.parametrize(
    ("item", "needing"),
    [
        ("claim:dam", ["entry 'why-flood'"]),
        ("expert:herald", ["claim 'dam'", "claim 'bridge'"]),
        ("expert:cy-wren", ["source 'river'"]),
        ("topic:flooding", []),
        ("entry:trout-back", []),
    ],
)
def test_who_needs_an_item_is_known(river: KnowledgeBase, key: Key, item: str, needing: list[str]) -> None:
    assert [str(found) for found in dependants(river, key(item))] == needing


def test_a_source_is_needed_by_claims_and_by_whom_it_introduces(river: KnowledgeBase, key: Key) -> None:
    found = {str(found) for found in dependants(river, key("source:river"))}
    assert found == {"expert 'ada-marsh'", "claim 'melt'", "claim 'dam'", "claim 'trout'", "claim 'bridge'"}


def test_many_phrasings_are_accepted_at_once_and_become_golden(ground: Ground) -> None:
    edits = accept_phrasings(ground, Overlay(), {"trout-back": ["any fishies"], "why-flood": ["wet feet", "so damp"]})
    merged, problems = new_problems(ground, Overlay(), edits)
    assert problems == ()
    assert merged.base.entries["why-flood"].phrasings[-2:] == ("wet feet", "so damp")
    kept = {golden.question: golden.entry for golden in merged.base.golden.values()}
    assert kept == {"any fishies": "trout-back", "wet feet": "why-flood", "so damp": "why-flood"}


def test_a_golden_question_is_kept_once(ground: Ground, river: KnowledgeBase) -> None:
    edits = golden_questions(river, Overlay(), {"Any fish?": "trout-back", "any  fish": "trout-back", "??": ""})
    kept: list[Any] = [(edit.id, edit.body) for edit in edits]
    assert kept == [("any-fish", {"question": "Any fish?", "entry": "trout-back"})]
    overlay = Overlay().with_edits(edits)
    assert golden_questions(ground.merge(overlay).base, overlay, {"ANY FISH": "trout-back"}) == ()
