"""Work that several threads ask for at about the same time, and that costs less together than one by one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class _Call(Generic[T, R]):
    def __init__(self, item: T) -> None:
        self.item = item
        self.leads = False
        self.woken = threading.Event()
        self.result: list[R] = []  # one, once it is there
        self.error: Exception | None = None


class Shared(Generic[T, R]):
    """Does `work` on what several threads bring, at most `most` items at once: whoever comes first does it at once.

    Who comes meanwhile waits, and the first of them then does it for all who wait. Thread-safe.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]], *, most: int) -> None:
        self._work = work
        self._most = most
        self._lock = threading.Lock()
        self._working = False
        self._waiting: deque[_Call[T, R]] = deque()

    def __call__(self, item: T) -> R:
        """What `work` makes of one item. Raises what it raises for that one alone."""
        call = _Call[T, R](item)
        with self._lock:
            if self._working:
                self._waiting.append(call)
            else:
                self._working = call.leads = True
        if not call.leads:
            call.woken.wait()
        if call.leads:
            self._lead(call)
        if call.error is not None:
            raise call.error
        return call.result[0]

    def _lead(self, call: _Call[T, R]) -> None:
        with self._lock:
            others = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._most - 1))]
        try:
            self._do([call, *others])
        finally:
            with self._lock:
                following = self._waiting.popleft() if self._waiting else None
                self._working = following is not None
            if following is not None:
                following.leads = True
                following.woken.set()
            for other in others:
                other.woken.set()

    def _do(self, calls: Sequence[_Call[T, R]]) -> None:
        try:
            results = self._work([call.item for call in calls])
        except Exception as error:
            if len(calls) == 1:
                calls[0].error = error
                return
            # One of them may be at fault: the others have nothing to do with it.
            for call in calls:
                self._do([call])
            return
        for call, result in zip(calls, results, strict=True):
            call.result.append(result)
