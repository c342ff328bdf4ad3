"""Where a database is: a file, or a URL as people write it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from knowledge.errors import StoreError

# What people write before "://", and the driver that serves it here.
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


@dataclass(frozen=True, slots=True)
class Address:
    """A database: its URL, its name for people (never with a password), and its file if it is one."""

    url: URL
    name: str
    file: Path | None

    @classmethod
    def of(cls, where: Path | str) -> Address:
        """The address of a file or URL. Raises StoreError for a URL that no driver here serves."""
        if isinstance(where, Path) or "://" not in where:
            return cls(URL.create("sqlite+aiosqlite", database=str(where)), str(where), Path(where))
        url = _parse(where)
        if url.drivername.startswith("sqlite"):
            if not url.database or url.database == ":memory:":
                raise StoreError("The database sqlite:// names no file. To do: write sqlite:///path/of/the/file.")
            return cls(url, url.database, Path(url.database))
        return cls(url, url.render_as_string(hide_password=True), None)


def _parse(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The error would show the URL, and a password may stand in it.
        raise StoreError(
            "The database's URL cannot be read. To do: write it like "
            "postgresql://user:password@host:5432/database, with %40 for an @ in the password."
        ) from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise StoreError(
            f"A database of the kind {url.drivername}:// cannot be used. To do: take a PostgreSQL URL "
            "(postgresql://user@host:5432/database), or leave the setting empty for a file in the data folder."
        )
    url = url.set(drivername=driver)
    if (mode := url.query.get("sslmode")) is not None and driver.endswith("asyncpg"):
        # As every other PostgreSQL program spells it; the driver calls it ssl.
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return url
