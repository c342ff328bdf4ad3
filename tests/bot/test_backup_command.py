"""`citebot backup` and `citebot restore` as a person uses them, and which database they act on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.config import load_config
from bot.database import database_of, passwords_in
from bot.running import open_services
from knowledge.store import Store
from knowledge.store.records import GuildSettings


@pytest.fixture(autouse=True)
def no_database_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CITEBOT_DATABASE", raising=False)


def now() -> datetime:
    return datetime.now(UTC)


async def set_channel(where: Path | str, channel: int) -> None:
    async with Store.open(where, clock=now) as store:
        await store.guilds.change(10, lambda settings: replace(settings, audit_channel=channel))


async def channel(where: Path | str) -> int | None:
    async with Store.open(where, clock=now) as store:
        return (await store.guilds.settings(10)).audit_channel


def test_a_backup_is_restored_and_what_there_was_is_kept(run: Any, folder: Path) -> None:
    database = folder / "data" / "citebot.sqlite3"
    asyncio.run(set_channel(database, 1))
    ran = run("backup", "monday.sqlite3")
    assert (ran.code, ran.out, ran.err) == (0, "monday.sqlite3: 1 server, 0 changes, 0 replies\n", "")
    asyncio.run(set_channel(database, 2))
    ran = run("restore", "monday.sqlite3")
    assert (ran.code, ran.err) == (0, "")
    assert "Restored from monday.sqlite3: 1 server, 0 changes, 0 replies" in ran.out
    kept = re.search(r"kept in (\S+)", ran.out)
    assert kept is not None
    assert asyncio.run(channel(database)) == 1
    assert run("restore", kept[1]).code == 0
    assert asyncio.run(channel(database)) == 2


def test_a_backup_of_a_file_moves_to_postgresql_and_back(
    run: Any, folder: Path, empty_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(set_channel(folder / "data" / "citebot.sqlite3", 1))
    assert run("backup", "file.sqlite3").code == 0
    monkeypatch.setenv("CITEBOT_DATABASE", empty_postgres)
    assert "is kept" not in run("restore", "file.sqlite3").out
    assert asyncio.run(channel(empty_postgres)) == 1
    asyncio.run(set_channel(empty_postgres, 3))
    assert run("backup", "server.sqlite3").out == "server.sqlite3: 1 server, 0 changes, 0 replies\n"
    monkeypatch.delenv("CITEBOT_DATABASE")
    assert run("restore", "server.sqlite3").code == 0
    assert asyncio.run(channel(folder / "data" / "citebot.sqlite3")) == 3


def test_what_cannot_be_done_is_one_line(run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "text").write_text("not a database, but long enough to look like a file of one " * 20)
    for words, told in (
        (("backup", "b"), "There is no database data/citebot.sqlite3 yet"),
        (("restore", "b"), "There is no backup b"),
        (("restore", "text"), "not a database"),
    ):
        ran = run(*words)
        assert ran.code == 2
        assert re.fullmatch(r"citebot: .*To do: .*\n", ran.err)
        assert told in ran.err
    asyncio.run(set_channel(folder / "data" / "citebot.sqlite3", 1))
    (folder / "config.yaml").write_text("data_dir: data\n")
    for words, told in (
        (("backup", "config.yaml"), "config.yaml is there already and is no backup"),
        (("backup", "data"), "data is there already and is no backup"),
        (("backup", "no/such/b"), "There is no folder no/such"),
    ):
        ran = run(*words)
        assert ran.code == 2
        assert re.fullmatch(r"citebot: .*To do: .*\n", ran.err)
        assert told in ran.err
    assert (folder / "config.yaml").read_text() == "data_dir: data\n"
    monkeypatch.setenv("CITEBOT_DATABASE", "postgresql://bot:hunter2@127.0.0.1:1/citebot")
    ran = run("backup", "b")
    assert ran.code == 2
    assert "no server answers there" in ran.err
    assert "hunter2" not in ran.err


def test_the_environment_goes_before_the_file_and_that_before_the_folder(folder: Path) -> None:
    assert database_of(load_config(), {}) == Path("data/citebot.sqlite3")
    (folder / "config.yaml").write_text("database: postgresql://bot@db/citebot\ndata_dir: elsewhere\n")
    assert database_of(load_config(), {}) == "postgresql://bot@db/citebot"
    assert database_of(load_config(), {"CITEBOT_DATABASE": "postgresql://db/other"}) == "postgresql://db/other"
    (folder / "config.yaml").write_text("database: ''\ndata_dir: elsewhere\n")
    assert database_of(load_config(), {"CITEBOT_DATABASE": ""}) == Path("elsewhere/citebot.sqlite3")


def test_the_password_is_blanked_in_logs_however_it_is_written() -> None:
    assert set(passwords_in("postgresql://bot:p%40ss@db/citebot")) == {"p%40ss", "p@ss"}
    assert passwords_in("postgresql://bot@db/citebot") == ()
    assert passwords_in(Path("data/citebot.sqlite3")) == ()


def set_to(number: int) -> Callable[[GuildSettings], GuildSettings]:
    return lambda settings: replace(settings, audit_channel=number)


async def test_the_bot_keeps_what_it_keeps_where_it_is_told(folder: Path, pack: Path, empty_postgres: str) -> None:
    (folder / "config.yaml").write_text(f"packs: ['{pack}']\nmatching: {{encoder: none}}\n", encoding="utf-8")
    state = folder / "state"
    for number, database in ((1, empty_postgres), (2, "")):
        async with open_services(load_config(), state_dir=state, stop=asyncio.Event(), database=database) as services:
            await services.store.guilds.change(10, set_to(number))
    assert await channel(empty_postgres) == 1
    assert await channel(state / "citebot.sqlite3") == 2
