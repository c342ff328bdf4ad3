"""A server's base: the packs that are switched on for it with its own knowledge on top, checked like a pack."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, cast

from knowledge.curation.bodies import PLURAL, ItemProblem, body_in, body_of, checked, things_of, written
from knowledge.curation.items import Body, Edit, ItemKey, ItemKind, Overlay, State
from knowledge.model import KnowledgeBase, PackInfo
from knowledge.pack_build import build_base, build_item
from knowledge.pack_files import Item
from knowledge.pack_rules import ItemSet, clash_problems, item_problems, squash

MOST_WAYS = 15_000
"""So many items and ways to ask for them a server may have of its own; each takes about 40 kB of memory."""


def no_packs() -> KnowledgeBase:
    """What lies below a server's own knowledge where no pack is switched on."""
    return KnowledgeBase(PackInfo("server", "Knowledge of this server", "what the moderators of this server gathered"))


@dataclass(frozen=True, slots=True)
class Merged:
    """A server's base as it can be answered from, what is wrong, and what had to be left out because of it.

    Without problems nothing is left out. A change that brings new problems must not be saved; but a
    server whose packs have changed below its own knowledge still answers from all the rest. `items` are the server's
    own as they were checked.
    """

    base: KnowledgeBase
    problems: tuple[ItemProblem, ...] = ()
    left_out: tuple[ItemKey, ...] = ()
    items: Mapping[ItemKey, Item] = field(default_factory=lambda: MappingProxyType({}), repr=False)


class Ground:
    """The packs that are switched on for a server, prepared for laying its own knowledge on top."""

    def __init__(self, packs: KnowledgeBase) -> None:
        self.packs = packs
        # Every change of a server's knowledge compares all of it anew with the packs'.
        self._key_of = lru_cache(maxsize=20_000)(squash)

    @cached_property
    def _items(self) -> Mapping[ItemKey, Item]:
        return {
            key: written(key, body_of(thing))
            for kind in ItemKind
            for thing in things_of(self.packs, kind).values()
            for key in (ItemKey(kind, thing.id),)
        }

    def has(self, key: ItemKey) -> bool:
        """Whether the packs have such an item, hidden or worded anew by the server or not."""
        return key.id in things_of(self.packs, key.kind)

    def body(self, key: ItemKey) -> Body | None:
        """The packs' own words for an item, or None where they have no such item."""
        return body_in(self.packs, key)

    def merge(self, overlay: Overlay, before: Merged | None = None) -> Merged:
        """The base of a server with that overlay. Items of its own follow the packs', in order of their ids.

        `before` is an earlier one of the same server: an item that stands in it just so is not checked again.
        """
        # What was changed last is checked last: of two items that clash it is to blame.
        own = sorted(overlay.revisions.values(), key=lambda revision: (revision.change, revision.key))
        live = {revision.key: revision.body or {} for revision in own if revision.state is State.LIVE}
        retired = {revision.key for revision in own if revision.state is State.RETIRED}
        items, faults = checked(live, {} if before is None else before.items)
        problems = [*faults, *self._problems(items, retired)]
        out: set[ItemKey] = set()
        new = {problem.key for problem in problems}
        while new:  # what rests on something left out has to be left out as well
            out |= new
            new = {problem.key for problem in self._problems(items, retired, out)}
        base = self._base(items, retired | out)
        return Merged(base, tuple(sorted(dict.fromkeys(problems))), tuple(sorted(out)), MappingProxyType(items))

    def _problems(
        self, items: Mapping[ItemKey, Item], retired: set[ItemKey], out: Collection[ItemKey] = ()
    ) -> Iterator[ItemProblem]:
        gone = {*retired, *out}
        # The packs' items come first, so that of two that clash the server's is to blame.
        below = {key: item for key, item in self._items.items() if key not in items and key not in gone}
        above = {key: item for key, item in items.items() if key not in gone}
        together = _by_kind({**below, **above})
        hidden: dict[str, set[str]] = {plural: set() for plural in PLURAL.values()}
        for key in gone:
            hidden[PLURAL[key.kind]].add(key.id)
        ids = {kind: {item.id: item for item in of_kind} for kind, of_kind in together.items()}
        for problem in (
            *item_problems(ItemSet(together, ids, hidden)),
            *clash_problems([_by_kind(below), _by_kind(above)], self._key_of),
        ):
            if isinstance(problem, ItemProblem):
                yield problem

    def _base(self, items: Mapping[ItemKey, Item], gone: set[ItemKey]) -> KnowledgeBase:
        things: dict[str, list[Any]] = {plural: [] for plural in PLURAL.values()}
        for kind, plural in PLURAL.items():
            packs = things_of(self.packs, kind)
            for item_id, thing in packs.items():
                key = ItemKey(kind, item_id)
                if key not in gone:
                    things[plural].append(build_item(items[key]) if key in items else thing)
            own = sorted(key for key in items if key.kind is kind and key.id not in packs and key not in gone)
            things[plural] += [build_item(items[key]) for key in own]
        return build_base(self.packs.info, things)


def new_problems(ground: Ground, overlay: Overlay, edits: Iterable[Edit]) -> tuple[Merged, tuple[ItemProblem, ...]]:
    """The base as it would be after edits, and the problems that they bring, for a change about to be saved.

    Problems that are there already do not count: they must not stand in the way of everything else.
    """
    edits = tuple(edits)
    full = _too_much(overlay, edits)
    after = ground.merge(overlay.with_edits(edits))
    if full or not after.problems:
        return after, full
    known = set(ground.merge(overlay).problems)
    touched = {edit.key for edit in edits if edit.state is State.LIVE}
    return after, tuple(p for p in after.problems if p not in known or p.key in touched)


def _too_much(overlay: Overlay, edits: Sequence[Edit]) -> tuple[ItemProblem, ...]:
    """Whether edits bring more than a server may have. Of what makes it less, nothing is too much."""
    ways = _ways(overlay.with_edits(edits))
    if ways <= MOST_WAYS or ways <= _ways(overlay):
        return ()
    key = next(edit.key for edit in reversed(edits) if edit.state is State.LIVE)
    message = f"makes {ways:,} items and ways to ask of this server's own, at most {MOST_WAYS:,}: take some out"
    return (ItemProblem(str(key), 0, "", message, key, ()),)


def _ways(overlay: Overlay) -> int:
    bodies = (revision.body for revision in overlay.revisions.values() if revision.state is State.LIVE)
    found = 0
    for body in bodies:
        lists = (body.get(name) for name in ("phrasings", "aliases", "questions")) if body is not None else ()
        found += 1 + sum(len(cast("list[Any]", one)) for one in lists if isinstance(one, list))
    return found


def in_force(base: KnowledgeBase, today: date) -> KnowledgeBase:
    """The base without the entries that have expired by that day."""
    day = today.isoformat()
    kept = [entry for entry in base.entries.values() if not entry.expires or entry.expires > day]
    if len(kept) == len(base.entries):
        return base
    things = {plural: [*things_of(base, kind).values()] for kind, plural in PLURAL.items()}
    return replace(build_base(base.info, {**things, "entries": kept}), golden=base.golden)


def _by_kind(items: Mapping[ItemKey, Item]) -> Mapping[str, list[Item]]:
    found: dict[str, list[Item]] = {plural: [] for plural in PLURAL.values()}
    for key, item in items.items():
        found[PLURAL[key.kind]].append(item)
    return MappingProxyType(found)
