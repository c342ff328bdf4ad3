"""`/kb unanswered`: questions that nobody got a good answer to, and what moderators make of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from handlers import limits, posting
from handlers.asked_render import UNANSWERED, WORDINGS, What, group_parts, list_parts
from handlers.errors import NoticeError, number_in, tell
from handlers.escape import inline
from handlers.forms import Form, TextField
from handlers.latest import Latest
from handlers.limits import cut
from handlers.listing import counted
from handlers.origins import QUESTION, Origin
from handlers.permissions import require_moderator
from handlers.publishing import Planned, publishing_of
from handlers.sending import send_privately
from handlers.services import Services
from handlers.writing import Writing
from knowledge.answerer import Answerer
from knowledge.curation.changing import accept_phrasings
from knowledge.curation.grouping import Group, Unanswered, grouped
from knowledge.curation.items import Edit, ItemKind
from knowledge.curation.merging import new_problems
from knowledge.curation.searching import search
from knowledge.snapshot import Standing
from knowledge.store.records import Action

Interaction = discord.Interaction[Any]

MOST_GROUPED = 1000
"""So many questions of a server are grouped, the newest; it takes milliseconds of CPU for each."""

MOST_GROUPS = 50
_SERVERS = 20  # whose groups are kept until something changes

GONE = "That is no longer on the list: somebody has dealt with it. `/kb unanswered` shows what is there now."


@dataclass(frozen=True, slots=True)
class _Known:
    """The groups of a server's questions, and of which questions and base they are."""

    ids: tuple[int, ...]
    answerer: Answerer
    groups: tuple[Group, ...]


class UnansweredCog(commands.Cog, name=UNANSWERED):
    """The list, and the buttons and selects under it."""

    def __init__(self, services: Services, writing: Writing) -> None:
        self._services = services
        self._writing = writing
        self._known: Latest[int, _Known] = Latest(_SERVERS)

    async def show(self, interaction: Interaction) -> None:
        """The list, only for its moderator."""
        guild = await require_moderator(interaction, self._services)
        groups = await posting.promptly(interaction, self._groups(guild), private=True)
        base = (await self._services.knowledge.of(guild)).base
        parts = list_parts(groups, base, 0)
        await send_privately(interaction, **{key: value for key, value in parts.items() if value is not None})

    async def press(self, interaction: Interaction, what: What, number: int, values: Sequence[str]) -> None:
        """One press or choice; who may is checked here. Ids of another server's questions find nothing."""
        try:
            guild = await require_moderator(interaction, self._services)
            match what:
                case What.LIST:
                    await self._turn(interaction, guild, number)
                case What.OPEN:
                    await self._open(interaction, guild, number_in(values[0]), number)
                case What.DROP:
                    await self._dismiss(interaction, guild, [number_in(value) for value in values])
                case What.DISMISS:
                    await self._dismiss(interaction, guild, [number])
                case What.PHRASE:
                    await self._deferred(interaction)
                    await self.accept(interaction, guild, {number: values[0]})
                case What.MANY:
                    await self._deferred(interaction)
                    pairs = [value.partition(":") for value in values]
                    await self.accept(interaction, guild, {number_in(first): entry for first, _, entry in pairs})
                case What.OTHER:
                    await interaction.response.send_modal(OtherForm(self, self._services, number))
                case What.WRITE:
                    group = _group(await self._groups_soon(guild), number)
                    form = self._writing.form(interaction, _origin(guild, group), {"question": group.text[:QUESTION]})
                    await interaction.response.send_modal(form)
        except Exception as error:
            await tell(interaction, error, f"unanswered {what.value}")

    async def accept(self, interaction: Interaction, guild: int, chosen: Mapping[int, str]) -> None:
        """Preview groups, each by a question's id, as phrasings of entries. The interaction is deferred already."""
        groups = await self._groups(guild)
        wanted = {number: (_group(groups, number), entry) for number, entry in chosen.items()}
        accepted: dict[str, list[str]] = {}
        answers: list[int] = []
        for group, entry in wanted.values():
            accepted.setdefault(entry, []).extend(_usable(group))
            answers += group.ids
        standing = await self._services.knowledge.standing(guild)
        edits, problems = await asyncio.to_thread(_accepted, standing, accepted)
        if problems:
            lines = "\n".join(f"- {inline(problem)}" for problem in problems)
            raise NoticeError(cut(f"That does not fit:\n{lines}", limits.MESSAGE_CONTENT))
        if not edits:
            await self._services.store.unanswered.dismiss(guild, answers)
            await send_privately(interaction, "The base has these words already: taken off the list.")
            return
        entries = (await self._services.knowledge.of(guild)).base.entries
        lines = [
            f"- **{inline(cut(entries[entry].question, 150))}** ← {', '.join(f'“{inline(text)}”' for text in texts)}"
            for entry, texts in accepted.items()
            if entry in entries
        ]
        count = sum(map(len, accepted.values()))
        planned = Planned(
            Action.EDIT,
            edits,
            f"Published {counted(count, 'phrasing')}, kept as golden questions as well.",
            note=f"{counted(count, 'phrasing')} from unanswered questions",
            answers=tuple(answers),
            again=lambda now: _again(now, accepted),
        )
        await publishing_of(interaction).offer(
            interaction, planned, "**Publish these phrasings?**\n" + "\n".join(lines)
        )

    async def _turn(self, interaction: Interaction, guild: int, page: int) -> None:
        await interaction.response.defer()
        base = (await self._services.knowledge.of(guild)).base
        await interaction.edit_original_response(**list_parts(await self._groups(guild), base, page))

    async def _open(self, interaction: Interaction, guild: int, number: int, page: int) -> None:
        await interaction.response.defer()
        group = _group(await self._groups(guild), number)
        base = (await self._services.knowledge.of(guild)).base
        await interaction.edit_original_response(**group_parts(group, base, page))

    async def _dismiss(self, interaction: Interaction, guild: int, numbers: Sequence[int]) -> None:
        await interaction.response.defer()
        groups = await self._groups(guild)
        ids = {question for number in numbers for question in _group(groups, number).ids}
        await self._services.store.unanswered.dismiss(guild, ids)
        base = (await self._services.knowledge.of(guild)).base
        await interaction.edit_original_response(**list_parts(await self._groups(guild), base, 0))

    async def _groups_soon(self, guild: int) -> tuple[Group, ...]:
        """The groups in time for a form, which Discord lets nobody wait for. Raises NoticeError where that fails."""
        working = asyncio.ensure_future(self._groups(guild))
        done, _ = await asyncio.wait({working}, timeout=limits.DEFER_AFTER)
        if not done:
            raise NoticeError("I am just sorting the questions: press again in a moment.")
        return working.result()

    @staticmethod
    async def _deferred(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)

    async def _groups(self, guild: int) -> tuple[Group, ...]:
        """The groups of a server's questions, most asked first; worked out when questions or base have changed."""
        await self._services.knowledge.counted()  # what was asked a moment ago too
        asked = (await self._services.store.unanswered.all(guild))[:MOST_GROUPED]
        answerer = await self._services.knowledge.of(guild)
        ids, known = tuple(question.id for question in asked), self._known.get(guild)
        if known is None or known.ids != ids or known.answerer is not answerer:
            # As they were asked: of equals, the one that was asked first stands for the group.
            questions = [Unanswered(question.id, question.text) for question in reversed(asked)]
            encoder = answerer.matcher.encoder
            encode = None if encoder is None else encoder.encode
            groups = await asyncio.to_thread(grouped, questions, answerer, encode=encode, limit=MOST_GROUPS)
            known = _Known(ids, answerer, groups)
        return self._known.keep(guild, known).groups


class OtherForm(Form):
    """Which entry a group's questions mean, where it is none of the closest."""

    def __init__(self, cog: UnansweredCog, services: Services, number: int) -> None:
        super().__init__("Add as a phrasing of …")
        self._cog = cog
        self._services = services
        self._number = number
        self.entry = TextField("Which entry?", "entry", most=QUESTION, description="Its question, or part of it")
        self.add_item(self.entry)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Preview it as a phrasing of the entry that fits best; the preview names that."""
        guild = await require_moderator(interaction, self._services)
        await interaction.response.defer(ephemeral=True, thinking=True)
        base = (await self._services.knowledge.of(guild)).base
        found = search(base, ItemKind.ENTRY, self.entry.typed, 1)
        if not found:
            raise NoticeError(f"No entry sounds like “{inline(self.entry.typed)}”. `/ask` shows what there is.")
        await self._cog.accept(interaction, guild, {self._number: found[0].key.id})


def install_unanswered(kb: app_commands.Group, cog: UnansweredCog) -> None:
    """Add `/kb unanswered`."""

    @kb.command(name="unanswered", description="Questions that got no good answer, most asked first")
    async def unanswered(interaction: Interaction) -> None:  # pyright: ignore[reportUnusedFunction]
        await cog.show(interaction)


def _group(groups: Sequence[Group], number: int) -> Group:
    """The group that holds a question. Raises NoticeError where none does."""
    for group in groups:
        if number in group.ids:
            return group
    raise NoticeError(GONE)


def _usable(group: Group) -> list[str]:
    """The wordings that can be phrasings. Raises NoticeError where all are too long."""
    fitting = [text for text in group.texts if len(text) <= QUESTION][:WORDINGS]
    if not fitting:
        raise NoticeError(f"A phrasing has at most {QUESTION} characters, and this is longer: write an entry instead.")
    return fitting


def _origin(guild: int, group: Group) -> Origin:
    asked = tuple(text for text in group.texts if len(text) <= QUESTION)[:WORDINGS]
    return Origin(guild, Action.ADD, "Write an entry", answers=group.ids, asked=asked)


def _accepted(standing: Standing, accepted: Mapping[str, Sequence[str]]) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """The edits and what is wrong with them. Takes tens of milliseconds of CPU: call it off the event loop."""
    try:
        edits = accept_phrasings(standing.ground, standing.overlay, accepted)
    except KeyError as error:
        return (), (f"the entry {error.args[0]} is no longer there",)
    _, problems = new_problems(standing.ground, standing.overlay, edits)
    return edits, tuple(problem.message for problem in problems)


def _again(now: Standing, accepted: Mapping[str, Sequence[str]]) -> tuple[Edit, ...]:
    edits, problems = _accepted(now, accepted)
    if problems or not edits:
        raise NoticeError(f"Somebody has changed the same entries meanwhile, so nothing of this was saved. {GONE}")
    return edits
