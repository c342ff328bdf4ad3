"""What people do at the page: write, use commands, choose files, find a message again, publish."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

OVERFLOW = """() => [...document.querySelectorAll('html, body, #log, #log-inner, .composer-area, #sidebar')]
  .filter(element => element.scrollWidth > element.clientWidth + 1).map(element => element.id || element.tagName)"""


def write(page: Page, text: str) -> None:
    """Post a message."""
    box = page.locator("#composer-text")
    box.fill(text)
    box.press("Enter")


def command(page: Page, name: str) -> None:
    """Type a command's name and take it from the list; it is sent when it has no option that must be filled in."""
    page.locator("#composer-text").focus()
    page.keyboard.type(f"/{name}")
    expect(page.get_by_role("listbox", name="Commands").get_by_role("option").first).to_contain_text(f"/{name}")
    page.keyboard.press("Enter")


def run(page: Page, name: str) -> None:
    """Use a command without options."""
    command(page, name)
    page.keyboard.press("Enter")


def run_on(page: Page, name: str, item: str) -> None:
    """Use a command on an item that is chosen from its list."""
    command(page, name)
    field = page.get_by_label("item, required")
    field.fill(item)
    page.get_by_role("option", name=item).first.click()
    field.press("Enter")


def import_file(page: Page, file: Path) -> None:
    """`/kb import` with a file."""
    command(page, "kb import")
    field = page.get_by_label("file, required")
    with page.expect_response(lambda response: "/page/files" in response.url):
        field.set_input_files(file)
    field.press("Enter")


def export_file(page: Page, file: Path) -> bytes:
    """`/kb export`, saved in `file`; what is in it."""
    run(page, "kb export")
    link = said(page, "of this server's own").get_by_role("link")
    with page.expect_download() as downloading:
        link.click()
    downloading.value.save_as(file)
    return file.read_bytes()


def said(page: Page, text: str) -> Locator:
    """The newest message with that text."""
    return page.get_by_role("article").filter(has_text=text).last


def answer(page: Page, title: str) -> Locator:
    """The newest reply with that title."""
    return page.get_by_role("article").filter(has=page.get_by_role("region", name=f"Embed: {title}")).last


def publish(page: Page, preview: Locator, done: str) -> None:
    """Publish what a preview shows, and wait until it is."""
    expect(preview).to_contain_text("What would change")
    preview.get_by_role("button", name="Publish", exact=True).click()
    expect(said(page, done)).to_be_visible()
