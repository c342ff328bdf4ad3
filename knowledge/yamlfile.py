"""Reads a YAML file and checks it against a JSON Schema; whatever is wrong comes with file and line.

Used for packs and for the configuration alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from knowledge.errors import PackError, Problem
from knowledge.schema_faults import first_faults
from knowledge.yamltree import Fault, Path, Tree, as_mapping, line_of, parse_tree, show_path

MAX_BYTES = 1_000_000
"""The largest file that is read, in bytes; a pack of a hundred entries takes about a tenth of it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Where the values of one file stand."""

    file: str
    _tree: Tree

    def line(self, *path: str | int) -> int:
        """The line (from 1) of the value at a path of keys and list indexes (from 0).

        For a path that is not in the file: the line of the nearest thing around it.
        """
        return line_of(self._tree.lines, path)

    def problem(self, path: Path, message: str) -> Problem:
        """A problem at that path, with the file's name, the line and the path as people read it."""
        return Problem(self.file, self.line(*path), show_path(self._tree.data, path), message)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that has been read: what could be understood, and every problem with it.

    `flagged` holds the paths that have a problem, so that later checks need not repeat it; `broken` says
    that the file could not be read to its end.
    """

    data: dict[str, Any]
    lines: Lines
    problems: tuple[Problem, ...] = ()
    flagged: frozenset[Path] = frozenset()
    broken: bool = False


def read_checked(path: FilePath, schema: Mapping[str, Any]) -> tuple[dict[str, Any], Lines]:
    """Read a YAML file that must fit the schema (draft 2020-12): its data, and the lines of its values.

    The file is UTF-8, at most `MAX_BYTES`, one document with keys at its top; an empty file is {}.
    Keys are always texts, values are texts, numbers, true/false, None, lists and dicts.
    Raises PackError, whose `problems` list everything that is wrong, in file order; no other error.
    """
    checked = check_file(path, schema)
    if checked.problems:
        raise PackError(checked.problems)
    return checked.data, checked.lines


def check_file(path: FilePath, schema: Mapping[str, Any]) -> CheckedFile:
    """Like `read_checked`, but hands the problems back together with what could be read. Never raises."""
    name = show_file(path)
    text, fault = _read_text(path)
    if fault:
        tree = Tree(faults=[fault], broken=True)
    else:
        tree = parse_tree(text)
        if not tree.broken:
            _check_tree(tree, schema)
    problems = {Problem(name, f.line, show_path(tree.data, f.path), f.message): None for f in tree.faults}
    flagged = frozenset(fault.path for fault in tree.faults)
    return CheckedFile(as_mapping(tree.data), Lines(name, tree), tuple(sorted(problems)), flagged, tree.broken)


def show_file(path: FilePath) -> str:
    """A file's name for people: relative to the current folder where it lies below it."""
    try:
        return str(path.absolute().relative_to(FilePath.cwd()))
    except (ValueError, OSError):
        return str(path)


def _check_tree(tree: Tree, schema: Mapping[str, Any]) -> None:
    if tree.data is None:
        tree.data = {}
    if not isinstance(tree.data, dict):
        line = line_of(tree.lines, ())
        tree.faults.append(Fault((), line, "the file must consist of keys (key: value) at its top"))
        return
    # What YAML already misread is not to be judged a second time as the wrong type.
    seen = {fault.path for fault in tree.faults}
    tree.faults.extend([fault for fault in first_faults(tree, schema) if fault.path not in seen])


def _read_text(path: FilePath) -> tuple[str, Fault | None]:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return "", Fault((), 0, "there is no such file: check the name")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return "", Fault((), 0, f"cannot be read ({reason}): it must be a readable file")
    except ValueError:
        return "", Fault((), 0, "is not the name of a file: check it")
    if len(raw) > MAX_BYTES:
        return "", Fault((), 0, f"is larger than {MAX_BYTES:,} bytes: split it into several files")
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return "", Fault((), line, "is not UTF-8 text: save the file in the encoding UTF-8")
