"""The files of a pack, read and checked one by one, with every item still knowing where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, cast

from knowledge.errors import Problem
from knowledge.yamlfile import CheckedFile, check_file, show_file
from knowledge.yamltree import Path

SCHEMA_FILE = FilePath(__file__).parent / "schema" / "pack.schema.json"
KINDS = ("sources", "experts", "topics", "claims", "entries", "gaps", "golden")
SUFFIXES = (".yaml", ".yml")

MAX_FILES = 500
"""The most files that one pack may have."""


@dataclass(frozen=True, slots=True)
class Item:
    """One source, expert, topic, claim, entry or pack head as written, well-formed or not."""

    kind: str
    file: CheckedFile
    path: Path
    data: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its id, empty where it has none."""
        return self.text("id")

    @property
    def place(self) -> str:
        """File and line, for problems that name a second place."""
        lines = self.file.lines
        return f"{lines.file}:{lines.line(*self.path)}"

    def text(self, key: str) -> str:
        """A text value without surrounding space, empty where it is missing or no text."""
        value = self.data.get(key)
        return value.strip() if isinstance(value, str) else ""

    def texts(self, key: str) -> Iterator[tuple[Path, str]]:
        """The texts of a list, each with its path within the item."""
        values = self.data.get(key)
        if isinstance(values, list):
            for index, value in enumerate(cast("list[object]", values)):
                if isinstance(value, str) and value.strip():
                    yield (key, index), value.strip()

    def inner(self, key: str) -> Item | None:
        """A set of keys inside this one, as an item of its own."""
        value = self.data.get(key)
        if not isinstance(value, dict):
            return None
        return Item(key, self.file, (*self.path, key), cast("dict[str, Any]", value))

    def inners(self, key: str) -> Iterator[Item]:
        """The sets of keys in a list of this one."""
        yield from _items(self.file, key, self.data.get(key), (*self.path, key))

    def place_of(self, path: Path) -> str:
        """File and line of a value within the item."""
        lines = self.file.lines
        return f"{lines.file}:{lines.line(*self.path, *path)}"

    def problem(self, path: Path, message: str) -> Problem | None:
        """A problem at a path within the item; None where that value already has one."""
        full = (*self.path, *path)
        return None if full in self.file.flagged else self.file.lines.problem(full, message)


class PackFiles:
    """All files of one pack. Reading never raises: what is wrong is in `problems`."""

    def __init__(self, path: FilePath) -> None:
        self.path = path
        self.name = show_file(path)
        schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
        names, problem = _file_names(path)
        self.files = tuple(check_file(name, schema) for name in names)
        self.problems: list[Problem] = [problem] if problem else []
        for file in self.files:
            self.problems.extend(file.problems)
        self.heads: list[Item] = []
        self.items: dict[str, list[Item]] = {kind: [] for kind in KINDS}
        for file in self.files:
            if isinstance(file.data.get("pack"), dict):
                self.heads.append(Item("pack", file, ("pack",), file.data["pack"]))
            for kind in KINDS:
                self.items[kind].extend(_items(file, kind, file.data.get(kind), (kind,)))

    @property
    def unreadable(self) -> bool:
        """Whether some file could not be read to its end, so that things may seem to be missing."""
        return any(file.broken for file in self.files)

    @cached_property
    def ids(self) -> dict[str, dict[str, Item]]:
        """Of every kind, the items by id; of two with the same id, the first."""
        found: dict[str, dict[str, Item]] = {kind: {} for kind in KINDS}
        for kind in KINDS:
            for item in self.items[kind]:
                found[kind].setdefault(item.id, item)
        return found

    @property
    def only_source(self) -> str:
        """The id of the source if there is just one: claims may then leave it out."""
        sources = self.items["sources"]
        return sources[0].id if len(sources) == 1 else ""


def _items(file: CheckedFile, kind: str, values: object, path: Path) -> Iterator[Item]:
    if isinstance(values, list):
        for index, value in enumerate(cast("list[object]", values)):
            if isinstance(value, dict):
                yield Item(kind, file, (*path, index), cast("dict[str, Any]", value))


def _file_names(path: FilePath) -> tuple[list[FilePath], Problem | None]:
    if not path.is_dir():
        return [path], None
    found: list[FilePath] = []
    for name in path.rglob("*"):
        hidden = any(part.startswith(".") for part in name.relative_to(path).parts)
        if name.suffix.lower() in SUFFIXES and not hidden and name.is_file():
            found.append(name)
            if len(found) > MAX_FILES:
                message = f"holds more than {MAX_FILES} YAML files: is it the right folder?"
                return [], Problem(show_file(path), 0, "", message)
    if not found:
        return [], Problem(show_file(path), 0, "", "holds no .yaml file: name the folder of a pack")
    return sorted(found), None
