"""The regression: its own solver against numpy's, and what its scores mean."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.matching.gp import GaussianProcess, kernel, solve_positive


@pytest.mark.parametrize("size", [1, 7, 256, 257, 600])
def test_solves_like_numpy(size: int) -> None:
    random = np.random.default_rng(size)
    unit = random.normal(size=(size, 40)).astype(np.float32)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    matrix = kernel(unit @ unit.T)
    matrix[np.diag_indices_from(matrix)] += np.float32(0.1)
    right = random.normal(size=(size, 5)).astype(np.float32)
    expected = np.linalg.solve(matrix.astype(np.float64), right.astype(np.float64))
    solve_positive(matrix, right)
    assert np.abs(right - expected).max() < 1e-3 * max(1.0, np.abs(expected).max())


def test_a_phrasing_scores_highest_for_its_own_candidate() -> None:
    vectors = np.eye(6, dtype=np.float32)
    cosines = vectors @ vectors.T
    owner = np.asarray([0, 0, 1, 1, 2, 2])
    regression = GaussianProcess.fitted(kernel(cosines), owner, 3)
    for row, candidate in enumerate(owner):
        scores = regression.scores(kernel(cosines[row]))
        assert int(scores.argmax()) == candidate
        assert scores[candidate] > 0.5
