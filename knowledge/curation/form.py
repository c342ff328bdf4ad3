"""What a moderator fills in to add an entry, as typed or taken from a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from knowledge.curation.wording import one_line, shorten, tidy
from knowledge.model import ExpertKind

MAX_ANCHOR = 120
"""The most characters that the few words of a source may have, as in the pack format."""


@dataclass(frozen=True, slots=True)
class NewExpert:
    """Somebody who is to be added. Where the name is known already, the known one is meant."""

    name: str
    kind: ExpertKind = ExpertKind.PERSON
    role: str = ""
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source that is to be added. Where its link or title is known already, the known one is meant.

    `author` is an expert's id or a new one; without one, a page is by its site, all else by who says it.
    """

    title: str
    url: str = ""
    author: str | NewExpert = ""
    published: str = ""


@dataclass(frozen=True, slots=True)
class EntryFields:
    """What is filled in, as typed. `source`, `expert`: the id of a known one, or a new one.

    `place` is where in the source ("Causes of floods, paragraph 2"), `words` some exact words from there,
    `quoted` whether the source has them as a direct quotation. `claim` is what the expert says, in one
    statement; left empty, the answer is. With `claims`, ids of known ones, the answer rests on those, and
    on a new one only where an expert or source is given too.
    """

    question: str
    answer: str
    source: str | NewSource = ""
    expert: str | NewExpert = ""
    place: str = ""
    words: str = ""
    quoted: bool = False
    claim: str = ""
    phrasings: str = ""
    topics: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    verified_on: str = ""
    expires: str = ""

    def as_json(self) -> dict[str, Any]:
        """The fields as plain data, for keeping a proposal or a half-filled form."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> EntryFields:
        """The fields kept by `as_json`; what they do not know is passed over, what is missing is empty."""
        kept = {name: data.get(name, "") for name in ("question", "answer")}
        kept |= {
            name: data[name]
            for name in ("place", "words", "claim", "phrasings", "verified_on", "expires", "quoted")
            if name in data
        }
        kept |= {name: tuple(data[name]) for name in ("topics", "claims") if name in data}
        return cls(**kept, expert=_expert(data.get("expert", "")), source=_source(data.get("source", "")))


def _expert(data: str | Mapping[str, Any]) -> str | NewExpert:
    if isinstance(data, str):
        return data
    kind = ExpertKind(data.get("kind", ExpertKind.PERSON))
    return NewExpert(data.get("name", ""), kind, data.get("role", ""), data.get("affiliation", ""))


def _source(data: str | Mapping[str, Any]) -> str | NewSource:
    if isinstance(data, str):
        return data
    author = _expert(data.get("author", ""))
    return NewSource(data.get("title", ""), data.get("url", ""), author, data.get("published", ""))


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with a field of EntryFields, by its name, and what to do."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


def fields_of_message(text: str, *, author: str, link: str, where: str, day: str) -> EntryFields:
    """Fields filled in from a message: its writer is the expert, the message the source, at `where` on `day`.

    The first line goes into the question where it asks something, the rest into the answer.
    """
    said = tidy(text)
    first, _, rest = said.partition("\n")
    asks = first.rstrip().endswith("?") and bool(rest.strip())
    answer = tidy(rest) if asks else said
    writer = NewExpert(author)
    title = f"Message of {author} in {where}"
    return EntryFields(
        question=first.strip() if asks else "",
        answer=answer,
        source=NewSource(shorten(one_line(title), 200), link, writer, day),
        expert=writer,
        words=shorten(one_line(answer), MAX_ANCHOR),
    )
