"""`/kb retire`, `/kb restore` and `/kb phrasing`: changes that need no form."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands

from handlers import limits
from handlers.change_render import name_of, told_lines
from handlers.errors import NoticeError
from handlers.fitting import require_fit
from handlers.kb_edit import kinds_in
from handlers.kb_items import ALL, EDITABLE, WORDS, Items
from handlers.limits import cut
from handlers.origins import QUESTION, Origin
from handlers.permissions import require_moderator
from handlers.publishing import Planned, publishing_of
from handlers.services import Services
from knowledge.curation.bodies import body_in
from knowledge.curation.changing import body_now, dependants, golden_questions, retire, with_phrasings
from knowledge.curation.difference import difference
from knowledge.curation.items import Edit, ItemKey, ItemKind, Revision, State
from knowledge.curation.merging import new_problems
from knowledge.curation.reverting import restore
from knowledge.model import KnowledgeBase
from knowledge.pack_rules import squash
from knowledge.snapshot import Standing
from knowledge.store.records import Action

Interaction = discord.Interaction[Any]

_NAMED = 8
_NO_WORDS = "That has no letter or digit in it, so nobody can ask like that: write the words that people use."


class Retiring:
    """Takes items away, and brings them back."""

    def __init__(self, services: Services, items: Items) -> None:
        self._services = services
        self._items = items

    async def retire(self, interaction: Interaction, text: str) -> None:
        """Preview that an item goes, with what goes along."""
        guild = await require_moderator(interaction, self._services)
        await interaction.response.defer(ephemeral=True, thinking=True)
        key, standing, base = await self._items.find(guild, text, ALL)
        edits = await asyncio.to_thread(retire, standing.ground, standing.overlay, key)
        if not edits:
            raise NoticeError("That is not in this server’s knowledge any more.")
        going = {edit.key for edit in edits}
        needed = [other for other in dependants(base, key) if other not in going]
        if needed:
            raise NoticeError(
                cut(
                    f"It cannot go while this rests on it: retire or change that first.\n{_names(base, needed)}",
                    limits.MESSAGE_CONTENT,
                )
            )
        await require_fit(standing, edits)
        hidden = "\nA pack has it: it is hidden on this server only." if standing.ground.has(key) else ""
        name = name_of(key, body_in(base, key))
        planned = Planned(Action.RETIRE, edits, f"Retired: {name}. `/kb restore` brings it back.")
        shown = _names(base, [edit.key for edit in edits])
        await publishing_of(interaction).offer(interaction, planned, f"**Retire this?**\n{shown}{hidden}")

    async def restore(self, interaction: Interaction, text: str) -> None:
        """Preview that a retired item comes back, or that one of a pack is again as the pack has it."""
        guild = await require_moderator(interaction, self._services)
        await interaction.response.defer(ephemeral=True, thinking=True)
        key, standing, base = await self._items.find(guild, text, ALL, gone=True)
        ground, overlay = standing.ground, standing.overlay
        if overlay.state(key) is State.LIVE and ground.has(key):
            edits: tuple[Edit, ...] = (Edit(key.kind, key.id, overlay.number(key), State.INHERITED),)
            lines = told_lines(difference(body_in(base, key), ground.body(key)))
            text = f"**As the pack has it again?** {name_of(key, body_in(base, key))}\n{lines}"
        else:
            edits = await self._with_golden(guild, standing, key, await self._back(guild, standing, key))
            if not edits:
                raise NoticeError("That is there already: nothing has to be brought back.")
            text = "**Bring this back?**\n" + "\n".join(
                f"- {name_of(edit.key, edit.body or ground.body(edit.key))}" for edit in edits[:_NAMED]
            )
        await require_fit(standing, edits)
        name = name_of(key, edits[0].body or ground.body(key))
        await publishing_of(interaction).offer(interaction, Planned(Action.RESTORE, edits, f"Restored: {name}"), text)

    async def add_phrasing(self, interaction: Interaction, text: str, phrasing: str) -> None:
        """Preview another way to ask for an entry."""
        guild = await require_moderator(interaction, self._services)
        await interaction.response.defer(ephemeral=True, thinking=True)
        key, *_ = await self._items.find(guild, text, (ItemKind.ENTRY,))
        await self.offer_phrasings(interaction, Origin(guild, Action.EDIT), key, (phrasing,))

    async def offer_phrasings(
        self, interaction: Interaction, origin: Origin, key: ItemKey, phrasings: Sequence[str]
    ) -> None:
        """The same for several, of an interaction that is deferred already.

        With them goes what they were wanted for: a proposal is approved by it, questions are taken off the list.
        """
        standing = await self._services.knowledge.standing(origin.guild)
        before = body_now(standing.ground, standing.overlay, key)
        edits = _phrased(standing, key, phrasings, origin.asked)
        await require_fit(standing, edits)
        name = name_of(key, before)
        lines = told_lines(difference(before, edits[0].body))
        planned = Planned(
            origin.action,
            edits,
            f"Published: {name} can be asked so as well.",
            proposal=origin.proposal,
            answers=origin.answers,
            again=lambda now: _phrased(now, key, phrasings, origin.asked),
        )
        await publishing_of(interaction).offer(interaction, planned, f"**Publish this?** {name}\n{lines}")

    async def _back(self, guild: int, standing: Standing, key: ItemKey) -> tuple[Edit, ...]:
        """The edits that bring an item back with all that it cannot do without."""
        histories: dict[ItemKey, Sequence[Revision]] = {}
        wanted: tuple[ItemKey, ...] = (key,)
        while True:
            for one in wanted:
                past = await self._services.store.revisions.history(guild, one.kind, one.id)
                histories[one] = [step.revision for step in past]
            restoring = restore(histories, standing.ground, standing.overlay)
            wanted = restoring.also_needed
            if not wanted:
                return restoring.edits

    async def _with_golden(
        self, guild: int, standing: Standing, key: ItemKey, edits: tuple[Edit, ...]
    ) -> tuple[Edit, ...]:
        """The same with the golden questions that went with an entry, where they still fit."""
        revisions, overlay = self._services.store.revisions, standing.overlay
        gone = overlay.revisions.get(key)
        change = await revisions.change(guild, gone.change) if edits and gone is not None else None
        for other in change.revisions if change is not None else ():
            if other.kind is not ItemKind.GOLDEN or overlay.revisions.get(other.key) != other:
                continue
            past = await revisions.history(guild, other.kind, other.id)
            back = restore({other.key: [step.revision for step in past]}, standing.ground, overlay).edits
            if back and back[0].body is not None and back[0].body.get("entry") == key.id:
                _, problems = await asyncio.to_thread(new_problems, standing.ground, overlay, (*edits, *back))
                edits = edits if any(problem.key == other.key for problem in problems) else (*edits, *back)
        return edits


def install_retire(kb: app_commands.Group, retiring: Retiring, items: Items) -> None:
    """Add `/kb retire`, `/kb restore` and `/kb phrasing`."""

    @kb.command(name="retire", description="Take an item away; what a pack has is hidden on this server only")
    @app_commands.describe(item="What is to go: choose from the list", kind="Only list these")
    @app_commands.choices(kind=[app_commands.Choice(name=WORDS[kind], value=kind.value) for kind in EDITABLE])
    async def take_away(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, item: str, kind: str = ""
    ) -> None:
        del kind  # it narrows the list alone
        await retiring.retire(interaction, item)

    @kb.command(name="restore", description="Bring back what was retired, or a pack's own words")
    @app_commands.describe(item="What is to come back: choose from the list")
    async def bring_back(interaction: Interaction, item: str) -> None:  # pyright: ignore[reportUnusedFunction]
        await retiring.restore(interaction, item)

    @kb.command(name="phrasing", description="Add another way to ask for an entry")
    @app_commands.describe(entry="Which entry: choose from the list", text="How people ask for it as well")
    async def phrasing(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, entry: str, text: app_commands.Range[str, 1, QUESTION]
    ) -> None:
        await retiring.add_phrasing(interaction, entry, text)

    @take_away.autocomplete("item")
    async def complete(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        kinds = kinds_in(interaction)
        return await items.complete(interaction, current, ALL if kinds == EDITABLE else kinds)

    @bring_back.autocomplete("item")
    async def complete_gone(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await items.complete_gone(interaction, current)

    @phrasing.autocomplete("entry")
    async def complete_entry(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await items.complete(interaction, current, (ItemKind.ENTRY,))


def _phrased(standing: Standing, key: ItemKey, phrasings: Sequence[str], asked: Sequence[str]) -> tuple[Edit, ...]:
    """The edits that give an entry phrasings, and keep those that were asked as golden questions."""
    if not any(map(squash, phrasings)):
        raise NoticeError(_NO_WORDS)
    ground, overlay = standing.ground, standing.overlay
    try:
        edits = with_phrasings(ground, overlay, key.id, phrasings)
    except KeyError as error:
        raise NoticeError("That entry is no longer there.") from error
    if not edits:
        raise NoticeError("The entry has these words already.")
    return (*edits, *golden_questions(standing.merged().base, overlay, dict.fromkeys(asked, key.id)))


def _names(base: KnowledgeBase, keys: Sequence[ItemKey]) -> str:
    shown = [f"- {name_of(key, body_in(base, key))}" for key in keys[:_NAMED]]
    if len(keys) > _NAMED:
        shown.append(f"- … and {len(keys) - _NAMED} more")
    return "\n".join(shown)
