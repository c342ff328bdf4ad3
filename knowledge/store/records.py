"""What the store hands out: plain frozen records, no database objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from knowledge.answers import Outcome


@dataclass(frozen=True, slots=True)
class Reply:
    """A message of the bot's, and whom it serves. Ids are Discord's.

    `asker` is whose question it answers, `invoker` who set the bot on it (often the same person).
    `question_message` is the asker's message, None for a command. `candidate` is empty unless the
    outcome is an answer. Times are aware UTC.
    """

    message: int
    channel: int
    guild: int | None
    asker: int
    invoker: int
    question_message: int | None
    candidate: str
    outcome: Outcome
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes counted."""

    helpful: int
    unhelpful: int
