"""Slash commands, message commands, buttons, selects, modals, and what only one person sees."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from tests.page.conftest import OpenPage


def write(page: Page, text: str) -> None:
    box = page.locator("#composer-text")
    box.fill(text)
    box.press("Enter")


def said(page: Page, text: str) -> Locator:
    return page.get_by_role("article").filter(has_text=text)


_numbers = count(1)


@pytest.fixture
def controls(open_with_bot: OpenPage) -> Page:
    page = open_with_bot("Mira", "general")
    request = f"@Citebot controls {next(_numbers)}"
    write(page, request)
    # An earlier test's controls stand there too: these are the ones that answer this request.
    reply = page.get_by_role("article").filter(has=page.get_by_role("button", name=request))
    expect(reply.get_by_role("button", name="Count")).to_be_visible()
    return page


def newest_controls(page: Page) -> Locator:
    return page.get_by_role("article").filter(has=page.get_by_role("combobox", name="Pick a fruit")).last


def test_a_command_by_keyboard_alone(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Mira", "ask-the-article")
    page.get_by_role("combobox", name="Message #ask-the-article").focus()
    page.keyboard.type("/")
    commands = page.get_by_role("listbox", name="Commands")
    expect(commands.get_by_role("option")).to_have_text(
        ["/aboutWhat this is", "/askAsk about fruit", "/longSays a lot", "/slowTakes its time"]
    )
    page.keyboard.type("as")
    expect(commands.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    fruit = page.get_by_role("combobox", name="fruit, required")
    expect(fruit).to_be_focused()
    page.keyboard.type("ap")
    expect(page.get_by_role("option")).to_have_text(["Apple", "Apricot"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="Apricot")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(fruit).to_have_value("Apricot")
    page.get_by_role("button", name="Add option member").press("Enter")
    expect(page.get_by_role("combobox", name="member")).to_be_focused()
    page.keyboard.type("sa")
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="member")).to_have_value("Sam")
    page.keyboard.press("Enter")
    answer = said(page, "1 × fruit:apricot for Sam")
    expect(answer).to_contain_text("Mira used /ask")
    expect(page.get_by_role("combobox", name="Message #ask-the-article")).to_be_focused()


def test_own_words_are_taken_where_suggestions_are_only_offered(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Mira", "ask-the-article")
    page.locator("#composer-text").press_sequentially("/ask a plum")
    page.keyboard.press("Enter")
    expect(said(page, "1 × a plum for nobody")).to_be_visible()


def test_wrong_options_are_named_before_anything_is_sent(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Mira", "ask-the-article")
    page.locator("#composer-text").press_sequentially("/ask ")
    page.keyboard.press("Enter")
    expect(page.get_by_text("fruit: This option is required.")).to_be_visible()
    page.keyboard.type("fig")
    page.get_by_role("button", name="Add option amount").click()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page.get_by_text("amount: At most 9, please.")).to_be_visible()
    page.get_by_role("combobox", name="amount").fill("3")
    page.keyboard.press("Enter")
    expect(said(page, "3 × fig for nobody")).to_be_visible()


def test_escape_leaves_a_command(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Mira", "general")
    page.locator("#composer-text").press_sequentially("/ask ")
    expect(page.get_by_role("group", name="Command /ask")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Command /ask")).to_have_count(0)
    expect(page.locator("#composer-text")).to_be_focused()


def test_only_one_person_sees_a_quiet_answer(open_with_bot: OpenPage) -> None:
    mira = open_with_bot("Mira", "ask-the-article")
    sam = open_with_bot("Sam", "ask-the-article")
    mira.locator("#composer-text").press_sequentially("/ask quince")
    mira.get_by_role("button", name="Add option quietly").click()
    mira.get_by_role("option", name="True").click()
    mira.keyboard.press("Enter")
    answer = said(mira, "1 × quince for nobody")
    expect(answer).to_contain_text("Only you can see this")
    expect(said(sam, "quince")).to_have_count(0)
    answer.get_by_role("button", name="Dismiss message").click()
    expect(answer).to_have_count(0)


def test_enter_sends_and_takes_no_option_that_nobody_chose(open_with_bot: OpenPage) -> None:
    mira, sam = open_with_bot("Mira", "general"), open_with_bot("Sam", "general")
    mira.locator("#composer-text").focus()
    mira.keyboard.type("/about")
    expect(mira.get_by_role("option", name="/about")).to_have_attribute("aria-selected", "true")
    mira.keyboard.press("Enter")
    offered = mira.get_by_role("option", name="public")
    expect(offered).to_have_attribute("aria-selected", "false")
    mira.keyboard.press("Enter")
    expect(said(mira, "All about fruit")).to_contain_text("Only you can see this")
    mira.keyboard.press("Enter")
    write(sam, "is anybody here?")
    expect(said(mira, "is anybody here?")).to_be_visible()
    expect(said(mira, "All about fruit")).to_have_count(1)
    expect(said(sam, "All about fruit")).to_have_count(0)


@pytest.mark.parametrize("keys", [("ArrowDown", "Enter"), ("p", "Tab"), ("Tab", "Enter")])
def test_an_optional_option_is_chosen_by_keyboard(open_with_bot: OpenPage, keys: tuple[str, str]) -> None:
    page = open_with_bot("Mira", "ask-the-article")
    page.locator("#composer-text").press_sequentially("/about ")
    expect(page.get_by_role("option", name="public")).to_be_visible()
    for key in keys:
        page.keyboard.press(key)
    public = page.get_by_role("combobox", name="public")
    expect(public).to_be_focused()
    page.keyboard.press("Backspace")
    expect(public).to_have_count(0)
    expect(page.get_by_role("option", name="public")).to_be_visible()
    for key in keys:
        page.keyboard.press(key)
    expect(page.get_by_role("option", name="True")).to_have_attribute("aria-selected", "false")
    page.keyboard.type("t")
    page.keyboard.press("Enter")
    expect(public).to_have_value("True")
    page.keyboard.press("Enter")
    answer = said(page, "All about fruit").last
    expect(answer).to_be_visible()
    expect(answer).not_to_contain_text("Only you can see this")


def test_a_word_that_is_no_option_is_not_sent_along(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Mira", "ask-the-article")
    page.locator("#composer-text").press_sequentially("/about pears")
    page.keyboard.press("Enter")
    expect(page.get_by_text("There is no option “pears”.")).to_be_visible()
    expect(page.get_by_role("group", name="Command /about")).to_be_visible()


def use(page: Page, name: str) -> None:
    page.locator("#composer-text").press_sequentially(f"/{name} ")
    page.keyboard.press("Enter")


def test_the_reply_to_ones_own_command_is_scrolled_to(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Noor", "ask-the-article", size=(900, 500))
    goes_on = page.get_by_role("button", name="Goes on below")
    use(page, "long")
    expect(page.get_by_role("heading", name="The beginning")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="The end")).not_to_be_in_viewport()
    expect(goes_on).to_be_visible()
    use(page, "about")
    expect(said(page, "All about fruit").last).to_be_in_viewport(ratio=1)
    expect(goes_on).to_be_hidden()
    page.get_by_role("log").evaluate("log => { log.scrollTop = 0; }")
    use(page, "long")
    expect(page.get_by_role("heading", name="The beginning").last).to_be_in_viewport()
    goes_on.click()
    expect(page.get_by_role("heading", name="The beginning").last).not_to_be_in_viewport()
    page.get_by_role("log").evaluate("log => { log.scrollTop = log.scrollHeight; }")
    expect(goes_on).to_be_hidden()
    expect(page.get_by_role("heading", name="The end").last).to_be_in_viewport()
    expect(page.get_by_role("button", name="New messages")).to_be_hidden()


def test_what_others_write_does_not_take_one_away(open_with_bot: OpenPage) -> None:
    page, other = open_with_bot("Noor", "general", size=(900, 500)), open_with_bot("Sam", "general")
    use(page, "long")
    beginning = page.get_by_role("heading", name="The beginning")
    expect(beginning).to_be_in_viewport()
    write(other, "something else")
    page.get_by_role("button", name="New messages").click()
    expect(said(page, "something else")).to_be_in_viewport()
    expect(beginning).not_to_be_in_viewport()


def test_thinking_is_shown_until_the_answer(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Mira", "ask-the-article")
    page.locator("#composer-text").press_sequentially("/slow ")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Citebot is thinking…")).to_be_visible()
    expect(said(page, "Worth the wait")).to_be_visible()
    expect(page.get_by_text("Citebot is thinking…")).to_have_count(0)


def test_moderators_have_more_commands(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Sam", "general")
    page.locator("#composer-text").press_sequentially("/ti")
    expect(page.get_by_role("option", name="/tidy")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(said(page, "Tidied")).to_contain_text("Only you can see this")


def test_a_message_command_from_the_menu(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Mira", "general")
    write(page, "what about pears?")
    message = said(page, "what about pears?").last
    message.focus()
    page.keyboard.press("Shift+F10")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Apps")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("menuitem", name="Answer this")).to_be_focused()
    page.keyboard.press("Enter")
    expect(said(page, "Answering “what about pears?”")).to_contain_text("Mira used Answer this")


def test_a_button_changes_its_message_and_keeps_the_focus(controls: Page) -> None:
    button = newest_controls(controls).get_by_role("button", name="Count")
    button.press("Enter")
    expect(newest_controls(controls)).to_contain_text("Pressed 1 times")
    expect(button).to_be_focused()
    controls.keyboard.press("Enter")
    expect(newest_controls(controls)).to_contain_text("Pressed 2 times")
    expect(newest_controls(controls).get_by_role("button", name="Not now")).to_be_disabled()
    expect(newest_controls(controls).get_by_role("link", name="Read on")).to_have_attribute(
        "href", "https://example.org/read"
    )


def test_a_button_that_gets_no_answer_says_so(controls: Page) -> None:
    newest_controls(controls).get_by_role("button", name="Silent").click()
    expect(newest_controls(controls).get_by_role("alert")).to_have_text("The application did not respond")


def test_a_select_by_mouse_and_by_keyboard(controls: Page) -> None:
    pick = newest_controls(controls).get_by_role("combobox", name="Pick a fruit")
    pick.click()
    expect(controls.get_by_role("option", name="Banana")).to_contain_text("A fine banana")
    controls.get_by_role("option", name="Banana").click()
    expect(said(controls, "Picked Banana")).to_be_visible()
    several = newest_controls(controls).get_by_role("combobox", name="Pick several")
    several.focus()
    controls.keyboard.press("Enter")
    controls.keyboard.press("Enter")
    controls.keyboard.press("End")
    controls.keyboard.press(" ")
    controls.keyboard.press("Escape")
    expect(said(controls, "Several: Number one, Number three")).to_be_visible()


def test_a_modal_checks_its_fields_and_gives_the_focus_back(controls: Page) -> None:
    opener = newest_controls(controls).get_by_role("button", name="Form")
    opener.press("Enter")
    dialog = controls.get_by_role("dialog", name="Tell us more")
    name = dialog.get_by_role("textbox", name="Your name")
    expect(name).to_be_focused()
    expect(dialog.get_by_text("In a few words")).to_be_visible()
    dialog.get_by_role("button", name="Submit").click()
    expect(dialog.get_by_text("This is required.")).to_be_visible()
    expect(dialog.get_by_text("Choose one.")).to_be_visible()
    name.fill("Mira <b>")
    dialog.get_by_role("textbox", name="Your story").fill("A long one")
    dialog.get_by_role("combobox").click()
    controls.get_by_role("option", name="Cherry").click()
    dialog.get_by_role("button", name="Submit").click()
    expect(dialog).to_have_count(0)
    expect(said(controls, "Form: Mira <b> / A long one / Cherry")).to_be_visible()
    expect(opener).to_be_focused()


def test_escape_closes_a_modal(controls: Page) -> None:
    newest_controls(controls).get_by_role("button", name="Form").click()
    expect(controls.get_by_role("dialog")).to_be_visible()
    for _ in range(12):  # the focus never leaves for the channel behind
        controls.keyboard.press("Tab")
        assert controls.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    controls.get_by_role("textbox", name="Your name").focus()
    controls.keyboard.press("Escape")
    expect(controls.get_by_role("dialog")).to_have_count(0)


def test_a_whisper_from_a_button(controls: Page) -> None:
    newest_controls(controls).get_by_role("button", name="Whisper").click()
    expect(said(controls, "A secret for Mira")).to_contain_text("Only you can see this")
