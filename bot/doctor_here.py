"""What `doctor` looks at on this machine: packs, encoder, database, disk, port. Blocks: call it in a thread."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.building import open_encoder
from bot.config import Config
from bot.findings import Finding, bad, look, ok, skipped
from bot.local_server import port_is_free
from knowledge.errors import CitebotError, PackError
from knowledge.packs import load_base
from knowledge.store.faults import explain
from knowledge.store.filecopy import newest_copy
from knowledge.store.migrate import HEAD

ENOUGH = 200 * 1024 * 1024
"""Bytes that should be free: the database with a copy of it, and the vectors of many servers."""


def look_here(config: Config, database: Path | str) -> list[Finding]:
    """Everything on this machine, in the order in which a start needs it."""
    return [_packs(config), _encoder(config), *_folder(config), *_database(database), _port(config.health_port)]


def _packs(config: Config) -> Finding:
    try:
        base = load_base(config.packs)
    except PackError as error:
        first = error.problems[0]
        more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
        return bad("packs", f"{first}{more}. All of them: citebot check PACK")
    entries, claims = len(base.entries), len(base.claims)
    counts = f"{entries} {'entry' if entries == 1 else 'entries'}, {claims} claim{'s' * (claims != 1)}"
    return ok("packs", f"{', '.join(config.packs)}: {counts}")


def _encoder(config: Config) -> Finding:
    try:
        encoder = open_encoder(config.matching.encoder)
        if encoder is None:
            return look("encoder", "switched off (matching.encoder: none): questions are matched by spelling and words")
        encoder.encode(["Is it well?"])
    except CitebotError as error:
        return bad("encoder", f"{error} Until then the bot answers by spelling and words")
    return ok("encoder", f"{config.matching.encoder}: there, undamaged, and working")


def _folder(config: Config) -> Iterator[Finding]:
    folder = config.data_dir
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield bad("data folder", f"{folder} cannot be written: let the bot's user write there, or set data_dir")
        return
    yield ok("data folder", f"{folder} can be written" if there == folder.absolute() else f"{folder} can be made")
    free = shutil.disk_usage(there).free
    told = f"{free // (1024 * 1024):,} MB free"
    yield ok("disk", told) if free >= ENOUGH else bad("disk", f"{told}: make room, at least {ENOUGH >> 20} MB")


def _database(database: Path | str) -> Iterator[Finding]:
    if not isinstance(database, Path):
        return  # a server: see `look_at_server`
    if not database.exists():
        yield ok("database", f"{database} is not there yet: it is made at the first start")
        return
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=2)) as connection:
            broken = [row[0] for row in connection.execute("PRAGMA quick_check(3)") if row[0] != "ok"]
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            schema = _schema(connection) if "alembic_version" in tables else ""
            mode = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
    except sqlite3.Error as error:
        yield bad("database", explain(str(database), error, newest=newest_copy(database)))
        return
    if broken:
        damaged = sqlite3.DatabaseError("database disk image is malformed")
        yield bad("database", explain(str(database), damaged, newest=newest_copy(database)))
        return
    if not os.access(database, os.W_OK):
        yield bad("database", f"{database} is read-only: make the file writable for the bot's user")
        return
    yield ok("database", f"{database}: undamaged, {database.stat().st_size // 1024:,} kB, journal {mode}")
    yield schema_found(schema)


def _schema(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return "" if row is None else str(row[0])


def schema_found(schema: str) -> Finding:
    """Whether this version can use a database with that schema."""
    if schema == HEAD:
        return ok("schema", f"{schema}, this version's own")
    if schema > HEAD:
        return bad("schema", f"{schema} is newer than this version's {HEAD}: run that one, or restore a backup")
    return look("schema", f"{schema or 'none yet'}: it is brought to {HEAD} at the next start")


def _port(port: int) -> Finding:
    if not port:
        return skipped("health port", "switched off (health.port: 0): nothing can be watched")
    if port_is_free(port):
        return ok("health port", f"{port} is free")
    return look("health port", f"{port} is taken: fine if that is this bot running; otherwise set health.port")
