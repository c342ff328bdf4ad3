"""What a database complains about, said so that a person can act on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from knowledge.errors import StoreError
from knowledge.store.filecopy import newest_copy

_SERVER = "check that it runs, and its address and port"

_ROOM = "look for free space, a quota, a limit on the size of files (ulimit -f), a broken disk; then try again"

# A piece of the driver's own words, what it means, what to do.
_MEANINGS = (
    ("database is locked", "another program holds it", "stop the other program (or a second bot) and try again"),
    ("readonly database", "it is read-only", "make the file and its folder writable for the bot"),
    ("read-only", "it is read-only", "make the file and its folder writable for the bot"),
    ("permission denied for", "its user may not do that", "let the database's user create tables in its schema"),
    ("permission denied", "the bot may not touch it", "make the file and its folder writable for the bot"),
    ("unable to open", "it cannot be opened", "check that the folder exists and is writable for the bot"),
    ("database or disk is full", "the disk is full", "free some space and try again"),
    ("no space left", "the disk is full", "free some space and try again"),
    ("not a database", "the file is not a database", "move it away, or restore it from a copy"),
    ("malformed", "the file is damaged", "move it away, or restore it from a copy"),
    ("ioerr_write", "it cannot be written", _ROOM),
    ("ioerr_shm", "it cannot be written", _ROOM),
    ("disk i/o error", "the disk reports an error", "check the disk, then restore the file from a copy"),
    ("no such table", "a table is missing", "move the file away, and a new one is made at the next start"),
    ("no such column", "it was made by another version", "move the file away, or use the version that made it"),
    ("password authentication failed", "user or password is wrong or missing", "set them anew in CITEBOT_DATABASE"),
    ("no password supplied", "it asks for a password", "write the URL with one into CITEBOT_DATABASE"),
    ("no pg_hba.conf entry", "the server does not let this user in from here", "allow it in the server's pg_hba.conf"),
    ("does not exist", "the server has no such database, user or table", "create it, or correct the URL"),
    ("connect call failed", "no server answers there", _SERVER),
    ("connection refused", "no server answers there", _SERVER),
    ("name or service not known", "there is no such server", _SERVER),
    ("name resolution", "there is no such server", _SERVER),
    ("timeout", "the server does not answer in time", _SERVER),
    ("too many clients", "the server has no connection left", "raise its max_connections, or stop other programs"),
    ("too many connections", "the server has no connection left", "raise its max_connections, or stop other programs"),
    ("connection was closed", "the server closed the connection", "try again; if it stays so, look into its log"),
    ("connection is closed", "the server closed the connection", "try again; if it stays so, look into its log"),
    ("terminating connection", "the server closed the connection", "try again; if it stays so, look into its log"),
)


_DAMAGED = ("not a database", "malformed", "disk i/o error")


@contextmanager
def told(where: str) -> Generator[None]:
    """Turns what the database or the file system raises into a `StoreError` that says what to do."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        # A URL is no file's name, and has no copies beside it.
        newest = None if "://" in where else newest_copy(Path(where))
        raise StoreError(explain(where, error, newest=newest)) from error
    except Exception as error:
        # While connecting, SQLAlchemy hands on what PostgreSQL's driver raises as it is.
        if not type(error).__module__.startswith("asyncpg"):
            raise
        raise StoreError(explain(where, error)) from error


def explain(where: str, error: Exception, *, newest: Path | None = None) -> str:
    """One line: which database, what is wrong, what to do. No values from the query.

    `newest` is the newest copy of the file, named where the file itself is past use.
    """
    cause = str(getattr(error, "orig", None) or error) or type(error).__name__
    # The driver's class stands before its words: "<class 'asyncpg…Error'>: …". Later lines may hold values.
    cause = cause.splitlines()[0].rpartition("'>: ")[2]
    # SQLite's name of it tells writing from reading, where its words are the same.
    code = getattr(getattr(error, "orig", None) or error, "sqlite_errorname", "")
    lowered = f"{code} {cause}".lower()
    for piece, meaning, remedy in _MEANINGS:
        if piece in lowered:
            damaged = newest is not None and piece in _DAMAGED
            to_do = f"move it away and restore the newest copy: citebot restore {newest}" if damaged else remedy
            return f"The database {where} cannot be used: {meaning}. To do: {to_do}."
    return f"The database {where} cannot be used: {cause}. To do: check the database, its place and the disk."
