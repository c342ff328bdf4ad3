"""The program as it runs, at every level of its log: nothing that it writes or serves holds token or password."""

from __future__ import annotations

import signal
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import make_url
from test_citebot_health import fetched
from whole_bot import STRENGTH, PersonOpener, ask
from whole_program import free_port, shown_until, starter

from bot.local.handle import ServerHandle
from knowledge.answerer import Answerer

PASSWORD = "hush!hush@home"


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING"])
@pytest.mark.parametrize("way", ["environment", "file"])
async def test_log_health_and_metrics(
    level: str,
    way: str,
    local_server: ServerHandle,
    person: PersonOpener,
    empty_postgres: str,
    tmp_path: Path,
    matching_cache: Path,
    answerer: Answerer,
) -> None:
    """DEBUG takes the libraries' own words in: what is sent to the gateway, and every statement to the database."""
    del answerer  # the vectors in the cache
    start, token, port = starter(local_server, tmp_path, matching_cache), local_server.bot_token, free_port()
    url = make_url(empty_postgres).set(drivername="postgresql", password=PASSWORD)
    environment = {"CITEBOT_DATABASE": url.render_as_string(hide_password=False)}
    (tmp_path / "token").write_text(token)
    if way == "file":
        environment |= {"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": str(tmp_path / "token")}
    style = "json" if way == "file" else "text"
    async with start(environment=environment, log={"level": level, "format": style}, health={"port": port}) as process:
        shown = await shown_until(process, "Ready as")
        async with person("mira") as mira:
            await ask(mira, STRENGTH)
        served = [(await fetched(port, path))[1] for path in ("/healthz", "/metrics", "/nothing")]
        process.send_signal(signal.SIGTERM)
        out, err = await process.communicate()
    assert process.returncode == 0
    assert "citebot_questions_total" in served[1]
    said = "\n".join([shown, out.decode(), err.decode(), *served])
    if level == "DEBUG":
        assert "IDENTIFY" in said or "identify" in said.lower()
    assert not [secret for secret in (token, PASSWORD, quote(PASSWORD, safe="")) if secret in said]


async def test_a_login_that_is_refused(
    local_server: ServerHandle, tmp_path: Path, matching_cache: Path, answerer: Answerer
) -> None:
    del answerer
    wrong = "MTIzNDU2Nzg5.Gabcde.not-this-one"
    async with starter(local_server, tmp_path, matching_cache)(wrong, log={"level": "DEBUG"}) as process:
        out, err = await process.communicate()
    said = (out + err).decode()
    assert process.returncode == 2
    assert "does not accept the bot token" in said
    assert wrong not in said
