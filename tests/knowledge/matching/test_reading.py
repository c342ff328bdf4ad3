"""A question as the matcher sees it."""

from __future__ import annotations

import pytest

from knowledge.matching.lexicon import Lexicon
from knowledge.matching.places import Places
from knowledge.matching.reading import Reader
from knowledge.model import Expert, ExpertKind


@pytest.fixture(scope="module")
def reader() -> Reader:
    marsh = Expert("ada-marsh", "Ada Marsh", ExpertKind.PERSON, aliases=("AM",))
    zhdanov = Expert("zhdanovich", "Ola Zhdanovich", ExpertKind.PERSON)
    texts = {"entry": ["Why does the river flood so disastrously?"], "claim": ["37 soldiers were seen in October"]}
    return Reader(texts, [marsh, zhdanov], Lexicon.bundled(), Places.bundled())


def test_typos_chat_spelling_and_names_at_once(reader: Reader) -> None:
    reading = reader.read("<@1> Y did Zhdanovitch say the rivver flods disasterously??")
    assert reading.text == "why did ola zhdanovich say the river flods disastrously"
    assert reading.experts == {"zhdanovich"}
    assert reading.asks == {"why"}


def test_figures_places_and_months(reader: Reader) -> None:
    reading = reader.read("How many Russians came to Tokyo in October 2021, 37?")
    assert reading.numbers == {"2021", "37"}
    assert reading.places == {"russia", "japan"}
    assert reading.months == {"october"}
    assert reading.focus == ("russians",)


def test_only_content_counts_as_content(reader: Reader) -> None:
    assert reader.read("what does AM say about the river").content == ("ada", "marsh", "river")


@pytest.mark.parametrize("nothing", ["", "???", "<@123456>", "😀", "\u200b"])
def test_nothing_to_read(reader: Reader, nothing: str) -> None:
    reading = reader.read(nothing)
    assert reading.text == ""
    assert reading.content == ()
    assert reading.experts == frozenset()


def test_reading_again_is_the_same(reader: Reader) -> None:
    question = "Why, said Marsh, does the rivver flood in October?"
    assert reader.read(question) == reader.read(question)
