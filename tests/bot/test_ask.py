"""`ask`: in the terminal, as JSON, and a file of questions."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from bot.terminal import print_answer
from knowledge.answerer import Answerer
from knowledge.packs import load_pack

if TYPE_CHECKING:
    from tests.bot.conftest import Run  # pyright: ignore[reportMissingImports]
else:
    Run = Any

ROOT = Path(__file__).parents[2]
FLOOD = "Why does the river flood every spring?"


def test_a_pipe_gets_plain_text_with_who_and_where(run: Run, pack: Path) -> None:
    ran = run("ask", "--pack", pack, "--encoder", "none", FLOOD)
    assert ran.code == 0
    for piece in (FLOOD, "Because the dam", "Cy Wren, author of the report", "paragraph 1", "Source:"):
        assert piece in ran.out
    assert "\x1b" not in ran.out


def test_words_need_no_quotes(run: Run, pack: Path) -> None:
    assert "Because the dam" in run("ask", "--pack", pack, "--encoder", "none", *FLOOD.split()).out


def test_json_is_one_object(run: Run, pack: Path) -> None:
    answer = run("ask", "--pack", pack, "--encoder", "none", "--json", FLOOD).object
    assert answer["answered"] is True
    assert answer["outcome"] == "answer"
    assert answer["claims"][0]["expert"]["name"] == "Cy Wren"
    assert answer["claims"][0]["paragraph"] == 1
    assert 0 <= answer["confidence"] <= 1
    assert FLOOD in answer["text"]


def test_batch_keeps_the_order_and_reports_bad_lines(run: Run, pack: Path, folder: Path) -> None:
    lines = [
        {"qid": "q1", "text": FLOOD},
        {"qid": 2, "text": "hi there"},
        {"qid": "q3", "text": "zebra quantum lipstick"},
    ]
    text = [json.dumps(line) for line in lines]
    questions = folder / "in.jsonl"
    questions.write_text("\n".join([text[0], "{broken", "", text[1], '{"qid": 5}', text[2]]) + "\n", encoding="utf-8")
    ran = run("ask", "--pack", pack, "--encoder", "none", "--batch", questions, "--out", folder / "out.jsonl")
    assert ran.code == 1
    assert f"{questions}:2: not JSON" in ran.err
    assert f'{questions}:5: "text" is missing' in ran.err
    answers = [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [answer["qid"] for answer in answers] == ["q1", 2, "q3"]
    assert [answer["answered"] for answer in answers] == [True, False, False]
    assert all(set(answer) == {"qid", "answered", "text", "confidence", "suggestions"} for answer in answers)
    assert answers[0]["suggestions"] == []
    assert "Cy Wren" in answers[0]["text"]
    assert sorted(path.name for path in folder.glob("out*")) == ["out.jsonl"]


def test_a_batch_that_fails_leaves_what_was_there(run: Run, pack: Path, folder: Path) -> None:
    (folder / "out.jsonl").write_text("before\n", encoding="utf-8")
    ran = run("ask", "--pack", pack, "--encoder", "none", "--batch", folder / "nope", "--out", folder / "out.jsonl")
    assert ran.code == 2
    assert "cannot read" in ran.err
    assert (folder / "out.jsonl").read_text(encoding="utf-8") == "before\n"
    ran = run("ask", "--pack", pack, "--batch", "out.jsonl", "--out", "out.jsonl")
    assert (ran.code, ran.err) == (2, "citebot: --out: out.jsonl is the file of the questions: name another\n")
    assert (folder / "out.jsonl").read_text(encoding="utf-8") == "before\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "no question"),
        (["--out", "x", "hello"], "--out goes with --batch"),
        (["--batch", "x"], "--batch needs --out"),
        (["--batch", "x", "--out", "y", "hello"], "leave the question"),
        (["--pack", "chinna-russia", "hello"], "china-russia"),
        (["--encoder", "nowhere/", "hello"], "bundled, bundled-small, none, or a folder"),
    ],
)
def test_wrong_use_is_told_in_one_line(run: Run, words: list[str], told: str) -> None:
    ran = run("ask", *words)
    assert ran.code == 2
    assert told in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_faulty_pack_lists_its_problems(run: Run, folder: Path) -> None:
    (folder / "bad.yaml").write_text("pack: {id: x}\nclaimz: []\n", encoding="utf-8")
    ran = run("ask", "--pack", "bad.yaml", "hello")
    assert ran.code == 2
    assert "bad.yaml:2" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("width", [40, 80, 200])
def test_in_a_terminal_it_keeps_to_the_width(pack: Path, width: int) -> None:
    answerer = Answerer.build(load_pack(pack), encoder=None)
    console = Console(width=width, record=True, file=io.StringIO())
    print_answer(console, answerer.ask(FLOOD))
    shown = console.export_text()
    assert max(map(len, shown.splitlines())) <= min(width, 88)
    for piece in ("Because the dam", "Cy Wren", "paragraph 1", "How sure"):
        assert piece in " ".join(shown.split())


def test_a_terminal_says_what_else_was_asked(pack: Path) -> None:
    answerer = Answerer.build(load_pack(pack), encoder=None)
    console = Console(width=80, record=True, file=io.StringIO())
    print_answer(console, answerer.ask(f"{FLOOD} Who is Cy Wren?"))
    shown = " ".join(console.export_text().split())
    assert f"You asked two things: this answers “{FLOOD}”. The other is below. Because the dam" in shown


def test_the_article_answers_with_its_experts(run: Run) -> None:
    answer = run("ask", "--encoder", "none", "--json", "What did Michael Kofman say?").object
    assert answer["answered"] is True
    assert {claim["expert"]["name"] for claim in answer["claims"]} == {"Michael Kofman"}


def test_half_a_surrogate_pair_costs_no_batch(run: Run, pack: Path, folder: Path) -> None:
    questions = folder / "in.jsonl"
    questions.write_text('{"qid": "\\ud800", "text": "dam \\udfff?"}\n', encoding="utf-8")
    words = ("ask", "--pack", pack, "--encoder", "none", "--batch", questions, "--out")
    ran = run(*words, folder / "out.jsonl")
    assert ran.code == 0
    assert "1 question answered" in ran.err
    assert json.loads((folder / "out.jsonl").read_text(encoding="utf-8"))["qid"] == "\ud800"


@pytest.mark.parametrize(
    ("words", "end", "told"),
    [
        ((), {"PYTHONIOENCODING": "ascii"}, ""),
        ((), {"END": ">&-"}, ""),
        pytest.param(
            *((), {"END": ">/dev/full"}, "No space left"),
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here"),
        ),
        (("--json", "\udcff dam?"), {"PYTHONIOENCODING": "ascii"}, ""),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_no_output_is_a_traceback(pack: Path, words: tuple[str, ...], end: dict[str, str], told: str) -> None:
    command = [sys.executable, "-m", "bot", "ask", "--pack", str(pack), "--encoder", "none", *(words or (FLOOD,))]
    line = " ".join(shlex.quote(word) for word in command) + end.get("END", "")
    ran = subprocess.run(["/bin/sh", "-c", line], check=False, capture_output=True, env={**os.environ, **end}, cwd=ROOT)
    assert ran.returncode == (2 if told else 0)
    assert b"Traceback" not in ran.stderr
    assert told.encode() in ran.stderr
