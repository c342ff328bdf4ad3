"""An entry on its way into the knowledge: in four forms, or one and more if wanted; previewed before it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import discord

from handlers import limits
from handlers.add_forms import FIELDS, TITLES, Part, PartForm, part_form
from handlers.add_render import filled_in, problems_told, told_close, told_problems
from handlers.asking import words_of
from handlers.desk import Act, Desk, DeskItem, Press, button, select
from handlers.drafts import Drafts
from handlers.errors import NoticeError
from handlers.escape import inline, plain
from handlers.forms import give_back
from handlers.kb_items import Items
from handlers.kb_retire import Retiring
from handlers.limits import cut
from handlers.message_source import fields_from, with_message
from handlers.origins import Origin
from handlers.permissions import require_moderator
from handlers.publishing import Planned, publishing_of
from handlers.render import embed_of
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.curation.changing import golden_questions
from knowledge.curation.closest import Close, closest
from knowledge.curation.drafting import Draft, draft, preview
from knowledge.curation.form import EntryFields, FieldProblem
from knowledge.curation.items import Edit, ItemKey, ItemKind
from knowledge.curation.wording import lines
from knowledge.snapshot import Standing
from knowledge.store.records import Action

Interaction = discord.Interaction[Any]

ALIKE = 0.15
"""Probability of meaning the same from which on an entry is offered for a phrasing."""


@dataclass(frozen=True, slots=True)
class Entering:
    """An entry on its way: what is filled in, and what it is written for."""

    origin: Origin
    fields: EntryFields


@dataclass(frozen=True, slots=True)
class _Made:
    """What came of the fields: the draft, all edits with it, and the entries that are close to it."""

    draft: Draft
    edits: tuple[Edit, ...]
    close: Sequence[Close]

    @property
    def problems(self) -> list[tuple[str, str]]:
        return [(problem.field, problem.message) for problem in self.draft.problems]

    @property
    def embeds(self) -> list[discord.Embed]:
        """The reply as members will see it, where it can be published."""
        answer = None if self.draft.problems else preview(self.draft.base, self.draft.entry)
        return [embed_of(answer)] if answer is not None else []


class Adding:
    """Entries on their way into the knowledge."""

    def __init__(self, services: Services, items: Items, retiring: Retiring, desk: Desk) -> None:
        self._services = services
        self._items = items
        self._retiring = retiring
        self._drafts: Drafts[Entering] = Drafts(services.clock)
        desk.on(Act.ADD_PART, self._part)
        desk.on(Act.ADD_ALIKE, self._alike)
        desk.on(Act.ADD_PUBLISH, self._publish)
        desk.on(Act.ADD_DROP, self._drop)
        desk.on(Act.ADD_MORE, self._more)

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

    async def offer(self, interaction: Interaction, origin: Origin, fields: EntryFields) -> None:
        """Preview an entry that is filled in, with what it could be instead and a way to all its forms.

        The interaction is deferred already. What is wrong is told at its field.
        """
        entering = Entering(origin, fields)
        made = await self._made(entering)
        token = self._drafts.keep(origin.guild, interaction.user.id, entering)
        ways: list[discord.ui.Item[Any]] = [button(Act.ADD_MORE, token, "More …")]
        if made.close:
            ways.append(_alike_select(token, made.close))
        if made.problems:
            view = discord.ui.View(timeout=None)
            for way in ways:
                view.add_item(way)
            await send_privately(interaction, problems_told(made.problems, button=origin.button), view=view)
            return
        await self._offer(interaction, entering, made, ways)

    async def _open(self, interaction: Interaction, guild: int, fields: EntryFields) -> None:
        # Whoever adds something by hand has looked at it today.
        entering = Entering(Origin(guild), replace(fields, verified_on=self._services.clock().date().isoformat()))
        token = self._drafts.keep(guild, interaction.user.id, entering)
        await interaction.response.send_modal(await self._form(guild, token, Part.QUESTION, entering))

    async def _form(self, guild: int, token: str, part: Part, entering: Entering) -> PartForm:
        _, base = await self._items.base(guild)

        async def submitted(interaction: Interaction, guild: int, _: EntryFields) -> None:
            person = interaction.user.id
            try:
                now = self._drafts.find(token, guild, person)
            except NoticeError:
                await give_back(interaction, form.typed)
                return
            # What other forms have brought in meanwhile stays.
            now = replace(now, fields=form.read(now.fields))
            self._drafts.change(token, guild, person, now)
            again = interaction.message is not None
            await (interaction.response.defer() if again else interaction.response.defer(ephemeral=True, thinking=True))
            now = replace(now, fields=await with_message(interaction, now.fields))
            self._drafts.change(token, guild, person, now)
            await self._show(interaction, token, now, in_place=again)

        form = part_form(part, self._services, entering.fields, submitted, base)
        return form

    async def _made(self, entering: Entering) -> _Made:
        origin, fields = entering.origin, entering.fields
        standing, _ = await self._items.base(origin.guild)
        answerer = await self._services.knowledge.of(origin.guild)

        today = self._services.clock().date()

        def make() -> _Made:
            close = closest(answerer, [fields.question, *lines(fields.phrasings)], least=ALIKE)
            return _Made(*_drafted(entering, standing, today), close)

        return await asyncio.to_thread(make)

    async def _show(self, interaction: Interaction, token: str, entering: Entering, *, in_place: bool) -> None:
        """The panel of a new entry: what is filled in, what is wrong, what is close, the reply as it will be."""
        made = await self._made(entering)
        _, base = await self._items.base(entering.origin.guild)
        parts = [f"**A new entry**\n{filled_in(entering.fields, base)}"]
        if made.problems:
            parts.append(f"**Still to do** (nothing that you typed is lost):\n{told_problems(made.problems)}")
        else:
            parts.append("Members will see it as below.")
        parts.append(told_close(made.close))
        view = discord.ui.View(timeout=None)
        for part, title in TITLES.items():
            wrong = any(field in FIELDS[part] for field, _ in made.problems)
            style = discord.ButtonStyle.primary if wrong else discord.ButtonStyle.secondary
            view.add_item(button(Act.ADD_PART, f"{part.value}:{token}", title, row=0, style=style))
        if made.close:
            view.add_item(_alike_select(token, made.close))
        green = discord.ButtonStyle.success
        ready = not made.problems
        view.add_item(button(Act.ADD_PUBLISH, token, "Publish …", row=2, style=green, disabled=not ready))
        view.add_item(button(Act.ADD_DROP, token, "Discard", row=2))
        content = cut("\n\n".join(part for part in parts if part), limits.MESSAGE_CONTENT)
        if in_place:
            none = discord.AllowedMentions.none()
            await interaction.edit_original_response(
                content=content, embeds=made.embeds, view=view, allowed_mentions=none
            )
        else:
            await send_privately(interaction, content, embeds=made.embeds, view=view)

    async def _part(self, press: Press) -> None:
        part, _, token = press.argument.partition(":")
        entering = self._drafts.find(token, press.guild, press.person)
        await press.interaction.response.send_modal(await self._form(press.guild, token, Part(part), entering))

    async def _more(self, press: Press) -> None:
        """From a preview to the panel with all forms, in its place."""
        entering = self._drafts.find(press.argument, press.guild, press.person)
        await press.interaction.response.defer()
        await self._show(press.interaction, press.argument, entering, in_place=True)

    async def _alike(self, press: Press) -> None:
        entering = self._drafts.find(press.argument, press.guild, press.person)
        await press.interaction.response.defer(ephemeral=True, thinking=True)
        phrasings = (entering.fields.question, *lines(entering.fields.phrasings))
        key = ItemKey(ItemKind.ENTRY, press.values[0])
        origin = entering.origin
        if origin.action is Action.ADD:
            origin = replace(origin, action=Action.EDIT)
        await self._retiring.offer_phrasings(press.interaction, origin, key, phrasings)

    async def _publish(self, press: Press) -> None:
        entering = self._drafts.find(press.argument, press.guild, press.person)
        await press.interaction.response.defer(ephemeral=True, thinking=True)
        made = await self._made(entering)
        if made.problems:
            raise NoticeError(problems_told(made.problems, button=""))
        await self._offer(press.interaction, entering, replace(made, close=()), ())

    async def _offer(
        self, interaction: Interaction, entering: Entering, made: _Made, ways: Sequence[discord.ui.Item[Any]]
    ) -> None:
        origin, fields = entering.origin, entering.fields

        def again(now: Standing) -> Sequence[Edit]:
            anew, edits = _drafted(entering, now, self._services.clock().date())
            if anew.problems:
                found = [(problem.field, problem.message) for problem in anew.problems]
                raise NoticeError(problems_told(found, button=origin.button))
            return edits

        planned = Planned(
            origin.action,
            made.edits,
            f"Published: **{inline(cut(fields.question, 200))}**. It is answered from now on.",
            note=cut(plain(fields.question), 200),
            proposal=origin.proposal,
            answers=origin.answers,
            again=again,
        )
        text = f"**Publish this?** Members will see it as below.\n{told_close(made.close)}".rstrip()
        await publishing_of(interaction).offer(interaction, planned, text, embeds=made.embeds, ways=ways)

    async def _drop(self, press: Press) -> None:
        self._drafts.find(press.argument, press.guild, press.person)
        self._drafts.drop(press.argument)
        await press.interaction.response.edit_message(content="Discarded: nothing was changed.", embeds=[], view=None)


def _drafted(entering: Entering, standing: Standing, today: date) -> tuple[Draft, tuple[Edit, ...]]:
    """The draft of an entry, and its edits with the golden questions that go with it.

    Takes tens of milliseconds of CPU: call it off the event loop.
    """
    made = draft(entering.fields, standing.ground, standing.overlay)
    entry = made.base.entries.get(made.entry)
    if entry is not None and entry.expires and entry.expires <= today.isoformat():
        never = FieldProblem("expires", "is not in the future: nobody would ever be answered this")
        made = replace(made, problems=(*made.problems, never))
    asked = dict.fromkeys(entering.origin.asked, made.entry)
    return made, (*made.edits, *golden_questions(made.base, standing.overlay, asked))


def _alike_select(token: str, close: Sequence[Close]) -> DeskItem:
    options = [
        discord.SelectOption(label=cut(plain(one.question), limits.SELECT_LABEL), value=one.entry) for one in close
    ]
    return select(Act.ADD_ALIKE, token, "It is this one: add it as a phrasing …", options, row=1)
