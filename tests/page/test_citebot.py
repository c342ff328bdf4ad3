"""`python -m bot local` as a newcomer meets it: the printed address in a browser, and the whole bot on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from tests.page.conftest import OpenPage, Program

IDEOLOGY = "does ideology matter between Russia and China"
IDEOLOGY_TITLE = "What is the role of ideology in the relationship, according to the experts?"
STRENGTH = "How strong is the partnership between China and Russia?"
CONTAINMENT = "What effect does the American drive to contain Russia and China have?"


@pytest.fixture(scope="module")
def server(program: Program) -> Program:
    """In place of the bare local server: the program that `make run` starts."""
    return program


@pytest.fixture(scope="module")
def bot(server: Program) -> None:
    """In place of the bot with one of everything: Citebot is there already."""


def write(page: Page, text: str) -> None:
    box = page.locator("#composer-text")
    box.fill(text)
    box.press("Enter")


def said(page: Page, text: str) -> Locator:
    return page.get_by_role("article").filter(has_text=text)


def answer(page: Page, title: str) -> Locator:
    """The newest reply with that title."""
    return page.get_by_role("article").filter(has=page.get_by_role("region", name=f"Embed: {title}")).last


def test_a_newcomer_asks_and_sees_who_says_so_and_where(open_with_bot: OpenPage, tmp_path: Path) -> None:
    page = open_with_bot("Mira", "general")
    box = page.get_by_role("combobox", name="Message #general")
    box.press_sequentially("@cit")
    box.press("Tab")
    box.press_sequentially(IDEOLOGY)
    box.press("Enter")
    reply = answer(page, IDEOLOGY_TITLE)
    expect(reply).to_contain_text("That is how I understood your question.")
    expect(reply.get_by_role("term").first).to_have_text(
        "Kadri Liik, senior policy fellow, European Council on Foreign Relations"
    )
    expect(reply).to_contain_text("Neil Thomas, analyst for China and northeast Asia, Eurasia Group")
    expect(reply.locator("blockquote").first).to_contain_text("“Beijing and Moscow are forging closer ties")
    expect(reply).to_contain_text("section “How strong is the partnership?”, paragraph 1")
    expect(reply).to_contain_text("“China and Russia: between partnership and competition” by Perizat Risbek Kizi")
    expect(reply).to_contain_text("How sure: very")
    expect(reply.get_by_title("Go to this message")).to_contain_text(IDEOLOGY)
    expect(box).to_be_focused()
    picture = tmp_path / "reply.png"
    page.screenshot(path=picture)
    assert picture.stat().st_size > 10_000


def test_a_vote_and_the_sources_are_seen_by_one(open_with_bot: OpenPage) -> None:
    mira = open_with_bot("Mira", "general")
    sam = open_with_bot("Sam", "general")
    write(mira, f"@Citebot {CONTAINMENT}")
    reply = answer(mira, CONTAINMENT)
    reply.get_by_role("button", name="Helpful", exact=False).first.click()
    expect(said(mira, "Counted as helpful")).to_contain_text("Only you can see this")
    reply.get_by_role("button", name="Sources").click()
    sources = said(mira, "1. American officials, not named in the article")
    expect(sources).to_contain_text("Only you can see this")
    expect(sources).to_contain_text("Opening, paragraph 2")
    expect(answer(sam, CONTAINMENT)).to_be_visible()
    expect(said(sam, "Only you can see this")).to_have_count(0)


def test_on_a_phone_the_buttons_take_two_lines_and_none_looks_pressed(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Noor", "general", size=(360, 740))
    write(page, f"@Citebot {CONTAINMENT}")
    reply = answer(page, CONTAINMENT)
    buttons = reply.locator(".component-row .button")
    expect(buttons).to_have_text(["👍Helpful", "👎Not helpful", "📖Sources", "Wrong or incomplete", "🗑️Remove"])
    tops = buttons.evaluate_all("all => [...new Set(all.map(button => button.getBoundingClientRect().top))]")
    assert len(tops) == 2
    colours = buttons.evaluate_all("all => [...new Set(all.map(button => getComputedStyle(button).backgroundColor))]")
    assert len(colours) == 1


def test_a_related_question_is_a_choice_away(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Mira", "ask-the-article")
    write(page, f"@Citebot {STRENGTH}")
    answer(page, STRENGTH).get_by_role("combobox", name="Related questions").click()
    option = page.get_by_role("option").first
    chosen = option.inner_text().splitlines()[0]
    option.click()
    expect(answer(page, chosen)).to_contain_text("Only you can see this")


def test_what_the_article_does_not_say_is_said(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Mira", "general")
    write(page, "@Citebot Who is the president of France?")
    expect(said(page, "The base has no answer to this")).to_be_visible()


def test_a_command_by_keyboard_with_autocomplete(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Sam", "general")
    page.get_by_role("combobox", name="Message #general").focus()
    page.keyboard.type("/as")
    page.keyboard.press("Enter")
    question = page.get_by_role("combobox", name="question, required")
    expect(question).to_be_focused()
    page.keyboard.insert_text("how strong is the partnership bet")  # all at once: one list of suggestions
    option = page.get_by_role("option").first
    expect(option).to_have_text(STRENGTH)
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(question).to_have_value(STRENGTH)
    page.keyboard.press("Enter")
    expect(answer(page, STRENGTH)).to_contain_text("Sam used /ask")
    expect(page.get_by_role("combobox", name="Message #general")).to_be_focused()


def test_a_direct_message_needs_no_mention(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Mira", "Citebot")
    write(page, IDEOLOGY)
    expect(answer(page, IDEOLOGY_TITLE)).to_be_visible()


def test_an_edited_question_changes_its_answer(open_with_bot: OpenPage) -> None:
    page = open_with_bot("Sam", "moderators")
    write(page, f"@Citebot {STRENGTH}")
    reply = answer(page, STRENGTH)
    expect(reply).to_be_visible()
    box = page.get_by_role("combobox", name="Message #moderators")
    box.press("ArrowUp")
    box.fill(f"@Citebot {CONTAINMENT}")
    box.press("Enter")
    expect(answer(page, CONTAINMENT)).to_contain_text("American officials")
    expect(page.get_by_role("region", name=f"Embed: {STRENGTH}")).to_have_count(0)
    reply = answer(page, CONTAINMENT)
    reply.get_by_role("button", name="Remove").click()
    expect(reply).to_have_count(0)
