"""The page in a real browser, against the real local server and a real discord.py client.

`server` and `bot` are one per module; `open_page()` opens a fresh browser context and, when the test is
over, fails it for errors in the page, refused content, or a request to any other host.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ENDS_WITHIN = 10  # seconds for a child process to end after its stdin closed
STOPS_WITHIN = 60  # seconds; generous: on a first run it may be in the middle of making sentence vectors
ANSWERS_WITHIN = 10_000  # ms; generous: the machine may be busy, nothing waits that long when it works


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Server:
    """A running local server, as its ready line describes it."""

    url: str
    api_base: str
    bot_token: str
    control_key: str
    port: int
    process: subprocess.Popen[str]


@dataclass(frozen=True)
class Program:
    """The whole program, at the address that it has printed."""

    url: str


@dataclass
class Watch:
    """What went wrong in a page while it was open."""

    problems: list[str] = field(default_factory=list[str])
    hosts: set[str] = field(default_factory=set[str])
    allowed: list[str] = field(default_factory=list[str])  # parts of console messages that a test expects

    def console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(part in message.text for part in self.allowed):
            self.problems.append(f"{message.type}: {message.text}")

    def address(self, url: str) -> None:
        self.hosts.add(urlsplit(url).hostname or url)


class OpenPage:
    """Opens pages as a person would, and watches them."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self.watch = Watch()
        self.await_bot = False
        self._close: list[Callable[[], None]] = []

    def __call__(
        self,
        person: str = "Mira",
        channel: str = "general",
        *,
        size: tuple[int, int] = (1180, 820),
        scheme: Literal["light", "dark"] = "light",
        before: Callable[[Page], None] | None = None,
    ) -> Page:
        """A page in a browser of its own, as that person, in that channel (a name, or "Citebot" for the DM)."""
        width, height = size
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="en-GB",
            permissions=["clipboard-read", "clipboard-write"],
        )
        self._close.append(context.close)
        context.set_default_timeout(ANSWERS_WITHIN)
        page = context.new_page()
        page.on("console", self.watch.console)
        page.on("pageerror", lambda error: self.watch.problems.append(f"error: {error}"))
        page.on("request", lambda request: self.watch.address(request.url))
        page.on("websocket", lambda socket: self.watch.address(socket.url))
        if before is not None:
            before(page)
        page.goto(self._url)
        expect(page.locator("#channel-name")).not_to_be_empty()
        if self.await_bot:
            expect(page.locator("#bot-state")).to_have_text("Citebot is online")
        self.become(page, person)
        self.go_to(page, channel)
        return page

    def become(self, page: Page, person: str) -> None:
        """Switch to another person."""
        narrow = self._open_drawer(page)
        page.get_by_role("radio", name=person).click()
        expect(page.get_by_role("radio", name=person)).to_have_attribute("aria-checked", "true")
        if narrow:
            page.keyboard.press("Escape")
            expect(page.locator("#shade")).to_be_hidden()

    def go_to(self, page: Page, channel: str) -> None:
        """Switch to another channel."""
        self._open_drawer(page)
        page.get_by_role("navigation").get_by_role("button", name=channel).click()
        expect(page.locator("#channel-name")).to_contain_text(channel)
        expect(page.get_by_role("log")).to_have_attribute("aria-busy", "false")

    def _open_drawer(self, page: Page) -> bool:
        """On a narrow page the channels and people lie in a drawer; whether it is one."""
        opener = page.get_by_role("button", name="Channels and people")
        if narrow := opener.is_visible():
            opener.click()
        return narrow

    def finish(self) -> None:
        """Close everything; say what went wrong."""
        for close in self._close:
            close()
        assert self.watch.problems == []
        assert self.watch.hosts <= {"127.0.0.1"}


def start_child(command: list[str]) -> subprocess.Popen[str]:
    """A Python process of the project that ends when its stdin closes."""
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def end_child(process: subprocess.Popen[str]) -> None:
    """Close its stdin and wait; it is stopped the hard way only if it does not obey."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


@pytest.fixture(scope="module")
def server_command() -> list[str]:
    """What starts the server; a module may start another."""
    return ["-m", "bot.local.server", "--port", "0", "--parent-pipe"]


@pytest.fixture(scope="module")
def bot_program() -> str:
    """The program beside this file that is the bot."""
    return "everything_bot.py"


@pytest.fixture(scope="module")
def server(server_command: list[str]) -> Iterator[Server]:
    process = start_child(server_command)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, "the local server ended without a ready line"
        ready: dict[str, Any] = json.loads(line)
        keys = ("url", "api_base", "bot_token", "control_key", "port")
        yield Server(process=process, **{key: ready[key] for key in keys})
    finally:
        end_child(process)


@contextmanager
def running(folder: Path, vectors: Path) -> Generator[Program]:
    """The program that `make run` starts, in a folder of its own; it must end well and have nothing to complain of."""
    (folder / "data").mkdir()
    (folder / "data" / "cache").symlink_to(vectors)
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "local", "--port", "0"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        shown = ""
        for line in process.stdout:
            shown += line
            if found := re.search(r"http://127\.0\.0\.1:\d+/\?key=\S+", line):
                yield Program(found[0])
                break
        else:
            pytest.fail(f"no address: {shown}")
        process.send_signal(signal.SIGTERM)
        left, _ = process.communicate(timeout=STOPS_WITHIN)
        assert process.returncode == 0
        assert not re.search("error|warning|traceback", shown + left, re.IGNORECASE)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, matching_cache: Path) -> Iterator[Program]:
    """The whole program with a server that nobody has been on yet."""
    with running(tmp_path_factory.mktemp("newcomer"), matching_cache) as started:
        yield started


@pytest.fixture(scope="module")
def other_program(tmp_path_factory: pytest.TempPathFactory, matching_cache: Path) -> Iterator[Program]:
    """One more: a server elsewhere, with a knowledge of its own."""
    with running(tmp_path_factory.mktemp("elsewhere"), matching_cache) as started:
        yield started


@pytest.fixture(scope="module")
def bot(server: Server, bot_program: str) -> Iterator[None]:
    """The bot, connected: one of everything, unless the module has another."""
    process = start_child([str(Path(__file__).with_name(bot_program)), server.api_base])
    assert process.stdin is not None
    process.stdin.write(server.bot_token + "\n")
    process.stdin.flush()
    try:
        yield
    finally:
        end_child(process)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    # one per module: while it is open, coroutine tests cannot run in this thread
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def launch(playwright: Playwright) -> Callable[..., Browser]:
    """Starts a browser, with more arguments than the usual ones."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium is installed; in CI the page must be tested (apt-get install chromium)")
        pytest.skip("no Chromium is installed (apt-get install chromium)")
    expect.set_options(timeout=ANSWERS_WITHIN)
    return lambda *more: playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *more])


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[OpenPage]:
    """Opens pages while no bot is there."""
    opener = OpenPage(browser, server.url)
    yield opener
    opener.finish()


@pytest.fixture
def open_with_bot(open_page: OpenPage, bot: None) -> OpenPage:
    """Opens pages on which the bot is online and its commands are known."""
    open_page.await_bot = True
    return open_page


@pytest.fixture
def open_elsewhere(browser: Browser, other_program: Program) -> Iterator[OpenPage]:
    """Opens pages of `other_program`, on which the bot is online."""
    opener = OpenPage(browser, other_program.url)
    opener.await_bot = True
    yield opener
    opener.finish()
