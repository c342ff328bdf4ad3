"""What a moderator fills in to add an entry, as typed or taken from a message."""

from __future__ import annotations

from dataclasses import dataclass

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

    `author` is an expert's id or a new one; without one, a message is by who says it and a page by its site.
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
