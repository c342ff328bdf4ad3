"""Point the unmodified discord.py client at any Discord-compatible server, once, before it starts."""

from __future__ import annotations

import aiohttp
import discord.gateway
import discord.http
import yarl

from bot.settings import DISCORD_API_BASE
from knowledge.errors import CitebotError, ConfigError

NOT_ACCEPTED = (
    "the server does not accept the bot token. Copy it again from the developer portal "
    "(your application, Bot, Reset Token) into DISCORD_TOKEN, or into the file that DISCORD_TOKEN_FILE names"
)


async def point_client_at(api_base: str, token: str) -> None:
    """Send discord.py's HTTP requests to `api_base` and its gateway to what `/gateway/bot` names there.

    Discord itself needs no pointing: the client knows it. Raises ConfigError when the server does
    not accept the token or does not speak Discord's API, CitebotError when it cannot be reached.
    """
    base = api_base.rstrip("/")
    if base == DISCORD_API_BASE:
        return
    gateway = await _gateway_address(base, token)
    discord.http.Route.BASE = base
    # After an invalid session the client goes back to this address, so it must not stay Discord's.
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway


async def _gateway_address(base: str, token: str) -> yarl.URL:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session,
            session.get(f"{base}/gateway/bot", headers={"Authorization": f"Bot {token}"}) as response,
        ):
            if response.status == 401:
                raise ConfigError(NOT_ACCEPTED)
            body: dict[str, object] = await response.json() if response.status == 200 else {}
    except (aiohttp.ClientConnectionError, TimeoutError) as error:
        raise CitebotError(f"cannot reach {base} (setting discord.api_base): {error}") from error
    except (aiohttp.ClientError, ValueError) as error:
        raise ConfigError(f"{base} (setting discord.api_base) is not a Discord API: {error}") from error
    url = body.get("url")
    if not isinstance(url, str):
        raise ConfigError(
            f"{base}/gateway/bot answered {response.status} without a gateway address; "
            f"check the setting discord.api_base (Discord's own is {DISCORD_API_BASE})"
        )
    return yarl.URL(url)
