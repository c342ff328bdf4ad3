"""A file of questions in, a file of answers out: one JSON object a line, in the same order."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import IO, Any, cast

from bot.answer_json import batch_object
from bot.output import json_to_stdout
from knowledge.answerer import Answerer
from knowledge.errors import ConfigError

_STDIO = Path("-")


def run_batch(answerer: Answerer, questions: Path, answers: Path) -> int:
    """Answer line by line; `answers` appears whole at the end. `-` stands for stdin and stdout.

    A line that is no question is left out and reported on stderr with its number; the exit code is
    then 1. Raises ConfigError if a file cannot be read or written.
    """
    done, bad = 0, 0
    with _reading(questions) as lines, _writing(answers) as out:
        for number, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            try:
                question = parse_line(raw)
            except ValueError as error:
                print(f"{questions}:{number}: {error}; this line is left out", file=sys.stderr)
                bad += 1
                continue
            answer = answerer.ask(question["text"])
            out.write(json.dumps(batch_object(question["qid"], answer), ensure_ascii=False) + "\n")
            done += 1
    left_out = f", {_counted(bad, 'line')} left out" if bad else ""
    print(f"{_counted(done, 'question')} answered or declined{left_out}", file=sys.stderr)
    return 1 if bad else 0


def parse_line(raw: bytes) -> dict[str, Any]:
    """The object of one line, with `qid` and `text`. Raises ValueError saying what is wrong with it."""
    try:
        parsed: object = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from error
    line = cast("dict[str, Any]", parsed) if isinstance(parsed, dict) else {}
    fault = _fault(line) if isinstance(parsed, dict) else 'not an object like {"qid": …, "text": …}'
    if fault:
        raise ValueError(fault)
    return line


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _fault(line: dict[str, Any]) -> str:
    if not isinstance(line.get("qid"), str | int) or isinstance(line.get("qid"), bool):
        return '"qid" is missing, or neither a text nor a whole number'
    return "" if isinstance(line.get("text"), str) else '"text" is missing, or not a text'


@contextlib.contextmanager
def _reading(path: Path) -> Generator[IO[bytes]]:
    if path == _STDIO:
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise ConfigError(f"--batch: cannot read {path}: {error.strerror}") from error
    with file:
        yield file


@contextlib.contextmanager
def _writing(path: Path) -> Generator[IO[str]]:
    if path == _STDIO:
        json_to_stdout()
        yield sys.stdout
        return
    # Written beside its place and moved there whole: a reader never sees half a file.
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        # Half a surrogate pair, which JSON can hold and UTF-8 cannot, becomes JSON's own escape.
        with unfinished.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            yield file
        unfinished.replace(path)
    except OSError as error:
        raise ConfigError(f"--out: cannot write {path}: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
