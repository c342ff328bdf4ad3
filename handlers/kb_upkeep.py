"""`/kb stale` and `/kb weak`: entries to check again, and spots that deserve a look."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Self, cast

import discord
from discord import app_commands
from discord.ext import commands

from handlers import limits
from handlers.errors import NoticeError, tell
from handlers.escape import inline, plain
from handlers.latest import Latest
from handlers.limits import cut, paginate
from handlers.listing import PAGE, counted
from handlers.paging import COLOUR
from handlers.permissions import require_moderator
from handlers.publishing import Planned, publishing_of
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.answerer import Answerer
from knowledge.curation.changing import body_now, reword
from knowledge.curation.contradictions import contradictions
from knowledge.curation.items import Edit, ItemKey, ItemKind
from knowledge.curation.weak import Age, Stale, own_entries, to_check, too_close, unused_claims
from knowledge.snapshot import Standing
from knowledge.store.records import Action

Interaction = discord.Interaction[Any]

UPKEEP = "Upkeep"
STALE_DAYS = 180
"""An entry that was verified longer ago than this is to be checked again."""

STALE_PAGE = 20
_SERVERS = 20  # whose weak spots are kept until something changes

ALL_FRESH = "Nothing to check: no entry is out of date, and all of this server's own have been verified lately."
ALL_WELL = "No weak spots found."
GONE = "That is no longer in the base: run the command again to see what is there now."


class What(StrEnum):
    """The lists. The values are in messages that already stand: never change them."""

    STALE = "stale"
    WEAK = "weak"


class UpkeepButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"upkeep:(?P<what>stale|weak):(?P<page>[0-9]{1,5})[<>]",
):
    """Back or Next under a list."""

    def __init__(self, button: discord.ui.Button[Any], what: What, page: int) -> None:
        super().__init__(button)
        self.what = what
        self.page = page

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py found a button of ours under some message."""
        return cls(cast("discord.ui.Button[Any]", item), What(match["what"]), int(match["page"]))

    async def callback(self, interaction: Interaction) -> None:
        """Somebody pressed it."""
        await _upkeep(interaction).turn(interaction, self.what, self.page)


class VerifiedSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"upkeep:verified"):
    """The select in which a moderator says what they have checked."""

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py found a select of ours under some message."""
        return cls(cast("discord.ui.Select[Any]", item))

    async def callback(self, interaction: Interaction) -> None:
        """Somebody chose."""
        await _upkeep(interaction).verified(interaction, self.item.values)


class Upkeep(commands.Cog, name=UPKEEP):
    """The two lists, page by page. Weak spots are worked out once for a state of the base."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._weak: Latest[int, tuple[Answerer, tuple[str, ...]]] = Latest(_SERVERS)

    async def show(self, interaction: Interaction, what: What) -> None:
        """A list, only for its moderator."""
        guild = await require_moderator(interaction, self._services)
        await interaction.response.defer(ephemeral=True, thinking=True)
        parts = await self._page(guild, what, 0)
        await send_privately(interaction, **{key: value for key, value in parts.items() if value is not None})

    async def turn(self, interaction: Interaction, what: What, page: int) -> None:
        """Another page, in place; who may is checked here."""
        try:
            guild = await require_moderator(interaction, self._services)
            await interaction.response.defer()
            await interaction.edit_original_response(**await self._page(guild, what, page))
        except Exception as error:
            await tell(interaction, error, f"list {what.value}")

    async def verified(self, interaction: Interaction, entries: Sequence[str]) -> None:
        """Preview that these entries were checked today."""
        try:
            guild = await require_moderator(interaction, self._services)
            await interaction.response.defer(ephemeral=True, thinking=True)
            today = self._services.clock().date()
            standing = await self._services.knowledge.standing(guild)
            edits = tuple(_checked(standing, entry, today) for entry in entries)
            base = standing.merged().base
            lines = "\n".join(f"- {inline(cut(base.entries[entry].question, 150))}" for entry in entries)
            count = "1 entry" if len(edits) == 1 else f"{len(edits)} entries"
            planned = Planned(Action.EDIT, edits, f"Noted: {count} verified on {today}.", note=f"verified on {today}")
            await publishing_of(interaction).offer(interaction, planned, f"**Verified on {today}?**\n{lines}")
        except Exception as error:
            await tell(interaction, error, "select verified")

    async def _page(self, guild: int, what: What, page: int) -> dict[str, Any]:
        if what is What.STALE:
            return _stale_parts(await self._stale(guild), page)
        return _weak_parts(await self._weak_spots(guild), page)

    async def _stale(self, guild: int) -> tuple[Stale, ...]:
        standing = await self._services.knowledge.standing(guild)
        return to_check(standing, self._services.clock().date(), days=STALE_DAYS)

    async def _weak_spots(self, guild: int) -> tuple[str, ...]:
        answerer = await self._services.knowledge.of(guild)
        known = self._weak.get(guild)
        if known is None or known[0] is not answerer:
            own = own_entries(await self._services.knowledge.standing(guild))
            known = answerer, await asyncio.to_thread(_weak_blocks, answerer, own)
        return self._weak.keep(guild, known)[1]


def install_upkeep(kb: app_commands.Group, cog: Upkeep) -> None:
    """Add `/kb stale` and `/kb weak`."""

    @kb.command(name="stale", description="Entries to check again: expired, about to be, or not verified for long")
    async def show_stale(interaction: Interaction) -> None:  # pyright: ignore[reportUnusedFunction]
        await cog.show(interaction, What.STALE)

    @kb.command(name="weak", description="Weak spots: unused statements, entries too close, statements that contradict")
    async def show_weak(interaction: Interaction) -> None:  # pyright: ignore[reportUnusedFunction]
        await cog.show(interaction, What.WEAK)


def _stale_parts(found: Sequence[Stale], page: int) -> dict[str, Any]:
    if not found:
        return {"content": ALL_FRESH, "embeds": [], "view": None}
    last = (len(found) - 1) // STALE_PAGE
    page = min(max(page, 0), last)
    shown = found[page * STALE_PAGE : (page + 1) * STALE_PAGE]
    lines = [f"- {inline(cut(one.entry.question, 120))}: {told_age(one)}" for one in shown]
    embed = discord.Embed(title="Entries to check again", description="\n".join(lines), colour=COLOUR)
    count = "1 entry" if len(found) == 1 else f"{len(found)} entries"
    embed.set_footer(text=f"{count}, most pressing first · page {page + 1} of {last + 1}")
    view = discord.ui.View(timeout=None)
    options = [
        discord.SelectOption(
            label=cut(plain(one.entry.question), limits.SELECT_LABEL), value=one.entry.id, description=told_age(one)
        )
        for one in shown
        if one.age is not Age.EXPIRED
    ]
    if options:
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="upkeep:verified",
            placeholder="I have checked these today …",
            options=options,
            max_values=len(options),
        )
        view.add_item(VerifiedSelect(select))
    _add_turning(view, What.STALE, page, last)
    return {"content": None, "embeds": [embed], "view": view}


def _weak_parts(blocks: Sequence[str], page: int) -> dict[str, Any]:
    if not blocks:
        return {"content": ALL_WELL, "embeds": [], "view": None}
    pages = paginate(blocks, PAGE)
    last = len(pages) - 1
    page = min(max(page, 0), last)
    embed = discord.Embed(title="Weak spots", description=pages[page], colour=COLOUR)
    embed.set_footer(text=f"{counted(len(blocks), 'spot')} · page {page + 1} of {last + 1}")
    view = discord.ui.View(timeout=None)
    _add_turning(view, What.WEAK, page, last)
    return {"content": None, "embeds": [embed], "view": view}


def _add_turning(view: discord.ui.View, what: What, page: int, last: int) -> None:
    if not last:
        return
    for label, target, mark in (("Back", max(page - 1, 0), "<"), ("Next", min(page + 1, last), ">")):
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label, custom_id=f"upkeep:{what.value}:{target}{mark}", disabled=target == page
        )
        view.add_item(UpkeepButton(button, what, target))


def _weak_blocks(answerer: Answerer, own: frozenset[str]) -> tuple[str, ...]:
    """Every weak spot in a few lines. Takes seconds of CPU: call it off the event loop."""
    return tuple(_blocks(answerer, own))


def _blocks(answerer: Answerer, own: frozenset[str]) -> Iterator[str]:
    base = answerer.base
    for close in too_close(answerer, whole=own):
        yield (
            f"**Too close** ({close.score:.0%})\n{inline(close.first.question)}\n{inline(close.second.question)}\n"
            f"-# “{inline(close.asked)}” could mean either"
        )
    for pair in contradictions(base):
        who = base.experts[pair.first.expert].name
        texts = f"{inline(pair.first.text)}\n{inline(pair.second.text)}"
        yield f"**Contradiction?** {inline(who)}: {inline(pair.why)}\n{texts}"
    for claim in unused_claims(base):
        who = base.experts[claim.expert].name
        yield f"**Used by no entry:** {inline(who)}: {inline(claim.text)}\n-# claim `{claim.id}`"


def _checked(standing: Standing, entry: str, today: date) -> Edit:
    """The edit that notes that an entry was checked."""
    key = ItemKey(ItemKind.ENTRY, entry)
    body = body_now(standing.ground, standing.overlay, key)
    if body is None:
        raise NoticeError(GONE)
    return reword(standing.overlay, key, {**body, "verified_on": today.isoformat()})


def told_age(one: Stale) -> str:
    """Why an entry is to be checked again, in a few words."""
    match one.age:
        case Age.EXPIRED:
            return f"expired on {one.day}: not answered any more"
        case Age.EXPIRES_SOON:
            return f"expires on {one.day}"
        case Age.NEVER:
            return "never verified"
        case Age.OLD:
            return f"verified on {one.day}"


def _upkeep(interaction: Interaction) -> Upkeep:
    client = interaction.client
    cog: Any = client.get_cog(UPKEEP) if isinstance(client, commands.Bot | commands.AutoShardedBot) else None
    if cog is None:
        raise RuntimeError("the cog of upkeep is missing: setup() was not called")
    return cog
