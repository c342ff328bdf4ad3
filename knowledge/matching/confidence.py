"""From evidence to an order of the short list and the probability that its first is right.

Three small linear models, weights shipped (confidence.json, fitted by tests/golden/fit.py on bases and
questions of many authors): a conditional logit orders the short list (McFadden 1974); one logistic
regression says whether the base answers the question at all, another whether the first is then the
right one. The first is asked at a stated share of questions off base (prior shift, Saerens et al. 2002).
A base with enough phrasings shifts both towards its own folds (see `folds`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.matching.features import FEATURES

Array = npt.NDArray[np.float64]

JUDGED = (*FEATURES, "score", "score_lead", "share")
"""What the two probabilities are judged by: the evidence for the first, its score, lead and share of all scores."""

FITTED_SHARE = 0.3
"""The share of questions off base that the shipped weights are fitted at."""

_MOST_LEAD = 8.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """A short list in order, best first, as places in it, each with the probability that it is the right one.

    `off_base` is the probability that the base does not answer the question.
    """

    order: tuple[int, ...]
    scores: tuple[float, ...]
    off_base: float


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model of standardised inputs."""

    bias: float
    weights: Array
    mean: Array
    scale: Array

    @classmethod
    def read(cls, data: Mapping[str, Any], names: Sequence[str]) -> Linear:
        """From JSON: weight, mean and scale of each input by name; one that is not there counts nothing."""
        rows = [data["inputs"].get(name, (0.0, 0.0, 1.0)) for name in names]
        weights, mean, scale = np.asarray(rows, np.float64).T
        return cls(float(data["bias"]), weights, mean, scale)

    def data(self, names: Sequence[str]) -> dict[str, Any]:
        """As JSON."""
        columns = zip(names, self.weights, self.mean, self.scale, strict=True)
        inputs = {name: [round(float(v), 5) for v in (w, m, s)] for name, w, m, s in columns}
        return {"bias": round(self.bias, 5), "inputs": inputs}

    def parts(self, row: Array) -> Array:
        """What each input adds, shape as `row`."""
        return (row - self.mean) / self.scale * self.weights

    def __call__(self, rows: Array) -> Array:
        """Log odds or scores, shape (rows,)."""
        return self.bias + ((rows - self.mean) / self.scale) @ self.weights


class Confidence:
    """The three models, asked at a share of questions off base."""

    def __init__(self, ranking: Linear, answerable: Linear, right: Linear, *, off_base: float = FITTED_SHARE) -> None:
        """`off_base` is the share of questions that the base does not answer, above 0 and below 1."""
        self.ranking, self.answerable, self.right = ranking, answerable, right
        self.off_base = off_base
        self._shift = _logit(FITTED_SHARE) - _logit(off_base)

    @classmethod
    def bundled(cls, *, with_encoder: bool, off_base: float = FITTED_SHARE) -> Confidence:
        """The shipped weights for matching with or without sentence vectors."""
        text = (resources.files("knowledge.matching") / "confidence.json").read_text(encoding="utf-8")
        return cls.read(json.loads(text)["encoder" if with_encoder else "spelling"], off_base=off_base)

    @classmethod
    def read(cls, data: Mapping[str, Any], *, off_base: float = FITTED_SHARE) -> Confidence:
        """From JSON."""
        return cls(
            Linear.read(data["ranking"], FEATURES),
            Linear.read(data["answerable"], JUDGED),
            Linear.read(data["right"], JUDGED),
            off_base=off_base,
        )

    def at(self, off_base: float) -> Confidence:
        """The same models, asked at another share of questions off base."""
        return Confidence(self.ranking, self.answerable, self.right, off_base=off_base)

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "ranking": self.ranking.data(FEATURES),
            "answerable": self.answerable.data(JUDGED),
            "right": self.right.data(JUDGED),
        }

    def judge(self, rows: Array) -> Judgement:
        """Order and probabilities of a short list with this evidence, columns as FEATURES."""
        if not len(rows):
            return Judgement((), (), 1.0)
        order, inputs, shares = self.inputs(rows)
        known = _sigmoid(float(self.answerable(inputs[None])[0]) + self._shift)
        right = _sigmoid(float(self.right(inputs[None])[0]))
        # What the first leaves is shared out among the others as their scores have it.
        rest = shares[1:] / max(float(shares[1:].sum()), 1e-12)
        others = np.minimum(rest * (1 - right), right) * known
        return Judgement(tuple(order), (known * right, *others.tolist()), 1 - known)

    def inputs(self, rows: Array) -> tuple[list[int], Array, Array]:
        """The order of a short list, what its first is judged by (as JUDGED), and each one's share of all scores."""
        scores = self.ranking(rows)
        order = np.argsort(-scores, kind="stable")
        ordered = scores[order]
        shares = np.exp(ordered - ordered[0])
        shares /= shares.sum()
        lead = min(float(ordered[0] - ordered[1]), _MOST_LEAD) if len(ordered) > 1 else _MOST_LEAD
        return order.tolist(), np.concatenate([rows[order[0]], [ordered[0], lead, shares[0]]]), shares


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, x))))
