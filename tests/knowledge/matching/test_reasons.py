"""Evidence told in sentences that say what it speaks for."""

from __future__ import annotations

import numpy as np

from knowledge.matching.asking import KINDS
from knowledge.matching.confidence import JUDGED
from knowledge.matching.reasons import KIND_WORDS, MEANINGS, Facts, Theme, listed, reasons

NOTHING = Facts("Why?", (), (), (), (), (), (), (), (), (), (), (), (), (), (), (), "")
LACKING = Facts(
    phrasing="When did the dam break?",
    content=("dam", "peru"),
    not_held=("peru",),
    not_phrased=("peru",),
    unknown=("peru",),
    focus=("dam",),
    asks=("a time",),
    asks_more=("a time",),
    asks_less=("a place",),
    unmet=("a time",),
    speaker=("miller",),
    own_voices=("Ada Marsh",),
    other_voices=("Mo Mute",),
    figures=("7",),
    places=("peru",),
    months=("june",),
    gap="Who broke the dam?",
)


def moved(facts: Facts, **pieces: tuple[float, float, float]) -> list[tuple[str, float, tuple[str, ...]]]:
    """Theme, sum and sentences from pieces given as value, what it is compared with, what it moved."""
    value, other, by = np.asarray(list(pieces.values()), np.float64).T
    return [(r.theme, round(r.moved, 3), r.words) for r in reasons(list(pieces), value, other, by, facts)]


def test_every_piece_of_evidence_has_a_sentence() -> None:
    assert set(MEANINGS) == set(JUDGED)
    assert set(KIND_WORDS) == set(KINDS)
    for name, meaning in MEANINGS.items():
        told = meaning.words(LACKING, 1.0) or meaning.words(LACKING, 0.0)
        assert told, name
        assert "{" not in told, name
        assert isinstance(meaning.words(NOTHING, 0.0), str)


def test_themes_are_sums_the_largest_first() -> None:
    told = moved(LACKING, likeness=(0.9, 0.5, 1.0), meaning=(0.9, 0.5, 0.5), figures=(1.0, 0.1, -2.5))
    assert told[0] == (Theme.NAMES, -2.5, ("it does not hold the figure “7”",))
    assert told[1][:2] == (Theme.LIKENESS, 1.5)
    assert told[1][2][0] == "its closest phrasing is 90% like the question: “When did the dam break?”"


def test_only_what_speaks_in_its_direction_is_told() -> None:
    """One of two alike pieces may be weighed against the other: its sentence would mislead."""
    told = moved(LACKING, likeness=(0.9, 0.5, 2.0), spelling=(0.2, 0.5, 0.4), missing=(0.0, 2.0, 0.0))
    assert [(theme, words) for theme, _, words in told] == [
        (Theme.LIKENESS, ("its closest phrasing is 90% like the question: “When did the dam break?”",))
    ]
    told = moved(LACKING, covered=(0.9, 0.5, -0.4), worst=(1.0, 0.5, -0.1))
    assert told == [(Theme.WORDS, -0.5, ("it does not hold “peru”",))]


def test_the_same_is_not_told_twice() -> None:
    told = moved(LACKING, worst=(1.0, 0.5, -0.2), worst_telling=(1.0, 0.5, -0.2), missing=(2.0, 0.5, -0.2))
    assert told == [(Theme.WORDS, -0.6, ("it does not hold “peru”",))]


def test_long_lists_are_cut() -> None:
    assert listed("abc") == "“a”, “b”, “c”"
    assert listed("abcdefg") == "“a”, “b”, “c”, “d”, “e” and 2 more"
