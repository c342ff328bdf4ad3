"""Each piece of evidence as a sentence, and the pieces gathered into a few reasons that people can weigh.

Pieces that say nearly the same share a weight between them, and one may even be held against another. So
what moved a score is told by theme, as a sum, with the sentences that speak in its direction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from knowledge.matching.asking import KINDS

Floats = npt.NDArray[np.float64]

NEAR = 0.3
"""Likeness, 0..1, below which a question is not worth naming beside another."""

_SENTENCES = 3
_LISTED = 5  # words in one sentence


class Theme(StrEnum):
    """What several pieces of evidence are about."""

    LIKENESS = "Likeness"
    LEAD = "Lead over the others"
    WORDS = "Words"
    DETAIL = "Kind of detail"
    NAMES = "Names, figures, places"
    GAPS = "Known gaps"
    KIND = "Kind of entry"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told about one candidate: texts as people wrote them, words as they were read."""

    phrasing: str
    content: tuple[str, ...]
    not_held: tuple[str, ...]
    not_phrased: tuple[str, ...]
    unknown: tuple[str, ...]
    focus: tuple[str, ...]
    asks: tuple[str, ...]
    asks_more: tuple[str, ...]
    asks_less: tuple[str, ...]
    unmet: tuple[str, ...]
    speaker: tuple[str, ...]
    own_voices: tuple[str, ...]
    other_voices: tuple[str, ...]
    figures: tuple[str, ...]
    places: tuple[str, ...]
    months: tuple[str, ...]
    gap: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence: its name in FEATURES or JUDGED, what it is here and what it is compared with.

    `moved` is what that adds to the score or the log odds; `words` is empty where there is nothing to tell.
    """

    name: str
    value: float
    compared_with: float
    moved: float
    words: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A theme with the sum of what its pieces moved, and the sentences that tell why, the weightiest first.

    `pieces` are those that moved anything.
    """

    theme: Theme
    moved: float
    words: tuple[str, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a piece of evidence means: theme, whether more of it is `good` (1), bad (-1) or either (0), sentence."""

    theme: Theme
    good: int
    words: Callable[[Facts, float], str]


def reasons(
    names: Sequence[str], values: Floats, compared_with: Floats, moved: Floats, facts: Facts
) -> tuple[Reason, ...]:
    """What moved a score, the largest first. All arrays have the shape (names,)."""
    pieces = [
        Piece(name, float(value), float(other), float(by), MEANINGS[name].words(facts, float(value)))
        for name, value, other, by in zip(names, values, compared_with, moved, strict=True)
    ]
    found = [_reason(theme, [piece for piece in pieces if MEANINGS[piece.name].theme is theme]) for theme in Theme]
    return tuple(sorted((reason for reason in found if reason.pieces), key=lambda reason: -abs(reason.moved)))


def _reason(theme: Theme, pieces: Iterable[Piece]) -> Reason:
    ordered = tuple(sorted((piece for piece in pieces if piece.moved), key=lambda piece: -abs(piece.moved)))
    moved = sum(piece.moved for piece in ordered)
    told = [piece.words for piece in ordered if piece.words and _speaks(piece, moved)]
    return Reason(theme, moved, tuple(dict.fromkeys(told))[:_SENTENCES], ordered)


def _speaks(piece: Piece, moved: float) -> bool:
    """Whether what it says is a reason to move in that direction, whatever share of the weight it got."""
    good = MEANINGS[piece.name].good
    return not good or (piece.value - piece.compared_with) * good * moved > 0


def listed(words: Iterable[str]) -> str:
    """Words in quotation marks, the first few of many."""
    every = list(words)
    more = f" and {len(every) - _LISTED} more" if len(every) > _LISTED else ""
    return ", ".join(f"“{word}”" for word in every[:_LISTED]) + more


KIND_WORDS = MappingProxyType(
    {
        "amount": "a figure",
        "count": "a number",
        "measure": "how long, old or often",
        "time": "a time",
        "place": "a place",
        "name": "a name",
        "who": "a person",
        "why": "a reason",
    }
)
"""The kinds of detail, as in "asks for …"."""


def _if_any(words: Callable[[Facts], tuple[str, ...]], some: str, none: str = "") -> Callable[[Facts, float], str]:
    """A sentence with a list in it, or another one where there is nothing to list."""
    return lambda facts, _: some.format(listed(words(facts))) if words(facts) else none


def _kinds(words: Callable[[Facts], tuple[str, ...]], some: str) -> Callable[[Facts, float], str]:
    return lambda facts, _: some.format(" and ".join(words(facts))) if words(facts) else ""


def _share(words: str) -> Callable[[Facts, float], str]:
    return lambda _, value: words.format(f"{max(value, 0):.0%}")


def _flag(words: str) -> Callable[[Facts, float], str]:
    return lambda _, value: words if value > 0.5 else ""


def _side(limit: float, above: str, below: str) -> Callable[[Facts, float], str]:
    return lambda _, value: above if value > limit else below


def _with_words(sentence: Callable[[Facts, float], str]) -> Callable[[Facts, float], str]:
    """Nothing is told of the words of a question without any."""
    return lambda facts, value: sentence(facts, value) if facts.content else ""


def _with_gaps(sentence: Callable[[Facts, float], str]) -> Callable[[Facts, float], str]:
    return lambda facts, value: sentence(facts, value) if facts.gap else ""


def _lead(_: Facts, value: float) -> str:
    if value <= 0:
        return "the close phrasings speak more for another, or as much"
    much = "clearly" if value > 0.15 else "hardly"
    return f"the close phrasings speak {much} more for it than for any other"


_NOT_HELD = _with_words(_if_any(lambda f: f.not_held, "it does not hold {}", "it holds every word of the question"))
_UNKNOWN = _with_words(
    _if_any(lambda f: f.unknown, "the base does not know {}", "the base knows every word of the question")
)

MEANINGS = MappingProxyType(
    {
        "likeness": Meaning(
            Theme.LIKENESS,
            1,
            lambda facts, value: f"its closest phrasing is {max(value, 0):.0%} like the question: “{facts.phrasing}”",
        ),
        "regression": Meaning(Theme.LIKENESS, 1, _share("all close phrasings together speak for it with {}")),
        "excess": Meaning(
            Theme.LIKENESS, 1, _share("all close phrasings together speak clearly for it, by {} more than a hint")
        ),
        "spread": Meaning(
            Theme.LIKENESS,
            -1,
            _side(0.85, "hardly anything in the base is close to the question", "the base has much that is close"),
        ),
        "meaning": Meaning(Theme.LIKENESS, 1, _share("in meaning alone its closest phrasing is {} like the question")),
        "spelling": Meaning(
            Theme.LIKENESS, 1, _share("in spelling alone its closest phrasing is {} like the question")
        ),
        "answer": Meaning(Theme.LIKENESS, 1, _share("its answer is {} like the question in meaning")),
        "lead": Meaning(Theme.LEAD, 1, _lead),
        "score": Meaning(Theme.LEAD, 1, lambda _, value: f"its score, all taken together, is {value:.1f}"),
        "score_lead": Meaning(Theme.LEAD, 1, lambda _, value: f"its score is {value:.1f} above the next"),
        "share": Meaning(Theme.LEAD, 1, _share("going by the scores alone it is the best one with {}")),
        "covered": Meaning(
            Theme.WORDS, 1, _with_words(_share("it holds {} of the question’s words, rare ones weighing more"))
        ),
        "covered_telling": Meaning(
            Theme.WORDS, 1, _with_words(_share("it holds {} of the question’s words, telling ones weighing more"))
        ),
        "worst": Meaning(Theme.WORDS, -1, _NOT_HELD),
        "worst_telling": Meaning(Theme.WORDS, -1, _NOT_HELD),
        "missing": Meaning(Theme.WORDS, -1, _NOT_HELD),
        "unknown": Meaning(Theme.WORDS, -1, _UNKNOWN),
        "unknown_count": Meaning(Theme.WORDS, -1, _UNKNOWN),
        "phrased": Meaning(
            Theme.WORDS, 1, _with_words(_share("its best fitting phrasing holds {} of the question’s words"))
        ),
        "worst_phrased": Meaning(
            Theme.WORDS,
            -1,
            _with_words(
                _if_any(
                    lambda f: f.not_phrased,
                    "its best fitting phrasing does not say {}",
                    "its best fitting phrasing says every word of the question",
                )
            ),
        ),
        "echoed": Meaning(Theme.WORDS, 1, _share("the question says {} of what its best fitting phrasing says")),
        "missed": Meaning(
            Theme.WORDS,
            -1,
            _side(
                0.5,
                "the question leaves out something telling that its best fitting phrasing says",
                "the question leaves out nothing telling that its best fitting phrasing says",
            ),
        ),
        "length": Meaning(Theme.WORDS, 0, lambda facts, _: f"telling words in the question: {len(facts.content)}"),
        "empty": Meaning(Theme.WORDS, -1, _flag("the question has no word that tells what it is about")),
        "asks_more": Meaning(
            Theme.DETAIL, -1, _kinds(lambda f: f.asks_more, "its closest phrasing does not ask for {}")
        ),
        "asks_less": Meaning(
            Theme.DETAIL, -1, _kinds(lambda f: f.asks_less, "its closest phrasing asks for {}, the question does not")
        ),
        "unmet": Meaning(
            Theme.DETAIL, -1, _kinds(lambda f: f.unmet, "{} is asked for, and its answer does not seem to give that")
        ),
        "focus": Meaning(
            Theme.DETAIL,
            -1,
            lambda facts, value: (
                f"it {'does not hold' if value > 0.5 else 'holds'} what is asked for: {listed(facts.focus)}"
                if facts.focus
                else ""
            ),
        ),
        **{
            f"asks_{kind}": Meaning(Theme.DETAIL, -1, _flag(f"none of its phrasings asks for {KIND_WORDS[kind]}"))
            for kind in KINDS
        },
        "other_speaker": Meaning(
            Theme.NAMES,
            -1,
            _if_any(lambda f: f.speaker, "it is asked about {}, who is not behind it or asked about in it"),
        ),
        "swapped": Meaning(Theme.NAMES, -1, _flag("its phrasings name the places the other way round")),
        "other_voice": Meaning(Theme.NAMES, -1, _if_any(lambda f: f.other_voices, "it is not from {}, who is named")),
        "own_voice": Meaning(Theme.NAMES, 1, _if_any(lambda f: f.own_voices, "it is from {}, who is named")),
        "figures": Meaning(Theme.NAMES, -1, _if_any(lambda f: f.figures, "it does not hold the figure {}")),
        "places": Meaning(Theme.NAMES, -1, _if_any(lambda f: f.places, "it does not hold the place {}")),
        "months": Meaning(Theme.NAMES, -1, _if_any(lambda f: f.months, "it does not hold the month or day {}")),
        "has_gaps": Meaning(Theme.GAPS, 0, _side(0.5, "", "the base lists no questions that it does not answer")),
        "gap": Meaning(
            Theme.GAPS,
            -1,
            lambda facts, value: (
                f"a question that the base does not answer is {value:.0%} like it: “{facts.gap}”"
                if facts.gap and value >= NEAR
                else ""
            ),
        ),
        "gap_lead": Meaning(
            Theme.GAPS,
            1,
            _with_gaps(
                _side(
                    0.0,
                    "its closest phrasing is closer than any question that the base does not answer",
                    "a question that the base does not answer is closer than its closest phrasing",
                )
            ),
        ),
        "gap_regression": Meaning(
            Theme.GAPS, -1, _with_gaps(_share("questions that the base does not answer claim it with {}"))
        ),
        "is_claim": Meaning(Theme.KIND, 0, _flag("it is a single statement")),
        "is_said": Meaning(Theme.KIND, 0, _flag("it is everything that somebody says")),
        "is_who": Meaning(Theme.KIND, 0, _flag("it tells who somebody is")),
        "is_topic": Meaning(Theme.KIND, 0, _flag("it is everything on a topic")),
        "broad": Meaning(Theme.KIND, 0, _flag("it gathers more than four statements")),
    }
)
"""Of every name in FEATURES and JUDGED what it means."""
