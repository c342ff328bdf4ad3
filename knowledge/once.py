"""What has happened already within some hours, told without keeping who did it."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import blake2b

FOR = timedelta(hours=12)
"""How long something counts as having happened."""

MOST = 20_000
"""How many are remembered; beyond that the oldest go."""


class Once:
    """Knows again what it was shown, without holding it: hashes under a key that is nowhere else, until FOR is over.

    The key is made anew for each process and never leaves it, so that nobody can try ids against a hash.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._seen: OrderedDict[bytes, datetime] = OrderedDict()

    def first(self, *what: object) -> bool:
        """Whether this is the first time within FOR; the next time it is not. `what` is told apart by its repr."""
        now = self._clock()
        # A clock that was set back leaves what lies ahead of it: that counts as over, and so does nothing for ever.
        while self._seen and not timedelta() <= now - next(iter(self._seen.values())) < FOR:
            self._seen.popitem(last=False)
        mark = blake2b(repr(what).encode(errors="surrogatepass"), key=self._key, digest_size=16).digest()
        known = self._seen.get(mark)
        if known is not None and timedelta() <= now - known < FOR:
            return False
        self._seen[mark] = now
        self._seen.move_to_end(mark)
        if len(self._seen) > MOST:
            self._seen.popitem(last=False)
        return True
