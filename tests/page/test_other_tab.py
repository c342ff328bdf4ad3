"""A page of somebody else's, open in the same browser: it reaches nothing of the local server, even with its keys."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

if TYPE_CHECKING:
    from tests.page.conftest import OpenPage, Server

# Each returns what it got; "refused" where the browser or the server let it have nothing.
ATTEMPTS = {
    "read": "fetch(base + '/page/ws?' + key, {credentials: 'include'}).then(r => r.text())",
    "read the page": "fetch(base + '/?' + key).then(r => r.text())",
    "read the record": "fetch(base + '/control/requests', {headers: {'X-Control-Key': control}}).then(r => r.text())",
    "post a file": "fetch(base + '/page/files?name=x&' + key, {method: 'POST', body: 'x', mode: 'no-cors'})",
    "post a fault": "fetch(base + '/control/faults', {method: 'POST', body: '{}', mode: 'no-cors'})",
    "post with cookies": """fetch(base + '/control/load', {method: 'POST', mode: 'no-cors', credentials: 'include',
        headers: {'Content-Type': 'text/plain'}, body: '{"questions": ["x"], "rate": 1}'})""",
    "post as the bot": """fetch(base + '/api/v10/channels/1/messages', {method: 'POST',
        headers: {Authorization: 'Bot ' + token, 'Content-Type': 'application/json'}, body: '{"content": "x"}'})""",
    "answer an interaction": """fetch(base + '/api/v10/interactions/1/x/callback', {method: 'POST', mode: 'no-cors',
        body: '{"type": 4, "data": {"content": "hacked"}}'})""",
    "beacon": "navigator.sendBeacon(base + '/page/files?name=x&' + key, 'x') && later()",
    "keepalive": "fetch(base + '/control/crowd', {method: 'POST', body: '{}', mode: 'no-cors', keepalive: true})",
    "form": """new Promise((done) => {
        const frame = document.createElement('iframe');
        frame.name = 'sink';
        frame.onload = () => done();
        const form = document.createElement('form');
        Object.assign(form, {method: 'POST', action: base + '/page/files?name=x&' + key, target: 'sink'});
        form.enctype = 'text/plain';
        document.body.append(frame, form);
        form.submit();
        setTimeout(done, 500);
    })""",
    "page socket": "socket(base.replace('http', 'ws') + '/page/ws?user=mira&' + key)",
    "gateway socket": "socket(base.replace('http', 'ws') + '/gateway/?v=10&encoding=json')",
    "event source": "heard(new EventSource(base + '/page/ws?' + key))",
    "script": "included('script', base + '/app.js')",
    "picture": "included('img', base + '/icon.svg')",
}
HELPERS = """
  const later = () => new Promise((done) => setTimeout(done, 300));
  const heard = (source) => new Promise((done, fail) => {
    source.onopen = source.onmessage = (event) => done(`heard ${event.data}`);
    source.onerror = fail;
  });
  const socket = (address) => heard(new WebSocket(address));
  const included = (tag, src) => new Promise((done, fail) => {
    const element = document.createElement(tag);
    element.onload = () => done(`${tag} came`);
    element.onerror = fail;
    element.src = src;
    document.body.append(element);
  });
"""


class Elsewhere(BaseHTTPRequestHandler):
    """An empty page of another origin; below /null one that has no origin at all."""

    def do_GET(self) -> None:
        """Answer with the page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        if self.path == "/null":
            self.send_header("Content-Security-Policy", "sandbox allow-scripts allow-forms")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title><link rel=icon href=data:><body>")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@dataclass
class Target:
    """The local server, looked at from outside of any browser."""

    server: Server

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def control(self, path: str) -> Any:
        request = urllib.request.Request(  # noqa: S310
            f"{self.origin}/control/{path}", headers={"X-Control-Key": self.server.control_key}
        )
        with urllib.request.urlopen(request) as response:  # noqa: S310
            return json.load(response)

    @property
    def state(self) -> Any:
        """Whatever another page might change."""
        return self.control("requests"), self.control("load")


@pytest.fixture
def target(server: Server) -> Target:
    return Target(server)


def try_all(page: Page, target: Target) -> dict[str, Any]:
    server = target.server
    given = [target.origin, urlsplit(server.url).query, server.control_key, server.bot_token]
    results: dict[str, Any] = {}
    for name, attempt in ATTEMPTS.items():
        script = f"""async ([base, key, control, token]) => {{
            {HELPERS}
            try {{
                const got = await ({attempt});
                return got instanceof Response ? got.type : String(got);
            }} catch (error) {{ return 'refused'; }}
        }}"""
        results[name] = page.evaluate(script, given)
    return results


@pytest.mark.parametrize("path", ["/", "/null"])
def test_another_page_gets_and_changes_nothing(
    open_with_bot: OpenPage, browser: Browser, elsewhere: str, target: Target, path: str
) -> None:
    mira = open_with_bot("Mira", "general")
    before = target.state
    context = browser.new_context()
    other = context.new_page()
    statuses: list[tuple[str, int]] = []
    other.on(
        "response",
        lambda response: statuses.append((response.url, response.status)) if target.origin in response.url else None,
    )
    other.goto(elsewhere + path)
    assert other.evaluate("self.origin") == ("null" if path == "/null" else elsewhere)
    results = try_all(other, target)
    context.close()
    # Where the browser sends a request without looking at the answer, it got nothing ("opaque") and did nothing.
    assert {name: got for name, got in results.items() if got not in {"refused", "opaque", "undefined"}} == {}
    assert results["page socket"] == results["gateway socket"] == results["script"] == "refused"
    posts = [status for url, status in statuses if not url.endswith((".js", ".svg"))]
    assert len(posts) > 3
    assert set(posts) == {403}
    assert target.state == before
    expect(mira.get_by_role("article")).to_have_count(0)


def test_the_page_cannot_be_framed(browser: Browser, elsewhere: str, target: Target) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(elsewhere)
    page.evaluate(
        """(address) => new Promise((done) => {
            const frame = document.createElement('iframe');
            frame.onload = done;
            frame.src = address;
            document.body.append(frame);
        })""",
        target.server.url,
    )
    (frame,) = page.main_frame.child_frames
    expect(frame.locator("#composer")).to_have_count(0)
    assert frame.url.startswith("chrome-error:")
    context.close()


def test_a_window_that_another_page_opens_stays_closed_to_it(browser: Browser, elsewhere: str, target: Target) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(elsewhere)
    with page.expect_popup() as opening:
        page.evaluate("(address) => { window.opened = window.open(address); }", target.server.url)
    expect(opening.value.locator("#channel-name")).not_to_be_empty()
    seen = page.evaluate("() => { try { return opened.document.title; } catch (error) { return 'refused'; } }")
    assert seen == "refused"
    page.evaluate("opened.postMessage({op: 'send', content: 'hacked'}, '*')")
    expect(opening.value.get_by_role("article")).to_have_count(0)
    context.close()


def test_a_name_that_has_been_made_to_lead_here_gets_nothing(launch: Callable[..., Browser], target: Target) -> None:
    """DNS rebinding: for the browser the page is of one origin with the server, only the name is another."""
    browser = launch("--host-resolver-rules=MAP rebound.example 127.0.0.1")
    try:
        page = browser.new_page()
        rebound = f"http://rebound.example:{target.server.port}"
        response = page.goto(f"{rebound}/?{urlsplit(target.server.url).query}")
        assert response is not None
        assert response.status == 403
        assert "key" not in page.content()
        for name in ("/app.js", "/control/requests", "/api/v10/gateway"):
            status = page.evaluate("(address) => fetch(address).then(r => r.status)", rebound + name)
            assert status == 403
    finally:
        browser.close()
