"""A person who asks to be forgotten is: in the live database, in its file and in the file's log."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from knowledge.answers import Outcome
from knowledge.errors import StoreError
from knowledge.store import Store, Tally
from knowledge.store import forgetting as forgetting_module
from knowledge.store.address import Address
from knowledge.store.engine import open_engine
from knowledge.store.records import FORGOTTEN, ProposalKind
from knowledge.store.tables import Base

PERSON = 1_234_567_890_123_456_789


async def fill(store: Store, save: Any) -> None:
    await save(store, "a", who=PERSON)
    await save(store, "b", who=8)
    await save(store, "a", "anew", who=PERSON, expected=1, guild=20 - 10)
    await save(store, "a", guild=20, who=PERSON)
    declined = await store.proposals.add(10, PERSON, ProposalKind.ENTRY, {"question": "Why?"})
    await store.proposals.decline(10, declined.id, 8)
    theirs = await store.proposals.add(10, 9, ProposalKind.ENTRY, {})
    await store.proposals.decline(10, theirs.id, PERSON)
    for message, asker, invoker in ((1, PERSON, PERSON), (2, 5, PERSON), (3, 5, 5)):
        await store.remember(
            message=message, channel=2, guild=10, asker=asker, invoker=invoker, question_message=None,
            candidate="entry:a", outcome=Outcome.ANSWER, days=30,
        )  # fmt: skip
        await store.vote(message, PERSON, helpful=True)
        await store.vote(message, 6, helpful=False)


async def test_who_they_are_goes_and_what_they_did_stays(store: Store, save: Any) -> None:
    await fill(store, save)
    before = await store.revisions.current(10)
    assert await store.forget_person(PERSON) > 0
    assert [change.who for change in await store.revisions.changes(10)] == [FORGOTTEN, 8, FORGOTTEN]
    assert [change.who for change in await store.revisions.changes(20)] == [FORGOTTEN]
    assert await store.revisions.current(10) == before
    assert await store.revisions.last_by(10, PERSON) is None
    first, second = await store.proposals.get(10, 1), await store.proposals.get(10, 2)
    assert first is not None
    assert second is not None
    assert (first.proposer, first.decider) == (FORGOTTEN, 8)
    assert (second.proposer, second.decider) == (9, FORGOTTEN)
    assert await store.reply(1) is None
    assert await store.reply(2) is None
    assert await store.reply(3) is not None
    assert await store.tally("entry:a") == Tally(3, 3)
    assert await store.vote(3, 6, helpful=False) is False
    assert await store.vote(3, PERSON, helpful=True) is None
    assert await store.forget_person(4) == 0


async def test_their_id_is_in_no_table(store: Store, where: Path | str, save: Any) -> None:
    await fill(store, save)
    await store.forget_person(PERSON)
    async with open_engine(Address.of(where)) as engine, engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = (await connection.execute(select(table))).all()
            assert str(PERSON) not in str(rows), table.name


async def test_their_id_is_in_no_byte_of_the_file_or_its_log(tmp_path: Path, clock: Any, save: Any) -> None:
    """SQLite keeps a number of that size as eight bytes; nothing else makes them."""
    path = tmp_path / "citebot.sqlite3"
    needle = struct.pack(">q", PERSON)

    def found() -> list[str]:
        return [file.name for file in tmp_path.iterdir() if needle in file.read_bytes()]

    async with Store.open(path, clock=clock) as store:
        await fill(store, save)
        assert found()
        await store.forget_person(PERSON)
        assert found() == []
        await save(store, "c")
        assert found() == []
    assert found() == []


async def test_a_reader_in_the_way_is_waited_for_and_then_told_of(
    tmp_path: Path, clock: Any, save: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.store.engine.BUSY_SECONDS", 0.05)
    monkeypatch.setattr(forgetting_module, "_ATTEMPTS", (2, 0.01))
    path = tmp_path / "citebot.sqlite3"
    async with Store.open(path, clock=clock) as store:
        await fill(store, save)
        async with open_engine(Address.of(path)) as engine, engine.connect() as reader:
            await reader.execute(text("SELECT COUNT(*) FROM changes"))
            with pytest.raises(StoreError, match=r"may stand in its log.*To do: ask again"):
                await store.forget_person(PERSON)
        await store.forget_person(PERSON)
        assert struct.pack(">q", PERSON) not in path.read_bytes()
