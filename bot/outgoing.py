"""Every request of discord.py's passes here: in time for Discord's global limit, and never near a ban.

discord.py keeps the limits that responses name, channel by channel, but sends as fast as it can where a server is new
to it, and goes on when Discord says no. Discord bans an address after 10,000 responses of 401, 403 or 429 within ten
minutes; what comes through here stops at a tenth of that.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
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
        self._sent: deque[float] = deque(maxlen=rate or 1)
        self._closed_until = 0.0  # for all requests of the bot's token
        self._banned_until = 0.0  # for the whole address
        self._invalid: deque[float] = deque()

    async def enter(self, path: str) -> None:
        """Wait for a request's turn, in the order of coming. Raises HeldBackError where that would take too long."""
        now = self._clock()
        if path_of_interaction(path):
            # These are outside the global limit, and nobody may wait for them longer than three seconds.
            if self._banned_until > now:
                raise HeldBackError("Discord takes nothing from this address for the moment")
            return
        full = self._rate and len(self._sent) == self._rate
        turn = max(now, self._closed_until, self._banned_until, self._sent[0] + 1.0 if full else now)
        if turn - now > PATIENCE:
            raise HeldBackError(f"Discord takes nothing for {turn - now:.0f} seconds more")
        self._sent.append(turn)
        while (wait := max(turn, self._closed_until, self._banned_until) - self._clock()) > 0:
            await self._sleep(wait)

    def leave(self, status: int, headers: Mapping[str, str]) -> None:
        """Learn from a response."""
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
                "discord.held_back",
                "Discord refuses too much of what is sent: nothing is sent until it is less",
                refused=len(self._invalid),
                seconds=self._banned_until - now,
            )

    def _limited(self, now: float, headers: Mapping[str, str]) -> None:
        after = _seconds(headers.get("Retry-After"))
        if "Via" not in headers:
            self._banned_until = max(self._banned_until, now + (after or BANNED_SECONDS))
            events.warning(
                "discord.banned", "this address is banned for a while", seconds=self._banned_until - now, status=429
            )
        elif headers.get("X-RateLimit-Global") == "true":
            self._closed_until = max(self._closed_until, now + after)

    def trace(self) -> aiohttp.TraceConfig:
        """What has aiohttp come here before and after each request; for discord.py's `http_trace`."""
        config = aiohttp.TraceConfig()

        async def begin(_session: Any, _context: Any, about: aiohttp.TraceRequestStartParams) -> None:
            if not about.url.scheme.startswith("ws"):
                await self.enter(about.url.path)

        async def end(_session: Any, _context: Any, about: aiohttp.TraceRequestEndParams) -> None:
            self.leave(about.response.status, about.response.headers)

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
