"""Talking: messages, replies, edits, markdown, embeds, direct messages, people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from tests.page.conftest import OpenPage


def write(page: Page, text: str) -> None:
    box = page.locator("#composer-text")
    box.fill(text)
    box.press("Enter")


def said(page: Page, text: str) -> Locator:
    return page.get_by_role("article").filter(has_text=text)


def test_an_empty_channel_says_what_to_try(open_with_bot: OpenPage) -> None:
    page = open_with_bot()
    page.get_by_role("button", name="Mention Citebot").click()
    box = page.get_by_role("combobox", name="Message #general")
    expect(box).to_be_focused()
    expect(box).to_have_value("@Citebot ")
    expect(page.get_by_role("complementary")).to_contain_text("Local stand-in — not Discord.")
    expect(page.get_by_role("complementary")).to_contain_text("Nothing leaves this machine.")


def test_an_example_fills_the_composer(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Sam", "moderators")
    page.get_by_role("button", name="Banana").click()
    expect(page.get_by_role("combobox", name="Message #moderators")).to_have_value("@Citebot Banana")
    page.keyboard.press("Enter")
    expect(said(page, "Hello Sam")).to_be_visible()


def test_a_question_gets_a_reply(open_with_bot: OpenPage) -> None:
    page = open_with_bot()
    box = page.get_by_role("combobox", name="Message #general")
    box.press_sequentially("@cit")
    expect(page.get_by_role("listbox", name="People").get_by_role("option", name="Citebot")).to_be_visible()
    box.press("Tab")
    expect(box).to_have_value("@Citebot ")
    box.press_sequentially("good day")
    box.press("Shift+Enter")
    box.press_sequentially("to you")
    box.press("Enter")
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    question = said(page, "good day\nto you")
    expect(question.locator(".mention").first).to_have_text("@Citebot")
    answer = said(page, "Hello Mira")
    expect(answer.locator(".tag")).to_have_text("APP")
    answer.get_by_title("Go to this message").click()
    expect(page.locator(".message.found")).to_contain_text("good day")


def test_typing_is_shown_until_the_answer_comes(open_with_bot: OpenPage) -> None:
    page = open_with_bot()
    write(page, "@Citebot show typing")
    expect(page.get_by_text("Citebot is typing…")).to_be_visible()
    expect(said(page, "Typed it")).to_be_visible()
    expect(page.get_by_text("Citebot is typing…")).to_have_count(0)


def test_an_embed_shows_all_its_parts(open_with_bot: OpenPage) -> None:
    page = open_with_bot()
    write(page, "@Citebot embed please")
    embed = page.get_by_role("region", name="Embed: Why is the sky blue?")
    expect(embed.get_by_role("link", name="Why is the sky blue?")).to_have_attribute("href", "https://example.org/sky")
    expect(embed.locator("strong")).to_have_text("Rayleigh scattering")
    expect(embed.locator("blockquote")).to_have_text("Short waves scatter more.")
    more = embed.get_by_role("link", name="More")
    expect(more).to_have_attribute("title", "example.org")
    expect(more).to_have_attribute("rel", re.compile("noreferrer"))
    expect(embed.get_by_role("term")).to_have_text(["Said by", "In", "Source"])
    by, when, source = (embed.locator("dt").nth(at).bounding_box() for at in range(3))
    assert by is not None
    assert when is not None
    assert source is not None
    assert by["y"] == when["y"] < source["y"]
    expect(embed).to_contain_text("Understood: sky blue")
    edge = embed.evaluate("card => getComputedStyle(card, '::before').backgroundColor")
    assert edge == "rgb(194, 87, 26)"


def test_a_long_message_is_shown_from_its_beginning(open_page: OpenPage) -> None:
    page = open_page("Mira", "ask-the-article", size=(900, 500))
    other = open_page("Sam", "ask-the-article")
    write(other, "# The beginning\n" + "more\n" * 60 + "# The end")
    expect(page.get_by_role("heading", name="The beginning")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="The end")).not_to_be_in_viewport()


def test_markdown_is_set(open_page: OpenPage) -> None:
    page = open_page()
    write(
        page,
        "# Head\n## Second\n-# small\n**bold** *it* _it_ __under__ ~~gone~~ `co*d*e` ||secret|| snake_case_name\n"
        "- one\n  - inner\n- two\n3. three\n> quoted\n> on\n```py\nx = '<b>'\n```\n"
        "[site](https://example.org/a) <t:1700000000:D> \\*plain\\*\n>>> rest\nof all",
    )
    text = said(page, "Head").locator(".rich").first
    expect(text.locator(".heading-1")).to_have_text("Head")
    expect(text.locator(".subtext")).to_have_text("small")
    expect(text.locator("strong")).to_have_text("bold")
    expect(text.locator("em")).to_have_text(["it", "it"])
    expect(text.locator("u")).to_have_text("under")
    expect(text.locator("s")).to_have_text("gone")
    expect(text.locator("p code")).to_have_text("co*d*e")
    expect(text.locator("pre")).to_have_text("x = '<b>'")
    expect(text.locator("ul ul li")).to_have_text("inner")
    expect(text.locator("ol")).to_have_attribute("start", "3")
    expect(text.locator("blockquote")).to_have_text(["quoted\non", "rest\nof all"])
    expect(text.get_by_role("link", name="site")).to_have_attribute("title", "example.org")
    expect(text.locator("time")).to_have_text("14 November 2023")
    expect(text).to_contain_text("snake_case_name")
    expect(text).to_contain_text("*plain*")
    spoiler = text.get_by_role("button", name="Spoiler: press to show")
    spoiler.press("Enter")
    expect(text.locator(".spoiler.shown")).to_have_text("secret")


def test_up_arrow_edits_and_escape_gives_up(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "first vresion")
    expect(said(page, "first vresion")).to_be_visible()
    box = page.get_by_role("combobox", name="Message #general")
    box.press("ArrowUp")
    expect(box).to_have_value("first vresion")
    box.press("Escape")
    expect(box).to_have_value("")
    box.press("ArrowUp")
    box.fill("first version")
    box.press("Enter")
    expect(said(page, "first version")).to_contain_text("(edited)")
    expect(said(page, "first vresion")).to_have_count(0)


def test_the_menu_replies_copies_and_deletes_by_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "something to keep")
    write(page, "something to delete")
    page.keyboard.press("Shift+Tab")  # from the composer into the log, to the newest message
    message = said(page, "something to delete").last
    message.focus()
    page.keyboard.press("ArrowUp")
    expect(said(page, "something to keep")).to_be_focused()
    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menuitem", name="Reply")).to_be_focused()
    page.keyboard.press("Escape")
    expect(said(page, "something to keep")).to_be_focused()
    page.keyboard.press("ContextMenu")
    page.get_by_role("menuitem", name="Copy text").press("Enter")
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "something to keep"
    message.click(button="right")
    page.get_by_role("menuitem", name="Delete").click()
    expect(message).to_have_count(0)


def test_a_reply_shows_what_it_answers(open_page: OpenPage) -> None:
    page = open_page()
    write(page, "the **earlier** message")
    earlier = said(page, "the earlier message")
    earlier.hover()
    earlier.get_by_role("button", name="Reply").click()
    expect(page.get_by_text("Replying to Mira")).to_be_visible()
    page.keyboard.type("the later message")
    page.keyboard.press("Enter")
    expect(said(page, "the later message").get_by_title("Go to this message")).to_contain_text("the earlier message")


def test_two_people_see_each_other(open_page: OpenPage) -> None:
    mira = open_page("Mira", "ask-the-article")
    sam = open_page("Sam", "ask-the-article")
    write(mira, "is @Sam here?")
    expect(said(sam, "is @Sam here?").locator(".mention-me")).to_have_text("@Sam")
    expect(mira.get_by_role("navigation").get_by_role("button", name="moderators")).to_have_count(0)
    expect(sam.get_by_role("navigation").get_by_role("button", name="moderators")).to_be_visible()
    message = said(sam, "is @Sam here?")
    message.click(button="right")
    sam.get_by_role("menuitem", name="Delete").click()
    expect(said(mira, "is @Sam here?")).to_have_count(0)


def test_switching_the_person_keeps_the_channel(open_page: OpenPage) -> None:
    page = open_page("Mira", "ask-the-article")
    write(page, "from Mira")
    open_page.become(page, "Sam")
    expect(page.locator("#channel-name")).to_have_text("#ask-the-article")
    write(page, "from Sam")
    expect(said(page, "from Sam").locator(".author")).to_have_text("Sam")
    expect(page.get_by_role("radio", name="Sam")).to_contain_text("Moderator")
    page.reload()
    expect(page.get_by_role("radio", name="Sam")).to_have_attribute("aria-checked", "true")
    expect(page.locator("#channel-name")).to_have_text("#ask-the-article")


def test_who_is_a_moderator_shows_before_one_is_them(open_page: OpenPage) -> None:
    page = open_page("Mira", "general")
    people = page.get_by_role("radiogroup", name="You are").get_by_role("radio")
    expect(people).to_have_text(["MMira", "SSamModerator", "NNoorModerator"])


def test_the_bot_answers_in_a_direct_message(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Sam", "Citebot")
    write(page, "just us two")
    expect(said(page, "Hello Sam")).to_be_visible()
    other = open_with_bot("Mira", "Citebot")
    expect(said(other, "just us two")).to_have_count(0)


def test_another_channel_is_marked_when_something_new_stands_there(open_page: OpenPage) -> None:
    mira = open_page("Mira", "general")
    sam = open_page("Sam", "ask-the-article")
    write(sam, "over here")
    marked = mira.get_by_role("navigation").get_by_role("button", name="ask-the-article, unread")
    marked.click()
    expect(said(mira, "over here")).to_be_visible()
    expect(marked).to_have_count(0)


def test_older_messages_are_loaded_on_scrolling_up(open_page: OpenPage) -> None:
    page = open_page("Sam", "moderators")
    for number in range(60):
        write(page, f"line {number:02}")
    expect(said(page, "line 59")).to_be_visible()
    page.reload()
    expect(said(page, "line 59")).to_be_in_viewport()
    expect(said(page, "line 05")).to_have_count(0)
    page.get_by_role("log").evaluate("log => { log.scrollTop = 0; }")
    expect(said(page, "line 05")).to_have_count(1)


def test_a_thread_is_a_channel_of_its_own(open_with_bot: OpenPage) -> None:
    page = open_with_bot()
    write(page, "let us discuss this apart")
    said(page, "let us discuss this apart").click(button="right")
    page.get_by_role("menuitem", name="Start a thread").click()
    expect(page.locator("#channel-name")).to_contain_text("let us discuss this apart")
    write(page, "@Citebot hello from the thread")
    expect(said(page, "Hello Mira")).to_be_visible()
