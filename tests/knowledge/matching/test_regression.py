"""Regression in closed form, against plain numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from knowledge.matching.regression import NOISE, SHARPNESS, SPELLING, kernel, regress, solve_positive


def some_gram(size: int) -> npt.NDArray[np.float32]:
    points = np.random.default_rng(0).normal(size=(size, 12)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points @ points.T


def test_the_kernel_adds_both_kinds_of_likeness() -> None:
    spelling, meaning = np.asarray([1.0, 0.2], np.float32), np.asarray([1.0, 0.5], np.float32)
    assert kernel(spelling, None)[0] == pytest.approx(SPELLING)
    both = SPELLING * np.exp(SHARPNESS * (0.2 - 1)) + np.exp(SHARPNESS * (0.5 - 1))
    assert kernel(spelling, meaning)[1] == pytest.approx(both, rel=1e-5)


def test_a_question_that_is_a_phrasing_goes_to_its_owner_and_is_sure() -> None:
    gram = kernel(some_gram(20), some_gram(20))
    known = regress(gram[3], gram)
    assert known.weights.argmax() == 3
    assert known.spread < 0.15
    far = regress(np.full(20, 1e-4, np.float32), gram)
    assert far.spread > 0.99
    assert np.abs(far.weights).max() < 0.01


def test_the_mean_is_that_of_the_textbook() -> None:
    gram = kernel(some_gram(30), None)
    row = gram[4] * 0.9
    targets = (np.arange(30) % 3 == 0).astype(np.float64)
    noisy = gram.astype(np.float64) + NOISE * np.eye(30)
    solved = np.asarray(np.linalg.solve(noisy, targets), np.float64)
    expected = float((row.astype(np.float64) * solved).sum())
    assert regress(row, gram).weights @ targets == pytest.approx(expected, abs=1e-4)


def test_nothing_to_regress_on() -> None:
    nothing = regress(np.zeros(0, np.float32), np.zeros((0, 0), np.float32))
    assert nothing.spread == 1.0


@pytest.mark.parametrize("size", [1, 255, 256, 700])
def test_solving_in_place(size: int) -> None:
    matrix = some_gram(size) + np.eye(size, dtype=np.float32)
    right = np.random.default_rng(1).normal(size=(size, 2)).astype(np.float32)
    expected = np.linalg.solve(matrix.astype(np.float64), right)
    solve_positive(matrix, right)
    assert np.abs(right - expected).max() < 1e-3
