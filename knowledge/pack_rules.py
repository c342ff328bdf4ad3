"""What must hold in a pack and a schema cannot say: ids, references, phrasings, names, quotations.

Every rule yields all it finds. Rules look at items as written, so that they still work where the schema
found something wrong, and stay silent about values that already have a problem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from types import MappingProxyType
from typing import cast

from knowledge.errors import Problem
from knowledge.links import link_problem
from knowledge.pack_files import KINDS, Item, PackFiles
from knowledge.schema_faults import did_you_mean
from knowledge.yamltree import Path, Value, brief, show_path

_PAGE = re.compile(
    r"(?:pp?|pg|page|pages|slide|slides|minute|min|sheet)\.? ?\d{1,5}(?: ?[-–,&] ?\d{1,5})*|\d{1,3}(?::\d\d){1,2}",
    re.IGNORECASE,
)

QUOTE_MARKS = "\"“”„«»'‘’"

_ONE = {
    "sources": "source",
    "experts": "expert",
    "topics": "topic",
    "claims": "claim",
    "entries": "entry",
    "gaps": "gap",
    "golden": "golden question",
}
_DATES = ("verified_on", "expires")


@dataclass(frozen=True, slots=True)
class ItemSet:
    """Items that are checked together: those of a pack, or all that a server has.

    `items` are the ones to check, by kind as in the files ("claims"); `ids` what they may refer to, by kind
    and id; `hidden` the ids that are left out on purpose. `only_source` is meant where a place names no
    source; `unreadable` says that some file was not read to its end, so that things may seem to be missing.
    """

    items: Mapping[str, Sequence[Item]]
    ids: Mapping[str, Mapping[str, Item]]
    hidden: Mapping[str, Collection[str]] = field(default_factory=lambda: MappingProxyType({}))
    heads: Sequence[Item] = ()
    only_source: str = ""
    unreadable: bool = False


def is_page(title: str) -> bool:
    """Whether a part of a source is called after its page or minute ("p. 12", "pages 3-4", "12:30"): no heading."""
    return _PAGE.fullmatch(title.strip()) is not None


def squash(text: str) -> str:
    """A text reduced to its letters and digits, for comparing without case, punctuation and spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum() or unicodedata.category(c).startswith("M"))


def pack_problems(pack: PackFiles, items: ItemSet) -> Iterator[Problem]:
    """What is wrong within one pack, with the items it holds; apart from clashes (see `clash_problems`)."""
    yield from (problem for problem in _head_problems(pack) if problem)
    yield from item_problems(items)


def item_problems(pack: ItemSet) -> Iterator[Problem]:
    """What is wrong with single items and what they refer to, whether or not they make a whole pack."""
    # Or else what stands in the unreadable part would seem to be missing.
    references = () if pack.unreadable else _reference_problems(pack)
    found = chain(_source_problems(pack), _claim_problems(pack), _entry_problems(pack), references)
    yield from (problem for problem in found if problem)


def clash_problems(
    packs: Sequence[Mapping[str, Sequence[Item]]], key_of: Callable[[str], str] = squash
) -> Iterator[Problem]:
    """Ids, questions and names that stand twice in packs that are to be together, given as their items by kind.

    Of two items that clash, the later is to blame. `key_of` is `squash`, perhaps one that remembers.
    """
    found = chain(
        *(_same_ids([item for pack in packs for item in pack[kind]]) for kind in KINDS),
        _same_questions((item for pack in packs for kind in ("entries", "gaps") for item in pack[kind]), key_of),
        _same_names("experts", (item for pack in packs for item in pack["experts"]), key_of),
        _same_names("topics", (item for pack in packs for item in pack["topics"]), key_of),
    )
    yield from (problem for problem in found if problem)


def _head_problems(pack: PackFiles) -> Iterator[Problem | None]:
    if not pack.heads and pack.files and not pack.unreadable and not _flagged(pack, "pack"):
        yield Problem(pack.name, 0, "pack", "is missing: add the key 'pack' with id, title and about to one file")
    for head in pack.heads[1:]:
        yield head.problem((), f"stands twice (first at {pack.heads[0].place}): keep one in the whole pack")
    for head in pack.heads:
        yield from _twice(head, "examples")
    on_its_own = not any(head.data.get("builds_on") for head in pack.heads)
    read = pack.files and not pack.unreadable and not _flagged(pack, "sources")
    if on_its_own and read and not pack.items["sources"]:
        yield Problem(pack.name, 0, "sources", "is missing: add the text that the claims rest on")


def _source_problems(pack: ItemSet) -> Iterator[Problem | None]:
    for source in pack.items["sources"]:
        if problem := link_problem(source.text("url")):
            yield source.problem(("url",), f"'{brief(source.text('url'))}' {problem}")
        sections = list(source.inners("sections"))
        yield from _same_ids(sections)
        titles: dict[str, Item] = {}
        for number, section in enumerate(sections):
            first = titles.setdefault(squash(section.text("title")), section)
            if first is not section and section.text("title"):
                yield section.problem(("title",), f"is also the title {_where(first)}: name each section differently")
            if section.data.get("heading") is False and number > 0 and not is_page(section.text("title")):
                message = "only the first section can be without heading: where would this one begin?"
                yield section.problem(("heading",), message)


def _claim_problems(pack: ItemSet) -> Iterator[Problem | None]:
    for claim in pack.items["claims"]:
        yield from _twice(claim, "topics")
        text, quote = claim.text("text"), claim.text("quote")
        if quote and squash(quote) == squash(text):
            message = "is the same as the text: put the text in your own words, or leave the quote out"
            yield claim.problem(("quote",), message)
        for key, value, advice in (
            ("quote", quote, "leave them out: they are added where it is shown"),
            ("text", text, "a claim is never a quotation: use your own words, and 'quote' for the source's"),
        ):
            if len(value) > 1 and value[0] in QUOTE_MARKS and value[-1] in QUOTE_MARKS:
                yield claim.problem((key,), f"stands in quotation marks: {advice}")
        if claim.text("reported_by") and claim.text("reported_by") == claim.text("expert"):
            message = "is the same as expert: leave it out where nobody stands between them and the source"
            yield claim.problem(("reported_by",), message)


def _entry_problems(pack: ItemSet) -> Iterator[Problem | None]:
    for entry in pack.items["entries"]:
        yield from _twice(entry, "claims")
        yield from _twice(entry, "related")
        for path, related in entry.texts("related"):
            if related == entry.id:
                yield entry.problem(path, "is this entry itself: take it out")
        for key in _DATES:
            if (day := entry.text(key)) and not _is_date(day):
                yield entry.problem((key,), f"'{day}' is no day of the calendar: write it like 2024-05-31")


def _reference_problems(pack: ItemSet) -> Iterator[Problem | None]:
    for head in pack.heads:
        yield from _unknown(pack, "entries", head, head.texts("examples"), optional=True)
    for source in pack.items["sources"]:
        yield from _unknown(pack, "experts", source, _single(source, "author"))
    for expert in pack.items["experts"]:
        if described := expert.inner("described"):
            yield from _place_problems(pack, described)
    for claim in pack.items["claims"]:
        yield from _unknown(pack, "experts", claim, _single(claim, "expert"))
        yield from _unknown(pack, "experts", claim, _single(claim, "reported_by"))
        yield from _unknown(pack, "topics", claim, claim.texts("topics"), optional=True)
        yield from _place_problems(pack, claim)
    for entry in pack.items["entries"]:
        yield from _unknown(pack, "claims", entry, entry.texts("claims"))
        yield from _unknown(pack, "entries", entry, entry.texts("related"), optional=True)
    for golden in pack.items["golden"]:
        yield from _unknown(pack, "entries", golden, _single(golden, "entry"), optional=True)


def _place_problems(pack: ItemSet, item: Item) -> Iterator[Problem | None]:
    """A place in a source: is the source there, and the section in it?"""
    known = pack.ids["sources"]
    name = item.text("source")
    if not name and "source" not in item.data and not pack.only_source and len(known) > 1:
        yield item.problem((), f"the key 'source' is missing: there are several, say which of {', '.join(known)}")
    yield from _unknown(pack, "sources", item, _single(item, "source"))
    source, section = known.get(name or pack.only_source), item.text("section")
    if source and section:
        sections = [inner.id for inner in source.inners("sections")]
        if section not in sections:
            message = f"source '{source.id}' has no section '{section}': {did_you_mean(section, sections)}"
            yield item.problem(("section",), message)


def _unknown(
    pack: ItemSet, kind: str, item: Item, references: Iterable[tuple[Path, str]], *, optional: bool = False
) -> Iterator[Problem | None]:
    """References to nothing. An `optional` one to what is hidden on purpose is dropped with it, not a fault."""
    known = pack.ids[kind]
    for path, reference in references:
        if reference in known:
            continue
        if reference not in pack.hidden.get(kind, ()):
            message = f"there is no {_ONE[kind]} '{reference}': {did_you_mean(reference, list(known))}"
            yield item.problem(path, message)
        elif not optional:
            message = f"the {_ONE[kind]} '{reference}' is retired or hidden: bring it back, or take it out here"
            yield item.problem(path, message)


def _single(item: Item, key: str) -> list[tuple[Path, str]]:
    return [((key,), item.text(key))] if item.text(key) else []


def _twice(item: Item, key: str) -> Iterator[Problem | None]:
    seen: set[str] = set()
    for path, value in item.texts(key):
        if value in seen:
            yield item.problem(path, f"'{value}' stands twice in this list: keep one")
        seen.add(value)


def _same_ids(items: Iterable[Item]) -> Iterator[Problem | None]:
    seen: dict[str, Item] = {}
    for item in items:
        if item.id and seen.setdefault(item.id, item) is not item:
            yield item.problem(("id",), f"'{item.id}' is already the id {_where(seen[item.id])}: choose another")


def _same_questions(entries: Iterable[Item], key_of: Callable[[str], str]) -> Iterator[Problem | None]:
    """The same question twice, in one entry or in two: nobody could say which answer is meant."""
    seen: dict[str, tuple[Item, Path]] = {}
    for entry in entries:
        asked = [*_single(entry, "question"), *entry.texts("phrasings"), *entry.texts("questions")]
        for path, question in asked:
            key = key_of(question)
            if not key:
                yield entry.problem(path, f"'{question}' has no word in it: write how people would ask")
                continue
            first, first_path = seen.setdefault(key, (entry, path))
            if first is entry and first_path == path:
                continue
            where = _where(first, first_path)
            if first is entry:
                yield entry.problem(path, f"'{question}' stands in this entry already, {where}: take it out")
            else:
                message = f"'{question}' already asks for {_ONE[first.kind]} '{first.id}', {where}: keep it in one"
                yield entry.problem(path, message)


def _same_names(kind: str, items: Iterable[Item], key_of: Callable[[str], str]) -> Iterator[Problem | None]:
    """A name or alias that means two: a question with it would be answered by chance.

    Within one item only the very same spelling is too much: "U.S. officials" may stand by "US officials".
    """
    seen: dict[str, tuple[Item, Path]] = {}
    for item in items:
        own: dict[str, Path] = {}
        for path, name in [*_single(item, "name"), *item.texts("aliases")]:
            if not key_of(name):
                yield item.problem(path, f"'{name}' has no letter or digit in it: write a name")
                continue
            first_own = own.setdefault(" ".join(name.casefold().split()), path)
            if first_own != path:
                yield item.problem(path, f"'{name}' stands here already, {_where(item, first_own)}: take it out")
                continue
            first, first_path = seen.setdefault(key_of(name), (item, path))
            if first is not item:
                where = _where(first, first_path)
                advice = f"a question with it could mean both: give each {_ONE[kind]} names of its own"
                yield item.problem(path, f"'{name}' also names '{first.id}', {where}; {advice}")


def _where(item: Item, path: Path = ()) -> str:
    """A second place, with file and line, or where there is no file (a server's own items) with its field."""
    if item.file.lines.line(*item.path, *path):
        return f"at {item.place_of(path)}"
    return (
        f"as its {show_path(cast('Value', item.data), path)}" if path else f"of another {item.kind.removesuffix('s')}"
    )


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _flagged(pack: PackFiles, key: str) -> bool:
    return any((key,) in file.flagged for file in pack.files)
