"""`/kb scope`: which channels an entry or a topic is kept to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import discord
from discord import app_commands

from handlers import limits
from handlers.desk import Act, Desk, DeskItem, Press, custom_id
from handlers.errors import NoticeError
from handlers.escape import inline
from handlers.kb_items import Items, limited_but_gone, title_of
from handlers.limits import cut
from handlers.permissions import require_moderator
from handlers.sending import send_privately
from handlers.services import Services
from handlers.switching import Switch, Switching
from knowledge.curation.items import ItemKind
from knowledge.pack_rules import squash
from knowledge.snapshot import Standing
from knowledge.store.records import GuildSettings

Interaction = discord.Interaction[Any]

SCOPED = (ItemKind.TOPIC, ItemKind.ENTRY)
_PLACES = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.public_thread,
    discord.ChannelType.forum,
    discord.ChannelType.voice,
)


class Scoping:
    """What is for which channels."""

    def __init__(self, services: Services, items: Items, desk: Desk, switching: Switching) -> None:
        self._services = services
        self._items = items
        self._switching = switching
        desk.on(Act.SCOPE, self._scope)

    async def show(self, interaction: Interaction, text: str) -> None:
        """Where an entry or topic is answered, with a select to change it."""
        guild = await require_moderator(interaction, self._services)
        tag, *_ = await self._find(guild, text)
        parts = await self._panel(guild, tag)
        await send_privately(interaction, parts["content"], view=parts["view"])

    async def _find(self, guild: int, text: str) -> tuple[str, str, bool, Standing]:
        """What was chosen or typed: its tag, its name, and whether it is gone but still kept to channels.

        Raises NoticeError where it is neither there nor kept to any.
        """
        standing, base = await self._items.base(guild)
        for tag, name in limited_but_gone(standing, base).items():
            if text.strip() == tag or squash(text) in (squash(name), squash(name.rpartition(" (")[0])):
                return tag, name, True, standing
        key, standing, base = await self._items.find(guild, text, SCOPED)
        return f"{key.kind.value}:{key.id}", title_of(base, key), False, standing

    async def _panel(self, guild: int, tag: str, line: str = "") -> dict[str, Any]:
        tag, name, gone, standing = await self._find(guild, tag)
        limited = standing.settings.scopes.get(tag, ())
        view = discord.ui.View(timeout=None)
        select = discord.ui.ChannelSelect[Any](
            custom_id=custom_id(Act.SCOPE, tag),
            placeholder="Everywhere: choose channels to keep it to them",
            min_values=0,
            max_values=limits.SELECT_OPTIONS,
            channel_types=list(_PLACES),
            default_values=[
                discord.SelectDefaultValue(id=channel, type=discord.SelectDefaultValueType.channel)
                for channel in limited[: limits.SELECT_OPTIONS]
            ],
        )
        view.add_item(DeskItem(select, Act.SCOPE, tag))
        lines = [
            f"**{inline(cut(name, 200))}** {told_scope(limited)}{', should it come back' if gone else ''}.",
            "Choose its channels; none for all.",
            line,
        ]
        return {"content": "\n".join(part for part in lines if part), "view": view}

    async def _scope(self, press: Press) -> None:
        tag = press.argument
        channels = tuple(channel.id for channel in press.values)
        tag, called, *_ = await self._find(press.guild, tag)
        name = inline(cut(called, 200))

        def edit(now: GuildSettings) -> GuildSettings:
            others = {name: places for name, places in now.scopes.items() if name != tag}
            return replace(now, scopes=MappingProxyType({**others, **({tag: channels} if channels else {})}))

        async def back(press: Press, line: str) -> None:
            parts: dict[str, Any]
            try:
                parts = await self._panel(press.guild, tag, line)
            except NoticeError:
                # It is not there, and kept to no channels any more: there is nothing left to choose.
                parts = {"content": f"**{name}** {told_scope(())}.\n{line}", "view": None}
            none = discord.AllowedMentions.none()
            await press.interaction.edit_original_response(**parts, allowed_mentions=none)

        switch = Switch(
            edit,
            lambda now: now.scopes.get(tag, ()),
            f"set where “{name}” is answered: it {told_scope(channels)}",
            back,
        )
        await self._switching.offer(press, switch, f"**{name}** {told_scope(channels)} then.")


def install_scope(kb: app_commands.Group, scoping: Scoping, items: Items) -> None:
    """Add `/kb scope`."""

    @kb.command(name="scope", description="Keep an entry or a topic to certain channels")
    @app_commands.describe(item="Which entry or topic: choose from the list")
    async def scope(interaction: Interaction, item: str) -> None:  # pyright: ignore[reportUnusedFunction]
        await scoping.show(interaction, item)

    @scope.autocomplete("item")
    async def complete(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await items.complete_limited(interaction, current, SCOPED)


def told_scope(channels: Sequence[int]) -> str:
    """Where something is answered, after its name."""
    if not channels:
        return "is answered everywhere"
    return f"is answered only in {', '.join(f'<#{channel}>' for channel in channels)}"
