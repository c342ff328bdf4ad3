"""The entries closest to a text, so that nobody writes what is there already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.answerer import Answerer
from knowledge.derive import CandidateKind

LEAST = 0.05
"""Probability of meaning the same below which an entry is not worth showing."""


@dataclass(frozen=True, slots=True)
class Close:
    """An entry with the probability, 0..1, that it answers what was asked."""

    entry: str
    question: str
    score: float


def closest(
    answerer: Answerer, texts: Iterable[str], *, limit: int = 3, least: float = LEAST, apart_from: str = ""
) -> tuple[Close, ...]:
    """The entries that one of the texts may mean, best first: those of a score of `least`, `apart_from` one of them."""
    best: dict[str, Close] = {}
    for text in texts:
        for scored in answerer.match(text).ranking if text.strip() else ():
            candidate = scored.candidate
            if candidate.kind is not CandidateKind.ENTRY or candidate.subject == apart_from or scored.score < least:
                continue
            known = best.get(candidate.subject)
            if known is None or scored.score > known.score:
                best[candidate.subject] = Close(candidate.subject, candidate.question, scored.score)
    return tuple(sorted(best.values(), key=lambda close: -close.score)[:limit])
