"""The evidence for and against a candidate, as it stands in the row behind an answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from knowledge.answerer import Answerer
from knowledge.derive import candidates
from knowledge.matching.encoder import Encoder
from knowledge.matching.features import FEATURES
from knowledge.matching.matcher import Match, Matcher
from knowledge.model import KnowledgeBase


@pytest.fixture(scope="module")
def matcher(river: KnowledgeBase) -> Matcher:
    return Matcher(river, candidates(river), encoder=None)


def row(match: Match, candidate_id: str) -> dict[str, Any]:
    """The evidence for a candidate of the short list, by name."""
    position = [scored.candidate.id for scored in match.ranking].index(candidate_id)
    return dict(zip(FEATURES, match.rows[position].tolist(), strict=True))


def test_a_question_of_the_base_itself(matcher: Matcher) -> None:
    evidence = row(matcher.rank("Why does the river flood?"), "entry:why-flood")
    assert evidence["spelling"] == pytest.approx(1.0, abs=1e-4)
    assert evidence["covered"] == pytest.approx(1.0, abs=1e-5)
    assert evidence["missing"] == 0
    assert evidence["lead"] > 0
    assert evidence["asks_why"] == 0
    assert evidence["meaning"] == 0  # there is no encoder to tell


def test_a_word_that_is_not_held_counts_against(matcher: Matcher) -> None:
    with_it = row(matcher.rank("why does the river flood the volcano"), "entry:why-flood")
    without = row(matcher.rank("why does the river flood"), "entry:why-flood")
    assert with_it["missing"] == without["missing"] + 1
    assert with_it["unknown_count"] == 1
    assert with_it["covered"] < without["covered"]
    assert with_it["worst"] > without["worst"]


def test_another_voice_than_the_named_one(matcher: Matcher) -> None:
    match = matcher.rank("what did Ada Marsh say")
    own, other = row(match, "said:ada-marsh"), row(match, "said:fishermen")
    assert (own["own_voice"], own["other_voice"]) == (1, 0)
    assert (other["own_voice"], other["other_voice"]) == (0, 1)
    assert own["is_said"] == other["is_said"] == 1


@pytest.mark.parametrize(
    ("question", "feature"),
    [
        ("why does the river flood in France", "places"),
        ("why does the river flood in October", "months"),
        ("why does the river flood 37 times", "figures"),
        ("when does the river flood", "asks_time"),
        ("how many times does the river flood", "asks_amount"),
    ],
)
def test_what_the_candidate_does_not_hold(matcher: Matcher, question: str, feature: str) -> None:
    assert row(matcher.rank(question), "entry:why-flood")[feature] == 1
    assert row(matcher.rank("why does the river flood"), "entry:why-flood")[feature] == 0


def test_a_known_gap_stands_against(matcher: Matcher) -> None:
    near, far = (
        matcher.rank(text).rows[0, FEATURES.index("gap")]
        for text in ("how many people did the flood kill", "have the trout come back")
    )
    assert near > 0.9 > far


def test_the_word_that_is_asked_for(matcher: Matcher) -> None:
    asked = row(matcher.rank("which volcano does the river flood"), "entry:why-flood")
    assert asked["focus"] == 1
    assert row(matcher.rank("which river is it"), "entry:why-flood")["focus"] == 0


def test_no_content_word_at_all(matcher: Matcher) -> None:
    evidence = dict(zip(FEATURES, matcher.rank("what is it about").rows[0].tolist(), strict=True))
    assert evidence["empty"] == 1
    assert evidence["length"] == 0


def test_with_an_encoder_meaning_counts(river: KnowledgeBase, encoder: Encoder) -> None:
    match = Matcher(river, candidates(river), encoder=encoder).rank("what makes the river overflow")
    assert row(match, "entry:why-flood")["meaning"] > 0.5


@pytest.mark.parametrize("question", ["why does the river flood", "???", "東京", "x " * 400, "42"])
def test_evidence_is_always_finite(shipped: Answerer, matcher: Matcher, question: str) -> None:
    for match in (shipped.match(question), matcher.rank(question)):
        assert match.rows.shape == (len(match.ranking), len(FEATURES))
        assert np.isfinite(match.rows).all()
