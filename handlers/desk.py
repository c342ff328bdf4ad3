"""The moderators' desk: buttons and selects of `/kb`, all through one door where it is asked who presses.

A custom id names an act and what it is about; so what needs no draft works after a restart as well.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import discord
from discord.ext import commands

from handlers import limits
from handlers.errors import tell
from handlers.escape import plain
from handlers.limits import cut
from handlers.permissions import require_manager, require_moderator
from handlers.services import Services

Interaction = discord.Interaction[Any]

DESK = "Desk"


class Act(StrEnum):
    """What a press asks for. The values are in messages that already stand: never change them."""

    ADD_PART = "add-part"
    ADD_ALIKE = "add-alike"
    ADD_PUBLISH = "add-publish"
    ADD_DROP = "add-drop"
    ADD_MORE = "add-more"
    EDIT_PART = "edit-part"
    EDIT_PUBLISH = "edit-publish"
    EDIT_DROP = "edit-drop"
    CONFLICT = "conflict"
    HISTORY = "history"
    REVERT = "revert"
    LOG = "log"
    UNDO = "undo"
    SETUP_ROLE = "setup-role"
    SETUP_AUDIT = "setup-audit"
    SETUP_REVIEW = "setup-review"
    SETUP_PACKS = "setup-packs"
    SETUP_REMINDERS = "setup-reminders"
    SCOPE = "scope"
    SWITCH_PUBLISH = "switch-publish"
    SWITCH_CANCEL = "switch-cancel"


MANAGERS = frozenset({Act.SETUP_ROLE, Act.SETUP_AUDIT, Act.SETUP_REVIEW, Act.SETUP_PACKS, Act.SETUP_REMINDERS})
"""What takes the permission to manage the server, not only a moderator's role."""


@dataclass(frozen=True, slots=True)
class Press:
    """A press by somebody who may: in which server, what the custom id carries, what was chosen."""

    interaction: Interaction
    guild: int
    argument: str
    values: tuple[Any, ...]

    @property
    def person(self) -> int:
        """Who pressed."""
        return self.interaction.user.id


Handler = Callable[[Press], Awaitable[None]]


class DeskItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"desk:(?P<act>[a-z-]+):(?P<argument>.*)"):
    """A button or select of any kind."""

    def __init__(self, item: discord.ui.Item[Any], act: Act, argument: str) -> None:
        super().__init__(item)
        self.act = act
        self.argument = argument

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py found an item of ours under some message."""
        return cls(item, Act(match["act"]), match["argument"])

    async def callback(self, interaction: Interaction) -> None:
        """Somebody pressed or chose."""
        client = interaction.client
        desk: Any = client.get_cog(DESK) if isinstance(client, commands.Bot | commands.AutoShardedBot) else None
        if desk is None:
            raise RuntimeError("the moderators' desk is missing: setup() was not called")
        await desk.press(interaction, self.act, self.argument, getattr(self.item, "values", ()))


class Desk(commands.Cog, name=DESK):
    """Hands presses to what acts on them. Who may is checked here, for all of them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._acts: dict[Act, Handler] = {}

    def on(self, act: Act, handler: Handler) -> None:
        """Let a handler act on presses."""
        self._acts[act] = handler

    async def press(self, interaction: Interaction, act: Act, argument: str, values: Sequence[Any]) -> None:
        """One press; whatever fails is told to the person who pressed."""
        try:
            moderator = await require_moderator(interaction, self._services)
            guild = require_manager(interaction) if act in MANAGERS else moderator
            await self._acts[act](Press(interaction, guild, argument, tuple(values)))
        except Exception as error:
            await tell(interaction, error, f"desk {act.value}")


def custom_id(act: Act, argument: str) -> str:
    """The custom id of an item."""
    return f"desk:{act.value}:{argument}"


def button(act: Act, argument: str, label: str, *, row: int | None = None, **look: Any) -> DeskItem:
    """A new button; `look` is what `discord.ui.Button` takes."""
    shown = cut(plain(label), limits.BUTTON_LABEL)
    return DeskItem(discord.ui.Button(label=shown, custom_id=custom_id(act, argument), row=row, **look), act, argument)


def select(
    act: Act,
    argument: str,
    placeholder: str,
    options: Sequence[discord.SelectOption],
    *,
    row: int | None = None,
    least: int = 1,
    most: int = 1,
) -> DeskItem:
    """A new select of given options."""
    shown = options[: limits.SELECT_OPTIONS]
    made: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=custom_id(act, argument),
        placeholder=cut(placeholder, limits.SELECT_PLACEHOLDER),
        options=list(shown),
        min_values=least,
        max_values=min(most, len(shown)),
        row=row,
    )
    return DeskItem(made, act, argument)
