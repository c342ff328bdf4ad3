"""A disk that gets full for the program, by a real one of a few megabytes or by a limit on its files."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

DISK = "8m"
HOLDS = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def mounted(folder: Path) -> Callable[[], None] | None:
    """Make a folder a small disk of its own; what takes it away again, None where nobody may do that here."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "citebot-test", str(folder)]
    for before in ([], ["sudo", "-n"]):
        try:
            done = subprocess.run([*before, *command], capture_output=True, check=False)
        except FileNotFoundError:
            continue
        if done.returncode == 0:
            subprocess.run([*before, "chmod", "1777", str(folder)], check=True)
            return partial(_unmount, [*before, "umount", "--lazy", str(folder)])
    return None


def _unmount(command: list[str]) -> None:
    subprocess.run(command, check=True)


@contextmanager
def filled_up(folder: Path) -> Generator[None]:
    """Within the block not a byte is left on the disk of a folder."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def without_growth(process: Process) -> Generator[None]:
    """Within the block the running program can write to no file: its limit on their size is nothing."""
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def held(file: Path) -> Generator[None]:
    """Within the block another process holds the database's only lock for writing."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            other.send_signal(signal.SIGKILL)


def kept(file: Path) -> dict[str, int]:
    """How many rows each table of the members' and moderators' own has; the file is whole."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        tables = ("votes", "changes", "revisions", "proposals", "guilds", "replies")
        return {name: int(database.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in tables}  # noqa: S608


def everything(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of those tables."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        tables = ("votes", "changes", "revisions", "proposals", "guilds", "replies")
        return {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in tables}  # noqa: S608
