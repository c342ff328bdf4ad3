"""Memories with an end: the latest stay."""

from __future__ import annotations

from handlers.latest import Latest


def test_of_more_than_there_is_room_for_the_oldest_goes() -> None:
    kept: Latest[str, int] = Latest(2)
    kept.keep("a", 1)
    kept.keep("b", 2)
    assert kept.keep("a", 3) == 3  # used again, so it is the latest
    kept.keep("c", 4)
    assert dict(kept) == {"a": 3, "c": 4}
