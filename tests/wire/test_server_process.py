"""The server as a process of its own: it says when it is ready, and goes when it should."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@contextmanager
def child(*arguments: str) -> Generator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "bot.local.server", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def ready(process: subprocess.Popen[bytes]) -> dict[str, object]:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def test_it_ends_with_its_parent() -> None:
    with child("--parent-pipe") as process:
        first = ready(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=5) == 0
    with child("--parent-pipe") as process:
        second = ready(process)
    for secret in ("key", "control_key", "bot_token"):
        assert first[secret] != second[secret]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_it_ends_cleanly_on_a_signal(name: str) -> None:
    with child("--parent-pipe") as process:
        ready(process)
        process.send_signal(getattr(signal, name))
        assert process.wait(timeout=5) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with child("--port", str(port)) as process:
            assert process.wait(timeout=5) == 1
            assert process.stderr is not None
            said = process.stderr.read().decode()
    assert said.count("\n") == 1
    assert f"127.0.0.1:{port}" in said


def test_it_listens_on_this_machine_only() -> None:
    with child("--parent-pipe") as process:
        port = ready(process)["port"]
        assert isinstance(port, int)
        with socket.socket() as other:
            other.bind(("127.0.0.2", port))  # free, as the server took one address and not all


def test_it_imports_neither_handlers_nor_knowledge() -> None:
    code = "import sys, bot.local.server; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    assert not {"handlers", "knowledge", "discord"} & set(loaded.stdout.split())
