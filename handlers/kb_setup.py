"""`/kb setup` and `/kb scope`: who moderates, where it is told, which packs hold, what is for which channels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import discord
from discord import app_commands

from handlers import limits
from handlers.audit import audit_settings
from handlers.desk import Act, Desk, DeskItem, Press, custom_id
from handlers.escape import inline, plain
from handlers.kb_items import Items, key_of, title_of
from handlers.limits import cut
from handlers.permissions import require_manager, require_moderator
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.curation.items import ItemKind
from knowledge.store.records import GuildSettings

Interaction = discord.Interaction[Any]

SCOPED = (ItemKind.TOPIC, ItemKind.ENTRY)
_CHANNELS = (discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.public_thread)
_PLACES = (*_CHANNELS, discord.ChannelType.forum, discord.ChannelType.voice)
_NAMED = 10


class SettingUp:
    """What a server sets."""

    def __init__(self, services: Services, items: Items, desk: Desk) -> None:
        self._services = services
        self._items = items
        desk.on(Act.SETUP_ROLE, self._role)
        desk.on(Act.SETUP_AUDIT, self._audit_channel)
        desk.on(Act.SETUP_REVIEW, self._review_channel)
        desk.on(Act.SETUP_PACKS, self._packs)
        desk.on(Act.SCOPE, self._scope)

    async def show(self, interaction: Interaction) -> None:
        """What is set, with selects to change it. Only for those who manage the server."""
        guild = require_manager(interaction)
        settings = await self._services.store.guilds.settings(guild)
        parts = await self._panel(interaction, guild, settings)
        await send_privately(interaction, parts["content"], view=parts["view"])

    async def show_scope(self, interaction: Interaction, text: str) -> None:
        """Where an entry or topic is answered, with a select to change it."""
        guild = await require_moderator(interaction, self._services)
        key, standing, base = await self._items.find(guild, text, SCOPED)
        tag = f"{key.kind.value}:{key.id}"
        limited = standing.settings.scopes.get(tag, ())
        await send_privately(
            interaction,
            f"**{inline(cut(title_of(base, key), 200))}** {_told_scope(limited)}\nChoose its channels; none for all.",
            view=_scope_view(tag, limited),
        )

    async def _panel(self, interaction: Interaction, guild: int, settings: GuildSettings) -> dict[str, Any]:
        packs = self._services.knowledge.packs
        on = self._services.knowledge.packs_on(settings)
        view = discord.ui.View(timeout=None)
        role = discord.ui.RoleSelect[Any](
            custom_id=custom_id(Act.SETUP_ROLE, ""),
            placeholder="Who else may change the knowledge: a role",
            min_values=0,
            default_values=_default(settings.moderator_role, discord.SelectDefaultValueType.role),
        )
        view.add_item(DeskItem(role, Act.SETUP_ROLE, ""))
        for act, words, channel in (
            (Act.SETUP_REVIEW, "Where suggestions are shown: a channel", settings.review_channel),
            (Act.SETUP_AUDIT, "Where every change is told: a channel", settings.audit_channel),
        ):
            chosen = discord.ui.ChannelSelect[Any](
                custom_id=custom_id(act, ""),
                placeholder=words,
                min_values=0,
                channel_types=list(_CHANNELS),
                default_values=_default(channel, discord.SelectDefaultValueType.channel),
            )
            view.add_item(DeskItem(chosen, act, ""))
        if packs:
            shown = packs[: limits.SELECT_OPTIONS]
            options = [
                discord.SelectOption(
                    label=cut(plain(pack.title), limits.SELECT_LABEL), value=pack.id, default=pack.id in on
                )
                for pack in shown
            ]
            select = discord.ui.Select[Any](
                custom_id=custom_id(Act.SETUP_PACKS, ""),
                placeholder="No pack is on: choose those that hold here",
                min_values=0,
                max_values=len(options),
                options=options,
            )
            view.add_item(DeskItem(select, Act.SETUP_PACKS, ""))
        _, base = await self._items.base(guild)
        names = [pack.title for pack in packs if pack.id in on]
        lines = [
            "**This server’s knowledge: set-up**",
            f"Moderators: people who manage this server{_and_role(settings)}",
            f"Suggestions are shown in: {_channel(settings.review_channel, '`/kb review` only')}",
            f"Changes are told in: {_channel(settings.audit_channel, '`/kb log` only')}",
            f"Packs that hold here: {', '.join(inline(name) for name in names) or 'none'}",
        ]
        if settings.scopes:
            lines.append("Only in certain channels (`/kb scope`):")
            for tag, channels in [*settings.scopes.items()][:_NAMED]:
                key = key_of(tag)
                name = title_of(base, key) if key else tag
                lines.append(f"- {inline(cut(name, 80))} {_told_scope(channels)}")
        lines += self._warnings(interaction, settings)
        return {"content": cut("\n".join(lines), limits.MESSAGE_CONTENT), "view": view}

    def _warnings(self, interaction: Interaction, settings: GuildSettings) -> Sequence[str]:
        """What would not work."""
        found: list[str] = []
        guild = interaction.guild
        for channel_id in (settings.review_channel, settings.audit_channel):
            if channel_id is None or guild is None:
                continue
            channel = guild.get_channel_or_thread(channel_id)
            if channel is None:
                found.append(f"⚠️ <#{channel_id}> is gone, or I may not see it.")
            elif not _may_post(channel):
                found.append(f"⚠️ I may not write and embed links in <#{channel_id}>.")
        return found

    async def _change(self, press: Press, edit: Callable[[GuildSettings], GuildSettings], told: str) -> None:
        """Save a setting, show the panel anew, and tell the audit channel."""
        await press.interaction.response.defer()
        settings = await self._services.store.guilds.change(press.guild, edit)
        await self._services.knowledge.published(press.guild)
        parts = await self._panel(press.interaction, press.guild, settings)
        await press.interaction.edit_original_response(
            content=parts["content"], view=parts["view"], allowed_mentions=discord.AllowedMentions.none()
        )
        await audit_settings(press.interaction.client, self._services, press.guild, press.person, told)

    async def _role(self, press: Press) -> None:
        role = press.values[0].id if press.values else None
        told = f"made <@&{role}> moderators of the knowledge" if role else "took the moderators’ role away"
        await self._change(press, lambda now: replace(now, moderator_role=role), told)

    async def _audit_channel(self, press: Press) -> None:
        channel = press.values[0].id if press.values else None
        told = f"set the audit channel to {_channel(channel, 'none')}"
        await self._change(press, lambda now: replace(now, audit_channel=channel), told)

    async def _review_channel(self, press: Press) -> None:
        channel = press.values[0].id if press.values else None
        told = f"set the channel for suggestions to {_channel(channel, 'none')}"
        await self._change(press, lambda now: replace(now, review_channel=channel), told)

    async def _packs(self, press: Press) -> None:
        shown = [pack.id for pack in self._services.knowledge.packs[: limits.SELECT_OPTIONS]]
        chosen = {pack: pack in press.values for pack in shown}
        named = ", ".join(pack for pack, on in chosen.items() if on) or "none"
        await self._change(
            press,
            lambda now: replace(now, packs=MappingProxyType({**now.packs, **chosen})),
            f"switched the packs: on are {inline(named)}",
        )

    async def _scope(self, press: Press) -> None:
        tag = press.argument
        channels = tuple(channel.id for channel in press.values)
        await press.interaction.response.defer()
        key, _, base = await self._items.find(press.guild, tag, SCOPED)

        def edit(now: GuildSettings) -> GuildSettings:
            others = {name: places for name, places in now.scopes.items() if name != tag}
            return replace(now, scopes=MappingProxyType({**others, **({tag: channels} if channels else {})}))

        await self._services.store.guilds.change(press.guild, edit)
        await self._services.knowledge.published(press.guild)
        name = inline(cut(title_of(base, key), 200))
        await press.interaction.edit_original_response(
            content=f"**{name}** {_told_scope(channels)} now.",
            view=_scope_view(tag, channels),
            allowed_mentions=discord.AllowedMentions.none(),
        )
        told = f"set where “{name}” is answered: it {_told_scope(channels)}"
        await audit_settings(press.interaction.client, self._services, press.guild, press.person, told)


def install_setup(kb: app_commands.Group, setting_up: SettingUp, items: Items) -> None:
    """Add `/kb setup` and `/kb scope`."""

    @kb.command(name="setup", description="Who else may change the knowledge, where it is told, which packs hold")
    async def set_up(interaction: Interaction) -> None:  # pyright: ignore[reportUnusedFunction]
        await setting_up.show(interaction)

    @kb.command(name="scope", description="Keep an entry or a topic to certain channels")
    @app_commands.describe(item="Which entry or topic: choose from the list")
    async def scope(interaction: Interaction, item: str) -> None:  # pyright: ignore[reportUnusedFunction]
        await setting_up.show_scope(interaction, item)

    @scope.autocomplete("item")
    async def complete(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await items.complete(interaction, current, SCOPED)


def _scope_view(tag: str, channels: Sequence[int]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    select = discord.ui.ChannelSelect[Any](
        custom_id=custom_id(Act.SCOPE, tag),
        placeholder="Everywhere: choose channels to keep it to them",
        min_values=0,
        max_values=limits.SELECT_OPTIONS,
        channel_types=list(_PLACES),
        default_values=[
            discord.SelectDefaultValue(id=channel, type=discord.SelectDefaultValueType.channel)
            for channel in channels[: limits.SELECT_OPTIONS]
        ],
    )
    view.add_item(DeskItem(select, Act.SCOPE, tag))
    return view


def _told_scope(channels: Sequence[int]) -> str:
    return (
        f"is answered only in {', '.join(f'<#{channel}>' for channel in channels)}"
        if channels
        else ("is answered everywhere")
    )


def _default(chosen: int | None, kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    return [] if chosen is None else [discord.SelectDefaultValue(id=chosen, type=kind)]


def _and_role(settings: GuildSettings) -> str:
    return f", and <@&{settings.moderator_role}>" if settings.moderator_role else ""


def _channel(channel: int | None, otherwise: str) -> str:
    return f"<#{channel}>" if channel else otherwise


def _may_post(channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    try:
        allowed = channel.permissions_for(channel.guild.me)
    except discord.ClientException:
        # A thread whose channel is not in the cache.
        return False
    writing = allowed.send_messages_in_threads if isinstance(channel, discord.Thread) else allowed.send_messages
    return allowed.view_channel and writing and allowed.embed_links
