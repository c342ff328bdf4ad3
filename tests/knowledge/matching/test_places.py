"""A place is the same under its people and its capital; another place is another question."""

from __future__ import annotations

import pytest

from knowledge.matching.places import Places, months


@pytest.fixture(scope="module")
def places() -> Places:
    return Places.bundled()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["does", "moscow", "trust", "beijing"], {"russia", "china"}),
        (["the", "kremlin", "and", "the", "russians"], {"russia"}),
        (["tokyo"], {"japan"}),
        (["ukrainian", "army"], {"ukraine"}),
        (["america"], {"america"}),
        (["washington"], {"america"}),
        (["trade", "and", "trust"], set[str]()),
        ([], set[str]()),
    ],
)
def test_places(places: Places, words: list[str], found: set[str]) -> None:
    assert places.of(words) == found


def test_months_and_days() -> None:
    assert months(["in", "october", "on", "monday"]) == {"october", "monday"}
    assert months(["they", "may", "march"]) == {"march"}
