"""Where something happens: the server that is answered for, and the channels that its knowledge may be limited to."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import discord

from handlers import limits
from handlers.errors import NoticeError
from handlers.services import Services
from knowledge.answerer import Answerer

NOT_YET = "I am just reading up what this server knows: try again in a moment."


class Where(NamedTuple):
    """A server, None in a direct message, with the channel and, of a thread, its channel as well. All ids."""

    guild: int | None
    channels: frozenset[int]


def where_of(event: discord.Interaction[Any] | discord.Message) -> Where:
    """Where a message stands or an interaction comes from."""
    channel: Any = event.channel
    guild = event.guild_id if isinstance(event, discord.Interaction) else event.guild.id if event.guild else None
    known = event.channel_id if isinstance(event, discord.Interaction) else event.channel.id
    return Where(guild, frozenset(place for place in (known, getattr(channel, "parent_id", None)) if place))


async def answerer_for(services: Services, interaction: discord.Interaction[Any]) -> Answerer:
    """What is answered from there. Raises NoticeError where its index is not made in time for an interaction."""
    try:
        async with asyncio.timeout(limits.DEFER_AFTER):
            return await services.knowledge.of(*where_of(interaction))
    except TimeoutError:
        raise NoticeError(NOT_YET) from None


def answerer_now(services: Services, interaction: discord.Interaction[Any]) -> Answerer:
    """The same for autocomplete, which waits for nothing: as it was last."""
    return services.knowledge.current(*where_of(interaction))
