"""Which database the bot uses: named in the environment, or in the configuration, or a file in its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from bot.config import Config

DATABASE = "citebot.sqlite3"
DATABASE_VARIABLE = "CITEBOT_DATABASE"


def database_of(config: Config, environ: Mapping[str, str]) -> Path | str:
    """The database's URL, or its file where none is set."""
    return environ.get(DATABASE_VARIABLE, "").strip() or config.database or config.data_dir / DATABASE


def passwords_in(database: Path | str) -> tuple[str, ...]:
    """The password in a URL as it may come up in a log: as it is, and as it is written there."""
    if isinstance(database, Path):
        return ()
    try:
        password = urlsplit(database).password or ""
    except ValueError:
        return ()
    return tuple({password, unquote(password), quote(unquote(password), safe="")} - {""})
