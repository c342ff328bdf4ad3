"""Least privilege: with the link's permissions and the intents alone all works; without any of them something stops.

The lists come from the code that makes the link and connects: one more there without its row here fails.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import discord
import pytest
from moderators import LANTERN, added
from whole_bot import (
    CONTAINMENT,
    FRANCE,
    IDEOLOGY,
    IDEOLOGY_TITLE,
    STRENGTH,
    PersonOpener,
    RunCitebot,
    Running,
    ask,
    replies_to,
    text_of,
    title_of,
)

from bot import client
from bot.client import LEAST_PERMISSIONS, least_intents
from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json, as_objects
from bot.local.permissions import BOT, Permission
from bot.local.person import Person
from bot.running import utc_now
from handlers.reminding import Reminding

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOCAL = {"read_messages": "view_channel"}  # discord.py's older name for it
LEAST = [LOCAL.get(name, name) for name, wanted in LEAST_PERMISSIONS if wanted]
INTENTS = [name for name, wanted in least_intents(message_content=True) if wanted]
PLACES = ("general", "ask-the-article", "moderators")


async def grant(server: ServerHandle, *, without: str = "") -> None:
    """Allow the bot in every channel what the link asks for, without one, and nothing else, whatever @everyone may."""
    allow = [name for name in LEAST if name != without]
    deny = [item.name.lower() for item in Permission if item.name and item.name.lower() not in allow]
    for place in PLACES:
        await server.permit(place, allow=allow, deny=deny)


@pytest.fixture
async def server(local_server: ServerHandle) -> AsyncIterator[ServerHandle]:
    """The local server, on which the bot may do what it could before once the test is over."""
    yield local_server
    for place in PLACES:
        await local_server.permit(place)


async def set_up(running: Running, person: Person) -> int:
    """Suggestions and reminders go to the moderators' channel, changes to another; the server's id."""
    guild, review, audit = (int(person.hello["guild"]["id"]), *map(int, map(person.channel, PLACES[2:0:-1])))
    settings = running.services.store.guilds
    await settings.change(guild, lambda now: replace(now, review_channel=review, audit_channel=audit))
    return guild


async def suggested(mira: Person, question: str) -> None:
    dialog = await mira.dialog(await mira.run("general", "suggest"))
    thanks = await mira.submit(dialog, question=question, answer="Ada.", source="Book", expert="Ed")
    assert "Thank you!" in text_of(await mira.response(thanks))


def shown(person: Person, place: str, words: str) -> Callable[[], Json | None]:
    return lambda: next((message for message in person.seen(place) if words in text_of(message)), None)


async def unanswered(person: Person, place: str) -> None:
    """A question there has no reply, while one in a direct message that came after it has its own."""
    question = await person.say(place, f"{person.bot_mention} {STRENGTH}")
    assert title_of(await ask(person, CONTAINMENT, "dm")) == CONTAINMENT
    assert replies_to(person, question) == []


async def test_the_local_servers_bot_has_what_the_link_gives_it() -> None:
    assert int(BOT) == LEAST_PERMISSIONS.value


async def test_with_these_permissions_alone_all_works(
    citebot: Running, mira: Person, sam: Person, server: ServerHandle
) -> None:
    await grant(server)
    guild = await set_up(citebot, sam)
    question = await mira.say("general", f"{mira.bot_mention} {IDEOLOGY}")
    reply = await mira.answer_to(question)
    assert title_of(reply) == IDEOLOGY_TITLE
    await mira.edit(question, f"{mira.bot_mention} {CONTAINMENT}")
    await mira.changed(reply, lambda message: title_of(message) == CONTAINMENT)
    await mira.delete(question)
    await mira.gone(reply)
    thread = await mira.open_thread("general", "the story", message=await mira.say("general", "a long story"))
    assert title_of(await ask(mira, IDEOLOGY, thread["id"])) == IDEOLOGY_TITLE
    assert title_of(await ask(mira, IDEOLOGY, "dm")) == IDEOLOGY_TITLE
    assert title_of(await mira.response(await mira.run("general", "ask", question=STRENGTH))) == STRENGTH
    await suggested(mira, "Who rows the boat?")
    await sam.until(shown(sam, "moderators", "Who rows the boat?"))
    assert "It is answered from now on" in await added(sam)
    await sam.until(shown(sam, "ask-the-article", LANTERN))
    years_later = replace(citebot.services, clock=lambda: utc_now() + timedelta(days=1000))
    await Reminding(years_later).remind(citebot.bot, {guild})
    await sam.until(shown(sam, "moderators", "Entries to check again"))
    stats = await sam.response(await sam.run("general", "kb stats"))
    assert "attachments" in str(as_objects(stats["embeds"])[0]["image"]["url"])
    assert [item for item in await citebot.requests() if item["status"] >= 400] == []


async def test_in_a_forum_too(mira: Person, citebot: Running, server: ServerHandle) -> None:
    forum = await server.control("channels", {"name": "least", "type": 15})
    await mira.until(lambda: any(channel["id"] == forum["id"] for channel in mira.channels))
    deny = [item.name.lower() for item in Permission if item.name and item.name.lower() not in LEAST]
    await server.permit("least", allow=LEAST, deny=deny)
    post = await mira.open_thread(forum["id"], "Strong?", content=f"{mira.bot_mention} {STRENGTH}")
    reply = await mira.until(lambda: next((m for m in mira.seen(post["id"]) if m["embeds"]), None))
    assert title_of(reply) == STRENGTH
    assert citebot.bot.get_channel(int(post["id"])) is not None


async def commanded(person: Person) -> None:
    """A command is answered in a channel."""
    answer = await person.response(await person.run("general", "ask", question=CONTAINMENT))
    assert CONTAINMENT in text_of(answer)


async def without_view_channel(_: Running, mira: Person, __: Person) -> None:
    """It does not hear what is asked in a channel, but is given commands."""
    await unanswered(mira, "general")
    await commanded(mira)


async def without_send_messages(_: Running, mira: Person, sam: Person) -> None:
    """It answers in no channel and posts no suggestion; in a thread it does."""
    await unanswered(mira, "general")
    await suggested(mira, "Who steers the boat?")
    assert shown(sam, "moderators", "Who steers the boat?")() is None
    await commanded(mira)
    thread = await mira.open_thread("general", "silence", message=await mira.say("general", "so quiet"))
    assert title_of(await ask(mira, IDEOLOGY, thread["id"])) == IDEOLOGY_TITLE


async def without_send_messages_in_threads(_: Running, mira: Person, __: Person) -> None:
    """It answers in no thread; in the channel it does."""
    thread = await mira.open_thread("general", "no thread", message=await mira.say("general", "another story"))
    await unanswered(mira, thread["id"])
    assert title_of(await ask(mira, IDEOLOGY)) == IDEOLOGY_TITLE


async def without_embed_links(_: Running, mira: Person, sam: Person) -> None:
    """Answers are plain text without a card, and a suggestion is not to be read in the channel for them.

    In a response to an interaction a card with its picture is shown all the same.
    """
    stats = await sam.response(await sam.run("general", "kb stats"))
    assert "attachments" in str(as_objects(stats["embeds"])[0]["image"]["url"])
    reply = await ask(mira, IDEOLOGY)
    assert reply["embeds"] == []
    assert IDEOLOGY_TITLE in reply["content"]
    await suggested(mira, "Who mends the boat?")
    assert shown(sam, "moderators", "Who mends the boat?")() is None


async def without_read_message_history(_: Running, mira: Person, __: Person) -> None:
    """An answer is no reply to its question: it names who asked."""
    question = await mira.say("general", f"{mira.bot_mention} {STRENGTH}")
    answer = await mira.until(
        lambda: next(
            (m for m in mira.seen("general") if m["id"] > question["id"] and m["embeds"] and title_of(m) == STRENGTH),
            None,
        )
    )
    assert answer.get("message_reference") is None
    assert answer["content"] == f"<@{mira.me['id']}>"


Use = Callable[[Running, Person, Person], Awaitable[None]]
USES: dict[str, Use] = {
    "view_channel": without_view_channel,
    "send_messages": without_send_messages,
    "send_messages_in_threads": without_send_messages_in_threads,
    "embed_links": without_embed_links,
    "read_message_history": without_read_message_history,
}


@pytest.mark.parametrize("permission", LEAST)
async def test_without_a_permission_something_stops(
    permission: str, citebot: Running, mira: Person, sam: Person, server: ServerHandle
) -> None:
    await set_up(citebot, sam)
    await grant(server, without=permission)
    await USES[permission](citebot, mira, sam)


async def test_each_permission_has_its_use_here() -> None:
    assert sorted(USES) == sorted(LEAST)


Lost = Callable[[Running, Person, Person], Awaitable[None]]


async def without_guilds(running: Running, _: Person, sam: Person) -> None:
    """It knows no channel: a change is not told in the one for that."""
    await set_up(running, sam)
    await added(sam)
    assert shown(sam, "ask-the-article", f"added **{LANTERN}")() is None
    assert list(running.bot.get_all_channels()) == []


async def without_guild_messages(_: Running, mira: Person, __: Person) -> None:
    """It hears no question in a server, but is given commands."""
    await unanswered(mira, "general")
    await commanded(mira)


async def without_dm_messages(_: Running, mira: Person, __: Person) -> None:
    """It hears no direct message."""
    question = await mira.say("dm", IDEOLOGY)
    assert title_of(await ask(mira, IDEOLOGY)) == IDEOLOGY_TITLE
    assert replies_to(mira, question) == []


async def without_message_content(_: Running, mira: Person, __: Person) -> None:
    """In its own channel it answers nobody who does not mention it."""
    question = await mira.say("ask-the-article", STRENGTH)
    assert title_of(await ask(mira, STRENGTH, "ask-the-article")) == STRENGTH
    assert replies_to(mira, question) == []


LOSES: dict[str, Lost] = {
    "guilds": without_guilds,
    "guild_messages": without_guild_messages,
    "dm_messages": without_dm_messages,
    "message_content": without_message_content,
}


async def test_each_intent_has_its_use_here() -> None:
    assert sorted(LOSES) == sorted(INTENTS)


@pytest.mark.parametrize("intent", INTENTS)
@pytest.mark.asyncio(loop_scope="function")
async def test_without_an_intent_something_stops(
    intent: str, run_citebot: RunCitebot, person: PersonOpener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fewer(*, message_content: bool) -> discord.Intents:
        intents = least_intents(message_content=message_content)
        setattr(intents, intent, False)
        return intents

    monkeypatch.setattr(client, "least_intents", fewer)
    async with person("mira") as mira, person("sam") as sam:
        settings = {"message_content": True, "answer_channels": {"here": mira.channel("ask-the-article")}}
        async with run_citebot(tmp_path, **settings) as running:
            await LOSES[intent](running, mira, sam)


@pytest.mark.asyncio(loop_scope="function")
async def test_with_these_intents_alone_it_hears_all_that_it_answers(
    run_citebot: RunCitebot, person: PersonOpener, tmp_path: Path
) -> None:
    async with person("mira") as mira:
        settings = {"message_content": True, "answer_channels": {"here": mira.channel("ask-the-article")}}
        async with run_citebot(tmp_path, **settings):
            assert title_of(await ask(mira, IDEOLOGY)) == IDEOLOGY_TITLE
            assert title_of(await mira.answer_to(await mira.say("dm", CONTAINMENT))) == CONTAINMENT
            assert title_of(await mira.answer_to(await mira.say("ask-the-article", STRENGTH))) == STRENGTH
            assert "The base has no answer" in text_of(await ask(mira, FRANCE))
