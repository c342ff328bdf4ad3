"""Copies a SQLite database that is in use, whole: SQLite's online backup, then one step into place."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path


def copy_database(source: Path, target: Path) -> None:
    """Copy a database while others read and write it; the copy is on the disk when this returns.

    Blocks: call it in a thread. Raises OSError and sqlite3.Error.
    """
    with (
        placed(target) as part,
        # Not opened but for reading, and never made.
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as here,
        closing(sqlite3.connect(part)) as there,
    ):
        here.backup(there)
        # One file alone, that can be read from a read-only disk too.
        there.execute("PRAGMA journal_mode = DELETE")


def newest_copy(file: Path) -> Path | None:
    """The newest other SQLite file beside a database: a backup, or what was kept before a change. None without one."""
    try:
        copies = [path for path in file.parent.glob(f"*{file.suffix}") if path != file and is_sqlite(path)]
        return max(copies, key=lambda path: path.stat().st_mtime, default=None)
    except OSError:
        return None


def is_sqlite(path: Path) -> bool:
    """Whether a file begins like a SQLite database. Raises OSError."""
    with path.open("rb") as start:
        return start.read(16) == b"SQLite format 3\0"


@contextmanager
def placed(target: Path) -> Generator[Path]:
    """A new file to fill, which takes the target's name when the block ends well. Only its owner may read it.

    Raises OSError.
    """
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        _to_disk(part)
        part.replace(target)
        if os.name != "nt":
            _to_disk(target.parent)
    finally:
        part.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
