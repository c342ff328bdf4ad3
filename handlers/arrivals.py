"""Messages as Discord tells of them: now and then twice, and not always in the order in which things happened."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

import discord

KEPT = 5_000
"""Ids that are remembered; it is seconds, not days, by which events come late."""

EARLY = 100
"""Edited messages that are kept whole until they come."""

T = TypeVar("T")


class Arrivals:
    """What has come of late, by message id."""

    def __init__(self) -> None:
        self._come: OrderedDict[int, None] = OrderedDict()
        self._gone: OrderedDict[int, None] = OrderedDict()
        self._edited: OrderedDict[int, discord.Message] = OrderedDict()

    def first(self, message: discord.Message) -> discord.Message | None:
        """A new message as it stands by now; None where it came before, or is deleted already."""
        if message.id in self._come or message.id in self._gone:
            return None
        _keep(self._come, message.id, None)
        return self._edited.pop(message.id, message)

    def edited(self, message: discord.Message) -> None:
        """An edit came: it counts even where the message itself has not come yet."""
        if message.id not in self._come:
            _keep(self._edited, message.id, message, EARLY)

    def gone(self, message: int) -> None:
        """A message was deleted."""
        self._edited.pop(message, None)
        _keep(self._gone, message, None)


def _keep(kept: OrderedDict[int, T], key: int, value: T, most: int = KEPT) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > most:
        kept.popitem(last=False)
