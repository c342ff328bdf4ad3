"""How much a question looks like those that a base is known not to answer.

Gaussian-process regression (Rasmussen and Williams 2006, 2.2) on all phrasings of a part, with target 1 for a known gap
and 0 for a phrasing that is answered. What lies between both is told apart by far-away phrasings too,
so here the nearest ones are not enough; there is one target only, so that it stays cheap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.derive import CandidateKind
from knowledge.matching.part import GAP, Part
from knowledge.matching.regression import NOISE, kernel, solve_positive

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int_]

MOST_PHRASINGS = 8_000
"""Above this many the regression would take minutes and half a gigabyte; then only the nearest phrasings tell."""

SAMPLE = 300
"""Phrasings of either kind that a base asks itself."""

_ROWS = 256


@dataclass(frozen=True, slots=True)
class GapRegression:
    """`weights` of a part's phrasings, and what it says of a phrasing that it has not seen, both (phrasings,).

    `left_out` is filled in for the phrasings of `sampled` alone.
    """

    weights: Floats
    left_out: Floats


def sampled(part: Part, sample: int) -> tuple[Rows, Rows]:
    """Rows of written entries' phrasings and of known gaps, at most `sample` each, the same ones every time."""
    rng = np.random.default_rng(0)
    written = [i for i, candidate in enumerate(part.candidates) if candidate.kind is CandidateKind.ENTRY]
    asked = np.flatnonzero(np.isin(part.owner, written))
    return rng.permutation(asked)[:sample], rng.permutation(np.flatnonzero(part.owner == GAP))[:sample]


def gap_regression(part: Part, *, go_on: Callable[[], None] = lambda: None) -> GapRegression | None:
    """The regression over a part; None for one without gaps or with too many phrasings."""
    size = len(part.texts)
    gaps = (part.owner == GAP).astype(np.float32)
    if not gaps.any() or size > MOST_PHRASINGS:
        return None
    gram = np.empty((size, size), np.float32)
    for start in range(0, size, _ROWS):
        go_on()
        rows = slice(start, start + _ROWS)
        spelling = np.stack([part.ngrams.cosines(text) for text in part.texts[rows]])
        meaning = None if part.vectors is None else part.vectors[rows] @ part.vectors.T
        gram[rows] = kernel(spelling, meaning)
    seen = np.concatenate(sampled(part, SAMPLE))
    right = np.zeros((size, 1 + len(seen)), np.float32)
    right[:, 0] = gaps
    right[seen, np.arange(1, 1 + len(seen))] = 1.0
    gram[np.diag_indices_from(gram)] += np.float32(NOISE)
    solve_positive(gram, right, go_on=go_on)
    left_out = np.zeros(size, np.float32)
    # Leave-one-out in closed form (Rasmussen and Williams 2006, 5.4.2), with the diagonal of the inverse.
    left_out[seen] = gaps[seen] - right[seen, 0] / right[seen, np.arange(1, 1 + len(seen))]
    return GapRegression(right[:, 0].copy(), left_out)
