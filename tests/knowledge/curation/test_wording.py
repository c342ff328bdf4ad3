"""Texts as people type them, ids, and places read from one line."""

from __future__ import annotations

import pytest

from knowledge.curation.wording import lines, new_id, read_place, shorten, slug, spoken_list, tidy


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Causes of floods, paragraph 2", ("Causes of floods", 2)),
        ("“Causes of floods”, Paragraph 12", ("Causes of floods", 12)),
        ("paragraph 3", ("", 3)),
        ("Hulls ¶ 4", ("Hulls", 4)),
        ("Hulls (para. 4)", ("Hulls", 4)),
        ("7", ("", 7)),
        ("p. 12", ("p. 12", 0)),
        ("Chapter 3", ("Chapter 3", 0)),
        ("minute 4:30", ("minute 4:30", 0)),
        ("", ("", 0)),
    ],
)
def test_a_place_is_read_as_people_write_it(text: str, place: tuple[str, int]) -> None:
    assert read_place(text) == place


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Why does the river flood?", "why-does-the-river-flood"),
        ("Où est l'île?", "ou-est-lile"),
        ("Straße", "strasse"),
        ("東京", "entry"),
        ("--", "entry"),
        ("x" * 100, "x" * 55),
    ],
)
def test_an_id_is_made_of_letters_digits_and_hyphens(text: str, made: str) -> None:
    assert slug(text, "entry") == made


def test_an_id_that_is_taken_gets_a_number_and_stays_short_enough() -> None:
    assert new_id("Why?", {"why", "why-2"}, "entry") == "why-3"
    long = "how old is the mill " * 5
    assert len(new_id(long, {slug(long, "entry")}, "entry")) <= 60


def test_lists_come_one_a_line() -> None:
    assert lines("- a b\r\n* c\n\n  a   b \n•\n") == ("a b", "c")


def test_texts_keep_their_lines_and_lose_what_nobody_sees() -> None:
    assert tidy(" a\u200b \r\n\r\n\r\n b\tc\x07 ") == "a\n\nb c"
    assert shorten("one two three", 7) == "one two"
    assert shorten("one two three", 8) == "one two"
    assert shorten("onetwothree", 4) == "onet"
    assert spoken_list(["a", "b", "c"]) == "a, b and c"
    assert spoken_list([]) == ""
