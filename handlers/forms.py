"""Forms: modals whose fields have labels, and whose mishaps are told like everybody else's."""

from __future__ import annotations

from typing import Any

import discord

from handlers import limits
from handlers.errors import tell
from handlers.limits import cut

Interaction = discord.Interaction[Any]


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
