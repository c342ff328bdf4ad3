"""Asking by message: who is answered, where, and who is left in peace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest
import simcord
from simcord.backend.models.message import AllowedMentions

if TYPE_CHECKING:
    from tests.handlers.conftest import MakeWorld, World  # pyright: ignore[reportMissingImports]
else:
    MakeWorld = World = Any

FLOOD = "Why does the river flood every spring?"
TROUT = "Have the trout come back to the river?"
FRANCE = "Who is the president of France?"


async def test_a_mention_is_answered_in_a_reply_that_pings_nobody(world: World) -> None:
    question = await world.mira.send(world.channel, f"{world.me} {FLOOD}")
    reply = world.last
    assert reply.reference is not None
    assert reply.reference.message_id == question.id
    assert reply.embeds[0].title == FLOOD
    assert "the snow melts quickly" in world.text_of(reply)
    assert world.pings(reply) == []
    body = world.sent()[-1]
    assert body["allowed_mentions"] == {"parse": [], "replied_user": False}


async def test_the_mention_may_stand_anywhere(world: World) -> None:
    await world.mira.send(world.channel, f"Why does the river {world.me} flood every spring?")
    assert world.last.embeds[0].title == FLOOD


@pytest.mark.parametrize("content_intent", [False, True])
async def test_the_role_of_the_bots_name_counts_as_a_mention(make_world: MakeWorld, content_intent: bool) -> None:
    world = await make_world(message_content=content_intent)
    guild = world.env.bot.get_guild(world.guild.id)
    assert guild is not None
    # Discord tags the role that it gives a bot; the simulation leaves the tag out.
    role = next(role for role in guild.me.roles if not role.is_default())
    role.tags = discord.RoleTags({"bot_id": str(guild.me.id)})
    await world.mira.send(world.channel, f"{role.mention} {FLOOD}")
    if content_intent:
        assert world.last.embeds[0].title == FLOOD
    else:
        assert "mention me" in world.text_of(world.last)


@pytest.mark.parametrize("text", ["", "😀 👍", "?!", "\u200b"])
async def test_a_mention_without_words_gets_help(world: World, text: str) -> None:
    reply = await world.ask(text)
    assert "the river, its floods and its fish" in world.text_of(reply)
    assert FLOOD in world.buttons(reply)


async def test_chit_chat_gets_a_friendly_word(world: World) -> None:
    reply = await world.ask("hi")
    assert reply.embeds[0].description is not None
    assert reply.embeds[0].description.startswith("Hello!")


async def test_a_complaint_is_told_what_really_happens_with_it(world: World) -> None:
    reply = await world.ask("bad bot")
    assert "Not helpful" in world.text_of(reply)
    assert "moderators" not in world.text_of(reply)


async def test_what_the_base_cannot_answer_is_said_plainly(world: World) -> None:
    reply = await world.ask(FRANCE)
    assert "The base has no answer to this" in world.text_of(reply)
    assert world.buttons(reply) == ["Remove"]


async def test_an_over_long_question_is_told_how_long_it_may_be(world: World) -> None:
    reply = await world.ask("why " * 300)
    assert "1199 characters; I read at most 500" in world.text_of(reply)


@pytest.mark.parametrize("content_intent", [False, True])
async def test_a_pinging_reply_to_the_bot_is_a_question(make_world: MakeWorld, content_intent: bool) -> None:
    world = await make_world(message_content=content_intent)
    first = await world.ask(FLOOD)
    # People's replies in the simulation ping the author, as they do by default in Discord.
    await world.mira.send(world.channel, TROUT, reply_to=first)
    assert world.last.id != first.id
    if content_intent or world.last.embeds[0].title:
        assert world.last.embeds[0].title == TROUT
    else:
        assert "mention me" in world.text_of(world.last)


async def test_a_silent_reply_that_arrives_without_its_text_gets_a_hint(world: World) -> None:
    first = await world.ask(FLOOD)
    await silent_reply(world, first, TROUT)
    assert "mention me (@" in world.text_of(world.last)
    assert "/ask" in world.text_of(world.last)


async def test_a_silent_reply_with_the_intent_is_answered(make_world: MakeWorld) -> None:
    world = await make_world(message_content=True)
    first = await world.ask(FLOOD)
    await silent_reply(world, first, TROUT)
    assert world.last.embeds[0].title == TROUT


async def silent_reply(world: World, target: discord.Message, text: str) -> None:
    """A reply whose writer switched the ping off: the bot is not among the mentions."""
    backend = world.env.backend
    reference = backend.normalize_message_reference(
        world.channel.id, {"channel_id": str(world.channel.id), "message_id": str(target.id)}
    )
    backend.create_message(
        world.channel.id,
        world.mira.id,
        text,
        reference=reference,
        allowed_mentions=AllowedMentions(replied_user=False),
    )
    await world.env.advance_time(0)


async def test_a_reply_to_somebody_else_is_left_alone(make_world: MakeWorld) -> None:
    world = await make_world(message_content=True)
    said = await world.tom.send(world.channel, "Look at the river!")
    await world.mira.send(world.channel, FLOOD, reply_to=said)
    assert world.bots == []


async def test_a_direct_message_needs_no_mention(world: World) -> None:
    user = world.mira.user
    await user.send_dm(FLOOD)
    reply = user.dm_channel.last_message
    assert reply is not None
    assert reply.embeds[0].title == FLOOD
    await user.send_dm("hi")
    last = user.dm_channel.last_message
    assert last is not None
    assert "Hello!" in world.text_of(last)


async def test_bots_and_webhooks_are_ignored(world: World) -> None:
    robot = world.guild.add_member(world.env.create_user("robot", bot=True))
    await robot.send(world.channel, f"{world.me} {FLOOD}")
    await world.guild.create_webhook(world.channel).send(f"{world.me} {FLOOD}")
    assert len(world.channel.history()) == 2


async def test_other_peoples_messages_are_left_alone(make_world: MakeWorld) -> None:
    world = await make_world(message_content=True)
    await world.mira.send(world.channel, FLOOD)
    await world.mira.send(world.channel, "@everyone " + FLOOD)
    assert world.bots == []


class TestAnswerChannels:
    """Channels where the bot speaks unprompted."""

    async def listening(self, make_world: MakeWorld, **settings: Any) -> World:
        world = await make_world(message_content=True, **settings)
        # The channel's id is known only now; the settings are frozen, so its set is built around it.
        object.__setattr__(world.services.settings, "answer_channels", frozenset({world.channel.id}))
        return world

    async def test_a_sure_answer_is_given_unprompted(self, make_world: MakeWorld) -> None:
        world = await self.listening(make_world)
        await world.mira.send(world.channel, FLOOD)
        assert world.last.embeds[0].title == FLOOD

    @pytest.mark.parametrize("text", [FRANCE, "hi", "thanks", "nice weather today", "what about the fish"])
    async def test_else_silence(self, make_world: MakeWorld, text: str) -> None:
        world = await self.listening(make_world, unprompted_confidence=0.95)
        await world.mira.send(world.channel, text)
        assert world.bots == []

    async def test_a_mention_there_is_answered_in_full(self, make_world: MakeWorld) -> None:
        world = await self.listening(make_world)
        reply = await world.ask(FRANCE)
        assert "no answer" in world.text_of(reply)

    async def test_threads_of_the_channel_count(self, make_world: MakeWorld) -> None:
        world = await self.listening(make_world)
        thread = await open_thread(world)
        await world.mira.send(thread, FLOOD)
        last = thread.last_message
        assert last is not None
        assert last.embeds[0].title == FLOOD

    async def test_without_the_intent_nothing_is_heard(self, make_world: MakeWorld) -> None:
        world = await make_world(message_content=False)
        object.__setattr__(world.services.settings, "answer_channels", frozenset({world.channel.id}))
        await world.mira.send(world.channel, FLOOD)
        assert world.bots == []

    async def test_an_edit_into_something_unsure_takes_the_answer_back(self, make_world: MakeWorld) -> None:
        world = await self.listening(make_world)
        question = await world.mira.send(world.channel, FLOOD)
        assert len(world.bots) == 1
        await world.mira.edit(question, "never mind, lovely weather")
        assert world.bots == []


async def open_thread(world: World, parent: simcord.ChannelHandle | None = None) -> simcord.ChannelHandle:
    channel = parent or world.channel
    world.env.backend.create_thread(channel.id, "About the river", world.mira.id)
    await world.env.advance_time(0)
    return channel.threads[-1]


@pytest.mark.parametrize("forum", [False, True])
async def test_threads_and_forum_posts_work_like_channels(world: World, forum: bool) -> None:
    parent = world.guild.create_forum_channel("questions") if forum else world.channel
    thread = await open_thread(world, parent)
    question = await world.mira.send(thread, f"{world.me} {FLOOD}")
    reply = thread.last_message
    assert reply is not None
    assert reply.embeds[0].title == FLOOD
    await world.mira.edit(question, f"{world.me} {TROUT}")
    reply = thread.last_message
    assert reply is not None
    assert reply.embeds[0].title == TROUT
    await world.mira.delete(question)
    assert [m for m in thread.history() if m.author.bot] == []


class TestEdits:
    """An edited question is answered anew in the same reply."""

    async def test_the_same_reply_shows_the_new_answer(self, world: World) -> None:
        question = await world.mira.send(world.channel, f"{world.me} {FLOOD}")
        reply = world.last
        await world.mira.edit(question, f"{world.me} {TROUT}")
        assert world.fresh(reply).embeds[0].title == TROUT
        assert len(world.bots) == 1
        stored = await world.store.reply(reply.id)
        assert stored is not None
        assert stored.candidate == "entry:trout"

    async def test_a_miss_becomes_an_answer_and_back(self, world: World) -> None:
        question = await world.mira.send(world.channel, f"{world.me} {FRANCE}")
        reply = world.last
        await world.mira.edit(question, f"{world.me} {FLOOD}")
        assert world.fresh(reply).embeds[0].title == FLOOD
        assert "Helpful" in world.buttons(world.fresh(reply))
        await world.mira.edit(question, f"{world.me} {FRANCE}")
        assert "no answer" in world.text_of(world.fresh(reply))
        assert world.buttons(world.fresh(reply)) == ["Remove"]

    async def test_suggestions_become_an_answer(self, make_world: MakeWorld, unsure: Any, answerer: Any) -> None:
        world = await make_world(answerer=unsure)
        question = await world.mira.send(world.channel, f"{world.me} trout")
        reply = world.last
        assert "None of these" in world.buttons(reply)
        world.services.knowledge.swap(answerer)
        await world.mira.edit(question, f"{world.me} {TROUT}")
        assert world.fresh(reply).embeds[0].title == TROUT
        assert "None of these" not in world.buttons(world.fresh(reply))

    async def test_after_a_restart_as_well(self, world: World) -> None:
        question = await world.mira.send(world.channel, f"{world.me} {FLOOD}")
        reply = world.last
        await world.restart()
        await world.mira.edit(question, f"{world.me} {TROUT}")
        assert world.fresh(reply).embeds[0].title == TROUT

    async def test_an_edit_that_arrives_without_its_text_changes_nothing(self, world: World) -> None:
        question = await world.mira.send(world.channel, f"{world.me} {FLOOD}")
        reply = world.last
        await world.mira.edit(question, TROUT)
        assert world.fresh(reply).embeds[0].title == FLOOD

    async def test_with_the_intent_the_mention_may_go(self, make_world: MakeWorld) -> None:
        world = await make_world(message_content=True)
        question = await world.mira.send(world.channel, f"{world.me} {FLOOD}")
        reply = world.last
        await world.mira.edit(question, TROUT)
        assert world.fresh(reply).embeds[0].title == TROUT

    async def test_a_hint_becomes_an_answer_once_the_bot_is_mentioned(self, world: World) -> None:
        first = await world.ask(FLOOD)
        await silent_reply(world, first, "trout?")
        hint = world.last
        question = world.channel.history()[-2]
        await world.mira.edit(question, f"{world.me} {TROUT}")
        assert world.fresh(hint).embeds[0].title == TROUT

    async def test_an_edit_of_a_message_that_was_no_question_is_ignored(self, world: World) -> None:
        said = await world.mira.send(world.channel, "hello all")
        await world.mira.edit(said, f"{world.me} {FLOOD}")
        assert world.bots == []

    async def test_a_link_unfolding_is_no_edit(self, world: World) -> None:
        question = await world.mira.send(world.channel, f"{world.me} {FLOOD}")
        before = len(world.env.http_requests)
        stored = world.env.backend.get_message(world.channel.id, question.id)
        world.env.backend.edit_message(world.channel.id, question.id, {"embeds": [{"title": "A page"}]})
        assert stored.embeds
        await world.env.advance_time(0)
        edits = [r for r in world.env.http_requests[before:] if r.method == "PATCH"]
        if stored.edited_timestamp is None:
            assert edits == []


class TestDeletions:
    """A deleted question takes its reply along."""

    async def test_the_reply_goes(self, world: World) -> None:
        question = await world.mira.send(world.channel, f"{world.me} {FLOOD}")
        reply = world.last
        await world.mira.delete(question)
        assert world.channel.history() == []
        assert await world.store.reply(reply.id) is None

    async def test_after_a_restart_as_well(self, world: World) -> None:
        question = await world.mira.send(world.channel, f"{world.me} {FLOOD}")
        await world.restart()
        await world.sam.delete(question)
        assert world.channel.history() == []

    async def test_many_at_once(self, world: World) -> None:
        one = await world.mira.send(world.channel, f"{world.me} {FLOOD}")
        two = await world.tom.send(world.channel, f"{world.me} {TROUT}")
        world.env.backend.bulk_delete_messages(world.channel.id, [one.id, two.id])
        await world.env.advance_time(0)
        assert world.channel.history() == []

    async def test_a_reply_that_is_gone_already_is_no_trouble(self, world: World) -> None:
        question = await world.mira.send(world.channel, f"{world.me} {FLOOD}")
        reply = world.last
        await world.sam.delete(reply)
        assert await world.store.reply(reply.id) is None
        await world.mira.delete(question)
        assert world.channel.history() == []

    async def test_other_replies_stay(self, world: World) -> None:
        question = await world.mira.send(world.channel, f"{world.me} {FLOOD}")
        await world.tom.send(world.channel, f"{world.me} {TROUT}")
        await world.mira.delete(question)
        assert [m.embeds[0].title for m in world.bots] == [TROUT]


class TestPermissions:
    """What the bot may not do in a channel, it does without or does not try."""

    async def test_without_embeds_the_same_in_plain_text(self, world: World) -> None:
        quiet = world.guild.create_text_channel(
            "plain",
            overwrites={bot_handle(world): discord.PermissionOverwrite(embed_links=False)},
        )
        await world.mira.send(quiet, f"{world.me} {FLOOD}")
        reply = quiet.last_message
        assert reply is not None
        assert reply.embeds == []
        for piece in (FLOOD, "the snow melts quickly", "Ada Marsh", "The Valley Herald", "paragraph 2", "How sure"):
            assert piece in reply.content
        assert "Sources" in world.buttons(reply)
        assert len(reply.content) <= 2000

    async def test_without_the_right_to_write_nothing_is_tried(self, world: World) -> None:
        mute = world.guild.create_text_channel(
            "mute", overwrites={bot_handle(world): discord.PermissionOverwrite(send_messages=False)}
        )
        await world.mira.send(mute, f"{world.me} {FLOOD}")
        assert [m for m in mute.history() if m.author.bot] == []
        assert not any(r.method == "POST" and str(mute.id) in r.path for r in world.env.http_requests)

    async def test_without_history_the_asker_is_named_instead(self, world: World) -> None:
        channel = world.guild.create_text_channel(
            "no-history", overwrites={bot_handle(world): discord.PermissionOverwrite(read_message_history=False)}
        )
        await world.mira.send(channel, f"{world.me} {FLOOD}")
        reply = channel.last_message
        assert reply is not None
        assert reply.content == world.mira.mention
        assert reply.reference is None
        assert world.pings(reply) == []

    async def test_without_history_the_asker_stays_named_when_the_question_is_edited(self, world: World) -> None:
        channel = world.guild.create_text_channel(
            "no-history", overwrites={bot_handle(world): discord.PermissionOverwrite(read_message_history=False)}
        )
        question = await world.mira.send(channel, f"{world.me} {FLOOD}")
        await world.mira.edit(question, f"{world.me} {TROUT}")
        reply = channel.last_message
        assert reply is not None
        assert reply.embeds[0].title == TROUT
        assert reply.content == world.mira.mention
        assert world.pings(reply) == []


def bot_handle(world: World) -> Any:
    return world.env.bot.user
