"""`/kb add` and *Add to knowledge* in a message's menu: an entry in four forms, previewed before it is published."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from handlers import limits
from handlers.add_forms import LABELS, TITLES, Part, PartForm, part_form
from handlers.asking import words_of
from handlers.desk import Act, Desk, Press, button, select
from handlers.drafts import Drafts
from handlers.errors import NoticeError
from handlers.escape import inline, plain
from handlers.forms import give_back
from handlers.kb_items import Items
from handlers.kb_retire import Retiring
from handlers.limits import cut
from handlers.message_source import fields_from, with_message
from handlers.permissions import require_moderator
from handlers.publishing import Planned, publishing_of
from handlers.render import embed_of
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.curation.closest import Close, closest
from knowledge.curation.drafting import Draft, draft, preview
from knowledge.curation.form import EntryFields, NewExpert, NewSource
from knowledge.curation.items import ItemKey, ItemKind
from knowledge.curation.wording import lines
from knowledge.model import KnowledgeBase
from knowledge.store.records import Action

Interaction = discord.Interaction[Any]

ALIKE = 0.15
"""Probability of meaning the same from which on an entry is offered for a phrasing."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What came of the fields: the draft, and the entries that are close to it."""

    draft: Draft
    close: Sequence[Close]


class Adding:
    """Entries on their way into the knowledge."""

    def __init__(self, services: Services, items: Items, retiring: Retiring, desk: Desk) -> None:
        self._services = services
        self._items = items
        self._retiring = retiring
        self._drafts: Drafts[EntryFields] = Drafts(services.clock)
        desk.on(Act.ADD_PART, self._part)
        desk.on(Act.ADD_ALIKE, self._alike)
        desk.on(Act.ADD_PUBLISH, self._publish)
        desk.on(Act.ADD_DROP, self._drop)

    async def begin(self, interaction: Interaction, expert: str, source: str) -> None:
        """Open the first form; `expert` and `source` are known ones that were chosen, or empty."""
        guild = await require_moderator(interaction, self._services)
        fields = EntryFields("", "")
        if expert:
            fields = replace(fields, expert=(await self._items.find(guild, expert, (ItemKind.EXPERT,)))[0].id)
        if source:
            fields = replace(fields, source=(await self._items.find(guild, source, (ItemKind.SOURCE,)))[0].id)
        await self._open(interaction, guild, fields)

    async def begin_with(self, interaction: Interaction, message: discord.Message) -> None:
        """Open it filled in from a message."""
        guild = await require_moderator(interaction, self._services)
        me = interaction.client.user
        text = words_of(message, me) if me is not None else ""
        if not text:
            raise NoticeError("That message has no text that I could take over.")
        await self._open(interaction, guild, fields_from(message, text))

    async def _open(self, interaction: Interaction, guild: int, fields: EntryFields) -> None:
        fields = replace(fields, verified_on=self._services.clock().date().isoformat())
        token = self._drafts.keep(guild, interaction.user.id, fields)
        await interaction.response.send_modal(await self._form(guild, token, Part.QUESTION, fields))

    async def _form(self, guild: int, token: str, part: Part, fields: EntryFields) -> PartForm:
        _, base = await self._items.base(guild)

        async def submitted(interaction: Interaction, guild: int, _: EntryFields) -> None:
            try:
                now = self._drafts.find(token, guild, interaction.user.id)
            except NoticeError:
                await give_back(interaction, form.typed)
                return
            # What other forms have brought in meanwhile stays.
            changed = form.read(now)
            self._drafts.change(token, guild, interaction.user.id, changed)
            again = interaction.message is not None
            await (interaction.response.defer() if again else interaction.response.defer(ephemeral=True, thinking=True))
            filled = await with_message(interaction, changed)
            self._drafts.change(token, guild, interaction.user.id, filled)
            await self._show(interaction, guild, token, filled, in_place=again)

        form = part_form(part, self._services, fields, submitted, base)
        return form

    async def _made(self, guild: int, fields: EntryFields) -> _Made:
        standing, _ = await self._items.base(guild)
        answerer = await self._services.knowledge.of(guild)

        def make() -> _Made:
            close = closest(answerer, [fields.question, *lines(fields.phrasings)], least=ALIKE)
            return _Made(draft(fields, standing.ground, standing.overlay), close)

        return await asyncio.to_thread(make)

    async def _show(
        self, interaction: Interaction, guild: int, token: str, fields: EntryFields, *, in_place: bool
    ) -> None:
        """The panel of a new entry: what is filled in, what is wrong, what is close, the reply as it will be."""
        made = await self._made(guild, fields)
        _, base = await self._items.base(guild)
        problems = made.draft.problems
        parts = [f"**A new entry**\n{_filled(fields, base)}"]
        if problems:
            told = "\n".join(f"- **{LABELS.get(one.field, one.field)}**: {inline(one.message)}" for one in problems)
            parts.append(f"**Still to do** (nothing that you typed is lost):\n{told}")
        else:
            parts.append("Members will see it as below.")
        if made.close:
            parts.append(
                "Is it one of these already? Choose it below to add your question there as a phrasing instead."
            )
        view = discord.ui.View(timeout=None)
        for part, title in TITLES.items():
            wrong = any(one.field in _FIELDS[part] for one in problems)
            style = discord.ButtonStyle.primary if wrong else discord.ButtonStyle.secondary
            view.add_item(button(Act.ADD_PART, f"{part.value}:{token}", title, row=0, style=style))
        if made.close:
            options = [
                discord.SelectOption(label=cut(plain(one.question), limits.SELECT_LABEL), value=one.entry)
                for one in made.close
            ]
            view.add_item(select(Act.ADD_ALIKE, token, "It is this one: add it as a phrasing …", options, row=1))
        green = discord.ButtonStyle.success
        view.add_item(button(Act.ADD_PUBLISH, token, "Publish …", row=2, style=green, disabled=bool(problems)))
        view.add_item(button(Act.ADD_DROP, token, "Discard", row=2))
        answer = preview(made.draft.base, made.draft.entry) if not problems else None
        embeds = [embed_of(answer)] if answer is not None else []
        content = cut("\n\n".join(parts), limits.MESSAGE_CONTENT)
        if in_place:
            none = discord.AllowedMentions.none()
            await interaction.edit_original_response(content=content, embeds=embeds, view=view, allowed_mentions=none)
        else:
            await send_privately(interaction, content, embeds=embeds, view=view)

    async def _part(self, press: Press) -> None:
        part, _, token = press.argument.partition(":")
        fields = self._drafts.find(token, press.guild, press.person)
        await press.interaction.response.send_modal(await self._form(press.guild, token, Part(part), fields))

    async def _alike(self, press: Press) -> None:
        fields = self._drafts.find(press.argument, press.guild, press.person)
        await press.interaction.response.defer(ephemeral=True, thinking=True)
        key = ItemKey(ItemKind.ENTRY, press.values[0])
        standing, base = await self._items.base(press.guild)
        if key.id not in base.entries:
            raise NoticeError("That entry is no longer there.")
        phrasings = (fields.question, *lines(fields.phrasings))
        await self._retiring.offer_phrasings(press.interaction, standing, key, phrasings)

    async def _publish(self, press: Press) -> None:
        fields = self._drafts.find(press.argument, press.guild, press.person)
        await press.interaction.response.defer(ephemeral=True, thinking=True)
        made = await self._made(press.guild, fields)
        if made.draft.problems:
            told = "\n".join(f"- **{LABELS.get(p.field, p.field)}**: {inline(p.message)}" for p in made.draft.problems)
            raise NoticeError(cut(f"It cannot be published like this:\n{told}", limits.MESSAGE_CONTENT))
        answer = preview(made.draft.base, made.draft.entry)
        planned = Planned(
            Action.ADD,
            made.draft.edits,
            f"Published: **{inline(cut(fields.question, 200))}**. It is answered from now on.",
            note=cut(plain(fields.question), 200),
        )
        embeds = [embed_of(answer)] if answer is not None else []
        text = "**Publish this?** Members will see it as below."
        await publishing_of(press.interaction).offer(press.interaction, planned, text, embeds=embeds)

    async def _drop(self, press: Press) -> None:
        self._drafts.find(press.argument, press.guild, press.person)
        self._drafts.drop(press.argument)
        await press.interaction.response.edit_message(content="Discarded: nothing was changed.", embeds=[], view=None)


class AddMenu(commands.Cog):
    """*Add to knowledge* in a message's menu."""

    def __init__(self, bot: commands.Bot, adding: Adding) -> None:
        self._bot = bot
        self._adding = adding
        self._menu = app_commands.ContextMenu(name="Add to knowledge", callback=self.add_message)
        self._menu.allowed_contexts = app_commands.AppCommandContext(
            guild=True, dm_channel=False, private_channel=False
        )
        self._menu.allowed_installs = app_commands.AppInstallationType(guild=True, user=False)

    async def cog_load(self) -> None:
        """Cogs carry slash commands by themselves, but not context menus."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the menu along."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def add_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Open the form with what the message says."""
        await self._adding.begin_with(interaction, message)


def install_add(kb: app_commands.Group, adding: Adding, items: Items) -> None:
    """Add `/kb add`."""

    @kb.command(name="add", description="Add a question with its answer and where that stands")
    @app_commands.describe(
        expert="Who says it, if known already: choose from the list",
        source="Where it stands, if known already: choose from the list",
    )
    async def add(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, expert: str = "", source: str = ""
    ) -> None:
        await adding.begin(interaction, expert, source)

    @add.autocomplete("expert")
    async def complete_expert(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await items.complete(interaction, current, (ItemKind.EXPERT,))

    @add.autocomplete("source")
    async def complete_source(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await items.complete(interaction, current, (ItemKind.SOURCE,))


_FIELDS = {
    Part.QUESTION: ("question", "answer", "phrasings", "expires", "verified_on"),
    Part.SOURCE: ("source", "place"),
    Part.EXPERT: ("expert",),
    Part.WORDS: ("claim", "words", "topics"),
}


def _filled(fields: EntryFields, base: KnowledgeBase) -> str:
    """What is filled in, in a few lines."""
    source, expert = fields.source, fields.expert
    if isinstance(source, NewSource):
        where = f"{source.title} {source.url}".strip()
    else:
        where = base.sources[source].title if source in base.sources else ""
    if isinstance(expert, NewExpert):
        who = ", ".join(part for part in (expert.name, expert.role, expert.affiliation) if part)
    else:
        who = base.experts[expert].name if expert in base.experts else ""
    shown = (
        ("Question", fields.question),
        ("Other ways to ask it", " / ".join(lines(fields.phrasings))),
        ("Where it stands", ", ".join(part for part in (where, fields.place) if part)),
        ("Who says it", who),
        ("Statement", fields.claim),
        ("Quotation" if fields.quoted else "Exact words", fields.words),
    )
    return "\n".join(f"{name}: {inline(cut(text, 200))}" for name, text in shown if text.strip())
