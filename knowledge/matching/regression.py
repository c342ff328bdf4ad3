"""Gaussian-process regression from the phrasings nearest to a question to who owns them.

A local Gaussian process (Rasmussen and Williams 2006, 2.2 and 8.3.1; Snelson and Ghahramani 2007): only the nearest
phrasings are regressed on, at question time, in closed form. On bases of 500 to 7,000 phrasings that
ranks as well as regression on all of them, and there is nothing to fit, to keep or to update. The
kernel is exp(g(cosine - 1)) summed over the kinds of likeness.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

SHARPNESS = 4.0
NOISE = 0.1
_BLOCK = 256
SPELLING = 0.5
"""Weight of the kernel over spelling, that over meaning having 1."""


@dataclass(frozen=True, slots=True)
class Regression:
    """`weights`, shape (phrasings,): how much each speaks for its owner; those of one owner add up to its mean.

    `spread`: the variance at the question as a share of the prior one, 0 at a known phrasing to 1 far from all.
    """

    weights: Floats
    spread: float


def kernel(spelling: Floats, meaning: Floats | None) -> Floats:
    """The kernel from cosines of spelling and, with an encoder, of meaning; any shape."""
    value = np.float32(SPELLING) * _radial(spelling)
    if meaning is not None:
        value += _radial(meaning)
    return value


def _radial(cosines: Floats) -> Floats:
    out = np.subtract(cosines, np.float32(1), dtype=np.float32)
    out *= np.float32(SHARPNESS)
    return np.exp(out, out=out)


def regress(row: Floats, gram: Floats) -> Regression:
    """Regress on phrasings with the kernel `gram` between them, `row` being the question's own.

    Targets are 1 for a phrasing's owner and 0 for others, so every owner shares one solution.
    """
    if not len(row):
        return Regression(row, 1.0)
    prior = float(gram[0, 0])
    noisy = gram.copy()
    noisy.ravel()[:: len(row) + 1] += np.float32(NOISE)
    weights = np.linalg.solve(noisy, row)
    return Regression(weights, float(np.clip(1 - row @ weights / prior, 0, 1)))


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
