"""What of an item can be edited in forms: sheets of at most five fields, each a text that people type or choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from knowledge.curation.items import ItemKind
from knowledge.model import ExpertKind


class Shape(StrEnum):
    """How a field's text is to be read."""

    LINE = "line"
    TEXT = "text"
    LIST = "list"  # one item a line
    ONE = "one"  # the id of an item, or what people call it
    SOME = "some"  # the same, one a line
    CHOICE = "choice"
    FLAG = "flag"  # "yes" or nothing
    PLACE = "place"  # "Causes of floods, paragraph 2"
    PARTS = "parts"  # the titles of a source's parts, one a line


@dataclass(frozen=True, slots=True)
class Field:
    """A field. `most` characters fit; `of` is the kind of item that it names; `choices` are values with words."""

    name: str
    label: str
    shape: Shape
    most: int = 0
    hint: str = ""
    needed: bool = False
    of: ItemKind | None = None
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form."""

    title: str
    fields: tuple[Field, ...]


KIND_WORDS: Mapping[ExpertKind, str] = MappingProxyType(
    {
        ExpertKind.PERSON: "a person",
        ExpertKind.OFFICIAL: "an official voice",
        ExpertKind.INSTITUTION: "an institution",
        ExpertKind.OUTLET: "a news outlet or website",
        ExpertKind.AUTHOR: "an author of a source",
        ExpertKind.GROUP: "an unnamed group",
    }
)

KIND_CHOICES = tuple((kind.value, words) for kind, words in KIND_WORDS.items())
FLAG_CHOICES = (("yes", "yes"), ("no", "no"))
_DAY = "A day such as 2027-05-31; may stay empty"
_LINES = "One a line"

SHEETS: Mapping[ItemKind, tuple[Sheet, ...]] = MappingProxyType(
    {
        ItemKind.ENTRY: (
            Sheet(
                "Question and answer",
                (
                    Field("question", "Question", Shape.LINE, 200, "As people would ask it", needed=True),
                    Field("answer", "Answer", Shape.TEXT, 1000, "In your own words", needed=True),
                    Field("phrasings", "Other ways to ask it", Shape.LIST, 4000, _LINES),
                ),
            ),
            Sheet(
                "Statements and dates",
                (
                    Field(
                        "claims",
                        "Statements that it rests on",
                        Shape.SOME,
                        4000,
                        "Ids, or how they begin, one a line",
                        True,
                        ItemKind.CLAIM,
                    ),
                    Field("related", "Related questions", Shape.SOME, 4000, _LINES, of=ItemKind.ENTRY),
                    Field("verified_on", "Verified on", Shape.LINE, 10, _DAY),
                    Field("expires", "No longer holds from", Shape.LINE, 10, _DAY),
                ),
            ),
        ),
        ItemKind.CLAIM: (
            Sheet(
                "What is said",
                (
                    Field("text", "Statement", Shape.TEXT, 400, "In your own words, never a quotation", needed=True),
                    Field(
                        "quote", "Quotation", Shape.TEXT, 400, "Only where the source quotes directly, word for word"
                    ),
                    Field("note", "Note", Shape.TEXT, 400, "What the source leaves unclear"),
                    Field("topics", "Topics", Shape.SOME, 1000, _LINES, of=ItemKind.TOPIC),
                    Field("article_present", "“Now” means the source’s own time", Shape.FLAG, choices=FLAG_CHOICES),
                ),
            ),
            Sheet(
                "Who says it and where",
                (
                    Field("expert", "Who says it", Shape.ONE, 120, "Id or name", True, ItemKind.EXPERT),
                    Field("reported_by", "Reported by", Shape.ONE, 120, "Id or name", of=ItemKind.EXPERT),
                    Field("source", "Source", Shape.ONE, 200, "Id or title", True, ItemKind.SOURCE),
                    Field("place", "Where it stands there", Shape.PLACE, 230, "Causes of floods, paragraph 2"),
                    Field("anchor", "A few exact words from there", Shape.LINE, 120),
                ),
            ),
        ),
        ItemKind.EXPERT: (
            Sheet(
                "Who they are",
                (
                    Field("name", "Name", Shape.LINE, 120, needed=True),
                    Field("kind", "What sort of voice", Shape.CHOICE, needed=True, choices=KIND_CHOICES),
                    Field("role", "Role", Shape.LINE, 200, "What they are, as the source says"),
                    Field("affiliation", "Where they belong", Shape.LINE, 200),
                    Field("aliases", "Other names", Shape.LIST, 4000, _LINES),
                ),
            ),
            Sheet("Note", (Field("note", "Note", Shape.TEXT, 400, "What else a reader should know"),)),
        ),
        ItemKind.SOURCE: (
            Sheet(
                "Source",
                (
                    Field("title", "Title", Shape.LINE, 200, needed=True),
                    Field("url", "Link", Shape.LINE, 500),
                    Field("author", "Written by", Shape.ONE, 120, "Id or name", True, ItemKind.EXPERT),
                    Field("published", "Published", Shape.LINE, 60, "The date, as the source states it"),
                    Field("period", "When it speaks", Shape.LINE, 200, "In words, where it states no date"),
                ),
            ),
            Sheet("Parts", (Field("sections", "Parts of it", Shape.PARTS, 4000, "Titles, one a line", needed=True),)),
        ),
        ItemKind.TOPIC: (
            Sheet(
                "Topic",
                (
                    Field("name", "Name", Shape.LINE, 120, needed=True),
                    Field("aliases", "Other names", Shape.LIST, 4000, _LINES),
                ),
            ),
        ),
    }
)
"""The sheets of each kind of item that moderators edit by hand."""
