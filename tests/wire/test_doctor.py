"""`citebot doctor` as a person runs it: against a server that speaks Discord's API, without one, with faults."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

from whole_program import ROOT

from bot.local.handle import ServerHandle

ONE_ENTRY = """\
pack: {id: bees, title: Bees, about: bees}
sources: [{id: paper, title: Bees, author: ada, sections: [{id: all, title: All, heading: false}]}]
experts: [{id: ada, name: Ada, kind: author}]
claims: [{id: fewer, text: Counts fell., expert: ada, section: all}]
entries: [{id: why, question: How many?, answer: Fewer., claims: [fewer]}]
"""


async def doctor(folder: Path, token: str, *words: str, **settings: Any) -> tuple[int, str]:
    """Run it in a folder; its exit code and all that it prints."""
    (folder / "config.yaml").write_text(json.dumps({"matching": {"encoder": "none"}, **settings}), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "doctor", *words),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DISCORD_TOKEN": token, "COLUMNS": "200"},
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await process.communicate()
    assert err == b""
    assert not token or token not in out.decode()
    return int(process.returncode or 0), out.decode()


def found(text: str) -> dict[str, tuple[str, str]]:
    return {finding["what"]: (finding["mark"], finding["told"]) for finding in json.loads(text)["findings"]}


async def test_all_is_well_where_the_bot_can_run(fresh_server: ServerHandle, tmp_path: Path) -> None:
    code, text = await doctor(
        tmp_path, fresh_server.bot_token, "--json", discord={"api_base": fresh_server.api_base}, health={"port": 0}
    )
    lines = found(text)
    assert code == 0, text
    assert lines["token"][0] == lines["clock"][0] == lines["intents"][0] == lines["gateway"][0] == "ok"
    assert "permissions=" in lines["invite link"][1]
    (server,) = [told for what, told in lines.items() if what.startswith("server ")]
    assert server[0] == "ok"
    assert {"packs", "data folder", "disk", "database"} <= lines.keys()
    # It has changed nothing.
    assert os.listdir(tmp_path) == ["config.yaml"]


async def test_each_fault_has_its_line_and_what_to_do(fresh_server: ServerHandle, tmp_path: Path) -> None:
    await fresh_server.control("intents", {"message_content": False})
    data = tmp_path / "data"
    data.mkdir()
    (data / "citebot.sqlite3").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with sqlite3.connect(data / "monday.sqlite3") as backup:
        backup.execute("CREATE TABLE anything (id INTEGER)")
    discord = {
        "api_base": fresh_server.api_base,
        "message_content": True,
        "answer_channels": {"help": 4242},
        "test_guild": 77,
    }
    code, text = await doctor(tmp_path, fresh_server.bot_token, "--json", discord=discord, packs=["nowhere"])
    lines = found(text)
    assert code == 1
    assert "switch it on in the developer portal" in lines["intents"][1]
    assert "help (4242): the bot is in no server with it" in lines["discord.answer_channels"][1]
    assert lines["discord.test_guild"][0] == lines["packs"][0] == lines["database"][0] == "bad"
    assert "citebot restore data/monday.sqlite3" in lines["database"][1]


async def test_a_wrong_token_is_said_without_it(fresh_server: ServerHandle, tmp_path: Path) -> None:
    code, text = await doctor(tmp_path, "wrong.token.here", discord={"api_base": fresh_server.api_base})
    assert code == 1
    assert "does not accept the bot token" in text


async def test_without_a_token_each_thing_that_needs_one_is_skipped_with_why(tmp_path: Path) -> None:
    (tmp_path / "bees.yaml").write_text(ONE_ENTRY, encoding="utf-8")
    settings = {"health": {"port": 0}, "packs": ["bees.yaml"], "discord": {"moderator_roles": [5]}}
    code, text = await doctor(tmp_path, "", "--json", **settings)
    lines = found(text)
    assert (code, lines["token"][0]) == (1, "bad")
    for what in ("clock", "intents", "invite link", "gateway", "servers", "discord.moderator_roles"):
        assert lines[what] == ("skipped", "not looked at: Discord tells it only with a token")
    assert lines["packs"] == ("ok", "bees.yaml: 1 entry, 1 claim")


async def test_without_a_network_it_says_what_it_could_not_see(tmp_path: Path) -> None:
    code, text = await doctor(tmp_path, "any.token", discord={"api_base": "http://127.0.0.1:9/api"}, health={"port": 0})
    assert code == 0
    assert "skipped" in text
    assert "cannot reach http://127.0.0.1:9/api" in text
