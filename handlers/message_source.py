"""A message as a source: who wrote it, where and when, from its link."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import discord

from knowledge.curation.form import EntryFields, NewExpert, NewSource, fields_of_message

Interaction = discord.Interaction[Any]

_LINK = re.compile(
    r"https://(?:ptb\.|canary\.)?discord(?:app)?\.com/channels/(?P<guild>\d+)/(?P<channel>\d+)/(?P<message>\d+)/?"
)


def fields_from(message: discord.Message, text: str) -> EntryFields:
    """Fields filled in from a message."""
    return fields_of_message(
        text,
        author=message.author.display_name,
        link=message.jump_url,
        where=_where(message.channel),
        day=f"{message.created_at:%Y-%m-%d}",
    )


async def with_message(interaction: Interaction, fields: EntryFields) -> EntryFields:
    """The fields with what a linked message says about itself, where its moderator and the bot may read it.

    What was typed stays. A link that leads nowhere, or elsewhere, is a link like any other.
    """
    source = fields.source
    if not isinstance(source, NewSource) or (found := _LINK.fullmatch(source.url.strip())) is None:
        return fields
    message = await _message(interaction, found)
    if message is None:
        return fields if source.title else replace(fields, source=replace(source, title="A message on Discord"))
    known = fields_from(message, message.content)
    if not isinstance(known.source, NewSource):
        return fields
    filled = NewSource(
        source.title or known.source.title,
        source.url,
        source.author or known.source.author,
        source.published or known.source.published,
    )
    return replace(fields, source=filled, expert=fields.expert or known.expert or NewExpert(""))


async def _message(interaction: Interaction, link: re.Match[str]) -> discord.Message | None:
    guild, person = interaction.guild, interaction.user
    if guild is None or int(link["guild"]) != guild.id or not isinstance(person, discord.Member):
        return None
    channel = guild.get_channel_or_thread(int(link["channel"]))
    if not isinstance(channel, discord.TextChannel | discord.Thread | discord.VoiceChannel):
        return None
    try:
        # Nobody gets to see through the bot what they may not see themselves.
        allowed = channel.permissions_for(person)
        if not (allowed.view_channel and allowed.read_message_history):
            return None
        if isinstance(channel, discord.Thread) and channel.is_private() and not allowed.manage_threads:
            await channel.fetch_member(person.id)  # who is not in it is not found
        return await channel.fetch_message(int(link["message"]))
    except (discord.HTTPException, discord.ClientException):
        return None


def _where(channel: Any) -> str:
    name = getattr(channel, "name", None)
    return f"#{name}" if name else "a channel"
