"""Gaussian-process regression from phrasings to candidates, in closed form.

Rasmussen and Williams 2006, sections 2.2 and 5.4.2. The kernel is exp(g(cosine - 1)) summed over the
kinds of likeness, so that a question's row of the kernel comes from the very cosines that the
nearest-phrasing part computes anyway.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

SHARPNESS = 4.0
NOISE = 0.1
_BLOCK = 256


def kernel(cosines: Floats, *, out: Floats | None = None) -> Floats:
    """The kernel from the cosines of one kind, any shape, into `out` if given. Kernels of several kinds add up."""
    out = np.subtract(cosines, np.float32(1), out=out)
    out *= np.float32(SHARPNESS)
    return np.exp(out, out=out)


class GaussianProcess:
    """Regression with the given weights, shape (phrasings, candidates)."""

    def __init__(self, weights: Floats) -> None:
        self._weights = weights

    @classmethod
    def fitted(
        cls,
        gram: Floats,
        owner: npt.NDArray[np.int_],
        candidates: int,
        *,
        go_on: Callable[[], None] = lambda: None,
    ) -> GaussianProcess:
        """Fit to all phrasings: targets +1 for a phrasing's own candidate, -1 for the others.

        `gram` is the kernel between all phrasings, shape (phrasings, phrasings); it is written over.
        `go_on` is called between steps and may raise to give up.
        """
        gram[np.diag_indices_from(gram)] += np.float32(NOISE)
        targets = np.full((len(owner), candidates), -1.0, np.float32)
        targets[np.arange(len(owner)), owner] = 1.0
        solve_positive(gram, targets, go_on=go_on)
        return cls(targets)

    @property
    def weights(self) -> Floats:
        """The weights, for keeping them."""
        return self._weights

    def scores(self, row: Floats) -> Floats:
        """Mean for each candidate given a question's kernel row, about -1..1."""
        return row @ self._weights


def solve_positive(matrix: Floats, right: Floats, *, go_on: Callable[[], None] = lambda: None) -> None:
    """Solve `matrix @ x = right` in place for a positive definite matrix; `right` becomes x.

    Blocked Cholesky factorisation (Golub and Van Loan 2013, 4.2.9) in single precision: numpy's own solver
    works on copies in double precision, six times the memory for digits that nobody sees here. `go_on` as above.
    """
    size = len(matrix)
    blocks = [slice(start, min(start + _BLOCK, size)) for start in range(0, size, _BLOCK)]
    for block in blocks:
        go_on()
        below = slice(block.stop, size)
        corner = np.linalg.cholesky(matrix[block, block])
        matrix[block, block] = corner
        matrix[below, block] = np.linalg.solve(corner, matrix[below, block].T).T
        for rest in blocks:  # the lower half is enough
            if rest.start >= block.stop:
                tail = slice(rest.start, size)
                matrix[tail, rest] -= matrix[tail, block] @ matrix[rest, block].T
    for block in blocks:
        right[block] -= matrix[block, : block.start] @ right[: block.start]
        right[block] = np.linalg.solve(matrix[block, block], right[block])
    for block in reversed(blocks):
        right[block] -= matrix[block.stop :, block].T @ right[block.stop :]
        right[block] = np.linalg.solve(matrix[block, block].T, right[block])
