"""What counters are known to count, so that each begins at 0: Prometheus' rate() misses a series' first event."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from handlers.asked_event import FAILED, SILENT, SLOWED, UNPOSTED
from handlers.asking import Way
from handlers.cooldowns import Scope
from knowledge.answers import Outcome

WAYS = (*(way.value for way in Way), "command", "menu")
OUTCOMES = (*(outcome.value for outcome in Outcome), SILENT, SLOWED, UNPOSTED, FAILED)
SCOPES = tuple(scope.value for scope in Scope)
RETRIED = ("429", "500", "502", "503", "504", "connection", "timeout")
STATUSES = ("200", "201", "204", "400", "401", "403", "404", "429", "500", "502", "503", "504", "failed")

OTHER = "other"
"""The event of what libraries log."""

LOGGED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "warning": (
            "audit.not_posted",
            "cache.not_written",
            "cache.unusable",
            "command.outdated",
            "config.place_missing",
            "counting.behind",
            "counting.failed",
            "counting.lost",
            "database.migrated",
            "database.not_watched",
            "decision.not_noted",
            "encoder.refused",
            "error.not_told",
            "expired.not_cleared",
            "gateway.session_lost",
            "health.unavailable",
            "packs.not_renewed",
            "reminder.not_posted",
            "reply.not_known",
            "reply.not_stored",
            "reply.stored_again",
            "request.banned",
            "request.given_up",
            "request.held_back",
            "server.left_out",
            "server.not_renewed",
            "share.not_estimated",
            "stop.at_once",
            "stop.unfinished",
            "suggestion.not_shown",
        ),
        "error": (
            "counting.failed",
            "encoder.failed",
            "encoder.missing",
            "error.database",
            "error.told",
            "error.unexpected",
            "index.failed",
            "server.not_renewed",
            "share.not_estimated",
        ),
    }
)
"""The program's own warnings and errors, by level."""
