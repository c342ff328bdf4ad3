"""`citebot export` and `citebot import` as a community uses them to keep its knowledge in git."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from knowledge.curation.items import ItemKey, ItemKind, State
from knowledge.store import Store
from knowledge.store.migrate import schema_at
from knowledge.store.records import Action, Change

GUILD, OTHER = 123456789012345678, 876543210987654321
TABLE = """\
question,answer,source,expert
How old is the mill?,It was built before 1700.,Mills of the valley https://mills.example/book,Ed Eker
Who owns the mill?,The town has owned it since 1950.,Mills of the valley https://mills.example/book,Ed Eker
"""
HIDES = """\
pack: {id: server, title: Ours, about: the river, builds_on: [rivers]}
hidden:
  entries: [why-floods]
"""


@pytest.fixture(autouse=True)
def settings(folder: Path, pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CITEBOT_DATABASE", raising=False)
    (folder / "config.yaml").write_text(f"packs: ['{pack}']\n", encoding="utf-8")
    (folder / "mill.csv").write_text(TABLE, encoding="utf-8")
    (folder / "hides.yaml").write_text(HIDES, encoding="utf-8")


def open_store() -> AbstractAsyncContextManager[Store]:
    return Store.open(Path("data/citebot.sqlite3"), clock=lambda: datetime.now(UTC))


def changes(guild: int) -> tuple[Change, ...]:
    async def read() -> tuple[Change, ...]:
        async with open_store() as store:
            return await store.revisions.changes(guild)

    return asyncio.run(read())


def test_a_table_goes_in_and_comes_out_the_same_from_another_server(run: Any, folder: Path) -> None:
    ran = run("import", "--guild", GUILD, "mill.csv")
    assert (ran.code, ran.err) == (0, "")
    assert "new (7): entry how-old-is-the-mill, entry who-owns-the-mill, expert ed-eker, " in ran.out
    (change,) = changes(GUILD)
    assert (change.action, change.who, change.note) == (Action.IMPORT, None, "mill.csv")
    assert run("export", "--guild", GUILD, "server.yaml").out == f"server.yaml: the knowledge of server {GUILD}\n"
    exported = (folder / "server.yaml").read_bytes()
    assert b"How old is the mill?" in exported
    assert str(GUILD).encode() not in exported
    assert run("import", "--guild", OTHER, "server.yaml").code == 0
    assert run("export", "--guild", OTHER).out.encode() == exported


def test_a_server_that_is_not_known_is_said_with_those_that_are(run: Any, folder: Path) -> None:
    run("import", "--guild", GUILD, "mill.csv")
    run("import", "--guild", OTHER, "mill.csv")
    ran = run("export", "--guild", 5, "server.yaml")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("citebot: nothing is known of server 5.\nServers in data/citebot.sqlite3:\n")
    assert [line.split()[0] for line in ran.err.splitlines()[2:]] == [str(OTHER), str(GUILD)]
    assert not (folder / "server.yaml").exists()
    listed = run("export")
    assert (listed.code, listed.err) == (0, "")
    assert f"  {GUILD}  last change 20" in listed.out
    ran = run("export", "server.yaml")
    assert (ran.code, "--guild ID" in ran.err) == (2, True)


def test_what_the_local_bot_holds_is_apart(run: Any, folder: Path) -> None:
    assert "There is no database data/local/citebot.sqlite3 yet" in run("export", "--local").err
    assert run("import", "--local", "--guild", GUILD, "mill.csv").code == 0
    assert not (folder / "data" / "citebot.sqlite3").exists()
    assert str(GUILD) in run("export", "--local").out
    assert "How old is the mill?" in run("export", "--local", "--guild", GUILD).out
    assert run("backup", "--local", "monday.sqlite3").out == "monday.sqlite3: 1 server, 1 change, 0 replies\n"
    assert run("import", "--local", "--guild", OTHER, "mill.csv").code == 0
    assert "data/local/before-restore-" in run("restore", "--local", "monday.sqlite3").out
    assert str(OTHER) not in run("export", "--local").out


def test_a_dry_run_changes_nothing(run: Any) -> None:
    ran = run("import", "--guild", GUILD, "mill.csv", "--dry-run")
    assert ran.code == 0
    assert ran.out.endswith("Nothing was changed: this was a dry run.\n")
    assert changes(GUILD) == ()


def test_a_dry_run_makes_no_database(run: Any, folder: Path, empty_postgres: str, monkeypatch: Any) -> None:
    before = sorted(folder.rglob("*"))
    for file in ("mill.csv", "hides.yaml"):
        ran = run("import", "--guild", GUILD, file, "--dry-run")
        assert (ran.code, ran.out.endswith("this was a dry run.\n")) == (0, True)
    assert sorted(folder.rglob("*")) == before
    monkeypatch.setenv("CITEBOT_DATABASE", empty_postgres)
    assert "new (7)" in run("import", "--guild", GUILD, "mill.csv", "--dry-run").out
    assert asyncio.run(schema_at(empty_postgres)) == ""


def test_a_dry_run_brings_no_older_database_up_to_date(run: Any, folder: Path) -> None:
    file = folder / "data" / "citebot.sqlite3"
    assert run("import", "--guild", GUILD, "mill.csv").code == 0
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0002'")
    ran = run("import", "--guild", GUILD, "mill.csv", "--dry-run")
    assert (ran.code, "by an older version" in ran.err) == (2, True)
    assert asyncio.run(schema_at(file)) == "0002"


def test_what_is_there_already_makes_no_change(run: Any) -> None:
    run("import", "--guild", GUILD, "mill.csv")
    again = run("import", "--guild", GUILD, "mill.csv")
    assert again.code == 0
    assert "unchanged (2)" in again.out
    assert "Nothing to change" in again.out
    assert len(changes(GUILD)) == 1


def test_replacing_takes_away_what_the_file_does_not_have(run: Any) -> None:
    run("import", "--guild", GUILD, "mill.csv")
    ran = run("import", "--guild", GUILD, "hides.yaml", "--replace")
    assert "taken away" in ran.out
    assert run("export", "--guild", GUILD).out.splitlines()[-2:] == ["  entries:", "    - why-floods"]
    states = {(r.kind, r.id): r.state for r in changes(GUILD)[0].revisions}
    assert states[ItemKey(ItemKind.ENTRY, "why-floods")] is State.RETIRED


def test_conflicts_are_told_with_their_lines_and_nothing_goes_in(run: Any, folder: Path) -> None:
    (folder / "bad.yaml").write_text(HIDES.replace("why-floods", "no-such-entry"), encoding="utf-8")
    ran = run("import", "--guild", GUILD, "bad.yaml")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("bad.yaml:3: hidden.entries[1]: ")
    assert ran.err.endswith("bad.yaml: 1 conflict: nothing was changed\n")
    assert changes(GUILD) == ()


def test_a_pack_that_the_server_has_switched_off_is_not_below(run: Any) -> None:
    async def switch_off() -> None:
        async with open_store() as store:
            await store.guilds.change(GUILD, lambda settings: replace(settings, packs={"rivers": False}))

    asyncio.run(switch_off())
    assert "no pack that is switched on here has 'why-floods'" in run("import", "--guild", GUILD, "hides.yaml").err
    assert run("import", "--guild", OTHER, "hides.yaml").code == 0


def test_what_cannot_be_done_is_one_line(run: Any) -> None:
    for words, told in (
        (("export", "--guild", GUILD), "There is no database data/citebot.sqlite3 yet"),
        (("import", "--guild", GUILD, "nowhere.yaml"), "nowhere.yaml: cannot be read"),
        (("import", "--guild", GUILD, "mill.csv", "--replace"), "--replace goes with a YAML file"),
        (("export", "--guild", "here"), "'here' is no server's number"),
    ):
        ran = run(*words)
        assert ran.code == 2
        assert told in ran.err
        assert "Traceback" not in ran.err
    run("import", "--guild", GUILD, "mill.csv")
    ran = run("export", "--guild", GUILD, "no/such/folder.yaml")
    assert ran.code == 2
    assert "no/such/folder.yaml: cannot be written" in ran.err
    ran = run("export", "--guild", GUILD, ".")
    assert (ran.code, ran.err) == (2, "citebot: .: is a folder: name a file in it\n")
