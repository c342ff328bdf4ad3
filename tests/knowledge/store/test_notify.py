"""Whoever listens is told which servers have changed, by this program or another, and misses nothing."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from knowledge.store import Store
from knowledge.store.notify import Subscription

PROGRAM = Path(__file__).parent / "other_program.py"
SECONDS = 2.0  # the most that may pass until another program sees a change

END_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"


async def heard(guilds: Subscription, seconds: float = SECONDS) -> int:
    return await asyncio.wait_for(anext(guilds), seconds)


async def silence(guilds: Subscription, seconds: float = 0.3) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(guilds), seconds)


@asynccontextmanager
async def program(*words: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Another program on the database: see other_program.py."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line(process: asyncio.subprocess.Process, seconds: float = 20) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), seconds)).decode().strip()


async def test_a_change_of_ones_own_is_heard_at_once(store: Store, save: Any) -> None:
    async with store.changed.subscribe() as guilds:
        await save(store, guild=10)
        assert await heard(guilds, 0.1) == 10
        await store.guilds.change(20, lambda now: replace(now, audit_channel=1))
        assert await heard(guilds, 0.1) == 20
        await silence(guilds)


async def test_what_was_before_and_what_came_to_nothing_is_not_heard(store: Store, save: Any) -> None:
    await save(store, guild=10)
    async with store.changed.subscribe() as guilds:
        with pytest.raises(Exception, match="Changed by somebody else"):
            await save(store, guild=10)
        await silence(guilds)


async def test_many_changes_of_one_server_are_told_once_to_everyone(store: Store, save: Any) -> None:
    async with store.changed.subscribe() as first, store.changed.subscribe() as second:
        for number in range(5):
            await save(store, f"entry-{number}", guild=10)
        assert await heard(first, 0.1) == 10
        assert await heard(second, 0.1) == 10
        await silence(first)
    async with store.changed.subscribe() as later:
        await silence(later)


async def test_another_store_hears_it_within_two_seconds(store: Store, other: Store, save: Any) -> None:
    async with other.changed.subscribe() as guilds:
        await save(store, guild=10)
        assert await heard(guilds) == 10
        # And what it reads then is the change.
        assert (await other.revisions.current(10)).last_change > 0
        await silence(guilds, 1.2)


async def test_two_programs_hear_each_other(where: Path | str, store: Store, save: Any) -> None:
    async with program(str(where), "listen") as listening, program(str(where), "commit", "30") as committing:
        assert await line(listening) == "listening"
        assert await line(committing) == "ready"
        began = time.monotonic()
        await save(store, guild=20)
        assert await line(listening) == "20"
        assert time.monotonic() - began < SECONDS
        async with store.changed.subscribe() as guilds:
            assert committing.stdin is not None
            committing.stdin.write(b"\n")
            assert await line(committing) == "committed"
            assert await heard(guilds) == 30
        assert await line(listening) == "30"


async def test_nothing_is_missed_over_a_lost_connection(
    empty_postgres: str, postgres: Any, clock: Any, save: Any
) -> None:
    """The server ends every connection of the listener's, again and again; changes come in between."""
    name = make_url(empty_postgres).database
    async with (
        Store.open(empty_postgres, clock=clock) as store,
        Store.open(empty_postgres, clock=clock) as other,
        other.changed.subscribe() as guilds,
    ):
        for number in range(4):
            await asyncio.to_thread(postgres.run, END_CONNECTIONS.format(name))
            began = time.monotonic()
            await save(store, f"entry-{number}", guild=10 + number)
            assert await heard(guilds) == 10 + number
            assert time.monotonic() - began < SECONDS


class Wire:
    """A wire to the server that can fall silent, as when somebody pulls the plug: nothing is closed."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._ends: list[asyncio.Task[None]] = []
        self.dead: set[int] = set()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self._ends)
        there, back = await asyncio.open_connection(*self._server)
        self._ends += [
            asyncio.create_task(self._carry(number, reader, back)),
            asyncio.create_task(self._carry(number, there, writer)),
        ]

    async def _carry(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if number not in self.dead:
                writer.write(data)
        writer.close()

    def pull_the_plug(self) -> None:
        """Every connection that there is carries nothing any more; new ones do."""
        self.dead.update(range(len(self._ends)))

    def end(self) -> None:
        for end in self._ends:
            end.cancel()


async def test_a_connection_that_fell_silent_is_noticed(empty_postgres: str, clock: Any, save: Any) -> None:
    url = make_url(empty_postgres)
    wire = Wire(url.host or "127.0.0.1", url.port or 5432)
    proxy = await asyncio.start_server(wire, "127.0.0.1", 0)
    through = url.set(host="127.0.0.1", port=proxy.sockets[0].getsockname()[1])
    async with (
        Store.open(empty_postgres, clock=clock) as store,
        Store.open(through.render_as_string(hide_password=False), clock=clock) as other,
        other.changed.subscribe() as guilds,
    ):
        await save(store, "before", guild=10)
        assert await heard(guilds) == 10
        # It has kept some connections for later, and they fall silent too.
        await asyncio.gather(*(other.revisions.current(10) for _ in range(4)))
        wire.pull_the_plug()
        began = time.monotonic()
        await save(store, "after", guild=20)
        assert await heard(guilds) == 20
        assert time.monotonic() - began < SECONDS
    wire.end()
    proxy.close()


async def test_a_server_that_is_away_for_a_while_is_found_again(
    empty_postgres: str, postgres: Any, clock: Any, save: Any, caplog: pytest.LogCaptureFixture
) -> None:
    name = make_url(empty_postgres).database
    async with Store.open(empty_postgres, clock=clock) as store, store.changed.subscribe() as guilds:
        await asyncio.to_thread(postgres.run, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await asyncio.to_thread(postgres.run, END_CONNECTIONS.format(name))
        await silence(guilds, 1.5)
        await asyncio.to_thread(postgres.run, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        async with Store.open(empty_postgres, clock=clock) as other:
            await save(other, guild=10)
        assert await heard(guilds) == 10
    # Said once, not at every attempt.
    assert len([record for record in caplog.records if "until it can look again" in record.message]) == 1


async def test_postgresql_tells_without_being_asked(
    empty_postgres: str, clock: Any, save: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notification comes sooner than any look at the table would."""
    monkeypatch.setattr("knowledge.store.notify._HEARTBEAT", 60.0)
    async with (
        Store.open(empty_postgres, clock=clock) as store,
        Store.open(empty_postgres, clock=clock) as other,
        other.changed.subscribe() as guilds,
    ):
        await save(store, guild=10)  # it may only begin to listen now
        assert await heard(guilds) == 10
        for number in range(5):
            began = time.monotonic()
            await save(store, f"more-{number}", guild=10)
            assert await heard(guilds) == 10
            assert time.monotonic() - began < 0.5
