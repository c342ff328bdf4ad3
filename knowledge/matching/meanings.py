"""Cosines of a question's sentence vector with those of all phrasings: in a large base, exact where it matters.

Reading every number of 100,000 vectors takes longer than the encoder itself. So a large base is first gone through on
the main axes of its vectors (principal component analysis, Jolliffe 2002), on which they differ most; what may
be among the nearest, as far off as the estimate is, is then compared exactly.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int_]

FEWEST = 12_000
"""Vectors below which all are compared exactly: a pass over them takes half a millisecond."""

AXES = 128
_FIRST = 512  # compared exactly, to see how far off the estimates are
_MOST = 8192  # compared exactly besides
_DEVIATIONS = 5.0  # by which an estimate may be too low
_SAMPLE = 16_384  # vectors that the axes are found from


class Meanings:
    """Unit vectors of phrasings, shape (phrasings, dimensions)."""

    def __init__(self, vectors: Floats, starts: Rows, lengths: Rows) -> None:
        """`starts` and `lengths` say which rows belong together: where one of them is near, all are compared exactly.

        What lies behind the last of them belongs to nothing.
        """
        end = int(starts[-1] + lengths[-1]) if len(starts) else 0
        rest = len(vectors) - end
        self._starts, self._lengths = (
            np.append(starts, np.arange(end, end + rest)),
            np.append(lengths, np.ones(rest, np.int_)),
        )
        self._vectors = vectors
        self._axes: Floats | None = (
            _main_axes(vectors[:: 1 + len(vectors) // _SAMPLE]) if len(vectors) >= FEWEST else None
        )
        self._on_axes: Floats | None = None if self._axes is None else vectors @ self._axes

    def cosines(self, vector: Floats, favour: Floats, nearest: int) -> Floats:
        """Cosines with each phrasing: exact for those that, with `favour` added, may be among the nearest.

        The others' are estimates, in a base of FEWEST phrasings or more.
        """
        if self._axes is None or self._on_axes is None:
            return self._vectors @ vector
        projected: Floats = vector @ self._axes
        cosines: Floats = self._on_axes @ projected
        estimates = cosines + favour
        first = np.argpartition(estimates, -_FIRST)[-_FIRST:]
        first.sort()
        exact = self._vectors[first] @ vector
        off = float(np.sqrt(np.mean((exact - cosines[first]) ** 2)))
        cosines[first] = exact
        bar = float(np.partition(exact + favour[first], -nearest)[-nearest])
        estimates[first] = -np.inf
        more = np.flatnonzero(estimates >= bar - _DEVIATIONS * off)
        if len(more) > _MOST:
            more = np.sort(more[np.argpartition(estimates[more], -_MOST)[-_MOST:]])
        cosines[more] = self._vectors[more] @ vector
        compared = np.concatenate([first, more])
        best = compared[np.argpartition(cosines[compared] + favour[compared], -nearest)[-nearest:]]
        beside = self._beside(best)
        cosines[beside] = self._vectors[beside] @ vector
        return cosines

    def _beside(self, rows: Rows) -> Rows:
        """All rows of the groups of some rows."""
        groups = np.unique(np.searchsorted(self._starts, rows, side="right") - 1)
        starts, lengths = self._starts[groups], self._lengths[groups]
        return np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(int(lengths.sum()))


def _main_axes(vectors: Floats) -> Floats:
    """Orthonormal, shape (dimensions, AXES): those on which the vectors are longest."""
    axes = np.linalg.eigh((vectors.T @ vectors).astype(np.float64)).eigenvectors
    return axes[:, : -AXES - 1 : -1].astype(np.float32, order="C")
