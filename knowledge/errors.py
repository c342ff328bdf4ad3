"""Everything that can go wrong on purpose, as one small tree.

CitebotError            says what is wrong, where, and what to do; shown as it is, never as a traceback
├── ConfigError         a setting or an environment variable is missing or wrong
├── PackError           a knowledge pack cannot be used; carries every problem found
├── EncoderError        the sentence encoder's files are missing, damaged or unreadable
└── StoreError          the database cannot be opened, read or written
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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


class PackError(CitebotError):
    """A knowledge pack cannot be used. `problems` holds everything found, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
