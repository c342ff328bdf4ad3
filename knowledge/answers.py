"""What the bot says to a question, as data: rendering to Discord or plain text happens elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge.model import Expert, Section, Source


class Outcome(StrEnum):
    """What became of a question."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    ABSTAIN = "abstain"
    CHITCHAT = "chitchat"


@dataclass(frozen=True, slots=True)
class Attribution:
    """A claim as shown to a reader: who says it, through whom, and where it stands.

    `quote` holds the source's own quotation marks' content, or nothing; `text` is never a quotation.
    `paragraph` counts from 1 within the section, 0 where the source has none to count.
    """

    claim_id: str
    text: str
    expert: Expert
    reported_by: Expert | None
    quote: str
    note: str
    source: Source
    section: Section
    paragraph: int
    author: Expert


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that the base can answer. `candidate_id` is stable and at most 80 characters."""

    candidate_id: str
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete reply.

    `asked` is the question as understood from the message, `title` the question of the base that
    is answered, `understood` the same where it differs from what was asked (a fuzzy match), else
    empty. `confidence` is 0..1; `sureness` is it in one word, empty unless answered. `body` is the
    answer in the base's own words (or the friendly line of a chit-chat or abstention); `caveat` a
    line about time ("At the time of the article, …"), or empty. `besides` is a line that says, in the
    asker's words, what else the same message asked and what became of that, or empty; what of it the
    base answers comes first in `related`.
    """

    outcome: Outcome
    asked: str
    body: str
    confidence: float
    candidate_id: str = ""
    title: str = ""
    understood: str = ""
    sureness: str = ""
    caveat: str = ""
    besides: str = ""
    attributions: tuple[Attribution, ...] = ()
    related: tuple[Suggestion, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
