"""`local`: the very same bot in a Discord channel in the browser, on this machine alone."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.cli import AddParser
    from bot.config import Config

DEFAULT_PORT = 8737

_DESCRIPTION = f"""\
Starts a local stand-in for Discord and the bot on it, and prints the address of a page that looks and
works like a Discord channel. Needs no token and no network; nothing leaves this machine.

Without --port, port {DEFAULT_PORT} is taken, or any free one where that is in use.
"""


def add_parser(add: AddParser) -> None:
    """Add `local` to the command line."""
    parser = add(
        "local",
        help="try the bot in the browser, on this machine alone",
        description=_DESCRIPTION,
        epilog="examples:\n  citebot local --open\n  citebot local --port 9000",
    )
    parser.add_argument("--port", type=_port, metavar="N", help="the page's port on 127.0.0.1 (0 takes a free one)")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    parser.add_argument(
        "--limits", action="store_true", help="keep Discord's rate limits and the bot's cooldowns, as on Discord"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until stopped; 0 after a graceful stop."""
    import asyncio
    import logging

    from bot.config import load_config
    from bot.local_server import port_is_free
    from bot.logs import set_up_logging

    config = load_config(args.config)
    set_up_logging("WARNING" if config.log_level == "INFO" else config.log_level, style=config.log_format)
    if config.log_level != "DEBUG":
        # On one machine a heartbeat can be answered before discord.py has noted that it was sent; it then
        # warns of a delay as long as the heartbeat's interval.
        logging.getLogger("discord.gateway").setLevel(logging.ERROR)
    port: int = args.port if args.port is not None else DEFAULT_PORT if port_is_free(DEFAULT_PORT) else 0
    asyncio.run(_serve(config, port, open_page=args.open, limits=args.limits))
    return 0


async def _serve(config: Config, port: int, *, open_page: bool, limits: bool) -> None:
    import asyncio
    from dataclasses import replace

    from bot.client import Citebot
    from bot.config import CooldownConfig
    from bot.database import LOCAL
    from bot.local_server import local_server
    from bot.running import COMMANDS_STATE, open_services, run_client, stop_on_signals
    from bot.wire import point_client_at
    from knowledge.errors import CitebotError

    # Its own folder: what is tried out here must not mix with what the real bot remembers.
    state_dir = config.data_dir / LOCAL
    if not limits:
        # Whoever tries things out here asks faster than people in a channel do.
        config = replace(config, cooldown=CooldownConfig(member=0, channel=0, repeat=0))
    stop = asyncio.Event()
    with stop_on_signals(stop):
        async with (
            local_server(port, rate_limits=limits) as server,
            open_services(config, state_dir=state_dir, stop=stop) as services,
        ):
            await point_client_at(server.api_base, server.bot_token)
            # Channels, roles and servers of the real Discord do not exist here.
            here = replace(config.discord, answer_channels=(), moderator_roles=(), test_guild=None)
            bot = Citebot(
                services,
                here,
                state_file=state_dir / COMMANDS_STATE,
                on_first_ready=lambda _: _print_address(server.url, open_page=open_page),
            )
            watching = asyncio.create_task(server.process.wait())
            watching.add_done_callback(lambda _: stop.set())
            try:
                await run_client(bot, server.bot_token, stop=stop)
                if watching.done():
                    raise CitebotError(f"the local server ended unexpectedly (exit code {watching.result()})")
            finally:
                watching.cancel()


def _print_address(url: str, *, open_page: bool) -> None:
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    console = Console(highlight=False)
    body = Text.assemble(
        "A Discord channel in your browser, with the bot in it.\n",
        "A stand-in on this machine alone: no token, no account, nothing leaves it.\n\n",
        "Open   ",
        (url, "bold cyan"),
        "\nAsk    @Citebot how strong is the partnership?   or type /ask\nStop   Ctrl-C",
    )
    if console.is_terminal and console.width >= len(url) + 16:
        console.print(Panel(body, title="Citebot", expand=False, padding=(1, 2)))
    else:
        # No frame around an address that would not fit on one line: it must stay copyable.
        print(f"\n{body.plain}\n", flush=True)
    if open_page:
        import webbrowser

        webbrowser.open(url)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 0 to 65535")
    return int(text)
