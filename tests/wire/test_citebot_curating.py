"""Suggesting, reviewing, unanswered questions, files and figures, with the whole bot over the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace

import aiohttp
import pytest
from moderators import exported, published
from whole_bot import IDEOLOGY, IDEOLOGY_TITLE, PersonOpener, Running, ask, text_of, title_of

from bot.local.jsontypes import Json, as_object, as_objects
from bot.local.person import Person, find_component, is_ephemeral
from handlers.suggest import OPEN_AT_ONCE

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("citebot")]

TEA = {
    "question": "When is the reading group's tea?",
    "answer": "On Thursdays at five, in the small library.",
    "source": "Notice board https://readers.example/tea",
    "expert": "Nora Quill, secretary, Reading Group",
    "place": "Notices, paragraph 2",
}
TABLE = (
    "question,answer,source\nWhere does the reading group meet?,In the small library.,https://readers.example/where\n"
)
CAKE = ("who bakes the reading group's cake", "who bakes the cake of the reading group?")


async def test_a_suggestion_is_approved_answered_and_its_proposer_told(
    citebot: Running, mira: Person, sam: Person
) -> None:
    review = int(sam.channel("ask-the-article"))
    guild = int(sam.hello["guild"]["id"])
    await citebot.services.store.guilds.change(guild, lambda settings: replace(settings, review_channel=review))
    dialog = await mira.dialog(await mira.run("general", "suggest"))
    thanks = await mira.response(await mira.submit(dialog, **TEA))
    assert is_ephemeral(thanks)
    assert "Thank you!" in text_of(thanks)
    shown = await sam.until(
        lambda: next((m for m in sam.seen("ask-the-article") if TEA["question"] in text_of(m)), None)
    )
    refused = await mira.response(await mira.press(shown, "Approve"))
    assert "Only moderators" in text_of(refused)
    preview = await sam.response(await sam.press(shown, "Approve"))
    assert is_ephemeral(preview)
    assert "What would change" in text_of(preview)
    assert "Nora Quill, secretary, Reading Group" in text_of(preview)
    assert "Published" in await published(sam, preview)
    assert title_of(await ask(mira, "when is the tea of the reading group?")) == TEA["question"]
    decided = await sam.changed(shown, lambda message: not message["components"])
    assert "Approved by" in text_of(decided)
    told = await mira.until(lambda: next((m for m in mira.seen("dm") if "was taken over" in m["content"]), None))
    assert TEA["question"] in told["content"]


async def test_a_correction_is_edited_and_published(mira: Person, sam: Person) -> None:
    reply = await ask(mira, "when is the tea of the reading group?")
    dialog = await mira.dialog(await mira.press(reply, "Wrong or incomplete"))
    await mira.response(await mira.submit(dialog, wrong="It is at six now."))
    shown = await sam.until(lambda: next((m for m in sam.seen("ask-the-article") if "at six now" in text_of(m)), None))
    form = await sam.dialog(await sam.press(shown, "Edit"))
    (label,) = as_objects(form["components"])
    assert as_object(label["component"])["value"] == TEA["answer"]
    better = "On Thursdays at six, in the small library."
    preview = await sam.response(await sam.submit(form, better=better))
    assert "at five" in text_of(preview)
    assert "Published" in await published(sam, preview)
    assert better in text_of(await ask(mira, "when is the tea of the reading group?"))


async def test_a_suggestion_is_declined_with_a_reason(mira: Person, sam: Person) -> None:
    dialog = await mira.dialog(await mira.run("general", "suggest"))
    await mira.response(await mira.submit(dialog, **{**TEA, "question": "Is there coffee, too?"}))
    shown = await sam.until(lambda: next((m for m in sam.seen("ask-the-article") if "coffee" in text_of(m)), None))
    form = await sam.dialog(await sam.press(shown, "Decline"))
    said = await sam.response(await sam.submit(form, reason="We drink tea."))
    assert "Declined" in text_of(said)
    await mira.until(lambda: next((m for m in mira.seen("dm") if "We drink tea." in m["content"]), None))
    queue = await sam.response(await sam.run("general", "kb review"))
    assert "Nothing is waiting" in text_of(queue)


async def test_questions_without_an_answer_become_phrasings(citebot: Running, mira: Person, sam: Person) -> None:
    for question in CAKE:
        assert "Sources" not in str(await ask(mira, question))
    await citebot.services.knowledge.counted()
    shown = await sam.response(await sam.run("general", "kb unanswered"))
    assert "asked 2 times" in text_of(shown)
    options = as_objects(find_component(shown, "asked:open:0")["options"])
    value = next(option["value"] for option in options if "cake" in option["label"])
    await sam.choose(shown, value, select="asked:open:0")
    group = await sam.changed(shown, lambda message: "in these words" in text_of(message))
    form = await sam.dialog(await sam.press(group, "Another entry …"))
    preview = await sam.response(await sam.submit(form, entry=TEA["question"]))
    assert CAKE[0] in text_of(preview)
    assert "Published 2 phrasings" in await published(sam, preview)
    assert title_of(await ask(mira, CAKE[0])) == TEA["question"]


async def test_a_table_comes_in_and_all_of_it_goes_out(mira: Person, sam: Person) -> None:
    used = await sam.run("general", "kb import", file=("group.csv", TABLE.encode()))
    preview = await sam.response(used)
    assert "Import group.csv?" in text_of(preview)
    assert "Imported group.csv" in await published(sam, preview)
    assert title_of(await ask(mira, "where does the reading group meet")) == "Where does the reading group meet?"
    text = (await exported(sam)).decode()
    assert TEA["question"] in text
    assert "reading group meet" in text
    assert sam.me["id"] not in text
    again = await sam.response(await sam.run("general", "kb import", file=("server.yaml", text.encode())))
    assert "has all of it already" in text_of(again)
    refused = await mira.response(await mira.run("general", "kb import", file=("group.csv", TABLE.encode())))
    assert "Only moderators" in text_of(refused)


async def test_the_figures_come_with_a_picture(citebot: Running, mira: Person, sam: Person) -> None:
    assert title_of(await ask(mira, IDEOLOGY)) == IDEOLOGY_TITLE
    await citebot.services.knowledge.counted()
    shown = await sam.response(await sam.run("general", "kb stats", days=7))
    (embed,) = as_objects(shown["embeds"])
    (file,) = as_objects(shown["attachments"])
    assert as_object(embed["image"])["url"] == file["url"]
    assert file["content_type"] == "image/png"
    assert IDEOLOGY_TITLE in text_of(shown)
    async with aiohttp.ClientSession() as session, session.get(file["url"]) as response:
        assert (await response.read()).startswith(b"\x89PNG")


async def test_entries_never_verified_are_listed_and_noted(sam: Person) -> None:
    shown = await sam.response(await sam.run("general", "kb stale"))
    select = find_component(shown, "upkeep:verified")
    value = next(o["value"] for o in as_objects(select["options"]) if o["label"] == TEA["question"])
    preview = await sam.response(await sam.choose(shown, value, select="upkeep:verified"))
    assert "1 entry verified on" in await published(sam, preview)
    again = await sam.response(await sam.run("general", "kb stale"))
    assert TEA["question"] not in text_of(again)


async def test_nobody_curates_in_direct_messages(sam: Person) -> None:
    for command in ("suggest", "kb review"):
        with pytest.raises(Exception, match="cannot use this command here"):
            await sam.run("dm", command)


async def test_every_request_follows_discords_description(
    citebot: Running, discord_contract: Callable[[Iterable[Json]], list[str]]
) -> None:
    sent = await citebot.requests()
    assert len(sent) > 30
    assert [item for item in sent if item["status"] >= 400] == []
    assert discord_contract(sent) == []


async def test_many_sent_in_at_once_keep_to_the_limit(citebot: Running, person: PersonOpener) -> None:
    async with person("noor") as noor:
        dialogs = [await noor.dialog(await noor.run("general", "suggest")) for _ in range(OPEN_AT_ONCE + 4)]
        sent = await asyncio.gather(*(noor.submit(dialog, **TEA) for dialog in dialogs))
        told = [text_of(await noor.response(one)) for one in sent]
        assert sum("Thank you!" in text for text in told) == OPEN_AT_ONCE
        assert sum("What you wrote is attached" in text for text in told) == 4
        guild = int(noor.hello["guild"]["id"])
        assert await citebot.services.store.proposals.count_open(guild) == OPEN_AT_ONCE
