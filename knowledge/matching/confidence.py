"""From evidence to the probability that a candidate is right: logistic regression, weights shipped.

The weights in confidence.json are fitted by tests/golden/fit.py on questions written by other
authors than the base's; they are the program's fixed defaults.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.matching.features import FEATURES

Array = npt.NDArray[np.float64]


class Confidence:
    """A logistic model over FEATURES, standardised."""

    def __init__(self, model: Mapping[str, Any]) -> None:
        weights: Mapping[str, float] = model["weights"]
        self._mean = np.asarray([model["mean"][name] for name in FEATURES], np.float64)
        self._scale = np.asarray([model["scale"][name] for name in FEATURES], np.float64)
        self._weights = np.asarray([weights[name] for name in FEATURES], np.float64)
        self._bias = float(model["bias"])

    @classmethod
    def bundled(cls, *, with_encoder: bool, with_gaps: bool) -> Confidence:
        """The shipped weights for matching with or without sentence vectors, and for bases with or without gaps."""
        text = (resources.files("knowledge.matching") / "confidence.json").read_text(encoding="utf-8")
        return cls(json.loads(text)[variant(with_encoder=with_encoder, with_gaps=with_gaps)])

    def __call__(self, rows: Array) -> Array:
        """Probabilities, shape (rows,)."""
        return 1 / (1 + np.exp(-self.logits(rows)))

    def logits(self, rows: Array) -> Array:
        """Log odds, shape (rows,)."""
        return self._bias + ((rows - self._mean) / self._scale) @ self._weights


def variant(*, with_encoder: bool, with_gaps: bool) -> str:
    """The name of a set of weights in confidence.json."""
    return ("encoder" if with_encoder else "spelling") + ("-gaps" if with_gaps else "")


def fit(rows: Array, right: Array, *, penalty: float = 10.0) -> dict[str, Any]:
    """Weights by penalised maximum likelihood (Newton's method), as a model for `Confidence`.

    `rows` has shape (examples, FEATURES), `right` is 0 or 1. `penalty` is that of a squared norm.
    """
    mean, scale = rows.mean(0), rows.std(0)
    scale = np.where(scale < 1e-6, 1.0, scale)
    design = np.column_stack([np.ones(len(rows)), (rows - mean) / scale])
    ridge = penalty * np.eye(design.shape[1])
    ridge[0, 0] = 0.0
    weights = np.zeros(design.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (p - right) + ridge @ weights
        step = np.linalg.solve((design * (p * (1 - p))[:, None]).T @ design + ridge, gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break

    def named(values: Array) -> dict[str, float]:
        return {name: round(float(value), 6) for name, value in zip(FEATURES, values, strict=True)}

    return {
        "bias": round(float(weights[0]), 6),
        "weights": named(weights[1:]),
        "mean": named(mean),
        "scale": named(scale),
    }
