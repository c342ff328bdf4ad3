"""Every way to ask the whole bot, over the wire, and what people see of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import pytest
from whole_bot import (
    CONTAINMENT,
    FRANCE,
    IDEOLOGY,
    IDEOLOGY_TITLE,
    STRENGTH,
    Running,
    ask,
    pinged,
    replies_to,
    text_of,
    title_of,
)

from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json, as_object
from bot.local.person import Person, describe_components, is_ephemeral

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("citebot")]


async def test_it_is_online_with_its_commands(citebot: Running, mira: Person) -> None:
    await mira.until(lambda: mira.bot_online)
    names = {command["name"] for command in mira.commands}
    slash = {"ask", "experts", "expert", "claims", "source", "help", "suggest", "privacy", "kb"}
    assert names == slash | {"Answer this", "Add to knowledge"}
    assert await citebot.uploads() == 1


async def test_a_mention_gets_an_answer_with_its_voices_and_places(mira: Person, sam: Person) -> None:
    question = await mira.say("general", f"{mira.bot_mention} {IDEOLOGY}")
    reply = await sam.answer_to(question)
    assert reply["type"] == 19
    assert title_of(reply) == IDEOLOGY_TITLE
    text = text_of(reply)
    assert "That is how I understood your question." in text
    assert "Kadri Liik, senior policy fellow, European Council on Foreign Relations" in text
    assert "Neil Thomas, analyst for China and northeast Asia, Eurasia Group" in text
    assert "> “Beijing and Moscow are forging closer ties" in text
    assert "section “How strong is the partnership?”, paragraph 1" in text
    assert "“China and Russia: between partnership and competition” by Perizat Risbek Kizi" in text
    assert "How sure: very" in text
    assert describe_components(reply)[:5] == ["Helpful", "Not helpful", "Sources", "Wrong or incomplete", "Remove"]
    assert pinged(reply) == []


async def test_what_the_base_cannot_answer_is_said_plainly(mira: Person) -> None:
    reply = await ask(mira, FRANCE)
    assert "The base has no answer to this" in text_of(reply)
    assert describe_components(reply) == ["Remove"]
    assert pinged(reply) == []


async def test_a_greeting_gets_a_friendly_word_and_things_to_try(mira: Person) -> None:
    reply = await ask(mira, "hi there")
    assert "Hello!" in text_of(reply)
    assert STRENGTH in describe_components(reply)


async def test_talk_that_is_not_meant_for_it_is_left_alone(mira: Person, sam: Person) -> None:
    chat = await sam.say("general", STRENGTH)
    await ask(mira, STRENGTH)  # by then, whatever came before has been dealt with
    assert replies_to(mira, chat) == []


async def test_a_command_with_autocomplete(mira: Person) -> None:
    offered = await mira.complete("general", "ask", "question", "american drive to contian")
    first, *_ = (choice for choice in offered if choice["name"] == CONTAINMENT)
    reply = await mira.response(await mira.run("general", "ask", question=first["value"]))
    assert title_of(reply) == CONTAINMENT
    assert not is_ephemeral(reply)
    assert pinged(reply) == []
    examples = await mira.complete("general", "ask", "question", "")
    assert STRENGTH in {choice["name"] for choice in examples}
    assert len(examples) <= 25


async def test_a_command_in_own_words_shows_what_was_asked(mira: Person, sam: Person) -> None:
    words = f"{IDEOLOGY} @everyone <@{sam.me['id']}>"
    reply = await mira.response(await mira.run("general", "ask", question=words))
    assert title_of(reply) == IDEOLOGY_TITLE
    assert reply["embeds"][0]["author"]["name"].startswith(f"Asked: {IDEOLOGY}")
    assert pinged(reply) == []


async def test_an_answer_for_somebody_else_names_and_pings_only_them(mira: Person, sam: Person) -> None:
    interaction = await mira.run("general", "ask", **{"question": STRENGTH, "for": sam.me["id"]})
    reply = await sam.response(interaction)
    assert title_of(reply) == STRENGTH
    assert reply["content"] == f"<@{sam.me['id']}>"
    assert pinged(reply) == ["sam"]


async def test_a_private_answer_is_seen_by_one(mira: Person, sam: Person) -> None:
    interaction = await mira.run("general", "ask", question=IDEOLOGY, private=True)
    reply = await mira.response(interaction)
    assert title_of(reply) == IDEOLOGY_TITLE
    assert is_ephemeral(reply)
    assert "Remove" not in describe_components(reply)
    await ask(mira, STRENGTH)  # something for both to see
    assert sam.latest(reply) is None
    refused = await mira.run("general", "ask", **{"question": STRENGTH, "private": True, "for": sam.me["id"]})
    assert "cannot be for somebody else" in text_of(await mira.response(refused))


async def test_a_message_is_answered_from_its_menu(mira: Person, sam: Person) -> None:
    chat = await mira.say("general", f"I wonder: {IDEOLOGY}")
    reply = await mira.response(await sam.use_on(chat, "Answer this"))
    assert title_of(reply) == IDEOLOGY_TITLE
    assert reply["content"].startswith(f"<@{mira.me['id']}> https://discord.com/channels/")
    assert reply["content"].endswith(f"/{chat['channel_id']}/{chat['id']}")
    assert pinged(reply) == ["mira"]
    await mira.delete(chat)
    await mira.gone(reply)


async def test_a_reply_to_the_bot_is_a_question(mira: Person) -> None:
    reply = await ask(mira, IDEOLOGY)
    more = await mira.say("general", STRENGTH, reply_to=reply)
    assert title_of(await mira.answer_to(more)) == STRENGTH


async def test_a_reply_without_ping_gets_a_hint(mira: Person) -> None:
    reply = await ask(mira, IDEOLOGY)
    more = await mira.say("general", STRENGTH, reply_to=reply, ping=False)
    assert "Please mention me" in text_of(await mira.answer_to(more))


async def test_a_direct_message_needs_no_mention(mira: Person, sam: Person) -> None:
    question = await mira.say("dm", IDEOLOGY)
    assert title_of(await mira.answer_to(question)) == IDEOLOGY_TITLE
    reply = await sam.response(await sam.run("dm", "ask", question=STRENGTH))
    assert title_of(reply) == STRENGTH


async def test_threads_and_posts_work_like_channels(mira: Person, local_server: ServerHandle) -> None:
    start = await mira.say("general", "a long story")
    thread = await mira.open_thread("general", "the story", message=start)
    reply = await ask(mira, IDEOLOGY, thread["id"])
    assert reply["channel_id"] == thread["id"]
    assert title_of(reply) == IDEOLOGY_TITLE
    forum = await local_server.control("channels", {"name": "questions", "type": 15})
    await mira.until(lambda: any(channel["id"] == forum["id"] for channel in mira.channels))
    post = await mira.open_thread(forum["id"], "Ideology?", content=f"{mira.bot_mention} {IDEOLOGY}")
    (reply,) = await mira.until(lambda: [m for m in mira.seen(post["id"]) if m["author"]["id"] == mira.bot["id"]])
    assert title_of(reply) == IDEOLOGY_TITLE


async def test_an_edited_question_is_answered_anew_in_the_same_reply(mira: Person) -> None:
    question = await mira.say("general", f"{mira.bot_mention} {FRANCE}")
    reply = await mira.answer_to(question)
    await mira.edit(question, f"{mira.bot_mention} {STRENGTH}")
    changed = await mira.changed(reply, lambda message: message["embeds"][0].get("title") == STRENGTH)
    assert "Sources" in describe_components(changed)
    assert len(replies_to(mira, question)) == 1


async def test_a_deleted_question_takes_its_reply_along(citebot: Running, mira: Person) -> None:
    question = await mira.say("general", f"{mira.bot_mention} {STRENGTH}")
    reply = await mira.answer_to(question)
    await mira.delete(question)
    await mira.gone(reply)
    # The message goes first, what is kept of it right after: asked behind it, the bot gets done with both.
    for _ in range(5):
        await ask(mira, FRANCE)
        if await citebot.services.store.reply(int(reply["id"])) is None:
            return
    pytest.fail("what is kept of the reply outlived it")


async def test_without_embeds_the_same_stands_in_plain_text(mira: Person, local_server: ServerHandle) -> None:
    await local_server.permit("ask-the-article", deny=["embed_links"])
    reply = await ask(mira, IDEOLOGY, "ask-the-article")
    assert reply["embeds"] == []
    text = reply["content"]
    assert IDEOLOGY_TITLE in text
    assert "Kadri Liik, senior policy fellow, European Council on Foreign Relations" in text
    assert "paragraph 1" in text
    assert "How sure: very" in text
    assert "Sources" in describe_components(reply)
    await local_server.permit("ask-the-article")
    assert title_of(await ask(mira, IDEOLOGY, "ask-the-article")) == IDEOLOGY_TITLE


async def test_many_people_at_once_each_get_their_own_answer(mira: Person, sam: Person) -> None:
    asked = [(person, text) for text in (STRENGTH, CONTAINMENT, IDEOLOGY_TITLE) for person in (mira, sam)]
    questions = await asyncio.gather(*(who.say("general", f"{who.bot_mention} {text}") for who, text in asked))
    replies = await asyncio.gather(
        *(who.answer_to(question) for (who, _), question in zip(asked, questions, strict=True))
    )
    assert [title_of(reply) for reply in replies] == [text for _, text in asked]
    assert all(len(replies_to(mira, question)) == 1 for question in questions)


async def test_the_base_can_be_looked_through(mira: Person) -> None:
    experts = await mira.response(await mira.run("general", "experts"))
    assert is_ephemeral(experts)
    assert "Kadri Liik" in text_of(experts)
    first, *_ = await mira.complete("general", "expert", "name", "lik")
    assert first["name"].startswith("Kadri Liik")
    one = await mira.response(await mira.run("general", "expert", name=first["value"]))
    assert "senior policy fellow" in text_of(one)
    claims = await mira.response(await mira.run("general", "claims"))
    await mira.press(claims, "Next")
    turned = await mira.changed(claims, lambda message: "page 2" in text_of(message))
    assert text_of(turned) != text_of(claims)
    source = await mira.response(await mira.run("general", "source"))
    assert "Perizat Risbek Kizi" in text_of(source)
    helped = await mira.response(await mira.run("general", "help"))
    assert "Ways to ask" in text_of(helped)
    tried = await mira.response(await mira.press(helped, STRENGTH))
    assert title_of(tried) == STRENGTH
    assert is_ephemeral(tried)


async def test_every_message_says_whom_it_may_ping(citebot: Running, mira: Person, sam: Person) -> None:
    people = {mira.me["id"], sam.me["id"]}
    bodies = [as_object(request["body"]) for request in await citebot.requests() if isinstance(request["body"], dict)]
    bodies = [as_object(body.get("data", body)) for body in bodies]
    messages = [body for body in bodies if {"content", "embeds"} & body.keys()]
    assert len(messages) > 20
    for body in messages:
        allowed = as_object(body.get("allowed_mentions"))
        assert allowed.get("parse") == [], body
        assert not allowed.get("replied_user"), body
        named = {str(user) for user in allowed.get("users", [])}
        assert named <= people
        assert all(f"<@{user}>" in str(body["content"]) for user in named)


async def test_every_request_follows_discords_description(
    citebot: Running, discord_contract: Callable[[Iterable[Json]], list[str]]
) -> None:
    sent = await citebot.requests()
    assert len(sent) > 30
    assert [item for item in sent if item["status"] >= 400] == []
    assert discord_contract(sent) == []
