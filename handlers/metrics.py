"""What handlers count for whoever runs the bot. The program counts it with Prometheus; without one, nobody does."""

from __future__ import annotations

from typing import Protocol


class Metrics(Protocol):
    """Figures without anybody's id. Every method returns at once and never fails.

    Errors are not among them: what is logged as a warning or an error is counted by its event.
    """

    def question(self, way: str, outcome: str, seconds: float) -> None:
        """A question was dealt with: how it came, how it ended, and how long that took."""
        ...

    def under_way(self, change: int) -> None:
        """So many questions more, or fewer, are being answered."""
        ...

    def retried(self, reason: str) -> None:
        """A request to Discord is sent again: a status like `500`, or `timeout`."""
        ...

    def slowed(self, scope: str) -> None:
        """Somebody was told to wait: by `member`, `channel` or `entry`."""
        ...


class NoMetrics:
    """Counts nothing."""

    def question(self, way: str, outcome: str, seconds: float) -> None:
        """Nothing."""

    def under_way(self, change: int) -> None:
        """Nothing."""

    def retried(self, reason: str) -> None:
        """Nothing."""

    def slowed(self, scope: str) -> None:
        """Nothing."""
