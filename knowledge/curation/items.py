"""The parts of a server's own knowledge, as the store keeps them and the rules of curation read them.

An item is a source, expert, topic, claim, entry, gap or golden question of one server, known by its kind
and id. Its body is its mapping as in the pack format (docs/knowledge-format.md), without the id. Each
change of it is one more revision; the newest revision of every item together are the server's overlay,
which lies over the packs that are switched on for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

Body: TypeAlias = Mapping[str, Any]
"""An item as in the pack format, without its id: texts, numbers, true/false, lists and keys, so JSON can hold it."""


class ItemKind(StrEnum):
    """What an item is."""

    SOURCE = "source"
    EXPERT = "expert"
    TOPIC = "topic"
    CLAIM = "claim"
    ENTRY = "entry"
    GAP = "gap"
    GOLDEN = "golden"


class State(StrEnum):
    """What an item's newest revision makes of it.

    LIVE: as its body says, in place of a pack's item of that id. RETIRED: gone, and a pack's item of that
    id is hidden. INHERITED: as the pack has it, or not there where no pack has it.
    """

    LIVE = "live"
    RETIRED = "retired"
    INHERITED = "inherited"


class ItemKey(NamedTuple):
    """Which item of a server is meant. Sorts by kind, then id."""

    kind: ItemKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind.value} '{self.id}'"


@dataclass(frozen=True, slots=True)
class Edit:
    """One item as it is to become. `expected` is the number of the revision it is based on, 0 for none.

    `body` is given for the state LIVE and for no other.
    """

    kind: ItemKind
    id: str
    expected: int
    state: State
    body: Body | None = None

    @property
    def key(self) -> ItemKey:
        """Which item it is about."""
        return ItemKey(self.kind, self.id)


@dataclass(frozen=True, slots=True)
class Revision:
    """One item as a change has left it. Numbers count from 1 for each item; `change` is the change's id."""

    kind: ItemKind
    id: str
    number: int
    state: State
    body: Body | None
    change: int

    @property
    def key(self) -> ItemKey:
        """Which item it is about."""
        return ItemKey(self.kind, self.id)


@dataclass(frozen=True, slots=True)
class Overlay:
    """A server's own knowledge: the newest revision of each of its items, and the id of its last change."""

    revisions: Mapping[ItemKey, Revision] = field(default_factory=lambda: MappingProxyType({}))
    last_change: int = 0

    @classmethod
    def of(cls, revisions: Iterable[Revision], last_change: int = 0) -> Overlay:
        """The overlay of these revisions, one an item."""
        return cls(MappingProxyType({revision.key: revision for revision in revisions}), last_change)

    def number(self, key: ItemKey) -> int:
        """The number of an item's newest revision, 0 where it has none: what an edit of it is based on."""
        revision = self.revisions.get(key)
        return revision.number if revision else 0

    def state(self, key: ItemKey) -> State:
        """What this server makes of an item; INHERITED where it has never touched it."""
        revision = self.revisions.get(key)
        return revision.state if revision else State.INHERITED

    def body(self, key: ItemKey) -> Body | None:
        """The server's own words for an item, or None where it is retired or as the packs have it."""
        revision = self.revisions.get(key)
        return revision.body if revision and revision.state is State.LIVE else None

    def with_edits(self, edits: Iterable[Edit]) -> Overlay:
        """The overlay as it would be after the edits, without saving anything."""
        changed = dict(self.revisions)
        for edit in edits:
            number = self.number(edit.key) + 1
            changed[edit.key] = Revision(edit.kind, edit.id, number, edit.state, edit.body, self.last_change + 1)
        return Overlay(MappingProxyType(changed), self.last_change + 1)
