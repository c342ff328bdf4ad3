"""Two at once: somebody else's version and a moderator's own stand side by side, whole, and they choose."""

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
from handlers.fitting import require_fit
from handlers.kb_edit import Editing
from handlers.kb_items import EDITABLE, title_of
from handlers.limits import cut
from handlers.publishing import Planned, publishing_of
from handlers.sending import send_privately
from handlers.services import Services
from handlers.versions_render import Version, version_embeds, versions_file
from knowledge.curation.changing import body_at
from knowledge.curation.difference import Collision, collision
from knowledge.curation.items import Body, Edit, ItemKey, ItemKind, Revision, State
from knowledge.curation.side_by_side import alone, side_by_side
from knowledge.model import KnowledgeBase
from knowledge.snapshot import Standing

Interaction = discord.Interaction[Any]

NAMED = 3
"""So many items that both have changed are shown; the rest is counted, and stands in the file."""

BEGUN = "**Somebody else has changed this since you began.** Nothing of yours is saved yet: choose."


class How(StrEnum):
    """What the second moderator makes of it."""

    THEIRS = "theirs"
    MINE = "mine"
    BOTH = "both"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class _Clash:
    """An edit, the revision that came before it, how the two differ, and the item as either leaves it."""

    edit: Edit
    theirs: Revision
    told: Collision
    now: Body | None
    mine: Body | None


class Conflicts:
    """The choice between two changes of the same."""

    def __init__(self, services: Services, desk: Desk, editing: Editing) -> None:
        self._services = services
        self._editing = editing
        self._drafts: Drafts[Planned] = Drafts(services.clock)
        desk.on(Act.CONFLICT, self._choose)

    async def show(self, interaction: Interaction, guild: int, planned: Planned) -> None:
        """Show both versions, with the ways out of it."""
        standing = await self._services.knowledge.standing(guild)
        clashes = await self._clashes(guild, standing, planned)
        token = self._drafts.keep(guild, interaction.user.id, planned)
        view = discord.ui.View(timeout=None)
        ways = [(How.THEIRS, "Keep theirs", discord.ButtonStyle.secondary)]
        if clashes and all(clash.told.together is not None for clash in clashes):
            ways.append((How.BOTH, "Take both", discord.ButtonStyle.success))
        ways.append((How.MINE, "Use mine instead", discord.ButtonStyle.danger))
        if len(planned.edits) == 1 and clashes and clashes[0].mine is not None and planned.edits[0].kind in EDITABLE:
            ways.append((How.EDIT, "Edit on …", discord.ButtonStyle.primary))
        for how, words, style in ways:
            view.add_item(button(Act.CONFLICT, f"{how.value}:{token}", words, style=style))
        base = (await asyncio.to_thread(standing.merged)).base
        pairs = [await self._versions(guild, base, clash, several=len(clashes) > 1) for clash in clashes]
        embeds, complete = version_embeds([version for pair in pairs[:NAMED] for version in pair])
        lines = [BEGUN, *(name_of(clash.edit.key, clash.now or clash.mine) for clash in clashes[:NAMED])]
        if len(clashes) > NAMED:
            lines.append(f"… and {len(clashes) - NAMED} more items")
        lines.append("-# What differs is **bold**.")
        more: dict[str, Any] = {}
        if not complete or len(clashes) > NAMED:
            lines.append("-# That is too much to show here: both versions are attached in full.")
            more["file"] = versions_file(
                [
                    (f"{whose}: {clash.edit.key}", version)
                    for clash, pair in zip(clashes, pairs, strict=True)
                    for whose, version in zip(("Theirs", "Yours"), pair, strict=True)
                ]
            )
        await send_privately(
            interaction, cut("\n".join(lines), limits.MESSAGE_CONTENT), embeds=embeds, view=view, **more
        )

    async def _clashes(self, guild: int, standing: Standing, planned: Planned) -> Sequence[_Clash]:
        found: list[_Clash] = []
        for edit in planned.edits:
            theirs = standing.overlay.revisions.get(edit.key)
            if theirs is None or theirs.number == edit.expected:
                continue
            seen = await self._services.store.revisions.revision(guild, edit.kind, edit.id, edit.expected)
            ground = standing.ground
            mine = edit.body if edit.state is not State.INHERITED else ground.body(edit.key)
            now = body_at(ground, edit.key, theirs)
            found.append(_Clash(edit, theirs, collision(body_at(ground, edit.key, seen), mine, now), now, mine))
        return found

    async def _versions(
        self, guild: int, base: KnowledgeBase, clash: _Clash, *, several: bool
    ) -> tuple[Version, Version]:
        """Theirs and mine, whole."""
        change = await self._services.store.revisions.change(guild, clash.theirs.change)
        who = f"{who_did(change)} {discord.utils.format_dt(change.at, 'R')}" if change else "somebody"
        name = f"{name_of(clash.edit.key, clash.now or clash.mine)}\n" if several else ""
        now, mine = clash.now, clash.mine

        def called(kind: ItemKind, item: str) -> str:
            return title_of(base, ItemKey(kind, item))

        if now is not None and mine is not None:
            left, right = side_by_side(now, mine, called)
        else:
            left, right = alone(now or {}, called), alone(mine or {}, called)
        return (
            Version(f"{name}**Theirs:** {who}", left, "" if now is not None else "They retired it."),
            Version(f"{name}**Yours**", right, "" if mine is not None else "You want to retire it."),
        )

    async def _choose(self, press: Press) -> None:
        how, _, token = press.argument.partition(":")
        planned = self._drafts.find(token, press.guild, press.person)
        if how == How.EDIT:
            standing = await self._services.knowledge.standing(press.guild)
            clashes = await self._clashes(press.guild, standing, planned)
            edits = tuple(replace(clash.edit, body=_over(clash)) for clash in clashes) or planned.edits
            await self._editing.go_on(press.interaction, press.guild, replace(planned, edits=edits))
            return
        await press.interaction.response.defer()
        if how == How.THEIRS:
            self._drafts.drop(token)
            await _settle(press.interaction, "Kept theirs: nothing of yours was changed.")
            return
        standing = await self._services.knowledge.standing(press.guild)
        edits = await self._rebased(press.guild, standing, planned, both=how == How.BOTH)
        await require_fit(standing, edits, "With their change, yours does not fit any more:")
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


def _over(clash: _Clash) -> Body | None:
    """Their version with what mine changes over it: nothing else of theirs goes unseen."""
    if clash.now is None or clash.mine is None:
        return clash.mine
    changed = {line.field: clash.mine.get(line.field) for line in clash.told.mine}
    return {field: value for field, value in {**clash.now, **changed}.items() if value}


def _changes(standing: Standing, edit: Edit) -> Any:
    now = body_at(standing.ground, edit.key, standing.overlay.revisions.get(edit.key))
    after = edit.body if edit.state is not State.INHERITED else standing.ground.body(edit.key)
    return collision(now, after, now).mine


async def _settle(interaction: Interaction, text: str) -> None:
    await interaction.edit_original_response(
        content=text, embeds=[], attachments=[], view=None, allowed_mentions=discord.AllowedMentions.none()
    )
