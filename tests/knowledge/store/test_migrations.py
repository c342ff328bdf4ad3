"""A database of an older schema is brought up to date, and kept as it was; a newer one is refused."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from knowledge.errors import StoreError
from knowledge.store import Store, Tally
from knowledge.store import migrate as migrate_module
from knowledge.store.address import Address
from knowledge.store.engine import open_engine
from knowledge.store.migrate import HEAD
from knowledge.store.tables import Base

# The tables of the first version, as it made them.
FIRST = """
CREATE TABLE replies (
    message_id BIGINT NOT NULL, channel_id BIGINT NOT NULL, guild_id BIGINT, asker_id BIGINT NOT NULL,
    invoker_id BIGINT NOT NULL, question_id BIGINT, candidate_id VARCHAR(80) NOT NULL,
    outcome VARCHAR(20) NOT NULL, created_at {time} NOT NULL, expires_at {time} NOT NULL,
    PRIMARY KEY (message_id)
);
CREATE INDEX ix_replies_expires_at ON replies (expires_at);
CREATE INDEX ix_replies_question_id ON replies (question_id);
CREATE TABLE votes (
    id {serial} NOT NULL, reply_id BIGINT NOT NULL, voter_id BIGINT, candidate_id VARCHAR(80) NOT NULL,
    helpful BOOLEAN NOT NULL, at {time} NOT NULL,
    PRIMARY KEY (id), CONSTRAINT one_vote_a_person_and_reply UNIQUE (reply_id, voter_id)
);
CREATE INDEX ix_votes_candidate_id ON votes (candidate_id);
INSERT INTO replies VALUES
    (1, 2, 10, 3, 3, NULL, 'entry:a', 'answer', '2026-03-01 00:00:00', '2026-03-31 00:00:00');
INSERT INTO votes (reply_id, voter_id, candidate_id, helpful, at) VALUES
    (1, 5, 'entry:a', {true}, '2026-03-01 00:00:00'), (9, NULL, 'entry:a', {true}, '2026-03-01 00:00:00')
"""


async def run(where: Path | str, statements: Sequence[str]) -> None:
    async with open_engine(Address.of(where)) as engine, engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.fixture(params=["sqlite", "postgresql"])
async def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """A database that the first version has used."""
    if request.param == "sqlite":
        where: Path | str = tmp_path / "citebot.sqlite3"
        words = {"time": "DATETIME", "serial": "INTEGER", "true": "1"}
    else:
        where = request.getfixturevalue("empty_postgres")
        words = {"time": "TIMESTAMP WITH TIME ZONE", "serial": "SERIAL", "true": "true"}
    await run(where, FIRST.format(**words).strip().split(";\n"))
    return where


async def test_the_migrations_make_the_tables_of_today(where: Path | str, clock: Any) -> None:
    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with Store.open(where, clock=clock):
        pass
    async with open_engine(Address.of(where)) as engine, engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        await connection.execute(text("ALTER TABLE votes DROP COLUMN helpful"))
        assert len(await connection.run_sync(differences)) == 1, "the comparison sees nothing"


def test_the_newest_step_is_the_one_that_a_start_looks_for() -> None:
    folder = Path(migrate_module.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_heads() == [HEAD]


async def test_an_older_database_is_taken_over_with_what_is_in_it(old: Path | str, clock: Any, save: Any) -> None:
    async with Store.open(old, clock=clock) as store:
        reply = await store.reply(1)
        assert reply is not None
        assert (reply.guild, reply.candidate) == (10, "entry:a")
        assert await store.tally("entry:a") == Tally(2, 0)
        # Of the other vote nobody knows any more where it was given.
        assert await store.tallies(10) == {"entry:a": Tally(1, 0)}
        assert await store.vote(1, 5, helpful=False) is True
        await save(store)
    async with Store.open(old, clock=clock) as store:
        assert len(await store.revisions.changes(10)) == 1


async def test_programs_that_start_at_once_take_turns(old: Path | str, clock: Any) -> None:
    async def start() -> Tally:
        async with Store.open(old, clock=clock) as store:
            return await store.tally("entry:a")

    assert await asyncio.gather(*(start() for _ in range(4))) == [Tally(2, 0)] * 4


async def test_a_file_is_kept_as_it_was_and_no_copy_is_written_over(tmp_path: Path, clock: Any) -> None:
    path = tmp_path / "citebot.sqlite3"
    words = {"time": "DATETIME", "serial": "INTEGER", "true": "1"}
    (tmp_path / "citebot.schema-0001.sqlite3").write_text("an earlier copy")
    await run(path, FIRST.format(**words).strip().split(";\n"))
    async with Store.open(path, clock=clock):
        pass
    async with Store.open(path, clock=clock):
        pass
    assert names(tmp_path) == [
        "citebot.schema-0001-2.sqlite3",
        "citebot.schema-0001.sqlite3",
        "citebot.sqlite3",
    ]
    assert (tmp_path / "citebot.schema-0001.sqlite3").read_text() == "an earlier copy"
    with closing(sqlite3.connect(tmp_path / "citebot.schema-0001-2.sqlite3")) as kept:
        tables = {name for (name,) in kept.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert tables == {"replies", "votes"}
        assert kept.execute("SELECT COUNT(*) FROM votes").fetchone() == (2,)


async def test_a_new_database_is_not_copied(tmp_path: Path, clock: Any) -> None:
    async with Store.open(tmp_path / "citebot.sqlite3", clock=clock):
        pass
    assert names(tmp_path) == ["citebot.sqlite3"]


async def test_a_newer_database_is_refused_and_left_alone(where: Path | str, clock: Any) -> None:
    async with Store.open(where, clock=clock):
        pass
    await run(where, ["UPDATE alembic_version SET version_num = '9999'"])
    for _ in range(2):
        with pytest.raises(StoreError, match=r"newer version of Citebot.*9999.*To do: use that version"):
            async with Store.open(where, clock=clock):
                pass
    if isinstance(where, Path):
        assert names(where.parent) == ["citebot.sqlite3"]


async def test_a_step_that_fails_leaves_the_database_as_it_was(old: Path | str, clock: Any) -> None:
    """The last table of the step is in the way: nothing of the step is done."""
    await run(old, ["CREATE TABLE used (id INTEGER)"])
    with pytest.raises(StoreError, match="used"):
        async with Store.open(old, clock=clock):
            pass
    await run(old, ["DROP TABLE used"])
    async with Store.open(old, clock=clock) as store:
        assert await store.tally("entry:a") == Tally(2, 0)
