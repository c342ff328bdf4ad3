"""What share of a server's questions its base does not answer, as the questions asked there lately suggest.

A confidence is a probability at such a share. The one that is set stands for servers of which little is known; what a
server asks shifts it (prior shift by expectation maximisation: Saerens, Latinne and Decaestecker 2002).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from weakref import WeakKeyDictionary

from knowledge.answerer import Answerer
from knowledge.errors import CitebotError
from knowledge.events import Events

events = Events(__name__)

LEAST = 30
"""So many different questions have to be known, or the share stays as it is set."""

_BEFORE = 50.0  # questions that the set share counts for
_STEPS = 20  # shares are told in twentieths: servers with the same one share an index
# Whoever asks nonsense on purpose must not be able to silence the bot, nor a quiet time make it careless.
_LEAST_STEP, _MOST_STEP = 4, 14
_ROUNDS = 100
_STILL = 1e-4

Recent = Callable[[int], Awaitable[Sequence[str]]]
"""The questions asked in a server lately, each once."""

Match = Callable[[Answerer, str], Awaitable[float]]
"""The probability that an answerer's base does not answer a question, worked out off the loop."""


@dataclass(frozen=True, slots=True)
class OffBase:
    """The share, above 0 and below 1, of a server's questions that are off base.

    `questions` is how many questions tell so, 0 where the share is as it is set.
    """

    share: float
    questions: int = 0


def estimate(off_base: Sequence[float], share: float) -> OffBase:
    """The share that questions suggest, given the probability at `share` that each is off base.

    `share` is what is believed before; it counts for fifty questions.
    """
    if len(off_base) < LEAST:
        return OffBase(share)
    found = share
    for _ in range(_ROUNDS):
        more, less = found / share, (1 - found) / (1 - share)
        weights = [p * more / (p * more + (1 - p) * less) for p in off_base]
        before, found = found, (_BEFORE * share + sum(weights)) / (_BEFORE + len(weights))
        if abs(found - before) < _STILL:
            break
    return OffBase(min(max(round(found * _STEPS), _LEAST_STEP), _MOST_STEP) / _STEPS, len(off_base))


class Shares:
    """The share of each server, estimated anew in the background once a day where somebody asks."""

    def __init__(self, recent: Recent, match: Match, clock: Callable[[], datetime]) -> None:
        self._recent = recent
        self._match = match
        self._clock = clock
        self._known: dict[int, tuple[date, OffBase]] = {}
        self._shifted: WeakKeyDictionary[Answerer, dict[float, Answerer]] = WeakKeyDictionary()
        self._one_at_a_time = asyncio.Lock()
        self._behind: dict[int, asyncio.Task[None]] = {}

    async def leave(self) -> None:
        """Give up what is under way."""
        going = list(self._behind.values())
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)

    def look(self, guild: int, answerer: Answerer) -> None:
        """Begin to estimate the share of a server, unless that was done today; `answerer` holds all that it knows."""
        known = self._known.get(guild)
        if (known is None or known[0] != self._clock().date()) and guild not in self._behind:
            self._behind[guild] = asyncio.create_task(self._renew(guild, answerer), name=f"off base in {guild}")

    def at(self, guild: int | None, answerer: Answerer) -> Answerer:
        """The answerer, its confidence meant at the share of a server; the same one where that is as it is set."""
        known = None if guild is None else self._known.get(guild)
        if known is None or known[1].share == answerer.policy.off_base:
            return answerer
        share = known[1].share
        shifted = self._shifted.setdefault(answerer, {})
        if share not in shifted:
            shifted[share] = answerer.at(share)
        return shifted[share]

    async def today(self, guild: int, answerer: Answerer) -> OffBase:
        """The share of a server as it was estimated today, or else now.

        Raises StoreError; takes seconds of CPU off the loop where it is estimated now.
        """
        day, known = self._known.get(guild, (None, OffBase(answerer.policy.off_base)))
        return known if day == self._clock().date() and known.questions else await self._estimate(guild, answerer)

    async def _estimate(self, guild: int, answerer: Answerer) -> OffBase:
        async with self._one_at_a_time:
            questions = await self._recent(guild)
            # One by one, so that what is asked meanwhile gets its turn.
            judged = [] if len(questions) < LEAST else [await self._match(answerer, question) for question in questions]
        found = estimate(judged, answerer.policy.off_base)
        self._known[guild] = (self._clock().date(), found)
        return found

    def forget(self, guild: int) -> None:
        """Of a server that is forgotten nothing is kept."""
        self._known.pop(guild, None)

    async def _renew(self, guild: int, answerer: Answerer) -> None:
        try:
            await self._estimate(guild, answerer)
        except CitebotError as error:
            events.warning("share.not_estimated", f"tried again tomorrow: {error}", guild=guild)
            self._leave_it(guild, answerer)
        except Exception as error:
            events.error("share.not_estimated", "tried again tomorrow", cause=error, guild=guild)
            self._leave_it(guild, answerer)
        finally:
            del self._behind[guild]

    def _leave_it(self, guild: int, answerer: Answerer) -> None:
        _, known = self._known.get(guild, (None, OffBase(answerer.policy.off_base)))
        self._known[guild] = (self._clock().date(), known)
