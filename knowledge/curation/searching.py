"""Items found by a half-typed text, for choosing one; and what to call an item in a list."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.curation.bodies import body_of, things_of
from knowledge.curation.items import Body, ItemKey, ItemKind
from knowledge.lookup import TYPED
from knowledge.model import KnowledgeBase

LEAST = 60.0
"""An item has to be this like what is typed, 0..100, to be offered."""

NAMED = 200
"""Characters of a name that are looked at, so that a search takes no longer where somebody writes long statements."""


@dataclass(frozen=True, slots=True)
class Found:
    """An item to choose, with what people call it, and how well that fits what is typed (0 where nothing is)."""

    key: ItemKey
    label: str
    fits: float = 0.0


def label(key: ItemKey, body: Body | None) -> str:
    """What people call an item: its question, text, name or title; its id where there is no body."""
    if not body:
        return key.id
    match key.kind:
        case ItemKind.ENTRY | ItemKind.GOLDEN:
            said = body.get("question")
        case ItemKind.CLAIM:
            said = body.get("text")
        case ItemKind.SOURCE:
            said = body.get("title")
        case ItemKind.GAP:
            said = next(iter(body.get("questions", ())), "")
        case _:
            said = body.get("name")
    return str(said or key.id)


@dataclass(frozen=True, slots=True)
class _Names:
    """The items of one kind in the order of the base, and all that they are called with whose name each is."""

    found: tuple[Found, ...]
    names: tuple[str, ...]
    whose: tuple[int, ...]


class Search:
    """Finds items of one base while somebody types. What they are called is read once, when first asked for."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base
        self._kinds: dict[ItemKind, _Names] = {}

    def items(self, kind: ItemKind, text: str, limit: int = 25) -> tuple[Found, ...]:
        """The items of a kind that a half-typed text may mean, best first; the first ones of the base for no text."""
        known = self._kinds.get(kind)
        if known is None:
            known = self._kinds[kind] = _names(self._base, kind)
        wanted = " ".join(text[:TYPED].casefold().split())
        if not wanted or not known.names:
            return known.found[: 0 if wanted else limit]
        scores = process.cdist([wanted], known.names, scorer=fuzz.WRatio, dtype=np.float32)[0]
        best = np.zeros(len(known.found), np.float32)
        for name, whose, score in zip(known.names, known.whose, scores, strict=True):
            # What is being typed is most often the beginning of a word: such names come first.
            bonus = 20.0 if f" {wanted}" in f" {name}" else 0.0
            best[whose] = max(best[whose], score + bonus)
        order = [int(at) for at in np.argsort(-best, kind="stable") if best[at] >= LEAST]
        return tuple(replace(known.found[at], fits=float(best[at])) for at in order[:limit])


def search(base: KnowledgeBase, kind: ItemKind, text: str, limit: int = 25) -> tuple[Found, ...]:
    """The same for one search in a base."""
    return Search(base).items(kind, text, limit)


def _names(base: KnowledgeBase, kind: ItemKind) -> _Names:
    found: list[Found] = []
    names: list[str] = []
    whose: list[int] = []
    for item, thing in things_of(base, kind).items():
        key, body = ItemKey(kind, item), body_of(thing)
        called = label(key, body)
        theirs = (called, item.replace("-", " "), *body.get("aliases", ()), *body.get("phrasings", ()))
        names += (name[:NAMED].casefold() for name in theirs)
        whose += [len(found)] * len(theirs)
        found.append(Found(key, called))
    return _Names(tuple(found), tuple(names), tuple(whose))
