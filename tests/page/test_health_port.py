"""/healthz and /metrics, attacked by a page of somebody else's in the same browser: it learns and does nothing."""

from __future__ import annotations

import asyncio
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser
from test_other_tab import HELPERS, Elsewhere, elsewhere

from bot.health import Health, Report
from bot.health_server import serve_health
from bot.metrics import new_registry

__all__ = ["Elsewhere", "elsewhere"]

ATTEMPTS = {
    "read": "fetch(base + '/metrics').then(r => r.text())",
    "read with cookies": "fetch(base + '/healthz', {credentials: 'include'}).then(r => r.text())",
    "blind": "fetch(base + '/healthz', {mode: 'no-cors'}).then(r => r.text())",
    "post": "fetch(base + '/healthz', {method: 'POST', body: 'x'}).then(r => r.text())",
    "blind post": "fetch(base + '/metrics', {method: 'POST', body: 'x', mode: 'no-cors'}).then(r => r.text())",
    "delete": "fetch(base + '/metrics', {method: 'DELETE'}).then(r => r.text())",
    "socket": "socket(base.replace('http', 'ws') + '/metrics')",
    "event source": "heard(new EventSource(base + '/healthz'))",
    "script": "included('script', base + '/healthz')",
    "picture": "included('img', base + '/metrics')",
    "style": """new Promise((done, fail) => {
        const link = document.createElement('link');
        Object.assign(link, {rel: 'stylesheet', href: base + '/metrics', onerror: fail});
        link.onload = () => done('style came');
        document.head.append(link);
    })""",
    "frame": """new Promise((done) => {
        const frame = document.createElement('iframe');
        frame.onload = () => {
            try { done(frame.contentDocument?.body.innerText ?? ''); } catch (error) { done(''); }
        };
        frame.src = base + '/healthz';
        document.body.append(frame);
    })""",
}


@dataclass
class Looked(Health):
    """Counts how often somebody was told how the bot is."""

    times: list[str] = field(default_factory=list[str])

    async def report(self) -> Report:
        """Count, and tell."""
        self.times.append("report")
        return await Health.report(self)

    async def database_problem(self) -> str:
        """Count, and tell: the metrics ask for it."""
        self.times.append("database")
        return await Health.database_problem(self)


@dataclass
class Served:
    """The port, and who was told something there."""

    port: int
    health: Looked


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """Served in a thread: the browser is driven in this one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    health, ready, over = Looked(lambda: 0.0), threading.Event(), threading.Event()

    async def serve() -> None:
        async with serve_health(port, health, new_registry()) as there:
            assert there == port
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    yield Served(port, health)
    over.set()
    thread.join(10)


@pytest.mark.parametrize("path", ["/", "/null"])
def test_another_page_learns_and_does_nothing(browser: Browser, elsewhere: str, served: Served, path: str) -> None:
    page = browser.new_page()
    page.goto(elsewhere + path)
    got: dict[str, str] = {}
    for name, attempt in ATTEMPTS.items():
        script = f"""async (base) => {{
            {HELPERS}
            try {{ return String(await ({attempt})); }} catch (error) {{ return 'refused'; }}
        }}"""
        got[name] = page.evaluate(script, f"http://127.0.0.1:{served.port}")
    page.close()
    # Of what it may send without looking, the browser hands it nothing.
    assert {name: text for name, text in got.items() if text not in ("refused", "")} == {}
    assert served.health.times == []


def test_a_name_that_has_been_made_to_lead_here_gets_nothing(launch: Callable[..., Browser], served: Served) -> None:
    """DNS rebinding: for the browser the page is of one origin with the port."""
    browser = launch("--host-resolver-rules=MAP rebound.example 127.0.0.1")
    try:
        # The page came while its name led elsewhere, without our policy.
        page = browser.new_page(bypass_csp=True)
        response = page.goto(f"http://rebound.example:{served.port}/")
        assert response is not None
        assert response.status == 403
        for path in ("/metrics", "/healthz", "/"):
            assert page.evaluate("(path) => fetch(path).then(r => r.status)", path) == 403
    finally:
        browser.close()
    assert served.health.times == []


def test_whoever_types_the_address_and_a_program_are_told(browser: Browser, served: Served) -> None:
    page = browser.new_page()
    response = page.goto(f"http://localhost:{served.port}/healthz")
    assert response is not None
    assert response.json()["status"] == "down"
    headers = response.headers
    assert not [name for name in headers if name.startswith("access-control-")]
    page.close()
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/metrics") as told:
        assert b"citebot_database_up" in told.read()
    request = urllib.request.Request(f"http://127.0.0.1:{served.port}/healthz", method="POST", data=b"x")
    with pytest.raises(urllib.error.HTTPError, match="405"):
        urllib.request.urlopen(request)  # noqa: S310
    served.health.times.clear()
