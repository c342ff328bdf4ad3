"""Moderators add, change, go back and move their knowledge, in the page, with the whole program behind it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from at_the_page import OVERFLOW, answer, export_file, import_file, publish, run, run_on, said, write
from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from tests.page.conftest import OpenPage, Program

LANTERN = "When does the harbour light its lanterns?"
ASKED = "at what time are the lanterns of the harbour lit?"
PHONE = (390, 844)  # CSS pixels
BOAT = "Where can I hire a boat?\nAt the old pier, every day until six."


@pytest.fixture(scope="module")
def server(program: Program) -> Program:
    """In place of the bare local server: the program that `make run` starts."""
    return program


@pytest.fixture(scope="module")
def bot(server: Program) -> None:
    """In place of the bot with one of everything: Citebot is there already."""


def fill(page: Page, title: str, **fields: str) -> None:
    """Fill in the form with that title and send it. Fields by their labels, with `_` for a space."""
    form = page.get_by_role("dialog", name=title)
    for label, text in fields.items():
        form.get_by_role("textbox", name=label.replace("_", " ")).fill(text)
    form.get_by_role("button", name="Submit").click()
    expect(form).to_have_count(0)


def change(panel: Locator, page: Page, form: str, **fields: str) -> None:
    """Open one of the forms of a panel, change fields, and send it."""
    panel.get_by_role("button", name=form).click()
    fill(page, form, **fields)


def test_an_entry_is_added_form_by_form_and_answers(open_with_bot: OpenPage) -> None:
    mira, sam = open_with_bot("Mira", "general"), open_with_bot("Sam", "general")
    run(sam, "kb add")
    fill(sam, "Question and answer", Question=LANTERN, Answer="At dusk.", No_longer_holds_from="someday")
    panel = said(sam, "A new entry")
    expect(panel).to_contain_text("Only you can see this")
    expect(panel).to_contain_text("nothing that you typed is lost")
    for name in ("Source:", "Who says it:", "No longer holds from:"):
        expect(panel).to_contain_text(name)
    expect(panel.get_by_role("button", name="Publish …")).to_be_disabled()
    # What was typed stands in the form again, wrong or not.
    panel.get_by_role("button", name="Question and answer").click()
    form = sam.get_by_role("dialog", name="Question and answer")
    expect(form.get_by_role("textbox", name="Question")).to_have_value(LANTERN)
    expect(form.get_by_role("textbox", name="Answer")).to_have_value("At dusk.")
    expect(form.get_by_role("textbox", name="No longer holds from")).to_have_value("someday")
    fill(sam, "Question and answer", No_longer_holds_from="", Other_ways_to_ask_it="when do the lanterns come on?")
    expect(panel).not_to_contain_text("No longer holds from:")
    change(panel, sam, "Where it stands", Title_of_a_new_source="Harbour book", Its_link="https://harbour.example/book")
    change(panel, sam, "Who says it", Name_of_somebody_new="Ines Roth", Role="harbour master")
    expect(panel).to_contain_text("Members will see it as below.")
    expect(panel).to_contain_text("Ines Roth, harbour master")
    panel.get_by_role("button", name="Publish …").click()
    preview = said(sam, "Publish this?")
    expect(preview.get_by_role("region", name=f"Embed: {LANTERN}")).to_contain_text("Harbour book")
    publish(sam, preview, f"Published: {LANTERN}")
    write(mira, f"@Citebot {ASKED}")
    reply = answer(mira, LANTERN)
    expect(reply).to_contain_text("At dusk.")
    expect(reply).to_contain_text("Ines Roth, harbour master")
    expect(said(mira, "Publish this?")).to_have_count(0)


def test_a_question_that_is_known_becomes_a_phrasing_of_it(open_with_bot: OpenPage) -> None:
    mira, sam = open_with_bot("Mira", "general"), open_with_bot("Sam", "general")
    again = "When are the harbour lanterns lit in the evening?"
    run(sam, "kb add")
    fill(sam, "Question and answer", Question=again, Answer="When it gets dark.")
    panel = said(sam, "A new entry")
    expect(panel).to_contain_text("Is it one of these already?")
    panel.get_by_role("combobox", name="It is this one").click()
    sam.get_by_role("option", name=LANTERN).click()
    publish(sam, said(sam, again).filter(has=sam.get_by_role("button", name="Cancel")), "Published")
    write(mira, f"@Citebot {again}")
    expect(answer(mira, LANTERN)).to_contain_text("At dusk.")


def test_what_somebody_wrote_becomes_an_entry_with_its_writer(open_with_bot: OpenPage) -> None:
    mira, sam = open_with_bot("Mira", "general"), open_with_bot("Sam", "general")
    box = mira.locator("#composer-text")
    for line in BOAT.splitlines():
        box.press_sequentially(line)
        box.press("Shift+Enter")
    box.press("Enter")
    message = said(sam, "At the old pier")
    message.click(button="right")
    sam.get_by_role("menuitem", name="Apps").hover()
    sam.get_by_role("menuitem", name="Add to knowledge").click()
    form = sam.get_by_role("dialog", name="Question and answer")
    expect(form.get_by_role("textbox", name="Question")).to_have_value("Where can I hire a boat?")
    expect(form.get_by_role("textbox", name="Answer")).to_have_value("At the old pier, every day until six.")
    form.get_by_role("button", name="Submit").click()
    panel = said(sam, "A new entry")
    expect(panel).to_contain_text("Message of Mira in #general")
    expect(panel).to_contain_text("Members will see it as below.")
    panel.get_by_role("button", name="Publish …").click()
    publish(sam, said(sam, "Publish this?"), "Published: Where can I hire a boat?")
    write(mira, "@Citebot where do I hire a boat")
    expect(answer(mira, "Where can I hire a boat?")).to_contain_text("Mira")


def test_two_moderators_at_once_and_the_second_sees_both(open_with_bot: OpenPage) -> None:
    sam, noor = open_with_bot("Sam", "general"), open_with_bot("Noor", "moderators", size=PHONE)
    previews: list[Locator] = []
    for page, text in ((sam, "At nightfall."), (noor, "At sunset.")):
        run_on(page, "kb edit", LANTERN)
        form = page.get_by_role("dialog")
        expect(form.get_by_role("textbox", name="Answer")).to_have_value("At dusk.")
        form.get_by_role("textbox", name="Answer").fill(text)
        assert page.evaluate(OVERFLOW) == []
        form.get_by_role("button", name="Submit").click()
        said(page, "Edit entry").get_by_role("button", name="Publish …").click()
        previews.append(said(page, "Publish this?"))
    publish(sam, previews[0], "Published: entry")
    previews[1].get_by_role("button", name="Publish", exact=True).click()
    clash = said(noor, "Somebody else has changed this since you began.")
    expect(clash).to_contain_text("At nightfall.")
    expect(clash).to_contain_text("At sunset.")
    expect(clash).to_contain_text("@Sam")
    assert noor.evaluate(OVERFLOW) == []
    write(sam, f"@Citebot {ASKED}")
    expect(answer(sam, LANTERN)).to_contain_text("At nightfall.")  # nothing is saved over it
    clash.get_by_role("button", name="Use mine instead").click()
    publish(noor, said(noor, "Publish yours?"), "Published: entry")
    write(sam, f"@Citebot {ASKED}")
    expect(answer(sam, LANTERN)).to_contain_text("At sunset.")


def test_the_last_change_is_taken_back_and_history_shows_all(open_with_bot: OpenPage) -> None:
    sam, noor = open_with_bot("Sam", "moderators"), open_with_bot("Noor", "general")
    run(noor, "kb undo")
    publish(noor, said(noor, "Take this back?"), "Taken back: change")
    write(noor, f"@Citebot {ASKED}")
    expect(answer(noor, LANTERN)).to_contain_text("At nightfall.")
    run_on(sam, "kb history", LANTERN)
    past = answer(sam, "History of entry")
    for words in ("Revision 1", "Revision 4", "@Sam added", "@Noor edited", "@Noor took back", "At sunset."):
        expect(past).to_contain_text(words)
    past.get_by_role("combobox", name="Go back to …").click()
    sam.get_by_role("option", name="Revision 2").click()
    publish(sam, said(sam, "Go back to revision 2?"), "as in revision 2")
    write(noor, f"@Citebot {ASKED}")
    expect(answer(noor, LANTERN)).to_contain_text("At dusk.")


def test_an_empty_server_takes_the_file_and_gives_the_same_back(
    open_with_bot: OpenPage, open_elsewhere: OpenPage, tmp_path: Path
) -> None:
    here, there = open_with_bot("Sam", "general"), open_elsewhere("Noor", "general")
    file = tmp_path / "server.yaml"
    exported = export_file(here, file)
    assert LANTERN.encode() in exported
    write(there, f"@Citebot {ASKED}")
    expect(said(there, "The base has no answer to this")).to_be_visible()
    import_file(there, file)
    preview = said(there, "Import server.yaml?")
    expect(preview).to_contain_text("new: ")
    publish(there, preview, "Imported server.yaml")
    write(there, f"@Citebot {ASKED}")
    expect(answer(there, LANTERN)).to_contain_text("Ines Roth, harbour master")
    assert export_file(there, tmp_path / "again.yaml") == exported
