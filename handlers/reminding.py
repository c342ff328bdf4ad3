"""A short reminder of entries to check again, in a server's review or audit channel: at most once a week, no pings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import discord

from handlers import limits
from handlers.escape import inline
from handlers.kb_upkeep import STALE_DAYS, told_age
from handlers.limits import cut
from handlers.paging import COLOUR
from handlers.services import Services
from knowledge.curation.weak import Age, Stale, to_check
from knowledge.errors import CitebotError
from knowledge.events import Events
from knowledge.store.records import GuildSettings

events = Events(__name__)

EVERY = timedelta(days=7)
SOON_DAYS = 30
"""An entry that expires within so many days is reminded of."""

SHOWN = 10
"""So many entries are named; the rest is counted."""


class Reminding:
    """Reminds the servers that this process serves. The time of the last one is stored, so a restart repeats none."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def remind(self, client: discord.Client, servers: Collection[int]) -> None:
        """Remind whichever of these servers it is time for. What fails is logged, and tried again the next time."""
        try:
            known = await self._services.store.guilds.all()
        except CitebotError as error:
            events.warning("reminder.not_posted", f"tried again later: {error}")
            return
        for guild, settings in known.items():
            if guild in servers and _due(settings, self._services.clock()):
                try:
                    await self._remind(client, guild, settings)
                except CitebotError as error:
                    events.warning("reminder.not_posted", f"tried again later: {error}", guild=guild)

    async def _remind(self, client: discord.Client, guild: int, settings: GuildSettings) -> None:
        channel = client.get_channel(settings.review_channel or settings.audit_channel or 0)
        if not isinstance(channel, discord.TextChannel | discord.Thread) or channel.guild.id != guild:
            return
        today = self._services.clock().date()
        found = to_check(await self._services.knowledge.standing(guild), today, days=STALE_DAYS, soon=SOON_DAYS)
        # Noted before it is posted: of several processes one posts it, and a crash repeats nothing.
        if not found or not await self._claimed(guild):
            return
        try:
            await channel.send(embed=_embed(found), allowed_mentions=discord.AllowedMentions.none(), silent=True)
        except discord.HTTPException as error:
            events.info("reminder.not_posted", "Discord refused it", guild=guild, status=error.status, code=error.code)

    async def _claimed(self, guild: int) -> bool:
        """Note that it is reminded now; False where somebody else did so a moment ago, or switched it off."""
        claimed, moment = False, self._services.clock()

        def note(now: GuildSettings) -> GuildSettings:
            nonlocal claimed
            claimed = _due(now, moment)
            return replace(now, reminded_at=moment.isoformat()) if claimed else now

        await self._services.store.guilds.change(guild, note)
        return claimed


def _due(settings: GuildSettings, now: datetime) -> bool:
    if not settings.reminders or not (settings.review_channel or settings.audit_channel):
        return False
    # A time far ahead was noted by a clock that was wrong: it must not silence the reminder until then.
    return not settings.reminded_at or abs(now - datetime.fromisoformat(settings.reminded_at)) >= EVERY


def _embed(found: Sequence[Stale]) -> discord.Embed:
    numbers = {age: sum(one.age is age for one in found) for age in Age}
    told = {
        Age.EXPIRED: "{} expired and not answered any more",
        Age.EXPIRES_SOON: f"{{}} about to expire within {SOON_DAYS} days",
        Age.NEVER: "{} never verified",
        Age.OLD: f"{{}} last verified over {STALE_DAYS} days ago",
    }
    head = ", ".join(words.format(counted_entries(numbers[age])) for age, words in told.items() if numbers[age])
    lines = [f"- {inline(cut(one.entry.question, 120))}: {told_age(one)}" for one in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(f"- … and {len(found) - SHOWN} more")
    foot = "-# `/kb stale` lists them all; choose there what you have checked. `/kb setup` switches this reminder off."
    text = "\n".join([f"{head}.", *lines, foot])
    return discord.Embed(title="Entries to check again", description=cut(text, limits.EMBED_DESCRIPTION), colour=COLOUR)


def counted_entries(number: int) -> str:
    """So many entries, in words."""
    return "1 entry" if number == 1 else f"{number} entries"
