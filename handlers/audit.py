"""The audit log: every change, posted to the channel that a server has set for it."""

from __future__ import annotations

import discord

from handlers import limits
from handlers.change_render import headline, told_step
from handlers.limits import cut
from handlers.paging import COLOUR
from handlers.services import Services
from knowledge.errors import CitebotError
from knowledge.events import Events
from knowledge.store.records import Change

events = Events(__name__)

NAMED = 5
"""So many items of a change are told with their differences; the rest is counted."""

UNAUDITED = "It could not be posted to the audit channel: look whether I may write and embed links there (`/kb setup`)."


async def audit(client: discord.Client, services: Services, change: Change) -> bool:
    """Post a change; False where that was wanted and failed. It is saved already, so failing is only logged."""
    try:
        channel_id = (await services.store.guilds.settings(change.guild)).audit_channel
        if channel_id is None:
            return True
        embed = discord.Embed(
            description=cut(await told_change(services, change), limits.EMBED_DESCRIPTION), colour=COLOUR
        )
    except CitebotError as error:
        events.warning("audit.not_posted", str(error), guild=change.guild)
        return False
    return await _post(client, change.guild, channel_id, embed)


async def audit_settings(client: discord.Client, services: Services, guild: int, who: int, what: str) -> bool:
    """The same for a change of a server's settings; `what` is markdown."""
    channel_id = (await services.store.guilds.settings(guild)).audit_channel
    if channel_id is None:
        return True
    embed = discord.Embed(description=cut(f"<@{who}> {what}", limits.EMBED_DESCRIPTION), colour=COLOUR)
    return await _post(client, guild, channel_id, embed)


async def told_change(services: Services, change: Change) -> str:
    """A change in markdown: who, what, when, and what differs in its first items."""
    ground = (await services.knowledge.standing(change.guild)).ground
    blocks = [headline(change)]
    for revision in change.revisions[:NAMED]:
        before = await services.store.revisions.revision(change.guild, revision.kind, revision.id, revision.number - 1)
        blocks.append(told_step(ground, before, revision))
    if len(change.revisions) > NAMED:
        blocks.append(f"… and {len(change.revisions) - NAMED} more")
    return "\n".join(blocks)


async def _post(client: discord.Client, guild: int, channel_id: int, embed: discord.Embed) -> bool:
    channel = client.get_channel(channel_id)
    if not isinstance(channel, discord.TextChannel | discord.Thread) or channel.guild.id != guild:
        return False
    try:
        await channel.send(embed=embed, allowed_mentions=discord.AllowedMentions.none())
    except discord.HTTPException as error:
        events.info(
            "audit.not_posted",
            "Discord refused it",
            guild=guild,
            channel=channel_id,
            status=error.status,
            code=error.code,
        )
        return False
    return True
