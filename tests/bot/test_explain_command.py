"""`explain`: why a question finds what it finds, for people and as JSON."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from bot.explain_terminal import print_explanation
from knowledge.answerer import Answerer, Policy
from knowledge.matching.explaining import explain
from knowledge.packs import load_pack

if TYPE_CHECKING:
    from tests.bot.conftest import Run  # pyright: ignore[reportMissingImports]
else:
    Run = Any

GAP = """\
gaps:
  - id: cost
    questions: [How much did the spring flood cost?]
"""


@pytest.fixture
def explained(run: Run, pack: Path) -> Any:
    """What `explain` prints for a question, in one line."""
    pack.write_text(pack.read_text(encoding="utf-8") + GAP, encoding="utf-8")

    def explained(*words: object) -> str:
        ran = run("explain", "--pack", pack, "--encoder", "none", *words)
        assert (ran.code, ran.err) == (0, "")
        return " ".join(ran.out.split())

    return explained


def test_it_tells_how_the_question_was_read(explained: Any) -> None:
    told = explained("how many spring fluods did wren see in 1987 in Spain?")
    assert "Read as how many spring floods did cy wren see in 1987 in spain" in told
    assert "Typos “fluods” taken for “floods”" in told
    assert "Names Cy Wren" in told
    assert "Asks for a number" in told
    assert "Unknown" in told
    assert "“1987”" in told
    assert "no figure 1987" in told
    assert "no place spain" in told


def test_it_tells_what_came_close_how_sure_and_what_is_posted(explained: Any) -> None:
    told = explained("why does that river flood every springtime then")
    assert "1. Why does the river flood every spring?" in told
    assert "entry:why-floods: closest phrasing," in told
    assert "“Why does the river flood every spring?”" in told
    assert "How sure: " in told
    assert "that the base answers the question at all, where 30% of all questions" in told
    assert "that the first is then the right one" in told
    assert "Words: " in told
    assert "What would be posted: " in told
    assert f"answers from {Policy().answer_at:.0%}" in told


def test_a_known_gap_is_named(explained: Any) -> None:
    told = explained("how much did that flood cost")
    assert "“How much did the spring flood cost?”; nothing that the base answers is nearer" in told
    assert "What would be posted: an answer" not in told


def test_a_question_of_the_base_needs_no_weighing(explained: Any) -> None:
    told = explained("what causes the spring floods")
    assert "word for word" in told
    assert "What would be posted: an answer" in told
    assert "Because the dam is too old" in told


@pytest.mark.parametrize(
    ("question", "why", "posted"),
    [
        ("hello", "small talk", "a friendly word"),
        ("<@123456789012345678>", "nothing is left to look up", "that the base has no answer"),
        ("flood " * 300, "too long for a question", "that the base has no answer"),
    ],
)
def test_what_is_not_looked_up_is_told(explained: Any, question: str, why: str, posted: str) -> None:
    told = explained(question)
    assert why in told
    assert "What came closest" not in told
    assert f"What would be posted: {posted}" in told


def test_as_json_the_parts_make_up_the_whole(run: Run, pack: Path) -> None:
    words = ("explain", "--pack", pack, "--encoder", "none", "--json")
    told = run(*words, "why does that river flood so often").object
    why = told["explanation"]
    assert told["confidence"] == why["confidence"] == pytest.approx(why["answerable"] * why["right"], abs=1e-3)
    assert why["considered"][0]["id"] == "entry:why-floods"
    assert why["considered"][0]["probability"] == why["confidence"]
    assert why["off_base"] == 0.3
    for reason in (*why["for_answerable"], *why["for_right"]):
        assert reason["moved"] == pytest.approx(sum(piece["moved"] for piece in reason["pieces"]), abs=1e-2)
    assert told["outcome"] == told["reply"]["outcome"]
    assert run(*words, "hello").object["explanation"] is None


def test_without_a_question_it_says_what_to_type(run: Run) -> None:
    ran = run("explain")
    assert ran.code == 2
    assert ran.err == 'citebot: no question: citebot explain "…"\n'


@pytest.mark.parametrize("width", [40, 80, 200])
def test_it_keeps_to_the_width(pack: Path, width: int) -> None:
    answerer = Answerer.build(load_pack(pack), encoder=None)
    console = Console(width=width, record=True, file=io.StringIO(), highlight=False)
    question = "why does that river flood so often in Spain"
    explanation = explain(answerer.base, answerer.matcher, question)
    print_explanation(console, answerer.ask(question), explanation, answerer.policy)
    shown = console.export_text()
    assert max(map(len, shown.splitlines())) <= min(width, 100)
    assert "What would be posted" in " ".join(shown.split())


def test_with_the_encoder_meaning_is_told_apart_from_spelling(run: Run, pack: Path) -> None:
    told = " ".join(run("explain", "--pack", pack, "what makes the stream overflow each year").out.split())
    assert "meaning " in told
    assert "1. Why does the river flood every spring?" in told
