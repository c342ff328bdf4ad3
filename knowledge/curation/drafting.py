"""What a moderator fills in, made into an entry with its claim, expert and source, in one change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from knowledge.answers import Answer
from knowledge.compose import Composer
from knowledge.curation.bodies import ItemProblem, body_of, things_of
from knowledge.curation.form import MAX_ANCHOR, EntryFields, FieldProblem, NewExpert, NewSource
from knowledge.curation.items import Edit, ItemKey, ItemKind, Overlay, State
from knowledge.curation.merging import Ground, Merged, new_problems
from knowledge.curation.wording import (
    MAX_CLAIM,
    lines,
    new_id,
    one_line,
    read_place,
    shorten,
    slug,
    spoken_list,
    tidy,
)
from knowledge.derive import CandidateKind, candidates
from knowledge.links import host_of
from knowledge.model import WHOLE, Expert, ExpertKind, KnowledgeBase, Section, Source
from knowledge.pack_rules import QUOTE_MARKS, is_page, squash

MESSAGE_HOSTS = ("discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com")
"""Where a link leads to a message: what stands there is said by its writer, not by the site."""


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
    drafting = Drafting(ground, overlay)
    entry = drafting.add(fields)
    merged, problems = drafting.check()
    return Draft(fields, entry, tuple(drafting.edits.values()), merged.base, tuple(p for _, p in problems))


def preview(base: KnowledgeBase, entry: str) -> Answer | None:
    """The reply that members will see for an entry, or None where the base has no such entry."""
    wanted = f"{CandidateKind.ENTRY.value}:{entry}"
    found = next((candidate for candidate in candidates(base) if candidate.id == wanted), None)
    return Composer(base).answer(found, asked="", confidence=1.0) if found else None


class Drafting:
    """Writes the items of one form or several, each with an id that is not taken yet, into one change."""

    def __init__(self, ground: Ground, overlay: Overlay) -> None:
        self.ground = ground
        self.overlay = overlay
        self.edits: dict[ItemKey, Edit] = {}
        base = ground.merge(overlay).base
        self._taken = {
            kind: {*things_of(base, kind), *things_of(ground.packs, kind)}
            | {key.id for key in overlay.revisions if key.kind is kind}
            for kind in ItemKind
        }
        self._problems: list[tuple[int, FieldProblem]] = []
        self._from: dict[ItemKey, tuple[int, str]] = {}  # the form and field that an item comes from
        self._form = -1
        self._fields = EntryFields("", "")
        # What is there with what has been written: the same voice or source is added once.
        self._sources = dict(base.sources)
        self._experts = {squash(name): expert for expert in base.experts.values() for name in _names(expert)}

    def add(self, given: EntryFields) -> str:
        """Write the items of a form. Returns the id of the entry."""
        self._form += 1
        self._fields = given
        question = one_line(given.question)
        entry = self._new_id(ItemKind.ENTRY, question)
        claims = [*dict.fromkeys(given.claims)]
        if given.expert or given.source or not claims:
            claims.append(self._claim(entry))
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
        self._add(ItemKey(ItemKind.ENTRY, entry), body, "question")
        return entry

    def check(self) -> tuple[Merged, tuple[tuple[int, FieldProblem], ...]]:
        """The base with all that was written, and what is wrong, with the number (from 0) of the form.

        One problem at a time for a field: what follows from it would only confuse.
        """
        merged, found = new_problems(self.ground, self.overlay, self.edits.values())
        first: dict[tuple[int, str], FieldProblem] = {}
        for form, problem in (*self._problems, *(self._at_field(problem) for problem in found)):
            first.setdefault((form, problem.field), problem)
        return merged, tuple((form, problem) for (form, _), problem in first.items())

    def _phrasings(self, question: str) -> list[str]:
        """Other ways to ask, without the question itself, which may be among them by habit."""
        return [text for text in lines(self._fields.phrasings) if squash(text) != squash(question)]

    def _claim(self, entry: str) -> str:
        given = self._fields
        expert = self._expert(given.expert, "expert", "say who says it: choose somebody or add them")
        source, section, paragraph = self._place(expert)
        words = one_line(given.words).strip(QUOTE_MARKS)
        text = one_line(given.claim) or one_line(given.answer)
        if not one_line(given.claim) and len(text) > MAX_CLAIM:
            self._tell("claim", f"say in at most {MAX_CLAIM} characters what the expert states: the answer is longer")
            text = shorten(text, MAX_CLAIM)  # told once, here
        if given.quoted and not words:
            self._tell("words", "write the quotation, word for word")
        claim = self._new_id(ItemKind.CLAIM, entry)
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
        known = self._experts.get(squash(name))
        if known:
            self._compare(known, wanted, where)
            return known.id
        expert_id = self._new_id(ItemKind.EXPERT, name)
        added = Expert(expert_id, name, wanted.kind, one_line(wanted.role), one_line(wanted.affiliation))
        self._experts[squash(name)] = added
        self._add(ItemKey(ItemKind.EXPERT, expert_id), body_of(added), where)
        return expert_id

    def _compare(self, known: Expert, wanted: NewExpert, where: str) -> None:
        for what, here, there in (("role", wanted.role, known.role), ("place", wanted.affiliation, known.affiliation)):
            if one_line(here) and there and squash(here) != squash(there):
                who = f"{known.name} ({known.credentials})"
                self._tell(where, f"{who} is known with another {what}: choose them, or write a name of its own")

    def _place(self, expert: str) -> tuple[str, str, int]:
        """Source, section and paragraph, new where need be."""
        part, paragraph = read_place(self._fields.place)
        wanted = self._fields.source
        if isinstance(wanted, NewSource):
            source = self._known_source(wanted) or self._new_source(wanted, expert, part)
        elif not wanted:
            self._tell("source", "say where it stands: choose a source or add one")
            return "", "text", paragraph
        elif wanted in self._sources:
            source = self._sources[wanted]
        else:
            return wanted, "text", paragraph  # there is none, as the check will tell
        return source.id, self._section(source, part), paragraph

    def _known_source(self, wanted: NewSource) -> Source | None:
        url, title = wanted.url.strip(), squash(wanted.title)
        for source in self._sources.values():
            if url and source.url == url:
                return source
            if title and squash(source.title) == title and not (url and source.url):
                return source
        return None

    def _new_source(self, wanted: NewSource, expert: str, part: str) -> Source:
        title, url = one_line(wanted.title), wanted.url.strip()
        if not title:
            self._tell("source", "write the title of the source")
        source_id = self._new_id(ItemKind.SOURCE, title)
        section = Section(slug(part, "part"), part, heading=not is_page(part)) if part else WHOLE
        author = self._author(wanted, expert)
        return self._put(Source(source_id, title, author, (section,), url, one_line(wanted.published)), "source")

    def _put(self, source: Source, where: str) -> Source:
        self._sources[source.id] = source
        self._add(ItemKey(ItemKind.SOURCE, source.id), body_of(source), where)
        return source

    def _author(self, wanted: NewSource, expert: str) -> str:
        if wanted.author:
            return self._expert(wanted.author, "source", "")
        url = wanted.url.strip()
        host = host_of(url)
        if host in MESSAGE_HOSTS:
            return expert
        if not host:
            if url:
                self._tell("source", f"'{shorten(url, 40)}' is not a web address: begin with https://")
            # A leaflet or a book without a page: by whoever says it there, as nobody else is named.
            return "" if url else expert
        return self._expert(NewExpert(host.removeprefix("www."), ExpertKind.OUTLET), "source", "")

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
        named = new_id(part, [s.id for s in source.sections], "part")
        section = Section(named, part, heading=not is_page(part))
        self._put(replace(source, sections=(*source.sections, section)), "place")
        return section.id

    def _new_id(self, kind: ItemKind, text: str) -> str:
        made = new_id(text, self._taken[kind], kind.value)
        self._taken[kind].add(made)
        return made

    def _add(self, key: ItemKey, body: Mapping[str, Any], where: str) -> None:
        kept = {name: value for name, value in body.items() if value or name in _ALWAYS.get(key.kind, ())}
        self._from.setdefault(key, (self._form, where))
        self.edits[key] = Edit(key.kind, key.id, self.overlay.number(key), State.LIVE, kept)

    def _tell(self, where: str, message: str) -> None:
        self._problems.append((self._form, FieldProblem(where, message)))

    def _at_field(self, problem: ItemProblem) -> tuple[int, FieldProblem]:
        """A problem with an item, told at the form and the field that it comes from."""
        if problem.key not in self._from:  # an item that was there before
            return self._form, FieldProblem("question", str(problem))
        form, where = self._from[problem.key]
        name = str(problem.path[0]) if problem.path else ""
        index = problem.path[-1] if name == "phrasings" and problem.path else ""
        number = f"no. {index + 1} " if isinstance(index, int) else ""
        return form, FieldProblem(_FIELDS.get((problem.key.kind, name), where), f"{number}{problem.message}")


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
        ItemKind.CLAIM: frozenset({"text", "expert", "source"}),
        ItemKind.ENTRY: frozenset({"question", "answer", "claims"}),
    }
)


def _names(expert: Expert) -> tuple[str, ...]:
    return (*expert.aliases, expert.name)


def _quoted(section: Section) -> str:
    return f"“{section.title}”"
