"""Messages as Discord tells of them: now and then twice, and not always in the order in which things happened."""

from __future__ import annotations

import discord

from handlers.latest import Latest

KEPT = 5_000
"""Ids that are remembered; it is seconds, not days, by which events come late."""

EARLY = 100
"""Edited messages that are kept whole until they come."""


class Arrivals:
    """What has come of late, by message id."""

    def __init__(self) -> None:
        self._come: Latest[int, None] = Latest(KEPT)
        self._gone: Latest[int, None] = Latest(KEPT)
        self._edited: Latest[int, discord.Message] = Latest(EARLY)

    def first(self, message: discord.Message) -> discord.Message | None:
        """A new message as it stands by now; None where it came before, or is deleted already."""
        if message.id in self._come or message.id in self._gone:
            return None
        self._come.keep(message.id, None)
        return self._edited.pop(message.id, message)

    def edited(self, message: discord.Message) -> None:
        """An edit came: it counts even where the message itself has not come yet."""
        if message.id not in self._come:
            self._edited.keep(message.id, message)

    def gone(self, message: int) -> None:
        """A message was deleted."""
        self._edited.pop(message, None)
        self._gone.keep(message, None)
