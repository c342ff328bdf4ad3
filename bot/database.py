"""Which database the bot uses: named in the environment, or in the configuration, or a file in its folder."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from bot.config import Config

DATABASE = "citebot.sqlite3"
DATABASE_VARIABLE = "CITEBOT_DATABASE"
LOCAL = "local"
"""The folder within the data folder that `citebot local` has for itself."""


def database_of(config: Config, environ: Mapping[str, str]) -> Path | str:
    """The database's URL, or its file where none is set."""
    return environ.get(DATABASE_VARIABLE, "").strip() or config.database or config.data_dir / DATABASE


def chosen_database(config: Config, args: argparse.Namespace) -> Path | str:
    """The database that a command acts on: the bot's, or with `--local` the file of `citebot local`."""
    return config.data_dir / LOCAL / DATABASE if args.local else database_of(config, os.environ)


def passwords_in(database: Path | str) -> tuple[str, ...]:
    """The password in a URL as it may come up in a log: as it is, and as it is written there."""
    if isinstance(database, Path):
        return ()
    try:
        password = urlsplit(database).password or ""
    except ValueError:
        return ()
    return tuple({password, unquote(password), quote(unquote(password), safe="")} - {""})
