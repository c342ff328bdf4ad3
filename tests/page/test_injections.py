"""Script injections in every place that the page shows, in a real browser: all of it is text, nothing runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from injections import INJECTIONS
from playwright.sync_api import Dialog, Page, expect

if TYPE_CHECKING:
    from tests.page.conftest import OpenPage, Server

# Elements and attributes of the page's own kinds only: what a text could bring in is none of them.
FOREIGN = """() => {
  const kinds = 'script, style, iframe, object, embed, base, math, video, audio, template, details, frame, noscript';
  const foreign = [...document.body.querySelectorAll(kinds)].filter(element => element.tagName !== 'NOSCRIPT');
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      const address = ['href', 'src', 'action', 'formaction', 'srcset', 'data', 'xlink:href'].includes(name);
      const script = address && /^\\s*(javascript|data|vbscript|blob|file)/i.test(value);
      if (name.startsWith('on') || script) foreign.push(element);
    }
    if (element.tagName === 'IMG' && new URL(element.src).origin !== location.origin) foreign.push(element);
    if (element.tagName === 'A' && !/^(https?:)$/.test(element.protocol)) foreign.push(element);
  }
  return foreign.map(element => element.outerHTML.slice(0, 200));
}"""
NUMBERS = range(len(INJECTIONS))


def visible(text: str) -> str:
    """What a browser makes of a text in one line: no controls, one space for many."""
    return " ".join(text.replace("\x00", "\ufffd").split())


@pytest.fixture(scope="module")
def server_command() -> list[str]:
    """In place of the usual world: one whose names are the injections."""
    return [str(Path(__file__).with_name("hostile_server.py"))]


@pytest.fixture(scope="module")
def bot_program() -> str:
    """In place of the bot with one of everything: one that posts the injections."""
    return "hostile_bot.py"


@pytest.fixture
def page(open_with_bot: OpenPage, server: Server) -> Iterator[Page]:
    """A page that must have run nothing and asked nobody else when the test is over."""
    dialogs: list[str] = []
    asked: set[str] = set()

    def watch(page: Page) -> None:
        def note(dialog: Dialog) -> None:
            dialogs.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", note)
        page.on("request", lambda request: asked.add("{0.scheme}://{0.netloc}".format(urlsplit(request.url))))

    page = open_with_bot("Mira", "general", before=watch)
    yield page
    assert_nothing_ran(page)
    assert dialogs == []
    assert asked == {f"http://127.0.0.1:{server.port}"}


def assert_nothing_ran(page: Page) -> None:
    assert page.evaluate(FOREIGN) == []
    assert page.evaluate("[window.hacked, Object.prototype.hacked]") == [None, None]
    assert len(page.context.pages) == 1


def write(page: Page, text: str) -> None:
    box = page.locator("#composer-text")
    box.fill(text)
    box.press("Enter")


def test_names_of_server_members_roles_and_channels(page: Page, open_with_bot: OpenPage) -> None:
    sidebar = page.locator("#sidebar")
    expect(sidebar).to_contain_text("<img src=x onerror=hacked=1>")
    shown = visible(sidebar.inner_text())
    for text in INJECTIONS:
        assert visible(text[:32]) in shown
    navigation = page.get_by_role("navigation").get_by_role("button")
    for text in INJECTIONS[::6]:
        navigation.filter(has_text=text[:100]).first.click()
        expect(page.locator("#channel-topic")).to_have_text(text)
    page.locator("#composer-text").press_sequentially("<@")
    assert_nothing_ran(page)


@pytest.mark.parametrize("part", range(4))
def test_what_the_bot_posts(page: Page, part: int) -> None:
    for number in NUMBERS[part::4]:
        write(page, f"@Citebot {INJECTIONS[number]} {number}")
        expect(page.get_by_text(f"done {number}", exact=True)).to_be_visible()
        assert_nothing_ran(page)
        embeds = page.locator("#log-inner .embed:not(.component-container)")
        if not INJECTIONS[number].startswith(("`", ">", "*", "|", "[", "<t:", "<:", "</", "<@", "!", "\\")):
            expect(embeds.last).to_contain_text(INJECTIONS[number].replace("\x00", ""))
    for link in page.locator("#log-inner a").all():
        link.dispatch_event("mouseover")
        link.dispatch_event("focus")
        host = urlsplit(link.get_attribute("href") or "").hostname
        assert host in {"example.org", "evil.example", "127.0.0.1"}
        # A title that tells where it leads, and nothing of the page for whom it leads to.
        assert host == "127.0.0.1" or link.get_attribute("title") == host
        assert host == "127.0.0.1" or "noopener" in (link.get_attribute("rel") or "")
    page.evaluate("document.querySelectorAll('#log-inner .spoiler').forEach(spoiler => spoiler.click())")


@pytest.mark.parametrize("part", range(2))
def test_forms_and_selects(page: Page, part: int) -> None:
    for number in NUMBERS[part::6]:
        text = INJECTIONS[number]
        write(page, f"@Citebot {number}")
        expect(page.get_by_text(f"done {number}", exact=True).last).to_be_visible()
        controls = page.get_by_role("article").filter(has=page.locator(".picker")).last
        for picker in controls.get_by_role("combobox").all():
            picker.click()
            expect(page.get_by_role("listbox").filter(visible=True)).to_be_visible()
            assert_nothing_ran(page)
            page.keyboard.press("Escape")
        controls.locator("button.button-primary").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("heading")).to_have_text(text[:45].strip())
        expect(dialog.locator("textarea")).to_have_value(text)
        assert_nothing_ran(page)
        dialog.get_by_role("button", name="Submit").click()
        expect(dialog).to_be_hidden()
        expect(page.get_by_text("Form:").last).to_be_visible()


def test_commands_and_what_is_offered_while_typing(page: Page) -> None:
    box = page.locator("#composer-text")
    box.press_sequentially("/")
    options = page.get_by_role("listbox", name="Commands").get_by_role("option")
    for number in NUMBERS[::8]:
        expect(options.filter(has_text=f"/run{number}")).to_contain_text(INJECTIONS[number][:100].strip())
    assert_nothing_ran(page)
    box.press_sequentially("run0")
    page.keyboard.press("Enter")
    what = page.get_by_role("combobox", name="what, required")
    what.press_sequentially("<")
    offered = page.get_by_role("option").first
    expect(offered).to_have_text(INJECTIONS[0])
    offered.click()
    expect(what).to_have_value(INJECTIONS[0])
    assert_nothing_ran(page)


def test_what_people_write_and_what_they_type(page: Page) -> None:
    for text in INJECTIONS:
        write(page, text)
        write(page, f"{text}\n> {text}\n- {text}\n# {text}\n`{text}`\n```\n{text}\n```")
    write(page, "the last")
    expect(page.get_by_text("the last", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_text("the last", exact=True)).to_be_visible()


def test_a_files_address_opens_nothing_that_runs(page: Page) -> None:
    write(page, "@Citebot 0")
    expect(page.get_by_text("done 0", exact=True).last).to_be_visible()
    for file in page.locator("#log-inner a.attachment").all()[-6:]:
        with page.expect_download() as downloading:  # also where the link's own "download" is not used
            page.evaluate("address => { location.href = address; }", file.get_attribute("href"))
        downloading.value.cancel()
