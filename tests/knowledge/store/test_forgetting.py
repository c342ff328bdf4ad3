"""A person who asks to be forgotten is: in the live database, in its file and in the file's log."""

from __future__ import annotations

import json
import resource
import struct
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from knowledge.answers import Outcome
from knowledge.errors import StoreError
from knowledge.store import Store, Tally
from knowledge.store import forgetting as forgetting_module
from knowledge.store import wiping as wiping_module
from knowledge.store.address import Address
from knowledge.store.belongings import OTHERS
from knowledge.store.engine import open_engine
from knowledge.store.records import FORGOTTEN, Lack, ProposalKind
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
    # What they have proposed is in their words, so it goes; what became knowledge of it stays there.
    assert await store.proposals.get(10, 1) is None
    second = await store.proposals.get(10, 2)
    assert second is not None
    assert (second.proposer, second.decider) == (9, FORGOTTEN)
    assert await store.reply(1) is None
    assert await store.reply(2) is None
    assert await store.reply(3) is not None
    assert await store.tally("entry:a") == Tally(3, 3)
    assert await store.vote(3, 6, helpful=False) is False
    assert await store.vote(3, PERSON, helpful=True) is None
    assert await store.forget_person(4) == 0


async def test_in_one_server_they_are_forgotten_there_alone(store: Store, save: Any) -> None:
    await fill(store, save)
    assert await store.forget_person(PERSON, guild=20) == 1
    assert [change.who for change in await store.revisions.changes(20)] == [FORGOTTEN]
    assert [change.who for change in await store.revisions.changes(10)] == [PERSON, 8, PERSON]
    assert await store.reply(1) is not None
    before = await store.belongings(PERSON, guild=10)
    assert await store.forget_person(PERSON, guild=10) == len(before)
    assert len(await store.belongings(PERSON)) == 0


async def test_what_belongs_to_them_is_shown_without_others(store: Store, save: Any) -> None:
    await fill(store, save)
    shown = await store.belongings(PERSON, guild=10)
    assert {name: len(rows) for name, rows in shown.tables.items()} == {
        "changes": 2, "proposals": 2, "replies": 2, "votes": 3,
    }  # fmt: skip
    own, decided = shown.tables["proposals"]
    assert (own["proposer_id"], own["fields"], own["decider_id"]) == (str(PERSON), {"question": "Why?"}, OTHERS)
    assert (decided["proposer_id"], decided["fields"], decided["decider_id"]) == (OTHERS, OTHERS, str(PERSON))
    assert {reply["asker_id"] for reply in shown.tables["replies"]} == {str(PERSON), OTHERS}
    json.dumps(dict(shown.tables))
    assert len(await store.belongings(PERSON)) == len(shown) + 1
    assert len(await store.belongings(4)) == 0


async def test_people_not_seen_for_long_are_forgotten_where_they_were_not(store: Store, clock: Any, save: Any) -> None:
    await fill(store, save)
    clock.now += timedelta(days=100)
    await save(store, "late", guild=20, who=PERSON)
    await store.proposals.add(10, 8, ProposalKind.ENTRY, {})
    assert await store.forget_unseen(clock.now - timedelta(days=100)) == 0
    clock.now += timedelta(seconds=1)
    assert await store.forget_unseen(clock.now - timedelta(days=100)) > 0
    # One has done something elsewhere, the other here.
    assert [change.who for change in await store.revisions.changes(10)] == [FORGOTTEN, 8, FORGOTTEN]
    assert [change.who for change in await store.revisions.changes(20)] == [PERSON, PERSON]
    assert await store.forget_unseen(clock.now - timedelta(days=100)) == 0


async def test_a_kept_question_names_nobody(store: Store) -> None:
    for asked in (f"what did <@{PERSON}> say", f"<@!{PERSON}> <@&{PERSON}> why", f"is {PERSON} right?"):
        await store.recent.add(10, asked)
        await store.unanswered.add(10, asked, Lack.ABSTAINED, [])
    kept = [*await store.recent.all(10), *(question.text for question in await store.unanswered.all(10))]
    assert len(kept) == 6
    assert not [text for text in kept if str(PERSON) in text]
    await store.recent.add(10, "why in 1999, 250000000 of them?")
    assert (await store.recent.all(10))[0] == "why in 1999, 250000000 of them?"


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
    monkeypatch.setattr(wiping_module, "ATTEMPTS", (2, 0.01))
    path = tmp_path / "citebot.sqlite3"
    async with Store.open(path, clock=clock) as store:
        await fill(store, save)
        async with open_engine(Address.of(path)) as engine, engine.connect() as reader:
            await reader.execute(text("SELECT COUNT(*) FROM changes"))
            with pytest.raises(StoreError, match=r"may stand in its log.*To do: ask again"):
                await store.forget_person(PERSON)
        await store.forget_person(PERSON)
        assert struct.pack(">q", PERSON) not in path.read_bytes()


async def test_where_the_file_has_no_room_for_its_log_nothing_is_done(
    tmp_path: Path, clock: Any, save: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "citebot.sqlite3"
    async with Store.open(path, clock=clock) as store:
        await fill(store, save)
        before = await store.belongings(PERSON)
        # The file alone may not grow: its log is longer than it.
        log = path.with_name("citebot.sqlite3-wal").stat().st_size
        assert log > path.stat().st_size
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, limits[1]))
        try:
            with pytest.raises(StoreError, match=r"cannot be used.*To do"):
                await store.forget_person(PERSON)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert await store.belongings(PERSON) == before
        assert await store.forget_person(PERSON) == len(before)


async def test_where_the_log_cannot_be_emptied_afterwards_that_is_told(
    store: Store, save: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store, save)

    async def full(_: Any, **__: Any) -> bool:
        if await store.belongings(PERSON):
            return True
        raise StoreError("The database cannot be used: the disk is full. To do: free some space and try again.")

    with monkeypatch.context() as patch:
        patch.setattr(forgetting_module, "wiped", full)
        with pytest.raises(StoreError, match=r"forgotten, but their id may stand in its log.*disk is full.*ask again"):
            await store.forget_person(PERSON)
    assert not await store.belongings(PERSON)
