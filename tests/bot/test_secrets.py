"""The bot token: where it comes from, and that nobody sees it."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.logs import FORMATS, set_up_logging
from bot.secrets import read_token
from knowledge.errors import ConfigError

if TYPE_CHECKING:
    from tests.bot.conftest import Run  # pyright: ignore[reportMissingImports]
else:
    Run = Any

TOKEN = "MTIzNDU2.Gabcde.not-a-real-one"


def test_from_the_environment() -> None:
    assert read_token({"DISCORD_TOKEN": f" {TOKEN}\n"}) == TOKEN


def test_with_the_word_bot_before_it() -> None:
    assert read_token({"DISCORD_TOKEN": f"Bot {TOKEN}"}) == TOKEN


def test_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")
    assert read_token({"DISCORD_TOKEN_FILE": str(file)}) == TOKEN


@pytest.mark.parametrize("environ", [{}, {"DISCORD_TOKEN": ""}, {"DISCORD_TOKEN": "  "}])
def test_a_missing_one_says_which_variables_and_another_way(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=r"DISCORD_TOKEN, or DISCORD_TOKEN_FILE .* python -m bot local"):
        read_token(environ)


def test_an_unreadable_or_empty_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read the file .*nope"):
        read_token({"DISCORD_TOKEN_FILE": str(tmp_path / "nope")})
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(ConfigError, match="empty"):
        read_token({"DISCORD_TOKEN_FILE": str(empty)})


def test_something_else_than_a_token_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        read_token({"DISCORD_TOKEN": "my secret words"})
    assert "secret words" not in str(caught.value)


def test_run_without_a_token_is_one_line(run: Run) -> None:
    ran = run("run")
    assert ran.code == 2
    assert ran.err.startswith("citebot: no bot token")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize("whole", [True, False])
def test_nothing_logged_holds_the_token(style: str, whole: bool) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(FORMATS[style]([TOKEN, ""], whole=whole))
    log = logging.Logger("test")
    log.addHandler(handler)
    log.error("in the message %s", TOKEN)
    try:
        raise ValueError(f"in the traceback {TOKEN}")
    except ValueError:
        log.exception("failed")
    assert TOKEN not in out.getvalue()
    assert out.getvalue().count("[hidden]") == 1 + whole


def test_the_default_level_keeps_discord_quiet() -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        set_up_logging("INFO", secrets=[TOKEN])
        assert logging.getLogger("discord").level == logging.WARNING
        assert logging.getLogger("bot.client").getEffectiveLevel() == logging.INFO
        set_up_logging("ERROR")
        assert logging.getLogger("discord").level == logging.ERROR
        assert len(root.handlers) == 1
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        for name in ("discord", "asyncio", "aiosqlite", "sqlalchemy", "alembic", "aiohttp"):
            logging.getLogger(name).setLevel(logging.NOTSET)
