"""`local`: a page in the browser and the bot on it, started and stopped as a person would."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.bot.conftest import Run  # pyright: ignore[reportMissingImports]
else:
    Run = Any

ROOT = Path(__file__).parents[2]
Started = tuple["subprocess.Popen[str]", str]
Start = Callable[..., Started]


@pytest.fixture
def start(folder: Path, pack: Path) -> Iterator[Start]:
    """Start `local` and wait for the page's address."""
    (folder / "config.yaml").write_text(f"packs: ['{pack}']\nmatching: {{encoder: none}}\n", encoding="utf-8")
    running: list[subprocess.Popen[str]] = []

    def start(*words: str) -> Started:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "local", *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        shown = ""
        for line in process.stdout:
            shown += line
            if found := re.search(r"http://127\.0\.0\.1:\d+/\?key=\S+", line):
                return process, found[0]
        raise AssertionError(f"no address: {shown}")

    yield start
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as page:  # noqa: S310  our own address
            return page.status == 200 and "<html" in page.read().decode().lower()
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_page_is_there_and_goes_with_the_program(start: Start, folder: Path, number: int) -> None:
    port = free_port()
    process, url = start("--port", str(port))
    assert f":{port}/" in url
    assert answers(url)
    process.send_signal(number)
    assert process.wait(timeout=15) == 0
    assert not answers(url)
    assert (folder / "data" / "local" / "citebot.sqlite3").is_file()
    assert not (folder / "data" / "citebot.sqlite3").exists()


def test_the_server_does_not_outlive_a_killed_program(start: Start) -> None:
    process, url = start("--port", "0")
    process.kill()
    process.wait()
    assert wait_until(lambda: not answers(url))


def test_a_taken_port_is_one_friendly_line(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = run("local", "--port", port)
    assert ran.code == 2
    assert ran.err.startswith(f"citebot: port {port} is taken")
    assert "--port 0" in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("port", ["x", "-1", "65536"])
def test_a_port_that_is_none(run: Run, port: str) -> None:
    ran = run("local", f"--port={port}")
    assert ran.code == 2
    assert "is not a port" in ran.err


def wait_until(true: Callable[[], bool]) -> bool:
    """Whether it becomes true; each look takes at most as long as a refused connection."""
    import time

    end = time.monotonic() + 10
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False
