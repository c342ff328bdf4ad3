"""A small real discord.py bot with one of everything that the page can show; run as a process of its own.

usage: python everything_bot.py API_BASE, with the token on the first line of stdin; ends when stdin closes.
"""

from __future__ import annotations

import asyncio
import sys

import discord
from discord import app_commands, ui

from bot.wire import point_client_at

FRUITS = ("Apple", "Apricot", "Banana", "Cherry")
HOSTILE = (
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "<svg/onload=window.hacked=1>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "[press me](javascript:window.hacked=1)",
    "[data](data:text/html,<script>window.hacked=1</script>)",
    "<a href='javascript:window.hacked=1'>x</a>",
    "**<b onmouseover=window.hacked=1>bold</b>** `<u>` ||<i>hidden</i>||",
    "```html\n<script>window.hacked = 1</script>\n```",
    '[x](https://example.org/"onmouseover="window.hacked=1)',
    "<style>*{display:none}</style>",
    "&lt;script&gt; &amp; &#60;b&#62;",
    "<t:99999999999999999999:F> <t:9999999999999:F> <@!x> <@99>",
)


class Form(ui.Modal, title="Tell us more"):
    """A short text, a long one and a select, each with its label."""

    name: ui.Label[Form] = ui.Label(text="Your name", component=ui.TextInput(max_length=30))
    story: ui.Label[Form] = ui.Label(
        text="Your story",
        description="In a few words",
        component=ui.TextInput(style=discord.TextStyle.paragraph, required=False, placeholder="Once upon a time"),
    )
    fruit: ui.Label[Form] = ui.Label(
        text="Fruit", component=ui.Select(options=[discord.SelectOption(label=name) for name in FRUITS])
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Say back what was filled in."""
        name, story, fruit = self.name.component, self.story.component, self.fruit.component
        assert isinstance(name, ui.TextInput)
        assert isinstance(story, ui.TextInput)
        assert isinstance(fruit, ui.Select)
        await interaction.response.send_message(f"Form: {name.value} / {story.value} / {fruit.values[0]}")


class Controls(ui.View):
    """Every kind of button and select."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.presses = 0
        self.add_item(ui.Button(label="Read on", url="https://example.org/read"))

    @ui.button(label="Count", style=discord.ButtonStyle.primary, emoji="👍")
    async def count(self, interaction: discord.Interaction, button: ui.Button[Controls]) -> None:
        """Change the message in place."""
        self.presses += 1
        await interaction.response.edit_message(content=f"Pressed {self.presses} times")

    @ui.button(label="Whisper", style=discord.ButtonStyle.secondary)
    async def whisper(self, interaction: discord.Interaction, button: ui.Button[Controls]) -> None:
        """Answer only the one who pressed."""
        await interaction.response.send_message(f"A secret for {interaction.user.display_name}", ephemeral=True)

    @ui.button(label="Form", style=discord.ButtonStyle.success)
    async def form(self, interaction: discord.Interaction, button: ui.Button[Controls]) -> None:
        """Open a modal."""
        await interaction.response.send_modal(Form())

    @ui.button(label="Silent", style=discord.ButtonStyle.danger)
    async def silent(self, interaction: discord.Interaction, button: ui.Button[Controls]) -> None:
        """Never answer."""

    @ui.button(label="Not now", disabled=True)
    async def disabled(self, interaction: discord.Interaction, button: ui.Button[Controls]) -> None:
        """Cannot be pressed."""

    @ui.select(
        placeholder="Pick a fruit",
        options=[discord.SelectOption(label=name, description=f"A fine {name.lower()}") for name in FRUITS],
    )
    async def pick(self, interaction: discord.Interaction, select: ui.Select[Controls]) -> None:
        """Say what was picked."""
        await interaction.response.send_message(f"Picked {select.values[0]}")

    @ui.select(
        placeholder="Pick several",
        min_values=1,
        max_values=3,
        options=[discord.SelectOption(label=f"Number {name}") for name in ("one", "two", "three")],
    )
    async def several(self, interaction: discord.Interaction, select: ui.Select[Controls]) -> None:
        """Say what was picked, all of it."""
        await interaction.response.send_message("Several: " + ", ".join(sorted(select.values)))


def answer_embed() -> discord.Embed:
    """An embed with every part of one."""
    embed = discord.Embed(
        title="Why is the sky blue?",
        url="https://example.org/sky",
        description="Because of **Rayleigh scattering**.\n> Short waves scatter more.\n[More](https://example.org/more)",
        colour=discord.Colour(0xC2571A),
    )
    embed.set_author(name="The physics desk", url="https://example.org/desk")
    embed.add_field(name="Said by", value="Lord Rayleigh", inline=True)
    embed.add_field(name="In", value="1871", inline=True)
    embed.add_field(name="Source", value="On the light from the sky, paragraph 2", inline=False)
    embed.set_footer(text="Understood: sky blue")
    return embed


class EverythingBot(discord.Client):
    """Answers when it is mentioned or written to directly."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default(), allowed_mentions=discord.AllowedMentions.none())
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        """Register the commands."""
        add_commands(self.tree)
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        """Do what the message names."""
        assert self.user is not None
        direct = message.guild is None
        if message.author.bot or not (direct or self.user in message.mentions):
            return
        text = message.content.lower()
        if "embed" in text:
            await message.reply(embed=answer_embed(), mention_author=False)
        elif "controls" in text:
            await message.reply("Here are the controls", view=Controls())
        elif "hostile" in text:
            for line in HOSTILE:
                await message.channel.send(line)
                embed = discord.Embed(title=line, description=line).set_footer(text=line).set_author(name=line)
                await message.channel.send(embed=embed.add_field(name=line, value=line))
        elif "typing" in text:
            async with message.channel.typing():
                await asyncio.sleep(1)
            await message.reply("Typed it")
        else:
            await message.reply(f"Hello {message.author.display_name}")


def add_commands(tree: app_commands.CommandTree[EverythingBot]) -> None:
    """One slash command with options of several kinds, a slow one, one for moderators, a message command."""

    @tree.command(description="Ask about fruit")
    @app_commands.describe(fruit="Which fruit", member="For whom", quietly="Only you see it", amount="How many")
    async def ask(
        interaction: discord.Interaction[EverythingBot],
        fruit: str,
        member: discord.Member | None = None,
        quietly: bool = False,
        amount: app_commands.Range[int, 1, 9] = 1,
    ) -> None:
        name = member.display_name if member else "nobody"
        await interaction.response.send_message(f"{amount} × {fruit} for {name}", ephemeral=quietly)

    @ask.autocomplete("fruit")
    async def fruits(  # pyright: ignore[reportUnusedFunction]
        interaction: discord.Interaction[EverythingBot], current: str
    ) -> list[app_commands.Choice[str]]:
        found = [name for name in FRUITS if current.lower() in name.lower()]
        return [app_commands.Choice(name=name, value=f"fruit:{name.lower()}") for name in found]

    @tree.command(description="What this is")
    @app_commands.describe(public="Show it to everyone")
    async def about(  # pyright: ignore[reportUnusedFunction]
        interaction: discord.Interaction[EverythingBot], public: bool = False
    ) -> None:
        await interaction.response.send_message("All about fruit", ephemeral=not public)

    @tree.command(description="Says a lot")
    async def long(interaction: discord.Interaction[EverythingBot]) -> None:  # pyright: ignore[reportUnusedFunction]
        await interaction.response.send_message("# The beginning\n" + "more\n" * 60 + "# The end", ephemeral=True)

    @tree.command(description="Takes its time")
    async def slow(interaction: discord.Interaction[EverythingBot]) -> None:  # pyright: ignore[reportUnusedFunction]
        await interaction.response.defer(thinking=True)
        await asyncio.sleep(1)
        await interaction.followup.send("Worth the wait")

    @tree.command(description="For moderators")
    @app_commands.default_permissions(manage_guild=True)
    async def tidy(interaction: discord.Interaction[EverythingBot]) -> None:  # pyright: ignore[reportUnusedFunction]
        await interaction.response.send_message("Tidied", ephemeral=True)

    @tree.context_menu(name="Answer this")
    async def answer_this(  # pyright: ignore[reportUnusedFunction]
        interaction: discord.Interaction[EverythingBot], message: discord.Message
    ) -> None:
        await interaction.response.send_message(f"Answering “{message.content}”")


async def main(api_base: str) -> None:
    """Run until stdin closes."""
    loop = asyncio.get_running_loop()
    token = (await loop.run_in_executor(None, sys.stdin.readline)).strip()
    await point_client_at(api_base, token)
    async with EverythingBot() as client:
        running = asyncio.create_task(client.start(token))
        closing = loop.run_in_executor(None, sys.stdin.read)
        await asyncio.wait([running, asyncio.ensure_future(closing)], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
