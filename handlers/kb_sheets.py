"""Forms for editing an item: one modal a sheet, each field with what stands there now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import discord

from handlers import limits
from handlers.forms import ChoiceField, Form, TextField
from handlers.permissions import require_moderator
from handlers.services import Services
from knowledge.curation.bodies import body_of, things_of
from knowledge.curation.form import FieldProblem
from knowledge.curation.items import ItemKey, ItemKind
from knowledge.curation.searching import label
from knowledge.curation.sheets import Field, Shape, Sheet
from knowledge.model import KnowledgeBase

Interaction = discord.Interaction[Any]
Submitted = Callable[[Interaction, int, Mapping[str, str]], Awaitable[None]]
"""What happens with a form: its interaction, the server, and what was typed by the fields' names."""

_LONG = frozenset({Shape.TEXT, Shape.LIST, Shape.SOME, Shape.PARTS})
_LISTS = frozenset({Shape.LIST, Shape.SOME, Shape.PARTS})


class SheetForm(Form):
    """One sheet of an item."""

    def __init__(
        self,
        services: Services,
        base: KnowledgeBase,
        sheet: Sheet,
        texts: Mapping[str, str],
        submitted: Submitted,
        *,
        problems: Sequence[FieldProblem] = (),
    ) -> None:
        super().__init__(sheet.title)
        self._services = services
        self._submitted = submitted
        self._rest: dict[str, str] = {}
        wrong = {problem.field: problem.message for problem in problems}
        self._inputs: dict[str, TextField | ChoiceField] = {}
        for field in sheet.fields:
            made = self._field(base, field, texts.get(field.name, ""), wrong.get(field.name, ""))
            self._inputs[field.name] = made
            self.add_item(made)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Hand on what was typed, if its moderator still is one."""
        guild = await require_moderator(interaction, self._services)
        await self._submitted(interaction, guild, self.texts)

    @property
    def texts(self) -> dict[str, str]:
        """What stands in the fields."""
        found: dict[str, str] = {}
        for name, field in self._inputs.items():
            typed = field.typed if isinstance(field, TextField) else "\n".join(field.chosen)
            rest = self._rest.get(name, "")
            found[name] = f"{typed}\n{rest}" if rest else typed
        return found

    def _field(self, base: KnowledgeBase, field: Field, text: str, wrong: str) -> TextField | ChoiceField:
        hint = f"⚠️ {wrong}" if wrong else field.hint
        options = _options(base, field)
        if options:
            return ChoiceField(
                field.label,
                field.name,
                options,
                chosen=text.split("\n"),
                description=hint,
                required=field.needed,
                most=len(options) if field.shape is Shape.SOME else 1,
            )
        if field.shape in _LISTS and len(text) > field.most:
            # What does not fit into the form stays as it is, and is put back when the form is sent in.
            text, self._rest[field.name] = _divided(text, field.most)
            hint = f"{self._rest[field.name].count(chr(10)) + 1} more do not fit here and stay as they are"
        return TextField(
            field.label,
            field.name,
            most=field.most,
            description=hint,
            value=text,
            required=field.needed,
            long=field.shape in _LONG,
        )


def _options(base: KnowledgeBase, field: Field) -> Sequence[tuple[str, str]]:
    """What can be chosen; nothing where it has to be typed, because there is too much of it or it is too long."""
    if field.choices:
        return field.choices
    if field.of in (None, ItemKind.CLAIM, ItemKind.ENTRY):
        return ()
    things = things_of(base, field.of)
    if len(things) > limits.SELECT_OPTIONS:
        return ()
    return [(item, label(ItemKey(field.of, item), body_of(thing))) for item, thing in things.items()]


def _divided(text: str, most: int) -> tuple[str, str]:
    """The first lines that fit, and the others."""
    end = text.rfind("\n", 0, most + 1)
    return text[:end], text[end + 1 :]
