"""What one person does again within hours counts once, and nobody can read from memory who that was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from knowledge import once as once_module
from knowledge.once import FOR, Once


@dataclass
class Clock:
    now: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_it_is_the_first_time_once_within_hours() -> None:
    clock = Clock()
    once = Once(clock)
    assert once.first(1, 2, "why")
    clock.now += FOR - timedelta(seconds=1)
    assert not once.first(1, 2, "why")
    assert once.first(1, 2, "how")
    assert once.first(1, 3, "why")
    assert once.first(2, 2, "why")
    # What goes together is told apart, whatever it is put together from.
    assert once.first(12, "why")
    clock.now += timedelta(seconds=1)
    assert once.first(1, 2, "why")


def test_a_clock_that_is_set_back_locks_nothing_in() -> None:
    clock = Clock()
    once = Once(clock)
    once.first("why")
    clock.now -= timedelta(days=400)
    assert once.first("why")
    assert not once.first("why")


def test_it_holds_neither_ids_nor_words_and_no_other_process_can_compare() -> None:
    one, other = Once(Clock()), Once(Clock())
    for each in (one, other):
        each.first(1, 1_234_567_890_123_456_789, "why is it so")
    held = repr({**vars(one), "_clock": None})
    assert "1234567890123456789" not in held
    assert "why" not in held
    assert not set(vars(one)["_seen"]) & set(vars(other)["_seen"])


def test_it_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once_module, "MOST", 10)
    clock = Clock()
    once = Once(clock)
    for number in range(100):
        once.first(number)
    assert len(vars(once)["_seen"]) == 10
    assert not once.first(99)
    clock.now += FOR
    once.first("new")
    assert len(vars(once)["_seen"]) == 1
