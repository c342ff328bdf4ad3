"""Why a question found what it found, from the matcher's own figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from knowledge.answerer import Answerer
from knowledge.matching.encoder import Encoder
from knowledge.matching.explaining import Explanation, explain
from knowledge.matching.reasons import Reason
from knowledge.model import Entry, KnowledgeBase


@pytest.fixture(scope="module")
def answerer(river: KnowledgeBase, matching: Encoder | None) -> Answerer:
    """The small base, matched both ways."""
    return Answerer.build(river, encoder=matching)


def explained(answerer: Answerer, question: str) -> Explanation:
    return explain(answerer.base, answerer.matcher, question)


def total(reasons: Sequence[Reason]) -> float:
    return sum(reason.moved for reason in reasons)


def test_it_agrees_with_the_matcher(answerer: Answerer) -> None:
    question = "why did that river flood so badly, asks Doctor Flood"
    match, why = answerer.match(question), explained(answerer, question)
    assert [one.id for one in why.considered] == [scored.candidate.id for scored in match.ranking]
    assert [one.probability for one in why.considered] == [scored.score for scored in match.ranking]
    assert why.confidence == match.confidence == pytest.approx(why.answerable * why.right)
    assert why.read.text == match.reading.text


def test_what_moved_a_probability_adds_up_to_it(answerer: Answerer) -> None:
    """Between two questions the log odds differ by what the reasons moved."""
    one, other = (explained(answerer, text) for text in ("why the floods, actually", "how much did the trout weigh"))

    def logit(p: float) -> float:
        return math.log(p / (1 - p))

    assert logit(one.answerable) - logit(other.answerable) == pytest.approx(
        total(one.for_answerable) - total(other.for_answerable), abs=1e-6
    )
    assert logit(one.right) - logit(other.right) == pytest.approx(
        total(one.for_right) - total(other.for_right), abs=1e-4
    )


def test_scores_differ_by_what_is_told(answerer: Answerer) -> None:
    first, second, *_ = explained(answerer, "is the dam old and does it leak").considered
    assert first.score > second.score
    assert total(first.compared) == pytest.approx(first.score - second.score)
    assert total(second.compared) == pytest.approx(second.score - first.score)


def test_the_closest_phrasing_is_told_as_it_was_written(answerer: Answerer) -> None:
    best = explained(answerer, "so are there fish in that river again?").considered[0]
    assert (best.id, best.phrasing) == ("entry:trout-back", "are there fish in the river again")
    assert 0.5 < best.likeness < 1
    assert (best.meaning is None) == (answerer.matcher.encoder is None)


def test_what_does_not_fit_is_named(answerer: Answerer) -> None:
    why = explained(answerer, "have the truot come back to Spain in 1987 as Mo Mute says")
    assert [(word.written, word.read) for word in why.read.mended] == [("truot", "trout")]
    assert why.read.names == ("Mo Mute",)
    assert {"spain", "1987"} <= set(why.read.unknown)
    entry = next(one for one in why.considered if one.id == "entry:trout-back")
    assert {"spain", "1987"} <= set(entry.not_held)
    assert {"not from Mo Mute", "no figure 1987", "no place spain"} <= set(entry.lacks)


def test_a_known_gap_is_told(answerer: Answerer) -> None:
    gap = explained(answerer, "how many people did that flood kill").gap
    assert gap is not None
    assert gap.question == "How many people did the flood kill?"
    assert gap.nearest


def test_without_gaps_there_is_none(river: KnowledgeBase, with_parts: Callable[..., KnowledgeBase]) -> None:
    answerer = Answerer.build(with_parts(river, gaps=[]), encoder=None)
    assert explained(answerer, "how many people did that flood kill").gap is None


def test_word_for_word_nothing_was_weighed(answerer: Answerer) -> None:
    why = explained(answerer, "what causes the floods")
    assert why.exact
    assert [one.id for one in why.considered] == ["entry:why-flood"]
    assert why.considered[0].phrasing == "what causes the floods"
    assert (why.for_answerable, why.for_right, why.gap) == ((), (), None)


@pytest.mark.parametrize("question", ["🙂", "what", "zzz qqq", "и что", "why " * 200])
def test_odd_questions_are_explained_too(answerer: Answerer, question: str) -> None:
    why = explained(answerer, question)
    assert why.considered
    assert all(one.phrasing for one in why.considered)


def test_an_empty_base_has_nothing(river: KnowledgeBase, with_parts: Callable[..., Any]) -> None:
    empty = with_parts(river, entries=[], claims=[], experts=[], topics=[], gaps=[])
    why = explained(Answerer.build(empty, encoder=None), "is anything there")
    assert (why.considered, why.confidence) == ((), 0.0)


def test_an_own_entry_laid_over_a_base_is_explained(
    answerer: Answerer, river: KnowledgeBase, with_more: Callable[..., KnowledgeBase]
) -> None:
    own = Entry("ferry", "When does the ferry run?", "Every hour.", (), ("ferry times",))
    laid = answerer.overlaid(with_more(river, entries=[own]))
    best = explained(laid, "when does that ferry run today").considered[0]
    assert (best.id, best.phrasing) == ("entry:ferry", "When does the ferry run?")
