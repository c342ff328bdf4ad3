"""Who is asked about, and which place is named first."""

from __future__ import annotations

import pytest

from knowledge.answerer import Answerer
from knowledge.matching.places import Places
from knowledge.matching.roles import is_swapped, order, speaker


@pytest.mark.parametrize(
    ("question", "who"),
    [
        ("what do chinese leaders believe about russia", ("chinese", "leaders")),
        ("what did the new york times report on the floods", ("new", "york", "times")),
        ("why does moscow not trust beijing", ("moscow",)),
        ("what did she say", ()),
        ("where is the bridge", ()),
        ("what does the river carry", ()),
        ("", ()),
    ],
)
def test_who_is_asked_about_stands_before_a_verb_of_saying(question: str, who: tuple[str, ...]) -> None:
    assert speaker(question) == who


def test_places_come_in_the_order_in_which_they_are_named() -> None:
    places = Places({"moscow": "russia", "russia": "russia", "beijing": "china"})
    assert order("does moscow trust beijing or russia".split(), places) == ("russia", "china")
    assert order("moscow and russia".split(), places) == ()


def test_places_are_swapped_where_all_phrasings_have_them_the_other_way_round() -> None:
    assert is_swapped(("china", "russia"), [("russia", "china"), ()])
    assert not is_swapped(("china", "russia"), [("russia", "china"), ("china", "russia")])
    assert not is_swapped(("china", "russia"), [("russia",), ()])
    assert not is_swapped((), [("russia", "china")])


def test_a_newspaper_that_the_base_does_not_know_makes_it_less_sure(river_answerer: Answerer) -> None:
    def odds(question: str) -> float:
        sure = river_answerer.matcher.rank(question).confidence
        return sure / (1 - sure)

    known = odds("What did the Valley Herald report on the bridge?")
    assert odds("What did the Hill Gazette report on the bridge?") < known / 10
