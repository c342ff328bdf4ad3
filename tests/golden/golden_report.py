"""Print how both halves of the golden questions go, at the threshold that the bot answers from.

usage: python tests/golden/golden_report.py [--without-encoder]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from golden_scoring import Report, questions, report

from knowledge.answerer import Answerer
from knowledge.matching.encoder import Encoder
from knowledge.matching.vectorcache import VectorCache
from knowledge.packs import load_base

CACHE = Path(__file__).parents[2] / "data" / "cache"


def shipped(*, with_encoder: bool = True, cache: Path = CACHE) -> Answerer:
    """The shipped base as the program answers from it."""
    encoder = Encoder.bundled() if with_encoder else None
    return Answerer.build(load_base(["china-russia"]), encoder=encoder, cache=VectorCache(cache))


def run(answerer: Answerer, half: str) -> Report:
    """How a half goes."""
    return report(questions(half), answerer)


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-encoder", action="store_true")
    answerer = shipped(with_encoder=not parser.parse_args().without_encoder)
    policy = answerer.policy
    print(f"one wrong answer costs {policy.wrong_costs:g} missed ones: answered from {policy.answer_at:.2f} up\n")
    for half in ("tune", "report"):
        print(f"{half}\n{run(answerer, half)}\n")


if __name__ == "__main__":
    main()
