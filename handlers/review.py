"""The moderators' queue: what members propose, with *Approve*, *Edit* and *Decline*.

A proposal stands in the review channel, where one is set, and under `/kb review`; the buttons are the same
and survive restarts. Approving and editing lead to a preview, as every change does.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, Self, cast

import discord
from discord import app_commands
from discord.ext import commands

from handlers.approving import Approving
from handlers.errors import NoticeError, tell
from handlers.forms import Form, TextField
from handlers.listing import counted
from handlers.permissions import require_moderator
from handlers.proposal_render import proposal_embed
from handlers.sending import send_privately
from handlers.services import Services
from handlers.settling import open_proposal, settle, unreached
from knowledge.errors import CitebotError
from knowledge.events import Events
from knowledge.store.records import DecidedError, Proposal, ProposalState

events = Events(__name__)

Interaction = discord.Interaction[Any]

REVIEW = "Review"
REASON = 300
"""The most characters of the reason that a proposer is told."""

NOTHING = "Nothing is waiting: no suggestion is open."
NO_MORE = "That was the last one that is open."


class Verdict(StrEnum):
    """What a moderator does with a proposal. The values are in messages that already stand: never change them."""

    APPROVE = "approve"
    EDIT = "edit"
    DECLINE = "decline"
    NEXT = "next"


_LOOKS = {
    Verdict.APPROVE: discord.ButtonStyle.success,
    Verdict.EDIT: discord.ButtonStyle.primary,
    Verdict.DECLINE: discord.ButtonStyle.danger,
    Verdict.NEXT: discord.ButtonStyle.secondary,
}


class ReviewButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"review:(?P<verdict>approve|edit|decline|next):(?P<proposal>[0-9]{1,18})",
):
    """A button under a proposal."""

    def __init__(self, button: discord.ui.Button[Any], verdict: Verdict, proposal: int) -> None:
        super().__init__(button)
        self.verdict = verdict
        self.proposal = proposal

    @classmethod
    def make(cls, verdict: Verdict, proposal: int) -> ReviewButton:
        """A new button."""
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=verdict.value.capitalize(), custom_id=f"review:{verdict.value}:{proposal}", style=_LOOKS[verdict]
        )
        return cls(button, verdict, proposal)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py found a button of ours under some message."""
        return cls(cast("discord.ui.Button[Any]", item), Verdict(match["verdict"]), int(match["proposal"]))

    async def callback(self, interaction: Interaction) -> None:
        """Somebody pressed it."""
        client = interaction.client
        cog: Any = client.get_cog(REVIEW) if isinstance(client, commands.Bot | commands.AutoShardedBot) else None
        if cog is None:
            raise RuntimeError("the cog that reviews is missing: setup() was not called")
        await cog.press(interaction, self.verdict, self.proposal)


class Review(commands.Cog, name=REVIEW):
    """Acts on the buttons under proposals."""

    def __init__(self, services: Services, approving: Approving) -> None:
        self._services = services
        self._approving = approving

    async def press(self, interaction: Interaction, verdict: Verdict, number: int) -> None:
        """One press; who may is checked here, and that the proposal is this server's."""
        try:
            guild = await require_moderator(interaction, self._services)
            if verdict is Verdict.NEXT:
                await show_next(interaction, self._services, guild, after=number, in_place=True)
                return
            await self._note_late(interaction, guild, number)
            proposal = await open_proposal(self._services, guild, number)
            match verdict:
                case Verdict.APPROVE:
                    await self._approving.approve(interaction, proposal)
                case Verdict.EDIT:
                    await self._approving.edit(interaction, proposal)
                case Verdict.DECLINE:
                    await interaction.response.send_modal(DeclineForm(self._services, proposal))
        except Exception as error:
            await tell(interaction, error, f"button {verdict.value}")

    async def _note_late(self, interaction: Interaction, guild: int, number: int) -> None:
        """Where a decision could not be noted, as in a channel that was the review channel once, it is now."""
        message = interaction.message
        decided = await self._services.store.proposals.get(guild, number)
        if message is None or message.flags.ephemeral or decided is None or decided.state is ProposalState.OPEN:
            return
        embed = proposal_embed(decided, (await self._services.knowledge.of(guild)).base)
        none = discord.AllowedMentions.none()
        await interaction.response.edit_message(embed=embed, view=None, allowed_mentions=none)


class DeclineForm(Form):
    """Why a proposal is declined: its proposer reads it."""

    def __init__(self, services: Services, proposal: Proposal) -> None:
        super().__init__("Decline the suggestion")
        self._services = services
        self._proposal = proposal
        self.reason = TextField(
            "Why?",
            "reason",
            most=REASON,
            description="Its proposer reads this; may stay empty",
            required=False,
            long=True,
        )
        self.add_item(self.reason)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Decline it."""
        guild = await require_moderator(interaction, self._services)
        await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            declined = await self._services.store.proposals.decline(
                guild, self._proposal.id, interaction.user.id, reason=self.reason.typed
            )
        except DecidedError as error:
            raise NoticeError(str(error)) from error
        reached = await settle(interaction.client, self._services, declined)
        await send_privately(interaction, f"Declined.{unreached(reached)}")


def install_review(kb: app_commands.Group, services: Services) -> None:
    """Add `/kb review`."""

    @kb.command(name="review", description="What members have suggested, one after the other")
    async def review(interaction: Interaction) -> None:  # pyright: ignore[reportUnusedFunction]
        guild = await require_moderator(interaction, services)
        await show_next(interaction, services, guild, after=0, in_place=False)


async def show_next(interaction: Interaction, services: Services, guild: int, *, after: int, in_place: bool) -> None:
    """The next open proposal after one, only for this moderator."""
    waiting = await services.store.proposals.open(guild, after=after, limit=1)
    count = await services.store.proposals.count_open(guild)
    parts: dict[str, Any] = {"content": NO_MORE if after and count else NOTHING, "embeds": [], "view": None}
    if waiting:
        (proposal,) = waiting
        base = (await services.knowledge.of(guild)).base
        words = f"{counted(count, 'suggestion')} waiting."
        parts = {"content": words, "embeds": [proposal_embed(proposal, base)], "view": _view(proposal, queue=count > 1)}
    if in_place and interaction.message is not None and interaction.message.flags.ephemeral:
        await interaction.response.edit_message(**parts)
    else:
        await send_privately(interaction, **{key: value for key, value in parts.items() if value is not None})


async def announce(client: discord.Client, services: Services, proposal: Proposal) -> None:
    """Show a new proposal in the review channel, if one is set. It is kept already, so failing is only logged."""
    try:
        settings = await services.store.guilds.settings(proposal.guild)
        channel = client.get_channel(settings.review_channel or 0)
        if not isinstance(channel, discord.TextChannel | discord.Thread) or channel.guild.id != proposal.guild:
            return
        base = (await services.knowledge.of(proposal.guild)).base
        message = await channel.send(
            embed=proposal_embed(proposal, base),
            view=_view(proposal, queue=False),
            allowed_mentions=discord.AllowedMentions.none(),
        )
        await services.store.proposals.shown(proposal.guild, proposal.id, message.id)
    except discord.HTTPException as error:
        events.info(
            "suggestion.not_shown", "Discord refused it", guild=proposal.guild, status=error.status, code=error.code
        )
    except CitebotError as error:
        events.warning("suggestion.not_shown", str(error), guild=proposal.guild)


def _view(proposal: Proposal, *, queue: bool) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    verdicts = [Verdict.APPROVE, Verdict.EDIT, Verdict.DECLINE, *([Verdict.NEXT] if queue else [])]
    for verdict in verdicts:
        view.add_item(ReviewButton.make(verdict, proposal.id))
    return view
