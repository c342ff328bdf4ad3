"""Every question leaves one line in the log and one count: how it came, how it ended, how long it took."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager

from handlers.services import Services
from handlers.where import Where
from knowledge.answers import Answer
from knowledge.events import Events

events = Events(__name__)

FAILED = "failed"
SILENT = "silent"
"""What was not asked of the bot and it was not sure enough of. It is counted, but leaves no line."""

SLOWED = "slowed"
"""Whoever asked has to wait, or was shown the same answer that stands there already."""

UNPOSTED = "unposted"
"""There was nowhere to reply: the question was deleted, or the bot may not write there."""


class Asked:
    """A question that is being dealt with. What is not said of it counts as failed."""

    def __init__(self) -> None:
        self.outcome = FAILED
        self.confidence: float | None = None

    def answered(self, answer: Answer) -> None:
        """The reply stands."""
        self.outcome, self.confidence = answer.outcome.value, answer.confidence

    def ended(self, outcome: str) -> None:
        """It ended in another way: without a reply, or with one that is no answer."""
        self.outcome = outcome


@contextmanager
def asked(services: Services, way: str, where: Where, channel: int | None) -> Generator[Asked]:
    """Around everything from a question's arrival to the reply that stands."""
    began = time.perf_counter()
    services.metrics.under_way(1)
    question = Asked()
    try:
        yield question
    finally:
        seconds = time.perf_counter() - began
        services.metrics.under_way(-1)
        services.metrics.question(way, question.outcome, seconds)
        if question.outcome != SILENT:
            events.info(
                "question",
                question.outcome,
                guild=where.guild,
                channel=channel,
                way=way,
                outcome=question.outcome,
                confidence=question.confidence,
                ms=round(seconds * 1000),
            )
