"""However many threads there are, they share two heaps."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Each thread asks for memory of its own, and holds it; then the C library tells of its heaps.
_HEAPS = """
import ctypes, sys, threading
from bot.allocator import share_heaps
shared = share_heaps() if sys.argv[1] == "shared" else True
held = threading.Barrier(9)
def work():
    kept = [ctypes.create_string_buffer(10_000) for _ in range(50)]
    held.wait(10)
    held.wait(10)
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
held.wait(10)
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
out = libc.fopen(b"/dev/stdout", b"w")
libc.malloc_info(0, ctypes.c_void_p(out))
libc.fclose(ctypes.c_void_p(out))
held.wait(10)
sys.exit(0 if shared else 3)
"""


def heaps(how: str) -> int:
    command = [sys.executable, "-c", _HEAPS, how]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=60)
    if done.returncode == 3:
        pytest.skip("not with this C library")
    assert done.returncode == 0, done.stderr
    return done.stdout.count("<heap ")


def test_threads_share_two_heaps() -> None:
    assert heaps("shared") <= 2 < heaps("as it is")


# Small pieces, freed but for some: the C library keeps what lies between them.
_FREED = """
import ctypes, sys, psutil
from bot.allocator import give_back
held = [ctypes.create_string_buffer(10_000) for _ in range(10_000)]
held = held[::100]
before = psutil.Process().memory_info().rss
given = give_back()
print(before - psutil.Process().memory_info().rss)
sys.exit(0 if given else 3)
"""


def test_what_is_free_is_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FREED], check=False, capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    if done.returncode == 3:
        pytest.skip("not with this C library")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 50_000_000
