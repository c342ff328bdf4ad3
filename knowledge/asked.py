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
from knowledge.store.counting import AskedQuestion
from knowledge.store.records import Lack

events = Events(__name__)

MOST = 2000
"""Questions that may wait to be written; what comes beyond that is not counted."""

GATHER = 0.5
"""Seconds for which questions are gathered, to be written in one transaction."""

AT_ONCE = 200
"""Questions written in one transaction at most."""

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
        self._hurry = asyncio.Event()
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
        self._hurry.set()
        try:
            await self._waiting.join()
        finally:
            self._hurry.clear()

    def count(self, guild: int, answer: Answer, *, listed: bool = True) -> None:
        """A question was answered so. Its words are kept for a while, unless it was no question.

        Without a good answer it goes on the moderators' list, unless it is not to be `listed`.
        """
        text = "" if answer.outcome is Outcome.CHITCHAT else answer.asked
        lack = _LACKS.get(answer.outcome) if text and listed else None
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
            batch = [await self._waiting.get()]
            try:
                async with asyncio.timeout(GATHER):
                    await self._hurry.wait()
            except TimeoutError:
                pass
            while len(batch) < AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            try:
                await self._store.asked.add([await self._written_down(asked) for asked in batch])
            except CitebotError as error:
                if not in_trouble:
                    events.warning("counting.failed", f"questions are answered but not counted: {error}")
                in_trouble = True
            except Exception as error:
                events.error("counting.failed", "questions were answered but not counted", cause=error)
            else:
                in_trouble = False
            finally:
                for _ in batch:
                    self._waiting.task_done()
            if self._lost and self._waiting.empty():
                events.warning("counting.lost", "not counted: the database did not keep up", questions=self._lost)
                self._lost = 0

    async def _written_down(self, asked: Asked) -> AskedQuestion:
        """With what the database is to keep beside it. Takes CPU off the loop, and is done before a transaction."""
        closest = await self._closest(asked.guild, asked.text) if asked.lack is not None else ()
        days = await self._days(asked.guild) if asked.text else 0
        return AskedQuestion(asked.guild, asked.outcome, asked.candidate, asked.text, days, asked.lack, closest)
