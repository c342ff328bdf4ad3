"""Other packs or other channels: what that would do to questions is shown before it holds, in place of the panel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import discord

from handlers import limits
from handlers.audit import UNAUDITED, audit_settings
from handlers.desk import Act, Desk, Press, button
from handlers.drafts import Drafts
from handlers.effect_render import would_switch
from handlers.errors import NoticeError
from handlers.limits import cut
from handlers.permissions import require_manager
from handlers.publishing import EXPIRED
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.store.records import GuildSettings

OVERTAKEN = "Somebody else has changed this meanwhile, so nothing of yours was saved: what holds now is shown above."
SAME = "It is set like that already: nothing was changed."
CANCELLED = "Cancelled: nothing was changed."


@dataclass(frozen=True, slots=True)
class Switch:
    """Something that a server is about to set.

    `edit` sets it, `part` is that of the settings which it sets: whoever changes that meanwhile is not written over.
    `told` is markdown for the audit channel, `back` puts the panel back, with a line on what became of it.
    """

    edit: Callable[[GuildSettings], GuildSettings]
    part: Callable[[GuildSettings], object]
    told: str
    back: Callable[[Press, str], Awaitable[None]]
    managers_only: bool = False


@dataclass(frozen=True, slots=True)
class _Offered:
    switch: Switch
    seen: object


class Switching:
    """Previews of settings that decide what is answered, and their publishing."""

    def __init__(self, services: Services, desk: Desk) -> None:
        self._services = services
        self._kept: Drafts[_Offered] = Drafts(services.clock, expired=EXPIRED)
        desk.on(Act.SWITCH_PUBLISH, self._publish)
        desk.on(Act.SWITCH_CANCEL, self._cancel)

    async def offer(self, press: Press, switch: Switch, text: str) -> None:
        """Put the preview where the panel stood; `text` is markdown that says what would be set. Nothing is saved."""
        await press.interaction.response.defer()
        now = await self._services.store.guilds.settings(press.guild)
        seen = switch.part(now)
        if switch.part(switch.edit(now)) == seen:
            await switch.back(press, SAME)
            return
        would = would_switch(await self._services.knowledge.switched(press.guild, switch.edit))
        token = self._kept.keep(press.guild, press.person, _Offered(switch, seen))
        view = discord.ui.View(timeout=None)
        view.add_item(button(Act.SWITCH_PUBLISH, token, "Publish", style=discord.ButtonStyle.success))
        view.add_item(button(Act.SWITCH_CANCEL, token, "Cancel"))
        await press.interaction.edit_original_response(
            content=cut(f"**Publish this?** {text}\n\n{would}", limits.MESSAGE_CONTENT),
            view=view,
            allowed_mentions=discord.AllowedMentions.none(),
        )

    async def _publish(self, press: Press) -> None:
        offered = self._kept.find(press.argument, press.guild, press.person)
        switch = offered.switch
        if switch.managers_only:
            require_manager(press.interaction)
        # Whatever becomes of it, it is published once.
        self._kept.drop(press.argument)

        def edit(now: GuildSettings) -> GuildSettings:
            if switch.part(now) != offered.seen:
                raise NoticeError(OVERTAKEN)
            return switch.edit(now)

        try:
            await press.interaction.response.defer()
            await self._services.store.guilds.change(press.guild, edit)
        except NoticeError as error:
            await switch.back(press, str(error))
            return
        except Exception:
            # It can be tried again: nothing of it was saved.
            self._kept.change(press.argument, press.guild, press.person, offered)
            raise
        served = await self._services.knowledge.published(press.guild)
        late = "" if served else " It is saved, but could not be served yet: the log says why."
        await switch.back(press, f"Published: it holds from now on.{late}")
        if not await audit_settings(press.interaction.client, self._services, press.guild, press.person, switch.told):
            await send_privately(press.interaction, UNAUDITED)

    async def _cancel(self, press: Press) -> None:
        offered = self._kept.find(press.argument, press.guild, press.person)
        self._kept.drop(press.argument)
        await press.interaction.response.defer()
        await offered.switch.back(press, CANCELLED)
