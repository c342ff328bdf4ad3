"""`match`: a base tried against questions from a file and from stdin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bot.match_lines import worth_answering
from knowledge.matching.match import Match
from knowledge.matching.text import normalise

if TYPE_CHECKING:
    from tests.bot.conftest import Run  # pyright: ignore[reportMissingImports]
else:
    Run = Any

ROOT = Path(__file__).parents[2]
FIELDS = {"qid", "ranked", "confidence", "answered", "ms"}
LIBRARY = (
    ("hours", "When is the library open?", "What are your opening hours?", "On weekdays from nine to six."),
    ("card", "How do I get a library card?", "I want to join the library", "Bring a proof of address."),
    ("fines", "What does it cost to bring a book back late?", "How high are the fines?", "Ten pence a day."),
    ("renew", "Can I renew a loan online?", "How do I extend my loan?", "Yes, twice, in your account."),
    ("printer", "Is there a printer?", "Where can I print my essay?", "Yes, on the second floor."),
    ("dogs", "May I bring my dog?", "Are pets allowed inside?", "Only guide dogs."),
)


@pytest.fixture
def library(folder: Path) -> Path:
    """A plain list of questions and answers."""
    lines = [{"id": i, "question": q, "alternates": [other], "answer": answer} for i, q, other, answer in LIBRARY]
    return write(folder / "library.jsonl", *lines)


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{x if isinstance(x, str) else json.dumps(x)}\n" for x in lines), encoding="utf-8")
    return path


def found(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_question_gets_a_line_in_order(run: Run, library: Path, folder: Path) -> None:
    queries = write(
        folder / "in.jsonl",
        {"qid": "q1", "text": "what are your opening hours"},
        {"qid": 2, "text": "ist there a printr here?"},
        {"qid": "q3", "text": "zebra quantum lipstick"},
        {"qid": "q4", "text": "🙂"},
        {"qid": "q5", "text": "printer " * 300},
    )
    ran = run("match", "--kb", library, "--queries", queries, "--out", "out.jsonl", "--encoder", "none")
    assert (ran.code, ran.out, ran.err) == (0, "", "5 questions, 2 of them answered\n")
    lines = found(folder / "out.jsonl")
    assert [line["qid"] for line in lines] == ["q1", 2, "q3", "q4", "q5"]
    assert [line["answered"] for line in lines] == [True, True, False, False, False]
    assert [line["ranked"][:1] for line in lines[:2]] == [["hours"], ["printer"]]
    ids = {entry[0] for entry in LIBRARY}
    for line in lines:
        assert set(line) == FIELDS
        assert 0 <= line["confidence"] <= 1
        assert line["ms"] >= 0
        assert len(line["ranked"]) == len(set(line["ranked"])) <= 10
        assert set(line["ranked"]) <= ids
    assert [path.name for path in folder.glob("out*")] == ["out.jsonl"]


def test_two_runs_find_the_same(run: Run, library: Path, folder: Path) -> None:
    queries = write(folder / "in.jsonl", *({"qid": n, "text": entry[2] + " please"} for n, entry in enumerate(LIBRARY)))
    both: list[list[dict[str, Any]]] = []
    for _ in range(2):
        assert run("match", "--kb", library, "--queries", queries, "--out", "o", "--encoder", "none").code == 0
        both.append([{**line, "ms": 0} for line in found(folder / "o")])
    assert both[0] == both[1]


def test_lines_that_are_no_questions_are_left_out_and_told(run: Run, library: Path, folder: Path) -> None:
    queries = write(
        folder / "in.jsonl",
        {"qid": "a", "text": "May I bring my dog?"},
        "{broken",
        "",
        {"text": "no qid"},
        {"qid": "b"},
        '["a", "list"]',
        {"qid": "a", "text": "Is there a printer?"},
        {"qid": "c", "text": "Is there a printer?"},
    )
    ran = run("match", "--kb", library, "--queries", queries, "--out", "out.jsonl", "--encoder", "none")
    assert ran.code == 1
    told = ran.err.splitlines()
    assert [line["qid"] for line in found(folder / "out.jsonl")] == ["a", "c"]
    for line, (number, fault) in zip(
        told,
        (
            (2, "not JSON"),
            (4, '"qid" is missing'),
            (5, '"text" is missing'),
            (6, "not an object"),
            (7, "\"qid\" 'a' stands in line 1 already"),
        ),
        strict=False,
    ):
        assert line.startswith(f"{queries}:{number}: {fault}")
    assert told[-1] == "2 questions, 2 of them answered"
    assert len(told) == 6


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--kb library.jsonl", "--queries IN and --out OUT, or --stdin"),
        ("--kb library.jsonl --queries in.jsonl", "--queries IN and --out OUT, or --stdin"),
        ("--kb library.jsonl --stdin --out x", "leave --queries and --out out"),
        ("--kb nowhere.jsonl --queries in.jsonl --out x", "nowhere.jsonl: there is no such file"),
        ("--kb chinna-russia --queries in.jsonl --out x", "china-russia"),
        ("--kb library.jsonl --queries nowhere --out x", "--queries: cannot read nowhere"),
        ("--kb library.jsonl --queries in.jsonl --out nowhere/x", "--out: cannot write nowhere/x"),
        ("--kb library.jsonl --queries in.jsonl --out library.jsonl/x", "--out: cannot write library.jsonl/x"),
        ("--kb library.jsonl --queries in.jsonl --out .", "is a folder"),
        ("--kb library.jsonl --queries in.jsonl --out ./in.jsonl", "is the file of the questions"),
        ("--kb library.jsonl --queries in.jsonl --out x --prior 0", "above 0 and below 1"),
        ("--kb library.jsonl --queries in.jsonl --out x --prior 1", "above 0 and below 1"),
        ("--kb library.jsonl --queries in.jsonl --out x --prior nan", "above 0 and below 1"),
        ("--kb library.jsonl --queries in.jsonl --out x --prior third", "above 0 and below 1"),
        ("--kb library.jsonl --queries in.jsonl --out x --encoder nowhere/", "bundled, bundled-small, none"),
        (f"--kb {'x' * 5000} --queries in.jsonl --out x", "there is no such pack"),
    ],
)
def test_what_cannot_be_done_is_one_line(run: Run, library: Path, folder: Path, words: str, told: str) -> None:
    write(folder / "in.jsonl", {"qid": 1, "text": "May I bring my dog?"})
    ran = run("match", *words.split())
    assert ran.code == 2
    assert told in ran.err
    assert len(ran.err.splitlines()) == 1
    assert not (folder / "x").exists()
    assert "May I bring my dog?" in (folder / "in.jsonl").read_text()


def test_a_faulty_list_is_told_line_by_line(run: Run, folder: Path) -> None:
    kb = write(
        folder / "kb.jsonl",
        {"id": "a", "question": "What?", "answer": "That."},
        "{broken",
        {"id": "a", "question": "Again?", "answer": "Yes."},
        {"id": "b", "answer": "No question."},
    )
    queries = write(folder / "in.jsonl", {"qid": 1, "text": "What?"})
    ran = run("match", "--kb", kb, "--queries", queries, "--out", "out.jsonl")
    assert ran.code == 2
    for line in (2, 3, 4):
        assert f"{kb}:{line}: " in ran.err
    assert "Traceback" not in ran.err


def test_what_was_there_stays_until_the_end(run: Run, library: Path, folder: Path) -> None:
    (folder / "out.jsonl").write_text("before\n", encoding="utf-8")
    ran = run("match", "--kb", library, "--queries", "nowhere", "--out", "out.jsonl")
    assert ran.code == 2
    assert (folder / "out.jsonl").read_text(encoding="utf-8") == "before\n"


def test_the_more_is_off_base_the_less_sure(run: Run, library: Path, folder: Path) -> None:
    queries = write(folder / "in.jsonl", {"qid": 1, "text": "can i print something in the library"})
    words = ("match", "--kb", library, "--queries", queries, "--out", "out.jsonl", "--encoder", "none")

    def match(*more: object) -> dict[str, Any]:
        assert run(*words, *more).code == 0
        return found(folder / "out.jsonl")[0]

    few, many = match("--prior", "0.1"), match("--prior", "0.8")
    assert few["confidence"] > match()["confidence"] > many["confidence"] > 0
    assert few["ranked"] == many["ranked"]
    (folder / "config.yaml").write_text("matching: {off_base: 0.8}\n", encoding="utf-8")
    assert match()["confidence"] == many["confidence"]


@pytest.mark.parametrize("off_base", [0.1, 0.25, 0.6])
def test_answering_pays_where_the_balanced_figure_says_so(off_base: float) -> None:
    """Of many questions whose probabilities are what they say, no threshold does better than the rule."""
    rng = np.random.default_rng(7)
    known = rng.beta(2 * (1 - off_base), 2 * off_base, 40_000)
    right = known * rng.uniform(0.6, 1.0, known.size)
    reading: Any = None
    rows = np.zeros((0, 0))

    def figure(answered: Any) -> float:
        return (right[answered].sum() / known.sum() + (1 - known)[~answered].sum() / (1 - known).sum()) / 2

    share = 1 - float(known.mean())
    rule = [
        worth_answering(Match(reading, (), r, 1 - k, False, rows), share) for k, r in zip(known, right, strict=True)
    ]
    best = max(figure(right > at) for at in np.linspace(0, 1, 101))
    assert figure(np.asarray(rule)) >= best


def test_a_pack_is_a_base_like_any_other(run: Run, pack: Path, folder: Path) -> None:
    queries = write(
        folder / "in.jsonl",
        {"qid": 1, "text": "What causes the spring floods?"},
        {"qid": 2, "text": "what did Wren say"},
        {"qid": 3, "text": "hello"},
    )
    ran = run("match", "--kb", pack, "--queries", queries, "--out", "-", "--encoder", "none")
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [line["ranked"][0] for line in lines[:2]] == ["entry:why-floods", "said:cy-wren"]
    assert lines[2]["answered"] is False


def test_meaning_counts_and_what_the_bot_keeps_stays(run: Run, library: Path, pack: Path, folder: Path) -> None:
    assert run("ask", "--pack", pack, "Why does the river flood?").code == 0
    kept = {path.name: path.read_bytes() for path in (folder / "data" / "cache").glob("vectors*")}
    assert kept
    queries = write(folder / "in.jsonl", {"qid": 1, "text": "is it okay if my puppy comes along"})
    assert run("match", "--kb", library, "--queries", queries, "--out", "out.jsonl").code == 0
    assert found(folder / "out.jsonl")[0]["ranked"][0] == "dogs"
    assert {path.name: path.read_bytes() for path in (folder / "data" / "cache").glob("vectors*")} == kept


def child(*words: object, **streams: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bot", "match", "--encoder", "none", *map(str, words)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, text=True, encoding="utf-8", env=env, **streams)


def test_a_stream_is_answered_line_by_line(library: Path, folder: Path) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": folder}
    with child("--kb", library, "--stdin", **pipes) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        assert program.stderr is not None
        assert json.loads(program.stdout.readline()) == {"ready": True}

        def ask(line: object) -> dict[str, Any]:
            assert program.stdin is not None
            assert program.stdout is not None
            program.stdin.write(f"{line if isinstance(line, str) else json.dumps(line)}\n")
            program.stdin.flush()
            return json.loads(program.stdout.readline())

        first = ask({"qid": "q1", "text": "What are your opening hours?"})
        assert set(first) == FIELDS
        assert (first["qid"], first["ranked"][0], first["answered"]) == ("q1", "hours", True)
        again = ask({"qid": "q1", "text": "What are your opening hours?"})
        assert {**again, "ms": 0} == {**first, "ms": 0}
        wrong = ask("{broken")
        assert wrong["line"] == 3
        assert "not JSON" in wrong["error"]
        assert ask({"qid": 4, "text": "dogs ü \ud83d"})["qid"] == 4
        program.stdin.close()
        assert program.wait(20) == 1
        assert program.stderr.read().startswith("stdin:3: not JSON")


def test_an_empty_stream_ends_well(library: Path, folder: Path) -> None:
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": folder}
    with child("--kb", library, "--stdin", **pipes) as program:
        out, err = program.communicate(timeout=60)
    assert (program.returncode, out, err) == (0, '{"ready": true}\n', "")


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX terminal")
def test_a_terminal_sees_how_far_it_is(library: Path, folder: Path) -> None:
    queries = write(folder / "in.jsonl", *({"qid": n, "text": f"dog number {n}"} for n in range(50)))
    ours, theirs = os.openpty()
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": theirs, "cwd": folder}
    with child("--kb", library, "--queries", queries, "--out", "out.jsonl", **streams) as program:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # how Linux says that the other side is closed
            pass
        os.close(ours)
        assert program.wait(20) == 0
    assert "Matching" in shown.decode()
    assert "50 questions" in normalise(shown.decode())
