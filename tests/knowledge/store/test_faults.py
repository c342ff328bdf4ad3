"""A database that cannot be used says which, why and what to do."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateTable

from knowledge.answers import Outcome
from knowledge.errors import StoreError
from knowledge.store import Store
from knowledge.store import engine as engine_module
from knowledge.store.address import Address
from knowledge.store.faults import explain
from knowledge.store.tables import Base


def clock() -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC)


async def remember(store: Store) -> None:
    await store.remember(
        message=1,
        channel=2,
        guild=None,
        asker=3,
        invoker=3,
        question_message=None,
        candidate="",
        outcome=Outcome.ABSTAIN,
        days=1,
    )


async def open_and_close(path: Path) -> None:
    async with Store.open(path, clock=clock):
        pass


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite3"
    path.write_text("Shopping list: bread, butter, and a good deal of tea.\n" * 100)
    with pytest.raises(StoreError, match=r"notes\.sqlite3 .*not a database.*To do: move it away"):
        await open_and_close(path)


async def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be opened.*To do: check that the folder exists"):
        await open_and_close(tmp_path)


async def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreError, match=r"data.*To do:"):
        await open_and_close(tmp_path / "data" / "citebot.sqlite3")


async def test_a_read_only_folder(read_only_folder: Path) -> None:
    with pytest.raises(StoreError, match=r"To do: .*writable"):
        await open_and_close(read_only_folder / "citebot.sqlite3")


async def test_another_program_holds_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.05)
    path = tmp_path / "citebot.sqlite3"
    async with Store.open(path, clock=clock) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"another program holds it.*To do: stop the other program"):
            await remember(store)
        other.rollback()
        other.close()
        await remember(store)
        assert await store.reply(1) is not None


async def test_writes_do_not_queue_for_ever_behind_one_that_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.5)
    monkeypatch.setattr(engine_module, "TURN_SECONDS", 0.05)
    path = tmp_path / "citebot.sqlite3"
    async with Store.open(path, clock=clock) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        outcomes = await asyncio.gather(*(store.forget([1]) for _ in range(5)), return_exceptions=True)
        told = [str(outcome) for outcome in outcomes]
        assert "another program holds it" in told[0]
        assert all("does not keep up" in words and "To do:" in words for words in told[1:])
        with pytest.raises(StoreError, match="another program holds it"):
            await store.try_writing()
        other.rollback()
        other.close()
        assert store.write_problem
        await store.try_writing()
        assert not store.write_problem
        assert await store.departures.all() == {}
        await remember(store)


async def test_a_write_that_the_disk_refuses_is_no_reason_to_restore_a_copy(tmp_path: Path) -> None:
    """As with a quota, or a limit on the size of files: SQLite has the same words for it as for a broken disk."""
    driver = sqlite3.OperationalError("disk I/O error")
    driver.sqlite_errorname = "SQLITE_IOERR_WRITE"
    (tmp_path / "copy.sqlite3").write_bytes(b"SQLite format 3")
    line = explain("data/citebot.sqlite3", OperationalError("INSERT", (), driver), newest=tmp_path / "copy.sqlite3")
    assert "cannot be written" in line
    assert "quota" in line
    assert "restore" not in line


async def test_a_table_that_went_missing(tmp_path: Path) -> None:
    path = tmp_path / "citebot.sqlite3"
    async with Store.open(path, clock=clock) as store:
        other = sqlite3.connect(path)
        other.execute("DROP TABLE replies")
        other.commit()
        other.close()
        with pytest.raises(StoreError, match="a table is missing"):
            await store.reply(1)


@pytest.mark.parametrize(
    ("driver", "said"),
    [
        ("database or disk is full", "free some space"),
        ("attempt to write a readonly database", "make the file and its folder writable"),
        ("database disk image is malformed", "restore it from a copy"),
        ("something new", "something new"),
    ],
)
def test_what_the_driver_says_becomes_what_to_do(driver: str, said: str) -> None:
    error = OperationalError("INSERT INTO votes VALUES (?)", (42,), sqlite3.OperationalError(driver))
    line = explain("data/citebot.sqlite3", error)
    assert said in line
    assert "data/citebot.sqlite3" in line
    assert "INSERT" not in line


def test_the_password_of_a_url_is_not_shown() -> None:
    assert "hunter2" not in Address.of("postgresql+asyncpg://bot:hunter2@db/citebot").name


async def opened(url: str) -> None:
    async with Store.open(url, clock=clock):
        pass


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://bot:hunter2@127.0.0.1:1/citebot", "no server answers there"),
        ("postgresql://bot:hunter2@no-such-host.invalid/citebot", "there is no such server"),
        ("mysql://bot:hunter2@db/citebot", r"kind mysql:// cannot be used"),
        ("postgresql://bot:hunter2@db:many/citebot", "cannot be read"),
        ("sqlite://", "names no file"),
    ],
)
async def test_a_url_that_leads_nowhere(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        await opened(url)
    assert "To do:" in str(caught.value)
    assert "hunter2" not in str(caught.value)


async def test_a_database_or_user_that_the_server_does_not_have(empty_postgres: str) -> None:
    url = make_url(empty_postgres)
    for wrong in (url.set(database="citebot_nowhere"), url.set(username="citebot_nobody", password="hunter2")):
        with pytest.raises(StoreError, match="To do: ") as caught:
            await opened(wrong.render_as_string(hide_password=False))
        assert "no such database, user" in str(caught.value) or "password" in str(caught.value)
        assert "hunter2" not in str(caught.value)


async def test_a_postgresql_url_as_other_programs_write_it(empty_postgres: str) -> None:
    url = make_url(empty_postgres).set(drivername="postgres").update_query_dict({"sslmode": "disable"})
    async with Store.open(url.render_as_string(hide_password=False), clock=clock) as store:
        await remember(store)
        assert await store.reply(1) is not None


async def test_a_server_that_went_away_is_told_and_found_again(empty_postgres: str, postgres: Any) -> None:
    name = make_url(empty_postgres).database
    end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
    async with Store.open(empty_postgres, clock=clock) as store:
        await remember(store)
        await asyncio.to_thread(postgres.run, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await asyncio.to_thread(postgres.run, end)
        with pytest.raises(StoreError, match="To do: "):
            await store.reply(1)
        await asyncio.to_thread(postgres.run, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert await store.reply(1) is not None


def test_the_tables_are_plain_enough_for_postgresql() -> None:
    made = "\n".join(
        str(CreateTable(table).compile(dialect=postgresql.dialect())) for table in Base.metadata.sorted_tables
    )
    assert "BIGINT NOT NULL" in made
    assert "TIMESTAMP WITH TIME ZONE" in made
    assert "SERIAL" in made
