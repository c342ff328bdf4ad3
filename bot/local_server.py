"""The parent's side of the local server: a child process that ends when this one does."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from knowledge.errors import CitebotError, ConfigError

READY_SECONDS = 30
"""How long the child may take to open its port."""


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A running local server: the page's address, the API's, and the token that it takes."""

    process: asyncio.subprocess.Process
    url: str
    api_base: str
    bot_token: str


@contextlib.asynccontextmanager
async def local_server(port: int, *, rate_limits: bool = False) -> AsyncGenerator[LocalServer]:
    """Start the server on 127.0.0.1 (`port` 0 takes any free one) and end it with the block.

    `rate_limits` keeps Discord's.

    Raises ConfigError if the port is taken, CitebotError if the server does not start.
    """
    if port and not port_is_free(port):
        raise ConfigError(
            f"port {port} is taken, perhaps by another `citebot local`. "
            "Stop that one, or take another port: --port 0 finds a free one"
        )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot.local.server", "--port", str(port), "--parent-pipe", *(["--rate-limits"] if rate_limits else [])),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # Ctrl-C in a terminal goes to the whole group; the child is to outlive the client's goodbye.
        start_new_session=True,
    )
    try:
        yield await _ready(process)
    finally:
        await _end(process)


def port_is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1 at that port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port that is only lingering after a close counts as free.
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


async def _ready(process: asyncio.subprocess.Process) -> LocalServer:
    assert process.stdout is not None  # noqa: S101  asked for above
    try:
        async with asyncio.timeout(READY_SECONDS):
            line = await process.stdout.readline()
            told = json.loads(line) if line else None
            if told is None:
                code = await process.wait()
                raise CitebotError(f"the local server did not start (exit code {code}); its reason stands above")
            return LocalServer(process, str(told["url"]), str(told["api_base"]), str(told["bot_token"]))
    except TimeoutError as error:
        raise CitebotError(f"the local server was not ready after {READY_SECONDS} seconds") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CitebotError("the local server said something else than that it is ready") from error


async def _end(process: asyncio.subprocess.Process) -> None:
    """Close the pipe that keeps the child alive; insist if it does not go."""
    if process.stdin is not None:
        process.stdin.close()
    for insist in (process.terminate, process.kill):
        try:
            async with asyncio.timeout(3):
                await process.wait()
                return
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                insist()
    await process.wait()
