"""Typos are mended towards the words of the base, and ordinary words are left alone."""

from __future__ import annotations

import pytest

from knowledge.matching.lexicon import Lexicon
from knowledge.matching.spelling import Speller

VOCABULARY = {"kofman": 5, "partnership": 9, "beijing": 3, "trust": 4, "xinhua": 2, "liik": 2, "drills": 1, "drill": 7}


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(VOCABULARY, Lexicon.bundled())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kofmann", "kofman"),
        ("kofmna", "kofman"),
        ("partnrship", "partnership"),
        ("parntershpi", "partnership"),
        ("beijng", "beijing"),
        ("tursst", "tursst"),
        ("trsut", "trust"),
        ("xinhau", "xinhua"),
    ],
)
def test_typos(speller: Speller, typed: str, meant: str) -> None:
    assert speller.mend(typed) == meant


@pytest.mark.parametrize(
    "word", ["trust", "partner", "president", "pizza", "the", "lik", "xyz", "2021", "kofman37", ""]
)
def test_other_words_stay(speller: Speller, word: str) -> None:
    assert speller.mend(word) == word


def test_of_equally_near_words_the_more_frequent_is_meant(speller: Speller) -> None:
    assert speller.mend("drilz") == "drill"
    assert Speller({"marsch": 1, "marsck": 9}, Lexicon({})).mend("marscx") == "marsck"


def test_an_empty_base_mends_nothing() -> None:
    assert Speller({}, Lexicon({})).mend("kofmann") == "kofmann"
