"""A short form in which a moderator writes an entry that somebody has asked for or proposed.

Nothing typed is lost: what was wrong is told field by field, and the form opens again with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord

from handlers.adding import Adding
from handlers.forms import Form, TextField, Typed
from handlers.origins import ANSWER, LINE, QUESTION, Origin
from handlers.permissions import require_moderator
from handlers.services import Services
from knowledge.curation.csvimport import fields_of_row
from knowledge.curation.wording import credentials_in

Interaction = discord.Interaction[Any]

_FIELDS: tuple[tuple[str, str, int, str, bool], ...] = (
    ("question", "Question", QUESTION, "As people would ask it", True),
    ("answer", "Answer", ANSWER, "In your own words", True),
    ("source", "Source", LINE, "Its title and link, or the link of a message", True),
    ("who", "Who says it", LINE, "Name, role, where they belong, divided by commas; may stay empty", False),
    ("place", "Where it stands there", LINE, "Chapter or section, paragraph; may stay empty", False),
)


class Writing:
    """Entries written in the short form."""

    def __init__(self, services: Services, adding: Adding) -> None:
        self._services = services
        self._adding = adding
        self.typed = Typed()

    def form(self, interaction: Interaction, origin: Origin, row: Mapping[str, str]) -> EntryForm:
        """The form with a row of texts, or with what this moderator made of it last."""
        typed = self.typed.last(origin, interaction.user.id) or typed_of(row)
        return EntryForm(self, self._services, origin, typed)

    async def offer(self, interaction: Interaction, origin: Origin, row: Mapping[str, str]) -> None:
        """Preview the entry of a row of texts, named as CSV columns are, or say what is wrong field by field."""
        standing = await self._services.knowledge.standing(origin.guild)
        base = (await asyncio.to_thread(standing.merged)).base
        fields = replace(fields_of_row(row, base), phrasings="\n".join(origin.asked))
        await self._adding.offer(interaction, origin, fields)


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


def typed_of(row: Mapping[str, str]) -> dict[str, str]:
    """A row's texts as they stand in the form: name, role and place of an expert on one line."""
    parts = [row.get(name, "") for name in ("expert", "role", "affiliation")]
    return {**row, "who": ", ".join(part for part in parts if part)}


def row_of(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the form as a row of texts."""
    row = {name: value for name, value in typed.items() if name != "who"}
    return {**row, **credentials_in(typed.get("who", ""))}
