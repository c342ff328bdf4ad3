"""The one error handler: for commands, buttons, selects and events alike.

People read a sentence that says what to do; what nobody expected is logged under an id that they can
pass on. No traceback and no driver's message reaches a channel, no question reaches the log.
"""

from __future__ import annotations

import io
import secrets
import sys
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from handlers import limits
from handlers.escape import inline
from handlers.limits import cut
from handlers.retrying import ACKNOWLEDGED, EXPIRED, passing
from knowledge.errors import CitebotError, StoreError
from knowledge.events import Events

events = Events(__name__)

Interaction = discord.Interaction[Any]


class NoticeError(Exception):
    """Something a person asked for that cannot be; the message is shown to them as it is, escaped already."""


TYPED = "What you typed is attached."
NOT_MINE = "That does not fit anything that I know: run the command again."


def number_in(text: str) -> int:
    """A number out of a custom id or a choice, which a client may have forged. Raises NoticeError for anything else."""
    # Up to 18 digits fit every database's integers.
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise NoticeError(NOT_MINE)
    return int(text)


def told(error: BaseException, where: str) -> str | None:
    """What to tell the person, or None where nothing can be told. Logs what needs a look.

    `where` names the command, button or event for the log.
    """
    cause = _cause(error)
    text: str | None
    match cause:
        case NoticeError():
            text = str(cause)
        case CitebotError():
            if isinstance(cause, StoreError):
                events.error("error.database", str(cause), where=where)
            else:
                events.error("error.told", str(cause), where=where)
            text = cut(inline(str(cause)), limits.MESSAGE_CONTENT)
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            events.warning("command.outdated", "Discord still shows an older version of it", where=where)
            text = "My commands have just changed: restart Discord (Ctrl+R) and try again."
        case app_commands.AppCommandError() | commands.CommandError() if (words := _refusal(cause)) is not None:
            text = words
        case discord.HTTPException() if cause.code in (ACKNOWLEDGED, EXPIRED):
            events.info("interaction.over", "answered already, or too late", where=where, code=cause.code)
            text = None
        case discord.Forbidden() | discord.NotFound():
            # The channel, the message or the permission is gone: there is nobody left to tell.
            events.info("discord.refused", "nobody is left to tell", where=where, status=cause.status, code=cause.code)
            text = None
        case _ if reason := passing(cause):
            events.warning("request.given_up", "given up for now", where=where, reason=reason)
            text = "Discord did not take my answer just now. Please try again in a moment."
        case _:
            reference = secrets.token_hex(4)
            events.error("error.unexpected", "failed", cause=cause, where=where, id=reference)
            text = (
                f"Something went wrong (id {reference}). Try again in a moment; if it stays, "
                "tell whoever runs this bot the id."
            )
    return text


def _refusal(error: app_commands.AppCommandError | commands.CommandError) -> str | None:
    """What a check or an option that failed means, in words; None for any other failure."""
    text: str | None = None
    match error:
        case app_commands.BotMissingPermissions() | commands.BotMissingPermissions():
            text = f"I lack a permission for that here: {_names(error.missing_permissions)}."
        case app_commands.MissingPermissions() | commands.MissingPermissions():
            text = f"You need a permission for that: {_names(error.missing_permissions)}."
        case app_commands.NoPrivateMessage():
            text = "That works in servers only."
        case app_commands.CommandOnCooldown():
            text = f"That was a little fast: try again in {error.retry_after:.0f} seconds."
        case app_commands.TransformerError():
            text = "I could not make sense of one of the options. Check them and try again."
        case app_commands.CheckFailure():
            text = "You may not use that here."
        case _:
            pass
    return text


async def tell(interaction: Interaction, error: BaseException, where: str, *, typed: str = "") -> None:
    """Answer an interaction that failed, to its person only; with what they `typed` in a file, if anything."""
    text = told(error, where)
    if text is None:
        return
    await say(interaction, text, typed=typed)


async def say(interaction: Interaction, text: str, *, typed: str = "") -> None:
    """One line to the person behind an interaction, whether it has been answered or not; `typed` goes along."""
    more: dict[str, Any] = {"ephemeral": True, "allowed_mentions": discord.AllowedMentions.none()}
    if typed:
        text = f"{cut(text, limits.MESSAGE_CONTENT - len(TYPED) - 1)}\n{TYPED}"
        data = io.BytesIO(typed.encode("utf-8", errors="replace"))
        more["file"] = discord.File(data, "typed.txt", description="What you typed")
    try:
        if interaction.response.is_done():
            await interaction.followup.send(text, **more)
        else:
            await interaction.response.send_message(text, **more)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as failure:
        events.info("error.not_told", refusal(failure), channel=interaction.channel_id)


def refusal(failure: BaseException) -> str:
    """Why nobody could be told, in a few words."""
    if isinstance(failure, discord.HTTPException):
        return f"Discord refused it: {failure.status} (code {failure.code})"
    return f"Discord is out of reach: {type(failure).__name__}"


def install(bot: commands.Bot) -> None:
    """Make this the bot's handler for commands and events. Buttons come here by their own cog."""

    async def on_command(interaction: Interaction, error: app_commands.AppCommandError) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            # There is no place to say anything: the list stays empty.
            told(error, "autocomplete")
            return
        name = interaction.command.qualified_name if interaction.command else "unknown"
        await tell(interaction, error, f"command {name}")

    async def on_error(event: str, /, *_args: Any, **_kwargs: Any) -> None:
        error = sys.exc_info()[1]
        if error is not None:
            told(error, f"event {event}")

    async def on_command_error(_context: commands.Context[Any], error: commands.CommandError) -> None:
        # A message that mentions the bot looks like an unknown prefix command to discord.py.
        if not isinstance(error, commands.CommandNotFound):
            told(error, "prefix command")

    bot.tree.error(on_command)
    bot.event(on_error)
    bot.add_listener(on_command_error)


def _cause(error: BaseException) -> BaseException:
    original = getattr(error, "original", None)
    wrapped = isinstance(error, app_commands.CommandInvokeError | commands.CommandInvokeError)
    return original if wrapped and isinstance(original, BaseException) else error


def _names(permissions: list[str]) -> str:
    return ", ".join(name.replace("_", " ").title() for name in permissions)
