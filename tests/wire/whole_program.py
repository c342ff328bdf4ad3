"""`python -m bot run` as a process of its own, in a folder of its own, on the local server."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from whole_bot import READY_WITHIN

from bot.local.handle import ServerHandle

ROOT = Path(__file__).parents[2]
STOPS_WITHIN = 5  # seconds

Start = Callable[..., AbstractAsyncContextManager[Process]]


def starter(server: ServerHandle, folder: Path, vectors: Path) -> Start:
    """Start the program in `folder`, with `vectors` in its cache, a token and settings by their groups.

    Nothing is served on its port for health unless a test says so: many run at a time.
    """
    data = folder / "data"
    data.mkdir(parents=True)
    (data / "cache").symlink_to(vectors)

    @asynccontextmanager
    async def start(
        token: str = server.bot_token, *, environment: Mapping[str, str] | None = None, **settings: Any
    ) -> AsyncGenerator[Process]:
        config: dict[str, Any] = {"discord": {}, "health": {"port": 0}, **settings}
        config["discord"] = {"api_base": server.api_base, **config["discord"]}
        (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "DISCORD_TOKEN": token, **(environment or {})},
            stdout=PIPE,
            stderr=PIPE,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    return start


async def shown_until(process: Process, words: str) -> str:
    """What the program prints, up to the line with these words."""
    assert process.stdout is not None
    shown = ""
    async with asyncio.timeout(READY_WITHIN):
        while words not in shown:
            line = (await process.stdout.readline()).decode()
            assert line, f"it ended without {words!r}: {shown}"
            shown += line
    return shown


def free_port() -> int:
    """A port on this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
