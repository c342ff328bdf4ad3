"""A short form in which a moderator writes an entry that somebody has asked for or proposed.

Nothing typed is lost: what was wrong is told field by field, and the form opens again with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from handlers.errors import NoticeError
from handlers.escape import inline
from handlers.forms import Form, TextField, Typed
from handlers.limits import MESSAGE_CONTENT, cut
from handlers.permissions import require_moderator
from handlers.publishing import Planned, publishing_of
from handlers.render import embed_of
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.answerer import Answerer
from knowledge.answers import Answer
from knowledge.curation.changing import golden_questions
from knowledge.curation.closest import closest
from knowledge.curation.csvimport import fields_of_row
from knowledge.curation.drafting import draft, preview
from knowledge.curation.items import Edit
from knowledge.curation.wording import credentials_in
from knowledge.snapshot import Standing
from knowledge.store.records import Action

Interaction = discord.Interaction[Any]

CLOSE = 0.3
"""Probability of meaning the same from which on an entry is named as close to a new one."""

QUESTION, ANSWER, LINE = 200, 1000, 400
"""The most characters that the fields take; the first two are the pack format's."""

_FIELDS: tuple[tuple[str, str, int, str, bool], ...] = (
    ("question", "Question", QUESTION, "As people would ask it", True),
    ("answer", "Answer", ANSWER, "In your own words", True),
    ("source", "Source", LINE, "Its title and link, or the link of a message", True),
    ("who", "Who says it", LINE, "Name, role, where they belong, divided by commas; may stay empty", False),
    ("place", "Where it stands there", LINE, "Chapter or section, paragraph; may stay empty", False),
)
_LABELS = {name: label for name, label, *_ in _FIELDS} | {"expert": "Who says it", "text": "Statement"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the wish for an entry comes from: a proposal, or questions without an answer.

    `button` is what opens the form again. `asked` are wordings that the entry has to answer: they become its
    phrasings and golden questions; `answers` are their ids on the list.
    """

    guild: int
    action: Action
    button: str
    proposal: int | None = None
    answers: tuple[int, ...] = ()
    asked: tuple[str, ...] = ()


class Writing:
    """Entries written in the short form."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.typed = Typed()

    def form(self, interaction: Interaction, origin: Origin, row: Mapping[str, str]) -> EntryForm:
        """The form with a row of texts, or with what this moderator made of it last."""
        typed = self.typed.last(origin, interaction.user.id) or typed_of(row)
        return EntryForm(self, self._services, origin, typed)

    async def offer(self, interaction: Interaction, origin: Origin, row: Mapping[str, str]) -> None:
        """Preview the entry of a row of texts, named as CSV columns are, or say what is wrong field by field."""
        standing = await self._services.knowledge.standing(origin.guild)
        made = await asyncio.to_thread(_written, row, origin, standing)
        if made.problems:
            await send_privately(interaction, problems_told(made.problems, button=origin.button))
            return
        answerer = await self._services.knowledge.of(origin.guild)
        close = await asyncio.to_thread(_close, answerer, row["question"])

        def again(now: Standing) -> Sequence[Edit]:
            anew = _written(row, origin, now)
            if anew.problems:
                raise NoticeError(problems_told(anew.problems, button=origin.button))
            return anew.edits

        planned = Planned(
            origin.action,
            made.edits,
            f"Published: **{inline(row['question'])}**",
            note=row["question"],
            proposal=origin.proposal,
            answers=origin.answers,
            again=again,
        )
        embeds = [embed_of(made.answer)] if made.answer is not None else []
        text = f"**Publish this?** Members will see it as below.{close}"
        await publishing_of(interaction).offer(interaction, planned, text, embeds=embeds)


class EntryForm(Form):
    """Question, answer, source, who says it and where."""

    def __init__(self, writing: Writing, services: Services, origin: Origin, typed: Mapping[str, str]) -> None:
        super().__init__("An entry")
        self._writing = writing
        self._services = services
        self._origin = origin
        self.fields = {
            name: TextField(
                label,
                name,
                most=most,
                description=description,
                value=typed.get(name, ""),
                required=required,
                long=name == "answer",
            )
            for name, label, most, description, required in _FIELDS
        }
        for field in self.fields.values():
            self.add_item(field)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Preview it; nothing typed is lost where something is wrong."""
        await require_moderator(interaction, self._services)
        typed = {name: field.typed for name, field in self.fields.items()}
        self._writing.typed.keep(self._origin, interaction.user.id, typed)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._writing.offer(interaction, self._origin, row_of(typed))


def problems_told(found: Sequence[tuple[str, str]], *, button: str) -> str:
    """What is wrong, field by field, and which button leads back to the form."""
    lines = [f"- **{inline(_LABELS.get(field, field))}**: {inline(message)}" for field, message in found]
    words = f"It cannot be published like this. Press *{button}*: what you typed last stands there.\n"
    return cut(words + "\n".join(lines), MESSAGE_CONTENT)


def typed_of(row: Mapping[str, str]) -> dict[str, str]:
    """A row's texts as they stand in the form: name, role and place of an expert on one line."""
    parts = [row.get(name, "") for name in ("expert", "role", "affiliation")]
    return {**row, "who": ", ".join(part for part in parts if part)}


def row_of(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the form as a row of texts."""
    row = {name: value for name, value in typed.items() if name != "who"}
    return {**row, **credentials_in(typed.get("who", ""))}


@dataclass(frozen=True, slots=True)
class _Written:
    edits: tuple[Edit, ...]
    problems: tuple[tuple[str, str], ...]
    answer: Answer | None


def _written(row: Mapping[str, str], origin: Origin, standing: Standing) -> _Written:
    """The entry of a row of texts. Takes tens of milliseconds of CPU: call it off the event loop."""
    given = {**row, "phrasings": "|".join(text.replace("|", " ") for text in origin.asked)}
    made = draft(fields_of_row(given, standing.merged().base), standing.ground, standing.overlay)
    golden = golden_questions(made.base, standing.overlay, dict.fromkeys(origin.asked, made.entry))
    problems = tuple((problem.field, problem.message) for problem in made.problems)
    return _Written((*made.edits, *golden), problems, None if problems else preview(made.base, made.entry))


def _close(answerer: Answerer, question: str) -> str:
    found = closest(answerer, [question], least=CLOSE)
    if not found:
        return ""
    named = "\n".join(f"- {inline(close.question)}" for close in found)
    return f"\nIs it one of these already? Then it is better as a phrasing there:\n{named}"
