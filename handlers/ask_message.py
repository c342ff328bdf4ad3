"""Asking by message: a mention, a reply to the bot, a direct message, or a channel that it listens in.

A question that is edited is answered anew in the same reply; a deleted one takes its reply along.
"""

from __future__ import annotations

from collections.abc import Collection

import aiohttp
import discord
from discord.ext import commands

from handlers import posting
from handlers.arrivals import Arrivals
from handlers.asked_event import SILENT, SLOWED, UNPOSTED, Asked, asked
from handlers.asking import (
    Question,
    Way,
    find_answer,
    hint,
    notice,
    pointed_to,
    question_in,
    unprompted_enough,
    words_of,
)
from handlers.cooldowns import Scope, Wait
from handlers.cooldowns import told as told_to_wait
from handlers.errors import refusal, told
from handlers.services import Services
from handlers.turns import Turns
from handlers.where import where_of
from knowledge.answers import Answer
from knowledge.errors import StoreError
from knowledge.events import Events
from knowledge.store import Reply

events = Events(__name__)


class AskMessage(commands.Cog):
    """Listens to messages."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._turns = Turns()
        self._arrivals = Arrivals()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """A new message: answer it if it is meant for the bot."""
        async with self._turns.of(message.id):
            now = self._arrivals.first(message)
            question = None if now is None else await self._question(now)
            if now is None or question is None:
                return
            message = now
            try:
                with asked(self._services, question.way, where_of(message), message.channel.id) as noted:
                    await self._answer(message, question, noted)
            except Exception as error:
                await self._failed(message, question, error)

    async def _answer(self, message: discord.Message, question: Question, noted: Asked) -> None:
        prompted, where = question.way is not Way.UNPROMPTED, where_of(message)
        if prompted and (wait := self._wait(message)) is not None:
            noted.ended(SLOWED)
            if wait.news:
                await posting.post(message, notice(told_to_wait(wait)), self._services)
            return
        me = self._bot.user
        answer = (
            hint(me)
            if question.hidden and me is not None
            else await self._find_answer(message, question.text, question)
        )
        if self._keeps_silent(question, answer) or (not prompted and self._wait(message) is not None):
            noted.ended(SILENT)
        elif where.guild is not None and (standing := self._services.cooldowns.standing(message.channel.id, answer)):
            self._services.metrics.slowed(Scope.ENTRY)
            noted.ended(SLOWED)
            if prompted:
                pointer = pointed_to(answer, where.guild, message.channel.id, standing)
                await posting.post(message, notice(pointer), self._services)
        elif await posting.post(message, answer, self._services):
            noted.answered(answer)
            self._count_unprompted(message, question, answer)
        else:
            noted.ended(UNPOSTED)

    def _wait(self, message: discord.Message) -> Wait | None:
        guild = message.guild.id if message.guild else None
        wait = self._services.cooldowns.question(guild, message.author.id, message.channel.id)
        if wait is not None:
            self._services.metrics.slowed(wait.scope)
        return wait

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """An edited question is answered anew in the reply that it has. Works after a restart as well."""
        # Discord also sends this when it unfolds a link; then nobody has edited anything.
        if payload.data.get("edited_timestamp") is None or payload.message.author.bot:
            return
        message = payload.message
        self._arrivals.edited(message)
        async with self._turns.of(message.id):
            await self._services.pending.settled(payload.channel_id)
            replies = await self._services.store.replies_to([message.id])
            # Where the text did not come along, the reply keeps to what was asked before.
            if not replies or not message.content or self._bot.user is None:
                return
            question = await self._question(message)
            text = words_of(message, self._bot.user) if question is None else question.text
            answer = await self._find_answer(message, text, question)
            silent = question is not None and self._keeps_silent(question, answer)
            for reply in replies:
                if silent and reply.asker == reply.invoker:
                    # Nobody asked the bot here, and now it is not sure enough, as for a new message.
                    await posting.take_back(self._bot, (reply,), self._services)
                else:
                    await self._redo(reply, answer)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A deleted question takes its reply along."""
        await self._deleted(payload.channel_id, [payload.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """So do many at once."""
        await self._deleted(payload.channel_id, sorted(payload.message_ids))

    async def _deleted(self, channel: int, messages: Collection[int]) -> None:
        for message in messages:
            self._arrivals.gone(message)
            # Whatever is being answered is answered first, or its reply would stay behind.
            async with self._turns.of(message):
                pass
        await self._services.pending.settled(channel)
        replies = await self._services.store.replies_to(messages)
        await posting.take_back(self._bot, replies, self._services)
        # A reply of the bot's may have been among them.
        await posting.forget(self._services, messages)

    async def _question(self, message: discord.Message) -> Question | None:
        me = self._bot.user
        if me is None or message.author.bot:
            return None
        return question_in(message, me, self._services.settings, to_me=await self._replies_to(message, me.id))

    async def _replies_to(self, message: discord.Message, me: int) -> bool:
        reference = message.reference
        if message.type is not discord.MessageType.reply or reference is None or reference.message_id is None:
            return False
        resolved = reference.resolved or reference.cached_message
        if isinstance(resolved, discord.Message):
            return resolved.author.id == me
        # Discord did not send the message along; the store knows the bot's own.
        try:
            return await self._services.store.reply(reference.message_id) is not None
        except StoreError as error:
            events.warning("reply.not_known", f"whose message was replied to: {error}", channel=message.channel.id)
            return False

    async def _find_answer(self, message: discord.Message, text: str, question: Question | None) -> Answer:
        # What people say among themselves is not counted, let alone kept, unless it gets an answer.
        asked = question is None or question.way is not Way.UNPROMPTED
        return await find_answer(self._services, text, where_of(message), message.author.id, count=asked)

    def _count_unprompted(self, message: discord.Message, question: Question, answer: Answer) -> None:
        if question.way is Way.UNPROMPTED:
            self._services.knowledge.count(where_of(message).guild, answer, message.author.id)

    def _keeps_silent(self, question: Question, answer: Answer) -> bool:
        return question.way is Way.UNPROMPTED and not unprompted_enough(answer, self._services.settings)

    async def _redo(self, reply: Reply, answer: Answer) -> None:
        try:
            await posting.redo(self._bot, reply, answer, self._services)
        except discord.NotFound:
            await posting.forget(self._services, [reply.message])
        except discord.Forbidden as error:
            events.info(
                "reply.not_edited", "Discord refused it", channel=reply.channel, status=error.status, code=error.code
            )

    async def _failed(self, message: discord.Message, question: Question, error: Exception) -> None:
        text = told(error, "a question in a message")
        if text is None or question.way is Way.UNPROMPTED:
            return
        try:
            none = discord.AllowedMentions.none()
            # The nonce of the answer: where that was posted after all, nothing else is.
            await message.reply(text, mention_author=False, allowed_mentions=none, nonce=str(message.id))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as failure:
            events.warning("error.not_told", refusal(failure), channel=message.channel.id)
