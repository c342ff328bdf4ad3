"""A base's own phrasings as questions to itself: what its confidence can learn without any real question.

Left out one by one, a phrasing stands for a question that the base answers; with everything that
would answer it left out, or taken from the known gaps, for one that it does not (Rasmussen and
Williams 2006, 5.4.2, on leave-one-out).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.derive import CandidateKind
from knowledge.matching.features import features
from knowledge.matching.matcher import Matcher
from knowledge.matching.part import GAP

Rows = npt.NDArray[np.float64]

SAMPLE = 300
"""Phrasings of either kind that are looked at."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A question: the evidence of its short list, which of them are right, whether the base answers it or is far from it."""

    rows: Rows
    right: npt.NDArray[np.float64]
    answerable: bool
    far: bool = False


def folds(matcher: Matcher, *, sample: int = SAMPLE) -> Iterator[Fold]:
    """Folds of a base, the same ones every time."""
    rng = np.random.default_rng(0)
    part = matcher.parts[0]
    entries = [i for i, c in enumerate(part.candidates) if c.kind is CandidateKind.ENTRY]
    rows = [row for i in entries for row in range(part.phrasings[i].start, part.phrasings[i].stop)]
    gaps = np.flatnonzero(part.owner == GAP).tolist()
    for row in rng.permutation(rows)[:sample].tolist():
        yield _fold(matcher, row, {row}, answerable=True)
    if gaps:
        for row in rng.permutation(gaps)[:sample].tolist():
            yield _fold(matcher, row, {row}, answerable=False)
        return
    for row in rng.permutation(rows)[:sample].tolist():
        claims = set(part.candidates[part.owner[row]].claims)
        gone = [i for i, c in enumerate(part.candidates) if i == part.owner[row] or claims & set(c.claims)]
        yield _fold(
            matcher,
            row,
            {r for i in gone for r in range(part.phrasings[i].start, part.phrasings[i].stop)},
            answerable=False,
        )


def _fold(matcher: Matcher, row: int, left_out: set[int], *, answerable: bool) -> Fold:
    part = matcher.parts[0]
    reading = matcher.read(part.texts[row])
    spelling = part.ngrams.cosines(part.texts[row])
    meaning = None if part.vectors is None else part.vectors @ part.vectors[row]
    likeness = matcher.blended(None if part.vectors is None else part.vectors[row], spelling, meaning)
    likeness.blend[list(left_out)] = -1.0
    likeness.spelling[list(left_out)] = -1.0
    if likeness.meaning is not None:
        likeness.meaning[list(left_out)] = -1.0
    evidence = matcher.evidence(reading, likeness, without=row)
    own = set(part.candidates[part.owner[row]].claims) if answerable else set[str]()
    right = [
        float(answerable and (i == part.owner[row] or (bool(own) and own >= set(part.candidates[i].claims))))
        for i in evidence.shortlist
    ]
    return Fold(features(reading, evidence), np.asarray(right), answerable)
