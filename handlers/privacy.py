"""`/privacy`: what is kept and for how long, all that is kept of whoever asks, and how to have it deleted.

In a server it is about that server, in a direct message about everything. The buttons say only what is
wanted: whose data it is about is whoever presses, and which server is where they press.
"""

from __future__ import annotations

import io
import json
import re
from enum import StrEnum
from typing import Any, Self, cast

import discord
from discord import app_commands
from discord.ext import commands

from handlers import limits
from handlers.errors import tell
from handlers.limits import cut
from handlers.listing import counted
from handlers.paging import COLOUR
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.store.belongings import Belongings
from knowledge.store.proposals import KEEP_DAYS
from knowledge.store.recent import MOST

Interaction = discord.Interaction[Any]

PRIVACY = "Privacy"
FILE = "citebot-about-you.json"

NOTHING = "Nothing: I know nothing of you here."
SURE = (
    "**Delete what is kept of you {where}?** This cannot be taken back.\n"
    "- My replies to you stay where they are, but their buttons no longer know you: press *Remove* first under "
    "those that should go.\n"
    "- Suggestions of yours are deleted, also those that wait.\n"
    "- Your votes and your changes of the knowledge stay, without you."
)
DELETED = (
    "Done: you are gone from {rows} {where}.\n"
    "Backups that whoever runs me made before still have them until they are deleted. The words of questions are "
    "kept without whoever asked, so I cannot tell which were yours."
)


class Wish(StrEnum):
    """What a press asks for. The values are in messages that already stand: never change them."""

    COPY = "copy"
    DELETE = "delete"
    SURE = "sure"


class PrivacyButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"privacy:(?P<wish>copy|delete|sure)"):
    """A button under what `/privacy` says."""

    def __init__(self, button: discord.ui.Button[Any], wish: Wish) -> None:
        super().__init__(button)
        self.wish = wish

    @classmethod
    def make(cls, wish: Wish, label: str, style: discord.ButtonStyle) -> PrivacyButton:
        """A new button."""
        return cls(discord.ui.Button(label=label, custom_id=f"privacy:{wish.value}", style=style), wish)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py found a button of ours under some message."""
        return cls(cast("discord.ui.Button[Any]", item), Wish(match["wish"]))

    async def callback(self, interaction: Interaction) -> None:
        """Somebody pressed it."""
        client = interaction.client
        cog: Any = client.get_cog(PRIVACY) if isinstance(client, commands.Bot | commands.AutoShardedBot) else None
        if cog is None:
            raise RuntimeError("the cog for privacy is missing: setup() was not called")
        await cog.press(interaction, self.wish)


class Privacy(commands.Cog, name=PRIVACY):
    """The command, and what its buttons do."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="privacy", description="What I keep and how long; see and delete what is kept of you")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def privacy(self, interaction: Interaction) -> None:
        """Seen by whoever asks alone."""
        found = await self._services.store.belongings(interaction.user.id, guild=interaction.guild_id)
        days = 90
        if interaction.guild_id is not None:
            days = (await self._services.store.guilds.settings(interaction.guild_id)).unanswered_days
        parts = _parts(found, self._services, interaction.guild_id, days)
        view = discord.ui.View(timeout=None)
        if found:
            view.add_item(PrivacyButton.make(Wish.COPY, "Get a copy", discord.ButtonStyle.secondary))
            view.add_item(PrivacyButton.make(Wish.DELETE, "Delete what is kept of me", discord.ButtonStyle.danger))
        more: dict[str, Any] = {"view": view} if found else {}
        if interaction.guild_id is None or interaction.app_permissions.embed_links:
            embed = discord.Embed(title="Your privacy", colour=COLOUR)
            for name, value in parts:
                embed.add_field(name=name, value=value, inline=False)
            await send_privately(interaction, embed=embed, **more)
        else:
            text = "\n\n".join(f"**{name}**\n{value}" for name, value in parts)
            await send_privately(interaction, cut(text, limits.MESSAGE_CONTENT), **more)

    async def press(self, interaction: Interaction, wish: Wish) -> None:
        """One press; whatever fails is told to the person who pressed."""
        try:
            match wish:
                case Wish.COPY:
                    await self._copy(interaction)
                case Wish.DELETE:
                    view = discord.ui.View(timeout=None)
                    view.add_item(PrivacyButton.make(Wish.SURE, "Yes, delete it", discord.ButtonStyle.danger))
                    await send_privately(interaction, SURE.format(where=_where(interaction.guild_id)), view=view)
                case Wish.SURE:
                    await self._delete(interaction)
        except Exception as error:
            await tell(interaction, error, f"button {wish.value}")

    async def _copy(self, interaction: Interaction) -> None:
        found = await self._services.store.belongings(interaction.user.id, guild=interaction.guild_id)
        data = json.dumps(dict(found.tables), ensure_ascii=False, indent=2).encode()
        file = discord.File(io.BytesIO(data), FILE, description="What is kept of you, table by table")
        text = f"All that is kept of you {_where(interaction.guild_id)}, as it is kept."
        await send_privately(interaction, text if found else NOTHING, **({"file": file} if found else {}))

    async def _delete(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        # A reply that is being posted is in the store only in a moment.
        await self._services.pending.settled(interaction.channel_id or 0)
        rows = await self._services.store.forget_person(interaction.user.id, guild=interaction.guild_id)
        words = DELETED.format(rows=counted(rows, "record"), where=_where(interaction.guild_id))
        await send_privately(interaction, words if rows else NOTHING)


def _where(guild: int | None) -> str:
    return "in all servers and direct messages" if guild is None else "on this server"


def _parts(found: Belongings, services: Services, guild: int | None, days: int) -> list[tuple[str, str]]:
    settings = services.settings
    here = "on this server. Ask me in a direct message for all servers." if guild is not None else _where(guild) + "."
    kept = "\n".join(f"- {line}" for line in _lines(found, settings.reply_days)) or NOTHING
    of_all = [
        "Which message a reply of mine answers, with whom it is for: what its buttons need. For "
        f"{counted(settings.reply_days, 'day')}; then votes on it lose their voter, too.",
        f"The words of questions, without whoever asked: the last {MOST} of a server, and those without a good answer. "
        f"For {counted(days, 'day')}. In direct messages, none.",
        f"Suggestions, with who made and who decided them. Until {KEEP_DAYS} days after the decision.",
        "What moderators change in a server's knowledge, with who did.",
        "How many questions a server asked on which day.",
    ]
    rules = (
        f"If you do nothing on a server that is still kept for {counted(settings.unseen_days, 'day')}, you are taken "
        f"out of all that is kept there. {counted(settings.left_server_days, 'day')} after I was removed from a "
        "server, everything of it is deleted.\nI read only messages that address me, unless whoever runs me has set me "
        "to answer in certain channels; I pass nothing on. Backups that whoever runs me makes keep what was there "
        "then. Table by table it stands in docs/privacy.md of my source."
    )
    return [
        (f"What is kept of you {here}", kept),
        ("What I keep", "\n".join(f"- {line}" for line in of_all)),
        ("And what goes by itself", rules),
    ]


def _lines(found: Belongings, reply_days: int) -> list[str]:
    replies, votes = found.tables.get("replies", ()), found.tables.get("votes", ())
    proposals, changes = found.tables.get("proposals", ()), found.tables.get("changes", ())
    decided = sum(row["fields"] == row["proposer_id"] for row in proposals)
    lines = [
        (len(replies), "reply", f"to you or called up by you, for {counted(reply_days, 'day')}"),
        (len(votes), "vote", "for as long as its reply is known"),
        (len(proposals) - decided, "suggestion", f"of yours, until {KEEP_DAYS} days after the decision"),
        (decided, "decision", "on suggestions of others"),
        (len(changes), "change", "of the knowledge by you"),
    ]
    return [f"{_many(number, what)} {more}" for number, what, more in lines if number]


def _many(number: int, what: str) -> str:
    return f"{number} replies" if what == "reply" and number != 1 else counted(number, what)
