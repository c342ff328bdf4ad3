"""The knowledge base: sources, experts, topics, claims and entries, frozen once loaded.

Ids are short slugs (`michael-kofman`), unique within their kind over a whole base. References are
ids; `KnowledgeBase` resolves them. Nothing here knows about files, Discord or matching.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class ExpertKind(StrEnum):
    """What sort of voice stands behind a claim."""

    PERSON = "person"
    OFFICIAL = "official"
    INSTITUTION = "institution"
    OUTLET = "outlet"
    AUTHOR = "author"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a source. `heading` is False where the source itself gives the part no heading."""

    id: str
    title: str
    heading: bool = True

    @property
    def name(self) -> str:
        """What a reader is told of it; empty for the text as a whole, of which nobody has named a part."""
        return "" if self == WHOLE else self.title


WHOLE = Section("text", "Text", heading=False)
"""The only part of a source of which no parts are named."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text that claims rest on.

    `published` is empty where the source does not state a date; `period` then says in words what
    is known about when it speaks ("between December 2021 and February 2022").
    """

    id: str
    title: str
    author: str
    sections: tuple[Section, ...]
    url: str = ""
    published: str = ""
    period: str = ""

    def section(self, section_id: str) -> Section:
        """The section with that id. Raises KeyError for an unknown one."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise KeyError(section_id)


@dataclass(frozen=True, slots=True)
class Locator:
    """A place in a source: paragraphs count from 1 within their section, 0 where the source has none to count.

    `anchor` is the few exact words of the source that something rests on, empty where they are not noted.
    """

    source: str
    section: str
    paragraph: int = 0
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Expert:
    """Who says something: a person, an institution, an outlet, an official, the author or a group.

    `described` is the place where the source says who they are, if it does.
    """

    id: str
    name: str
    kind: ExpertKind
    role: str = ""
    affiliation: str = ""
    aliases: tuple[str, ...] = ()
    note: str = ""
    described: Locator | None = None

    @property
    def credentials(self) -> str:
        """Role and affiliation as one phrase, empty where neither is known."""
        return ", ".join(part for part in (self.role, self.affiliation) if part)


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject that claims are filed under."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement in the base's own words, with who says it and where.

    `quote` is set only where the source itself quotes directly. `article_present` marks words like
    "this year" in the source: they mean the source's time, not the reader's. `note` says what is
    unclear in the source's wording.
    """

    id: str
    text: str
    expert: str
    locator: Locator
    reported_by: str = ""
    quote: str = ""
    topics: tuple[str, ...] = ()
    note: str = ""
    article_present: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its answer and the claims that the answer rests on.

    `verified_on` is the day on which somebody last checked it, `expires` the day from which it no longer
    holds; both as 2024-05-31, empty where nobody has said.
    """

    id: str
    question: str
    answer: str
    claims: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    verified_on: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions close to what the base holds that its sources do not answer.

    A question nearest to one of these gets no answer: a neighbouring one would be wrong.
    """

    id: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Golden:
    """A question that is known to be asked: `entry` has to answer it, or nothing where that is empty.

    Not askable by itself; it shows whether a change does harm.
    """

    id: str
    question: str
    entry: str = ""


@dataclass(frozen=True, slots=True)
class PackInfo:
    """What a pack is, in a line or two, for help and chit-chat. `examples` are entry ids."""

    id: str
    title: str
    about: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """A checked, immutable base. Mappings keep the order of the files they came from."""

    info: PackInfo
    sources: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))
    experts: Mapping[str, Expert] = field(default_factory=lambda: MappingProxyType({}))
    topics: Mapping[str, Topic] = field(default_factory=lambda: MappingProxyType({}))
    claims: Mapping[str, Claim] = field(default_factory=lambda: MappingProxyType({}))
    entries: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))
    gaps: Mapping[str, Gap] = field(default_factory=lambda: MappingProxyType({}))
    golden: Mapping[str, Golden] = field(default_factory=lambda: MappingProxyType({}))

    def claims_of(self, expert_id: str) -> tuple[Claim, ...]:
        """Claims that the expert makes or, as an outlet, reports; in order of the base."""
        return tuple(c for c in self.claims.values() if expert_id in (c.expert, c.reported_by))

    def claims_about(self, topic_id: str) -> tuple[Claim, ...]:
        """Claims filed under the topic, in order of the base."""
        return tuple(c for c in self.claims.values() if topic_id in c.topics)
