"""Discord's rate limits, kept as Discord keeps them, where they are switched on.

A bucket is a kind of route together with its channel or webhook; its window begins with the first request in it. What
interactions answer with their own token is outside the global limit.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.local.jsontypes import Json

GLOBAL = 50
"""Requests of one bot a second."""

INVALID = 10_000
"""Responses 401, 403 and 429 within ten minutes after which the address is banned."""

INVALID_SECONDS = 600.0

# Method and template: how many requests in how many seconds. As measured by others: Discord names its limits only
# in headers, and may change them.
ROUTES: dict[tuple[str, str], tuple[int, float]] = {
    ("POST", "/channels/{channel_id}/messages"): (5, 5.0),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): (5, 5.0),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}"): (5, 1.0),
    ("POST", "/channels/{channel_id}/typing"): (5, 5.0),
    ("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"): (1, 0.25),
}
WEBHOOK = (5, 2.0)
OTHER = (10, 10.0)


@dataclass(slots=True)
class _Bucket:
    limit: int
    seconds: float
    began: float
    used: int = 0

    def left(self, now: float) -> float:
        """Seconds until the window ends."""
        return max(0.0, self.began + self.seconds - now)


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that came too soon."""

    retry_after: float
    everywhere: bool


class RateLimits:
    """Counts requests; refuses what comes too soon while `on`. `clock` gives seconds that only grow."""

    def __init__(self, *, on: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self.on = on
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}
        self._second = _Bucket(GLOBAL, 1.0, clock())
        self._invalid: deque[float] = deque()

    def switch(self, *, on: bool) -> None:
        """Keep the limits from now on, or no longer; what was counted is forgotten."""
        self.on = on
        self._buckets.clear()
        self._second = _Bucket(GLOBAL, 1.0, self._clock())
        self._invalid.clear()

    @property
    def invalid(self) -> int:
        """How many requests of the last ten minutes were invalid."""
        before = self._clock() - INVALID_SECONDS
        while self._invalid and self._invalid[0] < before:
            self._invalid.popleft()
        return len(self._invalid)

    def note(self, status: int) -> None:
        """Count a response towards the ban."""
        if status in (401, 403, 429):
            self._invalid.append(self._clock())

    def take(self, method: str, template: str, path: str) -> tuple[Refused | None, dict[str, str]]:
        """Count a request: whether it is refused, and the headers that tell where its bucket stands."""
        if not self.on or template.startswith("/interactions/"):
            return None, {}
        now = self._clock()
        own_token = template.startswith("/webhooks/")
        if self._second.left(now) <= 0:
            self._second = _Bucket(GLOBAL, 1.0, now)
        if not own_token and self._second.used >= GLOBAL:
            return Refused(self._second.left(now), everywhere=True), {}
        name = f"{'*' if own_token else method} {'/webhooks' if own_token else template}"
        limit, seconds = WEBHOOK if own_token else ROUTES.get((method, template), OTHER)
        key = f"{name} {'/'.join(path.split('/')[: 4 if own_token else 3])}"
        bucket = self._buckets.get(key)
        if bucket is None or bucket.left(now) <= 0:
            bucket = self._buckets[key] = _Bucket(limit, seconds, now)
        refused = bucket.used >= bucket.limit
        if not refused:
            bucket.used += 1
            self._second.used += not own_token
        left = bucket.left(now)
        headers = {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(bucket.limit - bucket.used),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(),
        }
        return (Refused(left, everywhere=False) if refused else None), headers

    def figures(self) -> Json:
        """What the control address tells."""
        return {"on": self.on, "invalid": self.invalid, "invalid_limit": INVALID}
