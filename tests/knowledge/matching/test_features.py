"""The evidence for and against a candidate, as it stands in the row behind an answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from knowledge.answerer import Answerer
from knowledge.derive import candidates
from knowledge.matching.building import build_matcher
from knowledge.matching.encoder import Encoder
from knowledge.matching.features import FEATURES, features
from knowledge.matching.matcher import Matcher
from knowledge.model import KnowledgeBase


@pytest.fixture(scope="module")
def matcher(river: KnowledgeBase) -> Matcher:
    return build_matcher(river, candidates(river), encoder=None)


def row(matcher: Matcher, question: str, candidate_id: str = "") -> dict[str, Any]:
    """The evidence for a candidate of the short list (the first, unless one is named), by name."""
    reading = matcher.read(question)
    found = matcher.evidence(reading, matcher.likeness(reading.text))
    ids = [candidate.id for candidate in found.candidates]
    position = ids.index(candidate_id) if candidate_id else 0
    return dict(zip(FEATURES, features(reading, found)[position].tolist(), strict=True))


def test_a_question_of_the_base_itself(matcher: Matcher) -> None:
    evidence = row(matcher, "Why does the river flood?", "entry:why-flood")
    assert evidence["spelling"] == pytest.approx(1.0, abs=1e-4)
    assert evidence["covered"] == pytest.approx(1.0, abs=1e-5)
    assert evidence["missing"] == 0
    assert evidence["lead"] > 0
    assert evidence["asks_why"] == 0
    assert evidence["meaning"] == 0  # there is no encoder to tell


def test_a_word_that_is_not_held_counts_against(matcher: Matcher) -> None:
    with_it = row(matcher, "why does the river flood the guitar", "entry:why-flood")
    without = row(matcher, "why does the river flood", "entry:why-flood")
    assert with_it["missing"] > without["missing"] + 0.7
    assert with_it["unknown_count"] > 0.7
    assert with_it["covered"] < without["covered"]
    assert with_it["worst"] > without["worst"]


def test_another_voice_than_the_named_one(matcher: Matcher) -> None:
    asked = "what did Ada Marsh say"
    own, other = row(matcher, asked, "said:ada-marsh"), row(matcher, asked, "said:fishermen")
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
    assert row(matcher, question, "entry:why-flood")[feature] == 1
    assert row(matcher, "why does the river flood", "entry:why-flood")[feature] == 0


def test_a_known_gap_stands_against(matcher: Matcher) -> None:
    near, far = (
        row(matcher, text)["gap"] for text in ("how many people did the flood kill", "have the trout come back")
    )
    assert near > 0.9 > far


def test_the_word_that_is_asked_for(matcher: Matcher) -> None:
    asked = row(matcher, "which guitar does the river flood", "entry:why-flood")
    assert asked["focus"] > 0.7
    assert row(matcher, "which river is it", "entry:why-flood")["focus"] == 0


def test_no_content_word_at_all(matcher: Matcher) -> None:
    evidence = row(matcher, "what is it about")
    assert evidence["empty"] == 1
    assert evidence["length"] == 0


def test_with_an_encoder_meaning_counts(river: KnowledgeBase, encoder: Encoder) -> None:
    matcher = build_matcher(river, candidates(river), encoder=encoder)
    assert row(matcher, "what makes the river overflow", "entry:why-flood")["meaning"] > 0.5


@pytest.mark.parametrize("question", ["why does the river flood", "???", "東京", "x " * 400, "42"])
def test_evidence_is_always_finite(shipped: Answerer, matcher: Matcher, question: str) -> None:
    for one in (shipped.matcher, matcher):
        reading = one.read(question)
        found = one.evidence(reading, one.likeness(reading.text))
        rows = features(reading, found)
        assert rows.shape == (len(found.candidates), len(FEATURES))
        assert np.isfinite(rows).all()
