"""Items found by a half-typed text, for choosing one; and what to call an item in a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from knowledge.curation.bodies import body_of, things_of
from knowledge.curation.items import Body, ItemKey, ItemKind
from knowledge.model import KnowledgeBase

LEAST = 60.0
"""An item has to be this like what is typed, 0..100, to be offered."""


@dataclass(frozen=True, slots=True)
class Found:
    """An item to choose, with what people call it."""

    key: ItemKey
    label: str


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


def search(base: KnowledgeBase, kind: ItemKind, text: str, limit: int = 25) -> tuple[Found, ...]:
    """The items of a kind that a half-typed text may mean, best first; the first ones of the base for no text."""
    bodies: Mapping[ItemKey, Body] = {ItemKey(kind, i): body_of(thing) for i, thing in things_of(base, kind).items()}
    labels = {key: label(key, body) for key, body in bodies.items()}
    wanted = " ".join(text.casefold().split())
    if not wanted:
        return tuple(Found(key, name) for key, name in labels.items())[:limit]
    scored: dict[ItemKey, float] = {}
    for key, body in bodies.items():
        for name in (labels[key], key.id.replace("-", " "), *body.get("aliases", ()), *body.get("phrasings", ())):
            # What is being typed is most often the beginning of a word: such names come first.
            bonus = 20.0 if f" {wanted}" in f" {name.casefold()}" else 0.0
            score = fuzz.WRatio(wanted, name.casefold()) + bonus
            scored[key] = max(scored.get(key, 0.0), score)
    best = sorted((key for key in scored if scored[key] >= LEAST), key=lambda key: -scored[key])
    return tuple(Found(key, labels[key]) for key in best[:limit])
