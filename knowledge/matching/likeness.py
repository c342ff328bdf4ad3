"""How alike a question is to every phrasing of a base, and the rows that are most alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int_]

ABSENT = np.float32(-1)
"""The likeness of what a base does not have."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A question's likeness to every phrasing of a base, shape (phrasings,): of spelling, of meaning, of both."""

    vector: Floats | None
    spelling: Floats
    meaning: Floats | None
    blend: Floats


def flat(starts: Rows, lengths: Rows) -> tuple[Rows, Rows]:
    """The places in runs that begin at `starts`, one run after the other, and where each begins among them."""
    first: Rows = np.cumsum(lengths) - lengths
    return np.repeat(starts - first, lengths) + np.arange(int(lengths.sum())), first


def nearest_rows(blend: Floats, number: int) -> Rows:
    """The rows most alike, at most so many, the nearest first; of equal ones the first. None that the base has not."""
    if number < len(blend):
        near = np.argpartition(-blend, number)[:number]
        near.sort()
    else:
        near = np.arange(len(blend))
    near = near[blend[near] > ABSENT]
    return near[np.argsort(-blend[near], kind="stable")]
