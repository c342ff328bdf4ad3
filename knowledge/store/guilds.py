"""What each server has set, and the stamp that tells whether what it knows has changed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.store.engine import Database
from knowledge.store.notify import CHANNEL, Changed
from knowledge.store.records import GuildSettings
from knowledge.store.tables import GuildRow


class Guilds:
    """Settings by server. Every method raises `StoreError` when the database fails."""

    def __init__(self, database: Database, changed: Changed) -> None:
        self._database = database
        self._changed = changed

    async def settings(self, guild: int) -> GuildSettings:
        """What a server has set; the defaults where it has set nothing."""
        async with self._database.read() as session:
            return await settings_in(session, guild)

    async def change(self, guild: int, edit: Callable[[GuildSettings], GuildSettings]) -> GuildSettings:
        """Set what `edit` makes of the present settings; nobody else's change comes in between."""
        async with self._database.write() as session:
            await touch(self._database, session, guild)
            row = await session.get_one(GuildRow, guild, populate_existing=True)
            settings = edit(_settings(row.settings))
            row.settings = _plain(settings)
        await self._changed.look()
        return settings

    async def all(self) -> Mapping[int, GuildSettings]:
        """Every server that has set or changed something."""
        async with self._database.read() as session:
            rows = await session.scalars(select(GuildRow).order_by(GuildRow.guild_id))
            return {row.guild_id: _settings(row.settings) for row in rows}


async def settings_in(session: AsyncSession, guild: int) -> GuildSettings:
    """What a server has set, as a transaction sees it."""
    row = await session.get(GuildRow, guild)
    return _settings(row.settings if row else {})


async def touch(database: Database, session: AsyncSession, guild: int) -> None:
    """Give a server a new stamp within a transaction, and tell other programs when it is committed.

    Until then, whoever else wants to touch the same server waits: changes of one server come one after
    the other.
    """
    stamp = secrets.token_hex(16)
    row = database.insert(GuildRow).values(guild_id=guild, stamp=stamp, settings={})
    await session.execute(row.on_conflict_do_update(index_elements=[GuildRow.guild_id], set_={"stamp": stamp}))
    if database.on_server:
        await session.execute(select(func.pg_notify(CHANNEL, str(guild))))


def _settings(stored: Mapping[str, Any]) -> GuildSettings:
    # What another version has set and this one does not know is kept aside, not an error.
    known = {field.name: stored[field.name] for field in fields(GuildSettings) if field.name in stored}
    if "packs" in known:
        known["packs"] = MappingProxyType(dict(known["packs"]))
    if "scopes" in known:
        known["scopes"] = MappingProxyType({key: tuple(channels) for key, channels in known["scopes"].items()})
    return GuildSettings(**known)


def _plain(settings: GuildSettings) -> dict[str, Any]:
    return {
        field.name: dict(value) if isinstance(value := getattr(settings, field.name), Mapping) else value  # pyright: ignore[reportUnknownArgumentType]
        for field in fields(GuildSettings)
    }
