"""The whole bot when things go wrong around it: restarts, limits, errors, a lost connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable

import pytest
from whole_bot import (
    CONTAINMENT,
    FRANCE,
    IDEOLOGY,
    IDEOLOGY_TITLE,
    STRENGTH,
    Running,
    ask,
    replies_to,
    text_of,
    title_of,
)

from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json
from bot.local.person import Person

pytestmark = pytest.mark.asyncio(loop_scope="module")

POSTED = {"method": "POST", "path": "/channels/[0-9]+/messages$"}


@pytest.fixture
async def server(local_server: ServerHandle) -> AsyncIterator[ServerHandle]:
    """The local server, without faults once the test is over."""
    yield local_server
    await local_server.faults()


async def posts(running: Running) -> list[int]:
    """How the server answered the last question's attempts to post a reply."""
    return [r["status"] for r in await running.requests() if r["template"] == "/channels/{channel_id}/messages"]


@pytest.mark.parametrize(
    ("fault", "answered"),
    [
        ({"status": 429, "retry_after": 0.05, "times": 2}, [429, 429, 200]),
        ({"status": 500}, [500, 200]),
        # The worst case: the reply was posted, but the bot is told otherwise and tries again.
        ({"status": 502, "after": True}, [502, 200]),
    ],
    ids=["rate limit", "server error", "server error after the fact"],
)
async def test_a_reply_that_fails_to_be_posted_is_posted_once(
    citebot: Running, mira: Person, server: ServerHandle, fault: Json, answered: list[int]
) -> None:
    await server.faults({"match": POSTED, **fault})
    before = len(await posts(citebot))
    question = await mira.say("general", f"{mira.bot_mention} {STRENGTH}")
    reply = await mira.answer_to(question)
    assert title_of(reply) == STRENGTH
    # Once the next question is answered, nothing more can come for this one.
    await ask(mira, FRANCE)
    assert len(replies_to(mira, question)) == 1
    assert (await posts(citebot))[before:-1] == answered
    # The reply that stands is the one that is remembered: its buttons work.
    assert "Counted" in text_of(await mira.response(await mira.press(reply, "Helpful")))


async def test_a_command_survives_a_limit_on_its_response(mira: Person, server: ServerHandle) -> None:
    await server.faults({"match": {"method": "POST", "path": "/callback$"}, "status": 429, "retry_after": 0.05})
    reply = await mira.response(await mira.run("general", "ask", question=STRENGTH))
    assert title_of(reply) == STRENGTH


async def test_a_question_asked_while_the_connection_was_lost_is_answered_once(
    citebot: Running, mira: Person, server: ServerHandle
) -> None:
    resumed = asyncio.create_task(citebot.bot.wait_for("resumed", timeout=10))
    await asyncio.sleep(0)  # until it listens
    uploads = await citebot.uploads()
    assert await server.accident("drop") == 1
    question = await mira.say("general", f"{mira.bot_mention} {IDEOLOGY}")
    assert title_of(await mira.answer_to(question)) == IDEOLOGY_TITLE
    await resumed
    await ask(mira, FRANCE)
    assert len(replies_to(mira, question)) == 1
    assert await citebot.uploads() == uploads


async def test_a_question_edited_and_one_deleted_while_the_connection_was_lost(
    mira: Person, server: ServerHandle, citebot: Running
) -> None:
    edited = await mira.say("general", f"{mira.bot_mention} {IDEOLOGY}")
    deleted = await mira.say("general", f"{mira.bot_mention} {IDEOLOGY}")
    first, second = await mira.answer_to(edited), await mira.answer_to(deleted)
    assert await server.accident("reconnect") == 1
    await mira.edit(edited, f"{mira.bot_mention} {CONTAINMENT}")
    await mira.delete(deleted)
    await mira.changed(first, lambda message: title_of(message) == CONTAINMENT)
    await mira.gone(second)


async def test_every_request_follows_discords_description(
    citebot: Running, discord_contract: Callable[[Iterable[Json]], list[str]]
) -> None:
    sent = await citebot.requests()
    assert len(sent) > 20
    assert {item["status"] for item in sent if item["status"] >= 400} == {429, 500, 502}
    assert discord_contract(sent) == []
