"""From words to an answer: what every way of asking shares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import discord

from handlers import limits
from handlers.services import HandlerSettings, Services
from handlers.where import Where
from knowledge.answers import Answer, Outcome

_CANDIDATE = re.compile(r"(?<![a-z])[a-z]++:[a-z0-9-]{1,70}")
_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EMOJI = re.compile(r"<a?:(\w+):\d+>")

ASKED = "Asked: "
"""Stands before a question in the heading of the reply to it."""

NONE_OF_THESE = "None of these, then: the base seems to have no answer to that. Other words may still find one."


class Way(StrEnum):
    """How a message came to be meant for the bot."""

    MENTION = "mention"
    REPLY = "reply"
    DIRECT = "direct"
    UNPROMPTED = "unprompted"


@dataclass(frozen=True, slots=True)
class Question:
    """What a message asks. `hidden` where Discord delivered the message without its text."""

    way: Way
    text: str
    hidden: bool = False


async def find_answer(services: Services, text: str, where: Where, asker: int, *, count: bool = True) -> Answer:
    """The answer to a question, to an id that autocomplete offered, or to no words at all (help).

    What was asked of the bot is counted, what one `asker` asks again and again once on the moderators' list;
    without `count` the caller does that once somebody sees the answer.
    """
    text = text.strip()
    knowledge = services.knowledge
    if not any(character.isalnum() for character in text):
        return (await knowledge.of(*where)).help_answer()
    if len(text) > limits.QUESTION:
        return notice(
            f"That question has {len(text)} characters; I read at most {limits.QUESTION}. "
            "Please ask it more briefly, one thing at a time."
        )
    if _CANDIDATE.fullmatch(text) and (chosen := (await knowledge.of(*where)).open(text)) is not None:
        if count:
            knowledge.count(where.guild, chosen, asker)
        return chosen
    answer = await knowledge.ask(where.guild, text, where.channels, count=False)
    if count:
        knowledge.count(where.guild, answer, asker)
    return answer


def notice(body: str) -> Answer:
    """A reply that is not about the base: it says what is the matter and what to do."""
    return Answer(Outcome.ABSTAIN, "", body, 0.0)


def pointed_to(answer: Answer, guild: int, channel: int, message: int) -> str:
    """Where the very same answer stands, in place of a repetition."""
    link = f"https://discord.com/channels/{guild}/{channel}/{message}"
    rest = "If you mean something else, ask in other words."
    return f"I answered that here a moment ago, as “{answer.title}”: {link}\n{rest}"


def hint(me: discord.ClientUser | discord.Member) -> Answer:
    """For a message that arrived without its text."""
    return notice(
        "I could not read that: Discord shows me the text of a message only if it mentions me. "
        f"Please mention me (@{me.display_name}) with your question, or use /ask."
    )


def question_in(
    message: discord.Message, me: discord.ClientUser, settings: HandlerSettings, *, to_me: bool
) -> Question | None:
    """What a message asks the bot, or None where it is not meant for it.

    `to_me` says that the message replies to one of the bot's.
    """
    way = _way(message, me, settings, to_me=to_me)
    if way is None:
        return None
    hidden = way is not Way.DIRECT and not settings.message_content and not message.content and not message.attachments
    return Question(way, words_of(message, me), hidden)


def unprompted_enough(answer: Answer, settings: HandlerSettings) -> bool:
    """Whether an answer is sure enough to be posted where nobody asked the bot."""
    return answer.outcome is Outcome.ANSWER and answer.confidence >= settings.unprompted_confidence


def _way(message: discord.Message, me: discord.ClientUser, settings: HandlerSettings, *, to_me: bool) -> Way | None:
    by_person = not message.author.bot and message.webhook_id is None
    if not by_person or message.type not in (discord.MessageType.default, discord.MessageType.reply):
        return None
    mentioned = any(user.id == me.id for user in message.mentions) or any(
        _is_role_of(role, me) for role in message.role_mentions
    )
    places = {message.channel.id, getattr(message.channel, "parent_id", None)}
    way: Way | None = None
    if message.guild is None:
        way = Way.DIRECT
    elif to_me:
        way = Way.REPLY
    elif mentioned:
        way = Way.MENTION
    elif settings.message_content and message.content and places & settings.answer_channels:
        way = Way.UNPROMPTED
    return way


def _is_role_of(role: discord.Role, me: discord.ClientUser) -> bool:
    """The role that Discord gives every bot; it is easily picked instead of the bot itself."""
    return role.tags is not None and role.tags.bot_id == me.id


def words_of(message: discord.Message, me: discord.ClientUser) -> str:
    """The message's text, line by line, without the mention of the bot, other mentions as names."""
    people = {user.id: user.display_name for user in message.mentions if user.id != me.id}
    roles = {role.id: role.name for role in message.role_mentions if not _is_role_of(role, me)}
    text = _USER.sub(lambda found: people.get(int(found[1]), " "), message.content)
    text = _ROLE.sub(lambda found: roles.get(int(found[1]), " "), text)
    text = _EMOJI.sub(r" \1 ", text)
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))
