"""Backups of a database in use, and restoring one into a database in use.

A backup is one SQLite file with the schema of `migrations`, whichever database it was made from, so it
can be restored into either; and a copy of a file that the bot has used is one, too.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.errors import StoreError
from knowledge.store.address import Address
from knowledge.store.engine import Clock, Database, open_engine
from knowledge.store.faults import told
from knowledge.store.filecopy import copy_database, is_sqlite, placed
from knowledge.store.migrate import HEAD, migrate, schema_of
from knowledge.store.notify import CHANNEL
from knowledge.store.tables import Base, ChangeRow, GuildRow, ReplyRow

_ROWS_AT_ONCE = 500

# In the order in which writers touch them, so that nobody waits for each other in a circle.
LOCK_ORDER = "guilds, changes, revisions, proposals, unanswered, recent, usage, used, votes, replies, departed"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds, in numbers."""

    servers: int
    changes: int
    replies: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where what there was is kept: None if there was nothing."""

    contents: Contents
    kept: Path | None


async def backup(where: Path | str, file: Path, *, clock: Clock) -> Contents:
    """Write everything in the database into one file, as it is at one moment, while others use it.

    A backup of that name is replaced once the new one is whole and on the disk; any other file is left alone.
    Raises StoreError.
    """
    address = Address.of(where)
    _refuse_itself(address, file)
    await asyncio.to_thread(_refuse_place, file)
    if address.file is not None:
        if not address.file.is_file():
            raise StoreError(f"There is no database {address.name} yet. To do: check data_dir, or start the bot once.")
        with told(address.name):
            await asyncio.to_thread(copy_database, address.file, file)
    else:
        await _write_out(address, file, clock)
    return await _contents(file)


async def restore(where: Path | str, file: Path, *, keep: Path, clock: Clock) -> Restored:
    """Put what a backup holds in place of everything in the database, whole or not at all, while others use it.

    What there was is first written to `keep`, as a backup; its folder is made. The backup that is restored
    may have an older schema; it stays as it is. Whoever listens for changes is told. Raises
    StoreError for a file that is no backup, or that a newer version has made.
    """
    address = Address.of(where)
    _refuse_itself(address, file)
    if not await asyncio.to_thread(file.is_file):
        raise StoreError(f"There is no backup {file}. To do: check the name.")
    with told(str(file)), tempfile.TemporaryDirectory(prefix="citebot-restore-") as folder:
        copy = Address.of(Path(folder) / "backup.sqlite3")
        await asyncio.to_thread(copy_database, file, Path(folder) / "backup.sqlite3")
        async with open_engine(copy) as source:
            async with source.connect() as connection:
                if not await connection.run_sync(schema_of):
                    raise StoreError(f"{file} is not a backup of Citebot's. To do: check the name.")
            await migrate(source, copy, name=str(file), keep=False)
            kept = await _into(Database(source, copy, clock), address, keep, clock)
        return Restored(await _contents(Path(folder) / "backup.sqlite3"), kept)


async def _into(source: Database, address: Address, keep: Path, clock: Clock) -> Path | None:
    async with open_engine(address) as engine:
        with told(address.name):
            async with engine.connect() as connection:
                filled = await connection.run_sync(schema_of)
        await migrate(engine, address)
        if filled:
            with told(str(keep)):
                keep.parent.mkdir(parents=True, exist_ok=True)
            await backup(address.file or address.url.render_as_string(hide_password=False), keep, clock=clock)
        await _take_over(source, Database(engine, address, clock))
    return keep if filled else None


async def _write_out(address: Address, file: Path, clock: Clock) -> None:
    async with open_engine(address) as source:
        with told(address.name):
            async with source.connect() as connection:
                schema = await connection.run_sync(schema_of)
        if schema != HEAD:
            raise StoreError(
                f"The database {address.name} has the schema {schema or 'of nobody'}, this version of Citebot {HEAD}. "
                "To do: make the backup with the version that uses it, or start the bot once with this one."
            )
        with told(str(file)), placed(file) as part:
            copy = Address.of(part)
            async with open_engine(copy) as target:
                await migrate(target, copy)
                there = Database(target, copy, clock)
                async with Database(source, address, clock).read() as reading, there.write() as writing:
                    await _copy_rows(reading, writing)
            with closing(sqlite3.connect(part)) as one_file:
                one_file.execute("PRAGMA journal_mode = DELETE")


async def _take_over(source: Database, target: Database) -> None:
    async with source.read() as reading, target.write() as writing:
        if target.on_server:
            await writing.execute(text(f"LOCK TABLE {LOCK_ORDER} IN EXCLUSIVE MODE"))
        for table in reversed(Base.metadata.sorted_tables):
            await writing.execute(delete(table))
        await _copy_rows(reading, writing)
        for guild in (await writing.scalars(select(GuildRow.guild_id))).all():
            stamp = secrets.token_hex(16)
            await writing.execute(update(GuildRow).where(GuildRow.guild_id == guild).values(stamp=stamp))
        if target.on_server:
            for table in Base.metadata.sorted_tables:
                if "id" in table.columns:
                    await _count_on(writing, table)
            await writing.execute(select(func.pg_notify(CHANNEL, "")))


async def _copy_rows(reading: AsyncSession, writing: AsyncSession) -> None:
    for table in Base.metadata.sorted_tables:
        rows = await reading.stream(select(table).order_by(*table.primary_key.columns))
        async for portion in rows.mappings().partitions(_ROWS_AT_ONCE):
            await writing.execute(insert(table), [dict(row) for row in portion])


async def _count_on(writing: AsyncSession, table: Table) -> None:
    """The next id is above every one that was ever given: before the restore, and in what was restored."""
    sequence = func.pg_get_serial_sequence(table.name, "id")
    highest = select(func.coalesce(func.max(table.columns["id"]), 0)).scalar_subquery()
    await writing.execute(select(func.setval(sequence, func.greatest(func.nextval(sequence), highest))))


def _refuse_itself(address: Address, file: Path) -> None:
    if address.file is not None and file.resolve() == address.file.resolve():
        raise StoreError(f"{file} is the database itself. To do: name another file for the backup.")


def _refuse_place(file: Path) -> None:
    with told(str(file)):
        if not file.parent.is_dir():
            raise StoreError(f"There is no folder {file.parent}. To do: make it, or name a file in another.")
        if file.is_dir() or (file.is_file() and file.stat().st_size and not is_sqlite(file)):
            raise StoreError(f"{file} is there already and is no backup. To do: name another file.")


async def _contents(file: Path) -> Contents:
    """What a file holds, counted without altering it."""

    def count() -> Contents:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            numbers = [
                connection.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] if name in tables else 0  # noqa: S608
                for name in (GuildRow.__tablename__, ChangeRow.__tablename__, ReplyRow.__tablename__)
            ]
        return Contents(*numbers)

    with told(str(file)):
        return await asyncio.to_thread(count)
