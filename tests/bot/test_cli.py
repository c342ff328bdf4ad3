"""The command line itself: help, version, errors."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.bot.conftest import Run  # pyright: ignore[reportMissingImports]
else:
    Run = Any


def test_help_shows_commands_and_examples(run: Run) -> None:
    ran = run("--help")
    assert ran.code == 0
    for word in ("run", "local", "ask", "explain", "check", "match", "examples:", "python -m bot local"):
        assert word in ran.out


@pytest.mark.parametrize("command", ["run", "local", "ask", "explain", "check", "match"])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert ran.code == 0
    assert "example" in ran.out
    assert "--config" in ran.out


def test_no_command_shows_the_help(run: Run) -> None:
    ran = run()
    assert ran.code == 2
    assert "usage: citebot" in ran.out


def test_version(run: Run) -> None:
    assert run("--version").out.startswith("citebot 0.")


def test_an_unknown_command_is_one_clear_line(run: Run) -> None:
    ran = run("asc")
    assert ran.code == 2
    assert "asc" in ran.err
    assert "Traceback" not in ran.err


def test_help_needs_nothing_heavy() -> None:
    code = (
        "import sys; from bot.cli import build_parser; build_parser().format_help(); "
        "print(sorted({'discord', 'numpy', 'onnxruntime', 'sqlalchemy', 'yaml', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_closed_pipe_ends_quietly() -> None:
    shell = f'"{sys.executable}" -m bot --help | head -n 1'
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: citebot")
    assert done.stderr == ""
