"""`doctor`: is everything there that the bot needs, and what to do where it is not."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.cli import AddParser
    from bot.config import Config
    from bot.findings import Finding

_DESCRIPTION = """\
Looks at everything that the bot needs: token, intents, servers and their permissions, channels, roles, packs, encoder,
database, disk, clock, port. Each line is well or says what to do. Changes nothing, and never shows the token.

Without a network, what could not be looked at is said. Exit code: 0 all well, 1 something to do, 2 could not look.
"""


def add_parser(add: AddParser) -> None:
    """Add `doctor` to the command line."""
    parser = add(
        "doctor",
        help="is everything there that the bot needs, and what to do",
        description=_DESCRIPTION,
        epilog="examples:\n  citebot doctor\n  citebot doctor --json",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look; 0 where all is well, 1 where there is something to do. Raises ConfigError."""
    import asyncio
    import os

    from bot.config import load_config
    from bot.database import database_of
    from bot.findings import Mark

    config = load_config(args.config)
    findings = asyncio.run(_look(config, database_of(config, os.environ)))
    if args.json:
        lines = [{"what": f.what, "mark": f.mark.value, "told": f.told} for f in findings]
        print(json.dumps({"well": not _any_bad(findings), "findings": lines}, ensure_ascii=False, indent=1))
    else:
        _print(findings)
    return 1 if any(finding.mark is Mark.BAD for finding in findings) else 0


async def _look(config: Config, database: Path | str) -> list[Finding]:
    import asyncio
    import os
    from datetime import UTC, datetime

    from bot.doctor_discord import look_at_discord, without_token
    from bot.doctor_here import look_here
    from bot.findings import bad
    from bot.secrets import read_token
    from knowledge.errors import ConfigError

    findings: list[Finding] = []
    try:
        token = read_token(os.environ)
    except ConfigError as error:
        findings += [bad("token", str(error)), *without_token(config)]
    else:
        findings += await look_at_discord(config, token, now=lambda: datetime.now(UTC))
    findings += await asyncio.to_thread(look_here, config, database)
    if isinstance(database, str):
        findings += await _look_at_server(database)
    return findings


async def _look_at_server(database: str) -> list[Finding]:
    """Whether a database server lets the bot in, and which schema it has."""
    from bot.doctor_here import schema_found
    from bot.findings import bad, ok
    from knowledge.errors import StoreError
    from knowledge.store.address import Address
    from knowledge.store.migrate import schema_at

    try:
        schema = await schema_at(database)
    except StoreError as error:
        return [bad("database", str(error))]
    return [ok("database", f"{Address.of(database).name}: it lets the bot in"), schema_found(schema)]


def _any_bad(findings: Sequence[Finding]) -> bool:
    return any(finding.mark == "bad" for finding in findings)


def _print(findings: Sequence[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    styles = {"ok": "green", "look": "yellow", "bad": "bold red", "skipped": "dim"}
    table = Table.grid(padding=(0, 2))
    for finding in findings:
        told = Text(finding.told, overflow="fold")
        table.add_row(Text(finding.mark.value, styles[finding.mark.value]), Text(finding.what), told)
    Console(highlight=False).print(table)
