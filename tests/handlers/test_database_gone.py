"""The database is gone for a while: answers go on, what would change something is refused, and nothing is half done."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from knowledge.errors import StoreError
from knowledge.store.records import Tally

if TYPE_CHECKING:
    from tests.handlers.conftest import MakeWorld, World  # pyright: ignore[reportMissingImports]
else:
    MakeWorld = World = Any

FLOOD = "Why does the river flood every spring?"
TROUT = "Have the trout come back to the river?"
GONE = "The database is out of reach. Try again in a moment."


@contextmanager
def gone(world: World) -> Generator[None]:
    """Within the block every use of the database fails."""

    @asynccontextmanager
    async def fails() -> AsyncGenerator[Any]:
        raise StoreError(GONE)
        yield

    database = vars(world.store)["_database"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "read", fails)
        patch.setattr(database, "write", fails)
        yield


async def test_questions_are_answered_in_a_server_with_settings_of_its_own(make_world: MakeWorld) -> None:
    world = await make_world(check_errors=False)
    await world.store.guilds.change(world.guild.id, lambda settings: replace(settings, unanswered_days=7))
    await world.services.knowledge.published(world.guild.id)
    with gone(world):
        assert (await world.ask(FLOOD)).embeds[0].title == FLOOD
        said = world.said(await world.mira.slash(world.channel, "ask", question=TROUT))
        assert said.embeds[0].title == TROUT
    assert (await world.ask(TROUT)).embeds[0].title == TROUT


async def test_a_reply_to_a_message_that_is_not_known_is_left_alone_without_an_error(
    make_world: MakeWorld, caplog: pytest.LogCaptureFixture
) -> None:
    world = await make_world(check_errors=False)
    with gone(world):
        other = await world.tom.send(world.channel, "fine weather")
        await world.mira.send(world.channel, "indeed", reply_to=other)
        assert world.bots == []
        assert (await world.ask(FLOOD)).embeds[0].title == FLOOD
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_vote_is_refused_in_words_and_counts_once_it_is_back(make_world: MakeWorld) -> None:
    world = await make_world(check_errors=False)
    reply = await world.ask(FLOOD)
    with gone(world):
        refused = world.said(await world.mira.click(reply, label="Helpful"))
        assert refused.ephemeral
        assert GONE in world.text_of(refused)
    assert await world.store.tally("entry:why-floods") == Tally(0, 0)
    await world.mira.click(reply, label="Helpful")
    assert await world.store.tally("entry:why-floods") == Tally(1, 0)
