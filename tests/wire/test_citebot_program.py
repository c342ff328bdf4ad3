"""`python -m bot run` as a process of its own: started, asked, stopped, and refused."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from full_disk import kept
from test_citebot_disk import preview_of
from whole_bot import FRANCE, IDEOLOGY, IDEOLOGY_TITLE, READY_WITHIN, PersonOpener, ask, text_of, title_of
from whole_program import STOPS_WITHIN, Start, shown_until, starter

from bot.local.handle import ServerHandle
from knowledge.answerer import Answerer


@pytest.fixture
def start(local_server: ServerHandle, tmp_path: Path, matching_cache: Path, answerer: Answerer) -> Start:
    """Start the program; `answerer` has filled the cache by then."""
    return starter(local_server, tmp_path, matching_cache)


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


POSTED = {"method": "POST", "path": "/channels/[0-9]+/messages$"}


async def test_told_to_stop_it_finishes_the_answer_that_is_under_way(
    start: Start, person: PersonOpener, local_server: ServerHandle, tmp_path: Path
) -> None:
    async with person("mira") as mira, start() as process:
        await shown_until(process, "Ready as")
        await local_server.forget_requests()
        await local_server.faults({"match": POSTED, "delay": 1.0})
        question = await mira.say("general", f"{mira.bot_mention} {IDEOLOGY}")
        await until_asked(local_server)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOPS_WITHIN):
            _, err = await process.communicate()
        assert process.returncode == 0
        reply = await mira.answer_to(question)
        assert title_of(reply) == IDEOLOGY_TITLE
        assert "outcome=answer" in err.decode()
        await local_server.faults()
    with closing(sqlite3.connect(tmp_path / "data" / "citebot.sqlite3")) as database:
        kept = database.execute("SELECT message_id FROM replies").fetchall()
    assert kept == [(int(reply["id"]),)]  # so its buttons work after the next start


async def test_told_to_stop_it_loses_no_change(
    start: Start, person: PersonOpener, local_server: ServerHandle, tmp_path: Path
) -> None:
    async with person("sam") as sam, start() as process:
        await shown_until(process, "Ready as")
        preview = await preview_of(sam)
        await local_server.forget_requests()
        await local_server.faults({"match": {"method": "POST", "path": "/callback$"}, "delay": 1.0})
        await sam.press(preview, "Publish")
        await until_asked(local_server, "/interactions/{interaction_id}/{interaction_token}/callback")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOPS_WITHIN):
            await process.communicate()
        assert process.returncode == 0
        await sam.changed(preview, lambda message: "It is answered from now on" in text_of(message))
        await local_server.faults()
    assert kept(tmp_path / "data" / "citebot.sqlite3")["changes"] == 1


async def test_a_damaged_database_is_refused_with_its_newest_copy(start: Start, tmp_path: Path) -> None:
    (tmp_path / "data" / "citebot.sqlite3").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with closing(sqlite3.connect(tmp_path / "data" / "monday.sqlite3")) as backup:
        backup.execute("CREATE TABLE anything (id INTEGER)")
    async with start() as process:
        async with asyncio.timeout(READY_WITHIN):
            _, err = await process.communicate()
        assert process.returncode == 2
        (line,) = err.decode().splitlines()
        assert "To do: move it away and restore the newest copy: citebot restore data/monday.sqlite3" in line


async def test_told_twice_it_is_gone_at_once(start: Start, person: PersonOpener, local_server: ServerHandle) -> None:
    async with person("mira") as mira, start() as process:
        await shown_until(process, "Ready as")
        await local_server.forget_requests()
        await local_server.faults({"match": POSTED, "delay": 30.0})
        await mira.say("general", f"{mira.bot_mention} {IDEOLOGY}")
        await until_asked(local_server)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(1.5):
            _, err = await process.communicate()
        assert process.returncode == 130
        assert "stop.at_once" in err.decode()
        await local_server.faults()


async def until_asked(server: ServerHandle, template: str = "/channels/{channel_id}/messages") -> None:
    """Wait until the bot is posting its reply, which takes a while."""
    async with asyncio.timeout(10):
        while not any(r["template"] == template for r in await server.requests()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


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
