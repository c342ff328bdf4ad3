"""A real discord.py bot that puts a script injection into every place that the page shows; a process of its own.

usage: python hostile_bot.py API_BASE, with the token on the first line of stdin; ends when stdin closes.
Mentioned with a number it posts the injection of that number in all kinds of message.
"""

from __future__ import annotations

import asyncio
import io
import re
import sys
from pathlib import Path
from typing import Any

import discord
from discord import app_commands, ui

from bot.wire import point_client_at

sys.path.append(str(Path(__file__).parents[1] / "hostile"))

from injections import INJECTIONS

ENDINGS = (".html", ".svg", ".png", ".js", ".xhtml", "")
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='hacked=1'><script>hacked=1</script></svg>"


class Controls(ui.View):
    """Buttons and selects that are called by the text; each opens the form."""

    def __init__(self, text: str) -> None:
        super().__init__(timeout=None)
        self.text = text
        press: ui.Button[Controls] = ui.Button(label=text[:80], style=discord.ButtonStyle.primary)
        press.callback = self.open_form
        self.add_item(press)
        self.add_item(ui.Button(label=text[:80], url="https://example.org/x?" + "".join(text.split())[:200]))
        options = [
            discord.SelectOption(label=text[:100], description=text[:100], value=f"{n}{text}"[:100]) for n in range(2)
        ]
        self.add_item(ui.Select(placeholder=text[:150], options=options))
        self.add_item(ui.RoleSelect(placeholder=text[:150]))

    async def open_form(self, interaction: discord.Interaction) -> None:
        """Open a modal with the text in all of its places."""
        await interaction.response.send_modal(Form(self.text))


class Form(ui.Modal):
    """Everything in it is the text; sent, it comes back as a message."""

    def __init__(self, text: str) -> None:
        super().__init__(title=text[:45])
        self.text = text
        for style in (discord.TextStyle.short, discord.TextStyle.paragraph):
            field: ui.TextInput[Form] = ui.TextInput(style=style, placeholder=text[:100], default=text, max_length=4000)
            self.add_item(ui.Label(text=text[:45], description=text[:100], component=field))
        option = discord.SelectOption(label=text[:100], description=text[:100])
        chosen: ui.Select[Form] = ui.Select(options=[option], required=False)
        self.add_item(ui.Label(text=text[:45], component=chosen))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Say back what it was called by."""
        await interaction.response.send_message(f"Form: {self.text}", ephemeral=True)


class Layout(ui.LayoutView):
    """The newer layout: text, a section, a container."""

    def __init__(self, text: str) -> None:
        super().__init__(timeout=None)
        press: ui.Button[Layout] = ui.Button(label=text[:80])
        section: ui.Section[Layout] = ui.Section(text, accessory=press)
        self.add_item(ui.Container(ui.TextDisplay(text), section, accent_colour=0xFF0000))


def embed(text: str) -> discord.Embed:
    """The text in every part of an embed, and in the addresses as far as Discord takes them."""
    address = "https://example.org/x?" + "".join(text.split())
    made = discord.Embed(title=text, description=text, url=address)
    made.set_author(name=text, url=address).set_footer(text=text).set_image(url=address).set_thumbnail(url=address)
    return made.add_field(name=text, value=text).add_field(name=text, value=text, inline=False)


class HostileBot(discord.Client):
    """Posts what it is asked for."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default())
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        """Register commands that are described by the texts."""
        for number, text in enumerate(INJECTIONS):
            if number % 8 == 0:
                self.tree.add_command(described(f"run{number}", text))
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        """Post the injection with the number that the message ends with."""
        if self.user not in message.mentions:
            return
        number = int(message.content.split()[-1])
        text = INJECTIONS[number]
        await message.channel.send(text)
        await message.channel.send(embed=embed(text), view=Controls(text))
        await message.channel.send(view=Layout(text))
        name = re.sub(r"[\x00-\x1f;]", "", text)  # with these the client's own form falls apart
        await message.channel.send(
            files=[discord.File(io.BytesIO(SVG), name + end, description=text) for end in ENDINGS]
        )
        await message.channel.send(f"done {number}")


def described(name: str, text: str) -> app_commands.Command[Any, ..., None]:
    """A command whose description, option, choices and suggestions are the text."""

    async def run(interaction: discord.Interaction[discord.Client], what: str, where: str) -> None:
        await interaction.response.send_message(text, ephemeral=True)

    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=name, description=text[:100], callback=run
    )

    async def suggest(interaction: discord.Interaction[discord.Client], current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=text[:100], value=text[:100])]

    app_commands.describe(what=text[:100], where=text[:100])(command)
    app_commands.choices(where=[app_commands.Choice(name=text[:100], value=text[:100])])(command)
    command.autocomplete("what")(suggest)
    return command


async def main(api_base: str) -> None:
    """Run until stdin closes."""
    loop = asyncio.get_running_loop()
    token = (await loop.run_in_executor(None, sys.stdin.readline)).strip()
    await point_client_at(api_base, token)
    async with HostileBot() as client:
        running = asyncio.create_task(client.start(token))
        closing = loop.run_in_executor(None, sys.stdin.read)
        await asyncio.wait([running, asyncio.ensure_future(closing)], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
