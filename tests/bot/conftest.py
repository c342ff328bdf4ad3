"""The command line as a person uses it, in a folder of its own."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot.__main__ import main

PACK = """\
pack:
  id: rivers
  title: The river report
  about: the river and its floods
  examples: [why-floods]
sources:
  - id: report
    title: The river report
    author: cy-wren
    sections:
      - {id: opening, title: Opening}
experts:
  - {id: cy-wren, name: Cy Wren, kind: author, role: author of the report}
topics:
  - {id: floods, name: Floods}
claims:
  - id: dam-is-old
    text: The dam is too old to hold a high flood.
    expert: cy-wren
    section: opening
    paragraph: 1
    anchor: too old
    topics: [floods]
entries:
  - id: why-floods
    question: Why does the river flood every spring?
    phrasings: [What causes the spring floods?]
    answer: Because the dam is too old to hold it back.
    claims: [dam-is-old]
"""


class Ran(NamedTuple):
    """What a command came to: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> Any:
        """Stdout as one JSON object."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Commands set logging up for a whole process; a test run is several."""
    root = logging.getLogger()
    handlers = root.handlers[:]
    levels = {of_one: of_one.level for of_one in (root, *map(logging.getLogger, logging.Logger.manager.loggerDict))}
    yield
    root.handlers[:] = handlers
    for of_one in (root, *map(logging.getLogger, logging.Logger.manager.loggerDict)):
        of_one.setLevel(levels.get(of_one, logging.NOTSET))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and no token in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    monkeypatch.delenv("DISCORD_TOKEN_FILE", raising=False)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line with these words."""

    def run(*words: object) -> Ran:
        try:
            code = main([str(word) for word in words])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture
def pack(folder: Path) -> Path:
    """A small pack in one file."""
    path = folder / "rivers.yaml"
    path.write_text(PACK, encoding="utf-8")
    return path
