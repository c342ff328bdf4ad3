"""Faults on purpose, and a record of what the bot asked for: what tests steer the server with."""

from __future__ import annotations

import re
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from bot.local.errors import PersonError
from bot.local.jsontypes import Json, as_object, as_objects

RECORDED = 10_000


@dataclass(slots=True)
class Rule:
    """The next `times` requests that match get a fault instead of, or before, their answer."""

    method: str | None
    path: re.Pattern[str]
    times: int
    status: int | None = None
    retry_after: float = 0.1
    everywhere: bool = False
    delay: float = 0.0
    drop: bool = False
    after: bool = False  # carry the request out first, then spoil the answer
    via: bool = True  # without it a 429 is what a banned address gets: not from Discord, and no JSON
    code: int = 0
    message: str = ""


class Faults:
    """The rules in force; the first that matches and is not used up wins."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def replace(self, body: Json) -> int:
        """Put new rules in force in place of the old ones.

        Raises:
            PersonError: a rule cannot be read.
        """
        self.rules = [_rule(item) for item in as_objects(body.get("rules"))]
        return len(self.rules)

    def take(self, method: str, path: str) -> Rule | None:
        """The rule for a request, used up by one."""
        for rule in self.rules:
            if rule.times > 0 and rule.method in (None, method) and rule.path.search(path):
                rule.times -= 1
                return rule
        return None


def _rule(item: Json) -> Rule:
    match = as_object(item.get("match"))
    try:
        pattern = re.compile(str(match.get("path") or ""))
    except re.error as error:
        raise PersonError(f"match.path is no regular expression: {error}") from None
    status = item.get("status")
    if status not in (None, 400, 401, 403, 404, 429, 500, 502, 503, 504):
        raise PersonError(f"status {status} cannot be injected")
    return Rule(
        method=str(match["method"]).upper() if match.get("method") else None,
        path=pattern,
        times=int(item.get("times", 1)),
        status=status,
        retry_after=float(item.get("retry_after", 0.1)),
        everywhere=bool(item.get("global")),
        delay=float(item.get("delay", 0.0)),
        drop=bool(item.get("drop")),
        after=bool(item.get("after")),
        via=item.get("via") is not False,
        code=int(item.get("code", 0)),
        message=str(item.get("message") or ""),
    )


class Recorder:
    """The bot's last requests, for tests to look at."""

    def __init__(self) -> None:
        self._entries: deque[Json] = deque(maxlen=RECORDED)
        self._number = 0

    def begin(self, method: str, template: str, path: str, query: dict[str, str]) -> Json:
        """Note a request as it comes in; the entry is filled in later."""
        self._number += 1
        entry: Json = {
            "number": self._number,
            "at": time.time(),
            "method": method,
            "template": template,
            "path": path,
            "query": query,
            "body": None,
            "files": [],
            "status": None,
        }
        self._entries.append(entry)
        return entry

    def listed(self, since: int = 0) -> list[Any]:
        """The entries after a number."""
        return [entry for entry in self._entries if entry["number"] > since]

    def clear(self) -> None:
        """Forget all entries."""
        self._entries.clear()
