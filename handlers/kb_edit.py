"""`/kb edit`: an item in forms, sheet by sheet, until its moderator publishes it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import discord
from discord import app_commands

from handlers import limits
from handlers.change_render import name_of, statements_told, told_lines
from handlers.desk import Act, Desk, Press, button
from handlers.drafts import Drafts
from handlers.errors import NoticeError, number_in
from handlers.escape import inline
from handlers.forms import give_back
from handlers.kb_items import EDITABLE, WORDS, Items
from handlers.kb_sheets import SheetForm
from handlers.limits import cut
from handlers.permissions import require_moderator
from handlers.publishing import Planned, publishing_of
from handlers.render import embed_of
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.curation.changing import body_now
from knowledge.curation.difference import difference
from knowledge.curation.drafting import preview
from knowledge.curation.items import Body, ItemKey, ItemKind
from knowledge.curation.rewriting import Rewritten, label_of, rewritten, texts_of
from knowledge.curation.sheets import SHEETS
from knowledge.store.records import Action

Interaction = discord.Interaction[Any]


@dataclass(frozen=True, slots=True)
class EditDraft:
    """An item that is being edited: its body and revision when that began, and what stands in the forms now.

    `planned` is the change that goes on after somebody else's, where it is one.
    """

    key: ItemKey
    seen: Body
    number: int
    texts: Mapping[str, str]
    planned: Planned | None = None


class Editing:
    """Edits of items."""

    def __init__(self, services: Services, items: Items, desk: Desk) -> None:
        self._services = services
        self._items = items
        self._drafts: Drafts[EditDraft] = Drafts(services.clock)
        desk.on(Act.EDIT_PART, self._part)
        desk.on(Act.EDIT_PUBLISH, self._publish)
        desk.on(Act.EDIT_DROP, self._drop)

    async def begin(self, interaction: Interaction, text: str) -> None:
        """Open the first form of an item."""
        guild = await require_moderator(interaction, self._services)
        key, standing, base = await self._items.find(guild, text, EDITABLE)
        seen = body_now(standing.ground, standing.overlay, key)
        if seen is None:
            raise NoticeError("That is not in this server’s knowledge any more.")
        draft = EditDraft(key, seen, standing.overlay.number(key), texts_of(base, key.kind, seen))
        token = self._drafts.keep(guild, interaction.user.id, draft)
        await interaction.response.send_modal(await self._form(guild, token, draft, 0))

    async def go_on(self, interaction: Interaction, guild: int, planned: Planned) -> None:
        """Open the first form with the words of a change of one item, based on what somebody else made of it."""
        (edit,) = planned.edits
        standing, base = await self._items.base(guild)
        seen = body_now(standing.ground, standing.overlay, edit.key)
        mine = edit.body or standing.ground.body(edit.key)
        if mine is None:
            raise NoticeError("That is not in this server’s knowledge any more.")
        texts = texts_of(base, edit.kind, mine)
        draft = EditDraft(edit.key, seen or mine, standing.overlay.number(edit.key), texts, planned)
        token = self._drafts.keep(guild, interaction.user.id, draft)
        await interaction.response.send_modal(await self._form(guild, token, draft, 0))

    async def _form(self, guild: int, token: str, draft: EditDraft, number: int) -> SheetForm:
        _, base = await self._items.base(guild)

        async def submitted(interaction: Interaction, guild: int, texts: Mapping[str, str]) -> None:
            try:
                now = self._drafts.find(token, guild, interaction.user.id)
            except NoticeError:
                await give_back(interaction, texts.values())
                return
            changed = replace(now, texts={**now.texts, **texts})
            self._drafts.change(token, guild, interaction.user.id, changed)
            await self._show(interaction, guild, token, changed)

        return SheetForm(self._services, base, SHEETS[draft.key.kind][number], draft.texts, submitted)

    async def _made(self, guild: int, draft: EditDraft) -> Rewritten:
        standing, _ = await self._items.base(guild)
        return await asyncio.to_thread(
            rewritten, standing.ground, standing.overlay, draft.key, draft.seen, draft.texts, based_on=draft.number
        )

    async def _show(self, interaction: Interaction, guild: int, token: str, draft: EditDraft) -> None:
        """The panel of an edit: what differs, what is wrong, the reply as it will be."""
        again = interaction.message is not None
        await (interaction.response.defer() if again else interaction.response.defer(ephemeral=True, thinking=True))
        made = await self._made(guild, draft)
        lines = difference(draft.seen, made.edit.body)
        parts = [f"**Edit {name_of(draft.key, draft.seen)}**", told_lines(lines) or "Nothing is changed yet."]
        parts += statements_told(draft.key, draft.seen, made.edit, made.along)
        if made.problems:
            told = [
                f"- **{inline(label_of(draft.key.kind, problem.field) or 'Elsewhere')}**: {inline(problem.message)}"
                for problem in made.problems
            ]
            parts.append("**To put right** (what you typed is still in the forms):\n" + "\n".join(told))
        view = discord.ui.View(timeout=None)
        for number, sheet in enumerate(SHEETS[draft.key.kind]):
            view.add_item(button(Act.EDIT_PART, f"{number}:{token}", sheet.title, row=0))
        ready = bool(lines or draft.planned) and not made.problems
        green = discord.ButtonStyle.success
        view.add_item(button(Act.EDIT_PUBLISH, token, "Publish …", row=1, style=green, disabled=not ready))
        view.add_item(button(Act.EDIT_DROP, token, "Discard", row=1))
        shown = preview(made.base, draft.key.id) if draft.key.kind is ItemKind.ENTRY and not made.problems else None
        content = cut("\n\n".join(parts), limits.MESSAGE_CONTENT)
        embeds = [embed_of(shown)] if shown is not None else []
        if again:
            none = discord.AllowedMentions.none()
            await interaction.edit_original_response(
                content=content, embeds=embeds, attachments=[], view=view, allowed_mentions=none
            )
        else:
            await send_privately(interaction, content, embeds=embeds, view=view)

    async def _part(self, press: Press) -> None:
        number, _, token = press.argument.partition(":")
        draft = self._drafts.find(token, press.guild, press.person)
        await press.interaction.response.send_modal(await self._form(press.guild, token, draft, number_in(number)))

    async def _publish(self, press: Press) -> None:
        draft = self._drafts.find(press.argument, press.guild, press.person)
        await press.interaction.response.defer(ephemeral=True, thinking=True)
        made = await self._made(press.guild, draft)
        if made.problems:
            told = "\n".join(f"- {inline(str(problem))}" for problem in made.problems)
            raise NoticeError(cut(f"It cannot be published like this:\n{told}", limits.MESSAGE_CONTENT))
        lines = difference(draft.seen, made.edit.body)
        name = name_of(draft.key, made.edit.body)
        planned = replace(
            draft.planned or Planned(Action.EDIT, (), f"Published: {name}"), edits=(made.edit, *made.along)
        )
        shown = preview(made.base, draft.key.id) if draft.key.kind is ItemKind.ENTRY else None
        told = "\n".join((told_lines(lines), *statements_told(draft.key, draft.seen, made.edit, made.along)))
        text = f"**Publish this?** {name}\n{told}"
        embeds = [embed_of(shown)] if shown is not None else []
        await publishing_of(press.interaction).offer(press.interaction, planned, text, embeds=embeds)

    async def _drop(self, press: Press) -> None:
        self._drafts.find(press.argument, press.guild, press.person)
        self._drafts.drop(press.argument)
        await press.interaction.response.edit_message(content="Discarded: nothing was changed.", embeds=[], view=None)


def install_edit(kb: app_commands.Group, editing: Editing, items: Items) -> None:
    """Add `/kb edit`."""

    @kb.command(name="edit", description="Change an entry, a statement, a person, a source or a topic")
    @app_commands.describe(item="What to change: choose from the list", kind="Only list these")
    @app_commands.choices(kind=[app_commands.Choice(name=WORDS[kind], value=kind.value) for kind in EDITABLE])
    async def edit(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, item: str, kind: str = ""
    ) -> None:
        del kind  # it narrows the list alone
        await editing.begin(interaction, item)

    @edit.autocomplete("item")
    async def complete(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await items.complete(interaction, current, kinds_in(interaction))


def kinds_in(interaction: Interaction) -> tuple[ItemKind, ...]:
    """The kinds that the option `kind` asks for, all that can be edited without it."""
    wanted = getattr(interaction.namespace, "kind", None)
    return tuple(kind for kind in EDITABLE if kind.value == wanted) or EDITABLE
