"""A plain list of questions and answers as a base."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import PackError
from knowledge.faq import load_faq

GOOD = '{"id": "hours", "question": "When are you open?", "alternates": ["opening times"], "answer": "From nine."}\n'


def test_a_list_is_read(tmp_path: Path) -> None:
    file = tmp_path / "kb.jsonl"
    file.write_text(
        GOOD + "\n" + '{"id": "fee", "question": "What does it cost?", "answer": "[to be written]"}\n', "utf-8"
    )
    base = load_faq(file)
    assert base.entries["hours"].phrasings == ("opening times",)
    assert base.entries["fee"].answer == ""


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[1]\n", 1, "not a JSON object"),
        (GOOD + "{\n", 2, "Expecting"),
        (GOOD + GOOD, 2, "stands twice"),
        ('{"id": "a", "question": " ", "answer": "b"}', 1, "question: write a text"),
        ('{"id": "a", "question": "b", "alternates": "c"}', 1, "alternates: write a list"),
        ("\n", 0, "holds no entry"),
    ],
)
def test_what_is_wrong_comes_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    file = tmp_path / "kb.jsonl"
    file.write_text(text, "utf-8")
    with pytest.raises(PackError) as caught:
        load_faq(file)
    problem = caught.value.problems[0]
    assert problem.line == line
    assert words in problem.message


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="cannot be read"):
        load_faq(tmp_path / "none.jsonl")
