"""Messages that only the person behind an interaction sees."""

from __future__ import annotations

from typing import Any

import discord

Interaction = discord.Interaction[Any]


async def send_privately(interaction: Interaction, content: str = "", **more: Any) -> None:
    """Send one, whether the interaction has been answered already or not; `more` is what a message takes."""
    given: dict[str, Any] = {"ephemeral": True, "allowed_mentions": discord.AllowedMentions.none(), **more}
    if content:
        given["content"] = content
    if interaction.response.is_done():
        await interaction.followup.send(**given)
    else:
        await interaction.response.send_message(**given)
