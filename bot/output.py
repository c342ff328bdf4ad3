"""What the command line prints must never be the reason why it fails."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TextIO


def keep_printable() -> None:
    """Make every text printable: what an encoding lacks is escaped, and a closed stdout swallows all."""
    _reconfigure(sys.stdout)
    _reconfigure(sys.stderr)
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison]  so it is after `>&-`
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  until the program ends


def json_to_stdout() -> None:
    """JSON is UTF-8, whatever the terminal's encoding; half a surrogate pair becomes JSON's own escape."""
    _reconfigure(sys.stdout, encoding="utf-8")


def discard_output() -> None:
    """Nothing more can be written: neither now nor at Python's own last flush."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _reconfigure(stream: TextIO, *, encoding: str | None = None) -> None:
    # In tests and in other programs it may be something else than a file.
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding=encoding, errors="backslashreplace")
