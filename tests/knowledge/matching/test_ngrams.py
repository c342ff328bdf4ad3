"""Likeness of spelling: a typo costs little, another word costs all."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.matching.ngrams import NgramIndex, gram_matrix, grams

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


def test_cosines_between_texts_are_those_one_by_one() -> None:
    texts = [f"the {word} of the river {number}" for number, word in enumerate(["dam", "flood", "trout"] * 20)]
    index = NgramIndex(texts)
    expected = np.stack([index.cosines(text) for text in texts])
    some = np.asarray([3, 17, 41])
    assert np.abs(gram_matrix([index.rows(some)]) - expected[np.ix_(some, some)]).max() < 1e-5


def test_a_small_part_weighs_like_the_whole_that_it_belongs_to() -> None:
    whole = NgramIndex([*TEXTS, "the flood of the river"])
    part = NgramIndex([TEXTS[0]], like=whole)
    question = "why do rivers flood"
    assert part.cosines(question)[0] == pytest.approx(whole.cosines(question)[0], abs=1e-6)
    assert NgramIndex([TEXTS[0]]).cosines(question)[0] != pytest.approx(whole.cosines(question)[0], abs=1e-3)
    both = gram_matrix([whole.rows(np.asarray([0, 1])), part.rows(np.asarray([0]))])
    assert both[0, 2] == pytest.approx(1.0, abs=1e-5)
    assert both[1, 2] == pytest.approx(both[0, 1], abs=1e-6)
