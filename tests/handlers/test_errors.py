"""What people read, and what the log holds, when something fails."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
from discord import app_commands

from handlers.errors import NoticeError, told
from handlers.turns import Turns
from knowledge.errors import StoreError

if TYPE_CHECKING:
    from tests.handlers.conftest import MakeWorld, World  # pyright: ignore[reportMissingImports]
else:
    MakeWorld = World = Any

FLOOD = "Why does the river flood every spring?"
SECRET = "my very private question about the river"


class BrokenKnowledge:
    """Knowledge that fails in the middle of a question."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def current(self, *_: Any) -> Any:
        return self

    async def of(self, *_: Any) -> Any:
        return self

    def open(self, _: str) -> None:
        return None

    def complete(self, *_: Any) -> Any:
        raise self._error

    async def ask(self, *_: Any, **_more: Any) -> Any:
        raise self._error


def break_it(world: World, error: Exception) -> None:
    object.__setattr__(world.services, "knowledge", BrokenKnowledge(error))


async def test_the_unexpected_becomes_an_id_in_the_channel_and_in_the_log(
    make_world: MakeWorld, caplog: pytest.LogCaptureFixture
) -> None:
    world = await make_world(check_errors=False)
    break_it(world, ValueError("boom"))
    await world.mira.send(world.channel, f"{world.me} {SECRET}")
    found = re.search(r"Something went wrong \(id ([0-9a-f]{8})\)", world.last.content)
    assert found is not None
    assert "boom" not in world.last.content
    assert "Traceback" not in world.last.content
    assert found[1] in caplog.text
    assert SECRET not in caplog.text
    assert world.pings(world.last) == []


async def test_a_command_that_fails_tells_its_person_only(make_world: MakeWorld) -> None:
    world = await make_world(check_errors=False)
    break_it(world, ValueError("boom"))
    result = await world.mira.slash(world.channel, "ask", question=SECRET)
    assert result.ephemeral
    assert "Something went wrong (id " in world.said(result).content


async def test_autocomplete_that_fails_offers_nothing(make_world: MakeWorld) -> None:
    world = await make_world(check_errors=False)
    break_it(world, ValueError("boom"))
    assert await world.mira.autocomplete(world.channel, "ask", "question", "x") == []


async def test_an_error_for_people_is_shown_as_it_is(make_world: MakeWorld) -> None:
    world = await make_world(check_errors=False)
    break_it(world, StoreError("The disk is full. Free some space."))
    await world.mira.send(world.channel, f"{world.me} {SECRET}")
    assert world.last.content == "The disk is full. Free some space."


async def test_a_button_that_fails_tells_whoever_pressed(make_world: MakeWorld) -> None:
    world = await make_world(check_errors=False)
    reply = await world.ask(FLOOD)

    class Broken:
        async def vote(self, *_: Any, **__: Any) -> None:
            raise RuntimeError("boom")

    object.__setattr__(world.services, "store", Broken())
    result = await world.tom.click(reply, label="Helpful")
    assert result.ephemeral
    assert "Something went wrong (id " in world.said(result).content


async def test_an_answer_does_not_depend_on_the_store(world: World, caplog: pytest.LogCaptureFixture) -> None:
    class Full:
        async def remember(self, **_: Any) -> None:
            raise StoreError("The database cannot be used: the disk is full.")

    store = world.store
    object.__setattr__(world.services, "store", Full())
    for _ in range(3):
        reply = await world.ask(FLOOD)
        assert reply.embeds[0].title == FLOOD
    object.__setattr__(world.services, "store", store)
    await world.ask(FLOOD)
    await world.ask(FLOOD)
    # However many there are, the log has a line where it begins and one where it is over.
    told = [record.getMessage() for record in caplog.records if "stored" in str(vars(record).get("event"))]
    assert len(told) == 2, told
    assert "the disk is full" in told[0]
    assert "replies=3" in told[1]


@pytest.mark.parametrize("status", [403, 404])
async def test_a_channel_that_vanished_is_a_line_in_the_log_and_no_more(
    world: World, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.INFO)
    world.env.inject_error("POST", "/channels/*/messages", status=status, code=10003, message="Unknown Channel")
    await world.mira.send(world.channel, f"{world.me} {SECRET}")
    assert world.bots == []
    assert f"status={status}" in caplog.text
    assert "Traceback" not in caplog.text
    assert SECRET not in caplog.text


async def test_a_question_deleted_before_its_answer_is_no_trouble(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    message = "Invalid Form Body\nIn message_reference: Unknown message"
    world.env.inject_error("POST", "/channels/*/messages", status=400, code=50035, message=message)
    await world.mira.send(world.channel, f"{world.me} {FLOOD}")
    assert world.bots == []
    assert "deleted before its reply" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_question_deleted_while_it_is_answered_leaves_no_reply(world: World) -> None:
    real = world.services.knowledge

    class Slow:
        async def ask(self, *asked: Any, **more: Any) -> Any:
            newest = max(world.env.backend.messages[world.channel.id])
            world.env.backend.delete_message(world.channel.id, newest)
            return await real.ask(*asked, **more)

        def count(self, *asked: Any, **more: Any) -> None:
            real.count(*asked, **more)

    object.__setattr__(world.services, "knowledge", Slow())
    await world.mira.send(world.channel, f"{world.me} {FLOOD}")
    assert world.channel.history() == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoticeError("Just so."), "Just so."),
        (app_commands.MissingPermissions(["manage_messages"]), "You need a permission for that: Manage Messages."),
        (app_commands.BotMissingPermissions(["embed_links"]), "I lack a permission for that here: Embed Links."),
        (app_commands.NoPrivateMessage(), "That works in servers only."),
        (app_commands.CheckFailure(), "You may not use that here."),
        (app_commands.CommandNotFound("old", []), "My commands have just changed"),
        (StoreError("a *b* @everyone"), "a \\*b\\* @\u200beveryone"),
    ],
)
def test_words_for_each_kind(error: Exception, words: str) -> None:
    text = told(error, "a test")
    assert text is not None
    assert text.startswith(words)


async def test_a_mention_is_no_unknown_prefix_command(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.ask(FLOOD)
    assert caplog.text == ""


async def test_turns_are_taken_in_order_and_leave_nothing_behind() -> None:
    turns = Turns()
    order: list[str] = []
    async with turns.of(1):

        async def other(name: str, message: int) -> None:
            async with turns.of(message):
                order.append(name)

        tasks = [asyncio.create_task(other(name, 1)) for name in ("second", "third")]
        elsewhere = asyncio.create_task(other("elsewhere", 2))
        await elsewhere
        order.append("first")
    await asyncio.gather(*tasks)
    assert order == ["elsewhere", "first", "second", "third"]
    assert turns.idle
