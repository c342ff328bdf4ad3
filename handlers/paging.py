"""Lists with Back and Next that outlive restarts: a button's custom id says which list and which page.

Ids of experts and topics stand in it as short fingerprints, so that every list fits 100 characters;
what a fingerprint no longer finds is no longer in the base.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, Self

import discord
from discord.ext import commands

from handlers import limits
from handlers.escape import inline, plain
from handlers.limits import cut
from handlers.listing import Listing

Interaction = discord.Interaction[Any]

COLOUR = 0x2F6FB0
SEARCH_TEXT = 60
"""The longest text that `/claims` searches for, so that it fits a button's custom id."""
BROWSING = "Browsing"
_TITLE = 150


class What(StrEnum):
    """The lists. The values are in messages that already stand: never change them."""

    EXPERTS = "experts"
    EXPERT = "expert"
    CLAIMS = "claims"
    SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class Query:
    """Which list: `topic` and `expert` are fingerprints, `text` is what somebody searched for."""

    what: What
    topic: str = ""
    expert: str = ""
    text: str = ""


class Pager(Protocol):
    """What turns pages: a cog under the name `BROWSING`."""

    async def turn(self, interaction: Interaction, query: Query, page: int) -> None:
        """Show a page (from 0) of a list where the button stands."""
        ...


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"browse:(?P<what>[a-z]+):(?P<page>[0-9]{1,5})[<>]:(?P<topic>[0-9a-f]*):(?P<expert>[0-9a-f]*):(?P<text>(?s:.*))",
):
    """Back or Next under a list."""

    def __init__(self, button: discord.ui.Button[Any], query: Query, page: int) -> None:
        super().__init__(button)
        self.query = query
        self.page = page

    @classmethod
    def make(cls, label: str, query: Query, page: int, *, mark: str, disabled: bool) -> PageButton:
        """A new button to a page (from 0). `mark` keeps the two apart when both lead to the same page."""
        custom_id = f"browse:{query.what.value}:{page}{mark}:{query.topic}:{query.expert}:{query.text}"
        return cls(discord.ui.Button(label=label, custom_id=custom_id, disabled=disabled), query, page)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py found a button of ours under some message."""
        if not isinstance(item, discord.ui.Button):
            raise TypeError("a button's custom id on something else")
        query = Query(What(match["what"]), match["topic"], match["expert"], match["text"])
        return cls(item, query, int(match["page"]))

    async def callback(self, interaction: Interaction) -> None:
        """Somebody pressed it."""
        client = interaction.client
        known = isinstance(client, commands.Bot | commands.AutoShardedBot)
        pager: Any = client.get_cog(BROWSING) if known else None
        if pager is None:
            raise RuntimeError("the cog that turns pages is missing: setup() was not called")
        await pager.turn(interaction, self.query, self.page)


def fingerprint(item_id: str) -> str:
    """An id in eight characters; empty for none."""
    return hashlib.sha256(item_id.encode()).hexdigest()[:8] if item_id else ""


def meant(wanted: str, ids: Iterable[str]) -> str | None:
    """The id behind a fingerprint; empty for an empty one, None if it is no longer there."""
    return next((item_id for item_id in ids if fingerprint(item_id) == wanted), None) if wanted else ""


def page_parts(listing: Listing, query: Query, page: int, *, embeds: bool) -> dict[str, Any]:
    """One page (from 0, brought into range) as what a message takes: content, embeds, view."""
    last = len(listing.pages) - 1
    page = min(max(page, 0), last)
    title = cut(plain(listing.title), _TITLE)
    footer = listing.count if last == 0 else f"{listing.count} · page {page + 1} of {last + 1}"
    view = discord.ui.View(timeout=None)
    if last > 0:
        view.add_item(PageButton.make("Back", query, max(page - 1, 0), mark="<", disabled=page == 0))
        view.add_item(PageButton.make("Next", query, min(page + 1, last), mark=">", disabled=page == last))
    text = listing.pages[page]
    if embeds:
        embed = discord.Embed(title=inline(title), description=text, colour=COLOUR)
        embed.set_footer(text=footer)
        return {"content": None, "embeds": [embed], "view": view}
    content = f"**{inline(title)}**\n\n{text}\n\n*{footer}*"
    return {"content": cut(content, limits.MESSAGE_CONTENT), "embeds": [], "view": view}
