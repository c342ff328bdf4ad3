"""Everything that can go wrong on purpose, as one small tree.

CitebotError            says what is wrong, where, and what to do; shown as it is, never as a traceback
├── ConfigError         a setting or an environment variable is missing or wrong
├── PackError           a knowledge pack cannot be used; carries every problem found
├── EncoderError        the sentence encoder's files are missing, damaged or unreadable
└── StoreError          the database cannot be opened, read or written
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

MOST_PROBLEMS = 200
"""So many problems are listed at a time: nobody mends more at once, and a hostile file could have millions."""


class CitebotError(Exception):
    """Base of all errors that people are meant to read."""


class ConfigError(CitebotError):
    """A setting or an environment variable is missing or wrong."""


class EncoderError(CitebotError):
    """The sentence encoder's files are missing, damaged or unreadable."""


class StoreError(CitebotError):
    """The database cannot be opened, read or written."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a file: where it stands, what is wrong, what to do about it."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.field}: {self.message}" if self.field else f"{where}: {self.message}"


def listed(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The first `MOST_PROBLEMS` of the problems and, where there are more, a last one that says so."""
    found = tuple(islice(problems, MOST_PROBLEMS + 1))
    if len(found) <= MOST_PROBLEMS:
        return found
    last = found[MOST_PROBLEMS - 1]
    message = f"there are more problems than these {MOST_PROBLEMS}: mend them first, then look again"
    return (*found[:MOST_PROBLEMS], Problem(last.file, 0, "", message))


class PackError(CitebotError):
    """A knowledge pack cannot be used. `problems` holds what was found, in file order (see `listed`)."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
