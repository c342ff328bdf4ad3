"""What several threads ask for at once is done together, and each gets its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from knowledge.matching.shared import Shared

PATIENCE = 10


class Oven:
    """Doubles numbers, notes which came together, and waits with the first until it is told; 13 fails."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append([*numbers])
        self.begun.set()
        assert self.go.wait(PATIENCE)
        if 13 in numbers:
            raise ValueError("not that one")
        return [2 * number for number in numbers]


def baked(oven: Oven, numbers: Sequence[int], *, most: int) -> list[object]:
    """What becomes of numbers of which the first is at work when the others come."""
    shared = Shared(oven, most=most)
    with ThreadPoolExecutor(len(numbers)) as pool:
        at_once = [pool.submit(shared, numbers[0])]
        assert oven.begun.wait(PATIENCE)
        waiting = vars(shared)["_waiting"]
        for already, number in enumerate(numbers[1:]):
            at_once.append(pool.submit(shared, number))
            while len(waiting) <= already:
                pass
        oven.go.set()
        return [found.exception(PATIENCE) or found.result() for found in at_once]


def test_who_comes_meanwhile_is_served_together() -> None:
    oven = Oven()
    assert baked(oven, [1, 2, 3, 4], most=8) == [2, 4, 6, 8]
    assert oven.batches == [[1], [2, 3, 4]]


def test_not_more_at_once_than_told() -> None:
    oven = Oven()
    assert baked(oven, [1, 2, 3, 4, 5, 6], most=2) == [2, 4, 6, 8, 10, 12]
    assert oven.batches[0] == [1]
    assert sorted(map(len, oven.batches)) == [1, 1, 2, 2]


def test_one_that_fails_takes_no_other_along() -> None:
    oven = Oven()
    *others, failed = baked(oven, [1, 2, 3, 13], most=8)
    assert others == [2, 4, 6]
    assert isinstance(failed, ValueError)
    assert Shared(oven, most=8)(7) == 14


def test_one_alone_is_tried_once() -> None:
    oven = Oven()
    oven.go.set()
    with pytest.raises(ValueError, match="not that one"):
        Shared(oven, most=8)(13)
    assert oven.batches == [[13]]
