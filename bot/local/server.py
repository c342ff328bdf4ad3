"""The local server as a process of its own: `python -m bot.local.server`.

Speaks Discord's HTTP API and gateway on 127.0.0.1, and serves a page on which people talk to the bot.
Prints one JSON line when it is ready; everything else it says goes to stderr.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.local.acting import Actions
from bot.local.application_api import ApplicationApi
from bot.local.attachments import Attachments
from bot.local.commands import Commands
from bot.local.control_api import ControlApi
from bot.local.crowd import Crowd
from bot.local.faults import Faults, Recorder
from bot.local.gateway import Gateway
from bot.local.http_api import HttpApi
from bot.local.interactions import Interactions
from bot.local.jsontypes import Json
from bot.local.messages import Messages
from bot.local.middleware import bot_api, guard
from bot.local.newworld import new_world
from bot.local.page_api import PageApi
from bot.local.people import People
from bot.local.ratelimits import RateLimits
from bot.local.responding import Responder
from bot.local.state import World

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
PREFIX = "/api/v10"
BODY_LIMIT = 32 * 1024 * 1024  # ten files and a margin would be more than Discord takes, too


@dataclass(frozen=True, slots=True)
class Settings:
    """How the server behaves; times in seconds."""

    port: int = 0
    heartbeat: float = 41.25
    response_limit: float = 3.0
    token_life: float = 900.0
    rate_limits: bool = False


@contextlib.asynccontextmanager
async def serve(settings: Settings, world: World | None = None) -> AsyncGenerator[Json]:
    """Run a server, of a new world unless one is given; yields the ready line.

    Raises:
        OSError: the port is taken.
    """
    token, key, control_key = (secrets.token_urlsafe(32) for _ in range(3))
    world = world or new_world()
    gateway = Gateway(world, token, heartbeat_ms=round(settings.heartbeat * 1000))
    people = People(world)
    messages = Messages(world, gateway, people)
    attachments = Attachments(world)
    commands = Commands(world)
    interactions = Interactions(
        world,
        gateway,
        people,
        response_seconds=settings.response_limit,
        token_seconds=settings.token_life,
    )
    responder = Responder(world, interactions, messages, attachments, people)
    actions = Actions(world, messages, commands, interactions, attachments)
    page = PageApi(world, people, actions, commands=commands, gateway=gateway, key=key)
    application = ApplicationApi(world, commands, interactions, responder)
    gateway.on_status = page.tell_status
    application.on_commands = page.tell_commands
    faults, recorder, limits = Faults(), Recorder(), RateLimits(on=settings.rate_limits)
    crowd = Crowd(world, gateway, messages)
    control = ControlApi(
        world,
        gateway,
        faults=faults,
        recorder=recorder,
        limits=limits,
        crowd=crowd,
        key=control_key,
        on_channels=page.tell_channels,
    )

    api = web.Application(middlewares=[bot_api(token, faults, recorder, limits, PREFIX)], client_max_size=BODY_LIMIT)
    api.add_routes(HttpApi(world, messages, attachments, gateway).routes())
    api.add_routes([*application.command_routes(), *application.token_routes()])
    root = web.Application(middlewares=[guard(world)], client_max_size=BODY_LIMIT)
    root.add_subapp(PREFIX, api)
    root.add_routes(control.routes())
    root.add_routes(
        [
            web.get("/gateway/", gateway.handle),
            web.get("/page/ws", page.socket),
            web.post("/page/files", page.take_file),
            web.get("/attachments/{channel_id}/{attachment_id}/{secret}/{name:[^/]+}", attachments.serve),
            web.get("/", page.file),
            web.get("/{name:[A-Za-z0-9_/-]+\\.[a-z0-9]+}", page.file),
        ]
    )
    runner = web.AppRunner(root, access_log=None, shutdown_timeout=1.0, handle_signals=False)
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, settings.port)
        await site.start()
        port: int = runner.addresses[0][1]
        world.base_url = f"http://{HOST}:{port}"
        yield {
            "ready": True,
            "port": port,
            "url": f"{world.base_url}/?key={key}",
            "api_base": world.base_url + PREFIX,
            "bot_token": token,
            "key": key,
            "control_key": control_key,
        }
        await crowd.close()
        await gateway.close()
        await page.close()
    finally:
        await runner.cleanup()


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bot.local.server", description="A Discord-compatible server for this machine."
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one (default)")
    parser.add_argument(
        "--parent-pipe", action="store_true", help="end when standard input does: with the parent process"
    )
    parser.add_argument(
        "--heartbeat", type=float, default=41.25, help="gateway heartbeat interval, seconds (default 41.25)"
    )
    parser.add_argument(
        "--response-limit",
        type=float,
        default=3.0,
        help="seconds a bot has for the first response to an interaction (default 3, as in Discord)",
    )
    parser.add_argument(
        "--rate-limits", action="store_true", help="keep Discord's rate limits: 50 requests a second, 5 messages in 5 s"
    )
    return parser.parse_args(argv)


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Set `stop` when standard input ends; it does so when the parent goes, however it goes."""

    def read() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        with contextlib.suppress(RuntimeError):  # the loop may be gone already
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=read, name="parent-pipe", daemon=True).start()


async def run(settings: Settings, *, parent_pipe: bool) -> None:
    """Serve until a signal comes or, with `parent_pipe`, standard input ends.

    Raises:
        OSError: the port is taken.
    """
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C and the pipe suffice
            loop.add_signal_handler(name, stop.set)
    async with serve(settings) as ready:
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        if parent_pipe:
            _watch_parent(loop, stop)
        await stop.wait()


def main(argv: Sequence[str] | None = None) -> int:
    """Start the server; returns the exit status."""
    given = _arguments(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="local server: %(message)s")
    settings = Settings(given.port, given.heartbeat, given.response_limit, rate_limits=given.rate_limits)
    try:
        asyncio.run(run(settings, parent_pipe=given.parent_pipe))
    except OSError as error:
        sys.stderr.write(f"local server: cannot listen on {HOST}:{given.port}: {error}; choose another --port\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
