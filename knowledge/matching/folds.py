"""A base's own phrasings as questions to itself: what its confidence can learn without any real question.

Left out one by one, a phrasing stands for a question that the base answers; with everything that
would answer it left out, or taken from the known gaps, for one that it does not (Rasmussen and
Williams 2006, 5.4.2, on leave-one-out).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.matching.features import features
from knowledge.matching.gaps import SAMPLE, sampled
from knowledge.matching.matcher import Matcher

Rows = npt.NDArray[np.float64]

NOT_ELSEWHERE = 0.6
"""Likeness from which a question on something else may be one that the base answers after all."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A question: the evidence of its short list, which of it are right, does the base answer it, is it far from it."""

    rows: Rows
    right: npt.NDArray[np.float64]
    answerable: bool
    far: bool = False


def folds(matcher: Matcher, *, elsewhere: Sequence[str] = ()) -> Iterator[Fold]:
    """Folds of a base, the same ones every time; `elsewhere` are questions far from any base."""
    part = matcher.parts[0]
    asked, gaps = sampled(part, SAMPLE)
    for row in asked.tolist():
        yield _fold(matcher, row, {row}, answerable=True)
    if not len(gaps):
        for row in asked.tolist():
            claims = set(part.candidates[part.owner[row]].claims)
            gone = [i for i, c in enumerate(part.candidates) if i == part.owner[row] or claims & set(c.claims)]
            rows = {r for i in gone for r in range(part.phrasings[i].start, part.phrasings[i].stop)}
            yield _fold(matcher, row, rows, answerable=False)
        return
    for row in gaps.tolist():
        yield _fold(matcher, row, {row}, answerable=False)
    # Gaps are all close to the base: without anything far from it, the fit would know nothing about that.
    for text in elsewhere:
        reading = matcher.read(text)
        evidence = matcher.evidence(reading, matcher.likeness(reading.text))
        if evidence.likeness.max(initial=0.0) < NOT_ELSEWHERE:
            rows_of = features(reading, evidence)
            yield Fold(rows_of, np.zeros(len(rows_of)), answerable=False, far=True)


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
    own: set[str] = set(part.candidates[int(part.owner[row])].claims) if answerable else set()
    right = [
        float(answerable and (i == part.owner[row] or (bool(own) and own >= set(part.candidates[i].claims))))
        for i in evidence.shortlist
    ]
    return Fold(features(reading, evidence), np.asarray(right), answerable)
