"""Gaussian-process regression from phrasings to candidates, in closed form.

Rasmussen and Williams 2006, sections 2.2 and 5.4.2. The kernel is exp(g(cosine - 1)) summed over the
kinds of likeness, so that a question's row of the kernel comes from the very cosines that the
nearest-phrasing part computes anyway.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

SHARPNESS = 4.0
NOISE = 0.1


def kernel(cosines: Sequence[Floats]) -> Floats:
    """The kernel from cosines of each kind, any common shape."""
    total = np.zeros_like(cosines[0])
    for cosine in cosines:
        total += np.exp(np.float32(SHARPNESS) * (cosine - 1))
    return total


class GaussianProcess:
    """Targets +1 for a phrasing's own candidate, -1 for the others."""

    def __init__(self, cosines: Sequence[Floats], owner: npt.NDArray[np.int_], candidates: int) -> None:
        gram = kernel(cosines)
        gram[np.diag_indices_from(gram)] += np.float32(NOISE)
        targets = np.full((len(owner), candidates), -1.0, np.float32)
        targets[np.arange(len(owner)), owner] = 1.0
        self._weights = np.asarray(np.linalg.solve(gram, targets), np.float32)

    def scores(self, row: Floats) -> Floats:
        """Mean for each candidate given a question's kernel row, about -1..1."""
        return row @ self._weights
