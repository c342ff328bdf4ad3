"""Gaussian-process regression from phrasings to candidates, in closed form.

Rasmussen and Williams 2006, sections 2.2 and 5.4.2. The kernel is exp(g(cosine - 1)) summed over the
kinds of likeness, so that a question's row of the kernel comes from the very cosines that the
nearest-phrasing part computes anyway.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

SHARPNESS = 4.0
NOISE = 0.1


def kernel(cosines: Floats) -> Floats:
    """The kernel from the cosines of one kind, any shape. Kernels of several kinds add up."""
    return np.exp(np.float32(SHARPNESS) * (cosines - np.float32(1)))


class GaussianProcess:
    """Regression with the given weights, shape (phrasings, candidates)."""

    def __init__(self, weights: Floats) -> None:
        self._weights = weights

    @classmethod
    def fitted(cls, gram: Floats, owner: npt.NDArray[np.int_], candidates: int) -> GaussianProcess:
        """Fit to all phrasings: targets +1 for a phrasing's own candidate, -1 for the others.

        `gram` is the kernel between all phrasings, shape (phrasings, phrasings); it is written over.
        """
        gram[np.diag_indices_from(gram)] += np.float32(NOISE)
        targets = np.full((len(owner), candidates), -1.0, np.float32)
        targets[np.arange(len(owner)), owner] = 1.0
        return cls(np.asarray(np.linalg.solve(gram, targets), np.float32))

    @property
    def weights(self) -> Floats:
        """The weights, for keeping them."""
        return self._weights

    def scores(self, row: Floats) -> Floats:
        """Mean for each candidate given a question's kernel row, about -1..1."""
        return row @ self._weights
