"""Two whole programs on one PostgreSQL database: what is changed through one is answered from by the other.

Each is connected to a server of its own; the two have the same guild, people and channels, by the same ids.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from moderators import ASKED, LANTERN, added, edited, exported, published
from sqlalchemy import make_url
from whole_bot import ask, text_of
from whole_program import ROOT, shown_until, starter

from bot.local.handle import ServerHandle
from bot.local.newworld import new_world
from bot.local.person import Person
from bot.local.server import Settings, serve
from bot.local.state import Snowflakes
from knowledge.answerer import Answerer
from tests.conftest import Postgres

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECONDS = 2.0  # the most that may pass until the other program answers from a change
CALM = {"member": 0, "channel": 0, "repeat": 0}
END_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
BIRTH = 1_750_000_000.0  # of both worlds; the same moment gives the same ids


@dataclass(frozen=True)
class Side:
    """One of the two programs, with its people."""

    mira: Person
    sam: Person
    noor: Person
    folder: Path


@dataclass(frozen=True)
class Both:
    """The two, and their database."""

    first: Side
    second: Side
    database: str


@asynccontextmanager
async def side(number: int, folder: Path, vectors: Path, database: str) -> AsyncGenerator[tuple[Side, Process]]:
    """A server, the program on it, and its people."""
    world = new_world(Snowflakes(lambda: BIRTH))
    world.new_id = Snowflakes(worker=number)
    async with AsyncExitStack() as stack:
        server = ServerHandle.from_ready(await stack.enter_async_context(serve(Settings(), world)))
        start = starter(server, folder, vectors)
        process = await stack.enter_async_context(start(database=database, cooldown=CALM))
        mira, sam, noor = [await stack.enter_async_context(server.person(name)) for name in ("mira", "sam", "noor")]
        yield Side(mira, sam, noor, folder), process


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory, matching_cache: Path, answerer: Answerer
) -> AsyncIterator[Both]:
    database, folder = postgres.new(), tmp_path_factory.mktemp("two")
    try:
        async with (
            side(1, folder / "first", matching_cache, database) as (first, one),
            side(2, folder / "second", matching_cache, database) as (second, other),
        ):
            await asyncio.gather(*(shown_until(process, "Ready as") for process in (one, other)))
            yield Both(first, second, database)
    finally:
        postgres.drop(database)


async def seconds_until_answered(person: Person, words: str) -> float:
    """Ask until an answer has these words; how long after the call the question was asked that got it."""
    began = time.monotonic()
    while True:
        asked = time.monotonic() - began
        if words in text_of(await ask(person, ASKED)):
            return asked
        assert asked < 5 * SECONDS, f"never answered with {words!r}"


async def test_what_is_added_through_one_is_answered_by_the_other(both: Both) -> None:
    assert both.first.sam.hello["guild"] == both.second.sam.hello["guild"]
    assert "The base has no answer" in text_of(await ask(both.second.mira, ASKED))
    assert "Published" in await added(both.first.sam)
    assert await seconds_until_answered(both.second.mira, "Ines Roth") < SECONDS


async def test_also_after_the_connections_to_the_database_were_cut(both: Both, postgres: Postgres) -> None:
    name = make_url(both.database).database
    preview = await edited(both.second.sam, "At dusk.", "At nightfall.")
    postgres.run(END_CONNECTIONS.format(name))
    assert "Published" in await published(both.second.sam, preview)
    assert await seconds_until_answered(both.first.mira, "At nightfall.") < SECONDS


async def test_two_moderators_on_different_programs_conflict(both: Both) -> None:
    first = await edited(both.first.sam, "At nightfall.", "At sunset.")
    second = await edited(both.second.noor, "At nightfall.", "At moonrise.")
    assert "Published" in await published(both.first.sam, first)
    clash = await both.second.noor.response(await both.second.noor.press(second, "Publish"))
    told = text_of(clash).replace("*", "")  # what differs is bold
    assert "Somebody else has changed this since you began" in told
    assert all(words in told for words in ("At sunset.", "At moonrise.", f"<@{both.first.sam.me['id']}>"))
    mine = await both.second.noor.response(await both.second.noor.press(clash, "Use mine instead"))
    assert "Published" in await published(both.second.noor, mine)
    assert await seconds_until_answered(both.first.mira, "At moonrise.") < SECONDS
    # Each moderator's last change is theirs, whichever program they are on.
    undone = await both.first.noor.response(await both.first.noor.run("general", "kb undo"))
    assert "Taken back" in await published(both.first.noor, undone)
    assert await seconds_until_answered(both.second.mira, "At sunset.") < SECONDS


async def test_what_is_imported_in_a_terminal_is_answered_by_both(both: Both, tmp_path: Path) -> None:
    file = tmp_path / "server.yaml"
    file.write_bytes((await exported(both.first.sam)).replace(b"At sunset.", b"At eight."))
    guild = both.first.sam.hello["guild"]["id"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "import", "--guild", guild, str(file)),
        cwd=both.first.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
    )
    _, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    for here in (both.first, both.second):
        assert await seconds_until_answered(here.mira, "At eight.") < SECONDS
    assert LANTERN.encode() in await exported(both.second.sam)
