"""YAML text into plain data in which every value still knows its line.

Built on pyyaml's event stream rather than its loader: that way duplicate keys, aliases, tags and deep
nesting are seen before anything is built, and nothing in a file can construct objects or multiply.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

import yaml
from yaml.resolver import Resolver

MAX_DEPTH = 20
"""Levels of lists and keys inside one another; a pack needs five."""

MAX_VALUES = 200_000
"""Keys and values in one text; a pack of a hundred entries has about three thousand."""

MAX_FAULTS = 100
"""So many faults are told; what comes after them in the text is not looked at."""
MORE_FAULTS = f"more than {MAX_FAULTS} problems: mend these first, then look again"

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"
Path: TypeAlias = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_TRUTH = {"true": True, "false": False}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})")
_FRACTION = re.compile(r"(?<![0-9])[-+]?[0-9]++\.[0-9]*([eE][-+][0-9]+)?")
INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""What nobody sees in a text, and what YAML cannot carry: neither belongs in a pack."""

# What libyaml says, and what that means to somebody who edits a text file.
_UNPRINTABLE = "the file holds a character that cannot be printed: take it out"
_LINE_UP = "the indentation does not fit, or a quoted text goes on after its end: line up, double a ' in '…'"
_SYNTAX_HINTS = (
    (
        "mapping values are not allowed",
        "a colon in an unexpected place: quote a text that holds one, check the line above",
    ),
    ("expected <document start>", "a text goes on after it has ended: put the whole text in quotes"),
    (
        "could not find expected ':'",
        "a key needs a colon after it, and a long text stands indented under its key",
    ),
    ("escape", "an unknown backslash in a \"…\" text: double the backslash, or use '…'"),
    ("quoted scalar", "a quotation mark is opened and not closed: close it"),
    ("expected <block end>", _LINE_UP),
    ("did not find expected key", _LINE_UP),
    ("did not find expected '-'", "the indentation does not fit the list above: line the dashes up"),
    ("',' or ']'", "a list in [brackets] is not closed, or a comma is missing"),
    ("',' or '}'", "keys in {braces} are not closed, or a comma is missing"),
    ("cannot start any token", "a text cannot begin with this character: put the text in quotes"),
    ("sequence entries are not allowed", "a list cannot begin here: put it on its own lines, indented"),
    ("nesting depth", f"nested more than {MAX_DEPTH} deep: flatten it"),
    ("control characters", _UNPRINTABLE),
    ("special characters", _UNPRINTABLE),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a path of a file; `line` counts from 1."""

    path: Path
    line: int
    message: str


@dataclass(slots=True)
class Tree:
    """What a file holds: its data, the line of every path, and what is wrong with the YAML itself.

    `plain` keeps what was written for values that YAML turned into something other than text.
    """

    data: Value = None
    lines: dict[Path, int] = field(default_factory=dict[Path, int])
    plain: dict[Path, str] = field(default_factory=dict[Path, str])
    faults: list[Fault] = field(default_factory=list[Fault])
    broken: bool = False


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it that is there; 1 for the file itself."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return lines.get((), 1)


def show_path(data: Value, path: Path) -> str:
    """A path as people read it: `claims[kofman-tandem].topics[2]`, by id where there is one, else from 1."""
    shown = ""
    here: Value = data
    for step in path:
        if isinstance(step, str):
            shown += f".{brief(step)}" if shown else brief(step)
            here = here.get(step) if isinstance(here, dict) else None
        else:
            here = here[step] if isinstance(here, list) and step < len(here) else None
            item_id = here.get("id") if isinstance(here, dict) else None
            shown += f"[{brief(item_id) if isinstance(item_id, str) and item_id else step + 1}]"
    return shown


def brief(text: str) -> str:
    """What somebody wrote, short enough to be told in a message."""
    return text if len(text) <= 60 else f"{text[:59]}…"


def parse_tree(text: str) -> Tree:
    """Read YAML text. Never raises for what the text holds: faults are listed in the tree.

    A syntax error ends the reading: `broken` is then set and the data is what was read before it.
    """
    builder = _Builder()
    loader = cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    try:
        for event in yaml.parse(text, Loader=loader):
            if not builder.take(event):
                break
            if len(builder.tree.faults) >= MAX_FAULTS:
                builder.break_off(Fault((), 0, MORE_FAULTS))
                break
    except yaml.MarkedYAMLError as error:
        builder.break_off(_syntax_fault(text, error))
    except yaml.reader.ReaderError as error:
        position = cast("int", error.position)
        line = text.count("\n", 0, position) + 1
        builder.break_off(Fault((), line, _UNPRINTABLE))
    return builder.tree


def _syntax_fault(text: str, error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    rows = text.split("\n")
    row = rows[line - 1] if line <= len(rows) else ""
    if "\t" in row[: len(row) - len(row.lstrip())]:
        return Fault((), line, "the line is indented with a tab: use spaces")
    said = f"{error.context or ''} {error.problem or ''}"
    for words, hint in _SYNTAX_HINTS:
        if words in said:
            begun = error.context_mark.line + 1 if error.context_mark else line
            since = f" (it begins on line {begun})" if begun != line else ""
            return Fault((), line, f"not readable as YAML: {hint}{since}")
    return Fault((), line, f"not readable as YAML ({said.strip()}): check indentation, colons and quotes")


@dataclass(slots=True)
class _Open:
    """A list or a set of keys that is being filled."""

    path: Path
    box: list[Value] | dict[str, Value]
    key: str | None = None  # the key that waits for its value
    skip: bool = False  # the value that comes next is dropped
    dropped: bool = False  # all of it is dropped: its lines must not cover those of what is kept


class _Builder:
    def __init__(self) -> None:
        self.tree = Tree()
        self._stack: list[_Open] = []
        self._resolver = Resolver()
        self._documents = 0
        self._values = 0

    def break_off(self, fault: Fault) -> None:
        self.tree.faults.append(fault)
        self.tree.broken = True

    def take(self, event: yaml.Event) -> bool:
        """Build from one event; False when the rest of the file must not be read."""
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self.break_off(Fault((), line, "a second '---' begins another document: keep one per file"))
                return False
        elif isinstance(event, yaml.NodeEvent):
            return self._node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        return True

    def _node(self, event: yaml.NodeEvent, line: int) -> bool:
        self._values += 1
        if self._values > MAX_VALUES:
            message = f"holds more than {MAX_VALUES:,} keys and values: split it into several files"
            self.break_off(Fault((), line, message))
            return False
        if isinstance(event, yaml.AliasEvent):
            name = brief(event.anchor or "")
            self._place_fault(line, f"YAML aliases are not allowed: write the text out instead of '*{name}'")
            if self._waits_for_key():
                self.tree.broken = True
                return False
            self._store("", line)
            return True
        if event.anchor:
            self._place_fault(line, f"YAML anchors are not allowed: leave out '&{brief(event.anchor)}'")
        tag = cast("str | None", getattr(event, "tag", None))
        if tag:
            shown = f"!!{tag.removeprefix(_TAG)}" if tag.startswith(_TAG) else tag
            self._place_fault(line, f"YAML tags are not allowed: leave out '{brief(shown)}', and write text in quotes")
        if isinstance(event, yaml.ScalarEvent):
            if self._waits_for_key():
                self._open_key(event, line)
            else:
                self._scalar(event, line)
            return True
        return self._collection(event, line)

    def _collection(self, event: yaml.NodeEvent, line: int) -> bool:
        if len(self._stack) >= MAX_DEPTH:
            self.break_off(Fault(self._path()[:1], line, f"nested more than {MAX_DEPTH} deep: flatten it"))
            return False
        if self._waits_for_key():
            message = "a key must be a plain word: a text that begins with [ or { needs quotes"
            self.break_off(Fault(self._path(), line, message))
            return False
        path = self._path()
        box: list[Value] | dict[str, Value] = {} if isinstance(event, yaml.MappingStartEvent) else []
        dropped = bool(self._stack) and (self._stack[-1].skip or self._stack[-1].dropped)
        self._store(box, line)
        self._stack.append(_Open(path, box, dropped=dropped))
        return True

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        path = self._path()
        value, complaint = self._resolve(event)
        if complaint:
            self.tree.faults.append(Fault(path, line, complaint))
        elif not isinstance(value, str):
            self.tree.plain.setdefault(path, event.value)
        elif hidden := INVISIBLE.search(value):
            name = f"U+{ord(hidden[0]):04X}"
            self.tree.faults.append(Fault(path, line, f"holds the invisible character {name}: take it out"))
        self._store(value, line)

    def _resolve(self, event: yaml.ScalarEvent) -> tuple[Value, str]:
        """The value of a scalar and, for what YAML 1.1 reads otherwise than people do, a complaint."""
        written = event.value
        if not event.implicit[0]:  # quoted, or a block of text
            return written, ""
        resolve = cast("Callable[..., str]", self._resolver.resolve)  # pyright: ignore[reportUnknownMemberType]
        tag = resolve(yaml.ScalarNode, written, (True, False)).removeprefix(_TAG)
        if tag == "null":
            return None, ""
        if tag == "bool":
            return _truth(written)
        if tag in ("int", "float"):
            return _plain_number(written)
        if tag == "timestamp":
            return written, f"'{written}' is read as a date by YAML: write it in quotes: \"{written}\""
        return written, ""

    def _waits_for_key(self) -> bool:
        top = self._stack[-1] if self._stack else None
        return top is not None and isinstance(top.box, dict) and top.key is None

    def _open_key(self, event: yaml.ScalarEvent, line: int) -> None:
        top = self._stack[-1]
        box = cast("dict[str, Value]", top.box)
        key = event.value
        top.key = key
        path = (*top.path, key)
        value, complaint = self._resolve(event)
        if complaint or not isinstance(value, str):
            message = f"the key '{brief(key)}' is not read as text by YAML: write it in quotes: \"{brief(key)}\""
            self.tree.faults.append(Fault(path, line, message))
        if key in box:
            first = line_of(self.tree.lines, path)
            self.tree.faults.append(
                Fault(path, line, f"the key '{brief(key)}' stands twice (first on line {first}): keep one")
            )
            top.skip = True
        elif not top.dropped:
            self.tree.lines[path] = line

    def _path(self) -> Path:
        if not self._stack:
            return ()
        top = self._stack[-1]
        if isinstance(top.box, list):
            return (*top.path, len(top.box))
        return top.path if top.key is None else (*top.path, top.key)

    def _place_fault(self, line: int, message: str) -> None:
        self.tree.faults.append(Fault(self._path(), line, message))

    def _store(self, value: Value, line: int) -> None:
        if not self._stack:
            self.tree.data = value
            self.tree.lines[()] = line
            return
        top = self._stack[-1]
        dropped = top.skip or top.dropped
        path = self._path()
        # A list or a set of keys is found at its key; a text at its first line.
        if not dropped and not (isinstance(top.box, dict) and isinstance(value, (list, dict))):
            self.tree.lines[path] = line
        if isinstance(top.box, list):
            top.box.append(value)
        else:
            if top.key is not None and not top.skip:
                top.box[top.key] = value
            top.key, top.skip = None, False


def _truth(written: str) -> tuple[Value, str]:
    if written.lower() in _TRUTH:
        return _TRUTH[written.lower()], ""
    meant = "true" if written.lower() in ("yes", "on") else "false"
    advice = f'write it in quotes: "{written}", or write {meant} if that is meant'
    return written, f"'{written}' is read as {meant} by YAML: {advice}"


def _plain_number(written: str) -> tuple[Value, str]:
    """Only numbers that look the same to everybody: not 1_000, 010, 12:30, .inf."""
    if _INTEGER.fullmatch(written):
        return int(written), ""
    if _FRACTION.fullmatch(written) and math.isfinite(number := float(written)):
        return number, ""
    advice = f'write it in quotes: "{brief(written)}" if it is a text, else in plain digits'
    return written, f"'{brief(written)}' is read as another number by YAML: {advice}"


def as_mapping(data: Value) -> dict[str, Any]:
    """The keys at the top of a file; a file that is empty, or nothing but comments, has none."""
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}
