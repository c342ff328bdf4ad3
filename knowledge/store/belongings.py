"""What is kept of one person: shown to them, before they decide what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, or_, select

from knowledge.store.engine import Database
from knowledge.store.tables import Base

OTHERS = "somebody else"
"""Stands where another person's id would."""


@dataclass(frozen=True, slots=True)
class Belongings:
    """The rows that a person is in: by table, each by column, as they are kept.

    Ids are texts, and times ISO 8601; of others there are no ids, nor what others have written.
    """

    tables: Mapping[str, tuple[Mapping[str, Any], ...]]

    def __len__(self) -> int:
        return sum(map(len, self.tables.values()))


def people_in(table: Table) -> tuple[str, ...]:
    """The columns of a table that hold the id of a person."""
    return tuple(column.name for column in table.columns if column.info.get("person"))


async def belongings(database: Database, person: int, *, guild: int | None = None) -> Belongings:
    """What is kept of a person in one server, or everywhere (direct messages too) for None. Raises StoreError."""
    found: dict[str, tuple[Mapping[str, Any], ...]] = {}
    async with database.read() as session:
        for table in Base.metadata.sorted_tables:
            people = people_in(table)
            if not people:
                continue
            query = select(table).where(or_(*(table.c[name] == person for name in people)))
            if guild is not None:
                query = query.where(table.c["guild_id"] == guild)
            rows = (await session.execute(query.order_by(*table.primary_key.columns))).mappings().all()
            if rows:
                found[table.name] = tuple(_shown(dict(row), people, person) for row in rows)
    return Belongings(found)


def _shown(row: dict[str, Any], people: tuple[str, ...], person: int) -> Mapping[str, Any]:
    shown = {name: _plain(name, value) for name, value in row.items()}
    shown |= {name: OTHERS for name in people if row[name] not in (person, None)}
    # What somebody proposes is theirs, also where this person has decided on it.
    if "proposer_id" in row and row["proposer_id"] != person:
        shown["fields"] = OTHERS
    return shown


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    # Discord's ids are too large for what many programs take a number in JSON for.
    return (
        str(value)
        if isinstance(value, int) and not isinstance(value, bool) and name.endswith(("_id", "who"))
        else value
    )
