"""`run`: the bot on Discord."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from bot.cli import AddParser
    from bot.client import Citebot
    from bot.config import Config

_DESCRIPTION = """\
Runs the bot on Discord until Ctrl-C or SIGTERM.

The token comes from the environment variable DISCORD_TOKEN, or from the file that DISCORD_TOKEN_FILE
names; never from the configuration.
"""


def add_parser(add: AddParser) -> None:
    """Add `run` to the command line."""
    parser = add(
        "run",
        help="run the bot on Discord (needs DISCORD_TOKEN)",
        description=_DESCRIPTION,
        epilog="example:\n  DISCORD_TOKEN_FILE=token.txt citebot run --config config.yaml",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until stopped; 0 after a graceful stop."""
    import asyncio
    import os

    from bot.config import load_config
    from bot.database import database_of, passwords_in
    from bot.logs import set_up_logging
    from bot.secrets import read_token

    config = load_config(args.config)
    token = read_token(os.environ)
    database = database_of(config, os.environ)
    set_up_logging(config.log_level, secrets=[token, *passwords_in(database)], style=config.log_format)
    asyncio.run(_serve(config, token, database))
    return 0


async def _serve(config: Config, token: str, database: Path | str) -> None:
    import asyncio

    from bot.client import Citebot
    from bot.health import Health
    from bot.health_server import serve_health
    from bot.metrics import PrometheusMetrics, new_registry
    from bot.running import COMMANDS_STATE, open_services, run_client, stop_on_signals
    from bot.wire import point_client_at

    stop, registry = asyncio.Event(), new_registry()
    metrics = PrometheusMetrics(registry)
    health = Health(asyncio.get_running_loop().time, encoder_wanted=config.matching.encoder != "none")
    with stop_on_signals(stop), metrics.counting_errors():
        await point_client_at(config.discord.api_base, token)
        async with (
            serve_health(config.health_port, health, registry),
            open_services(
                config, state_dir=config.data_dir, stop=stop, database=database, metrics=metrics, health=health
            ) as services,
        ):
            bot = health.bot = Citebot(
                services,
                config.discord,
                state_file=config.data_dir / COMMANDS_STATE,
                announce=_print_invite,
                on_first_ready=_print_ready,
                watch_requests=metrics.watch_requests,
            )
            await run_client(bot, token, stop=stop)


def _print_invite(bot: Citebot) -> None:
    from bot.client import invite_link

    if bot.application_id is not None:
        print(f"Invite the bot to a server: {invite_link(bot.application_id)}", flush=True)


def _print_ready(bot: Citebot) -> None:
    print(f"Ready as {bot.user}. Stop with Ctrl-C.", flush=True)
