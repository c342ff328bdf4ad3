"""Forms: modals whose fields have labels, and whose mishaps are told like everybody else's.

A form waits an hour to be sent in. One that comes later, or after a restart, is answered by `LostForms`.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import discord
from discord.ext import commands

from handlers import limits
from handlers.errors import tell
from handlers.escape import plain
from handlers.latest import Latest
from handlers.limits import cut
from handlers.sending import send_privately

Interaction = discord.Interaction[Any]


MOST_TYPED = 20
"""So many forms of one person are kept as they were sent in last."""

_PEOPLE = 500  # whose forms are kept

WAITS = 3600.0
"""Seconds that a form waits to be sent in."""

LOST = "This form has expired, so nothing was changed. What you typed is attached: start again with the command."
_PREFIX = "form:"
_KNOWN = "form"


class Typed:
    """What people typed into forms last, so that nobody types it again: by what the form is about and by person."""

    def __init__(self) -> None:
        # By person, so that nobody's forms push out anybody else's.
        self._kept: Latest[int, Latest[Hashable, Mapping[str, str]]] = Latest(_PEOPLE)

    def keep(self, about: Hashable, person: int, typed: Mapping[str, str]) -> None:
        """Keep it; of more than `MOST_TYPED` of theirs the oldest goes."""
        theirs = self._kept.get(person) or Latest(MOST_TYPED)
        theirs.keep(about, dict(typed))
        self._kept.keep(person, theirs)

    def last(self, about: Hashable, person: int) -> Mapping[str, str] | None:
        """What that person typed last, None where it is not known."""
        theirs = self._kept.get(person)
        return None if theirs is None else theirs.get(about)


class Form(discord.ui.Modal):
    """A modal. What goes wrong when it is sent in is told to whoever filled it in."""

    def __init__(self, title: str) -> None:
        super().__init__(
            title=cut(plain(title), limits.MODAL_TITLE), timeout=WAITS, custom_id=_PREFIX + secrets.token_hex(8)
        )

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Everybody may send it in as far as the form goes; that it is known is noted for `LostForms`."""
        interaction.extras[_KNOWN] = True
        return True

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:
        """Tell it, and give back what was typed: Discord closes the dialog once it is answered.

        Where nothing can be told it keeps the dialog open.
        """
        typed = [item.typed for item in self.children if isinstance(item, TextField)]
        await tell(interaction, error, f"form {type(self).__name__}", typed=together(typed))


class TextField(discord.ui.Label[Any]):
    """A text field of at most `most` characters under its label; `name` is its custom id, `value` stands in it."""

    def __init__(
        self,
        label: str,
        name: str,
        *,
        most: int,
        description: str = "",
        value: str = "",
        required: bool = True,
        long: bool = False,
    ) -> None:
        # A single line cannot hold what was filled in with several.
        value = value if long else " ".join(value.split())
        # What stands there already is never cut: whoever sends it in is told that it is too long.
        most = min(max(most, len(value)), limits.TEXT_INPUT)
        self.input: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id=name,
            style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
            required=required,
            max_length=most,
            default=value[:most] or None,
        )
        super().__init__(
            text=cut(label, limits.LABEL),
            description=cut(description, limits.LABEL_DESCRIPTION) if description else None,
            component=self.input,
        )

    @property
    def typed(self) -> str:
        """What was typed, without the space around it."""
        return self.input.value.strip()


class ChoiceField(discord.ui.Label[Any]):
    """A select under its label; `options` are values with what people read, `chosen` the values that hold now.

    Of more options than Discord takes the last are left out.
    """

    def __init__(
        self,
        label: str,
        name: str,
        options: Sequence[tuple[str, str]],
        *,
        chosen: Collection[str] = (),
        description: str = "",
        required: bool = True,
        most: int = 1,
    ) -> None:
        shown = options[: limits.SELECT_OPTIONS]
        self.select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=name,
            required=required,
            min_values=1 if required else 0,
            max_values=min(most, len(shown)),
            options=[
                discord.SelectOption(label=cut(plain(text), limits.SELECT_LABEL), value=value, default=value in chosen)
                for value, text in shown
            ],
        )
        super().__init__(
            text=cut(label, limits.LABEL),
            description=cut(description, limits.LABEL_DESCRIPTION) if description else None,
            component=self.select,
        )

    @property
    def chosen(self) -> tuple[str, ...]:
        """The values that were chosen."""
        return tuple(self.select.values)


class LostForms(commands.Cog):
    """Gives people back what they typed into a form that nothing waits for any more."""

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """A form was sent in. discord.py hands it to a form that waits before it comes here."""
        data: Any = interaction.data
        if interaction.type is not discord.InteractionType.modal_submit or _KNOWN in interaction.extras:
            return
        if str(data["custom_id"]).startswith(_PREFIX):
            await give_back(interaction, _texts(data["components"]))


async def give_back(interaction: Interaction, typed: Iterable[str]) -> None:
    """Tell that a form has expired, with what was typed into it."""
    file = discord.File(io.BytesIO(together(typed).encode()), "typed.txt", description="What you typed")
    await send_privately(interaction, LOST, file=file)


def together(typed: Iterable[str]) -> str:
    """What was typed into several fields as one text."""
    return "\n\n".join(text for text in typed if text)


def _texts(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What was typed into the text fields of a form."""
    for component in components:
        inner = component.get("component")
        yield from _texts([*component.get("components", ()), *([inner] if inner else ())])
        if component.get("value"):
            yield str(component["value"])
