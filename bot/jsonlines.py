"""Files of questions, one JSON object a line: read, checked line by line, and written so that no half file is seen."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import IO, Any, cast

from bot.output import json_to_stdout
from knowledge.errors import ConfigError

STDIO = Path("-")
"""Stands for stdin where something is read, for stdout where something is written."""


def parse_question(raw: bytes) -> dict[str, Any]:
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


def counted(number: int, thing: str) -> str:
    """ "1 question", "2 questions"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def require_apart(questions: Path, answers: Path) -> None:
    """Raises ConfigError where the answers would take the place of the questions."""
    with contextlib.suppress(OSError):
        if STDIO not in (questions, answers) and questions.is_file() and questions.samefile(answers):
            raise ConfigError(f"--out: {answers} is the file of the questions: name another")


@contextlib.contextmanager
def reading(path: Path, *, option: str) -> Generator[IO[bytes]]:
    """A file's bytes. Raises ConfigError, which names the option that the path came with."""
    if path == STDIO:
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise ConfigError(f"{option}: cannot read {path}: {error.strerror}") from error
    with file:
        yield file


@contextlib.contextmanager
def writing(path: Path, *, option: str = "--out") -> Generator[IO[str]]:
    """A text file that appears whole at the end, or not at all. Raises ConfigError, which names the option."""
    if path == STDIO:
        json_to_stdout()
        yield sys.stdout
        return
    if path.is_dir():
        raise ConfigError(f"{option}: {path} is a folder: name a file in it")
    # Written beside its place and moved there whole: a reader never sees half a file. A pipe or a device stays one.
    place = path if path.exists() and not path.is_file() else path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        # Half a surrogate pair, which JSON can hold and UTF-8 cannot, becomes JSON's own escape.
        with place.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            yield file
        if place != path:
            place.replace(path)
    except OSError as error:
        raise ConfigError(f"{option}: cannot write {path}: {error.strerror}") from error
    finally:
        if place != path:
            with contextlib.suppress(OSError):
                place.unlink()


def _fault(line: dict[str, Any]) -> str:
    if not isinstance(line.get("qid"), str | int) or isinstance(line.get("qid"), bool):
        return '"qid" is missing, or neither a text nor a whole number'
    return "" if isinstance(line.get("text"), str) else '"text" is missing, or not a text'
