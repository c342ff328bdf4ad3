"""What must hold in a pack and a schema cannot say: ids, references, phrasings, names, quotations.

Every rule yields all it finds. Rules look at items as written, so that they still work where the schema
found something wrong, and stay silent about values that already have a problem.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from knowledge.errors import Problem
from knowledge.pack_files import KINDS, Item, PackFiles
from knowledge.schema_faults import did_you_mean
from knowledge.yamltree import Path

QUOTE_MARKS = "\"“”„«»'‘’"

_ONE = {
    "sources": "source",
    "experts": "expert",
    "topics": "topic",
    "claims": "claim",
    "entries": "entry",
    "gaps": "gap",
}


def squash(text: str) -> str:
    """A text reduced to its letters and digits, for comparing without case, punctuation and spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum() or unicodedata.category(c).startswith("M"))


def pack_problems(pack: PackFiles) -> Iterator[Problem]:
    """What is wrong within one pack, apart from clashes of ids and names (see `clash_problems`)."""
    found = [*_head_problems(pack), *_source_problems(pack), *_claim_problems(pack), *_entry_problems(pack)]
    if not pack.unreadable:  # or else what stands in the unreadable part would seem to be missing
        found += _reference_problems(pack)
    yield from (problem for problem in found if problem)


def clash_problems(packs: Sequence[PackFiles]) -> Iterator[Problem]:
    """Ids, questions and names that stand twice in the given packs together."""
    found: list[Problem | None] = []
    for kind in KINDS:
        found += _same_ids(item for pack in packs for item in pack.items[kind])
    found += _same_questions(item for pack in packs for kind in ("entries", "gaps") for item in pack.items[kind])
    found += _same_names("experts", (item for pack in packs for item in pack.items["experts"]))
    found += _same_names("topics", (item for pack in packs for item in pack.items["topics"]))
    yield from (problem for problem in found if problem)


def _head_problems(pack: PackFiles) -> Iterator[Problem | None]:
    if not pack.heads and pack.files and not pack.unreadable and not _flagged(pack, "pack"):
        yield Problem(pack.name, 0, "pack", "is missing: add the key 'pack' with id, title and about to one file")
    for head in pack.heads[1:]:
        yield head.problem((), f"stands twice (first at {pack.heads[0].place}): keep one in the whole pack")
    for head in pack.heads:
        yield from _twice(head, "examples")


def _source_problems(pack: PackFiles) -> Iterator[Problem | None]:
    if not pack.items["sources"] and pack.files and not pack.unreadable and not _flagged(pack, "sources"):
        yield Problem(pack.name, 0, "sources", "is missing: add the text that the claims rest on")
    for source in pack.items["sources"]:
        sections = list(source.inners("sections"))
        yield from _same_ids(sections)
        titles: dict[str, Item] = {}
        for number, section in enumerate(sections):
            first = titles.setdefault(squash(section.text("title")), section)
            if first is not section and section.text("title"):
                yield section.problem(("title",), f"is also the title at {first.place}: name each section differently")
            if section.data.get("heading") is False and number > 0:
                message = "only the first section can be without heading: where would this one begin?"
                yield section.problem(("heading",), message)


def _claim_problems(pack: PackFiles) -> Iterator[Problem | None]:
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


def _entry_problems(pack: PackFiles) -> Iterator[Problem | None]:
    for entry in pack.items["entries"]:
        yield from _twice(entry, "claims")
        yield from _twice(entry, "related")
        for path, related in entry.texts("related"):
            if related == entry.id:
                yield entry.problem(path, "is this entry itself: take it out")


def _reference_problems(pack: PackFiles) -> Iterator[Problem | None]:
    for head in pack.heads:
        yield from _unknown(pack, "entries", head, head.texts("examples"))
    for source in pack.items["sources"]:
        yield from _unknown(pack, "experts", source, _single(source, "author"))
    for expert in pack.items["experts"]:
        if described := expert.inner("described"):
            yield from _place_problems(pack, described)
    for claim in pack.items["claims"]:
        yield from _unknown(pack, "experts", claim, _single(claim, "expert"))
        yield from _unknown(pack, "experts", claim, _single(claim, "reported_by"))
        yield from _unknown(pack, "topics", claim, claim.texts("topics"))
        yield from _place_problems(pack, claim)
    for entry in pack.items["entries"]:
        yield from _unknown(pack, "claims", entry, entry.texts("claims"))
        yield from _unknown(pack, "entries", entry, entry.texts("related"))


def _place_problems(pack: PackFiles, item: Item) -> Iterator[Problem | None]:
    """A place in a source: is the source there, and the section in it?"""
    known = pack.ids["sources"]
    name = item.text("source")
    if not name and "source" not in item.data and len(known) > 1:
        yield item.problem((), f"the key 'source' is missing: there are several, say which of {', '.join(known)}")
    yield from _unknown(pack, "sources", item, _single(item, "source"))
    source, section = known.get(name or pack.only_source), item.text("section")
    if source and section:
        sections = [inner.id for inner in source.inners("sections")]
        if section not in sections:
            message = f"source '{source.id}' has no section '{section}': {did_you_mean(section, sections)}"
            yield item.problem(("section",), message)


def _unknown(
    pack: PackFiles, kind: str, item: Item, references: Iterable[tuple[Path, str]]
) -> Iterator[Problem | None]:
    known = pack.ids[kind]
    for path, reference in references:
        if reference not in known:
            message = f"there is no {_ONE[kind]} '{reference}': {did_you_mean(reference, list(known))}"
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
            yield item.problem(("id",), f"'{item.id}' is already the id at {seen[item.id].place}: choose another")


def _same_questions(entries: Iterable[Item]) -> Iterator[Problem | None]:
    """The same question twice, in one entry or in two: nobody could say which answer is meant."""
    seen: dict[str, tuple[Item, Path]] = {}
    for entry in entries:
        asked = [*_single(entry, "question"), *entry.texts("phrasings"), *entry.texts("questions")]
        for path, question in asked:
            key = squash(question)
            if not key:
                yield entry.problem(path, f"'{question}' has no word in it: write how people would ask")
                continue
            first, first_path = seen.setdefault(key, (entry, path))
            if first is entry and first_path == path:
                continue
            where = f"at {first.place_of(first_path)}"
            if first is entry:
                yield entry.problem(path, f"'{question}' stands in this entry already, {where}: take it out")
            else:
                message = f"'{question}' already asks for {_ONE[first.kind]} '{first.id}', {where}: keep it in one"
                yield entry.problem(path, message)


def _same_names(kind: str, items: Iterable[Item]) -> Iterator[Problem | None]:
    """A name or alias that means two: a question with it would be answered by chance.

    Within one item only the very same spelling is too much: "U.S. officials" may stand by "US officials".
    """
    seen: dict[str, tuple[Item, Path]] = {}
    for item in items:
        own: dict[str, Path] = {}
        for path, name in [*_single(item, "name"), *item.texts("aliases")]:
            if not squash(name):
                yield item.problem(path, f"'{name}' has no letter or digit in it: write a name")
                continue
            first_own = own.setdefault(" ".join(name.casefold().split()), path)
            if first_own != path:
                yield item.problem(path, f"'{name}' stands here already, at {item.place_of(first_own)}: take it out")
                continue
            first, first_path = seen.setdefault(squash(name), (item, path))
            if first is not item:
                where = first.place_of(first_path)
                advice = f"a question with it could mean both: give each {_ONE[kind]} names of its own"
                yield item.problem(path, f"'{name}' also names '{first.id}', at {where}; {advice}")


def _flagged(pack: PackFiles, key: str) -> bool:
    return any((key,) in file.flagged for file in pack.files)
