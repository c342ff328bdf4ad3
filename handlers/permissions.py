"""Who may change a server's knowledge. Every command, button, form and autocomplete under `/kb` asks here."""

from __future__ import annotations

from typing import Any

import discord

from handlers.errors import NoticeError
from handlers.services import Services
from knowledge.store.records import GuildSettings

Interaction = discord.Interaction[Any]

SERVERS_ONLY = "That works in servers only."
MODERATORS_ONLY = (
    "Only moderators can do that: people who manage this server, and those with the role that `/kb setup` or the "
    "bot's configuration names."
)

MANAGERS_ONLY = "Only people who manage this server (the permission *Manage Server*) can do that."


async def is_moderator(interaction: Interaction, services: Services, known: GuildSettings | None = None) -> bool:
    """Whether the interaction's person may change the knowledge of the server it is in; never in a direct message.

    Discord's own word in the interaction counts, not what is remembered. What the server has set is read from the
    store unless it is given as `known`: for lists, which change nothing and have no time. Raises StoreError.
    """
    person = interaction.user
    if interaction.guild_id is None or not isinstance(person, discord.Member):
        return False
    if _manages(interaction):
        return True
    # Everybody has the role @everyone, whose id is the server's: it makes nobody a moderator.
    roles = {role.id for role in person.roles} - {interaction.guild_id}
    if roles & services.settings.moderator_roles:
        return True
    settings = await services.store.guilds.settings(interaction.guild_id) if known is None else known
    return settings.moderator_role in roles


async def require_moderator(interaction: Interaction, services: Services) -> int:
    """The id of the server that the interaction's person may change. Raises NoticeError for everybody else."""
    if interaction.guild_id is None:
        raise NoticeError(SERVERS_ONLY)
    if not await is_moderator(interaction, services):
        raise NoticeError(MODERATORS_ONLY)
    return interaction.guild_id


def require_manager(interaction: Interaction) -> int:
    """The same for what decides who the moderators are: only those who manage the server. Raises NoticeError."""
    if interaction.guild_id is None:
        raise NoticeError(SERVERS_ONLY)
    if not _manages(interaction):
        raise NoticeError(MANAGERS_ONLY)
    return interaction.guild_id


def _manages(interaction: Interaction) -> bool:
    return interaction.permissions.manage_guild or interaction.permissions.administrator
