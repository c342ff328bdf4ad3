"""The open pages: who is looking, and what they are told."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from bot.local.jsontypes import Json
from bot.local.permissions import Permission, channel_permissions
from bot.local.state import Channel, World


@dataclass(eq=False, slots=True)
class Page:
    """One open page of one person."""

    user_id: int
    outgoing: asyncio.Queue[str] = field(default_factory=asyncio.Queue[str])

    def put(self, frame: Json) -> None:
        """Send a frame; frames arrive in the order in which they were put."""
        self.outgoing.put_nowait(json.dumps(frame, ensure_ascii=False))


class People:
    """Everyone with an open page."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.pages: set[Page] = set()

    def tell(self, event: str, data: Any, *, user_id: int | None = None) -> None:
        """Tell one person, or everyone."""
        for page in self.pages:
            if user_id is None or page.user_id == user_id:
                page.put({"type": "event", "event": event, "data": data})

    def watching(self, channel: Channel, *, only: int | None = None) -> set[int]:
        """The people with an open page who may see the channel."""
        return {
            page.user_id
            for page in self.pages
            if (only is None or page.user_id == only)
            and Permission.VIEW_CHANNEL in channel_permissions(self._world, page.user_id, channel)
        }
