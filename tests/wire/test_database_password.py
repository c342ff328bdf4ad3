"""A PostgreSQL server that wants a password: whoever runs the bot is told what is wrong, and never the password."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_doctor import doctor, found
from whole_program import ROOT, free_port

from bot.local.handle import ServerHandle

RIGHT, WRONG = "p@ss/word-of-ours", "n0t/it:at#all"
WHY = "user or password is wrong or missing. To do: set them anew in CITEBOT_DATABASE."
QUOTED = {RIGHT: "p%40ss%2Fword-of-ours", WRONG: "n0t%2Fit%3Aat%23all"}


def _programs() -> Path | None:
    """Where PostgreSQL's own programs are."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: float(file.parts[-3]))
    named = shutil.which("initdb")
    return places[-1].parent if places else Path(named).parent if named else None


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """A server that lets nobody in without a password; its port. It refuses to run as root."""
    programs = _programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("no PostgreSQL is installed; in CI its passwords must be tested (apt-get install postgresql)")
        pytest.skip("no PostgreSQL is installed (apt-get install postgresql)")
    place, port = Path(tempfile.mkdtemp()), free_port()
    (place / "password").write_text(RIGHT)
    as_owner: list[str] = []
    if os.geteuid() == 0:
        as_owner = ["runuser", "-u", "postgres", "--"]
        for each in (place, place / "password"):
            shutil.chown(each, "postgres")

    def run(program: str, *words: str) -> None:
        subprocess.run([*as_owner, programs / program, *words], check=True, cwd="/", stdout=subprocess.DEVNULL)

    data = f"--pgdata={place}/data"
    run("initdb", data, "--auth=scram-sha-256", f"--pwfile={place}/password", "--username=rivers", "--no-sync")
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={place} -c fsync=off"
    run("pg_ctl", "start", "--wait", data, f"--log={place}/log", f"--options={options}")
    try:
        yield port
    finally:
        run("pg_ctl", "stop", "--mode=immediate", data)
        shutil.rmtree(place)


def url(port: int, password: str, *, user: str = "rivers") -> str:
    return f"postgresql://{user}{password and ':' + QUOTED[password]}@127.0.0.1:{port}/postgres"


def shows(text: str, password: str) -> bool:
    return any(word in text for word in (password, QUOTED[password]))


@pytest.mark.parametrize(("user", "password"), [("rivers", WRONG), ("nobody", RIGHT), ("rivers", "")])
async def test_doctor_and_all_that_open_the_database_say_what_is_wrong(
    server: int,
    fresh_server: ServerHandle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    user: str,
    password: str,
) -> None:
    monkeypatch.setenv("CITEBOT_DATABASE", url(server, password, user=user))
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
    server: int, fresh_server: ServerHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITEBOT_DATABASE", url(server, RIGHT))
    code, text = await doctor(
        tmp_path, fresh_server.bot_token, "--json", discord={"api_base": fresh_server.api_base}, health={"port": 0}
    )
    assert (code, found(text)["database"][0]) == (0, "ok")
    assert not shows(text, RIGHT)
