"""What differs between two forms of an item, in lines that people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from types import MappingProxyType
from typing import Any, cast

from knowledge.curation.items import Body

CONTEXT = 4
"""So many unchanged words are shown on either side of a change in a long text."""

_LONG = 80
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "phrasings": "phrasing",
        "claims": "claim",
        "related": "related entry",
        "topics": "topic",
        "aliases": "other name",
        "questions": "question",
        "sections": "section",
        "described": "introduced at",
        "url": "link",
        "article_present": "speaks of the source’s own time",
    }
)


class Kind(StrEnum):
    """What became of a value."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that differs. `field` is the key of the pack format, `name` what people call it."""

    field: str
    name: str
    kind: Kind
    before: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        """The line as people read it, plain text without markdown."""
        match self.kind:
            case Kind.ADDED:
                return f"{self.name} added: “{self.after}”"
            case Kind.REMOVED:
                return f"{self.name} removed: “{self.before}”"
            case Kind.MOVED:
                return f"{self.name}: in another order"
            case Kind.CHANGED:
                before, after = _changed_parts(self.before, self.after)
                return f"{self.name}: “{before}” → “{after}”"


def difference(before: Body | None, after: Body | None) -> tuple[Line, ...]:
    """What changes from one body to the other, in the order of the format; None is an item that is not there."""
    old, new = before or {}, after or {}
    keys = [*new, *(key for key in old if key not in new)]
    return tuple(line for key in keys for line in _field(key, old.get(key), new.get(key)))


@dataclass(frozen=True, slots=True)
class Collision:
    """Two changes of the same item, both made from `seen`: what each changes, and where they meet.

    `together` is the body with both changes, or None where the same field would become two things.
    """

    mine: tuple[Line, ...]
    theirs: tuple[Line, ...]
    both: tuple[str, ...]
    together: dict[str, Any] | None


def collision(seen: Body | None, mine: Body | None, theirs: Body | None) -> Collision:
    """What a second moderator has to choose from. None is an item that is not there, or is to go."""
    own, other = difference(seen, mine), difference(seen, theirs)
    both = tuple(dict.fromkeys(line.field for line in own if line.field in {o.field for o in other}))
    if mine is None or theirs is None:
        return Collision(own, other, both, None)
    together: dict[str, Any] = {}
    clash = False
    base = seen or {}
    for key in dict.fromkeys((*theirs, *mine)):
        a, b, old = mine.get(key), theirs.get(key), base.get(key)
        if b in (a, old):
            value = a
        elif a == old:
            value = b
        elif _is_texts(a) and _is_texts(b) and _is_texts(old or []):
            value = _joined(cast("list[str]", old or []), cast("list[str]", a), cast("list[str]", b))
        else:
            clash, value = True, a
        if value not in (None, []):
            together[key] = value
    return Collision(own, other, both, None if clash else together)


def _joined(old: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """A list with what either has added, without what either has taken out."""
    gone = {text for text in old if text not in mine or text not in theirs}
    return [text for text in dict.fromkeys((*theirs, *mine)) if text not in gone]


def field_name(key: str) -> str:
    """What people call a key of the pack format."""
    return _NAMES.get(key, key.replace("_", " "))


def texts_in(value: object) -> list[str]:
    """The value of a key as people read it, one text for each item of a list; nothing for none."""
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return [_section(cast("Body", item)) if isinstance(item, dict) else str(item) for item in items]
    text = _plain(value)
    return [text] if text else []


def _field(key: str, old: object, new: object) -> Iterator[Line]:
    name = field_name(key)
    if old == new:
        return
    if all(value is None or isinstance(value, list) for value in (old, new)):
        yield from _list(key, name, cast("list[Any]", old or []), cast("list[Any]", new or []))
    else:
        yield from _single(key, name, _plain(old), _plain(new))


def _single(key: str, name: str, old: str, new: str) -> Iterator[Line]:
    kind = Kind.CHANGED if old and new else Kind.ADDED if new else Kind.REMOVED
    yield Line(key, name, kind, old, new)


def _list(key: str, name: str, old: list[Any], new: list[Any]) -> Iterator[Line]:
    before, after = texts_in(old), texts_in(new)
    gone = [text for text in before if text not in after]
    come = [text for text in after if text not in before]
    if not gone and not come:
        yield Line(key, f"{name}s" if not name.endswith("y") else f"{name[:-1]}ies", Kind.MOVED)
    elif len(gone) == len(come) == 1 and len(before) == len(after):
        yield Line(key, name, Kind.CHANGED, gone[0], come[0])
    else:
        yield from (Line(key, name, Kind.REMOVED, before=text) for text in gone)
        yield from (Line(key, name, Kind.ADDED, after=text) for text in come)


def _section(section: Mapping[str, Any]) -> str:
    return str(section.get("title", "")) + ("" if section.get("heading", True) else " (no heading)")


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, dict):  # a place
        return ", ".join(str(part) for part in cast("dict[str, Any]", value).values())
    return "" if value is None else str(value)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in cast("list[object]", value))


def _changed_parts(before: str, after: str) -> tuple[str, str]:
    """The words that differ in two long texts, with a few on either side; short texts whole."""
    if max(len(before), len(after)) <= _LONG:
        return before, after
    old, new = before.split(), after.split()
    blocks = [code for code in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if code[0] != "equal"]
    if not blocks:
        return before, after
    first, last = blocks[0], blocks[-1]
    return _cut(old, first[1], last[2]), _cut(new, first[3], last[4])


def _cut(words: list[str], begin: int, end: int) -> str:
    start, stop = max(0, begin - CONTEXT), min(len(words), end + CONTEXT)
    return ("… " if start else "") + " ".join(words[start:stop]) + (" …" if stop < len(words) else "")
