"""What kind of detail a question asks for, and of what."""

from __future__ import annotations

import pytest

from knowledge.matching.asking import KINDS, asks, focus


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("how many soldiers took part", {"amount", "count"}),
        ("how often did they meet", {"amount", "measure"}),
        ("when did they meet", {"time"}),
        ("in what year was it", {"time"}),
        ("where did they meet", {"place"}),
        ("in which city", {"place"}),
        ("what is the submarine called", {"name"}),
        ("who says so", {"who"}),
        ("why are they close", {"why"}),
        ("give me the reasons", {"why"}),
        ("they are close", set[str]()),
        ("", set[str]()),
        ("whenever whoever", set[str]()),
    ],
)
def test_kinds_of_detail(question: str, kinds: set[str]) -> None:
    assert asks(question) == kinds
    assert kinds <= set(KINDS)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("which seas do the fleets share", ("seas",)),
        ("how many of the soldiers took part", ("soldiers",)),
        ("what kind of missiles and which submarines", ("missiles", "submarines")),
        ("they are close", ()),
    ],
)
def test_what_is_asked_for(question: str, words: tuple[str, ...]) -> None:
    assert focus(question) == words
