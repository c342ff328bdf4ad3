"""What is kept no longer than promised: cleared at start and every few hours."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta

from handlers.services import Services
from knowledge.errors import StoreError
from knowledge.events import Events

events = Events(__name__)

CLEAR_HOURS = 6


class Retention:
    """Clears what is to be forgotten. A database that fails is logged: the next time makes up for it."""

    def __init__(self, services: Services, serves: Callable[[int], bool] = lambda _: True) -> None:
        """`serves` says whether a server would be this process's: others may share the database."""
        self._services = services
        self._serves = serves

    async def clear(self, servers: Collection[int]) -> None:
        """Drop what has expired, people not seen for long, and servers left long ago; the bot is in `servers`."""
        try:
            await self._clear(servers)
        except StoreError as error:
            events.warning("expired.not_cleared", f"tried again later: {error}", hours=CLEAR_HOURS)

    async def _clear(self, servers: Collection[int]) -> None:
        store, settings, now = self._services.store, self._services.settings, self._services.clock()
        gone = await store.purge()
        gone += await store.forget_unseen(now - timedelta(days=settings.unseen_days))
        # First those that are back, so that none of them is forgotten.
        for guild in await store.departures.compare(servers, self._serves):
            days = settings.left_server_days
            events.info("server.left", "what is kept of it goes unless the bot comes back", guild=guild, days=days)
        for guild in await store.departures.forget(now - timedelta(days=settings.left_server_days)):
            await self._services.knowledge.forget(guild)
            events.info("server.forgotten", "all that was kept of it is gone", guild=guild)
        events.debug("expired.cleared", "what was to be forgotten is gone", rows=gone)
