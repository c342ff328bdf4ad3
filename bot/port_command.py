"""`export` and `import`: a server's knowledge as one file, to review in git or ship as a pack."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.base_options import add_local_option

if TYPE_CHECKING:
    from bot.cli import AddParser
    from bot.config import Config
    from knowledge.curation.importing import DryRun
    from knowledge.curation.items import Overlay
    from knowledge.store.records import GuildSettings

_EXPORT = """\
Writes what the moderators of a server have added as one YAML file in the pack format: sources, experts,
claims, entries, golden questions, and what they have worded anew or hidden of the packs. It holds no
votes, no logs and nobody's id. The same knowledge always gives the same bytes. The bot may run meanwhile.
"""

_EXPORT_EXAMPLES = """\
examples:
  citebot export                                           which servers are there?
  citebot export --guild 123456789012345678 server.yaml
  citebot export --local                                   the same for `citebot local`
"""

_IMPORT = """\
Brings knowledge in from a YAML file in the pack format, or from a CSV table of question, answer and source:
all of it, or nothing if something is in conflict. What it would do is told first. The bot may run
meanwhile, and answers from it a moment later; a moderator can undo it in Discord.
"""

_EXAMPLES = """\
examples:
  citebot import --guild 123456789012345678 server.yaml --dry-run   what would it do?
  citebot import --guild 123456789012345678 server.yaml
  citebot import --guild 123456789012345678 questions.csv           question, answer, source

A server's number: Copy Server ID in Discord's menu of the server (developer mode). Exit code: 0 fine,
1 conflicts and nothing was changed, 2 could not.
"""

_SHOWN = 20


def add_parser(add: AddParser) -> None:
    """Add `export` and `import` to the command line."""
    parser = add(
        "export",
        help="write a server's knowledge as one file",
        description=_EXPORT,
        epilog=_EXPORT_EXAMPLES,
    )
    parser.add_argument("--guild", type=_guild, metavar="ID", help="the server, by its number; left out, it lists them")
    add_local_option(parser)
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="the file to write (default: stdout)")
    parser.set_defaults(run=run_export)
    parser = add("import", help="bring knowledge into a server from a file", description=_IMPORT, epilog=_EXAMPLES)
    parser.add_argument("--guild", type=_guild, required=True, metavar="ID", help="the server, by its number")
    add_local_option(parser)
    parser.add_argument("file", metavar="FILE", help="YAML in the pack format, or CSV (- is YAML on stdin)")
    parser.add_argument("--dry-run", action="store_true", help="only tell what it would do")
    parser.add_argument("--replace", action="store_true", help="take away what the file does not have (YAML only)")
    parser.set_defaults(run=run_import)


def run_export(args: argparse.Namespace) -> int:
    """Export, or tell which servers there are; 0 when that is done, 1 for a server of which nothing is known.

    Raises CitebotError where it cannot be read or written.
    """
    import asyncio

    from bot.config import load_config
    from bot.database import chosen_database
    from knowledge.errors import ConfigError

    if args.guild is None and args.file != "-":
        raise ConfigError(f"say which server goes into {args.file}: --guild ID. `citebot export` alone lists them")
    config = load_config(args.config)
    database = _existing(chosen_database(config, args))
    if args.guild is None:
        print(asyncio.run(_servers(database)))
        return 0
    text = asyncio.run(_export(config, database, args.guild))
    if text is None:
        print(f"citebot: nothing is known of server {args.guild}.", file=sys.stderr)
        print(asyncio.run(_servers(database)), file=sys.stderr)
        return 1
    if args.file == "-":
        # The same bytes everywhere, whatever the terminal makes of letters and line ends.
        sys.stdout.buffer.write(text.encode())
        return 0
    _write(Path(args.file), text)
    print(f"{args.file}: the knowledge of server {args.guild}")
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Import; 0 when it is durable, or would go in; 1 with conflicts. Raises CitebotError where it cannot be read."""
    import asyncio

    from bot.config import load_config
    from knowledge.errors import ConfigError

    table = args.file.lower().endswith(".csv")
    if table and args.replace:
        raise ConfigError("--replace goes with a YAML file: a table holds only a part of what a server knows")
    raw = _read(args.file)
    return asyncio.run(_import(load_config(args.config), args, raw, table=table))


def _guild(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 1 << 63):
        raise argparse.ArgumentTypeError(f"'{text}' is no server's number: copy it with Copy Server ID in Discord")
    return int(text)


async def _export(config: Config, database: Path | str, guild: int) -> str | None:
    """A server's knowledge as a file; None where it has never set or changed anything."""
    from knowledge.curation.exporting import export_of
    from knowledge.packset import PackSet
    from knowledge.store import Store

    async with Store.open(database, clock=_now) as store:
        known = await store.guilds.all()
        if guild not in known:
            return None
        return export_of(PackSet.read(config.packs), known[guild].packs, await store.revisions.current(guild))


async def _servers(database: Path | str) -> str:
    """The servers that a database knows, whoever changed something last first."""
    from knowledge.store import Store

    async with Store.open(database, clock=_now) as store:
        known = await store.guilds.all()
        last = [(change, guild) for guild in known for change in (await store.revisions.changes(guild, limit=1))[:1]]
    lines = [
        f"  {guild}  last change {change.at:%Y-%m-%d %H:%M}"
        for change, guild in sorted(last, key=lambda pair: -pair[0].id)
    ]
    lines += [f"  {guild}  no knowledge of its own" for guild in known if guild not in {guild for _, guild in last}]
    more = [f"  and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    where = database if isinstance(database, Path) else "the database"
    if not lines:
        return f"No server has added or set anything in {where}."
    return "\n".join([f"Servers in {where}:", *lines[:_SHOWN], *more])


async def _import(config: Config, args: argparse.Namespace, raw: bytes, *, table: bool) -> int:
    from bot.database import chosen_database
    from knowledge.curation.items import Overlay
    from knowledge.store import Store
    from knowledge.store.migrate import is_made
    from knowledge.store.records import Action, GuildSettings

    name = "stdin" if args.file == "-" else Path(args.file).name
    database = chosen_database(config, args)
    if args.dry_run and not await is_made(database):
        # Opening it would make it: a server of which nothing is known yet is as good to look at.
        run = _planned(config, args, raw, GuildSettings(), Overlay(), table=table)
        return _told(run, args, name)
    async with Store.open(database, clock=_now) as store:
        settings = await store.guilds.settings(args.guild)
        overlay = await store.revisions.current(args.guild)
        run = _planned(config, args, raw, settings, overlay, table=table)
        code = _told(run, args, name)
        if run.edits and not args.dry_run:
            change = await store.revisions.commit(
                *(args.guild, None, Action.IMPORT, run.edits),
                note=name,
                after=overlay.last_change,
                packs=settings.packs,
            )
            print(f"Imported as change {change.id}.")
    return code


def _planned(
    config: Config, args: argparse.Namespace, raw: bytes, settings: GuildSettings, overlay: Overlay, *, table: bool
) -> DryRun:
    """What an import does to a server, over the packs that are switched on for it."""
    from knowledge.curation.csvimport import csv_dry_run
    from knowledge.curation.importing import dry_run
    from knowledge.curation.merging import Ground
    from knowledge.packset import PackSet

    name = "stdin" if args.file == "-" else Path(args.file).name
    packs = PackSet.read(config.packs)
    ground = Ground(packs.base(packs.on(settings.packs)))
    if table:
        return csv_dry_run(raw, ground, overlay, name=name)
    return dry_run(raw, ground, overlay, name=name, replace=args.replace)


def _existing(database: Path | str) -> Path | str:
    """A database that is there: opening one to read from it must not make it."""
    if isinstance(database, Path) and not database.exists():
        from knowledge.errors import StoreError

        raise StoreError(f"There is no database {database} yet. To do: check data_dir, or start the bot once.")
    return database


def _told(run: DryRun, args: argparse.Namespace, name: str) -> int:
    """Tell what an import does; the exit code."""
    if run.conflicts:
        for problem in run.conflicts:
            print(problem, file=sys.stderr)
        print(f"{name}: {_counted(len(run.conflicts), 'conflict')}: nothing was changed", file=sys.stderr)
        return 1
    _tell(run, replace=args.replace)
    if args.dry_run:
        print("Nothing was changed: this was a dry run.")
    elif not run.edits:
        print("Nothing to change: the server has all of it.")
    return 0


def _tell(run: DryRun, *, replace: bool) -> None:
    """What an import does, by item."""
    here = "taken away" if replace else "only here, left as it is"
    for what, keys in (
        ("new", run.new),
        ("changed", run.changed),
        ("of a pack, hidden", run.hidden),
        ("back again", run.returning),
        ("unchanged", run.unchanged),
        (here, run.only_here),
    ):
        if keys:
            more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
            print(f"{what} ({len(keys)}): {', '.join(f'{k.kind.value} {k.id}' for k in keys[:_SHOWN])}{more}")


def _read(name: str) -> bytes:
    """What a file holds, or one byte more than is imported: enough to tell that it is too large."""
    from knowledge.curation.importing import MAX_BYTES
    from knowledge.errors import ConfigError

    most = MAX_BYTES + 1

    try:
        if name == "-":
            return sys.stdin.buffer.read(most)
        with Path(name).open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read ({error.strerror}): check the path") from error


def _write(file: Path, text: str) -> None:
    """The whole file or, where it cannot be written, what was there before."""
    from knowledge.errors import ConfigError

    if file.is_dir():
        raise ConfigError(f"{file}: is a folder: name a file in it")
    fresh = file.with_name(f"{file.name}.new")
    try:
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(file)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise ConfigError(f"{file}: cannot be written ({error.strerror}): check the path and its rights") from error


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _now() -> datetime:
    return datetime.now(UTC)
