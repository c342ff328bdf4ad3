"""An index of a base, and of one that differs a little from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from knowledge.derive import candidates
from knowledge.matching.building import build_matcher, overlay
from knowledge.matching.encoder import Encoder, Vectors
from knowledge.matching.folds import folds
from knowledge.matching.gaps import gap_regression
from knowledge.matching.match import Match
from knowledge.matching.matcher import Matcher
from knowledge.matching.part import GAP
from knowledge.matching.regression import NOISE, kernel
from knowledge.model import Claim, Entry, Expert, ExpertKind, KnowledgeBase, Locator

Array = npt.NDArray[np.floating]

LAKE = Expert("bea-lake", "Bea Lake", ExpertKind.PERSON, "engineer", "Water Board")
WALL = Claim("wall", "A stone wall would keep the market dry.", "bea-lake", Locator("river", "causes", 2, "a wall"))
ENTRY = Entry("keep-dry", "What would keep the market dry?", "A stone wall, says an engineer.", ("wall",))


@pytest.fixture(scope="module")
def matcher(river: KnowledgeBase, matching: Encoder | None) -> Matcher:
    return build_matcher(river, candidates(river), encoder=matching)


@pytest.fixture(scope="module")
def grown(river: KnowledgeBase, with_more: Callable[..., KnowledgeBase]) -> KnowledgeBase:
    return with_more(river, experts=[LAKE], claims=[WALL], entries=[ENTRY])


def ids(match: Match) -> list[str]:
    return [scored.candidate.id for scored in match.ranking]


def test_what_was_added_is_found_and_what_was_there_still_is(matcher: Matcher, grown: KnowledgeBase) -> None:
    over = overlay(matcher, grown, candidates(grown))
    assert over.parts[0] is matcher.parts[0]
    assert len(over.parts[1].candidates) < 8
    assert ids(over.rank("what keeps the market place dry"))[0] in ("entry:keep-dry", "claim:wall")
    assert ids(over.rank("what did Bea Lake say"))[0] == "said:bea-lake"
    assert ids(over.rank("why does the river flood"))[0] == "entry:why-flood"
    assert {c.id for c in over.candidates} == {c.id for c in candidates(grown)}


def test_the_overlay_ranks_like_a_whole_new_index(
    matcher: Matcher, grown: KnowledgeBase, matching: Encoder | None
) -> None:
    over = overlay(matcher, grown, candidates(grown))
    whole = build_matcher(grown, candidates(grown), encoder=matching)
    for question in ("what would keep the market dry in spring", "reasons for the high water", "have trout returned"):
        one, other = over.rank(question), whole.rank(question)
        assert ids(one)[0] == ids(other)[0]
        assert one.confidence == pytest.approx(other.confidence, abs=0.1)


@pytest.mark.parametrize(
    "more",
    [
        {"entries": [Entry("boats", "Who builds boats?", "Nobody.", ("wall",), ("who makes the boats",))]},
        {
            "experts": [
                replace(LAKE, id="stone", name="Stone Mason", aliases=("Market Board", "Bea"), kind=ExpertKind.GROUP)
            ]
        },
        # The role of the expert before, "zebbra keepers", is now near a word of the base, and is mended to it.
        {"entries": [Entry("zebra", "Where is the zebra?", "Nowhere.", ("wall",))]},
    ],
)
def test_after_a_change_all_is_read_as_if_for_the_first_time(
    matcher: Matcher, river: KnowledgeBase, with_more: Callable[..., KnowledgeBase], more: dict[str, Any]
) -> None:
    lake = replace(LAKE, kind=ExpertKind.GROUP, role="zebbra keepers", affiliation="")
    dry = replace(ENTRY, phrasings=("is there a market board by the lake", "what would bea do"))
    once = with_more(river, experts=[lake], claims=[WALL], entries=[dry])
    twice = with_more(once, **more)
    before = overlay(matcher, once, candidates(once))
    fresh = overlay(matcher, twice, candidates(twice)).parts[1]
    after = overlay(matcher, twice, candidates(twice), before=before).parts[1]
    assert after.documents == fresh.documents
    assert (after.texts, after.speakers, after.orders) == (fresh.texts, fresh.speakers, fresh.orders)


def test_what_a_change_leaves_as_it_is_is_not_read_again(
    matcher: Matcher, grown: KnowledgeBase, with_more: Callable[..., KnowledgeBase]
) -> None:
    more = with_more(grown, entries=[Entry("boats", "Who builds boats?", "Nobody.", ("wall",))])
    before = overlay(matcher, grown, candidates(grown))
    after = overlay(matcher, more, candidates(more), before=before)
    at = (before.parts[1].place["entry:keep-dry"], after.parts[1].place["entry:keep-dry"])
    assert before.parts[1].documents[at[0]] is after.parts[1].documents[at[1]]


def test_what_was_taken_away_or_changed_never_shows(
    matcher: Matcher, river: KnowledgeBase, with_parts: Callable[..., KnowledgeBase]
) -> None:
    rest = [entry for entry in river.entries.values() if entry.id != "why-flood"]
    other = Entry("why-flood", "Why is there so much water?", "Rain.", river.entries["why-flood"].claims)
    without, changed = with_parts(river, entries=rest), with_parts(river, entries=[*rest, other])
    assert "entry:why-flood" not in ids(overlay(matcher, without, candidates(without)).rank("why does the river flood"))
    shown = overlay(matcher, changed, candidates(changed)).rank("why is there such a lot of water")
    assert [s.candidate.question for s in shown.ranking if s.candidate.id == "entry:why-flood"] == [other.question]


def test_gaps_come_and_go(matcher: Matcher, river: KnowledgeBase, with_parts: Callable[..., KnowledgeBase]) -> None:
    without = with_parts(river, gaps=[])
    assert matcher.rank("how many people did that flood kill").gap
    assert not overlay(matcher, without, candidates(without)).rank("how many people did that flood kill").gap


def test_a_phrasing_is_found_without_the_encoder_and_a_question_is_worked_out_once(
    river: KnowledgeBase, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher = build_matcher(river, candidates(river), encoder=encoder)
    encoded: list[str] = []
    really = encoder.encode

    def watched(texts: Sequence[str], *, threads: int = 1) -> Vectors:
        encoded.extend(texts)
        return really(texts, threads=threads)

    monkeypatch.setattr(encoder, "encode", watched)
    assert ids(matcher.rank("WHY does the river flood??")) == ["entry:why-flood"]
    assert not encoded
    first = matcher.rank("what makes the river rise")
    assert matcher.rank("what makes the river rise") is first
    assert len(encoded) == 1


def test_the_regression_on_gaps_leaves_out_what_it_judges(matcher: Matcher) -> None:
    part = matcher.parts[0]
    found = gap_regression(part)
    assert found is not None
    spelling = np.stack([part.ngrams.cosines(text) for text in part.texts])
    gram: Array = kernel(spelling, None if part.vectors is None else part.vectors @ part.vectors.T).astype(np.float64)
    targets: Array = (part.owner == GAP).astype(np.float64)
    assert np.abs(found.weights - np.linalg.solve(gram + NOISE * np.eye(len(gram)), targets)).max() < 1e-2
    row = int(np.flatnonzero(part.owner == GAP)[0])
    rest = np.flatnonzero(np.arange(len(gram)) != row)
    without: Array = np.linalg.solve(gram[np.ix_(rest, rest)] + NOISE * np.eye(len(rest)), targets[rest])
    assert found.left_out[row] == pytest.approx(float(gram[row, rest] @ without), abs=1e-2)


def test_folds_stand_for_questions_with_and_without_an_answer(
    matcher: Matcher, river: KnowledgeBase, with_parts: Callable[..., KnowledgeBase], matching: Encoder | None
) -> None:
    known = list(folds(matcher, elsewhere=["which mouse do you use for games"]))
    assert {fold.answerable for fold in known} == {True, False}
    assert sum(fold.far for fold in known) == 1
    bare = with_parts(river, gaps=[])
    left = list(folds(build_matcher(bare, candidates(bare), encoder=matching)))
    assert sum(fold.answerable for fold in left) * 2 == len(left)
    assert not any(fold.right.any() for fold in left if not fold.answerable)
