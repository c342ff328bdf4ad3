"""The token and the database's password are in nothing that anybody sees: help, errors, logs, addresses."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli import build_parser
from bot.client import LEAST_PERMISSIONS, invite_link
from bot.logs import FORMATS, set_up_logging
from knowledge.store.address import Address

ROOT = Path(__file__).parents[2]
TOKEN = "MTIzNDU2Nzg5.Gabcde.the-secret-itself"
PASSWORD = "hush%21hush"
URL = f"postgresql://citebot:{PASSWORD}@127.0.0.1:9/citebot"
SECRETS = (TOKEN, PASSWORD, "hush!hush")


def run(*words: str, folder: Path, **more: str) -> str:
    """All that a command says, with both secrets in its environment."""
    environ = {**os.environ, "DISCORD_TOKEN": TOKEN, "CITEBOT_DATABASE": URL, "PYTHONPATH": str(ROOT), **more}
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["run", "--config", "config.yaml"],
        ["backup", "b.sqlite3"],
        ["doctor", "--config", "config.yaml"],
        ["doctor", "--json"],
        ["restore", "b.sqlite3"],
        ["export", "--guild", "1"],
        ["import", "--guild", "1", "nothing.yaml"],
        ["run", "--config", "nothing.yaml"],
    ],
    ids=" ".join,
)
def test_where_it_goes_wrong_it_says_so_without_them(words: list[str], tmp_path: Path) -> None:
    """Nothing listens where the configuration and the address lead, so each command fails after it has read both."""
    (tmp_path / "config.yaml").write_text("discord: {api_base: 'http://127.0.0.1:9/api/v10'}\nlog: {level: DEBUG}\n")
    (tmp_path / "b.sqlite3").write_bytes(b"no backup")
    said = run(*words, folder=tmp_path)
    assert said.strip()
    assert not [secret for secret in SECRETS if secret in said]


def test_a_token_that_cannot_be_one_is_not_shown(tmp_path: Path) -> None:
    said = run("run", folder=tmp_path, DISCORD_TOKEN="two words-secret")
    assert "DISCORD_TOKEN" in said
    assert "words-secret" not in said


@pytest.mark.parametrize(
    "written",
    [
        f"discord: {{token: '{TOKEN}'}}",
        f"token: '{TOKEN}'",
        f"discord: '{TOKEN}'",
        f"{TOKEN}: yes",
        f"discord: {{'{TOKEN}': 1}}",
        f"log: {{level: '{TOKEN}'}}",
        f"discord: [{TOKEN}",
        f"database: '{URL.replace('postgresql', 'mysql')}'",
        f"database: 'citebot:{PASSWORD}@127.0.0.1/citebot'",
        f"database: 'postgresql://citebot:{PASSWORD}@127.0.0.1:port/citebot'",
        f"database: ['{URL}']",
        f"database: '{URL}",
        f"discord: {{api_base: 'http://citebot:{PASSWORD}@127.0.0.1:9/api'}}",
    ],
)
@pytest.mark.parametrize("command", ["run", "doctor", "backup"])
def test_a_configuration_that_holds_them_where_they_do_not_belong(written: str, command: str, tmp_path: Path) -> None:
    """The environment holds them as well, as is usual; what is said names the place alone."""
    (tmp_path / "config.yaml").write_text(written)
    said = run(command, *(["b.sqlite3"] if command == "backup" else []), folder=tmp_path, CITEBOT_DATABASE="")
    assert said.strip()
    assert not [secret for secret in SECRETS if secret in said], said


@pytest.mark.parametrize("way", ["environment", "file"])
@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_whichever_way_the_token_is_given(way: str, level: str, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(
        f"discord: {{api_base: 'http://127.0.0.1:9/api/v10'}}\nlog: {{level: {level}}}\n"
    )
    (tmp_path / "token").write_text(f"Bot {TOKEN}\n")
    given = {} if way == "environment" else {"DISCORD_TOKEN": "", "DISCORD_TOKEN_FILE": str(tmp_path / "token")}
    said = run("run", folder=tmp_path, **given)
    assert "cannot reach" in said
    assert not [secret for secret in SECRETS if secret in said], said


def parsers(parser: Any) -> list[Any]:
    """A parser with those of all its commands."""
    found: list[Any] = [parser]
    actions: list[Any] = list(vars(parser)["_actions"])  # pyright: ignore[reportUnknownArgumentType]
    for action in actions:
        inner: list[Any] = list(getattr(action.choices, "values", list[Any])())
        for one in inner:
            found += parsers(one)
    return found


def test_no_help_knows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("CITEBOT_DATABASE", URL)
    helps = [parser.format_help() for parser in parsers(build_parser())]
    assert len(helps) > 10
    assert not [secret for secret in SECRETS for said in helps if secret in said]


@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_no_logger_lets_them_through(style: str, level: str, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, was = root.handlers[:], root.level
    try:
        set_up_logging(level, secrets=SECRETS, style=style)
        for name in ("discord.http", "aiohttp.client", "sqlalchemy.engine", "asyncio", "bot", "knowledge.store"):
            try:
                raise ValueError(f"refused {TOKEN} at {URL}")
            except ValueError:
                logging.getLogger(name).exception("with %s", {"Authorization": f"Bot {TOKEN}", "url": URL})
        said = capsys.readouterr().err
    finally:
        root.handlers[:] = before
        root.setLevel(was)
    assert "[hidden]" in said
    assert not [secret for secret in SECRETS if secret in said]


def test_a_databases_name_has_no_password() -> None:
    assert not [secret for secret in SECRETS if secret in Address.of(URL).name]


def test_the_invitation_asks_for_these_permissions_and_no_others() -> None:
    """SECURITY.md names them; each has its use, and nothing else is asked for."""
    asked = {name for name, wanted in LEAST_PERMISSIONS if wanted}
    assert asked == {
        "read_messages",
        "send_messages",
        "send_messages_in_threads",
        "embed_links",
        "read_message_history",
    }
    assert f"permissions={LEAST_PERMISSIONS.value}" in invite_link(1)
    assert not LEAST_PERMISSIONS.administrator
