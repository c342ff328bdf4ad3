"""`make outdated`: what it lists, and that it says what it could not see."""

from __future__ import annotations

import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def outdated() -> Any:
    spec = importlib.util.spec_from_file_location("outdated", HERE / "outdated.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Osv(BaseHTTPRequestHandler):
    """Knows of one hole."""

    def do_POST(self) -> None:
        queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        results = [{"vulns": [{"id": "PYSEC-1"}]} if q["package"]["name"] == "aiohttp" else {} for q in queries]
        body = json.dumps({"results": results}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def test_every_pin_of_the_lock_file_is_looked_at(outdated: Any) -> None:
    locked = outdated.pins(outdated.LOCK.read_text(encoding="utf-8"))
    assert {"discord-py", "aiohttp", "sqlalchemy", "pytest"} <= locked.keys()
    assert len(locked) > 50


def test_what_is_behind_and_what_has_holes_is_listed(outdated: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with HTTPServer(("127.0.0.1", 0), Osv) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        locked = {"aiohttp": "3.0", "rich": "14.0"}
        known = outdated.holes(locked, f"http://127.0.0.1:{server.server_port}/")
        thread.join()
    assert outdated.report(locked, {"rich": "15.0", "pip": "99"}, known) == 1
    out = capsys.readouterr().out
    assert "outdated    rich 14.0 -> 15.0" in out
    assert "vulnerable  aiohttp 3.0: PYSEC-1" in out
    assert "99" not in out


def test_what_cannot_be_reached_is_said(outdated: Any, capsys: pytest.CaptureFixture[str]) -> None:
    known = outdated.holes({"rich": "14.0"}, "http://127.0.0.1:9/")
    assert outdated.report({"rich": "14.0"}, "no route", known) == 2
    out = capsys.readouterr().out
    assert out.count("Not looked at") == 2
    assert "are behind" not in out
