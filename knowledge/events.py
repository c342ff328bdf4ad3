"""What is logged, as events: a stable name, a sentence for people, and fields that programs can count on.

Every event and field stands in docs/operating.md. No field holds what somebody has written.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

Field = str | int | float | bool | None
"""A field's value; None leaves the field out."""

_DIGITS = 3  # of seconds, milliseconds and confidences


class Events:
    """A module's log: `events = Events(__name__)`, then `events.info("reply.not_allowed", "no right", channel=7)`."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, told: str, **fields: Field) -> None:
        """For looking into a fault."""
        self._log(logging.DEBUG, event, told, None, fields)

    def info(self, event: str, told: str, **fields: Field) -> None:
        """What goes on."""
        self._log(logging.INFO, event, told, None, fields)

    def warning(self, event: str, told: str, **fields: Field) -> None:
        """Something does not work as it should; the bot goes on."""
        self._log(logging.WARNING, event, told, None, fields)

    def error(self, event: str, told: str, *, cause: BaseException | None = None, **fields: Field) -> None:
        """Something failed; `cause` is shown where nobody expected it."""
        self._log(logging.ERROR, event, told, cause, fields)

    def _log(self, level: int, event: str, told: str, cause: BaseException | None, fields: Mapping[str, Field]) -> None:
        if not self._logger.isEnabledFor(level):
            return
        told = one_line(told)
        known = {name: _plain(value) for name, value in fields.items() if value is not None}
        shown = " ".join(f"{name}={_shown(value)}" for name, value in known.items())
        self._logger.log(
            level,
            "%s",
            f"{event}: {told} ({shown})" if shown else f"{event}: {told}",
            exc_info=cause,
            stacklevel=3,
            extra={"event": event, "told": told, "fields": known},
        )


def one_line(text: str) -> str:
    """A text on one line, whatever stands in it: nobody can write a line of their own into a log."""
    parts = (line.strip() for line in text.splitlines())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " / ".join(filter(None, parts)))


def _plain(value: Field) -> Field:
    if isinstance(value, float):
        return round(value, _DIGITS)
    return one_line(value) if isinstance(value, str) else value


def _shown(value: Field) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or any(c in text for c in ' "()=') else text
