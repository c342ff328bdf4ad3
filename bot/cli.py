"""The command line. Each command's module is small; what it needs is imported when it runs."""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot import (
    ask_command,
    backup_command,
    check_command,
    doctor_command,
    explain_command,
    local_command,
    match_command,
    port_command,
    run_command,
)
from bot.output import discard_output, keep_printable
from knowledge.errors import CitebotError

AddParser = Callable[..., argparse.ArgumentParser]
"""Adds a command by name, with `help`, `description` and `epilog`; a command's module calls it."""

INTERRUPTED = 130  # what a shell expects of a program that Ctrl-C ended

_EXAMPLES = """\
examples:
  python -m bot local                        a Discord channel in the browser, on this machine alone
  python -m bot ask "Are they real allies?"  an answer in the terminal
  python -m bot explain "Are they allies?"   why that answer: what came close, how sure
  python -m bot run                          the bot on Discord (needs DISCORD_TOKEN)
  python -m bot doctor                       is everything there that the bot needs?
  python -m bot check my-pack/               is a knowledge pack sound?
  python -m bot match --kb my-pack/ --queries log.jsonl --out found.jsonl   which entry each question finds
  python -m bot backup monday.sqlite3        everything that is kept, while the bot runs
  python -m bot export --guild ID server.yaml   one server's knowledge, as a pack
"""


def build_parser() -> argparse.ArgumentParser:
    """The whole command line, as argparse knows it."""
    parser = argparse.ArgumentParser(
        prog="citebot",
        description="Answers questions from a curated base and shows who said what, and where it stands.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--config",
        type=Path,
        metavar="PATH",
        help="the configuration file (default: config.yaml in this folder, if there is one)",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def add(name: str, **words: Any) -> argparse.ArgumentParser:
        return commands.add_parser(
            name, parents=[shared], formatter_class=argparse.RawDescriptionHelpFormatter, **words
        )

    commands_of = (
        run_command,
        local_command,
        ask_command,
        explain_command,
        check_command,
        doctor_command,
        match_command,
        backup_command,
        port_command,
    )
    for module in commands_of:
        module.add_parser(add)
    return parser


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 not entirely, 2 could not, 130 interrupted."""
    keep_printable()
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.version:
        from importlib.metadata import version

        print(f"citebot {version('citebot')}")
        return 0
    if args.command is None:
        parser.print_help()
        return 2
    try:
        return int(args.run(args))
    except CitebotError as error:
        told = str(error)
        print(f"citebot:\n{told}" if "\n" in told else f"citebot: {told}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe had enough (`… | head`): end quietly, also at Python's own last flush.
        discard_output()
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        discard_output()
        print(f"citebot: cannot write: {error.strerror}. Make room on that disk and try again", file=sys.stderr)
        return 2
