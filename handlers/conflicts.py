"""Two at once: what somebody else has changed since a moderator began is shown beside theirs, and they choose."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import discord

from handlers import limits
from handlers.change_render import name_of, told_lines, who_did
from handlers.desk import Act, Desk, Press, button
from handlers.drafts import Drafts
from handlers.errors import NoticeError
from handlers.escape import inline
from handlers.limits import cut
from handlers.publishing import Planned, publishing_of
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.curation.changing import body_at
from knowledge.curation.difference import Collision, collision
from knowledge.curation.items import Edit, Revision, State
from knowledge.curation.merging import new_problems
from knowledge.snapshot import Standing

Interaction = discord.Interaction[Any]

NAMED = 3
"""So many items that both have changed are told; the rest is counted."""


class How(StrEnum):
    """What the second moderator makes of it."""

    THEIRS = "theirs"
    MINE = "mine"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class _Clash:
    """An edit, the revision that came before it, and how the two differ."""

    edit: Edit
    theirs: Revision
    told: Collision


class Conflicts:
    """The choice between two changes of the same."""

    def __init__(self, services: Services, desk: Desk) -> None:
        self._services = services
        self._drafts: Drafts[Planned] = Drafts(services.clock)
        desk.on(Act.CONFLICT, self._choose)

    async def show(self, interaction: Interaction, guild: int, planned: Planned) -> None:
        """Show both changes, with the ways out of it."""
        standing = await self._services.knowledge.standing(guild)
        clashes = await self._clashes(guild, standing, planned)
        token = self._drafts.keep(guild, interaction.user.id, planned)
        view = discord.ui.View(timeout=None)
        ways = [(How.THEIRS, "Keep theirs", discord.ButtonStyle.secondary)]
        if clashes and all(clash.told.together is not None for clash in clashes):
            ways.append((How.BOTH, "Take both", discord.ButtonStyle.success))
        ways.append((How.MINE, "Use mine instead", discord.ButtonStyle.danger))
        for how, words, style in ways:
            view.add_item(button(Act.CONFLICT, f"{how.value}:{token}", words, style=style))
        blocks = [await self._told(guild, standing, clash) for clash in clashes[:NAMED]]
        if len(clashes) > NAMED:
            blocks.append(f"… and {len(clashes) - NAMED} more items")
        head = "**Somebody else has changed this since you began.** Nothing of yours is saved yet: choose."
        await send_privately(interaction, cut("\n\n".join([head, *blocks]), limits.MESSAGE_CONTENT), view=view)

    async def _clashes(self, guild: int, standing: Standing, planned: Planned) -> Sequence[_Clash]:
        found: list[_Clash] = []
        for edit in planned.edits:
            theirs = standing.overlay.revisions.get(edit.key)
            if theirs is None or theirs.number == edit.expected:
                continue
            seen = await self._services.store.revisions.revision(guild, edit.kind, edit.id, edit.expected)
            ground = standing.ground
            mine = edit.body if edit.state is not State.INHERITED else ground.body(edit.key)
            told = collision(body_at(ground, edit.key, seen), mine, body_at(ground, edit.key, theirs))
            found.append(_Clash(edit, theirs, told))
        return found

    async def _told(self, guild: int, standing: Standing, clash: _Clash) -> str:
        change = await self._services.store.revisions.change(guild, clash.theirs.change)
        who = f"{who_did(change)} {discord.utils.format_dt(change.at, 'R')}" if change else "Somebody"
        now = body_at(standing.ground, clash.edit.key, clash.theirs)
        theirs = told_lines(clash.told.theirs, 5) if now is not None else "- retired it"
        kept = clash.edit.state is not State.RETIRED
        mine = (told_lines(clash.told.mine, 5) or "- the same words as before") if kept else "- retire it"
        name = name_of(clash.edit.key, now or clash.edit.body)
        return f"{name}\n**{who}:**\n{theirs or '- the same words as before'}\n**You:**\n{mine}"

    async def _choose(self, press: Press) -> None:
        how, _, token = press.argument.partition(":")
        planned = self._drafts.find(token, press.guild, press.person)
        await press.interaction.response.defer()
        if how == How.THEIRS:
            self._drafts.drop(token)
            await _settle(press.interaction, "Kept theirs: nothing of yours was changed.")
            return
        standing = await self._services.knowledge.standing(press.guild)
        edits = await self._rebased(press.guild, standing, planned, both=how == How.BOTH)
        _, problems = await asyncio.to_thread(new_problems, standing.ground, standing.overlay, edits)
        if problems:
            lines = "\n".join(f"- {inline(str(problem))}" for problem in problems)
            raise NoticeError(cut(f"With their change, yours does not fit any more:\n{lines}", limits.MESSAGE_CONTENT))
        self._drafts.drop(token)
        chosen = "both changes" if how == How.BOTH else "yours"
        await _settle(press.interaction, f"You chose {chosen}: look at it once more below.")
        text = f"**Publish {chosen}?**\n" + "\n".join(
            f"{name_of(edit.key, edit.body)}\n{told_lines(_changes(standing, edit), 5)}" for edit in edits[:NAMED]
        )
        await publishing_of(press.interaction).offer(press.interaction, replace(planned, edits=edits), text)

    async def _rebased(self, guild: int, standing: Standing, planned: Planned, *, both: bool) -> tuple[Edit, ...]:
        clashes = {clash.edit.key: clash for clash in await self._clashes(guild, standing, planned)}
        edits: list[Edit] = []
        for edit in planned.edits:
            clash = clashes.get(edit.key)
            if clash is None:
                edits.append(edit)
                continue
            body = edit.body
            if both and clash.told.together is not None:
                body = clash.told.together
            edits.append(replace(edit, expected=clash.theirs.number, body=body))
        return tuple(edits)


def _changes(standing: Standing, edit: Edit) -> Any:
    now = body_at(standing.ground, edit.key, standing.overlay.revisions.get(edit.key))
    after = edit.body if edit.state is not State.INHERITED else standing.ground.body(edit.key)
    return collision(now, after, now).mine


async def _settle(interaction: Interaction, text: str) -> None:
    await interaction.edit_original_response(content=text, view=None, allowed_mentions=discord.AllowedMentions.none())
