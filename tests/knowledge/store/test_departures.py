"""A server that the bot has left is forgotten after a while: in every table, and in the file."""

from __future__ import annotations

import struct
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from knowledge.answers import Outcome
from knowledge.store import Store
from knowledge.store.address import Address
from knowledge.store.engine import open_engine
from knowledge.store.records import Lack, ProposalKind
from knowledge.store.tables import Base

LEFT = 1_111_222_233_334_444_555
STAYS = 10


async def fill(store: Store, save: Any) -> None:
    """Something in every table, of two servers."""
    for guild, message in ((LEFT, 1), (STAYS, 2)):
        change = await save(store, "a", guild=guild)
        await save(store, "a", "anew", expected=1, guild=guild, undoes=change.id)
        proposal = await store.proposals.add(guild, 5, ProposalKind.ENTRY, {"question": "Why?"})
        await save(store, "b", guild=guild, proposal=proposal.id)
        await store.unanswered.add(guild, f"asked in {guild}", Lack.ABSTAINED, [])
        await store.recent.add(guild, "asked")
        await store.usage.count(guild, Outcome.ANSWER, "entry:a")
        await store.remember(
            message=message, channel=2, guild=guild, asker=5, invoker=5, question_message=None,
            candidate="entry:a", outcome=Outcome.ANSWER, days=90,
        )  # fmt: skip
        await store.vote(message, 6, helpful=True)


async def rows(where: Path | str) -> dict[str, int]:
    """How often the server that was left is named, by table."""
    found: dict[str, int] = {}
    async with open_engine(Address.of(where)) as engine, engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            found[table.name] = str((await connection.execute(select(table))).all()).count(str(LEFT))
    return found


async def test_everything_of_it_goes_after_a_while_and_nothing_of_others(
    store: Store, where: Path | str, clock: Any, save: Any
) -> None:
    await fill(store, save)
    assert await store.departures.compare({STAYS}) == (LEFT,)
    assert all((await rows(where)).values()), "this test fills every table"
    assert await store.departures.compare({STAYS}) == ()
    clock.now += timedelta(days=30)
    assert await store.departures.forget(clock.now - timedelta(days=30)) == ()
    clock.now += timedelta(seconds=1)
    before = await store.revisions.current(STAYS)
    assert await store.departures.forget(clock.now - timedelta(days=30)) == (LEFT,)
    assert not any((await rows(where)).values())
    assert await store.revisions.current(STAYS) == before
    assert len(await store.unanswered.all(STAYS)) == 1
    assert await store.reply(2) is not None
    assert await store.departures.all() == {}


async def test_one_that_is_back_in_time_loses_nothing(store: Store, other: Store, clock: Any, save: Any) -> None:
    await fill(store, save)
    await store.departures.compare({STAYS})
    clock.now += timedelta(days=29)
    # Another bot on the same database is in it.
    assert await other.departures.compare({LEFT}) == (STAYS,)
    clock.now += timedelta(days=2)
    assert await store.departures.forget(clock.now - timedelta(days=30)) == ()
    assert LEFT not in await store.departures.all()
    assert len(await store.recent.all(LEFT)) == 1


async def test_listeners_hear_that_it_is_gone(store: Store, clock: Any, save: Any) -> None:
    await save(store, guild=LEFT)
    async with store.changed.subscribe() as changed:
        await store.departures.compare(())
        clock.now += timedelta(days=31)
        await store.departures.forget(clock.now - timedelta(days=30))
        assert await anext(changed) == LEFT


async def test_it_is_in_no_byte_of_the_file(tmp_path: Path, clock: Any, save: Any) -> None:
    path = tmp_path / "citebot.sqlite3"
    needles = (struct.pack(">q", LEFT), f"asked in {LEFT}".encode(), f"asked in {LEFT}"[:9].encode())

    def found() -> bool:
        return any(needle in file.read_bytes() for file in tmp_path.iterdir() for needle in needles)

    async with Store.open(path, clock=clock) as store:
        await save(store, guild=LEFT)
        await store.unanswered.add(LEFT, "asked in the place that was left", Lack.ABSTAINED, [])
        await store.departures.compare(())
        assert found()
        clock.now += timedelta(days=31)
        assert await store.departures.forget(clock.now - timedelta(days=30)) == (LEFT,)
        assert not found()
