"""Logging, set up once: one line a record on stderr, and the token never among them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_HIDDEN = "[hidden]"


class HidingFormatter(logging.Formatter):
    """Formats a record and blanks every secret in it, tracebacks included."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__(_FORMAT, "%H:%M:%S")
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        """The record as one text without any secret."""
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text


def set_up_logging(level: str, *, secrets: Iterable[str] = ()) -> None:
    """Log to stderr from `level` (DEBUG, INFO, WARNING, ERROR) up, with `secrets` blanked.

    discord.py's own remarks (sessions, reconnects that work) show only at DEBUG: at that level it
    also logs messages as they come in, so DEBUG is for looking into a fault, not for every day.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(HidingFormatter(secrets))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for noisy in ("discord", "asyncio", "aiosqlite", "sqlalchemy", "alembic"):
        logging.getLogger(noisy).setLevel("WARNING" if level == "INFO" else level)
