"""`/kb setup`: who moderates, where it is told, which packs hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import discord
from discord import app_commands

from handlers import limits
from handlers.audit import audit_settings
from handlers.desk import Act, Desk, DeskItem, Press, button, custom_id
from handlers.errors import NoticeError
from handlers.escape import inline, plain
from handlers.kb_items import Items, key_of, named
from handlers.kb_scope import told_scope
from handlers.limits import cut
from handlers.permissions import require_manager
from handlers.sending import send_privately
from handlers.services import Services
from handlers.switching import Switch, Switching
from knowledge.store.records import GuildSettings

Interaction = discord.Interaction[Any]

_CHANNELS = (discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.public_thread)
_NAMED = 10


class SettingUp:
    """What a server sets."""

    def __init__(self, services: Services, items: Items, desk: Desk, switching: Switching) -> None:
        self._services = services
        self._items = items
        self._switching = switching
        desk.on(Act.SETUP_ROLE, self._role)
        desk.on(Act.SETUP_AUDIT, self._audit_channel)
        desk.on(Act.SETUP_REVIEW, self._review_channel)
        desk.on(Act.SETUP_PACKS, self._packs)
        desk.on(Act.SETUP_REMINDERS, self._reminders)

    async def show(self, interaction: Interaction) -> None:
        """What is set, with selects to change it. Only for those who manage the server."""
        guild = require_manager(interaction)
        settings = await self._services.store.guilds.settings(guild)
        parts = await self._panel(interaction, guild, settings)
        await send_privately(interaction, parts["content"], view=parts["view"])

    async def _panel(
        self, interaction: Interaction, guild: int, settings: GuildSettings, line: str = ""
    ) -> dict[str, Any]:
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
        other = "off" if settings.reminders else "on"
        view.add_item(button(Act.SETUP_REMINDERS, other, f"Switch reminders {other}"))
        standing, base = await self._items.base(guild)
        names = [pack.title for pack in packs if pack.id in on]
        lines = [
            "**This server’s knowledge: set-up**",
            f"Moderators: people who manage this server{_and_role(settings)}",
            f"Suggestions are shown in: {_channel(settings.review_channel, '`/kb review` only')}",
            f"Changes are told in: {_channel(settings.audit_channel, '`/kb log` only')}",
            f"Reminders of entries to check again: {_reminders(settings)}",
            f"Packs that hold here: {', '.join(inline(name) for name in names) or 'none'}",
        ]
        if settings.scopes:
            lines.append("Only in certain channels (`/kb scope`):")
            for tag, channels in [*settings.scopes.items()][:_NAMED]:
                key = key_of(tag)
                name = named(standing, base, key) if key else tag
                lines.append(f"- {inline(cut(name, 80))} {told_scope(channels)}")
        lines += [*self._warnings(interaction, settings), *([line] if line else ())]
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
        await self._again(press, settings)
        await audit_settings(press.interaction.client, self._services, press.guild, press.person, told)

    async def _again(self, press: Press, settings: GuildSettings, line: str = "") -> None:
        parts = await self._panel(press.interaction, press.guild, settings, line)
        await press.interaction.edit_original_response(
            content=parts["content"], view=parts["view"], allowed_mentions=discord.AllowedMentions.none()
        )

    async def _role(self, press: Press) -> None:
        role = press.values[0].id if press.values else None
        if role == press.guild:
            raise NoticeError("@everyone is every member: choose a role that only those have who look after this.")
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

    async def _reminders(self, press: Press) -> None:
        if press.argument not in ("on", "off"):
            raise NoticeError("That button is of another time: call `/kb setup` again.")
        wanted = press.argument == "on"
        told = f"switched reminders of entries to check again {'on' if wanted else 'off'}"
        await self._change(press, lambda now: replace(now, reminders=wanted), told)

    async def _packs(self, press: Press) -> None:
        shown = self._services.knowledge.packs[: limits.SELECT_OPTIONS]
        chosen = {pack.id: pack.id in press.values for pack in shown}

        def edit(now: GuildSettings) -> GuildSettings:
            return replace(now, packs=MappingProxyType({**now.packs, **chosen}))

        async def back(press: Press, line: str) -> None:
            settings = await self._services.store.guilds.settings(press.guild)
            await self._again(press, settings, line)

        on = self._services.knowledge.packs_on(edit(await self._services.store.guilds.settings(press.guild)))
        named = ", ".join(inline(pack.title) for pack in shown if pack.id in on) or "none"
        switch = Switch(
            edit,
            self._services.knowledge.packs_on,
            f"switched the packs: on are {named}",
            back,
            managers_only=True,
        )
        await self._switching.offer(press, switch, f"Packs that hold here: {named}")


def install_setup(kb: app_commands.Group, setting_up: SettingUp) -> None:
    """Add `/kb setup`."""

    @kb.command(name="setup", description="Who else may change the knowledge, where it is told, which packs hold")
    async def set_up(interaction: Interaction) -> None:  # pyright: ignore[reportUnusedFunction]
        await setting_up.show(interaction)


def _reminders(settings: GuildSettings) -> str:
    if not settings.reminders:
        return "off"
    channel = settings.review_channel or settings.audit_channel
    return f"at most once a week in <#{channel}>" if channel else "on, but there is no channel for them"


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
