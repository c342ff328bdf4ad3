"""Forms: modals whose fields have labels, and whose mishaps are told like everybody else's."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Any

import discord

from handlers import limits
from handlers.errors import tell
from handlers.limits import cut

Interaction = discord.Interaction[Any]


MOST_TYPED = 200
"""So many forms are kept as they were sent in last."""


class Typed:
    """What people typed into forms last, so that nobody types it again: by what the form is about and by person."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Hashable, int], Mapping[str, str]] = OrderedDict()

    def keep(self, about: Hashable, person: int, typed: Mapping[str, str]) -> None:
        """Keep it; of more than `MOST_TYPED` the oldest goes."""
        self._kept[about, person] = dict(typed)
        self._kept.move_to_end((about, person))
        while len(self._kept) > MOST_TYPED:
            self._kept.popitem(last=False)

    def last(self, about: Hashable, person: int) -> Mapping[str, str] | None:
        """What that person typed last, None where it is not known."""
        return self._kept.get((about, person))


class Form(discord.ui.Modal):
    """A modal. What goes wrong when it is sent in is told to whoever filled it in."""

    def __init__(self, title: str) -> None:
        super().__init__(title=cut(title, limits.MODAL_TITLE))

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:
        """Tell it; Discord keeps what was typed in the open dialog where nothing can be told."""
        await tell(interaction, error, f"form {type(self).__name__}")


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
        most = min(most, limits.TEXT_INPUT)
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
