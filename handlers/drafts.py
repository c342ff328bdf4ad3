"""What moderators are in the middle of: kept in memory for a while, under a token that buttons carry."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from handlers.errors import NoticeError
from handlers.latest import Latest

T = TypeVar("T")

KEEP = timedelta(hours=1)
MOST = 2000
EACH = 20
"""So many drafts of one person in one server: whoever begins very many pushes out their own, nobody else's."""

EXPIRED = "This has expired: nothing was changed. Start again with the command."
NOT_YOURS = "Only the moderator who began this can go on with it."


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    content: T
    guild: int
    person: int
    until: datetime


class Drafts(Generic[T]):
    """Drafts by token. One belongs to a moderator in a server, and nobody else gets at it.

    It is forgotten `KEEP` after its last change, or when `EACH` newer ones of its own person or `MOST` of all are
    kept. `expired` is what people
    are told then.
    """

    def __init__(self, clock: Callable[[], datetime], *, expired: str = EXPIRED) -> None:
        self._clock = clock
        self._expired = expired
        self._kept: Latest[str, _Kept[T]] = Latest(MOST)

    def keep(self, guild: int, person: int, content: T) -> str:
        """Keep a draft; its token, 16 characters."""
        token = secrets.token_hex(8)
        self._put(token, guild, person, content)
        return token

    def find(self, token: str, guild: int, person: int) -> T:
        """A draft. Raises NoticeError where it has expired or is somebody else's."""
        kept = self._kept.get(token)
        if kept is None or kept.guild != guild or kept.until <= self._clock():
            raise NoticeError(self._expired)
        if kept.person != person:
            raise NoticeError(NOT_YOURS)
        return kept.content

    def change(self, token: str, guild: int, person: int, content: T) -> None:
        """Keep a draft as it is now, for longer; also one that has been forgotten meanwhile, or dropped."""
        self._put(token, guild, person, content)

    def drop(self, token: str) -> None:
        """Forget a draft."""
        self._kept.pop(token, None)

    def drop_all_but(self, leave: int, guild: int, person: int, like: Callable[[T], bool]) -> None:
        """Of a person's drafts in a server that are like that, forget all but the newest `leave`."""
        found = [
            token
            for token, kept in self._kept.items()
            if (kept.guild, kept.person) == (guild, person) and like(kept.content)
        ]
        for token in found[: max(0, len(found) - leave)]:
            del self._kept[token]

    def _put(self, token: str, guild: int, person: int, content: T) -> None:
        now = self._clock()
        for old in [old for old, kept in self._kept.items() if kept.until <= now]:
            del self._kept[old]
        others = [old for old, kept in self._kept.items() if (kept.guild, kept.person) == (guild, person)]
        others = [old for old in others if old != token]
        for old in others[: max(0, len(others) - EACH + 1)]:
            del self._kept[old]
        self._kept.keep(token, _Kept(content, guild, person, now + KEEP))
