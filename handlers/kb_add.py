"""`/kb add` and *Add to knowledge* in a message's menu."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from handlers.adding import Adding
from handlers.kb_items import Items
from knowledge.curation.items import ItemKind

Interaction = discord.Interaction[Any]


class AddMenu(commands.Cog):
    """*Add to knowledge* in a message's menu."""

    def __init__(self, bot: commands.Bot, adding: Adding) -> None:
        self._bot = bot
        self._adding = adding
        self._menu = app_commands.ContextMenu(name="Add to knowledge", callback=self.add_message)
        self._menu.allowed_contexts = app_commands.AppCommandContext(
            guild=True, dm_channel=False, private_channel=False
        )
        self._menu.allowed_installs = app_commands.AppInstallationType(guild=True, user=False)

    async def cog_load(self) -> None:
        """Cogs carry slash commands by themselves, but not context menus."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the menu along."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def add_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Open the form with what the message says."""
        await self._adding.begin_with(interaction, message)


def install_add(kb: app_commands.Group, adding: Adding, items: Items) -> None:
    """Add `/kb add`."""

    @kb.command(name="add", description="Add a question with its answer and where that stands")
    @app_commands.describe(
        expert="Who says it, if known already: choose from the list",
        source="Where it stands, if known already: choose from the list",
    )
    async def add(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, expert: str = "", source: str = ""
    ) -> None:
        await adding.begin(interaction, expert, source)

    @add.autocomplete("expert")
    async def complete_expert(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await items.complete(interaction, current, (ItemKind.EXPERT,))

    @add.autocomplete("source")
    async def complete_source(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await items.complete(interaction, current, (ItemKind.SOURCE,))
