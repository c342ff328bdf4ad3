"""Unanswered questions, those that ask the same together, most asked first."""

from __future__ import annotations

import time

from knowledge.answerer import Answerer
from knowledge.curation.grouping import Group, Unanswered, grouped
from knowledge.matching.encoder import Encoder


def groups(answerer: Answerer, texts: list[str], encoder: Encoder | None = None) -> tuple[Group, ...]:
    asked = [Unanswered(number, text) for number, text in enumerate(texts, 1)]
    return grouped(asked, answerer, encode=encoder.encode if encoder else None)


def test_the_most_asked_comes_first_with_all_its_wordings(river_answerer: Answerer) -> None:
    found = groups(
        river_answerer,
        [
            "who is the mayor?",
            "how much is the toll",
            "How much is the toll?",
            "the toll is how much",
            "HOW MUCH IS THE TOLL",
        ],
    )
    assert [(group.text, group.count, group.ids) for group in found] == [
        ("how much is the toll", 4, (2, 3, 5, 4)),
        ("who is the mayor?", 1, (1,)),
    ]
    assert found[0].texts == ("how much is the toll", "the toll is how much")


def test_typos_do_not_make_another_question(river_answerer: Answerer) -> None:
    (group,) = groups(
        river_answerer, ["what does the ferry cost", "wat does the fery cost", "what does the ferry cost??"]
    )
    assert group.count == 3


def test_other_words_for_the_same_are_seen_by_their_meaning(river_answerer: Answerer, encoder: Encoder) -> None:
    texts = [
        "how much is the toll",
        "what does the toll cost",
        "when does the library open",
        "opening hours of the library",
    ]
    assert [group.count for group in groups(river_answerer, texts, encoder)] == [2, 2]


def test_what_sounds_alike_and_asks_something_else_stays_apart(river_answerer: Answerer, encoder: Encoder) -> None:
    texts = [
        *("how much is the toll", "how much is the fish", "when is the next flood", "where is the next flood"),
        *("who runs the server", "who runs the shop", "when does the library open", "when does the museum open"),
    ]
    assert len(groups(river_answerer, texts, encoder)) == len(texts)
    assert len(groups(river_answerer, texts)) == len(texts)


def test_each_group_offers_the_entries_that_may_have_been_meant(river_answerer: Answerer) -> None:
    (group,) = groups(river_answerer, ["what is it that makes the river flood like that"])
    assert group.closest[0].entry == "why-flood"
    (answered,) = groups(river_answerer, ["why does the river flood"])
    assert answered.answered_by == "entry:why-flood"
    (other,) = groups(river_answerer, ["who is the mayor"])
    assert other.answered_by == ""


def test_what_has_no_word_is_left_out_and_nothing_makes_no_group(river_answerer: Answerer) -> None:
    assert groups(river_answerer, ["???", "", "😀"]) == ()
    assert groups(river_answerer, []) == ()


def test_only_so_many_groups_are_worked_out(river_answerer: Answerer) -> None:
    asked = [Unanswered(n, f"what about {word} {word[::-1]}") for n, word in enumerate(("abc", "def", "ghi", "jkl"))]
    assert len(grouped(asked, river_answerer, limit=2)) == 2


def test_a_thousand_questions_are_grouped_in_a_second_or_two(river_answerer: Answerer) -> None:
    asked = [Unanswered(n, f"what is thing {n * 7919 % 100003} of {n * 104729 % 99991}") for n in range(1000)]
    begun = time.process_time()
    grouped(asked, river_answerer, limit=5)
    assert time.process_time() - begun < 5
