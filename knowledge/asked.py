"""What becomes known of questions: how they ended, which had no good answer. Never by whom.

Written behind the answer, one after the other: what fails here is logged and disturbs nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from knowledge.answers import Answer, Outcome
from knowledge.errors import CitebotError
from knowledge.events import Events
from knowledge.matching.text import clean
from knowledge.store import Store
from knowledge.store.records import Lack

events = Events(__name__)

MOST = 2000
"""Questions that may wait to be written; what comes beyond that is not counted."""

PATIENCE = 2.0
"""Seconds that leaving waits for what is still to be written."""

_LACKS = {Outcome.SUGGEST: Lack.SUGGESTED, Outcome.ABSTAIN: Lack.ABSTAINED}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in a server, how it ended and with what; `lack` where it had no good answer."""

    guild: int
    text: str
    outcome: Outcome | None
    candidate: str
    lack: Lack | None


Days = Callable[[int], Awaitable[int]]
"""How many days a server keeps the words of questions."""

Closest = Callable[[int, str], Awaitable[tuple[str, ...]]]
"""The candidates of a server closest to a question, best first."""


class Record:
    """Writes down what is counted. Open it with `async with`."""

    def __init__(self, store: Store, days: Days, closest: Closest) -> None:
        self._store = store
        self._days = days
        self._closest = closest
        self._waiting: asyncio.Queue[Asked] = asyncio.Queue(MOST)
        self._lost = 0
        self._writing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._writing = asyncio.create_task(self._write_all(), name="questions asked")
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self.written()
        except TimeoutError:
            events.warning("counting.lost", "not counted: no time was left", questions=self._waiting.qsize())
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)

    @property
    def waiting(self) -> int:
        """How many are still to be written."""
        return self._waiting.qsize()

    async def written(self) -> None:
        """Wait until all that was counted so far is written."""
        await self._waiting.join()

    def count(self, guild: int, answer: Answer) -> None:
        """A question was answered so. Its words are kept for a while, unless it was no question."""
        text = "" if answer.outcome is Outcome.CHITCHAT else answer.asked
        lack = _LACKS.get(answer.outcome) if text else None
        self._put(Asked(guild, text, answer.outcome, answer.candidate_id, lack))

    def unhelpful(self, guild: int, text: str) -> None:
        """An answer to that question did not help."""
        if text := clean(text):
            self._put(Asked(guild, text, None, "", Lack.UNHELPFUL))

    def _put(self, asked: Asked) -> None:
        try:
            self._waiting.put_nowait(asked)
        except asyncio.QueueFull:
            if not self._lost:
                events.warning("counting.behind", "questions are not counted for now: the database does not keep up")
            self._lost += 1

    async def _write_all(self) -> None:
        in_trouble = False
        while True:
            asked = await self._waiting.get()
            try:
                await self._write(asked)
            except CitebotError as error:
                if not in_trouble:
                    events.warning(
                        "counting.failed", f"questions are answered but not counted: {error}", guild=asked.guild
                    )
                in_trouble = True
            except Exception as error:
                events.error(
                    "counting.failed", "a question was answered but not counted", cause=error, guild=asked.guild
                )
            else:
                in_trouble = False
            finally:
                self._waiting.task_done()
            if self._lost and self._waiting.empty():
                events.warning("counting.lost", "not counted: the database did not keep up", questions=self._lost)
                self._lost = 0

    async def _write(self, asked: Asked) -> None:
        guild, text = asked.guild, asked.text
        if asked.outcome is not None:
            await self._store.usage.count(guild, asked.outcome, asked.candidate)
        if not text:
            return
        days = await self._days(guild)
        if asked.outcome is not None:
            await self._store.recent.add(guild, text, days=days)
        if asked.lack is not None:
            await self._store.unanswered.add(guild, text, asked.lack, await self._closest(guild, text), days=days)
