"""Fit the confidence on the tuning questions and write knowledge/matching/confidence.json.

usage: python tests/golden/fit.py [--dry]    (run by `make fit`; reporting questions are never read)
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from golden_scoring import Question, is_right, questions

from knowledge.answerer import Answerer
from knowledge.chitchat import chitchat
from knowledge.derive import candidates
from knowledge.matching import confidence
from knowledge.matching.confidence import Confidence, variant
from knowledge.matching.encoder import Encoder
from knowledge.matching.features import FEATURES
from knowledge.matching.matcher import Matcher
from knowledge.matching.vectorcache import VectorCache
from knowledge.packs import load_base

FOLDS = 5
TARGET = Path(__file__).parents[2] / "knowledge" / "matching" / "confidence.json"
Array = npt.NDArray[np.float64]


def blank() -> Confidence:
    """A model that knows nothing: the short list's own order is kept out of the fit."""
    names = dict.fromkeys(FEATURES, 0.0)
    weights = {**names, "likeness": 1.0, "regression": 1.0}
    return Confidence({"bias": 0.0, "weights": weights, "mean": names, "scale": dict.fromkeys(FEATURES, 1.0)})


def examples(asked: list[Question], encoder: Encoder | None, *, with_gaps: bool) -> list[tuple[Array, Array]]:
    """Feature rows and rightness of the short list of each question."""
    base = load_base(["china-russia"])
    base = base if with_gaps else replace(base, gaps={})
    cache = VectorCache(Path("data/cache"))
    matcher = Matcher(base, candidates(base), encoder=encoder, cache=cache, confidence=blank())
    answerer = Answerer.build(base, encoder=None)
    out: list[tuple[Array, Array]] = []
    for question in asked:
        match = matcher.rank(question.text)
        right: list[float] = []
        for scored in match.ranking:
            answer = answerer.open(scored.candidate.id)
            assert answer is not None
            right.append(float(is_right(question, answer)))
        out.append((match.rows, np.asarray(right)))
    return out


def cross_validate(asked: list[Question], rows: list[tuple[Array, Array]], penalty: float) -> float:
    """Print how a fit does on folds that it has not seen; returns the threshold for 82 % of near misses."""
    fold = np.random.default_rng(0).integers(0, FOLDS, len(asked))
    sure, ok = np.zeros(len(asked)), np.zeros(len(asked), bool)
    for k in range(FOLDS):
        train = [rows[i] for i in range(len(rows)) if fold[i] != k]
        model = Confidence(
            confidence.fit(
                np.concatenate([r for r, _ in train]), np.concatenate([y for _, y in train]), penalty=penalty
            )
        )
        for i in np.flatnonzero(fold == k):
            scores = model(rows[i][0])
            sure[i], ok[i] = scores.max(), bool(rows[i][1][scores.argmax()])
    kinds = np.asarray([q.kind for q in asked])
    answerable = kinds == "answerable"
    line = f"penalty {penalty}: right first {ok[answerable].mean():.3f}"
    threshold = 0.0
    for share in (0.90, 0.86, 0.82):
        threshold = float(np.quantile(sure[kinds == "near"], share))
        said = sure > threshold
        line += (
            f" | near {share}: right {(ok & said)[answerable].mean():.3f} wrong {(~ok & said)[answerable].mean():.3f}"
            f" far {(~said)[kinds == 'far'].mean():.3f} at {threshold:.2f}"
        )
    print(line)
    return threshold


def main() -> None:
    """Fit with and without the encoder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry", action="store_true", help="print the cross-validation, write nothing")
    dry = parser.parse_args().dry
    asked = [q for q in questions("tune") if chitchat(q.text) is None]
    models: dict[str, Any] = {}
    encoder = Encoder.bundled()
    for with_encoder, with_gaps in product((True, False), (True, False)):
        name = variant(with_encoder=with_encoder, with_gaps=with_gaps)
        rows = examples(asked, encoder if with_encoder else None, with_gaps=with_gaps)
        print(name)
        for penalty in (3.0, 10.0, 30.0):
            cross_validate(asked, rows, penalty)
        models[name] = confidence.fit(
            np.concatenate([r for r, _ in rows]), np.concatenate([y for _, y in rows]), penalty=10.0
        )
    if not dry:
        TARGET.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
