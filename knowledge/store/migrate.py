"""Brings a database's schema up to date when it is opened; keeps a copy of a file before it does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from knowledge.errors import StoreError
from knowledge.events import Events
from knowledge.store.address import Address
from knowledge.store.engine import open_engine
from knowledge.store.faults import told
from knowledge.store.filecopy import copy_database

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

events = Events(__name__)

HEAD = "0003"
"""The newest step in `migrations/versions`. Said here too, so that a start that finds it needs no Alembic."""

BEFORE_ALEMBIC = "0001"
"""What a database has that was made before its schema was numbered."""

_FOLDER = Path(__file__).parent / "migrations"
# Bots that start on one server at the same time take turns. Any number that nobody else locks.
_LOCK = 7_240_533_181


async def migrate(engine: AsyncEngine, address: Address, *, name: str = "", keep: bool = True) -> None:
    """Bring the schema to `HEAD`, whole or not at all.

    A file with an older schema is copied first, to a file beside it, unless `keep` is false. `name` is
    what people are told of the database where its address would not tell them anything. Raises StoreError
    where the schema is newer than this program, or where the database fails.
    """
    with told(name or address.name):
        async with engine.connect() as connection:
            if await connection.run_sync(schema_of) == HEAD:
                return
        async with engine.connect() as connection:
            writer = await connection.execution_options(writes=True)
            async with writer.begin():
                await writer.run_sync(_upgrade, name or address.name, address.file if keep else None)


async def schema_at(where: Path | str) -> str:
    """The number of the schema of a database, as `schema_of`; empty too where there is none. It makes none.

    Raises StoreError where it cannot be read.
    """
    address = Address.of(where)
    if address.file is not None and not address.file.exists():
        return ""
    async with open_engine(address, pooled=False) as engine:
        with told(address.name):
            async with engine.connect() as connection:
                return await connection.run_sync(schema_of)


async def is_made(where: Path | str) -> bool:
    """Whether there is a database that can be opened as it is, for what must change nothing.

    Raises StoreError where opening would bring it up to date.
    """
    schema = await schema_at(where)
    if schema and schema < HEAD:
        raise StoreError(
            f"The database {Address.of(where).name} was made by an older version of Citebot, and this would bring it "
            "up to date. To do: start the bot once, and try again."
        )
    return bool(schema)


def schema_of(connection: Connection) -> str:
    """The number of the database's schema: empty for one without tables."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""
    return BEFORE_ALEMBIC if "replies" in tables else ""


def _upgrade(connection: Connection, name: str, file: Path | None) -> None:
    # Alembic is slow to import, and needed once in the life of a schema.
    from alembic.script import ScriptDirectory

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    schema = schema_of(connection)  # another bot may have been quicker
    if schema == HEAD:
        return
    script = ScriptDirectory(str(_FOLDER))
    if schema and schema not in {step.revision for step in script.walk_revisions()}:
        raise StoreError(
            f"The database {name} was made by a newer version of Citebot (its schema is {schema}, this "
            f"version knows {HEAD}). To do: use that version, or restore a backup from before it."
        )
    if schema and file is not None:
        kept = _free_name(file, schema)
        copy_database(file, kept)
        events.warning("database.migrated", "as it was, it is kept beside it", schema=schema, to=HEAD, kept=str(kept))
    _run(connection, script, schema)


def _run(connection: Connection, script: ScriptDirectory, schema: str) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    def steps(current: Any, _: MigrationContext) -> Any:
        # What Alembic's own `upgrade` command does; here without its files of configuration.
        return script._upgrade_revs(HEAD, current)  # pyright: ignore[reportPrivateUsage]

    with EnvironmentContext(Config(), script) as environment:
        environment.configure(connection=connection, fn=steps)
        context = environment.get_context()
        if schema == BEFORE_ALEMBIC and context.get_current_revision() is None:
            context.stamp(script, BEFORE_ALEMBIC)
        environment.run_migrations()


def _free_name(file: Path, schema: str) -> Path:
    """A name beside the file that nothing has: an earlier copy is never written over."""
    names = [f"{file.stem}.schema-{schema}{file.suffix}"]
    names += [f"{file.stem}.schema-{schema}-{number}{file.suffix}" for number in range(2, 1000)]
    return next(place for name in names if not (place := file.with_name(name)).exists())
