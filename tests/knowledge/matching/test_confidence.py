"""A probability that means what it says, also at another share of questions off base."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.matching.confidence import JUDGED, Confidence, Linear
from knowledge.matching.features import FEATURES
from knowledge.matching.fitting import Group, fit, own_weight, refit, with_weights
from knowledge.matching.folds import Fold


def fold(likeness: float, *, answerable: bool, first_right: bool = True, gap: float = 0.0) -> Fold:
    """A question with two candidates, told by likeness (and likeness to a gap) alone."""
    rows = np.zeros((2, len(FEATURES)))
    rows[:, FEATURES.index("likeness")] = likeness, likeness / 2
    rows[:, FEATURES.index("gap_regression")] = gap
    right = np.asarray([float(first_right), float(not first_right)]) if answerable else np.zeros(2)
    return Fold(rows, right, answerable)


def many(seed: int) -> list[Fold]:
    rng = np.random.default_rng(seed)
    on = [fold(float(rng.normal(0.7, 0.1)), answerable=True, first_right=bool(rng.random() < 0.9)) for _ in range(200)]
    return on + [fold(float(rng.normal(0.4, 0.1)), answerable=False) for _ in range(200)]


@pytest.fixture(scope="module")
def fitted() -> Confidence:
    return fit([Group(many(0))])


def test_likeness_raises_it_and_nothing_gives_nothing(fitted: Confidence) -> None:
    sure, unsure = (fitted.judge(fold(value, answerable=True).rows) for value in (0.8, 0.3))
    assert sure.order == (0, 1)
    assert sure.scores[0] > 0.8
    assert unsure.scores[0] < 0.2
    assert sure.scores[1] < sure.scores[0]
    assert sum(sure.scores) + sure.off_base <= 1.0001
    assert fitted.judge(np.zeros((0, len(FEATURES)))).scores == ()


def test_it_is_right_as_often_as_it_says(fitted: Confidence) -> None:
    judged = [(fitted.judge(one.rows), one) for one in many(1)]
    # The folds are half and half, the fit at three in ten: weigh them so.
    weight = np.asarray([0.7 if one.answerable else 0.3 for _, one in judged])
    said = np.asarray([judgement.scores[0] for judgement, _ in judged])
    right = np.asarray([one.right[judgement.order[0]] for judgement, one in judged])
    assert np.average(said, weights=weight) == pytest.approx(np.average(right, weights=weight), abs=0.04)


def test_more_questions_off_base_make_it_less_sure(fitted: Confidence) -> None:
    rows = fold(0.55, answerable=True).rows
    at = {share: Confidence.read(fitted.data(), off_base=share).judge(rows) for share in (0.1, 0.3, 0.8)}
    assert at[0.1].scores[0] > at[0.3].scores[0] > at[0.8].scores[0]
    odds = {share: judged.off_base / (1 - judged.off_base) for share, judged in at.items()}
    assert odds[0.8] / odds[0.3] == pytest.approx((0.8 / 0.2) / (0.3 / 0.7), rel=1e-3)


def test_it_outlives_being_written_down(fitted: Confidence) -> None:
    again = Confidence.read(fitted.data())
    rows = fold(0.6, answerable=True).rows
    assert again.judge(rows).scores[0] == pytest.approx(fitted.judge(rows).scores[0], abs=1e-3)


@pytest.mark.parametrize("with_encoder", [True, False])
def test_what_is_shipped_knows_every_input(with_encoder: bool) -> None:
    shipped = Confidence.bundled(with_encoder=with_encoder)
    assert set(shipped.data()["answerable"]["inputs"]) == set(JUDGED)
    assert np.abs(shipped.answerable.weights).max() < 5


def test_a_base_of_its_own_shifts_it_the_less_the_smaller_it_is() -> None:
    assert own_weight(199, 0) == 0.0
    assert 0 < own_weight(500, 0) < own_weight(5000, 0)
    assert own_weight(500, 200) <= 2.0


def test_the_own_fit_converges_where_inputs_lie_far_from_the_defaults(fitted: Confidence) -> None:
    rng = np.random.default_rng(2)
    own = [fold(float(rng.normal(0.7, 0.1)), answerable=True, gap=float(rng.normal(0, 0.05))) for _ in range(150)]
    own += [fold(float(rng.normal(0.65, 0.1)), answerable=False, gap=float(rng.normal(0.8, 0.1))) for _ in range(150)]
    tiny = Linear(
        fitted.answerable.bias,
        fitted.answerable.weights,
        fitted.answerable.mean,
        np.where(np.asarray(JUDGED) == "gap_regression", 0.01, fitted.answerable.scale),
    )
    before = Confidence(fitted.ranking, tiny, fitted.right)
    weights, other = refit(before, own, 2.0)
    assert np.isfinite(weights).all()
    assert np.abs(np.concatenate([weights, other])).max() < 50
    after = with_weights(before, weights, other)
    near_gap, answered = fold(0.7, answerable=False, gap=0.8).rows, fold(0.7, answerable=True, gap=0.0).rows
    assert after.judge(near_gap).scores[0] < 0.3 < after.judge(answered).scores[0]
