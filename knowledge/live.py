"""The base that is being answered from: one immutable snapshot, swapped in whole."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor

from knowledge.answerer import Answerer
from knowledge.answers import Answer


class LiveKnowledge:
    """Holds the current snapshot. A question that has begun keeps the one that it began with."""

    def __init__(self, answerer: Answerer, *, executor: Executor | None = None) -> None:
        self._current = answerer
        self._executor = executor

    @property
    def current(self) -> Answerer:
        """The snapshot to answer from now."""
        return self._current

    def swap(self, answerer: Answerer) -> None:
        """Answer from another snapshot from now on."""
        self._current = answerer

    async def ask(self, question: str) -> Answer:
        """The answer to a question, worked out off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._current.ask, question)
