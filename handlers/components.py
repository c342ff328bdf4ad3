"""The buttons and the select under a reply. They survive restarts: all they need is in their custom ids.

A custom id names an action and, where it only reads, what to read. Whatever changes something looks
the reply up in the store by the message that the button hangs on, so that nobody can act on another.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, Protocol, Self

import discord
from discord.ext import commands

from handlers import limits
from handlers.escape import plain
from handlers.limits import cut
from knowledge.answers import Answer, Outcome, Suggestion

Interaction = discord.Interaction[Any]


class Action(StrEnum):
    """What a press asks for. The values are in messages that already stand: never change them."""

    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"
    SOURCES = "sources"
    PAGE = "page"
    WRONG = "wrong"
    REMOVE = "remove"
    PICK = "pick"
    NONE = "none"
    RELATED = "related"


class Presses(Protocol):
    """What acts on presses: a cog under the name `PRESSES`."""

    async def press(self, interaction: Interaction, action: Action, argument: str) -> None:
        """Act on a press. `argument` is what the custom id or the select's choice carries."""
        ...


PRESSES = "Presses"
_BUTTONS = "|".join(action.value for action in Action if action is not Action.RELATED)


class ReplyButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"cite:(?P<action>{_BUTTONS})(?::(?P<argument>.+))?"
):
    """A button under a reply."""

    def __init__(self, button: discord.ui.Button[Any], action: Action, argument: str = "") -> None:
        super().__init__(button)
        self.action = action
        self.argument = argument

    @classmethod
    def make(cls, action: Action, label: str, *, argument: str = "", row: int, **look: Any) -> ReplyButton:
        """A new button; `look` is what `discord.ui.Button` takes."""
        custom_id = f"cite:{action.value}:{argument}" if argument else f"cite:{action.value}"
        label = cut(plain(label), limits.BUTTON_LABEL)
        return cls(discord.ui.Button(label=label, custom_id=custom_id, row=row, **look), action, argument)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py found a button of ours under some message."""
        if not isinstance(item, discord.ui.Button):
            raise TypeError("a button's custom id on something else")
        return cls(item, Action(match["action"]), match["argument"] or "")

    async def callback(self, interaction: Interaction) -> None:
        """Somebody pressed it."""
        await _presses(interaction).press(interaction, self.action, self.argument)


class RelatedSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=f"cite:{Action.RELATED.value}"):
    """The select with related questions."""

    @classmethod
    def make(cls, related: tuple[Suggestion, ...], *, row: int) -> RelatedSelect:
        """A new select; what does not fit a label goes on in the description."""
        options = [_option(suggestion) for suggestion in related[: limits.SELECT_OPTIONS]]
        return cls(
            discord.ui.Select(
                custom_id=f"cite:{Action.RELATED.value}", placeholder="Related questions", options=options, row=row
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py found a select of ours under some message."""
        if not isinstance(item, discord.ui.Select):
            raise TypeError("a select's custom id on something else")
        return cls(item)

    async def callback(self, interaction: Interaction) -> None:
        """Somebody chose a question."""
        await _presses(interaction).press(interaction, Action.RELATED, self.item.values[0])


DYNAMIC_ITEMS = (ReplyButton, RelatedSelect)


def reply_view(answer: Answer, *, removable: bool = True, correctable: bool = True) -> discord.ui.View:
    """What hangs under a reply.

    `removable` is False for replies only their reader sees: they can dismiss them. `correctable` is False where
    there are no moderators who could look at a correction.
    """
    view = discord.ui.View(timeout=None)
    row = 0
    for row, suggestion in enumerate(answer.suggestions[: limits.BUTTONS_PER_ROW]):
        look = {"style": discord.ButtonStyle.primary}
        view.add_item(
            ReplyButton.make(
                Action.PICK, suggestion.question, argument=suggestion.candidate_id, row=min(row, 2), **look
            )
        )
    row = min(row + 1, 3) if answer.suggestions else 0
    if answer.outcome is Outcome.SUGGEST:
        view.add_item(ReplyButton.make(Action.NONE, "None of these", row=row))
    if answer.outcome is Outcome.ANSWER:
        # Both alike: a green one looks pressed already, and everybody sees the same buttons, whoever has voted.
        view.add_item(ReplyButton.make(Action.HELPFUL, "Helpful", row=row, emoji="👍"))
        view.add_item(ReplyButton.make(Action.UNHELPFUL, "Not helpful", row=row, emoji="👎"))
    if answer.candidate_id and answer.attributions:
        view.add_item(
            ReplyButton.make(Action.SOURCES, "Sources", argument=f"0:{answer.candidate_id}", row=row, emoji="📖")
        )
    if correctable and answer.outcome is Outcome.ANSWER:
        view.add_item(ReplyButton.make(Action.WRONG, "Wrong or incomplete", argument=answer.candidate_id, row=row))
    if removable:
        view.add_item(ReplyButton.make(Action.REMOVE, "Remove", row=row, emoji="🗑️"))
    if answer.related:
        view.add_item(RelatedSelect.make(answer.related, row=row + 1))
    return view


def page_view(candidate_id: str, page: int, pages: int) -> discord.ui.View:
    """Back and forth under one page of the sources; empty for a single page."""
    view = discord.ui.View(timeout=None)
    if pages > 1:
        # The two custom ids must differ even at the ends, where one of the buttons is disabled.
        for label, target in (("Back", page - 1 if page else pages), ("Next", page + 1)):
            argument = f"{target}:{candidate_id}"
            view.add_item(
                ReplyButton.make(Action.PAGE, label, argument=argument, row=0, disabled=not 0 <= target < pages)
            )
    return view


def _option(suggestion: Suggestion) -> discord.SelectOption:
    question = plain(suggestion.question)
    label = cut(question, limits.SELECT_LABEL)
    rest = question[len(label) - 1 :].strip() if label != question else ""
    description = cut(rest, limits.SELECT_DESCRIPTION) if rest else None
    return discord.SelectOption(label=label, value=suggestion.candidate_id, description=description)


def _presses(interaction: Interaction) -> Presses:
    client = interaction.client
    cog: Any = client.get_cog(PRESSES) if isinstance(client, commands.Bot | commands.AutoShardedBot) else None
    if cog is None:
        raise RuntimeError("the cog that acts on presses is missing: setup() was not called")
    return cog
