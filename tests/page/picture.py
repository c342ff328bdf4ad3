"""Makes the README's picture: a real question and the bot's real reply, on the real page.

    python tests/page/picture.py docs/reply.png

Run by hand, where Chromium is installed, from the project's folder: it starts `citebot local` as anybody would.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

QUESTION = "are they close because Xi and Putin believe in the same things?"
WIDTH = 980  # CSS pixels of the page; the picture has twice as many, for sharp letters
HEIGHT = 1500  # enough for the whole conversation
MARGIN = 6
PATIENCE = 30_000  # ms
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def local() -> Generator[str]:
    """The address of the page while the program runs."""
    command = [sys.executable, "-m", "bot", "local", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = None
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/\?key=\S+", line):
                break
        if found is None:
            sys.exit("the program ended without printing an address")
        try:
            yield found[0]
        finally:
            process.send_signal(signal.SIGTERM)


def ask(page: Page, url: str) -> None:
    """Ask as a person would, and wait for the whole reply."""
    page.goto(url)
    expect(page.locator("#bot-state")).to_have_text("Citebot is online", timeout=PATIENCE)
    page.get_by_role("navigation").get_by_role("button", name="ask-the-article").click()
    box = page.locator("#composer-text")
    box.fill(f"@Citebot {QUESTION}")
    box.press("Enter")
    expect(page.get_by_role("article").get_by_role("button", name="Sources")).to_be_visible(timeout=PATIENCE)
    # Neither a blinking cursor nor a message that is pointed at belongs in the picture.
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)


def shoot(page: Page, path: Path) -> None:
    """From the question to the last row of the reply's controls."""
    shown = [*page.get_by_role("article").all(), *page.get_by_role("region", name="Embed").all()]
    boxes = [box for item in shown if (box := item.bounding_box()) is not None]
    card = max(boxes, key=lambda box: (box["x"], box["height"]))  # the embed stands to the right of the faces
    x = min(box["x"] for box in boxes)
    y = min(box["y"] for box in boxes) - MARGIN
    bottom = max(box["y"] + box["height"] for box in boxes) + MARGIN
    right = card["x"] + card["width"] + 4 * MARGIN
    page.screenshot(path=path, clip={"x": x, "y": y, "width": right - x, "height": bottom - y})


def main(path: Path) -> None:
    browser_path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if browser_path is None:
        sys.exit("no Chromium is installed (apt-get install chromium)")
    with local() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=2, color_scheme="light", locale="en-GB"
        )
        ask(page, url)
        shoot(page, path)
        browser.close()
    print(f"{path}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tests/page/picture.py FILE.png")
    main(Path(sys.argv[1]))
