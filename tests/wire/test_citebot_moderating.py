"""Moderators add, change, go back and move their knowledge, with the whole bot over the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from moderators import ASKED, LANTERN, added, chosen, edited, panel_of, published
from whole_bot import Running, ask, text_of, title_of

from bot.local.dialogs import prefilled
from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json, as_objects
from bot.local.person import Person, describe_components, find_component, is_ephemeral

pytestmark = pytest.mark.asyncio(loop_scope="module")

BOAT = "Where can I hire a boat?\nAt the old pier, every day until six."


@pytest.mark.usefixtures("citebot")
async def test_an_entry_is_added_form_by_form_and_answers(mira: Person, sam: Person) -> None:
    form = await sam.dialog(await sam.run("general", "kb add"))
    panel = await panel_of(sam, form, question=LANTERN, answer="At dusk.", expires="someday")
    assert is_ephemeral(panel)
    told = text_of(panel)
    assert "nothing that you typed is lost" in told
    assert all(f"**{name}**" in told for name in ("Source", "Who says it", "No longer holds from"))
    assert find_component(panel, "Publish …")["disabled"]
    again = await sam.dialog(await sam.press(panel, "Question and answer"))
    assert prefilled(again) == {"question": LANTERN, "answer": "At dusk.", "expires": "someday"}
    refused = await mira.response(await mira.run("general", "kb add"))
    assert "Only moderators" in text_of(refused)
    assert "It is answered from now on" in await added(sam)
    reply = await ask(mira, ASKED)
    assert title_of(reply) == LANTERN
    assert "Ines Roth, harbour master" in text_of(reply)


@pytest.mark.usefixtures("citebot")
async def test_a_question_that_is_known_becomes_a_phrasing_of_it(mira: Person, sam: Person) -> None:
    again = "When are the harbour lanterns lit in the evening?"
    form = await sam.dialog(await sam.run("general", "kb add"))
    panel = await panel_of(sam, form, question=again, answer="When it gets dark.")
    select = next(name for name in describe_components(panel) if "alike" in name)
    option = next(o for o in as_objects(find_component(panel, select)["options"]) if o["label"] == LANTERN)
    preview = await sam.response(await sam.choose(panel, option["value"], select=select))
    assert again in text_of(preview)
    assert "Published" in await published(sam, preview)
    assert title_of(await ask(mira, again)) == LANTERN


@pytest.mark.usefixtures("citebot")
async def test_what_somebody_wrote_becomes_an_entry_with_its_writer(mira: Person, sam: Person) -> None:
    message = await mira.say("general", BOAT)
    form = await sam.dialog(await sam.use_on(message, "Add to knowledge"))
    assert prefilled(form)["question"] == "Where can I hire a boat?"
    assert prefilled(form)["answer"] == "At the old pier, every day until six."
    panel = await panel_of(sam, form)
    assert "Message of Mira in #general" in text_of(panel)
    assert "Published" in await published(sam, await sam.response(await sam.press(panel, "Publish …")))
    assert "Mira" in text_of(await ask(mira, "where do I hire a boat"))
    refused = await mira.response(await mira.use_on(message, "Add to knowledge"))
    assert "Only moderators" in text_of(refused)


@pytest.mark.usefixtures("citebot")
async def test_two_moderators_at_once_and_the_second_sees_both(
    mira: Person, sam: Person, local_server: ServerHandle
) -> None:
    async with local_server.person("noor") as noor:
        first = await edited(sam, "At dusk.", "At nightfall.")
        second = await edited(noor, "At dusk.", "At sunset.")
        assert "Published" in await published(sam, first)
        pressed = await noor.press(second, "Publish")
        clash = await noor.response(pressed)
        assert is_ephemeral(clash)
        assert "Somebody else has changed this since you began" in text_of(clash)
        assert "At **nightfall.**" in text_of(clash)
        assert "At **sunset.**" in text_of(clash)
        assert f"<@{sam.me['id']}>" in text_of(clash)
        assert "At nightfall." in text_of(await ask(mira, ASKED))  # nothing is saved over it
        preview = await noor.response(await noor.press(clash, "Use mine instead"))
        assert "Publish yours?" in text_of(preview)
        assert "Published" in await published(noor, preview)
        assert "At sunset." in text_of(await ask(mira, ASKED))


@pytest.mark.usefixtures("citebot")
async def test_the_last_change_is_taken_back_and_history_goes_further(
    mira: Person, sam: Person, local_server: ServerHandle
) -> None:
    async with local_server.person("noor") as noor:
        assert "Taken back" in await published(noor, await noor.response(await noor.run("general", "kb undo")))
        assert "At nightfall." in text_of(await ask(mira, ASKED))
        past = await sam.response(await chosen(sam, "kb history", LANTERN))
        for words in ("Revision 1", "edited", "took back", f"<@{noor.me['id']}>"):
            assert words in text_of(past)
        (select,) = (name for name in describe_components(past) if "entry:" in name)
        preview = await sam.response(await sam.choose(past, "2", select=select))
        assert "Go back to revision 2?" in text_of(preview)
        assert "as in revision 2" in await published(sam, preview)
        assert "At dusk." in text_of(await ask(mira, ASKED))


async def test_every_request_follows_discords_description(
    citebot: Running, discord_contract: Callable[[Iterable[Json]], list[str]]
) -> None:
    sent = await citebot.requests()
    assert len(sent) > 30
    assert [item for item in sent if item["status"] >= 400] == []
    assert discord_contract(sent) == []
