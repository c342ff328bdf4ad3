"""Many small writes at about the same time are one transaction, and each is told how it ended."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from knowledge.answers import Outcome
from knowledge.errors import StoreError
from knowledge.store import Store
from knowledge.store import engine as engine_module
from knowledge.store.together import AT_ONCE, PAUSE, Together


class Disk:
    """Keeps what it is given, in the transactions in which it came; time passes only where somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.written: list[list[int]] = []
        self.broken = False
        self.free = asyncio.Event()
        self.free.set()

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)

    async def write(self, items: Sequence[int]) -> None:
        await self.free.wait()
        if self.broken:
            raise StoreError("The disk is full.")
        self.written.append([*items])


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def together(disk: Disk) -> Together[int]:
    return Together(disk.write, clock=disk.clock, sleep=disk.sleep)


async def test_what_comes_while_one_is_written_is_one_transaction(disk: Disk, together: Together[int]) -> None:
    disk.free.clear()
    first = asyncio.create_task(together.add(1))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(together.add(number)) for number in (2, 3, 4)]
    await asyncio.sleep(0.01)
    assert not first.done()
    disk.free.set()
    await asyncio.gather(first, *others)
    assert disk.written == [[1], [2, 3, 4]]


async def test_a_few_are_written_at_once_and_a_flood_ten_times_a_second(disk: Disk, together: Together[int]) -> None:
    for number in range(AT_ONCE):
        await together.add(number)
    assert disk.now == 0
    for number in range(20):
        await together.add(number)
    assert disk.now == pytest.approx(20 * PAUSE)
    disk.now += 60
    await together.add(0)
    assert disk.now == pytest.approx(60 + 20 * PAUSE)


async def test_all_are_told_where_it_failed(disk: Disk, together: Together[int]) -> None:
    disk.broken = True
    outcomes = await asyncio.gather(*(together.add(number) for number in range(3)), return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["The disk is full."] * 3
    disk.broken = False
    await together.add(7)
    assert disk.written == [[7]]


async def test_whoever_gives_up_leaves_it_written(disk: Disk, together: Together[int]) -> None:
    disk.free.clear()
    impatient = asyncio.create_task(together.add(1))
    await asyncio.sleep(0.01)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    disk.free.set()
    await together.settled()
    assert disk.written == [[1]]


async def remember(store: Store, message: int, candidate: str = "entry:a") -> None:
    await store.remember(
        message=message,
        channel=2,
        guild=10,
        asker=3,
        invoker=3,
        question_message=None,
        candidate=candidate,
        outcome=Outcome.ANSWER,
        days=1,
    )


async def test_replies_of_one_moment_are_kept_each_as_it_was_last(store: Store) -> None:
    await asyncio.gather(*(remember(store, message, f"entry:{message}") for message in range(1, 301)))
    await asyncio.gather(remember(store, 7, "entry:first"), remember(store, 7, "entry:last"))
    kept = [await store.reply(message) for message in (1, 7, 300)]
    assert [reply.candidate for reply in kept if reply] == ["entry:1", "entry:last", "entry:300"]


async def test_a_locked_file_keeps_replies_waiting_once_and_not_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(engine_module, "TURN_SECONDS", 0.5)
    path = tmp_path / "citebot.sqlite3"
    async with Store.open(path, clock=clock) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        outcomes = await asyncio.gather(*(remember(store, n) for n in range(1, 51)), return_exceptions=True)
        assert all("another program holds it" in str(outcome) for outcome in outcomes)
        other.rollback()
        other.close()
        await remember(store, 1)
        assert not store.write_problem
        assert await store.reply(1) is not None
