"""Items as bodies and as objects of a base, and what is wrong with a body by the pack format's schema."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, cast

from knowledge.curation.items import Body, ItemKey, ItemKind
from knowledge.errors import Problem
from knowledge.model import Claim, Entry, Expert, Gap, Golden, KnowledgeBase, Locator, Source, Topic
from knowledge.pack_build import Thing, build_item
from knowledge.pack_files import SCHEMA_FILE, Item
from knowledge.schema_faults import schema_faults
from knowledge.yamlfile import CheckedFile, Lines
from knowledge.yamltree import INVISIBLE, Fault, Path, Tree, Value, show_path

PLURAL: Mapping[ItemKind, str] = MappingProxyType(
    {
        ItemKind.SOURCE: "sources",
        ItemKind.EXPERT: "experts",
        ItemKind.TOPIC: "topics",
        ItemKind.CLAIM: "claims",
        ItemKind.ENTRY: "entries",
        ItemKind.GAP: "gaps",
        ItemKind.GOLDEN: "golden",
    }
)
"""The key under which items of a kind stand in a pack."""

SINGULAR: Mapping[str, ItemKind] = MappingProxyType({plural: kind for kind, plural in PLURAL.items()})


@dataclass(frozen=True, slots=True, order=True)
class ItemProblem(Problem):
    """Something wrong with a field of an item: `path` leads to the value within its body."""

    key: ItemKey
    path: Path


@dataclass(frozen=True, slots=True)
class _ItemLines(Lines):
    """Stands in for a file where an item comes from none: problems name the item and the field."""

    key: ItemKey
    data: Mapping[str, Any]

    def line(self, *path: str | int) -> int:
        return 0

    def problem(self, path: Path, message: str) -> Problem:
        field = show_path(cast("Value", self.data), path)
        return ItemProblem(str(self.key), 0, field, message, self.key, path)


def things_of(base: KnowledgeBase, kind: ItemKind) -> Mapping[str, Thing]:
    """The objects of a kind in a base, by id."""
    return getattr(base, PLURAL[kind])


def body_of(thing: Thing) -> dict[str, Any]:
    """An object's body, with the keys in the order of the schema; what is empty or as usual is left out."""
    match thing:
        case Source():
            body: dict[str, Any] = {
                "title": thing.title,
                "author": thing.author,
                "url": thing.url,
                "published": thing.published,
                "period": thing.period,
                "sections": [
                    {"id": s.id, "title": s.title, **({} if s.heading else {"heading": False})} for s in thing.sections
                ],
            }
        case Expert():
            body = {
                "name": thing.name,
                "kind": thing.kind.value,
                "role": thing.role,
                "affiliation": thing.affiliation,
                "aliases": [*thing.aliases],
                "note": thing.note,
                "described": _place(thing.described) if thing.described else None,
            }
        case Topic():
            body = {"name": thing.name, "aliases": [*thing.aliases]}
        case Claim():
            body = {
                "text": thing.text,
                "expert": thing.expert,
                "reported_by": thing.reported_by,
                **_place(thing.locator),
                "quote": thing.quote,
                "topics": [*thing.topics],
                "note": thing.note,
                "article_present": thing.article_present,
            }
        case Entry():
            body = {
                "question": thing.question,
                "phrasings": [*thing.phrasings],
                "answer": thing.answer,
                "claims": [*thing.claims],
                "related": [*thing.related],
                "verified_on": thing.verified_on,
                "expires": thing.expires,
            }
        case Gap():
            body = {"questions": [*thing.questions]}
        case Golden():
            body = {"question": thing.question, "entry": thing.entry}
    return {key: value for key, value in body.items() if value}


def body_in(base: KnowledgeBase, key: ItemKey) -> dict[str, Any] | None:
    """The body of an item of a base, or None where the base has no such item."""
    thing = things_of(base, key.kind).get(key.id)
    return None if thing is None else body_of(thing)


def thing_of(key: ItemKey, body: Body) -> Thing:
    """The object that a body without problems stands for."""
    return build_item(written(key, body))


def canonical(key: ItemKey, body: Body) -> dict[str, Any]:
    """A body without problems in the one form in which bodies are saved, compared and exported.

    Keys stand in the order of the schema, lists and texts are as written apart from surrounding space.
    """
    return body_of(thing_of(key, body))


def written(key: ItemKey, body: Body, flagged: frozenset[Path] = frozenset()) -> Item:
    """A body as the rules of packs look at it. At `flagged` paths it is known to be wrong."""
    data = {"id": key.id, **body}
    return Item(PLURAL[key.kind], CheckedFile(data, _ItemLines(str(key), Tree(), key, data), (), flagged), (), data)


def checked(
    bodies: Mapping[ItemKey, Body], known: Mapping[ItemKey, Item] | None = None
) -> tuple[dict[ItemKey, Item], list[ItemProblem]]:
    """Bodies as items, and what the schema finds wrong with each. References are not looked at.

    An item that was `known` with the same body and found right is not looked at again.
    """
    right = {} if known is None else {key: known[key] for key, body in bodies.items() if _is_known(known, key, body)}
    if right and _are_too_many(bodies):
        right = {}
    faults = _faults({key: body for key, body in bodies.items() if key not in right})
    items: dict[ItemKey, Item] = {}
    problems: list[ItemProblem] = []
    for key, body in bodies.items():
        if key in right:
            items[key] = right[key]
            continue
        own = faults.get(key, ())
        items[key] = written(key, body, frozenset(path for path, _ in own))
        for path, message in dict.fromkeys(own):
            problem = items[key].file.lines.problem(path, message)
            problems.append(cast("ItemProblem", problem))
    return items, problems


def _is_known(known: Mapping[ItemKey, Item], key: ItemKey, body: Body) -> bool:
    item = known.get(key)
    return item is not None and not item.file.flagged and item.data == {"id": key.id, **body}


def _are_too_many(bodies: Mapping[ItemKey, Body]) -> bool:
    """Whether there are more items of a kind than a pack may have: then it takes all of them to say so."""
    rules = _schema()["properties"]
    counts = Counter(PLURAL[key.kind] for key in bodies)
    return any(count > rules[plural]["maxItems"] for plural, count in counts.items())


def _faults(bodies: Mapping[ItemKey, Body]) -> dict[ItemKey, list[tuple[Path, str]]]:
    found: dict[ItemKey, list[tuple[Path, str]]] = {}
    keys: dict[str, list[ItemKey]] = {}
    for key in bodies:
        keys.setdefault(PLURAL[key.kind], []).append(key)
    data: dict[str, Any] = {
        plural: [{"id": key.id, **bodies[key]} for key in of_kind] for plural, of_kind in keys.items()
    }
    tree = Tree(data=data)
    for fault in (*schema_faults(tree, _schema()), *_invisible(data, ())):
        plural, *rest = cast("tuple[str, int]", fault.path)
        # There are too many of a kind: the one that came last is to blame.
        index = rest.pop(0) if rest else -1
        found.setdefault(keys[plural][index], []).append((tuple(rest), fault.message))
    return found


def _invisible(value: object, path: Path) -> Iterable[Fault]:
    """Characters that nobody sees, and that a pack may not hold either."""
    if isinstance(value, str):
        if hidden := INVISIBLE.search(value):
            yield Fault(path, 0, f"holds the invisible character U+{ord(hidden[0]):04X}: take it out")
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[object]", value)):
            yield from _invisible(inner, (*path, index))
    elif isinstance(value, dict):
        for name, inner in cast("dict[str, object]", value).items():
            yield from _invisible(inner, (*path, name))


@cache
def _schema() -> Mapping[str, Any]:
    """The schema of packs; a place names its source, which is clear by itself only within one pack."""
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    for name in ("claim", "place"):
        schema["$defs"][name]["required"].append("source")
    return schema


def _place(locator: Locator) -> dict[str, Any]:
    place = {"source": locator.source, "section": locator.section}
    counted = {"paragraph": locator.paragraph, "anchor": locator.anchor}
    return {**place, **{name: value for name, value in counted.items() if value}}
