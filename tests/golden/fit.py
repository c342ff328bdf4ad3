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
from knowledge.model import KnowledgeBase
from knowledge.packs import load_base

FOLDS = 5
PENALTY = 10.0
THINNED = (1, 3, 9)
TARGET = Path(__file__).parents[2] / "knowledge" / "matching" / "confidence.json"
Array = npt.NDArray[np.float64]


def blank() -> Confidence:
    """A model that knows nothing: the short list's own order is kept out of the fit."""
    names = dict.fromkeys(FEATURES, 0.0)
    weights = {**names, "likeness": 1.0, "regression": 1.0}
    return Confidence({"bias": 0.0, "weights": weights, "mean": names, "scale": dict.fromkeys(FEATURES, 1.0)})


def thinned(base: KnowledgeBase, every: int) -> KnowledgeBase:
    """The base with every n-th phrasing and gap question only: most bases have fewer than the shipped one."""
    entries = {i: replace(e, phrasings=e.phrasings[::every]) for i, e in base.entries.items()}
    gaps = {i: replace(g, questions=g.questions[::every]) for i, g in base.gaps.items()}
    return replace(base, entries=entries, gaps=gaps)


def examples(
    asked: list[Question], encoder: Encoder | None, *, with_gaps: bool, every: int
) -> list[tuple[Array, Array]]:
    """Feature rows and rightness of the short list of each question."""
    base = thinned(load_base(["china-russia"]), every)
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


def fitted(rows: list[tuple[Array, Array]]) -> dict[str, Any]:
    """A model from the evidence and rightness of many short lists."""
    return confidence.fit(np.concatenate([r for r, _ in rows]), np.concatenate([y for _, y in rows]), penalty=PENALTY)


def cross_validate(
    asked: list[Question], by_thinning: list[list[tuple[Array, Array]]], judged: list[tuple[Array, Array]], every: int
) -> None:
    """Print how one thinning does with weights fitted on all of them, without the questions it is judged by."""
    fold = np.random.default_rng(0).integers(0, FOLDS, len(asked))
    sure, ok = np.zeros(len(asked)), np.zeros(len(asked), bool)
    for k in range(FOLDS):
        train = [rows[i] for rows in by_thinning for i in np.flatnonzero(fold != k)]
        model = Confidence(fitted(train))
        for i in np.flatnonzero(fold == k):
            scores = model(judged[i][0])
            sure[i], ok[i] = scores.max(), bool(judged[i][1][scores.argmax()])
    kinds = np.asarray([q.kind for q in asked])
    answerable = kinds == "answerable"
    line = f"  one phrasing in {every}: right first {ok[answerable].mean():.3f}"
    for threshold in (0.5, 0.6, 0.7):
        said = sure > threshold
        right, wrong = (ok & said)[answerable].mean(), (~ok & said)[answerable].mean()
        near, far = (~said)[kinds == "near"].mean(), (~said)[kinds == "far"].mean()
        line += f" | from {threshold}: right {right:.3f} wrong {wrong:.3f} near {near:.3f} far {far:.3f}"
    print(line, flush=True)


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
        print(name)
        by_thinning = [
            examples(asked, encoder if with_encoder else None, with_gaps=with_gaps, every=every) for every in THINNED
        ]
        rows = [pair for thinning in by_thinning for pair in thinning]
        for held_out, every in zip(by_thinning, THINNED, strict=True):
            cross_validate(asked, by_thinning, held_out, every)
        models[name] = fitted(rows)
    if not dry:
        TARGET.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
