"""Typos and chat spelling: made the same way every time, and hardly ever in the way of the right entry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from golden_report import shipped
from golden_scoring import Question, Share, is_right, questions
from rapidfuzz.distance import OSA
from typos import as_chat, neighbours, with_typos

from knowledge.answerer import Answerer

QUESTIONS = [question for question in questions("report") if question.kind == "answerable"]
TEXTS = [question.text for question in QUESTIONS]


@pytest.fixture(scope="module")
def answerer(matching_cache: Path) -> Answerer:
    return shipped(cache=matching_cache)


def mistyped(before: str, after: str) -> list[tuple[str, str]]:
    """The words that differ, before and after: no edit brings a space in or takes one away."""
    words, others = before.split(" "), after.split(" ")
    assert len(words) == len(others)
    return [(one, other) for one, other in zip(words, others, strict=True) if one != other]


def test_one_or_two_edits_in_about_a_fifth_of_the_words() -> None:
    hit, every = 0, 0
    for text in TEXTS:
        slips = mistyped(text, with_typos(text))
        assert slips, text
        assert len(slips) <= max(1, round(len(text.split()) / 5))
        assert all(1 <= OSA.distance(one, other) <= 2 for one, other in slips)
        hit, every = hit + len(slips), every + len(text.split())
    assert 0.17 < hit / every < 0.26


def test_all_four_kinds_of_slips_are_made() -> None:
    made: set[str] = set()
    for seed in range(200):
        ((word, slip),) = mistyped("dam", with_typos("dam", seed))
        if len(slip) < len(word):
            made.add("drop")
        elif len(slip) > len(word):
            made.add("double")
            assert re.search(r"(.)\1", slip)
        elif sorted(slip) == sorted(word):
            made.add("swap")
        else:
            made.add("beside")
            assert sum(one != other for one, other in zip(word, slip, strict=True)) == 1
    assert made == {"swap", "drop", "double", "beside"}


@pytest.mark.parametrize(
    ("letter", "around"),
    [("g", "fhtyvb"), ("q", "wa"), ("p", "ol"), ("z", "xas"), ("m", "njk"), ("G", "FHTYVB"), ("é", ""), ("7", "")],
)
def test_keys_lie_beside_each_other(letter: str, around: str) -> None:
    assert set(neighbours(letter)) == set(around)


def test_being_beside_goes_both_ways() -> None:
    letters = "qwertyuiopasdfghjklzxcvbnm"
    assert all(one in neighbours(other) for one in letters for other in neighbours(one))


def test_a_seed_gives_the_same_and_another_seed_something_else() -> None:
    for typed in (with_typos, as_chat):
        assert [typed(text, 1) for text in TEXTS] == [typed(text, 1) for text in TEXTS]
        assert [typed(text, 1) for text in TEXTS] != [typed(text, 2) for text in TEXTS]


@pytest.mark.parametrize("text", ["", "42", "?!", "I 7", "1999–2001"])
def test_figures_and_signs_are_never_mistyped(text: str) -> None:
    assert with_typos(text) == text


def test_a_figure_among_words_stays() -> None:
    assert all("1999" in with_typos("in 1999 there were", seed) for seed in range(50))


def test_chat_spelling() -> None:
    for seed in range(20):
        said = as_chat("Why don't you write about the 1,000 people in Paris, please?", seed)
        mention, *words, emoji = said.split(" ")
        assert re.fullmatch(r"<@[!&]?\d+>", mention)
        assert not re.search(r"[a-z0-9]", emoji) or re.fullmatch(r"<a?:\w+:\d+>", emoji)
        calm = [re.sub(r"([a-z])\1+$", r"\1", word) for word in words]
        assert calm == "y dont u write abt the 1,000 ppl in paris pls".split()
        assert sum(one != other for one, other in zip(words, calm, strict=True)) == 1


def first_right(answerer: Answerer, asked: list[Question], texts: list[str]) -> Share:
    """How often the first candidate's answer is a right one."""
    hits = 0
    for question, text in zip(asked, texts, strict=True):
        ranking = answerer.match(text).ranking
        answer = answerer.open(ranking[0].candidate.id) if ranking else None
        hits += answer is not None and is_right(question, answer)
    return Share(hits, len(asked))


def test_neither_typos_nor_chat_spelling_hide_the_right_entry(answerer: Answerer) -> None:
    plain = first_right(answerer, QUESTIONS, TEXTS)
    typos = first_right(answerer, QUESTIONS, [with_typos(text) for text in TEXTS])
    chat = first_right(answerer, QUESTIONS, [as_chat(text) for text in TEXTS])
    print(f"\nas they are   {plain}\nwith typos    {typos}\nchat spelling {chat}")
    assert plain.rate >= 0.93
    assert typos.rate >= plain.rate - 0.05
    assert chat.rate >= plain.rate - 0.03
