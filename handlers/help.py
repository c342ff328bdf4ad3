"""`/help`: what the bot knows about, how to ask it, and example questions that answer when pressed."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from handlers import limits
from handlers.components import Action, ReplyButton
from handlers.escape import block, inline
from handlers.limits import cut
from handlers.listing import counted
from handlers.paging import COLOUR
from handlers.services import Services
from handlers.where import answerer_for
from knowledge.answerer import Answerer
from knowledge.answers import Suggestion

Interaction = discord.Interaction[Any]

EXAMPLES = 4

WAYS = """\
- Mention me with your question, or reply to one of my messages.
- Write to me directly.
- `/ask`: pick a question from the list or use your own words; `for` answers somebody else, `private` only you.
- In a message's menu: Apps, then *Answer this*."""

BROWSING = """\
- `/experts`: who is heard in the base
- `/expert`: who somebody is and what they say
- `/claims`: statements by topic, by expert or with certain words
- `/source`: what the base rests on"""

HELPING = """\
- `/suggest`: propose a question with its answer
- *Wrong or incomplete*, under an answer: say what should be put right
- `/kb`, and *Add to knowledge* in a message's menu: for moderators, all that the server knows
- `/privacy`: what I keep, and how to see and delete what is kept of you"""


class Help(commands.Cog):
    """The help command."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="help", description="What I know about, how to ask, and questions to try")
    @app_commands.describe(public="Show it to everyone here, not only to you")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def help(self, interaction: Interaction, public: bool = False) -> None:
        """Help, seen by the person who asks for it unless they want it public."""
        answerer = await answerer_for(self._services, interaction)
        embeds = interaction.guild_id is None or interaction.app_permissions.embed_links
        examples = answerer.complete("", EXAMPLES)
        parts: dict[str, Any] = {"view": _view(examples)}
        if embeds:
            parts["embed"] = _embed(answerer)
        else:
            parts["content"] = cut(_text(answerer), limits.MESSAGE_CONTENT)
        await interaction.response.send_message(**parts, ephemeral=not public)


def _about(answerer: Answerer) -> str:
    base = answerer.base
    size = (
        f"{counted(len(base.entries), 'question')} answered from {counted(len(base.claims), 'statement')} "
        f"by {counted(len(base.experts), 'voice')}. Every answer shows who said it and where it stands; "
        "what the base does not say, I do not answer."
    )
    about = cut((base.info.about or base.info.title).rstrip("."), 800)
    return f"I answer questions about {block(about)}.\n\n{size}"


def _sections(examples: bool) -> list[tuple[str, str]]:
    tried = [("Questions to try", "Press one below.")] if examples else []
    return [("Ways to ask", WAYS), ("Looking around", BROWSING), ("Helping it grow", HELPING), *tried]


def _embed(answerer: Answerer) -> discord.Embed:
    title = cut(inline(answerer.base.info.title), limits.EMBED_TITLE)
    embed = discord.Embed(title=title, description=_about(answerer), colour=COLOUR)
    for name, value in _sections(bool(answerer.base.entries)):
        embed.add_field(name=name, value=value, inline=False)
    return embed


def _text(answerer: Answerer) -> str:
    parts = [f"**{inline(cut(answerer.base.info.title, 150))}**", _about(answerer)]
    parts += [f"**{name}**\n{value}" for name, value in _sections(bool(answerer.base.entries))]
    return "\n\n".join(parts)


def _view(examples: tuple[Suggestion, ...]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for row, example in enumerate(examples):
        view.add_item(
            ReplyButton.make(
                Action.PICK,
                example.question,
                argument=example.candidate_id,
                row=row,
                style=discord.ButtonStyle.primary,
            )
        )
    return view
