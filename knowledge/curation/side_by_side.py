"""Two whole versions of an item, field by field, with what differs marked: what a moderator chooses between."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from knowledge.curation.difference import field_name, texts_in
from knowledge.curation.items import Body, ItemKind

NEAR = 8
"""So many words that both have are kept on either side of what differs, where there is not room for all."""

GAP = " … "

Called = Callable[[ItemKind, str], str]
"""What people call an item of a kind, by its id."""

_REFERENCES = {
    "claims": ItemKind.CLAIM,
    "related": ItemKind.ENTRY,
    "entry": ItemKind.ENTRY,
    "topics": ItemKind.TOPIC,
    "expert": ItemKind.EXPERT,
    "author": ItemKind.EXPERT,
    "reported_by": ItemKind.EXPERT,
    "source": ItemKind.SOURCE,
}
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text that both versions have, or that only this one has."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field of one version: its lines, each in stretches. A field that only the other version has, has none."""

    name: str
    lines: tuple[tuple[Stretch, ...], ...]
    differs: bool

    @property
    def text(self) -> str:
        """Its lines as they are, nothing marked."""
        return "\n".join("".join(stretch.text for stretch in line) for line in self.lines)

    def brief(self) -> Field:
        """Itself without most of what both versions have."""
        if not self.differs:
            return replace(self, lines=tuple((Stretch(_begin(_text(line)), False),) for line in self.lines[:1]))
        kept = [line for line in self.lines if any(stretch.differs for stretch in line)]
        rest = len(self.lines) - len(kept)
        same = [(Stretch(f"… and {rest} that both have", False),)] if rest and len(self.lines) > 1 else []
        return replace(self, lines=(*(tuple(_brief(line)) for line in kept), *same))


def side_by_side(one: Body, other: Body, called: Called) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """Both versions, field by field in the same order; ids in them as people call what they stand for."""
    keys = [*one, *(key for key in other if key not in one)]
    first: list[Field] = []
    second: list[Field] = []
    for key in keys:
        left, right = _lines(key, one.get(key), called), _lines(key, other.get(key), called)
        name, differs = field_name(key), left != right
        if max(len(left), len(right)) <= 1:
            marked = _marked("".join(left), "".join(right))
        else:
            marked = _matched(left, right), _matched(right, left)
        first.append(Field(name, marked[0], differs))
        second.append(Field(name, marked[1], differs))
    return tuple(first), tuple(second)


def alone(body: Body, called: Called) -> tuple[Field, ...]:
    """The only version, where the other one is that the item goes."""
    return side_by_side(body, body, called)[0]


def _lines(key: str, value: object, called: Called) -> list[str]:
    kind = _REFERENCES.get(key)
    texts = texts_in(value)
    return [called(kind, text) for text in texts] if kind else texts


def _marked(one: str, other: str) -> tuple[tuple[tuple[Stretch, ...], ...], tuple[tuple[Stretch, ...], ...]]:
    """Two texts, each in stretches that both have and that only it has, word by word."""
    a, b = _WORD.findall(one), _WORD.findall(other)
    matcher = SequenceMatcher(None, [word.strip() for word in a], [word.strip() for word in b], autojunk=False)
    left: list[Stretch] = []
    right: list[Stretch] = []
    for what, i, j, k, m in matcher.get_opcodes():
        if j > i:
            left.append(Stretch("".join(a[i:j]), what != "equal"))
        if m > k:
            right.append(Stretch("".join(b[k:m]), what != "equal"))
    return (tuple(left),) if left else (), (tuple(right),) if right else ()


def _matched(lines: Sequence[str], others: Sequence[str]) -> tuple[tuple[Stretch, ...], ...]:
    known = set(others)
    return tuple((Stretch(line, line not in known),) for line in lines)


def _brief(line: Sequence[Stretch]) -> Iterator[Stretch]:
    last = len(line) - 1
    for index, stretch in enumerate(line):
        words = stretch.text.split()
        if stretch.differs or len(words) <= 2 * NEAR:
            yield stretch
            continue
        before = " ".join(words[:NEAR]) if index else ""
        after = " ".join(words[-NEAR:]) + " " if index < last else ""
        yield Stretch(f"{before}{GAP}{after}".removeprefix(" "), False)


def _text(line: Sequence[Stretch]) -> str:
    return "".join(stretch.text for stretch in line)


def _begin(text: str) -> str:
    words = text.split()
    return " ".join(words[:NEAR]) + (" …" if len(words) > NEAR else "")
