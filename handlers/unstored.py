"""Replies that stand but could not be stored: said once while it goes on, and how many when it is over."""

from __future__ import annotations

from knowledge.events import Events

events = Events(__name__)


class Unstored:
    """Counts them. A database that is in trouble fails with every question, and the log stays readable."""

    def __init__(self) -> None:
        self._replies = 0

    def failed(self, told: str, *, guild: int | None, channel: int) -> None:
        """One was not stored."""
        if not self._replies:
            events.warning("reply.not_stored", told, guild=guild, channel=channel)
        self._replies += 1

    def succeeded(self) -> None:
        """One was."""
        if self._replies:
            events.warning(
                "reply.stored_again", "the buttons of those that were not do not work", replies=self._replies
            )
        self._replies = 0
