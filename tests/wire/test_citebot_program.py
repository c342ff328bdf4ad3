"""`python -m bot run` as a process of its own: started, asked, stopped, and refused."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from whole_bot import FRANCE, IDEOLOGY, IDEOLOGY_TITLE, READY_WITHIN, PersonOpener, ask, text_of, title_of

from bot.local.handle import ServerHandle
from knowledge.answerer import Answerer

ROOT = Path(__file__).parents[2]
STOPS_WITHIN = 5  # seconds

Start = Callable[[str], AbstractAsyncContextManager[Process]]


@pytest.fixture
def start(local_server: ServerHandle, tmp_path: Path, matching_cache: Path, answerer: Answerer) -> Start:
    """Start the program with a token, in a folder of its own; `answerer` has filled the cache by then."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "cache").symlink_to(matching_cache)
    config = tmp_path / "config.yaml"
    config.write_text(json.dumps({"discord": {"api_base": local_server.api_base}}), encoding="utf-8")

    @asynccontextmanager
    async def start(token: str) -> AsyncGenerator[Process]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "DISCORD_TOKEN": token}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"), cwd=tmp_path, env=environment, stdout=PIPE, stderr=PIPE
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


async def test_it_invites_answers_and_stops(start: Start, person: PersonOpener, local_server: ServerHandle) -> None:
    async with person("mira") as mira, start(local_server.bot_token) as process:
        shown = await shown_until(process, "Ready as")
        assert f"https://discord.com/oauth2/authorize?client_id={mira.bot['id']}&" in shown
        assert title_of(await ask(mira, IDEOLOGY)) == IDEOLOGY_TITLE
        assert "The base has no answer" in text_of(await ask(mira, FRANCE))
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOPS_WITHIN):
            out, err = await process.communicate()
        assert process.returncode == 0
        told = shown + out.decode() + err.decode()
        assert "Traceback" not in told
        assert local_server.bot_token not in told
        assert IDEOLOGY not in told  # nobody's question is logged
        await mira.until(lambda: not mira.bot_online)


async def test_a_wrong_token_is_one_clear_line_without_it(start: Start) -> None:
    async with start("MTIzNDU2.wrong.token") as process:
        async with asyncio.timeout(READY_WITHIN):
            out, err = await process.communicate()
        assert process.returncode == 2
        assert out == b""
        (line,) = err.decode().splitlines()
        assert line.startswith("citebot: the server does not accept the bot token")
        assert "DISCORD_TOKEN" in line
        assert "MTIzNDU2" not in line
