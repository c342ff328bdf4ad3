"""A running local server as tests and scripts hold it: its addresses, its faults, its people."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.local.jsontypes import Json
from bot.local.person import Person


@dataclass(frozen=True, slots=True)
class ServerHandle:
    """What the ready line says, and what can be done with it."""

    url: str  # the page, with its key
    api_base: str
    bot_token: str
    key: str
    control_key: str

    @classmethod
    def from_ready(cls, ready: Json) -> ServerHandle:
        """Read the line that the server prints when it is ready."""
        return cls(*(str(ready[name]) for name in ("url", "api_base", "bot_token", "key", "control_key")))

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return self.url.partition("/?")[0]

    @property
    def gateway(self) -> str:
        """The address of the gateway."""
        return self.origin.replace("http", "ws", 1) + "/gateway/"

    async def control(self, path: str, body: Any = None, *, method: str | None = None) -> Any:
        """Call one of the /control addresses, such as `faults`.

        Raises:
            RuntimeError: the server did not accept it; the text says why.
        """
        headers = {"X-Control-Key": self.control_key}
        address = f"{self.origin}/control/{path}"
        verb = method or ("GET" if body is None else "POST")
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(verb, address, json=body) as response,
        ):
            text = await response.text()
            if response.status >= 400:
                raise RuntimeError(f"{verb} {path}: {response.status} {text}")
            return await response.json(content_type=None) if text else None

    async def requests(self, since: int = 0) -> list[Json]:
        """The bot's requests, oldest first: number, method, template, path, query, body, files, status."""
        return (await self.control(f"requests?since={since}"))["requests"]

    async def forget_requests(self) -> None:
        """Empty the record of requests."""
        await self.control("requests", method="DELETE")

    async def faults(self, *rules: Json) -> None:
        """Put rules in force in place of the old ones; without rules, all faults end."""
        await self.control("faults", {"rules": list(rules)})

    async def accident(self, action: str, **more: Any) -> int:
        """A gateway accident (`drop`, …: control_api.ACCIDENTS); how many connections it hit."""
        return (await self.control("gateway", {"action": action, **more}))["connections"]

    async def permit(self, channel: str, *, allow: list[str] | None = None, deny: list[str] | None = None) -> None:
        """Set what the bot may and may not do in a channel (`embed_links`, …); with neither, as before."""
        await self.control("permissions", {"channel": channel, "allow": allow or [], "deny": deny or []})

    async def rate_limits(self, *, on: bool) -> None:
        """Keep Discord's rate limits from now on, or no longer."""
        await self.control("limits", {"on": on})

    @contextlib.asynccontextmanager
    async def person(self, name: str) -> AsyncGenerator[Person]:
        """Open a person's page (`mira`, or the moderators `sam` and `noor`)."""
        async with Person.enter(self.url, name) as person:
            yield person
