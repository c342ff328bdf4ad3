"""Makes the pictures in the documentation: the real bot on the real page, asked and moderated by people.

    make pictures

which is `python tests/page/picture.py docs`. Run by hand, where Chromium is installed: it starts `citebot local` as
anybody would, in a folder of its own.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from at_the_page import answer, run, run_on, said, write
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
QUESTION = "are they close because Xi and Putin believe in the same things?"
EVENING = "When is the next discussion evening?"
ASKED = (
    "when is the discussion evening?",
    "When is the discussion evening",
    "at what time does the discussion begin",
    "can I bring a friend?",
)
WIDTH = 900  # CSS pixels of the page
HEIGHT = 1500  # enough for the whole conversation
SCALE = 1.5  # pixels of a picture for each of the page, for sharp letters
COLOURS = 128
PATIENCE = 30_000  # ms
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def local(folder: Path) -> Generator[str]:
    """The address of the page while the program runs."""
    command = [sys.executable, "-m", "bot", "local", "--port", "0"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder, env=env) as process:
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


def opener(browser: Browser, url: str) -> Callable[[str, str], Page]:
    """Opens a person's page in a channel."""

    def opened(person: str, channel: str) -> Page:
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE, color_scheme="light", locale="en-GB"
        )
        page.goto(url)
        expect(page.locator("#bot-state")).to_have_text("Citebot is online")
        page.get_by_role("radio", name=person).click()
        page.get_by_role("navigation").get_by_role("button", name=channel).click()
        return page

    return opened


def shoot(page: Page, path: Path, *shown: Locator) -> None:
    """What is shown, from the first to the last, with few colours: small, and as sharp."""
    # Neither a blinking cursor nor a message that is pointed at belongs in the picture.
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    boxes = [box for item in shown if (box := item.bounding_box()) is not None]
    left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
    width = max(box["x"] + box["width"] for box in boxes) - left
    height = max(box["y"] + box["height"] for box in boxes) - top
    shot = page.screenshot(clip={"x": left, "y": top, "width": width, "height": height}, animations="disabled")
    whole = Image.open(io.BytesIO(shot)).convert("RGB")
    few = whole.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    print(f"{path}: {path.stat().st_size // 1024} KB")


def submit(page: Page, **fields: str) -> None:
    """Fill in the form that is open, by labels, and send it."""
    form = page.get_by_role("dialog")
    for label, text in fields.items():
        form.get_by_role("textbox", name=label.replace("_", " ")).fill(text)
    form.get_by_role("button", name="Submit").click()
    expect(form).to_have_count(0)


def reply(opened: Callable[[str, str], Page], folder: Path) -> None:
    """A question and its answer."""
    page = opened("Mira", "ask-the-article")
    write(page, f"@Citebot {QUESTION}")
    expect(page.get_by_role("article").get_by_role("button", name="Sources")).to_be_visible()
    shoot(page, folder / "reply.png", *page.get_by_role("article").all())


def unanswered(opened: Callable[[str, str], Page], folder: Path) -> None:
    """What members asked in vain, in groups."""
    mira, sam = opened("Mira", "general"), opened("Sam", "moderators")
    for number, question in enumerate(ASKED, start=1):
        write(mira, f"@Citebot {question}")
        expect(mira.get_by_title("Go to this message")).to_have_count(number)
    run(sam, "kb unanswered")
    shoot(sam, folder / "moderating-unanswered.png", answer(sam, "Questions without a good answer"))


def adding(opened: Callable[[str, str], Page], folder: Path) -> None:
    """The form of a new entry, and what publishing it would change."""
    sam = opened("Sam", "moderators")
    run(sam, "kb add")
    form = sam.get_by_role("dialog")
    form.get_by_label("Question").fill(EVENING)
    form.get_by_label("Answer").fill("On the first Thursday of the month at seven, in the library.")
    form.get_by_label("Other ways to ask it").fill(
        "when do we meet to discuss?\nat what time does the discussion begin?"
    )
    shoot(sam, folder / "moderating-add.png", form)
    submit(sam)
    panel = said(sam, "A new entry")
    panel.get_by_role("button", name="Where it stands").click()
    submit(
        sam,
        Title_of_a_new_source="Programme",
        Its_link="https://library.example/programme",
        Where_it_stands_there="Evenings",
    )
    panel.get_by_role("button", name="Who says it").click()
    submit(sam, Name_of_somebody_new="Ines Roth", Role="librarian")
    panel.get_by_role("button", name="Publish …").click()
    preview = said(sam, "Publish this?")
    shoot(sam, folder / "moderating-preview.png", preview)
    preview.get_by_role("button", name="Publish", exact=True).click()
    expect(said(sam, f"Published: {EVENING}")).to_be_visible()


def conflict(opened: Callable[[str, str], Page], folder: Path) -> None:
    """Two moderators change the same."""
    sam, noor = opened("Sam", "moderators"), opened("Noor", "moderators")
    for page, hour in ((sam, "half past seven"), (noor, "eight")):
        run_on(page, "kb edit", EVENING)
        submit(page, Answer=f"On the first Thursday of the month at {hour}, in the library.")
        said(page, "Edit entry").get_by_role("button", name="Publish …").click()
        expect(said(page, "Publish this?")).to_be_visible()
    for page in (sam, noor):
        said(page, "Publish this?").get_by_role("button", name="Publish", exact=True).click()
        expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    shoot(noor, folder / "moderating-conflict.png", said(noor, "Somebody else has changed this"))


def review(opened: Callable[[str, str], Page], folder: Path) -> None:
    """What a member has suggested."""
    mira, sam = opened("Mira", "general"), opened("Sam", "moderators")
    run(mira, "suggest")
    submit(
        mira,
        Question="Where is the library?",
        Answer="At the market, beside the town hall.",
        Source="Programme https://library.example/programme",
        Who_says_it="Ines Roth, librarian",
    )
    expect(said(mira, "Thank you!")).to_be_visible()
    run(sam, "kb review")
    shoot(sam, folder / "moderating-review.png", said(sam, "1 suggestion waiting"))


def main(folder: Path) -> None:
    browser_path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if browser_path is None:
        sys.exit("no Chromium is installed (apt-get install chromium)")
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory() as own, local(Path(own)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        opened = opener(browser, url)
        for scene in (reply, unanswered, adding, conflict, review):
            scene(opened, folder)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tests/page/picture.py FOLDER")
    main(Path(sys.argv[1]))
