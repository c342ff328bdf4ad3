"""Drafts, lost connections, hostile text, narrow windows, colours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from at_the_page import OVERFLOW
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

if TYPE_CHECKING:
    from tests.page.conftest import OpenPage


def write(page: Page, text: str) -> None:
    box = page.locator("#composer-text")
    box.fill(text)
    box.press("Enter")


def said(page: Page, text: str) -> Locator:
    return page.get_by_role("article").filter(has_text=text)


class Line:
    """The wire between page and server, to be cut."""

    def __init__(self) -> None:
        self.cut = False
        self._open: list[WebSocketRoute] = []

    def attach(self, page: Page) -> None:
        page.route_web_socket(re.compile("/page/ws"), self._connect)

    def _connect(self, route: WebSocketRoute) -> None:
        if self.cut:
            route.close()
            return
        route.connect_to_server()
        self._open.append(route)

    def break_off(self) -> None:
        self.cut = True
        for route in self._open:
            route.close()
        self._open.clear()


def test_a_draft_survives_a_reload_by_channel_and_person(open_page: OpenPage) -> None:
    page = open_page("Mira", "general")
    box = page.locator("#composer-text")
    box.fill("half a thou")
    open_page.go_to(page, "ask-the-article")
    expect(box).to_have_value("")
    box.fill("another one")
    open_page.become(page, "Sam")
    expect(box).to_have_value("")
    open_page.become(page, "Mira")
    expect(box).to_have_value("another one")
    page.reload()
    expect(box).to_have_value("another one")
    open_page.go_to(page, "general")
    expect(box).to_have_value("half a thou")


def test_a_half_written_command_survives_a_reload(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Mira", "general")
    page.locator("#composer-text").press_sequentially("/ask medlar")
    page.reload()
    expect(page.get_by_role("combobox", name="fruit, required")).to_have_value("medlar")
    page.get_by_role("combobox", name="fruit, required").press("Enter")
    expect(said(page, "1 × medlar for nobody")).to_be_visible()


def test_a_lost_connection_is_shown_and_mended(open_page: OpenPage) -> None:
    line = Line()
    page = open_page("Mira", "ask-the-article", before=line.attach)
    other = open_page("Sam", "ask-the-article")
    write(page, "before the break")
    expect(said(page, "before the break")).to_be_visible()
    box = page.locator("#composer-text")
    box.fill("still being written")
    line.break_off()
    expect(page.get_by_role("alert")).to_contain_text("Connection lost")
    box.press("Enter")
    expect(page.get_by_text("Not connected. What you wrote is kept.")).to_be_visible()
    expect(box).to_have_value("still being written")
    write(other, "said meanwhile")
    expect(said(other, "said meanwhile")).to_be_visible()
    line.cut = False
    page.get_by_role("button", name="Try now").click()
    expect(page.locator("#banner")).to_be_hidden()
    expect(said(page, "said meanwhile")).to_be_visible()
    expect(box).to_have_value("still being written")
    box.press("Enter")
    expect(said(page, "still being written")).to_be_visible()


def test_a_connection_mends_by_itself(open_page: OpenPage) -> None:
    line = Line()
    page = open_page("Mira", "general", before=line.attach)
    line.break_off()
    expect(page.locator("#banner")).to_be_visible()
    line.cut = False
    expect(page.locator("#banner")).to_be_hidden()


def test_a_wrong_key_is_explained(open_page: OpenPage) -> None:
    open_page.watch.allowed.append("403")
    page = open_page()
    page.goto(page.url.split("?")[0] + "?key=wrong")
    expect(page.get_by_role("alert")).to_contain_text("Open the address that the bot printed.")


def test_no_markup_from_a_message_is_ever_interpreted(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Mira", "general")
    write(page, "@Citebot be hostile <img src=x onerror='window.hacked=1'>")
    for line in (
        "&lt;script&gt; &amp; &#60;b&#62;",
        "<style>*{display:none}</style>",
        "[press me](javascript:window.hacked=1)",
    ):
        expect(said(page, line).first).to_be_visible()
    expect(said(page, "<t:99999999999999999999:F>").last.locator("footer")).to_be_visible()
    inside = "#log-inner :is(script, style, iframe, img, a[href^='javascript'], a[href^='data'], [onerror], [onload])"
    expect(page.locator(inside)).to_have_count(0)
    for link in page.locator("#log-inner a").all():
        assert (link.get_attribute("href") or "").startswith("https://example.org/")
        link.dispatch_event("mouseover")
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize(
    "text", ["**" * 900, "_a" * 900, "[" * 1900, "`" * 1999, "||*__" * 390, "> " * 900, "<@" * 900]
)
def test_no_text_keeps_the_page_busy(open_page: OpenPage, text: str) -> None:
    page = open_page("Sam", "ask-the-article")
    write(page, text)
    write(page, "and then?")
    expect(said(page, "and then?").last).to_be_visible()


def test_nothing_scrolls_sideways_on_a_phone(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Mira", "ask-the-article", size=(360, 740))
    expect(page.get_by_text("Local stand-in, not Discord")).to_be_visible()
    write(page, "@Citebot embed")
    expect(page.locator(".embed").last).to_be_visible()
    write(page, "@Citebot controls")
    expect(page.get_by_role("button", name="Count").last).to_be_visible()
    write(page, "W" * 300 + " https://example.org/" + "a" * 300 + "\n```\n" + "code " * 80 + "\n```")
    expect(said(page, "code code")).to_be_visible()
    assert page.evaluate(OVERFLOW) == []
    page.locator("#composer-text").press_sequentially("/ask ")
    expect(page.get_by_role("option", name="Apple")).to_be_visible()
    assert page.evaluate(OVERFLOW) == []
    page.get_by_role("button", name="Channels and people").click()
    expect(page.get_by_role("radio", name="Sam")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Channels and people")).to_be_focused()
    expect(page.get_by_role("radio", name="Sam")).not_to_be_in_viewport()


def test_digits_and_spaces_are_as_narrow_as_letters(open_page: OpenPage) -> None:
    # An emoji font that comes before the letters' own has both, and wide ones.
    page = open_page()
    wide = page.evaluate("""() => {
        const pen = document.createElement("canvas").getContext("2d");
        pen.font = getComputedStyle(document.body).font;
        return pen.measureText("2026 11 29").width / parseFloat(getComputedStyle(document.body).fontSize);
    }""")
    assert wide < 7  # times the height of a letter


def test_colours_follow_the_system_or_the_choice(open_page: OpenPage) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    page = open_page(scheme="dark")
    dark = page.evaluate(background)
    page.get_by_role("button", name="Colours: as the system").click()
    light = page.evaluate(background)
    assert dark != light
    page.reload()
    expect(page.get_by_role("button", name="Colours: light")).to_be_visible()
    assert page.evaluate(background) == light
