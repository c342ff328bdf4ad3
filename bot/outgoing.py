"""Every request of discord.py's passes here: in time for Discord's global limit, and never near a ban.

discord.py keeps the limits that responses name, channel by channel, but sends as fast as it can where a server is new
to it, and goes on when Discord says no. Discord bans an address after 10,000 responses of 401, 403 or 429 within ten
minutes; what comes through here stops at a tenth of that.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import discord

from knowledge.events import Events

events = Events(__name__)

INVALID_MOST = 1_000
"""Responses that Discord counts as invalid within `INVALID_SECONDS`, after which nothing is sent for a while."""

INVALID_SECONDS = 600.0

PATIENCE = 60.0
"""Seconds that a request waits for its turn at most."""

BANNED_SECONDS = 60.0
"""Seconds of silence after a 429 that did not come from Discord itself, where it names none."""

AT_ONCE = 5
"""Requests that go out together; more are spread over the second, so that those of one late second and of the next do
not meet: Discord counts when they arrive."""

MARGIN = 0.25
"""Seconds that a channel gets in addition, as requests take longer now and then."""

SECOND = 1.2
"""Seconds that hold `rate` requests: the first of them may be longer on its way than those a second later."""

CHANNELS = 5_000
"""Channels whose last messages are remembered."""

CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0
"""Seconds without a byte after which a request has failed; aiohttp's own five minutes keep people waiting."""

_INVALID = (401, 403, 429)


class HeldBackError(aiohttp.ClientError):
    """A request was not sent, because Discord would not take it now."""


class Gate:
    """Lets requests out. `rate` is how many a second (0: any number), `clock` gives seconds that only grow."""

    def __init__(
        self,
        rate: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._turns: deque[float] = deque(maxlen=rate or 1)
        self._sent: deque[float] = deque(maxlen=rate or 1)
        self._closed_until = 0.0  # for all requests of the bot's token
        self._banned_until = 0.0  # for the whole address
        self._invalid: deque[float] = deque()
        # What responses name for posting in a channel: how many messages in how many seconds. discord.py keeps to it
        # as well, but while a limit is new to it, it counts one channel in two places.
        self._limit: tuple[int, float] | None = None
        self._posted: OrderedDict[str, deque[float]] = OrderedDict()

    async def enter(self, path: str, method: str = "POST") -> None:
        """Wait for a request's turn, in the order of coming. Raises HeldBackError where that would take too long."""
        now = self._clock()
        if path_of_interaction(path):
            # These are outside the global limit, and nobody may wait for them longer than three seconds.
            if self._banned_until > now:
                raise HeldBackError("Discord takes nothing from this address for the moment")
            return
        if self._limit is not None and method == "POST" and path.endswith("/messages"):
            await self._in_channel(path, *self._limit)
            now = self._clock()
        turn = max(now, self._closed_until, self._banned_until, self._after(self._turns))
        if turn - now > PATIENCE:
            raise HeldBackError(f"Discord takes nothing for {turn - now:.0f} seconds more")
        self._turns.append(turn)
        # Where the machine stood still, many a turn has come at once: what counts is when the others went out.
        while (wait := max(turn, self._closed_until, self._banned_until, self._after(self._sent)) - self._clock()) > 0:
            await self._sleep(wait)
        self._sent.append(self._clock())

    def _after(self, times: deque[float]) -> float:
        """When one more may follow these."""
        if not self._rate:
            return 0.0
        few = min(AT_ONCE, self._rate)
        whole = times[0] + SECOND if len(times) == self._rate else 0.0
        return max(whole, times[-few] + SECOND * few / self._rate if len(times) >= few else 0.0)

    async def _in_channel(self, path: str, limit: int, seconds: float) -> None:
        """Wait until a channel takes one message more."""
        times = self._posted.setdefault(path, deque())
        self._posted.move_to_end(path)
        if len(self._posted) > CHANNELS:
            self._posted.popitem(last=False)
        while len(times) > limit and times[0] < self._clock() - seconds:
            times.popleft()
        now = self._clock()
        turn = max(now, times[-limit] + seconds + MARGIN) if len(times) >= limit else now
        times.append(turn)
        while (wait := turn - self._clock()) > 0:
            await self._sleep(wait)

    def leave(self, status: int, headers: Mapping[str, str], path: str = "", method: str = "POST") -> None:
        """Learn from a response."""
        if method == "POST" and path.endswith("/messages") and not path_of_interaction(path):
            self._learn(headers)
        if status not in _INVALID:
            return
        now = self._clock()
        self._invalid.append(now)
        while self._invalid[0] <= now - INVALID_SECONDS:
            self._invalid.popleft()
        if status == 429:
            self._limited(now, headers)
        if len(self._invalid) >= INVALID_MOST:
            self._banned_until = max(self._banned_until, self._invalid[0] + INVALID_SECONDS)
            events.warning(
                "request.held_back",
                "Discord refuses too much of what is sent: nothing is sent until it is less",
                refused=len(self._invalid),
                seconds=self._banned_until - now,
            )

    def _learn(self, headers: Mapping[str, str]) -> None:
        limit, left = headers.get("X-RateLimit-Limit", ""), headers.get("X-RateLimit-Remaining", "")
        # Right after the first message of a window, the rest of it is nearly the whole.
        if limit.isdecimal() and left.isdecimal() and int(limit) > 0 and int(left) == int(limit) - 1:
            seconds = _seconds(headers.get("X-RateLimit-Reset-After"))
            if self._limit is None or self._limit[0] != int(limit) or self._limit[1] < seconds:
                self._limit = (int(limit), seconds)

    def _limited(self, now: float, headers: Mapping[str, str]) -> None:
        after = _seconds(headers.get("Retry-After"))
        if "Via" not in headers:
            self._banned_until = max(self._banned_until, now + (after or BANNED_SECONDS))
            events.warning(
                "request.banned", "this address is banned for a while", seconds=self._banned_until - now, status=429
            )
        elif headers.get("X-RateLimit-Global") == "true":
            self._closed_until = max(self._closed_until, now + after)

    def trace(self) -> aiohttp.TraceConfig:
        """What has aiohttp come here before and after each request; for discord.py's `http_trace`."""
        config = aiohttp.TraceConfig()

        async def begin(_session: Any, _context: Any, about: aiohttp.TraceRequestStartParams) -> None:
            if not about.url.scheme.startswith("ws"):
                await self.enter(about.url.path, about.method)

        async def end(_session: Any, _context: Any, about: aiohttp.TraceRequestEndParams) -> None:
            self.leave(about.response.status, about.response.headers, about.url.path, about.method)

        config.on_request_start.append(begin)
        config.on_request_end.append(end)
        return config


def path_of_interaction(path: str) -> bool:
    """Whether a request carries an interaction's own token."""
    return "/interactions/" in path or "/webhooks/" in path


def bound_waits(client: discord.Client) -> None:
    """After login: no request of a client's waits for ever. discord.py has no option for this."""
    session: aiohttp.ClientSession = vars(client.http)["_HTTPClient__session"]
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS)
    vars(session)["_timeout"] = timeout


def _seconds(value: str | None) -> float:
    try:
        return max(0.0, float(value or 0))
    except ValueError:
        return 0.0
