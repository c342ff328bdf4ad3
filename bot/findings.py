"""What `doctor` finds: a line for each thing looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How a thing is. SKIPPED could not be looked at."""

    OK = "ok"
    LOOK = "look"
    BAD = "bad"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and what to do where it is not well."""

    what: str
    mark: Mark
    told: str


def ok(what: str, told: str) -> Finding:
    """All is well."""
    return Finding(what, Mark.OK, told)


def look(what: str, told: str) -> Finding:
    """It works, but have a look."""
    return Finding(what, Mark.LOOK, told)


def bad(what: str, told: str) -> Finding:
    """It does not work like this."""
    return Finding(what, Mark.BAD, told)


def skipped(what: str, told: str) -> Finding:
    """It could not be looked at, and why."""
    return Finding(what, Mark.SKIPPED, told)
