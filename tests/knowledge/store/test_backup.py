"""A backup holds everything at one moment, from either database into either, while both are in use."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.answers import Outcome
from knowledge.curation.items import ItemKey, ItemKind
from knowledge.errors import StoreError
from knowledge.store import Store, Tally
from knowledge.store.backup import LOCK_ORDER, Contents, backup, restore
from knowledge.store.records import ConflictError, GuildSettings, Lack, ProposalKind
from knowledge.store.tables import Base

FLOODS = ItemKey(ItemKind.ENTRY, "why-floods")


async def fill(store: Store, save: Any) -> None:
    await save(store, guild=10, text="“one” 🐟")
    await save(store, guild=10, text=None, expected=1)
    await save(store, guild=20, who=None)
    proposal = await store.proposals.add(10, 5, ProposalKind.ENTRY, {"b": 1, "a": [None, True]})
    await save(store, "approved", guild=10, proposal=proposal.id)
    await store.proposals.add(10, 6, ProposalKind.ENTRY, {})
    await store.unanswered.add(10, "why", Lack.ABSTAINED, ["entry:a"])
    await store.recent.add(10, "how high")
    await store.guilds.change(10, lambda now: replace(now, packs={"x": True}))
    await store.usage.count(10, Outcome.ANSWER, "entry:a")
    await store.remember(
        message=1, channel=2, guild=10, asker=3, invoker=4, question_message=5, candidate="entry:a",
        outcome=Outcome.ANSWER, days=30,
    )  # fmt: skip
    await store.vote(1, 7, helpful=True)


async def everything(store: Store) -> dict[str, Any]:
    guilds = (10, 20)
    return {
        "current": [await store.revisions.current(guild) for guild in guilds],
        "changes": [await store.revisions.changes(guild, limit=100) for guild in guilds],
        "proposals": [[await store.proposals.get(guild, n) for n in (1, 2)] for guild in guilds],
        "unanswered": [await store.unanswered.all(guild) for guild in guilds],
        "recent": [await store.recent.all(guild) for guild in guilds],
        "settings": await store.guilds.all(),
        "days": [await store.usage.days(guild, date.min) for guild in guilds],
        "used": [await store.usage.used(guild) for guild in guilds],
        "reply": await store.reply(1),
        "tallies": [await store.tallies(guild) for guild in guilds],
    }


def beside(file: Path) -> list[str]:
    """What lies beside a file and begins like it."""
    return [path.name for path in file.parent.glob(f"{file.stem}*")]


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Another database, new: a file or a URL."""
    if request.param == "sqlite":
        yield tmp_path / "elsewhere.sqlite3"
        return
    yield request.getfixturevalue("empty_postgres")


async def test_everything_comes_back_in_either_database(
    store: Store, where: Path | str, elsewhere: Path | str, tmp_path: Path, clock: Any, save: Any
) -> None:
    await fill(store, save)
    file = tmp_path / "monday.sqlite3"
    held = await backup(where, file, clock=clock)
    assert held == Contents(servers=2, changes=4, replies=1)
    restored = await restore(elsewhere, file, keep=tmp_path / "kept" / "before.sqlite3", clock=clock)
    assert (restored.contents, restored.kept) == (held, None)
    async with Store.open(elsewhere, clock=clock) as there:
        assert await everything(there) == await everything(store)
        # And it goes on where it was: no id is given twice.
        last = (await there.revisions.changes(10))[0].id
        assert (await save(there, "new", guild=20)).id > last
        assert (await there.proposals.add(10, 5, ProposalKind.ENTRY, {})).id == 3
        assert await there.vote(1, 8, helpful=False) is None


async def test_a_restore_takes_the_place_of_what_there_was_and_keeps_it(
    store: Store, where: Path | str, tmp_path: Path, clock: Any, save: Any
) -> None:
    await fill(store, save)
    file, kept = tmp_path / "monday.sqlite3", tmp_path / "kept" / "before.sqlite3"
    await backup(where, file, clock=clock)
    before = await everything(store)
    await save(store, guild=30)
    latest = await save(store, text="later", guild=10, expected=2)
    await store.forget([1])
    later = await everything(store)
    async with store.changed.subscribe() as guilds:
        restored = await restore(where, file, keep=kept, clock=clock)
        assert restored.kept == kept
        # Whoever answers from it hears of every server, also of one that is gone.
        heard = {await asyncio.wait_for(anext(guilds), 2) for _ in range(3)}
        assert heard == {10, 20, 30}
    assert await everything(store) == before
    assert (await store.revisions.current(30)).revisions == {}
    assert (await save(store, "new", guild=20)).id > latest.id
    await restore(where, kept, keep=tmp_path / "again.sqlite3", clock=clock)
    assert await everything(store) == later


async def test_a_backup_while_changes_come_in_is_one_moment(
    store: Store, where: Path | str, tmp_path: Path, clock: Any, save: Any
) -> None:
    done = asyncio.Event()

    async def keep_changing() -> None:
        number = 0
        while not done.is_set():
            await save(store, "a", str(number), expected=number)
            number += 1

    changing = asyncio.create_task(keep_changing())
    for number in range(3):
        await asyncio.sleep(0.05)
        file = tmp_path / f"{number}.sqlite3"
        await backup(where, file, clock=clock)
        with closing(sqlite3.connect(file)) as copy:
            changes, revisions, highest = copy.execute(
                "SELECT (SELECT COUNT(*) FROM changes), COUNT(*), MAX(number) FROM revisions"
            ).fetchone()
            assert changes == revisions == highest > 0
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    done.set()
    await changing


async def test_a_restore_while_changes_come_in_is_whole(
    store: Store, where: Path | str, tmp_path: Path, clock: Any, save: Any
) -> None:
    await save(store, "a", "0")
    file = tmp_path / "first.sqlite3"
    await backup(where, file, clock=clock)
    done = asyncio.Event()

    async def keep_changing() -> None:
        while not done.is_set():
            number = (await store.revisions.current(10)).number(ItemKey(ItemKind.ENTRY, "a"))
            with contextlib.suppress(ConflictError):  # restored in between
                await save(store, "a", str(number), expected=number)

    changing = asyncio.create_task(keep_changing())
    for number in range(3):
        await asyncio.sleep(0.1)
        await restore(where, file, keep=tmp_path / f"kept-{number}.sqlite3", clock=clock)
    done.set()
    await changing
    history = await store.revisions.history(10, ItemKind.ENTRY, "a")
    assert [past.revision.number for past in history] == list(range(len(history), 0, -1))
    changes = await store.revisions.changes(10, limit=10_000)
    assert [past.change.id for past in history] == [change.id for change in changes]


def test_every_table_is_held_still_by_a_restore() -> None:
    assert sorted(LOCK_ORDER.split(", ")) == sorted(Base.metadata.tables)


async def test_a_backup_is_one_file_for_its_owner_alone(
    store: Store, where: Path | str, tmp_path: Path, clock: Any
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for _ in range(2):
        await backup(where, folder / "b.sqlite3", clock=clock)
    assert [file.name for file in folder.iterdir()] == ["b.sqlite3"]
    assert (folder / "b.sqlite3").stat().st_mode & 0o777 == 0o600


async def test_what_is_no_backup_is_refused_and_nothing_is_changed(
    store: Store, where: Path | str, tmp_path: Path, clock: Any, save: Any
) -> None:
    await fill(store, save)
    before = await everything(store)
    keep = tmp_path / "keep.sqlite3"
    (tmp_path / "text").write_text("Shopping list: bread, butter, and a good deal of tea.\n" * 100)
    with closing(sqlite3.connect(tmp_path / "strange")) as strange:
        strange.execute("CREATE TABLE things (id INTEGER)")
    await backup(where, tmp_path / "newer", clock=clock)
    await backup(where, tmp_path / "damaged", clock=clock)
    with closing(sqlite3.connect(tmp_path / "newer")) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    with closing(sqlite3.connect(tmp_path / "damaged")) as damaged:
        # The changes of a revision are missing: a database that keeps its promises cannot take it.
        damaged.execute("DELETE FROM changes")
        damaged.commit()
    for name, words in (
        ("missing", "There is no backup"),
        ("text", "not a database"),
        ("strange", "not a backup"),
        ("newer", "newer version"),
        ("damaged", "cannot be used"),
    ):
        with pytest.raises(StoreError, match=words) as caught:
            await restore(where, tmp_path / name, keep=keep, clock=clock)
        assert "To do:" in str(caught.value)
    assert await everything(store) == before
    assert (tmp_path / "text").exists()


async def test_an_older_backup_is_brought_up_to_date_and_stays_as_it_is(
    where: Path | str, tmp_path: Path, clock: Any
) -> None:
    file = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(
            "CREATE TABLE replies (message_id BIGINT PRIMARY KEY, channel_id BIGINT NOT NULL, guild_id BIGINT, "
            "asker_id BIGINT NOT NULL, invoker_id BIGINT NOT NULL, question_id BIGINT, "
            "candidate_id VARCHAR(80) NOT NULL, outcome VARCHAR(20) NOT NULL, created_at DATETIME NOT NULL, "
            "expires_at DATETIME NOT NULL);"
            "CREATE TABLE votes (id INTEGER PRIMARY KEY, reply_id BIGINT NOT NULL, voter_id BIGINT, "
            "candidate_id VARCHAR(80) NOT NULL, helpful BOOLEAN NOT NULL, at DATETIME NOT NULL);"
            "INSERT INTO votes VALUES (1, 1, 5, 'entry:a', 1, '2026-03-01 00:00:00.000000');"
        )
    before = file.read_bytes()
    await restore(where, file, keep=tmp_path / "keep.sqlite3", clock=clock)
    assert file.read_bytes() == before
    assert beside(file) == ["old.sqlite3"]
    async with Store.open(where, clock=clock) as store:
        assert await store.tally("entry:a") == Tally(1, 0)


async def test_the_database_itself_is_not_taken_for_a_backup(tmp_path: Path, clock: Any) -> None:
    path = tmp_path / "citebot.sqlite3"
    with pytest.raises(StoreError, match="There is no database"):
        await backup(path, tmp_path / "b", clock=clock)
    async with Store.open(path, clock=clock) as store:
        await store.guilds.change(10, lambda _: GuildSettings(audit_channel=1))
    (tmp_path / "link").symlink_to(path)
    for file in (path, tmp_path / "link"):
        with pytest.raises(StoreError, match="the database itself"):
            await backup(path, file, clock=clock)
        with pytest.raises(StoreError, match="the database itself"):
            await restore(path, file, keep=tmp_path / "k", clock=clock)
    with pytest.raises(StoreError, match=r"missing.*To do"):
        await backup(path, tmp_path / "missing" / "b", clock=clock)
