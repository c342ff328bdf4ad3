"""Members suggest and moderators curate, in the page, with the whole program behind it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from tests.page.conftest import OpenPage, Program

TEA = "When is the reading group's tea?"
CAKE = "who bakes the reading group's cake"
TABLE = (
    "question,answer,source\nWhere does the reading group meet?,In the small library.,https://readers.example/where\n"
)


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


def command(page: Page, name: str) -> None:
    """Type a command's name and take it from the list; it is sent when it has no option that must be filled in."""
    page.locator("#composer-text").focus()
    page.keyboard.type(f"/{name}")
    expect(page.get_by_role("listbox", name="Commands").get_by_role("option").first).to_contain_text(f"/{name}")
    page.keyboard.press("Enter")


def said(page: Page, text: str) -> Locator:
    """The newest message with that text."""
    return page.get_by_role("article").filter(has_text=text).last


def answer(page: Page, title: str) -> Locator:
    """The newest reply with that title."""
    return page.get_by_role("article").filter(has=page.get_by_role("region", name=f"Embed: {title}")).last


def publish(page: Page, preview: Locator, done: str) -> None:
    expect(preview).to_contain_text("What would change")
    preview.get_by_role("button", name="Publish").click()
    expect(said(page, done)).to_be_visible()


def test_a_member_suggests_and_a_moderator_approves(open_with_bot: OpenPage) -> None:
    mira, sam = open_with_bot("Mira", "general"), open_with_bot("Sam", "general")
    command(mira, "suggest")
    mira.keyboard.press("Enter")
    form = mira.get_by_role("dialog")
    form.get_by_label("Question").fill(TEA)
    form.get_by_label("Answer").fill("On Thursdays at five.")
    form.get_by_label("Source").fill("Notice board https://readers.example/tea")
    form.get_by_label("Who says it").fill("Nora Quill, secretary")
    form.get_by_role("button", name="Submit").click()
    expect(said(mira, "Thank you! The moderators will look at it")).to_contain_text("Only you can see this")
    command(sam, "kb review")
    sam.keyboard.press("Enter")
    queue = said(sam, "1 suggestion waiting")
    expect(queue).to_contain_text("Nora Quill, secretary")
    queue.get_by_role("button", name="Approve").click()
    publish(sam, said(sam, "Publish this?"), f"Published: {TEA}")
    write(mira, "@Citebot when is the tea of the reading group?")
    expect(answer(mira, TEA)).to_contain_text("On Thursdays at five.")


def test_a_question_without_an_answer_becomes_a_phrasing(open_with_bot: OpenPage) -> None:
    mira, sam = open_with_bot("Mira", "general"), open_with_bot("Sam", "general")
    write(mira, f"@Citebot {CAKE}")
    expect(mira.get_by_role("article").last).to_contain_text("Citebot")
    command(sam, "kb unanswered")
    sam.keyboard.press("Enter")
    listed = answer(sam, "Questions without a good answer")
    expect(listed).to_contain_text(CAKE)
    listed.get_by_role("combobox", name="Look at one …").click()
    sam.get_by_role("option", name=CAKE).click()
    group = answer(sam, CAKE)
    group.get_by_role("button", name="Another entry …").click()
    form = sam.get_by_role("dialog")
    form.get_by_label("Which entry?").fill(TEA)
    form.get_by_role("button", name="Submit").click()
    publish(sam, said(sam, "Publish these phrasings?"), "Published 1 phrasing")
    write(mira, f"@Citebot {CAKE}")
    expect(answer(mira, TEA)).to_contain_text("On Thursdays at five.")


def test_a_table_comes_in_and_a_file_goes_out_and_in_again(open_with_bot: OpenPage, tmp_path: Path) -> None:
    sam = open_with_bot("Sam", "general")
    table = tmp_path / "group.csv"
    table.write_text(TABLE, encoding="utf-8")
    choose(sam, table)
    publish(sam, said(sam, "Import group.csv?"), "Imported group.csv")
    command(sam, "kb export")
    sam.keyboard.press("Enter")
    link = said(sam, "of this server's own").get_by_role("link")
    with sam.expect_download() as downloading:
        link.click()
    file = tmp_path / "server.yaml"
    downloading.value.save_as(file)
    assert "Where does the reading group meet?" in file.read_text(encoding="utf-8")
    choose(sam, file)
    expect(said(sam, "the server has all of it already")).to_contain_text("Only you can see this")


def choose(page: Page, file: Path) -> None:
    """`/kb import` with a file."""
    command(page, "kb import")
    field = page.get_by_label("file, required")
    with page.expect_response(lambda response: "/page/files" in response.url):
        field.set_input_files(file)
    field.press("Enter")


def test_the_figures_are_a_picture_too(open_with_bot: OpenPage) -> None:
    sam = open_with_bot("Sam", "general")
    command(sam, "kb stats")
    sam.keyboard.press("Enter")
    shown = answer(sam, "This server's knowledge")
    expect(shown).to_contain_text("of this server's own")
    picture = shown.locator("img.embed-image").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 960


def test_a_member_is_refused(open_with_bot: OpenPage) -> None:
    mira = open_with_bot("Mira", "general")
    command(mira, "kb weak")
    mira.keyboard.press("Enter")
    expect(said(mira, "Only moderators can do that")).to_contain_text("Only you can see this")
