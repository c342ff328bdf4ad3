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
        question = _Question(matcher, row)
        yield question.without([row], answerable=True)
        if not len(gaps):
            claims = set(part.candidates[part.owner[row]].claims)
            gone = [i for i, c in enumerate(part.candidates) if i == part.owner[row] or claims & set(c.claims)]
            rows = [r for i in gone for r in range(part.phrasings[i].start, part.phrasings[i].stop)]
            yield question.without(rows, answerable=False)
    if not len(gaps):
        return
    for row in gaps.tolist():
        yield _Question(matcher, row).without([row], answerable=False)
    # Gaps are all close to the base: without anything far from it, the fit would know nothing about that.
    for text in elsewhere:
        reading = matcher.read(text)
        evidence = matcher.evidence(reading, matcher.likeness(reading.text))
        if evidence.likeness.max(initial=0.0) < NOT_ELSEWHERE:
            rows_of = features(reading, evidence)
            yield Fold(rows_of, np.zeros(len(rows_of)), answerable=False, far=True)


class _Question:
    """A phrasing of the base as a question."""

    def __init__(self, matcher: Matcher, row: int) -> None:
        part = matcher.parts[0]
        self._matcher, self._part, self._row = matcher, part, row
        self._reading = matcher.read(part.texts[row])
        self._vector = None if part.vectors is None else part.vectors[row]
        self._spelling = part.ngrams.cosines(part.texts[row])
        self._meaning = None if part.vectors is None else part.vectors @ part.vectors[row]

    def without(self, left_out: Sequence[int], *, answerable: bool) -> Fold:
        """Its evidence in a base without some phrasings, its own among them."""
        part, owner = self._part, int(self._part.owner[self._row])
        spelling, meaning = self._spelling.copy(), None if self._meaning is None else self._meaning.copy()
        likeness = self._matcher.blended(self._vector, spelling, meaning)
        for values in (likeness.blend, likeness.spelling, likeness.meaning):
            if values is not None:
                values[left_out] = -1.0
        evidence = self._matcher.evidence(self._reading, likeness, without=self._row)
        own: set[str] = set(part.candidates[owner].claims) if answerable else set()
        right = [
            float(answerable and (i == owner or (bool(own) and own >= set(part.candidates[i].claims))))
            for i in evidence.shortlist
        ]
        return Fold(features(self._reading, evidence), np.asarray(right), answerable)
