"""A PostgreSQL server that wants a password: whoever runs the bot is told what is wrong, and never the password."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from own_postgres import PASSWORD, USER, OwnPostgres, own_postgres
from test_doctor import doctor, found
from whole_program import ROOT

from bot.local.handle import ServerHandle

WRONG = "n0t/it:at#all"
WHY = "user or password is wrong or missing. To do: set them anew in CITEBOT_DATABASE."


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    with own_postgres() as server:
        yield server


def shows(text: str, password: str) -> bool:
    return any(word in text for word in (password, quote(password, safe="")))


@pytest.mark.parametrize(("user", "password"), [(USER, WRONG), ("nobody", PASSWORD), (USER, "")])
async def test_doctor_and_all_that_open_the_database_say_what_is_wrong(
    server: OwnPostgres,
    fresh_server: ServerHandle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    user: str,
    password: str,
) -> None:
    monkeypatch.setenv("CITEBOT_DATABASE", server.url(password, user=user))
    code, text = await doctor(
        tmp_path, fresh_server.bot_token, "--json", discord={"api_base": fresh_server.api_base}, health={"port": 0}
    )
    mark, told = found(text)["database"]
    assert (code, mark) == (1, "bad")
    assert told.endswith(f"/postgres cannot be used: {WHY}")
    for words in (("run",), ("backup", "copy.sqlite3"), ("export", "--guild", "1")):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "DISCORD_TOKEN": fresh_server.bot_token},
            stdout=PIPE,
            stderr=PIPE,
        )
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        assert process.returncode == 2
        (line,) = err.decode().splitlines()
        assert line.endswith(f"/postgres cannot be used: {WHY}")
        text += out.decode() + line
    assert not password or not shows(text, password)


async def test_with_the_right_one_it_is_let_in(
    server: OwnPostgres, fresh_server: ServerHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITEBOT_DATABASE", server.url())
    code, text = await doctor(
        tmp_path, fresh_server.bot_token, "--json", discord={"api_base": fresh_server.api_base}, health={"port": 0}
    )
    assert (code, found(text)["database"][0]) == (0, "ok")
    assert not shows(text, PASSWORD)
