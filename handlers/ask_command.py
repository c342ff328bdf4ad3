"""Asking by command: `/ask`, and *Answer this* in a message's menu."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from handlers import limits, posting
from handlers.asked_event import FAILED, SLOWED, asked
from handlers.asking import ASKED, find_answer, pointed_to, words_of
from handlers.cooldowns import Scope, told
from handlers.errors import NoticeError
from handlers.escape import block, plain
from handlers.limits import cut
from handlers.services import Services
from handlers.where import answerer_now, where_of
from knowledge.answers import Answer, Outcome

Interaction = discord.Interaction[Any]


class AskCommand(commands.Cog):
    """`/ask` and the message menu."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._menu = app_commands.ContextMenu(name="Answer this", callback=self.answer_this)
        self._menu.allowed_contexts = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False)
        self._menu.allowed_installs = app_commands.AppInstallationType(guild=True, user=False)

    async def cog_load(self) -> None:
        """Cogs carry slash commands by themselves, but not context menus."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the menu along."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command(name="ask", description="Ask a question: the answer shows who said it and where it stands")
    @app_commands.describe(
        question="Your question, in your own words or from the list",
        member="Answer somebody else: they are mentioned",
        private="Only you see the answer",
    )
    @app_commands.rename(member="for")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def ask(
        self, interaction: Interaction, question: str, member: discord.User | None = None, private: bool = False
    ) -> None:
        """Answer a question; a non-answer that is meant for somebody else goes to its invoker only."""
        if member is not None and member.id != interaction.user.id:
            if member.bot:
                raise NoticeError("Bots do not read answers: choose a person.")
            if private:
                raise NoticeError(
                    "A private answer is seen by you alone, so it cannot be for somebody else: leave one out."
                )
        await self._answer(
            interaction,
            question,
            way="command",
            asker=interaction.user.id if member is None else member.id,
            private=private,
        )

    async def answer_this(self, interaction: Interaction, message: discord.Message) -> None:
        """Answer a message's author, whom the reply names. Whoever chose this may remove it as well."""
        me = interaction.client.user
        if message.author.bot or message.webhook_id is not None or me is None:
            raise NoticeError("I answer people's questions only: that message is not from a person.")
        text = words_of(message, me)
        if not text:
            raise NoticeError("That message has no text that I could answer.")
        await self._answer(interaction, text, way="menu", asker=message.author.id, question_message=message.id)

    @ask.autocomplete("question")
    async def complete(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Questions that the half-typed text may mean."""
        found = answerer_now(self._services, interaction).complete(current, limits.AUTOCOMPLETE_CHOICES)
        return [
            app_commands.Choice(name=cut(plain(suggestion.question), limits.CHOICE_NAME), value=suggestion.candidate_id)
            for suggestion in found[: limits.AUTOCOMPLETE_CHOICES]
        ]

    async def _answer(
        self,
        interaction: Interaction,
        text: str,
        *,
        way: str,
        asker: int,
        question_message: int | None = None,
        private: bool = False,
    ) -> None:
        with asked(self._services, way, where_of(interaction), interaction.channel_id) as noted:
            noted.ended(SLOWED)
            self._wait(interaction, private=private)
            noted.ended(FAILED)
            finding = find_answer(self._services, text, where_of(interaction), interaction.user.id)
            answer = await posting.promptly(interaction, finding, private=private)
            if asker != interaction.user.id and answer.outcome in (Outcome.ABSTAIN, Outcome.CHITCHAT):
                # Nobody is called over to read that there is no answer.
                asker, private = interaction.user.id, True
            if not private and asker == interaction.user.id:
                noted.ended(SLOWED)
                self._point(interaction, answer)
                noted.ended(FAILED)
            shown = "" if question_message is not None or answer.asked == answer.title else answer.asked
            await posting.respond(
                interaction,
                answer,
                self._services,
                asker=asker,
                question_message=question_message,
                private=private,
                heading=f"{ASKED}{shown}" if shown else "",
            )
            noted.answered(answer)

    def _wait(self, interaction: Interaction, *, private: bool) -> None:
        """Raises NoticeError where somebody asks too fast."""
        channel = None if private else interaction.channel_id
        wait = self._services.cooldowns.question(interaction.guild_id, interaction.user.id, channel)
        if wait is not None:
            self._services.metrics.slowed(wait.scope)
            raise NoticeError(told(wait))

    def _point(self, interaction: Interaction, answer: Answer) -> None:
        """Raises NoticeError with the link where the very same answer stands in the channel already."""
        guild, channel = interaction.guild_id, interaction.channel_id
        if guild is None or channel is None:
            return
        if (standing := self._services.cooldowns.standing(channel, answer)) is not None:
            self._services.metrics.slowed(Scope.ENTRY)
            raise NoticeError(block(pointed_to(answer, guild, channel, standing)))
