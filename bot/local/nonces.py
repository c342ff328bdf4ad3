"""`enforce_nonce`: within some minutes, a second message with the same nonce is the first one."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from bot.local.state import Message

SECONDS = 300.0
"""How long a nonce is remembered. Discord says "the past few minutes"."""


class Nonces:
    """The bot's messages of late by their nonce, in whatever channel. `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._posted: OrderedDict[str, tuple[float, Message]] = OrderedDict()

    def get(self, nonce: int | str) -> Message | None:
        """The message that was posted with it."""
        now = self._clock()
        while self._posted and next(iter(self._posted.values()))[0] <= now - SECONDS:
            self._posted.popitem(last=False)
        found = self._posted.get(str(nonce))
        return None if found is None else found[1]

    def put(self, nonce: int | str, message: Message) -> None:
        """Remember a message."""
        self._posted[str(nonce)] = (self._clock(), message)
