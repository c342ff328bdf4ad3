"""The whole bot while Discord stumbles: members see one answer to each question, or the log says why there is none."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import discord
import pytest
from prometheus_client import CollectorRegistry
from whole_bot import (
    CONTAINMENT,
    FRANCE,
    IDEOLOGY,
    STRENGTH,
    Running,
    ask,
    replies_to,
    runner,
    text_of,
    title_of,
)

from bot import outgoing
from bot.health import Health
from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json, as_object
from bot.local.person import Person
from bot.local.server import Settings, serve
from bot.metrics import StateCollector
from handlers import retrying
from knowledge.answerer import Answerer

pytestmark = pytest.mark.asyncio(loop_scope="module")

MESSAGES = {"method": "POST", "path": "/channels/[0-9]+/messages$"}
CALLBACK = {"method": "POST", "path": "/callback$"}
EDITS = {"method": "PATCH", "path": "/messages/[0-9]+$"}
LATE = 15  # seconds to wait for what is tried again


@pytest.fixture
async def server(local_server: ServerHandle) -> AsyncIterator[ServerHandle]:
    """The local server, without faults once the test is over."""
    yield local_server
    await local_server.faults()


async def statuses(running: Running, template: str = "/channels/{channel_id}/messages") -> list[int | None]:
    return [item["status"] for item in await running.requests() if item["template"] == template]


async def tries_for(running: Running, question: Json) -> list[int | None]:
    """How the attempts to post the reply to a question went."""
    sent = await running.requests()
    return [item["status"] for item in sent if as_object(item["body"]).get("nonce") == question["id"]]


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [str(getattr(record, "event", "")) for record in caplog.records]


async def eventually(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(LATE):
        while not so():  # noqa: ASYNC110  the log wakes nobody
            await asyncio.sleep(0.01)


def responses(person: Person, interaction: str) -> list[Json]:
    """The messages that answer an interaction."""
    return [
        message
        for message in person.seen("general")
        if as_object(message.get("interaction_metadata")).get("id") == interaction
    ]


async def told_of_session(citebot: Running, event: str) -> asyncio.Task[Any]:
    """A task that ends with the next event of that name; it listens already."""
    waiting = asyncio.create_task(citebot.bot.wait_for(event, timeout=20))
    await asyncio.sleep(0)
    return waiting


@pytest.mark.parametrize(
    ("fault", "answered"),
    [
        ({"status": 503, "times": 2}, [503, 503, 200]),
        ({"status": 503, "after": True}, [503, 200]),
        ({"status": 504, "after": True}, [504, 200]),
        ({"drop": True}, [500, 200]),
        ({"drop": True, "after": True}, [500, 200]),
        ({"status": 429, "global": True, "retry_after": 0.1}, [429, 200]),
    ],
    ids=["503 twice", "503 after the fact", "504 after the fact", "dropped", "dropped after the fact", "global limit"],
)
async def test_a_reply_is_tried_again_and_stands_once(
    citebot: Running, mira: Person, server: ServerHandle, fault: Json, answered: list[int]
) -> None:
    await server.faults({"match": MESSAGES, **fault})
    question = await mira.say("general", f"{mira.bot_mention} {STRENGTH}")
    assert title_of(await mira.answer_to(question, timeout=LATE)) == STRENGTH
    async with asyncio.timeout(LATE):
        while len(sent := await tries_for(citebot, question)) < len(answered):  # noqa: ASYNC110  told when asked
            await asyncio.sleep(0.02)
    assert sent == answered
    await ask(mira, FRANCE)
    assert len(replies_to(mira, question)) == 1
    assert await tries_for(citebot, question) == answered


async def test_a_time_out_is_tried_again_and_the_reply_stands_once(
    citebot: Running, mira: Person, server: ServerHandle
) -> None:
    session: Any = vars(citebot.bot.http)["_HTTPClient__session"]
    assert session.timeout.sock_read == outgoing.READ_SECONDS
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outgoing, "READ_SECONDS", 0.3)
        outgoing.bound_waits(citebot.bot)
    try:
        # Posted at once, but the answer to the request comes too late.
        await server.faults({"match": MESSAGES, "delay": 0.8, "after": True})
        question = await mira.say("general", f"{mira.bot_mention} {STRENGTH}")
        assert title_of(await mira.answer_to(question)) == STRENGTH
        await ask(mira, FRANCE)
        assert len(replies_to(mira, question)) == 1
    finally:
        outgoing.bound_waits(citebot.bot)


async def test_what_stays_refused_is_given_up_and_said_in_the_log(
    citebot: Running,
    mira: Person,
    server: ServerHandle,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(retrying.persistently, "__kwdefaults__", {"pauses": (0.01, 0.01)})
    await server.faults({"match": MESSAGES, "status": 503, "times": 100})
    before = len(await statuses(citebot))
    question = await mira.say("general", f"{mira.bot_mention} {STRENGTH}")
    await eventually(lambda: "error.not_told" in events(caplog))
    await server.faults()
    # Three tries of the answer and one word that there is none: a bound, and no more.
    assert (await statuses(citebot))[before:] == [503] * 4
    assert "request.given_up" in events(caplog)
    assert replies_to(mira, question) == []
    assert title_of(await ask(mira, STRENGTH)) == STRENGTH


@pytest.mark.parametrize(
    "fault",
    [{"status": 502, "after": True}, {"drop": True, "after": True}, {"drop": True}],
    ids=["502 after the fact", "dropped after the fact", "dropped"],
)
async def test_the_response_to_a_command_stands_once(
    citebot: Running, mira: Person, server: ServerHandle, fault: Json
) -> None:
    await server.faults({"match": CALLBACK, **fault})
    interaction = await mira.run("general", "ask", question=STRENGTH)
    reply = await mira.response(interaction, timeout=LATE)
    assert title_of(reply) == STRENGTH
    assert "Counted" in text_of(await mira.response(await mira.press(reply, "Helpful")))
    assert len(responses(mira, interaction)) == 1


async def test_a_deferred_answer_whose_deferral_broke_stands_once(
    citebot: Running, mira: Person, server: ServerHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = citebot.services.knowledge.ask

    async def slowly(*args: Any, **more: Any) -> Any:
        await asyncio.sleep(1.7)
        return await real(*args, **more)

    monkeypatch.setattr(citebot.services.knowledge, "ask", slowly)
    await server.faults(
        {"match": CALLBACK, "drop": True, "after": True},
        {"match": {"method": "PATCH", "path": "@original$"}, "status": 503, "after": True},
    )
    interaction = await mira.run("general", "ask", question=STRENGTH)
    assert title_of(await mira.response(interaction, timeout=LATE)) == STRENGTH
    assert len(responses(mira, interaction)) == 1


async def test_an_edit_that_fails_is_tried_again(citebot: Running, mira: Person, server: ServerHandle) -> None:
    question = await mira.say("general", f"{mira.bot_mention} {IDEOLOGY}")
    reply = await mira.answer_to(question)
    await server.faults({"match": EDITS, "status": 503})
    await mira.edit(question, f"{mira.bot_mention} {CONTAINMENT}")
    await mira.changed(reply, lambda message: title_of(message) == CONTAINMENT, timeout=LATE)


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, 10062), (401, 50027), (404, 10015), (404, 10008), (404, 10003), (403, 50001), (403, 50013)],
    ids=["unknown interaction", "expired", "no webhook", "no message", "no channel", "no access", "no permission"],
)
async def test_what_is_gone_is_no_error_and_the_next_question_is_answered(
    citebot: Running,
    mira: Person,
    server: ServerHandle,
    caplog: pytest.LogCaptureFixture,
    status: int,
    code: int,
) -> None:
    caplog.set_level(logging.INFO)
    rule = {"status": status, "code": code, "message": "gone", "times": 1}
    await server.faults({"match": CALLBACK, **rule}, {"match": MESSAGES, **rule})
    before = len(await citebot.requests())
    await mira.run("general", "ask", question=STRENGTH)
    await mira.say("general", f"{mira.bot_mention} {STRENGTH}")
    async with asyncio.timeout(LATE):
        while len(await citebot.requests()) < before + 2:  # noqa: ASYNC110  the server tells only when asked
            await asyncio.sleep(0.02)
    assert title_of(await ask(mira, STRENGTH)) == STRENGTH
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_question_deleted_before_its_reply_gets_none(
    citebot: Running, mira: Person, server: ServerHandle
) -> None:
    await server.accident("hold")
    question = await mira.say("general", f"{mira.bot_mention} {STRENGTH}")
    await mira.delete(question)
    await server.accident("release")
    assert title_of(await ask(mira, STRENGTH)) == STRENGTH
    assert replies_to(mira, question) == []


async def test_events_that_come_twice_are_answered_once(citebot: Running, mira: Person, server: ServerHandle) -> None:
    before = len(await statuses(citebot))
    question = await mira.say("general", f"{mira.bot_mention} {STRENGTH}")
    await mira.answer_to(question)
    await server.accident("repeat", events=20)
    await ask(mira, FRANCE)
    assert len(replies_to(mira, question)) == 1
    assert len(await statuses(citebot)) == before + 2


async def test_events_in_the_wrong_order_end_as_they_should(
    citebot: Running, mira: Person, server: ServerHandle
) -> None:
    await server.accident("hold")
    edited = await mira.say("general", f"{mira.bot_mention} {IDEOLOGY}")
    await mira.edit(edited, f"{mira.bot_mention} {CONTAINMENT}")
    deleted = await mira.say("general", f"{mira.bot_mention} {IDEOLOGY}")
    await mira.delete(deleted)
    assert await server.accident("release", backwards=True) >= 4
    assert title_of(await mira.answer_to(edited)) == CONTAINMENT
    await ask(mira, FRANCE)
    assert len(replies_to(mira, edited)) == 1
    assert replies_to(mira, deleted) == []


@pytest.mark.parametrize("accident", ["drop", "reconnect"])
async def test_many_questions_of_a_gap_are_answered_once_each(
    citebot: Running, mira: Person, server: ServerHandle, caplog: pytest.LogCaptureFixture, accident: str
) -> None:
    caplog.set_level(logging.INFO)
    resumed = await told_of_session(citebot, "resumed")
    await server.accident(accident)
    asked = [await mira.say("general", f"{mira.bot_mention} {STRENGTH}") for _ in range(5)]
    for question in asked:
        await mira.answer_to(question, timeout=LATE)
    await resumed
    await ask(mira, FRANCE)
    assert [len(replies_to(mira, question)) for question in asked] == [1] * 5
    assert "gateway.resumed" in events(caplog)
    assert "gateway.session_lost" not in events(caplog)


async def test_heartbeats_without_answer_lead_to_a_connection_that_answers(answerer: Answerer, tmp_path: Path) -> None:
    async with (
        serve(Settings(heartbeat=0.3)) as ready,
        runner(server := ServerHandle.from_ready(ready), answerer)(tmp_path) as running,
        server.person("mira") as mira,
    ):
        (shard,) = vars(running.bot)["_AutoShardedClient__shards"].values()
        shard.ws._keep_alive.heartbeat_timeout = 0.5
        resumed = await told_of_session(running, "resumed")
        await server.accident("mute_heartbeat")
        await resumed
        question = await mira.say("general", f"{mira.bot_mention} {STRENGTH}")
        assert title_of(await mira.answer_to(question, timeout=LATE)) == STRENGTH
        assert len(replies_to(mira, question)) == 1


async def test_a_lost_session_is_told_and_nothing_is_answered_twice(
    citebot: Running,
    mira: Person,
    server: ServerHandle,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO)
    said = asyncio.Event()

    async def until_said(*_: object, **__: object) -> None:
        """In place of the five seconds that discord.py waits before it identifies again."""
        await said.wait()

    monkeypatch.setattr(discord.Client, "before_identify_hook", until_said)
    before = await ask(mira, STRENGTH)
    ready = await told_of_session(citebot, "shard_ready")
    await server.accident("invalid_session", resumable=False)
    lost = await mira.say("general", f"{mira.bot_mention} {IDEOLOGY}")
    said.set()
    await ready
    assert title_of(await ask(mira, STRENGTH)) == STRENGTH
    assert events(caplog).count("gateway.session_lost") == 1
    registry = CollectorRegistry()
    registry.register(StateCollector(Health(lambda: 0.0, bot=citebot.bot)))
    assert registry.get_sample_value("citebot_gateway_sessions_lost_total", {"shard": "0"}) == 1
    assert replies_to(mira, lost) == []
    assert mira.latest(before) == before


async def test_a_banned_address_is_left_in_peace(citebot: Running, mira: Person, server: ServerHandle) -> None:
    await server.faults({"match": MESSAGES, "status": 429, "via": False, "retry_after": 1, "times": 1})
    before = len(await statuses(citebot))
    asked = [await mira.say("general", f"{mira.bot_mention} {STRENGTH}") for _ in range(6)]
    for question in asked:
        await mira.answer_to(question, timeout=LATE)
    # One refusal, a second of silence, then every answer: nothing was sent in between only to be refused as well.
    assert (await statuses(citebot))[before:] == [429] + [200] * 6
