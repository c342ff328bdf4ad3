"""Members suggest and moderators curate, in the page, with the whole program behind it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from at_the_page import answer, export_file, import_file, publish, run, said, write
from playwright.sync_api import expect

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


def test_a_member_suggests_and_a_moderator_approves(open_with_bot: OpenPage) -> None:
    mira, sam = open_with_bot("Mira", "general"), open_with_bot("Sam", "general")
    run(mira, "suggest")
    form = mira.get_by_role("dialog")
    form.get_by_label("Question").fill(TEA)
    form.get_by_label("Answer").fill("On Thursdays at five.")
    form.get_by_label("Source").fill("Notice board https://readers.example/tea")
    form.get_by_label("Who says it").fill("Nora Quill, secretary")
    form.get_by_role("button", name="Submit").click()
    expect(said(mira, "Thank you! The moderators will look at it")).to_contain_text("Only you can see this")
    run(sam, "kb review")
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
    run(sam, "kb unanswered")
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
    import_file(sam, table)
    publish(sam, said(sam, "Import group.csv?"), "Imported group.csv")
    file = tmp_path / "server.yaml"
    assert b"Where does the reading group meet?" in export_file(sam, file)
    import_file(sam, file)
    expect(said(sam, "the server has all of it already")).to_contain_text("Only you can see this")


def test_the_figures_are_a_picture_too(open_with_bot: OpenPage) -> None:
    sam = open_with_bot("Sam", "general")
    run(sam, "kb stats")
    shown = answer(sam, "This server's knowledge")
    expect(shown).to_contain_text("of this server's own")
    picture = shown.locator("img.embed-image").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 960


def test_a_member_is_refused(open_with_bot: OpenPage) -> None:
    mira = open_with_bot("Mira", "general")
    run(mira, "kb weak")
    expect(said(mira, "Only moderators can do that")).to_contain_text("Only you can see this")
