"""Answers into messages, and messages into the store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection
from typing import Any, TypeVar

import discord
from discord.ext import commands

from handlers import limits
from handlers.render import Rendered, render
from handlers.retrying import persistently
from handlers.services import Services
from knowledge.answers import Answer
from knowledge.errors import StoreError
from knowledge.events import Events
from knowledge.store import Reply

events = Events(__name__)

Interaction = discord.Interaction[Any]
T = TypeVar("T")

INVALID_FORM = 50035
"""Discord's code for a request that it does not accept as it stands."""


async def promptly(
    interaction: Interaction, work: Awaitable[T], *, private: bool, patience: float = limits.DEFER_AFTER
) -> T:
    """The result of `work`; if that takes more than `patience` seconds, Discord is told to wait, once."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=patience)
    if not done and not interaction.response.is_done():
        await interaction.response.defer(ephemeral=private, thinking=True)
    return await task


async def post(message: discord.Message, answer: Answer, services: Services) -> bool:
    """Answer a message in a reply to it that pings nobody; False where that may not, or need not, be."""
    allowed = permissions_in(message.channel)
    thread = isinstance(message.channel, discord.Thread)
    if allowed is not None and not (allowed.send_messages_in_threads if thread else allowed.send_messages):
        events.info("reply.not_allowed", "may not write there", channel=message.channel.id)
        return False
    # Discord refuses replies where the bot may not read what was said before.
    replying = allowed is None or allowed.read_message_history
    lead = "" if replying else f"<@{message.author.id}>"
    rendered = render(
        answer,
        embeds=allowed is None or allowed.embed_links,
        lead=lead,
        correctable=message.guild is not None,
    )
    with services.pending.posting(message.channel.id):
        try:
            send = message.reply if replying else message.channel.send
            sent = await persistently(
                lambda: send(
                    rendered.content or None,
                    embeds=[rendered.embed] if rendered.embed else [],
                    view=rendered.view,
                    allowed_mentions=discord.AllowedMentions.none(),
                    mention_author=False,
                    # A question has one reply, however often it is sent: Discord gives back the one that stands.
                    nonce=str(message.id),
                ),
                retried=services.metrics.retried,
            )
        except discord.HTTPException as error:
            if error.code != INVALID_FORM or "message_reference" not in error.text:
                raise
            events.info("question.deleted", "deleted before its reply was posted", channel=message.channel.id)
            return False
        await remember(
            services,
            answer,
            sent.id,
            message.channel.id,
            message.guild.id if message.guild else None,
            asker=message.author.id,
            invoker=message.author.id,
            question_message=message.id,
        )
        if message.guild is not None:
            services.cooldowns.answered(message.channel.id, answer, sent.id)
    return True


async def respond(
    interaction: Interaction,
    answer: Answer,
    services: Services,
    *,
    asker: int,
    question_message: int | None = None,
    private: bool = False,
    heading: str = "",
) -> None:
    """Answer an interaction. Another asker than its person is named and, unless private, pinged."""
    invoker = interaction.user.id
    channel = interaction.channel_id or 0
    lead = "" if private else lead_of(asker, invoker, interaction.guild_id, channel, question_message)
    embeds = interaction.app_permissions.embed_links or interaction.guild_id is None
    rendered = render(
        answer,
        embeds=embeds,
        lead=lead,
        heading=heading,
        removable=not private,
        correctable=interaction.guild_id is not None,
    )
    pinged = [discord.Object(asker)] if lead else []
    allowed = discord.AllowedMentions(everyone=False, roles=False, replied_user=False, users=pinged)
    with services.pending.posting(channel):
        message = await _send(interaction, rendered, private, allowed)
        if message is None:
            return
        await remember(
            services,
            answer,
            message,
            channel,
            interaction.guild_id,
            asker=asker,
            invoker=invoker,
            # Nobody but its reader can reach a private reply again, so it follows no message.
            question_message=None if private else question_message,
        )
        if not private and interaction.guild_id is not None:
            services.cooldowns.answered(channel, answer, message)


async def replace(interaction: Interaction, answer: Answer, reply: Reply, services: Services) -> None:
    """Put another answer into the reply that a button hangs on."""
    message = interaction.message
    embeds = interaction.app_permissions.embed_links or interaction.guild_id is None
    old = message.embeds[0].author.name if message is not None and message.embeds else None
    private = message is not None and message.flags.ephemeral
    replying = interaction.guild_id is None or interaction.app_permissions.read_message_history
    lead = "" if private else lead_of_reply(reply, replying=replying)
    rendered = render(
        answer,
        embeds=embeds,
        lead=lead,
        heading=old or "",
        removable=not private,
        correctable=interaction.guild_id is not None,
    )
    with services.pending.posting(reply.channel):
        await interaction.response.edit_message(
            content=rendered.content or None,
            embeds=[rendered.embed] if rendered.embed else [],
            view=rendered.view,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        await note_change(services, reply, answer)


async def redo(bot: commands.Bot, reply: Reply, answer: Answer, services: Services) -> None:
    """Put another answer into a reply of any age, found by its ids alone."""
    channel = bot.get_channel(reply.channel)
    allowed = permissions_in(channel)
    lead = lead_of_reply(reply, replying=allowed is None or allowed.read_message_history)
    rendered = render(
        answer,
        embeds=allowed is None or allowed.embed_links,
        lead=lead,
        correctable=reply.guild is not None,
    )
    with services.pending.posting(reply.channel):
        await persistently(
            lambda: _partial(bot, reply).edit(
                content=rendered.content or None,
                embed=rendered.embed,
                view=rendered.view,
                allowed_mentions=discord.AllowedMentions.none(),
            ),
            retried=services.metrics.retried,
        )
        await note_change(services, reply, answer)


async def take_back(bot: commands.Bot, replies: tuple[Reply, ...], services: Services) -> None:
    """Delete replies; ones that are gone already, or out of reach, are forgotten all the same."""
    for reply in replies:
        try:
            await persistently(_partial(bot, reply).delete, retried=services.metrics.retried)
        except (discord.Forbidden, discord.NotFound) as error:
            events.info(
                "reply.not_deleted", "Discord refused it", channel=reply.channel, status=error.status, code=error.code
            )
    if replies:
        await forget(services, [reply.message for reply in replies])


async def forget(services: Services, messages: Collection[int]) -> None:
    """Replies that are gone. Raises StoreError if the database fails."""
    services.cooldowns.changed(messages)
    await services.store.forget(messages)


async def remember(
    services: Services,
    answer: Answer,
    message: int,
    channel: int,
    guild: int | None,
    *,
    asker: int,
    invoker: int,
    question_message: int | None,
) -> None:
    """Keep a reply. The answer stands already, so a failing store is only logged."""
    try:
        await services.store.remember(
            message=message,
            channel=channel,
            guild=guild,
            asker=asker,
            invoker=invoker,
            question_message=question_message,
            candidate=answer.candidate_id,
            outcome=answer.outcome,
            days=services.settings.reply_days,
        )
    except StoreError as error:
        services.unstored.failed(f"its buttons will not work: {error}", guild=guild, channel=channel)
    else:
        services.unstored.succeeded()


async def note_change(services: Services, reply: Reply, answer: Answer) -> None:
    """Keep what a reply shows now. It shows it already, so a failing store is only logged."""
    services.cooldowns.changed([reply.message])
    try:
        await services.store.change(reply.message, candidate=answer.candidate_id, outcome=answer.outcome)
    except StoreError as error:
        told = f"what it shows now is not kept: {error}"
        services.unstored.failed(told, guild=reply.guild, channel=reply.channel)
    else:
        services.unstored.succeeded()


def lead_of(asker: int, invoker: int, guild: int | None, channel: int, question_message: int | None) -> str:
    """The line before an answer for somebody else: who it is for, and to which message."""
    if asker == invoker:
        return ""
    if question_message is None:
        return f"<@{asker}>"
    return f"<@{asker}> https://discord.com/channels/{guild or '@me'}/{channel}/{question_message}"


def lead_of_reply(reply: Reply, *, replying: bool) -> str:
    """The same line for a reply that stands already; where it could not be a true reply, it names the asker."""
    lead = lead_of(reply.asker, reply.invoker, reply.guild, reply.channel, reply.question_message)
    return lead or ("" if replying or reply.question_message is None else f"<@{reply.asker}>")


def permissions_in(channel: object) -> discord.Permissions | None:
    """What the bot may do in a server's channel or thread; None where that is not known, as in a direct message."""
    if isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        try:
            return channel.permissions_for(channel.guild.me)
        except discord.ClientException:
            # A thread whose channel is not in the cache.
            return None
    return None


def _partial(bot: commands.Bot, reply: Reply) -> discord.PartialMessage:
    channel = bot.get_partial_messageable(reply.channel, guild_id=reply.guild)
    return channel.get_partial_message(reply.message)


async def _send(
    interaction: Interaction, rendered: Rendered, private: bool, allowed: discord.AllowedMentions
) -> int | None:
    if interaction.response.is_done():
        # The promised message becomes the answer: an edit may be sent twice, a follow-up may not.
        sent = await interaction.edit_original_response(
            content=rendered.content or None, embed=rendered.embed, view=rendered.view, allowed_mentions=allowed
        )
        return sent.id
    done = await interaction.response.send_message(
        rendered.content or None,
        embed=rendered.embed or discord.utils.MISSING,
        view=rendered.view,
        ephemeral=private,
        allowed_mentions=allowed,
    )
    return done.message_id
