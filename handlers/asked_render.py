"""Questions without a good answer, as moderators see them: the list, and one group of it.

All that a press needs is in custom ids and values, so the list works after a restart as well: a group is
named by the id of one of its questions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Protocol, Self, cast

import discord
from discord.ext import commands

from handlers import limits
from handlers.escape import inline, plain
from handlers.limits import cut
from handlers.listing import counted
from handlers.paging import COLOUR
from knowledge.curation.grouping import Group
from knowledge.model import KnowledgeBase

Interaction = discord.Interaction[Any]

UNANSWERED = "Unanswered"
PAGE = 10
WORDINGS = 10
"""So many wordings of a group are shown, and accepted as phrasings."""


class What(StrEnum):
    """What a press or a choice asks for. The values are in messages that already stand: never change them."""

    LIST = "list"
    OPEN = "open"
    MANY = "many"
    DROP = "drop"
    PHRASE = "as"
    OTHER = "other"
    WRITE = "write"
    DISMISS = "dismiss"


class Asked(Protocol):
    """What acts on presses and choices: a cog under the name `UNANSWERED`."""

    async def press(self, interaction: Interaction, what: What, number: int, values: Sequence[str]) -> None:
        """`number` is a page or a question's id, `values` what was chosen in a select."""
        ...


class AskedButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"asked:(?P<what>list|other|write|dismiss):(?P<number>[0-9]{1,18})(?P<mark>[<>]?)",
):
    """A button under the list or a group."""

    def __init__(self, button: discord.ui.Button[Any], what: What, number: int) -> None:
        super().__init__(button)
        self.what = what
        self.number = number

    @classmethod
    def make(cls, what: What, label: str, number: int, *, mark: str = "", **look: Any) -> AskedButton:
        """A new button; `mark` keeps two apart that lead to the same page."""
        custom_id = f"asked:{what.value}:{number}{mark}"
        return cls(discord.ui.Button(label=label, custom_id=custom_id, **look), what, number)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py found a button of ours under some message."""
        return cls(cast("discord.ui.Button[Any]", item), What(match["what"]), int(match["number"]))

    async def callback(self, interaction: Interaction) -> None:
        """Somebody pressed it."""
        await _asked(interaction).press(interaction, self.what, self.number, ())


class AskedSelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=r"asked:(?P<what>open|many|drop|as):(?P<number>[0-9]{1,18})",
):
    """A select under the list or a group."""

    def __init__(self, select: discord.ui.Select[Any], what: What, number: int) -> None:
        super().__init__(select)
        self.what = what
        self.number = number

    @classmethod
    def make(
        cls, what: What, number: int, placeholder: str, options: list[discord.SelectOption], *, most: int = 1
    ) -> AskedSelect:
        """A new select, of whose options at most `most` can be chosen at once."""
        select: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=f"asked:{what.value}:{number}",
            placeholder=placeholder,
            options=options[: limits.SELECT_OPTIONS],
            max_values=min(most, len(options)),
        )
        return cls(select, what, number)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py found a select of ours under some message."""
        return cls(cast("discord.ui.Select[Any]", item), What(match["what"]), int(match["number"]))

    async def callback(self, interaction: Interaction) -> None:
        """Somebody chose."""
        await _asked(interaction).press(interaction, self.what, self.number, self.item.values)


def list_parts(groups: Sequence[Group], base: KnowledgeBase, page: int) -> dict[str, Any]:
    """One page (from 0, brought into range) of the list, as what a message takes."""
    if not groups:
        text = "Nothing is waiting: every question lately got an answer that nobody called unhelpful."
        return {"content": text, "embeds": [], "view": None}
    last = (len(groups) - 1) // PAGE
    page = min(max(page, 0), last)
    shown = groups[page * PAGE : (page + 1) * PAGE]
    lines = [_line(number, group, base) for number, group in enumerate(shown, page * PAGE + 1)]
    embed = discord.Embed(
        title="Questions without a good answer",
        description=cut("\n".join(lines), limits.EMBED_DESCRIPTION),
        colour=COLOUR,
    )
    embed.set_footer(text=f"{counted(len(groups), 'question')}, most asked first · page {page + 1} of {last + 1}")
    view = discord.ui.View(timeout=None)
    named = [(group.ids[0], group) for group in shown]
    opening = [_option(group.text, str(first), _times(group)) for first, group in named]
    view.add_item(AskedSelect.make(What.OPEN, page, "Look at one …", opening))
    accepting = [
        _option(group.text, f"{first}:{group.closest[0].entry}", f"→ {group.closest[0].question}")
        for first, group in named
        if group.closest and not group.answered_by
    ]
    if accepting:
        words = "Add several as phrasings of their closest entries …"
        view.add_item(AskedSelect.make(What.MANY, page, words, accepting, most=len(accepting)))
    view.add_item(AskedSelect.make(What.DROP, page, "Dismiss several …", opening, most=len(opening)))
    if last:
        view.add_item(AskedButton.make(What.LIST, "Back", max(page - 1, 0), mark="<", disabled=page == 0))
        view.add_item(AskedButton.make(What.LIST, "Next", min(page + 1, last), mark=">", disabled=page == last))
    return {"content": None, "embeds": [embed], "view": view}


def group_parts(group: Group, base: KnowledgeBase, page: int) -> dict[str, Any]:
    """One group, as what a message takes; `page` is the one of the list that it came from."""
    embed = discord.Embed(title=cut(inline(group.text), limits.EMBED_TITLE), colour=COLOUR)
    wordings = [f"- {inline(cut(text, 200))}" for text in group.texts[:WORDINGS]]
    if len(group.texts) > WORDINGS:
        wordings.append(f"- … and {len(group.texts) - WORDINGS} more wordings")
    embed.description = cut(f"{_times(group).capitalize()}, in these words:\n" + "\n".join(wordings), 3000)
    if group.closest:
        close = "\n".join(f"- {inline(cut(close.question, 200))} ({close.score:.0%})" for close in group.closest)
        embed.add_field(name="Closest entries, and how likely they are meant", value=cut(close, 1024), inline=False)
    if title := _answered(group, base):
        embed.add_field(name="Answered by now", value=cut(inline(title), 1024), inline=False)
    first = group.ids[0]
    view = discord.ui.View(timeout=None)
    if group.closest:
        options = [_option(close.question, close.entry, f"{close.score:.0%} likely") for close in group.closest]
        view.add_item(AskedSelect.make(What.PHRASE, first, "Add as a phrasing of …", options))
    view.add_item(AskedButton.make(What.OTHER, "Another entry …", first, style=discord.ButtonStyle.secondary))
    view.add_item(AskedButton.make(What.WRITE, "Write an entry", first, style=discord.ButtonStyle.primary))
    view.add_item(AskedButton.make(What.DISMISS, "Dismiss", first, style=discord.ButtonStyle.danger))
    view.add_item(AskedButton.make(What.LIST, "The list", page))
    return {"content": None, "embeds": [embed], "view": view}


def _line(number: int, group: Group, base: KnowledgeBase) -> str:
    line = f"**{number}.** {inline(cut(group.text, 150))} · {_times(group)}"
    if title := _answered(group, base):
        return f"{line}\n-# answered by now: {inline(cut(title, 100))}"
    return f"{line}\n-# closest: {inline(cut(group.closest[0].question, 100))}" if group.closest else line


def _answered(group: Group, base: KnowledgeBase) -> str:
    """What answers a group by now: an entry's question, or that something does."""
    kind, _, item = group.answered_by.partition(":")
    return base.entries[item].question if kind == "entry" and item in base.entries else "yes" if item else ""


def _times(group: Group) -> str:
    return "asked once" if group.count == 1 else f"asked {group.count} times"


def _option(label: str, value: str, description: str) -> discord.SelectOption:
    return discord.SelectOption(
        label=cut(plain(label), limits.SELECT_LABEL),
        value=value,
        description=cut(plain(description), limits.SELECT_DESCRIPTION),
    )


def _asked(interaction: Interaction) -> Asked:
    client = interaction.client
    cog: Any = client.get_cog(UNANSWERED) if isinstance(client, commands.Bot | commands.AutoShardedBot) else None
    if cog is None:
        raise RuntimeError("the cog of unanswered questions is missing: setup() was not called")
    return cog
