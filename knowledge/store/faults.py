"""What a database complains about, said so that a person can act on it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from knowledge.errors import StoreError

# A piece of the driver's own words, what it means, what to do.
_MEANINGS = (
    ("database is locked", "another program holds it", "stop the other program (or a second bot) and try again"),
    ("readonly database", "it is read-only", "make the file and its folder writable for the bot"),
    ("read-only", "it is read-only", "make the file and its folder writable for the bot"),
    ("permission denied", "the bot may not touch it", "make the file and its folder writable for the bot"),
    ("unable to open", "it cannot be opened", "check that the folder exists and is writable for the bot"),
    ("database or disk is full", "the disk is full", "free some space and try again"),
    ("no space left", "the disk is full", "free some space and try again"),
    ("not a database", "the file is not a database", "move it away, or restore it from a copy"),
    ("malformed", "the file is damaged", "move it away, or restore it from a copy"),
    ("disk i/o error", "the disk reports an error", "check the disk, then restore the file from a copy"),
    ("no such table", "a table is missing", "move the file away, and a new one is made at the next start"),
    ("no such column", "it was made by another version", "move the file away, or use the version that made it"),
)


@contextmanager
def told(where: str) -> Generator[None]:
    """Turns what the database or the file system raises into a `StoreError` that says what to do."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(explain(where, error)) from error


def explain(where: str, error: Exception) -> str:
    """One line: which database, what is wrong, what to do. No values from the query."""
    cause = str(getattr(error, "orig", None) or error).splitlines()[0] if str(error) else type(error).__name__
    lowered = cause.lower()
    for piece, meaning, remedy in _MEANINGS:
        if piece in lowered:
            return f"The database {where} cannot be used: {meaning}. To do: {remedy}."
    return f"The database {where} cannot be used: {cause}. To do: check the file, its folder and the disk."
