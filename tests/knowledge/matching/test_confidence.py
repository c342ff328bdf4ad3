"""From evidence to a probability: calibrated where it was fitted, sane everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.matching.confidence import Confidence, fit, variant
from knowledge.matching.features import FEATURES

VARIANTS = [(True, True), (True, False), (False, True), (False, False)]


@pytest.mark.parametrize(("with_encoder", "with_gaps"), VARIANTS)
def test_the_shipped_weights_fit_the_evidence(with_encoder: bool, with_gaps: bool) -> None:
    confidence = Confidence.bundled(with_encoder=with_encoder, with_gaps=with_gaps)
    random = np.random.default_rng(1)
    probabilities = confidence(random.normal(0.5, 0.5, (50, len(FEATURES))))
    assert probabilities.shape == (50,)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert confidence(np.zeros((0, len(FEATURES)))).shape == (0,)


def test_every_way_of_matching_has_weights_of_its_own() -> None:
    assert len({variant(with_encoder=e, with_gaps=g) for e, g in VARIANTS}) == 4


@pytest.fixture(scope="module")
def examples() -> tuple[np.ndarray, np.ndarray]:
    """Evidence of which only the first column tells, and not always."""
    random = np.random.default_rng(7)
    rows = random.normal(size=(4000, len(FEATURES)))
    right = (random.random(4000) < 1 / (1 + np.exp(-2 * rows[:, 0]))).astype(np.float64)
    return rows, right


def test_fitted_probabilities_are_met_by_what_happens(examples: tuple[np.ndarray, np.ndarray]) -> None:
    rows, right = examples
    said = Confidence(fit(rows[:2000], right[:2000]))(rows[2000:])
    for low, high in ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0)):
        here = (said >= low) & (said < high)
        assert abs(said[here].mean() - right[2000:][here].mean()) < 0.08


def test_fitting_finds_what_tells(examples: tuple[np.ndarray, np.ndarray]) -> None:
    weights = fit(*examples)["weights"]
    assert max(weights, key=lambda name: abs(weights[name])) == FEATURES[0]
    assert weights[FEATURES[0]] > 0


def test_fitting_is_deterministic_and_bears_columns_that_never_vary(examples: tuple[np.ndarray, np.ndarray]) -> None:
    rows, right = examples[0].copy(), examples[1]
    rows[:, 5] = 1.0
    model = fit(rows, right)
    assert model == fit(rows, right)
    assert np.isfinite(Confidence(model)(rows)).all()


def test_evidence_that_tells_everything_does_not_run_away() -> None:
    rows = np.random.default_rng(3).normal(size=(60, len(FEATURES)))
    model = fit(rows, (rows[:, 0] > 0).astype(np.float64))
    assert np.abs([model["bias"], *model["weights"].values()]).max() < 10
