"""A small bot with one of each: commands, options, components, modals. The server's tests talk to it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.local.person import Person

pytestmark = pytest.mark.asyncio(loop_scope="module")

PersonOpener = Callable[[str], AbstractAsyncContextManager[Person]]


class Probe(commands.AutoShardedBot):
    """A small bot with one of everything."""

    def __init__(self) -> None:
        intents = discord.Intents.default()
        super().__init__("!", intents=intents, guild_ready_timeout=0.1, allowed_mentions=discord.AllowedMentions.none())
        self.got: list[discord.Message] = []
        self.edits: list[discord.Message] = []
        self.deletes: list[int] = []

    async def on_message(self, message: discord.Message, /) -> None:
        self.got.append(message)
        if message.author == self.user:
            return
        text = message.content
        if self.user in message.mentions or message.guild is None:
            await message.reply(f"heard: {text}")
        elif isinstance(message.channel, discord.Thread):
            await message.channel.send("in a thread")

    async def on_message_edit(self, _before: discord.Message, after: discord.Message) -> None:
        self.edits.append(after)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        self.deletes.append(payload.message_id)

    def heard(self, content: str) -> discord.Message | None:
        return next((message for message in self.got if message.content == content), None)


class Form(discord.ui.Modal, title="Say more"):
    reason: discord.ui.Label[Any] = discord.ui.Label(
        text="Why?", component=discord.ui.TextInput(custom_id="why", min_length=2, max_length=20)
    )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        field = self.reason.component
        assert isinstance(field, discord.ui.TextInput)
        await interaction.response.send_message(f"because {field.value}", ephemeral=True)


class Panel(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Press", custom_id="press")
    async def press(self, interaction: discord.Interaction, _button: discord.ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="pressed")

    @discord.ui.button(label="Form", custom_id="form")
    async def form(self, interaction: discord.Interaction, _button: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(Form())

    @discord.ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, interaction: discord.Interaction, _button: discord.ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="never")

    @discord.ui.select(
        custom_id="pick", options=[discord.SelectOption(label="A", value="a"), discord.SelectOption(label="B")]
    )
    async def pick(self, interaction: discord.Interaction, select: discord.ui.Select[Any]) -> None:
        await interaction.response.send_message("picked " + ", ".join(select.values), ephemeral=True)


def add_commands(tree: app_commands.CommandTree[Any]) -> None:
    @tree.command(description="Echo a word")
    async def echo(
        interaction: discord.Interaction,
        word: str,
        times: app_commands.Range[int, 1, 3] = 1,
        who: discord.Member | None = None,
    ) -> None:
        embed = discord.Embed(title="Echo", description=" ".join([word] * times))
        if who is not None:
            embed.set_footer(text=who.display_name)
        await interaction.response.send_message(embed=embed, view=Panel(), ephemeral=word == "secret")

    @echo.autocomplete("word")
    async def words(_: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=word, value=word) for word in ("alpha", "beta") if word.startswith(text)]

    @tree.command(description="Answer later")
    async def slow(interaction: discord.Interaction, hidden: bool = False) -> None:
        await interaction.response.defer(thinking=True, ephemeral=hidden)
        await interaction.edit_original_response(content="done at last")
        await interaction.followup.send("and one more", ephemeral=True)

    @tree.command(description="Answer, then change and remove")
    async def fleeting(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("first")
        original = await interaction.original_response()
        more = await interaction.followup.send("second", wait=True)
        await more.edit(content="second, changed")
        await interaction.followup.delete_message(more.id)
        await interaction.edit_original_response(content=f"{original.content}, changed")

    @tree.command(description="Moderators only")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def moderate(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("moderated", ephemeral=True)

    shelf = app_commands.Group(name="shelf", description="Things to put away")

    @shelf.command(description="Put a file away")
    async def put(interaction: discord.Interaction, file: discord.Attachment, loudly: bool = False) -> None:
        content = await file.read()
        told = f"{file.filename}: {len(content)} bytes of {file.content_type}"
        await interaction.response.send_message(told.upper() if loudly else told, ephemeral=True)

    @shelf.command(description="Find a word on the shelf")
    @app_commands.autocomplete(word=words)
    async def find(interaction: discord.Interaction, word: str) -> None:
        await interaction.response.send_message(f"no {word}")

    tree.add_command(shelf)

    @tree.context_menu(name="Count letters")
    async def count(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{len(message.content)} letters", ephemeral=True)
