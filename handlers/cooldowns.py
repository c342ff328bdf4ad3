"""Who has to wait: a member who asks too fast, a channel where too much is asked, an answer that stands there already.

Each is slowed alone and told once, until the next question is answered.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from enum import StrEnum

from knowledge.answers import Answer, Outcome

WINDOW = 60.0
"""Seconds within which questions are counted."""

KEPT = 10_000
"""Members, channels and answers that are remembered; the oldest make room."""


class Scope(StrEnum):
    """What is slowed."""

    MEMBER = "member"
    CHANNEL = "channel"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Wait:
    """A question is not answered for now: how long not, in seconds, and whether that is news to those who asked."""

    scope: Scope
    seconds: int
    news: bool


class Cooldowns:
    """Counts questions; `member` and `channel` are how many a minute, `repeat` seconds. 0 means no limit.

    `clock` gives seconds; where it goes back, counting begins anew.
    """

    def __init__(
        self, *, member: int = 0, channel: int = 0, repeat: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = {Scope.MEMBER: member, Scope.CHANNEL: channel}
        self._repeat = repeat
        self._clock = clock
        self._counted: OrderedDict[Hashable, deque[float]] = OrderedDict()
        self._told: set[Hashable] = set()
        self._answers: OrderedDict[tuple[int, str], tuple[float, int]] = OrderedDict()
        self._keys: dict[int, tuple[int, str]] = {}

    def question(self, guild: int | None, member: int, channel: int | None = None) -> Wait | None:
        """Count a question, or say that it has to wait; `channel` only where everybody there sees the answer."""
        places: list[tuple[Scope, Hashable]] = [(Scope.MEMBER, (Scope.MEMBER, guild, member))]
        if channel is not None and guild is not None:
            places.append((Scope.CHANNEL, (Scope.CHANNEL, channel)))
        now = self._clock()
        for scope, key in places:
            if (seconds := self._full(scope, key, now)) > 0:
                news = key not in self._told
                self._told.add(key)
                return Wait(scope, math.ceil(seconds), news)
        for scope, key in places:
            if self._most[scope]:
                self._counted.setdefault(key, deque()).append(now)
                self._counted.move_to_end(key)
                self._told.discard(key)
        while len(self._counted) > KEPT:
            old, _ = self._counted.popitem(last=False)
            self._told.discard(old)
        return None

    def _full(self, scope: Scope, key: Hashable, now: float) -> float:
        """Seconds until one question more is answered."""
        times = self._counted.get(key)
        if not self._most[scope] or times is None:
            return 0.0
        if times and times[-1] > now:
            times.clear()
        while times and times[0] <= now - WINDOW:
            times.popleft()
        return times[0] + WINDOW - now if len(times) >= self._most[scope] else 0.0

    def standing(self, channel: int, answer: Answer) -> int | None:
        """The reply in a channel that gave this very answer a moment ago."""
        found = self._answers.get((channel, answer.candidate_id))
        if found is None or not _whole(answer):
            return None
        at, message = found
        return message if 0 <= self._clock() - at < self._repeat else None

    def answered(self, channel: int, answer: Answer, message: int) -> None:
        """A reply that everybody in a channel sees was posted."""
        if not self._repeat or not _whole(answer):
            return
        key = (channel, answer.candidate_id)
        if (old := self._answers.pop(key, None)) is not None:
            self._keys.pop(old[1], None)
        self._answers[key] = (self._clock(), message)
        self._keys[message] = key
        if len(self._answers) > KEPT:
            _, (_, oldest) = self._answers.popitem(last=False)
            self._keys.pop(oldest, None)

    def changed(self, messages: Collection[int]) -> None:
        """Replies that no longer show what they showed, or are gone: nobody is sent to them."""
        for message in messages:
            if (key := self._keys.pop(message, None)) is not None:
                self._answers.pop(key, None)


def told(wait: Wait) -> str:
    """The one notice."""
    seconds = "1 second" if wait.seconds == 1 else f"{wait.seconds} seconds"
    if wait.scope is Scope.CHANNEL:
        return (
            f"Many questions came at once here, and I answer so many a minute in one channel. Please ask again in "
            f"{seconds}, or use /ask with *private*: then nobody has to wait for you."
        )
    return f"That was a little fast for me. Please ask again in {seconds}: what you ask until then goes unanswered."


def _whole(answer: Answer) -> bool:
    """Whether an answer is all that was said to its question: one of two questions is not."""
    return answer.outcome is Outcome.ANSWER and bool(answer.candidate_id) and not answer.besides
