"""Likeness of spelling: a typo costs little, another word costs all."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.matching.ngrams import NgramIndex, grams

TEXTS = ["why does the river flood", "have the trout come back", "who is ada marsh"]


@pytest.fixture(scope="module")
def index() -> NgramIndex:
    return NgramIndex(TEXTS)


def test_the_same_text_is_wholly_alike(index: NgramIndex) -> None:
    for position, text in enumerate(TEXTS):
        cosines = index.cosines(text)
        assert cosines[position] == pytest.approx(1.0, abs=1e-5)
        assert cosines.argmax() == position
        assert cosines.max() <= 1.0 + 1e-5


def test_a_typo_or_another_order_stays_near(index: NgramIndex) -> None:
    assert index.cosines("why does the rivver flod").argmax() == 0
    assert index.cosines("back come the trout have")[1] == pytest.approx(1.0, abs=1e-5)
    assert 0.5 < index.cosines("who is ada marsch")[2] < 1.0


@pytest.mark.parametrize("text", ["zzz qqq", "", "x"])
def test_nothing_in_common_is_nothing_alike(index: NgramIndex, text: str) -> None:
    assert np.array_equal(index.cosines(text), np.zeros(3, np.float32))


def test_no_texts_and_empty_texts() -> None:
    assert NgramIndex([]).cosines("why").shape == (0,)
    assert NgramIndex(["", "why"]).cosines("why").tolist() == pytest.approx([0.0, 1.0], abs=1e-5)


def test_words_are_padded_so_that_beginnings_count() -> None:
    assert list(grams("to be")) == [" to", "to ", " to ", " be", "be ", " be "]


def test_all_cosines_at_once_are_those_one_by_one() -> None:
    texts = [f"the {word} of the river {number}" for number, word in enumerate(["dam", "flood", "trout"] * 200)]
    index = NgramIndex(texts)
    expected = np.stack([index.cosines(text) for text in texts])
    assert np.abs(index.gram() - expected).max() < 1e-5
