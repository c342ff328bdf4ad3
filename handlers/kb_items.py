"""Which item of a server's knowledge is meant: found while it is typed, and by what was chosen or typed at last."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest
from typing import Any

import discord
from discord import app_commands

from handlers import limits
from handlers.errors import NoticeError
from handlers.escape import inline, plain
from handlers.latest import Latest
from handlers.limits import cut
from handlers.permissions import is_moderator
from handlers.services import Services
from knowledge.curation.bodies import body_in, things_of
from knowledge.curation.items import ItemKey, ItemKind, State
from knowledge.curation.searching import Found, Search, label
from knowledge.lookup import TYPED
from knowledge.model import KnowledgeBase
from knowledge.pack_rules import squash
from knowledge.snapshot import Snapshot, Standing

Interaction = discord.Interaction[Any]
Choices = list[app_commands.Choice[str]]

EDITABLE = (ItemKind.ENTRY, ItemKind.EXPERT, ItemKind.SOURCE, ItemKind.CLAIM, ItemKind.TOPIC)
ALL = (*EDITABLE, ItemKind.GOLDEN, ItemKind.GAP)
WORDS = {
    ItemKind.ENTRY: "Entry",
    ItemKind.EXPERT: "Expert",
    ItemKind.SOURCE: "Source",
    ItemKind.CLAIM: "Statement",
    ItemKind.TOPIC: "Topic",
    ItemKind.GOLDEN: "Golden question",
    ItemKind.GAP: "Gap",
}
_SERVERS = 20  # whose base is kept until something changes


class Items:
    """Finds items of each server, also those that are not answered from any more."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: Latest[int, tuple[Standing, KnowledgeBase]] = Latest(_SERVERS)

    async def base(self, guild: int) -> tuple[Standing, KnowledgeBase]:
        """How a server's knowledge stands, and its base with expired entries still in it."""
        standing = await self._services.knowledge.standing(guild)
        known = self._known.get(guild)
        if (
            known is None
            or known[0].ground is not standing.ground
            or known[0].overlay.last_change != standing.overlay.last_change
        ):
            known = standing, (await asyncio.to_thread(standing.merged)).base
        return standing, self._known.keep(guild, known)[1]

    async def complete(self, interaction: Interaction, text: str, kinds: Sequence[ItemKind]) -> Choices:
        """Items that a half-typed text may mean; none for anybody who is not a moderator."""
        served = await self._served(interaction)
        return [_choice(found.key, found.label) for found in _search(served.search, text, kinds)] if served else []

    async def complete_limited(self, interaction: Interaction, text: str, kinds: Sequence[ItemKind]) -> Choices:
        """The same, after those that are kept to channels and not there any more."""
        if (served := await self._served(interaction)) is None:
            return []
        wanted = squash(text[:TYPED])
        gone = limited_but_gone(served.standing, served.answerer.base)
        first = [_choice(key, name) for tag, name in gone.items() if wanted in squash(name) and (key := key_of(tag))]
        more = [_choice(found.key, found.label) for found in _search(served.search, text, kinds)]
        return [*first, *more][: limits.AUTOCOMPLETE_CHOICES]

    async def complete_gone(self, interaction: Interaction, text: str) -> Choices:
        """Items that the server has retired, or worded otherwise than the packs, in the same way."""
        if (served := await self._served(interaction)) is None:
            return []
        wanted = squash(text[:TYPED])
        shown = ((key, _gone_name(served.standing, key)) for key in restorable(served.standing))
        fitting = ((key, name) for key, name in shown if wanted in squash(name))
        return [_choice(key, name) for key, name in islice(fitting, limits.AUTOCOMPLETE_CHOICES)]

    async def _served(self, interaction: Interaction) -> Snapshot | None:
        """What is in memory of a moderator's server; None for everybody else.

        A list has three seconds and no second try, so it waits for neither the database nor an index in the making.
        """
        if interaction.guild_id is None:
            return None
        served = await self._services.knowledge.served(interaction.guild_id, limits.DEFER_AFTER)
        known = served.standing.settings
        return served if await is_moderator(interaction, self._services, known) else None

    async def find(
        self, guild: int, text: str, kinds: Sequence[ItemKind], *, gone: bool = False
    ) -> tuple[ItemKey, Standing, KnowledgeBase]:
        """The item that was chosen, or the one that a typed text names; with `gone` also one that was retired.

        Raises NoticeError where it names none, or several.
        """
        standing, base = await self.base(guild)
        chosen = key_of(text)
        if chosen is not None and chosen.kind in kinds:
            there = chosen.id in things_of(base, chosen.kind)
            if there or (gone and chosen in standing.overlay.revisions):
                return chosen, standing, base
        near = _search(Search(base), text, kinds)
        wanted = squash(text)
        same = [found for found in near if wanted and squash(found.label) == wanted]
        if len(same) != 1 and gone:
            named = [key for key in restorable(standing) if key.kind in kinds and wanted in _gone_names(standing, key)]
            if wanted and len(named) == 1:
                return named[0], standing, base
        if len(same) != 1:
            names = " or ".join(f"“{inline(cut(found.label, 80))}”" for found in near[:2] if wanted)
            hint = f" Did you mean {names}?" if names else ""
            shown = inline(cut(text, limits.CHOICE_NAME))
            raise NoticeError(f"“{shown}” is not in this server’s knowledge.{hint} Choose from the list.")
        return same[0].key, standing, base


def key_of(text: str) -> ItemKey | None:
    """The item that a choice stands for, None for other words."""
    kind, divided, item = text.strip().partition(":")
    return ItemKey(ItemKind(kind), item) if divided and kind in list(ItemKind) else None


def restorable(standing: Standing) -> tuple[ItemKey, ...]:
    """What can be brought back: retired items, and those of packs that the server has in other words."""
    return tuple(
        key
        for key, revision in sorted(standing.overlay.revisions.items())
        if revision.state is State.RETIRED or (revision.state is State.LIVE and standing.ground.has(key))
    )


def title_of(base: KnowledgeBase, key: ItemKey) -> str:
    """What an item is called, in plain words."""
    return label(key, body_in(base, key))


def named(standing: Standing, base: KnowledgeBase, key: ItemKey) -> str:
    """The same, also of one that is not in the base any more: then with why."""
    return title_of(base, key) if key.id in things_of(base, key.kind) else _gone_name(standing, key)


def limited_but_gone(standing: Standing, base: KnowledgeBase) -> dict[str, str]:
    """The names of items that are kept to channels and not there: retired, or of a pack that is off; by their tags."""
    tags = ((tag, key_of(tag)) for tag in standing.settings.scopes)
    return {
        tag: _gone_name(standing, key)
        for tag, key in tags
        if key is not None and key.id not in things_of(base, key.kind)
    }


def _search(search: Search, text: str, kinds: Sequence[ItemKind]) -> list[Found]:
    """The best of all kinds first; of every kind in turn where they fit alike, as all do before anything is typed."""
    by_kind = [search.items(kind, text, limits.AUTOCOMPLETE_CHOICES) for kind in kinds]
    found = sorted(_in_turn(by_kind), key=lambda one: -one.fits)
    return found[: limits.AUTOCOMPLETE_CHOICES]


def _in_turn(by_kind: Sequence[Sequence[Found]]) -> Iterator[Found]:
    for row in zip_longest(*by_kind):
        yield from (found for found in row if found is not None)


def _gone_names(standing: Standing, key: ItemKey) -> set[str]:
    """What people may type for something retired: what it is shown as in the list, with or without why."""
    shown = _gone_name(standing, key)
    return {squash(shown), squash(shown.rpartition(" (")[0])}


def _gone_name(standing: Standing, key: ItemKey) -> str:
    revision = standing.overlay.revisions.get(key)
    body = (revision.body if revision else None) or standing.ground.body(key)
    name = label(key, body) if body else key.id.replace("-", " ")
    why = {State.RETIRED: "retired", State.LIVE: "in other words than the pack", State.INHERITED: "no longer here"}
    return f"{name} ({why[standing.overlay.state(key)]})"


def _choice(key: ItemKey, name: str) -> app_commands.Choice[str]:
    shown = cut(plain(f"{WORDS[key.kind]} · {name}"), limits.CHOICE_NAME)
    return app_commands.Choice(name=shown, value=f"{key.kind.value}:{key.id}")
