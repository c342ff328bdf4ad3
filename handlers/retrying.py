"""Sending something to Discord again where it failed for a reason that passes.

discord.py tries five times after 500, 502, 504 and 429, and not at all after 503, a broken connection or a time-out.
What is sent through here must be safe to send twice: an edit, a deletion, or a message with a nonce of its own.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import aiohttp
import discord

T = TypeVar("T")

ACKNOWLEDGED = 40060
"""Discord's code for a second first response to an interaction."""

EXPIRED = 50027
"""Discord's code for an interaction's token after its fifteen minutes."""

PAUSES = (0.5, 2.0, 5.0)
"""Seconds before another try, each up to half as long again: those who failed together do not come back together."""

LONGEST = 60.0
"""Seconds after the first try, after which nothing is tried again."""


def passing(error: BaseException) -> str:
    """Why a request may succeed the next time, in a word: a status, `timeout` or `connection`; empty where not."""
    match error:
        case discord.HTTPException() if error.status >= 500 or error.status == 429:
            return str(error.status)
        case TimeoutError():
            return "timeout"
        case aiohttp.ClientError() | ConnectionError():
            return "connection"
        case _:
            return ""


async def persistently(
    send: Callable[[], Awaitable[T]], *, retried: Callable[[str], None], pauses: Sequence[float] = PAUSES
) -> T:
    """What `send` returns, tried again after each of the pauses where it fails; `retried` is told why.

    Raises what the last try raised.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    for pause in pauses:
        try:
            return await send()
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            reason = passing(error)
            if not reason or loop.time() - began > LONGEST:
                raise
            retried(reason)
        await asyncio.sleep(pause * random.uniform(1.0, 1.5))  # noqa: S311  nothing secret
    return await send()
