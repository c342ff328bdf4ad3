"""Checked items as written into the frozen objects of a base."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from knowledge.model import (
    Claim,
    Entry,
    Expert,
    ExpertKind,
    Gap,
    Golden,
    KnowledgeBase,
    Locator,
    PackInfo,
    Section,
    Source,
    Topic,
)
from knowledge.pack_files import Item

Thing: TypeAlias = "Source | Expert | Topic | Claim | Entry | Gap | Golden"
T = TypeVar("T", Source, Expert, Topic, Claim, Entry, Gap, Golden)


def build_item(item: Item, only_source: str = "") -> Thing:
    """The object that a checked item stands for; `only_source` is meant where a place names no source."""
    return _BUILD[item.kind](item, only_source)


def build_info(head: Item) -> PackInfo:
    """What a checked `pack` key says of its pack."""
    return PackInfo(head.id, _line(head, "title"), head.text("about"), _ids(head, "examples"))


def build_base(info: PackInfo, things: Mapping[str, Iterable[Any]]) -> KnowledgeBase:
    """A base of objects by kind ("claims"). What is optional and refers to nothing is left out of them.

    That happens where an item is hidden on purpose: offering a related entry, say, goes with the entry.
    """
    entries = _by_id(things["entries"])
    topics = _by_id(things["topics"])
    return KnowledgeBase(
        replace(info, examples=_known(info.examples, entries)),
        _by_id(things["sources"]),
        _by_id(things["experts"]),
        topics,
        _by_id(_filed(claim, topics) for claim in things["claims"]),
        _by_id(_related(entry, entries) for entry in entries.values()),
        _by_id(things["gaps"]),
        _by_id(golden for golden in things["golden"] if not golden.entry or golden.entry in entries),
    )


def _known(ids: Sequence[str], among: Collection[str]) -> tuple[str, ...]:
    return tuple(item for item in ids if item in among)


def _filed(claim: Claim, topics: Collection[str]) -> Claim:
    kept = _known(claim.topics, topics)
    return claim if kept == claim.topics else replace(claim, topics=kept)


def _related(entry: Entry, entries: Collection[str]) -> Entry:
    kept = _known(entry.related, entries)
    return entry if kept == entry.related else replace(entry, related=kept)


def _by_id(items: Iterable[T]) -> Mapping[str, T]:
    return MappingProxyType({item.id: item for item in items})


def _source(item: Item, _only_source: str) -> Source:
    sections = tuple(
        Section(inner.id, _line(inner, "title"), inner.data.get("heading", True) is True)
        for inner in item.inners("sections")
    )
    return Source(
        id=item.id,
        title=_line(item, "title"),
        author=item.text("author"),
        sections=sections,
        url=item.text("url"),
        published=_line(item, "published"),
        period=_line(item, "period"),
    )


def _expert(item: Item, only_source: str) -> Expert:
    described = item.inner("described")
    return Expert(
        id=item.id,
        name=_line(item, "name"),
        kind=ExpertKind(item.text("kind")),
        role=_line(item, "role"),
        affiliation=_line(item, "affiliation"),
        aliases=_lines(item, "aliases"),
        note=item.text("note"),
        described=_locator(described, only_source) if described else None,
    )


def _topic(item: Item, _only_source: str) -> Topic:
    return Topic(item.id, _line(item, "name"), _lines(item, "aliases"))


def _claim(item: Item, only_source: str) -> Claim:
    return Claim(
        id=item.id,
        text=_line(item, "text"),
        expert=item.text("expert"),
        locator=_locator(item, only_source),
        reported_by=item.text("reported_by"),
        quote=_line(item, "quote"),
        topics=_ids(item, "topics"),
        note=item.text("note"),
        article_present=item.data.get("article_present") is True,
    )


def _entry(item: Item, _only_source: str) -> Entry:
    return Entry(
        id=item.id,
        question=_line(item, "question"),
        answer=item.text("answer"),
        claims=_ids(item, "claims"),
        phrasings=_lines(item, "phrasings"),
        related=_ids(item, "related"),
        verified_on=item.text("verified_on"),
        expires=item.text("expires"),
    )


def _gap(item: Item, _only_source: str) -> Gap:
    return Gap(item.id, _lines(item, "questions"))


def _golden(item: Item, _only_source: str) -> Golden:
    return Golden(item.id, _line(item, "question"), item.text("entry"))


def _locator(item: Item, only_source: str) -> Locator:
    source = item.text("source") or only_source
    return Locator(source, item.text("section"), int(item.data.get("paragraph", 0)), _line(item, "anchor"))


def _line(item: Item, key: str) -> str:
    """A text on one line, however the file wraps it."""
    return " ".join(item.text(key).split())


def _lines(item: Item, key: str) -> tuple[str, ...]:
    return tuple(" ".join(text.split()) for _, text in item.texts(key))


def _ids(item: Item, key: str) -> tuple[str, ...]:
    return tuple(text for _, text in item.texts(key))


_BUILD: Mapping[str, Callable[[Item, str], Thing]] = MappingProxyType(
    {
        "sources": _source,
        "experts": _expert,
        "topics": _topic,
        "claims": _claim,
        "entries": _entry,
        "gaps": _gap,
        "golden": _golden,
    }
)
