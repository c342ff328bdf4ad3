"""`backup` and `restore`: everything that is kept, into one file and back, while the bot runs."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.base_options import add_local_option

if TYPE_CHECKING:
    from bot.cli import AddParser
    from knowledge.store.backup import Contents

_BACKUP = """\
Writes everything in the database into one file, as it is at one moment. The bot may run meanwhile.

The file is the same whether it comes from SQLite or PostgreSQL, and can be restored into either. A backup
of that name is replaced once the new one is whole.
"""

_RESTORE = """\
Puts what a backup holds in place of everything in the database: all of it, or nothing if something is
wrong. The bot may run meanwhile, and answers from what was restored a moment later.

What there was is kept first, as a backup in the data folder.
"""


def add_parser(add: AddParser) -> None:
    """Add `backup` and `restore` to the command line."""
    parser = add(
        "backup",
        help="write everything that is kept into one file",
        description=_BACKUP,
        epilog="example:\n  citebot backup citebot-monday.sqlite3",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to write")
    add_local_option(parser)
    parser.set_defaults(run=run_backup)
    parser = add(
        "restore",
        help="put what a backup holds in place of everything",
        description=_RESTORE,
        epilog="example:\n  citebot restore citebot-monday.sqlite3",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that `backup` has written")
    add_local_option(parser)
    parser.set_defaults(run=run_restore)


def run_backup(args: argparse.Namespace) -> int:
    """Write a backup; 0 when it is on the disk. Raises StoreError where it cannot be written."""
    import asyncio

    from bot.config import load_config
    from bot.database import chosen_database
    from knowledge.store.backup import backup

    file: Path = args.file
    held = asyncio.run(backup(chosen_database(load_config(args.config), args), file, clock=_now))
    print(f"{file}: {_told(held)}")
    return 0


def run_restore(args: argparse.Namespace) -> int:
    """Restore a backup; 0 when it is durable. Raises StoreError where nothing was restored."""
    import asyncio

    from bot.config import load_config
    from bot.database import LOCAL, chosen_database
    from knowledge.store.backup import restore

    config = load_config(args.config)
    database = chosen_database(config, args)
    folder = config.data_dir / LOCAL if args.local else config.data_dir
    file: Path = args.file

    kept = folder / f"before-restore-{_now():%Y%m%d-%H%M%S}.sqlite3"
    restored = asyncio.run(restore(database, file, keep=kept, clock=_now))
    if restored.kept is not None:
        print(f"What there was is kept in {restored.kept}")
    print(f"Restored from {file}: {_told(restored.contents)}")
    return 0


def _now() -> datetime:
    return datetime.now(UTC)


def _told(held: Contents) -> str:
    counts = (
        (held.servers, "server", "servers"),
        (held.changes, "change", "changes"),
        (held.replies, "reply", "replies"),
    )
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts)
