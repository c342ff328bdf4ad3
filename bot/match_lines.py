"""Questions in, rankings out: what the matcher makes of a list of questions, without composing any answer."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.progress import track

from bot.jsonlines import counted, parse_question, reading
from knowledge.answerer import MAX_QUESTION
from knowledge.derive import Candidate
from knowledge.matching.match import Match
from knowledge.matching.matcher import Matcher
from knowledge.matching.text import clean

MAX_RANKED = 10


class Trial:
    """A base tried against questions."""

    def __init__(self, matcher: Matcher, *, off_base: float, plain: bool) -> None:
        """`off_base` is the share of questions that the base does not answer, above 0 and below 1.

        `plain`: the base is a list of questions and answers, whose entries are known by their own ids.
        """
        self._matcher = matcher
        self._off_base = off_base
        self._plain = plain

    def line(self, question: dict[str, Any]) -> dict[str, Any]:
        """What becomes of one question with `qid` and `text`."""
        start = time.perf_counter()
        asked = clean(question["text"])
        # As in the bot: a wall of text is no question.
        match = self._matcher.rank(asked) if len(asked) <= MAX_QUESTION else None
        ranking = match.ranking[:MAX_RANKED] if match else ()
        return {
            "qid": question["qid"],
            "ranked": [self._id(scored.candidate) for scored in ranking],
            "confidence": round(match.confidence, 6) if match else 0.0,
            "answered": bool(ranking) and match is not None and worth_answering(match, self._off_base),
            "ms": round((time.perf_counter() - start) * 1000, 3),
        }

    def _id(self, candidate: Candidate) -> str:
        return candidate.subject if self._plain else candidate.id


def worth_answering(match: Match, off_base: float) -> bool:
    """Whether to answer, for the highest balanced figure: the mean of two shares, weighed alike.

    These are the share of the answerable questions that are answered rightly and the share of the
    unanswerable ones that are not answered. `off_base` is the share P of unanswerable questions, so
    a right answer adds 1 / (1 - P) to the first and an answer where there is none takes 1 / P from the
    second. By Bayes' rule it pays to answer where confidence / (1 - P) is above the probability
    that the base has no answer / P. A wrong answer to an answerable question costs as much as none.
    """
    return match.confidence * off_base > match.off_base * (1 - off_base)


def read_questions(path: Path) -> tuple[list[dict[str, Any]], int]:
    """All questions of a file, and how many lines are none: those are reported on stderr with their numbers.

    Raises ConfigError if the file cannot be read.
    """
    questions: list[dict[str, Any]] = []
    first: dict[str | int, int] = {}
    bad = 0
    with reading(path, option="--queries") as lines:
        for number, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            try:
                question = parse_question(raw)
                before = first.setdefault(question["qid"], number)
                if before != number:
                    raise ValueError(f'"qid" {question["qid"]!r} stands in line {before} already')
            except ValueError as error:
                print(f"{path}:{number}: {error}; this line is left out", file=sys.stderr)
                bad += 1
                continue
            questions.append(question)
    return questions, bad


def match_all(trial: Trial, questions: Sequence[dict[str, Any]], out: IO[str]) -> None:
    """Write a line for each question, in the same order; in a terminal stderr shows how far it is."""
    console = Console(stderr=True)
    answered = 0
    for question in track(
        questions, "Matching", console=console, transient=True, disable=not console.is_terminal or out is sys.stdout
    ):
        line = trial.line(question)
        answered += line["answered"]
        out.write(_json(line))
    print(f"{counted(len(questions), 'question')}, {answered} of them answered", file=sys.stderr)


def match_stream(trial: Trial, lines: Iterable[bytes], out: IO[str]) -> int:
    """Answer each line as it comes, after `{"ready": true}`; returns how many were no question.

    Such a line is answered too, with its number and what is wrong: whoever waits for an answer gets one.
    """
    bad = 0
    _tell(out, {"ready": True})
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        try:
            question = parse_question(raw)
        except ValueError as error:
            print(f"stdin:{number}: {error}", file=sys.stderr)
            _tell(out, {"line": number, "error": str(error)})
            bad += 1
            continue
        _tell(out, trial.line(question))
    return bad


def _tell(out: IO[str], line: dict[str, Any]) -> None:
    out.write(_json(line))
    out.flush()


def _json(line: dict[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False) + "\n"
