"""Long work in threads, kept from holding up the event loop.

Two things of Python's own would: a thread hands over the interpreter every five milliseconds only, several times
for one event; and collecting garbage goes through all objects that there are, an index of millions included.
"""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
from collections.abc import Generator

HAND_OVER = 0.001  # seconds


class Quiet:
    """Opened once for a process, with the event loop; `making` is for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._makers = 0

    @contextlib.contextmanager
    def handing_over(self) -> Generator[None]:
        """Within the block threads hand over the interpreter often."""
        before = sys.getswitchinterval()
        sys.setswitchinterval(HAND_OVER)
        try:
            yield
        finally:
            sys.setswitchinterval(before)

    @contextlib.contextmanager
    def making(self) -> Generator[None]:
        """Around making something large that stays: no collection runs meanwhile, and later ones pass it over.

        What is no longer used is freed all the same, unless it refers to itself.
        """
        with self._lock:
            self._makers += 1
            gc.disable()
        try:
            yield
        finally:
            with self._lock:
                self._makers -= 1
                if not self._makers:
                    gc.freeze()
                    gc.enable()
