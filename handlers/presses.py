"""What happens when somebody presses a button or chooses from the select under a reply."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from handlers import posting
from handlers.asking import ASKED, NONE_OF_THESE, notice, words_of
from handlers.components import PRESSES, Action, page_view
from handlers.errors import NoticeError, say, tell
from handlers.render import source_pages
from handlers.services import Services
from handlers.suggest import open_correction
from handlers.where import answerer_for
from knowledge.answers import Answer
from knowledge.errors import StoreError
from knowledge.events import Events
from knowledge.store import Reply

events = Events(__name__)

Interaction = discord.Interaction[Any]

GONE = "That is no longer in the base: ask again to see what is there now."
TOO_OLD = "This reply is too old for that, or I could not note it: ask again, and the new reply's buttons will work."

VOTE_PATIENCE = 0.5
"""Seconds that a vote may take before Discord is told to wait: with `pending.PATIENCE` before it, two at most."""

_READING = (Action.SOURCES, Action.PAGE, Action.RELATED, Action.WRONG)


class PressesCog(commands.Cog, name=PRESSES):
    """Acts on presses. Who may do what is checked here, by the reply that the store knows."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def press(self, interaction: Interaction, action: Action, argument: str) -> None:
        """One press; whatever fails is told to the person who pressed."""
        try:
            if action not in _READING:
                # A press may come sooner than the store knows the reply.
                await self._services.pending.settled(interaction.channel_id or 0)
            match action:
                case Action.HELPFUL | Action.UNHELPFUL:
                    await self._vote(interaction, helpful=action is Action.HELPFUL)
                case Action.SOURCES | Action.PAGE:
                    await self._sources(interaction, argument, turn=action is Action.PAGE)
                case Action.PICK:
                    await self._pick(interaction, argument)
                case Action.RELATED:
                    await self._privately(interaction, argument)
                case Action.NONE:
                    await self._none_of_these(interaction)
                case Action.WRONG:
                    await open_correction(interaction, self._services, await self._open(interaction, argument))
                case Action.REMOVE:
                    await self._remove(interaction)
        except Exception as error:
            await tell(interaction, error, f"button {action.value}")

    async def _vote(self, interaction: Interaction, *, helpful: bool) -> None:
        message = _message(interaction)
        try:
            voting = self._services.store.vote(message.id, interaction.user.id, helpful=helpful)
            # A locked database makes it wait for longer than Discord does, of whose time some is gone already.
            before = await posting.promptly(interaction, voting, private=True, patience=VOTE_PATIENCE)
        except KeyError:
            raise NoticeError(TOO_OLD) from None
        word = "helpful" if helpful else "not helpful"
        if before is None:
            await say(interaction, f"Thank you! Counted as {word}. You can change your mind with the other button.")
        elif before == helpful:
            await say(interaction, f"Thank you, I have that already: {word}.")
        else:
            await say(interaction, f"Thank you, changed to {word}.")
        if not helpful and before is not False:
            await self._keep_unhelpful(interaction, message)

    async def _keep_unhelpful(self, interaction: Interaction, message: discord.Message) -> None:
        """Put the question on the moderators' list. The vote stands already, so a failing store is only logged."""
        question = _asked_in(message, interaction)
        try:
            if not question and (reply := await self._services.store.reply(message.id)) is not None:
                question = (await self._open(interaction, reply.candidate)).title
        except (StoreError, NoticeError) as error:
            events.info("question.not_listed", str(error), guild=interaction.guild_id)
        self._services.knowledge.unhelpful(interaction.guild_id, question, interaction.user.id)

    async def _sources(self, interaction: Interaction, argument: str, *, turn: bool) -> None:
        number, _, candidate = argument.partition(":")
        answer = await self._open(interaction, candidate)
        pages = source_pages(answer)
        page = min(int(number) if number.isdecimal() else 0, len(pages) - 1)
        text = pages[page]
        if len(pages) > 1:
            text += f"\n\n*Page {page + 1} of {len(pages)}*"
        view = page_view(candidate, page, len(pages))
        none = discord.AllowedMentions.none()
        if turn:
            await interaction.response.edit_message(content=text, view=view, allowed_mentions=none)
        else:
            await interaction.response.send_message(
                text, view=view, ephemeral=True, allowed_mentions=none, suppress_embeds=True
            )

    async def _pick(self, interaction: Interaction, candidate: str) -> None:
        reply = await self._services.store.reply(_message(interaction).id)
        if reply is not None and interaction.user.id in (reply.asker, reply.invoker):
            await posting.replace(interaction, await self._open(interaction, candidate), reply, self._services)
        else:
            # Somebody else's question stays as it is; whoever is curious gets the answer alone.
            await self._privately(interaction, candidate)

    async def _privately(self, interaction: Interaction, candidate: str) -> None:
        answer = await self._open(interaction, candidate)
        await posting.respond(interaction, answer, self._services, asker=interaction.user.id, private=True)

    async def _none_of_these(self, interaction: Interaction) -> None:
        reply = await self._services.store.reply(_message(interaction).id)
        if reply is None:
            raise NoticeError(TOO_OLD)
        if interaction.user.id not in (reply.asker, reply.invoker):
            raise NoticeError("Only the person who asked can say that. You are welcome to ask me yourself.")
        await posting.replace(interaction, notice(NONE_OF_THESE), reply, self._services)

    async def _remove(self, interaction: Interaction) -> None:
        message = _message(interaction)
        reply = await self._services.store.reply(message.id)
        if not self._may_remove(interaction, message, reply):
            raise NoticeError("Only the person who asked and the moderators can remove this reply.")
        # The message a button hangs on is the interaction's own: that works whatever the channel's permissions.
        await interaction.response.defer()
        await interaction.delete_original_response()
        await posting.forget(self._services, [message.id])

    def _may_remove(self, interaction: Interaction, message: discord.Message, reply: Reply | None) -> bool:
        person = interaction.user
        if reply is not None and person.id in (reply.asker, reply.invoker):
            return True
        used = message.interaction_metadata
        if used is not None and used.user.id == person.id:
            return True
        if interaction.guild_id is None:
            # In a direct message there is nobody else.
            return True
        may = interaction.permissions
        roles = {role.id for role in person.roles} if isinstance(person, discord.Member) else set[int]()
        return may.manage_messages or may.manage_guild or bool(roles & self._services.settings.moderator_roles)

    async def _open(self, interaction: Interaction, candidate: str) -> Answer:
        answer = (await answerer_for(self._services, interaction)).open(candidate)
        if answer is None:
            raise NoticeError(GONE)
        return answer


def _asked_in(message: discord.Message, interaction: Interaction) -> str:
    """The question that a reply answers, as far as the reply itself tells: nobody keeps it elsewhere."""
    heading = next((embed.author.name for embed in message.embeds if embed.author.name), "")
    if heading.startswith(ASKED):
        return heading.removeprefix(ASKED)
    reference, me = message.reference, interaction.client.user
    question = (reference.resolved or reference.cached_message) if reference is not None else None
    return words_of(question, me) if isinstance(question, discord.Message) and me is not None else ""


def _message(interaction: Interaction) -> discord.Message:
    if interaction.message is None:
        raise RuntimeError("a press without a message")
    return interaction.message
