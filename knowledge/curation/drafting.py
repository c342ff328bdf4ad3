"""What a moderator fills in, made into an entry with its claim, expert and source, in one change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from knowledge.answers import Answer
from knowledge.compose import Composer
from knowledge.curation.bodies import ItemProblem, body_in, things_of
from knowledge.curation.changing import reword
from knowledge.curation.form import MAX_ANCHOR, EntryFields, FieldProblem, NewExpert, NewSource
from knowledge.curation.items import Edit, ItemKey, ItemKind, Overlay, State
from knowledge.curation.merging import Ground, new_problems
from knowledge.curation.wording import lines, new_id, one_line, read_place, shorten, spoken_list, tidy
from knowledge.derive import CandidateKind, candidates
from knowledge.model import Expert, ExpertKind, KnowledgeBase, Section, Source
from knowledge.pack_rules import QUOTE_MARKS, squash

MAX_CLAIM = 400
_MESSAGE_HOSTS = ("discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com")


@dataclass(frozen=True, slots=True)
class Draft:
    """What came of the fields: the edits to save and the base with them, or what is wrong.

    `fields` are as typed, to fill the form again. Edits that have problems must not be saved.
    """

    fields: EntryFields
    entry: str
    edits: tuple[Edit, ...]
    base: KnowledgeBase
    problems: tuple[FieldProblem, ...] = ()


def draft(fields: EntryFields, ground: Ground, overlay: Overlay) -> Draft:
    """An entry from what a moderator filled in. Nothing is saved; raises nothing."""
    drafting = _Drafting(fields, ground, overlay)
    drafting.write()
    edits = tuple(drafting.edits.values())
    merged, found = new_problems(ground, overlay, edits)
    problems = [*drafting.problems, *(drafting.at_field(problem) for problem in found)]
    first: dict[str, FieldProblem] = {}
    for problem in problems:  # one at a time for a field: what follows from it would only confuse
        first.setdefault(problem.field, problem)
    return Draft(fields, drafting.entry, edits, merged.base, tuple(first.values()))


def preview(base: KnowledgeBase, entry: str) -> Answer | None:
    """The reply that members will see for an entry, or None where the base has no such entry."""
    wanted = f"{CandidateKind.ENTRY.value}:{entry}"
    found = next((candidate for candidate in candidates(base) if candidate.id == wanted), None)
    return Composer(base).answer(found, asked="", confidence=1.0) if found else None


@dataclass(slots=True)
class _Drafting:
    """Writes the items one after the other, each with an id that is not taken yet."""

    fields: EntryFields
    ground: Ground
    overlay: Overlay
    entry: str = ""
    edits: dict[ItemKey, Edit] = field(default_factory=dict[ItemKey, Edit])
    problems: list[FieldProblem] = field(default_factory=list[FieldProblem])
    base: KnowledgeBase = field(init=False)
    _fields: dict[ItemKey, str] = field(default_factory=dict[ItemKey, str])

    def __post_init__(self) -> None:
        self.base = self.ground.merge(self.overlay).base

    def write(self) -> None:
        given = self.fields
        question = one_line(given.question)
        self.entry = self._new_id(ItemKind.ENTRY, question)
        claims = [*dict.fromkeys(given.claims)]
        if given.expert or given.source or not claims:
            claims.append(self._claim())
        body = {
            "question": question,
            "phrasings": self._phrasings(question),
            "answer": tidy(given.answer),
            "claims": claims,
            "verified_on": given.verified_on.strip(),
            "expires": given.expires.strip(),
        }
        if not question:
            self._tell("question", "is empty: write the question as people would ask it")
        if not body["answer"]:
            self._tell("answer", "is empty: write the answer in your own words")
        self._add(ItemKey(ItemKind.ENTRY, self.entry), body, "question")

    def _phrasings(self, question: str) -> list[str]:
        """Other ways to ask, without the question itself, which may be among them by habit."""
        return [text for text in lines(self.fields.phrasings) if squash(text) != squash(question)]

    def _claim(self) -> str:
        given = self.fields
        expert = self._expert(given.expert, "expert", "say who says it: choose somebody or add them")
        source, section, paragraph = self._place(expert)
        words = one_line(given.words).strip(QUOTE_MARKS)
        text = one_line(given.claim) or one_line(given.answer)
        if not one_line(given.claim) and len(text) > MAX_CLAIM:
            self._tell("claim", f"say in at most {MAX_CLAIM} characters what the expert states: the answer is longer")
            text = shorten(text, MAX_CLAIM)  # told once, here
        if given.quoted and not words:
            self._tell("words", "write the quotation, word for word")
        claim = self._new_id(ItemKind.CLAIM, self.entry)
        body = {
            "text": text,
            "expert": expert,
            "source": source,
            "section": section,
            "paragraph": paragraph,
            "anchor": shorten(words, MAX_ANCHOR),
            "quote": words if given.quoted else "",
            "topics": [*given.topics],
        }
        self._add(ItemKey(ItemKind.CLAIM, claim), body, "claim" if one_line(given.claim) else "answer")
        return claim

    def _expert(self, wanted: str | NewExpert, where: str, missing: str) -> str:
        if isinstance(wanted, str):
            if not wanted:
                self._tell(where, missing)
            return wanted
        name = one_line(wanted.name)
        if not name:
            self._tell(where, "write the name")
            return ""
        known = self._known_expert(name)
        if known:
            self._compare(known, wanted, where)
            return known.id
        body = {
            "name": name,
            "kind": wanted.kind.value,
            "role": one_line(wanted.role),
            "affiliation": one_line(wanted.affiliation),
        }
        for edit in self.edits.values():  # the author may be who says it: they are added once
            if edit.kind is ItemKind.EXPERT and edit.body and squash(edit.body["name"]) == squash(name):
                return edit.id
        key = ItemKey(ItemKind.EXPERT, self._new_id(ItemKind.EXPERT, name))
        self._add(key, body, where)
        return key.id

    def _known_expert(self, name: str) -> Expert | None:
        wanted = squash(name)
        experts = self.base.experts.values()
        return next((e for e in experts if wanted in (squash(n) for n in (e.name, *e.aliases))), None)

    def _compare(self, known: Expert, wanted: NewExpert, where: str) -> None:
        for what, here, there in (("role", wanted.role, known.role), ("place", wanted.affiliation, known.affiliation)):
            if one_line(here) and there and squash(here) != squash(there):
                who = f"{known.name} ({known.credentials})"
                self._tell(where, f"{who} is known with another {what}: choose them, or write a name of its own")

    def _place(self, expert: str) -> tuple[str, str, int]:
        """Source, section and paragraph, new where need be."""
        part, paragraph = read_place(self.fields.place)
        wanted = self.fields.source
        if isinstance(wanted, str):
            if not wanted:
                self._tell("source", "say where it stands: choose a source or add one")
            known = self.base.sources.get(wanted)
        else:
            known = self._known_source(wanted)
            if known is None:
                return self._new_source(wanted, expert, part), self._section_id(part), paragraph
        if known is None:
            return (wanted if isinstance(wanted, str) else ""), "text", paragraph
        return known.id, self._section(known, part), paragraph

    def _known_source(self, wanted: NewSource) -> Source | None:
        url, title = wanted.url.strip(), squash(wanted.title)
        for source in self.base.sources.values():
            if url and source.url and source.url == url:
                return source
            if title and squash(source.title) == title and not (url and source.url):
                return source
        return None

    def _new_source(self, wanted: NewSource, expert: str, part: str) -> str:
        title, url = one_line(wanted.title), wanted.url.strip()
        if not title:
            self._tell("source", "write the title of the source")
        key = ItemKey(ItemKind.SOURCE, self._new_id(ItemKind.SOURCE, title))
        section = {"id": self._section_id(part), "title": part or "Text", **({} if part else {"heading": False})}
        body = {
            "title": title,
            "author": self._author(wanted, expert),
            "url": url,
            "published": one_line(wanted.published),
            "sections": [section],
        }
        self._add(key, body, "source")
        return key.id

    def _author(self, wanted: NewSource, expert: str) -> str:
        if wanted.author:
            return self._expert(wanted.author, "source", "")
        url = wanted.url.strip()
        host = _host(url)
        if host in _MESSAGE_HOSTS:
            return expert
        if not host:
            link = f"'{shorten(url, 40)}' is not a web address: begin with https://"
            self._tell("source", link if url else "say who wrote it, or give a link")
            return ""
        return self._expert(NewExpert(host.removeprefix("www."), ExpertKind.OUTLET), "source", "")

    def _section_id(self, part: str) -> str:
        return new_id(part, (), "text") if part else "text"

    def _section(self, source: Source, part: str) -> str:
        """The part of a known source; one of the server's own gets a new part where it has none of that name."""
        if not part and len(source.sections) == 1:
            return source.sections[0].id
        for section in source.sections:
            if part and squash(part) in (squash(section.title), squash(section.id)):
                return section.id
        key = ItemKey(ItemKind.SOURCE, source.id)
        if not part or self.ground.has(key):
            named = spoken_list(_quoted(section) for section in source.sections[:12])
            self._tell("place", f"say which part of “{source.title}” it stands in: {named}")
            return source.sections[0].id
        section = {"id": new_id(part, [s.id for s in source.sections], "part"), "title": part}
        body = body_in(self.base, key) or {}
        self._fields[key] = "place"
        self.edits[key] = reword(self.overlay, key, {**body, "sections": [*body["sections"], section]})
        return section["id"]

    def _new_id(self, kind: ItemKind, text: str) -> str:
        taken = {*things_of(self.base, kind), *things_of(self.ground.packs, kind)}
        taken |= {key.id for key in (*self.overlay.revisions, *self.edits) if key.kind is kind}
        return new_id(text, taken, kind.value)

    def _add(self, key: ItemKey, body: Mapping[str, Any], where: str) -> None:
        kept = {name: value for name, value in body.items() if value or name in _ALWAYS[key.kind]}
        self._fields[key] = where
        self.edits[key] = Edit(key.kind, key.id, 0, State.LIVE, kept)

    def _tell(self, where: str, message: str) -> None:
        self.problems.append(FieldProblem(where, message))

    def at_field(self, problem: ItemProblem) -> FieldProblem:
        """A problem with an item, told at the field that it comes from."""
        where = self._fields.get(problem.key, "")
        name = str(problem.path[0]) if problem.path else ""
        place = _FIELDS.get((problem.key.kind, name), where)
        if not where:  # an item that was there before
            return FieldProblem("question", str(problem))
        index = problem.path[-1] if name == "phrasings" and problem.path else ""
        number = f"no. {index + 1} " if isinstance(index, int) else ""
        return FieldProblem(place, f"{number}{problem.message}")


_FIELDS: Mapping[tuple[ItemKind, str], str] = MappingProxyType(
    {
        **{(ItemKind.ENTRY, name): name for name in ("answer", "phrasings", "claims", "verified_on", "expires")},
        **{(ItemKind.CLAIM, name): name for name in ("expert", "source", "topics")},
        **{(ItemKind.CLAIM, name): "words" for name in ("quote", "anchor")},
        **{(ItemKind.CLAIM, name): "place" for name in ("section", "paragraph")},
        (ItemKind.SOURCE, "sections"): "place",
    }
)
# Without these an item is none: left empty they are told as empty, not as unknown to the schema.
_ALWAYS: Mapping[ItemKind, frozenset[str]] = MappingProxyType(
    {
        ItemKind.SOURCE: frozenset({"title", "author"}),
        ItemKind.EXPERT: frozenset({"name"}),
        ItemKind.CLAIM: frozenset({"text", "expert", "source"}),
        ItemKind.ENTRY: frozenset({"question", "answer", "claims"}),
    }
)


def _quoted(section: Section) -> str:
    return f"“{section.title}”"


def _host(url: str) -> str:
    """The site of a web address, empty where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.hostname or "" if parts.scheme in ("http", "https") else ""
