"""`/kb stats`: a server's knowledge in numbers, and how its questions ended as a picture."""

from __future__ import annotations

import asyncio
import io
from datetime import date, timedelta
from typing import Any

import discord
from discord import app_commands

from handlers import limits
from handlers.chart import in_words, usage_chart
from handlers.escape import inline
from handlers.limits import cut
from handlers.listing import counted
from handlers.paging import COLOUR
from handlers.permissions import require_moderator
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.curation.items import ItemKind, State
from knowledge.figures import Figures, Span, figures, spans
from knowledge.offbase import LEAST, OffBase

Interaction = discord.Interaction[Any]

DAYS = 30
PICTURE = "questions.png"
_NAMED = 3


def install_stats(kb: app_commands.Group, services: Services) -> None:
    """Add `/kb stats`."""

    @kb.command(name="stats", description="How much the server knows, how well it answers, what is used")
    @app_commands.describe(days=f"How many days back the questions are counted ({DAYS} if left out)")
    async def stats(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, days: app_commands.Range[int, 7, 365] = DAYS
    ) -> None:
        guild = await require_moderator(interaction, services)
        await interaction.response.defer(ephemeral=True, thinking=True)
        today = services.clock().date()
        since = today - timedelta(days - 1)
        told, shown = await _numbers(services, guild, since, today)
        picture = await asyncio.to_thread(usage_chart, shown, title=_title(shown, since, today))
        embed = _embed(told, days, await _waiting(services, guild), await services.knowledge.off_base(guild))
        embed.set_image(url=f"attachment://{PICTURE}")
        words = cut(in_words(shown), limits.ATTACHMENT_DESCRIPTION)
        file = discord.File(io.BytesIO(picture), PICTURE, description=words)
        await send_privately(interaction, embed=embed, file=file)


async def _numbers(services: Services, guild: int, since: date, today: date) -> tuple[Figures, tuple[Span, ...]]:
    store = services.store
    standing = await services.knowledge.standing(guild)
    base = (await services.knowledge.of(guild)).base
    own = sum(
        revision.state is State.LIVE and revision.kind is ItemKind.ENTRY
        for revision in standing.overlay.revisions.values()
    )
    await services.knowledge.counted()  # what was asked a moment ago too
    days = await store.usage.days(guild, since)
    told = figures(
        base,
        own=own,
        since=since,
        days=days,
        used=await store.usage.used(guild),
        tallies=await store.tallies(guild),
    )
    return told, spans(days, since, today)


async def _waiting(services: Services, guild: int) -> str:
    open_ones = await services.store.proposals.count_open(guild)
    unanswered = len(await services.store.unanswered.all(guild))
    return (
        f"{counted(open_ones, 'suggestion')} (`/kb review`), "
        f"{counted(unanswered, 'question')} without a good answer (`/kb unanswered`)"
    )


def _embed(told: Figures, days: int, waiting: str, off_base: OffBase) -> discord.Embed:
    embed = discord.Embed(title="This server's knowledge", colour=COLOUR)
    own = f" ({told.own} of this server's own)" if told.own else ""
    entries = "1 entry" if told.entries == 1 else f"{told.entries} entries"
    embed.add_field(
        name="What there is",
        value=f"{entries}{own}, {counted(told.phrasings, 'further phrasing')}, {counted(told.claims, 'statement')} by "
        f"{counted(told.experts, 'voice')}, {counted(told.sources, 'source')}",
        inline=False,
    )
    coverage = told.coverage
    asked = "Nobody asked anything."
    if coverage.share is not None:
        asked = (
            f"{counted(coverage.asked, 'question')}: {coverage.answered} answered ({coverage.share:.0%}), "
            f"{coverage.suggested} with suggestions, {coverage.abstained} not in the base"
        )
    embed.add_field(name=f"Questions of the last {days} days", value=asked, inline=False)
    embed.add_field(name="Not in the base", value=_off_base(off_base), inline=False)
    if told.most_used:
        lines = [f"{one.number} × {inline(cut(one.question, 150))}" for one in told.most_used]
        embed.add_field(name="Most used, ever", value=cut("\n".join(lines), limits.EMBED_FIELD_VALUE), inline=False)
    embed.add_field(name="Never used", value=cut(_never(told), limits.EMBED_FIELD_VALUE), inline=False)
    votes = told.votes.helpful + told.votes.unhelpful
    helpful = f"{told.votes.helpful / votes:.0%} of {counted(votes, 'vote')}" if votes else "Nobody has voted yet."
    embed.add_field(name="Helpful", value=helpful, inline=True)
    embed.add_field(name="Verified", value=cut(_verified(told), limits.EMBED_FIELD_VALUE), inline=True)
    embed.add_field(name="Waiting for you", value=waiting, inline=False)
    return embed


def _off_base(told: OffBase) -> str:
    if not told.questions:
        return (
            f"{told.share:.0%} of all questions, as it is set: to tell better takes {LEAST} different ones asked here."
        )
    different = counted(told.questions, "different question")
    return (
        f"About {told.share:.0%} of all questions, as {different} asked lately suggest; how sure it is counts on that."
    )


def _never(told: Figures) -> str:
    if not told.never_used:
        return "Every entry has been used." if told.entries else "There are no entries yet."
    named = "\n".join(f"- {inline(cut(entry.question, 150))}" for entry in told.never_used[:_NAMED])
    more = len(told.never_used) - _NAMED
    return f"{len(told.never_used)} of {told.entries}:\n{named}" + (f"\n- … and {more} more" if more > 0 else "")


def _verified(told: Figures) -> str:
    unverified = f"{told.unverified} of {told.entries} never" if told.unverified else "all"
    told_oldest = ""
    if (oldest := told.oldest) is not None:
        told_oldest = f"; longest ago ({oldest.verified_on}): {inline(cut(oldest.question, 150))}"
    return f"{unverified}{told_oldest}. What to check again: `/kb stale`."


def _title(shown: tuple[Span, ...], since: date, today: date) -> str:
    daily = len(shown) == (today - since).days + 1
    return f"Questions a {'day' if daily else 'week'}, {since.day} {since:%B} to {today.day} {today:%B} {today.year}"
