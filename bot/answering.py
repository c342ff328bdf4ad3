"""The first response to an interaction, given once however often it has to be sent.

Where a connection breaks or Discord stumbles after it has taken a response, sending it again is refused with "already
acknowledged". The response stands all the same: it is fetched, and the handler goes on as if nothing had been.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from handlers.retrying import ACKNOWLEDGED, persistently

PAUSES = (0.2, 0.6)
"""Seconds before another try where the connection broke: Discord gives three for all."""

_WITH_MESSAGE = (4, 5, 7)  # a message, "is thinking", and the change of a message


class Answering(AsyncWebhookAdapter):
    """discord.py's sender for what carries an interaction's own token. `application` is the bot's id."""

    def __init__(self, application: int, *, retried: Callable[[str], None]) -> None:
        super().__init__()
        self._application = application
        self._retried = retried

    def install(self) -> None:
        """Use it from now on, in this task and all that it starts."""
        async_context.set(self)

    async def request(self, route: Any, session: aiohttp.ClientSession, **more: Any) -> Any:
        """Send; where the connection breaks, again, unless that could post a message twice."""
        first = route.path.startswith("/interactions/")
        if not first and route.method == "POST":
            return await super().request(route, session, **more)
        failed = False

        def retried(reason: str) -> None:
            nonlocal failed
            failed = True
            self._retried(reason)

        try:
            return await persistently(
                lambda: super(Answering, self).request(route, session, **more), retried=retried, pauses=PAUSES
            )
        except discord.HTTPException as error:
            if not first or error.code != ACKNOWLEDGED:
                raise
            return await self._given(route, session, more.get("payload") or {})

    async def _given(self, route: Any, session: aiohttp.ClientSession, payload: dict[str, Any]) -> dict[str, Any]:
        """What the response said that had got through."""
        kind = int(payload.get("type") or 0)
        told: dict[str, Any] = {"interaction": {"id": str(route.webhook_id), "type": 2}, "resource": {"type": kind}}
        if kind in _WITH_MESSAGE:
            async with asyncio.timeout(10):
                message: Any = await self.get_original_interaction_response(
                    self._application, route.webhook_token, session=session
                )
            told["interaction"]["response_message_id"] = message["id"]
            told["resource"]["message"] = message
        return told
