"""Packs on top of one another: each adds to those it builds on, words some of their items anew, hides some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from knowledge.errors import MOST_PROBLEMS, Problem
from knowledge.pack_files import KINDS, Item, PackFiles
from knowledge.pack_rules import ItemSet, clash_problems, item_problems, pack_problems
from knowledge.schema_faults import did_you_mean


@dataclass(frozen=True, slots=True)
class Placed:
    """An item that holds after all packs are read, and the pack it comes from."""

    item: Item
    pack: PackFiles


class Layers:
    """What is left when packs are laid on top of one another in the order given, and what is wrong with that."""

    def __init__(self, packs: Sequence[PackFiles]) -> None:
        self.items: dict[str, list[Placed]] = {kind: [] for kind in KINDS}
        self.problems: list[Problem] = []
        self._hidden: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self._changed = False
        self._loaded: list[PackFiles] = []
        for pack in packs:
            self._lay(pack)
        left = [self._what_is_left_of(pack) for pack in packs]
        self._note(clash_problems([items.items for items in left]))
        if self._changed:  # what was whole below may now refer to something hidden
            for items in left:
                self._note(item_problems(items))

    def _note(self, problems: Iterable[Problem]) -> None:
        """Add problems; what there are more of than are listed is not even looked for."""
        self.problems += islice(problems, max(0, MOST_PROBLEMS + 1 - len(self.problems)))

    def _lay(self, pack: PackFiles) -> None:
        below = self._below(pack)
        ids = {kind: {p.item.id: p.item for p in self.items[kind] if p.pack in below} for kind in KINDS}
        hidden = {kind: self._hide(pack, kind, ids[kind]) for kind in KINDS}
        overrides = {kind: self._override(pack, kind, ids[kind]) for kind in KINDS}
        for kind in KINDS:
            known = {**ids[kind], **overrides[kind], **pack.ids[kind]}
            ids[kind] = {item_id: item for item_id, item in known.items() if item_id not in hidden[kind]}
        own = {kind: [*overrides[kind].values(), *pack.items[kind]] for kind in KINDS}
        items = ItemSet(own, ids, hidden, pack.heads, pack.only_source, pack.unreadable)
        self._note(pack_problems(pack, items))
        for kind in KINDS:
            kept = [p for p in self.items[kind] if p.pack not in below or p.item.id not in hidden[kind]]
            over = overrides[kind]
            replaced = [Placed(over[p.item.id], pack) if p.pack in below and p.item.id in over else p for p in kept]
            self.items[kind] = [*replaced, *(Placed(item, pack) for item in pack.items[kind])]
            self._hidden[kind] |= hidden[kind]
            self._changed = self._changed or bool(hidden[kind] or over)
        self._loaded.append(pack)

    def _below(self, pack: PackFiles) -> list[PackFiles]:
        """The packs that this one builds on, and what those build on."""
        found: list[PackFiles] = []
        for head in pack.heads:
            for path, name in head.texts("builds_on"):
                named = [other for other in self._loaded if any(h.id == name for h in other.heads)]
                if not named and (problem := head.problem(path, self._not_loaded(name))):
                    self.problems.append(problem)
                found += named
        # An item that was worded anew belongs to the pack that did so: all below is reached through it.
        return [*found, *(deeper for other in found for deeper in self._quiet_below(other))]

    def _quiet_below(self, pack: PackFiles) -> Iterator[PackFiles]:
        names = {name for head in pack.heads for _, name in head.texts("builds_on")}
        for other in self._loaded[: self._loaded.index(pack)]:
            if any(head.id in names for head in other.heads):
                yield other
                yield from self._quiet_below(other)

    def _not_loaded(self, name: str) -> str:
        known = [head.id for other in self._loaded for head in other.heads]
        hint = f" ({did_you_mean(name, known)})" if known else ": citebot check PACK-BELOW THIS-PACK"
        return f"the pack '{name}' is not loaded before this one: name it first{hint}"

    def _hide(self, pack: PackFiles, kind: str, known: Mapping[str, Item]) -> set[str]:
        found: set[str] = set()
        for block in _blocks(pack, "hidden"):
            for path, name in block.texts(kind):
                if name in known:
                    found.add(name)
                elif len(self.problems) > MOST_PROBLEMS:
                    return found
                elif problem := block.problem(path, _nothing_below(name, known)):
                    self.problems.append(problem)
        return found

    def _override(self, pack: PackFiles, kind: str, known: Mapping[str, Item]) -> dict[str, Item]:
        found: dict[str, Item] = {}
        for block in _blocks(pack, "overrides"):
            for item in block.inners(kind):
                if len(self.problems) > MOST_PROBLEMS:
                    return found
                message = "" if item.id in known else _nothing_below(item.id, known)
                if item.id in found:
                    message = f"'{item.id}' stands twice: keep one"
                if not message:
                    found[item.id] = item
                elif problem := item.problem(("id",), message):
                    self.problems.append(problem)
        return found

    def _what_is_left_of(self, pack: PackFiles) -> ItemSet:
        return ItemSet(
            items={kind: [p.item for p in self.items[kind] if p.pack is pack] for kind in KINDS},
            ids={kind: {p.item.id: p.item for p in self.items[kind]} for kind in KINDS},
            hidden=self._hidden,
            only_source=pack.only_source,
            unreadable=pack.unreadable,
        )


def _blocks(pack: PackFiles, key: str) -> Iterator[Item]:
    for file in pack.files:
        if isinstance(file.data.get(key), dict):
            yield Item(key, file, (key,), cast("dict[str, Any]", file.data[key]))


def _nothing_below(name: str, known: Mapping[str, Item]) -> str:
    return f"no pack that this one builds on has '{name}': {did_you_mean(name, list(known))}"
