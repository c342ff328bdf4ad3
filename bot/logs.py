"""Logging, set up once: one line an event on stderr, no secret and no message's text among them."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from knowledge.events import one_line

_FORMAT = "%(asctime)s %(levelname)-7s %(message)s"
_HIDDEN = "[hidden]"
_OTHER = "other"


class _Hiding(logging.Formatter):
    """A line that holds no secret; unless `whole`, of an exception its kind and where it was raised."""

    def __init__(self, secrets: Iterable[str], *, whole: bool = False) -> None:
        super().__init__(_FORMAT, "%Y-%m-%d %H:%M:%S")
        self._secrets = tuple(secret for secret in secrets if secret)
        self._whole = whole

    def format(self, record: logging.LogRecord) -> str:
        """The record as one text without any secret."""
        text = self.line(record)
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text

    def line(self, record: logging.LogRecord) -> str:
        """The record as one text."""
        raise NotImplementedError

    def cause(self, record: logging.LogRecord) -> str:
        """The exception that came with a record, or nothing.

        Its own words may repeat what somebody has written, so they are shown where texts are shown anyway.
        """
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return ""
        return "".join(traceback.format_exception(error)).rstrip() if self._whole else raised_at(error)


class ReadableFormatter(_Hiding):
    """One line an event, for people; at DEBUG a traceback follows where there is one."""

    def line(self, record: logging.LogRecord) -> str:
        """`2026-11-25 13:05:01 INFO    question: answer (guild=1 channel=2 ms=23)`."""
        record.message = record.getMessage() if hasattr(record, "event") else f"{record.name}: {_told(record)}"
        record.asctime = self.formatTime(record, self.datefmt)
        text, cause = self.formatMessage(record), self.cause(record)
        if not cause:
            return text
        return f"{text}\n{cause}" if self._whole else f"{text} [{cause}]"


class JsonFormatter(_Hiding):
    """One JSON object a line, for programs: time, level, logger, event, message, the event's fields, cause."""

    def line(self, record: logging.LogRecord) -> str:
        """Fields stand beside the others, under the names in docs/operating.md."""
        fields: dict[str, Any] = getattr(record, "fields", {})
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": getattr(record, "event", _OTHER),
            "message": getattr(record, "told", None) or _told(record),
            **fields,
        }
        if cause := self.cause(record):
            line["cause"] = cause
        return json.dumps(line, ensure_ascii=False, default=str)


FORMATS = {"text": ReadableFormatter, "json": JsonFormatter}
"""What the setting log.format can be."""


def raised_at(error: BaseException) -> str:
    """An exception without its words: its kind, and the way through the code from where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    way = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {way}" if way else type(error).__name__


def set_up_logging(level: str, *, secrets: Iterable[str] = (), style: str = "text") -> None:
    """Log to stderr from `level` (DEBUG, INFO, WARNING, ERROR) up, with `secrets` blanked, as `style` of FORMATS.

    discord.py's own remarks (sessions, reconnects that work) show only at DEBUG: at that level it
    also logs messages as they come in, so DEBUG is for looking into a fault, not for every day.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(FORMATS[style](secrets, whole=level == "DEBUG"))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for noisy in ("discord", "asyncio", "aiosqlite", "sqlalchemy", "alembic", "aiohttp"):
        logging.getLogger(noisy).setLevel("WARNING" if level == "INFO" else level)


def _told(record: logging.LogRecord) -> str:
    return one_line(record.getMessage())
