"""Experts are recognised under any of their names."""

from __future__ import annotations

import pytest

from knowledge.matching.names import Names
from knowledge.matching.text import normalise, words
from knowledge.model import Expert, ExpertKind


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(
        [
            Expert("ada-marsh", "Ada Marsh", ExpertKind.PERSON, aliases=("Doctor Flood",)),
            Expert("herald", "The Valley Herald", ExpertKind.OUTLET, aliases=("Herald", "VH")),
            Expert("hill-institute", "Hill Institute", ExpertKind.INSTITUTION),
            Expert("hill", "Hill", ExpertKind.GROUP),
        ]
    )


@pytest.mark.parametrize(
    ("question", "text", "experts"),
    [
        ("what did Ada Marsh say", "what did ada marsh say", ("ada-marsh",)),
        ("Marsh's view", "ada marsh view", ("ada-marsh",)),
        ("doctor flood again", "ada marsh again", ("ada-marsh",)),
        ("what did VH report", "what did the valley herald report", ("herald",)),
        ("hill institute or hill", "hill institute or hill", ("hill-institute", "hill")),
        ("Marsh in the Herald on Marsh", "ada marsh in the the valley herald on ada marsh", ("ada-marsh", "herald")),
        ("what does Adda Marsh say", "what does ada marsh say", ("ada-marsh",)),
        ("what did ad Marsh say", "what did ad ada marsh say", ("ada-marsh",)),
        ("what does the Marsh expert say", "what does the ada marsh expert say", ("ada-marsh",)),
        ("the marshes of Ada", "the marshes of ada", ()),
        ("the institute", "the institute", ()),
        ("", "", ()),
    ],
)
def test_names_are_written_in_full(names: Names, question: str, text: str, experts: tuple[str, ...]) -> None:
    named = names.spelled_out(words(normalise(question)))
    assert named.text == text
    assert named.experts == experts
