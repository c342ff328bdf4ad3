"""Knowledge packs: found by name or path, checked whole, frozen into a knowledge base.

The format is described in docs/knowledge-format.md and published as schema/pack.schema.json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import TypeVar

from knowledge.errors import PackError, Problem
from knowledge.model import (
    Claim,
    Entry,
    Expert,
    ExpertKind,
    Gap,
    KnowledgeBase,
    Locator,
    PackInfo,
    Section,
    Source,
    Topic,
)
from knowledge.pack_files import SUFFIXES, Item, PackFiles
from knowledge.pack_rules import clash_problems, pack_problems
from knowledge.schema_faults import did_you_mean
from knowledge.yamltree import Path

PACKS_DIR = FilePath(__file__).parent / "packs"
"""Where the packs lie that come with Citebot, each in a folder of its name."""

T = TypeVar("T")
N = TypeVar("N", Source, Expert, Topic, Claim, Entry, Gap)


@dataclass(frozen=True, slots=True)
class OpenedPack:
    """A base together with where each of its items stands, for checks that report file and line."""

    base: KnowledgeBase
    places: Mapping[tuple[str, str], Item]

    def problem(self, kind: str, item_id: str, path: Path, message: str) -> Problem:
        """A problem with an item (`kind` as in the files: "claims"), at a path within it."""
        item = self.places[kind, item_id]
        return item.file.lines.problem((*item.path, *path), message)


def shipped_packs() -> tuple[str, ...]:
    """The names of the packs that come with Citebot, sorted."""
    return tuple(sorted(path.name for path in PACKS_DIR.iterdir() if path.is_dir() and path.name[0] not in "._"))


def find_pack(name_or_path: str) -> FilePath:
    """The folder or file of a pack: one that comes with Citebot, by name, or any path.

    Raises PackError for an unknown one, with the nearest name.
    """
    names = shipped_packs()
    if name_or_path in names:
        return PACKS_DIR / name_or_path
    try:
        path = FilePath(name_or_path).expanduser()
        if name_or_path and path.exists():
            return path
    except (OSError, ValueError, RuntimeError):
        pass  # a name that no file can have, or ~someone unknown
    hint = "check the path" if _is_path(name_or_path) else f"{did_you_mean(name_or_path, names)} (a path works too)"
    raise PackError([Problem(name_or_path or "(no name)", 0, "", f"there is no such pack: {hint}")])


def load_pack(path: FilePath) -> KnowledgeBase:
    """Read, check and freeze the pack in a folder (all .yaml files below it) or a single file.

    Raises PackError with every problem found.
    """
    return open_pack(path).base


def load_base(names: Sequence[str]) -> KnowledgeBase:
    """Load packs by name or path and merge them, in the order given.

    Each pack must be whole by itself; ids, questions and names must not clash between them.
    Raises PackError with every problem found.
    """
    if not names:
        raise PackError([Problem("packs", 0, "", "no pack is named: name at least one")])
    paths = dict.fromkeys(find_pack(name).resolve() for name in names)
    return _open([PackFiles(path) for path in paths]).base


def open_pack(path: FilePath) -> OpenedPack:
    """Like `load_pack`, but keeps where each item stands. Raises PackError with every problem found."""
    return _open([PackFiles(path)])


def _open(packs: Sequence[PackFiles]) -> OpenedPack:
    problems: list[Problem] = []
    for pack in packs:
        problems += pack.problems
        problems += pack_problems(pack)
    problems += clash_problems(packs)
    if problems:
        raise PackError(sorted(dict.fromkeys(problems)))
    places = {(kind, item.id): item for pack in packs for kind in pack.items for item in pack.items[kind]}
    return OpenedPack(_merge([_freeze(pack) for pack in packs]), MappingProxyType(places))


def _merge(bases: Sequence[KnowledgeBase]) -> KnowledgeBase:
    if len(bases) == 1:
        return bases[0]
    info = PackInfo(
        id="-".join(base.info.id for base in bases),
        title=" · ".join(base.info.title for base in bases),
        about="; ".join(base.info.about.rstrip(".") for base in bases),
        examples=tuple(example for base in bases for example in base.info.examples),
    )
    return KnowledgeBase(
        info,
        _by_id(source for base in bases for source in base.sources.values()),
        _by_id(expert for base in bases for expert in base.experts.values()),
        _by_id(topic for base in bases for topic in base.topics.values()),
        _by_id(claim for base in bases for claim in base.claims.values()),
        _by_id(entry for base in bases for entry in base.entries.values()),
        _by_id(gap for base in bases for gap in base.gaps.values()),
    )


def _freeze(pack: PackFiles) -> KnowledgeBase:
    """The checked items as a base."""

    def all_of(kind: str, build: Callable[[Item, str], T]) -> Mapping[str, T]:
        return MappingProxyType({item.id: build(item, pack.only_source) for item in pack.items[kind]})

    head = pack.heads[0]
    return KnowledgeBase(
        PackInfo(head.id, _line(head, "title"), head.text("about"), _ids(head, "examples")),
        all_of("sources", _source),
        all_of("experts", _expert),
        all_of("topics", _topic),
        all_of("claims", _claim),
        all_of("entries", _entry),
        all_of("gaps", _gap),
    )


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
    )


def _gap(item: Item, _only_source: str) -> Gap:
    return Gap(item.id, _lines(item, "questions"))


def _locator(item: Item, only_source: str) -> Locator:
    source = item.text("source") or only_source
    return Locator(source, item.text("section"), int(item.data["paragraph"]), _line(item, "anchor"))


def _line(item: Item, key: str) -> str:
    """A text on one line, however the file wraps it."""
    return " ".join(item.text(key).split())


def _lines(item: Item, key: str) -> tuple[str, ...]:
    return tuple(" ".join(text.split()) for _, text in item.texts(key))


def _ids(item: Item, key: str) -> tuple[str, ...]:
    return tuple(text for _, text in item.texts(key))


def _by_id(items: Iterable[N]) -> Mapping[str, N]:
    return MappingProxyType({item.id: item for item in items})


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.endswith(SUFFIXES)
