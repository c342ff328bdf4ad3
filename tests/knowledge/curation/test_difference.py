"""Differences as people read them, and two moderators at the same entry."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge.curation.difference import collision, difference

ENTRY: dict[str, Any] = {
    "question": "Why?",
    "phrasings": ["how come", "reason"],
    "answer": "Snow.",
    "claims": ["melt", "dam"],
}


def texts(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    return [line.text for line in difference(before, after)]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"answer": "Rain."}, "answer: “Snow.” → “Rain.”"),
        ({"phrasings": ["how come", "reason", "what for"]}, "phrasing added: “what for”"),
        ({"phrasings": ["reason"]}, "phrasing removed: “how come”"),
        ({"phrasings": ["how come", "reasons"]}, "phrasing: “reason” → “reasons”"),
        ({"claims": ["dam", "melt"]}, "claims: in another order"),
        ({"verified_on": "2024-05-31"}, "verified on added: “2024-05-31”"),
        ({"related": ["fish"]}, "related entry added: “fish”"),
    ],
)
def test_each_difference_is_one_line(change: dict[str, Any], line: str) -> None:
    assert texts(ENTRY, {**ENTRY, **change}) == [line]


def test_the_same_has_no_difference() -> None:
    assert difference(ENTRY, dict(ENTRY)) == ()
    assert difference(None, None) == ()


def test_a_new_item_and_one_that_is_gone_are_told_whole() -> None:
    assert texts(None, ENTRY)[0] == "question added: “Why?”"
    assert texts(None, ENTRY)[-1] == "claim added: “dam”"
    assert texts(ENTRY, None)[0] == "question removed: “Why?”"
    assert len(texts(ENTRY, None)) == 6


def test_of_long_texts_the_words_that_differ_are_shown() -> None:
    long = " ".join(f"word{number}" for number in range(30))
    (line,) = difference({"answer": long}, {"answer": long.replace("word15", "other words")})
    assert line.text == (
        "answer: “… word11 word12 word13 word14 word15 word16 word17 word18 word19 …”"
        " → “… word11 word12 word13 word14 other words word16 word17 word18 word19 …”"
    )


def test_places_sections_and_marks_are_words() -> None:
    sections = [{"id": "a", "title": "Opening", "heading": False}]
    assert texts({"sections": sections}, {"sections": [*sections, {"id": "b", "title": "Hulls"}]}) == [
        "section added: “Hulls”"
    ]
    assert texts({}, {"article_present": True}) == ["speaks of the source’s own time added: “yes”"]
    place = {"source": "river", "section": "causes", "paragraph": 1}
    assert texts({}, {"described": place}) == ["introduced at added: “river, causes, 1”"]
    assert texts({"paragraph": 1}, {"paragraph": 2}) == ["paragraph: “1” → “2”"]


def test_two_changes_of_different_fields_fit_together() -> None:
    mine = {**ENTRY, "answer": "Rain.", "phrasings": ["how come", "reason", "what for"]}
    theirs = {**ENTRY, "question": "Why so?", "phrasings": ["reason", "cause"]}
    met = collision(ENTRY, mine, theirs)
    assert met.both == ("phrasings",)
    assert met.together == {
        "question": "Why so?",
        "phrasings": ["reason", "cause", "what for"],
        "answer": "Rain.",
        "claims": ["melt", "dam"],
    }
    assert met.theirs[0].text == "question: “Why?” → “Why so?”"


def test_two_changes_of_one_field_are_for_the_moderator_to_choose_from() -> None:
    met = collision(ENTRY, {**ENTRY, "answer": "Rain."}, {**ENTRY, "answer": "Ice."})
    assert (met.both, met.together) == (("answer",), None)
    assert [line.text for line in (*met.mine, *met.theirs)] == ["answer: “Snow.” → “Rain.”", "answer: “Snow.” → “Ice.”"]


def test_the_same_change_made_twice_is_no_quarrel() -> None:
    changed = {**ENTRY, "answer": "Rain."}
    assert collision(ENTRY, changed, changed).together == changed


def test_an_item_that_somebody_has_retired_is_not_changed_in_passing() -> None:
    met = collision(ENTRY, {**ENTRY, "answer": "Rain."}, None)
    assert met.together is None
    assert met.both == ("answer",)
