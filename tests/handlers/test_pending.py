"""Whoever needs the store waits for what is just being posted, and for nothing else."""

from __future__ import annotations

import asyncio

import pytest

from handlers import pending
from handlers.pending import Pending


async def test_it_waits_until_a_reply_is_stored() -> None:
    replies, order = Pending(), list[str]()

    async def press() -> None:
        await replies.settled(1)
        order.append("pressed")

    with replies.posting(1):
        pressing = asyncio.create_task(press())
        await asyncio.sleep(0)
        order.append("stored")
    await pressing
    assert order == ["stored", "pressed"]


async def test_other_channels_and_failed_posts_hold_nobody_up() -> None:
    replies = Pending()

    async def post_in_vain() -> None:
        with replies.posting(1):
            await replies.settled(2)
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        await post_in_vain()
    await replies.settled(1)


async def test_it_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "PATIENCE", 0.01)
    replies = Pending()
    with replies.posting(1):
        await replies.settled(1)
