"""The shipped base answers what it can, and keeps quiet about the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden_report import run, shipped

from knowledge.answerer import Answerer


@pytest.fixture(scope="module")
def answerer(matching_cache: Path) -> Answerer:
    return shipped(cache=matching_cache)


@pytest.mark.parametrize("half", ["tune", "report"])
def test_right_answers_and_silence(answerer: Answerer, half: str) -> None:
    result = run(answerer, half)
    print(f"\n{half}\n{result}")
    assert result.right.rate >= 0.72
    assert result.wrong.rate <= 0.04
    assert result.near.rate >= 0.82
    assert result.far.rate >= 0.96


def test_the_same_question_gets_the_same_answer(answerer: Answerer) -> None:
    question = "who says that it is not about ideology"
    assert answerer.ask(question) == answerer.ask(question)


def test_without_the_encoder_it_still_keeps_quiet(matching_cache: Path) -> None:
    result = run(shipped(with_encoder=False, cache=matching_cache), "report")
    print(f"\nwithout the encoder\n{result}")
    assert result.right.rate >= 0.72
    assert result.wrong.rate <= 0.06
    assert result.near.rate >= 0.80
    assert result.far.rate >= 0.95
