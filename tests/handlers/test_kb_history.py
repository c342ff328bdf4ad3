"""Looking back and going back: history, log, undo, and the audit channel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from knowledge.store.records import Action

if TYPE_CHECKING:
    from tests.handlers.conftest import World  # pyright: ignore[reportMissingImports]
else:
    World = Any

FLOOD = "Why does the river flood every spring?"
ANSWER = "Because the snow melts quickly and the dam is old."


async def publish(who: Any, preview: Any) -> Any:
    """Press *Publish* under a preview; the message that it becomes."""
    await who.click(preview, label="Publish")
    return preview.message


async def answer(world: World, who: Any, text: str) -> Any:
    """Give the flood another answer: the message that tells of it."""
    form = await who.slash(world.channel, "kb edit", item="entry:why-floods")
    values = {"question": FLOOD, "answer": text, "phrasings": "reason for flooding"}
    panel = world.said(await who.submit_modal(form, values))
    return await publish(who, world.said(await who.click(panel, label="Publish …")))


async def body(world: World) -> str:
    return (await world.services.knowledge.ask(world.guild.id, FLOOD)).body


async def history(world: World, who: Any, item: str = "entry:why-floods") -> Any:
    return world.said(await who.slash(world.channel, "kb history", item=item))


class TestHistory:
    async def test_who_when_and_what_newest_first(self, world: World, rita: Any, ned: Any) -> None:
        await answer(world, rita, "Snow.")
        await answer(world, ned, "Rain.")
        shown = await history(world, rita)
        assert shown.ephemeral
        text = world.text_of(shown)
        assert "History of entry “Why does the river flood every spring?”" in text
        newest, oldest = text.index("answer: “Snow.” → “Rain.”"), text.index(f"answer: “{ANSWER}” → “Snow.”")
        assert newest < oldest
        assert f"<@{ned.id}> edited" in text[:newest]
        assert f"<@{rita.id}> edited" in text[newest:]
        assert "<t:" in text

    async def test_back_to_any_revision(self, world: World, rita: Any) -> None:
        for text in ("Snow.", "Rain.", "The dam."):
            await answer(world, rita, text)
        preview = world.said(await rita.select(await history(world, rita), ["1"]))
        assert "Go back to revision 1?" in preview.content
        assert "“The dam.” → “Snow.”" in preview.content
        await publish(rita, preview)
        assert await body(world) == "Snow."
        (newest, *_) = await world.store.revisions.changes(world.guild.id)
        assert (newest.action, newest.note) == (Action.REVERT, "to revision 1")
        assert "Revision 4" in world.text_of(await history(world, rita))

    async def test_a_long_one_has_pages(self, world: World, rita: Any) -> None:
        for number in range(7):
            await answer(world, rita, f"Answer number {number}.")
        shown = await history(world, rita)
        assert "7 revisions, newest first · page 1 of 2" in world.text_of(shown)
        await rita.click(shown, label="Older")
        assert f"answer: “{ANSWER}” → “Answer number 0.”" in world.text_of(shown.message)
        await rita.click(shown, label="Newer")
        assert "page 1 of 2" in world.text_of(shown.message)

    async def test_pages_and_ways_back_outlive_a_restart(self, world: World, rita: Any) -> None:
        for number in range(7):
            await answer(world, rita, f"Answer number {number}.")
        shown = await history(world, rita)
        await world.restart()
        await rita.click(shown, label="Older")
        preview = world.said(await rita.select(shown, ["1"]))
        assert "Go back to revision 1?" in preview.content

    async def test_what_was_never_changed_has_none(self, world: World, rita: Any) -> None:
        assert "never changed that" in (await history(world, rita)).content

    async def test_what_was_retired_still_has_one(self, world: World, rita: Any) -> None:
        await publish(rita, world.said(await rita.slash(world.channel, "kb retire", item="entry:pike")))
        offered = await rita.autocomplete(world.channel, "kb history", "item", "pike")
        assert "entry:pike" in [choice["value"] for choice in offered]
        assert "retired" in world.text_of(await history(world, rita, "entry:pike"))


class TestUndo:
    async def test_ones_own_last_change(self, world: World, rita: Any, ned: Any) -> None:
        await answer(world, rita, "Snow.")
        await publish(ned, world.said(await ned.slash(world.channel, "kb retire", item="entry:pike")))
        preview = world.said(await rita.slash(world.channel, "kb undo"))
        assert "Take this back?" in preview.content
        assert "→ “Snow.”" in preview.content
        told = await publish(rita, preview)
        assert "Taken back" in told.content
        assert world.buttons(told) == []
        assert await body(world) == ANSWER
        # Ned's is not hers to take back, and her own is taken back already.
        refused = world.said(await rita.slash(world.channel, "kb undo"))
        assert "You have changed nothing here" in refused.content

    async def test_by_the_button_under_what_was_done(self, world: World, rita: Any) -> None:
        told = await answer(world, rita, "Snow.")
        await world.restart()
        await publish(rita, world.said(await rita.click(told, label="Undo")))
        assert await body(world) == ANSWER

    async def test_not_over_what_came_after_it(self, world: World, rita: Any, ned: Any) -> None:
        await answer(world, rita, "Snow.")
        await answer(world, ned, "Rain.")
        refused = world.said(await rita.slash(world.channel, "kb undo"))
        assert "was changed after it" in refused.content
        assert "Why does the river flood" in refused.content
        assert await body(world) == "Rain."


class TestLog:
    async def test_every_change_and_a_way_back_from_each(self, world: World, rita: Any, ned: Any) -> None:
        await answer(world, rita, "Snow.")
        await publish(ned, world.said(await ned.slash(world.channel, "kb retire", item="entry:pike")))
        shown = world.said(await rita.slash(world.channel, "kb log"))
        text = world.text_of(shown)
        assert text.index(f"<@{ned.id}> retired") < text.index(f"<@{rita.id}> edited")
        his = (await world.store.revisions.changes(world.guild.id))[0]
        await publish(rita, world.said(await rita.select(shown, [str(his.id)])))
        assert "pike" in (await world.services.knowledge.of(world.guild.id)).base.entries
        newest = (await world.store.revisions.changes(world.guild.id))[0]
        assert (newest.who, newest.action, newest.undoes) == (rita.id, Action.UNDO, his.id)

    async def test_a_long_one_has_pages(self, world: World, rita: Any) -> None:
        for number in range(6):
            await answer(world, rita, f"Answer number {number}.")
        shown = world.said(await rita.slash(world.channel, "kb log"))
        await rita.click(shown, label="Older")
        assert f"“{ANSWER}” → “Answer number 0.”" in world.text_of(shown.message)
        with pytest.raises(Exception, match="disabled"):
            await rita.click(shown, label="Older")
        await rita.click(shown, label="Newest")
        assert "Answer number 5." in world.text_of(shown.message)

    async def test_empty_it_says_so(self, world: World, rita: Any) -> None:
        assert "Nothing has been changed" in world.said(await rita.slash(world.channel, "kb log")).content


class TestAudit:
    async def test_every_change_is_told_in_the_channel_that_is_set(self, world: World, rita: Any) -> None:
        channel = world.guild.create_text_channel("audit")
        await world.store.guilds.change(world.guild.id, lambda now: replace(now, audit_channel=channel.id))
        await answer(world, rita, "Snow, @everyone.")
        told = channel.last_message
        assert told is not None
        text = world.text_of(told)
        assert f"<@{rita.id}> edited" in text
        assert "→ “Snow, @\u200beveryone.”" in text
        assert world.pings(told) == []
        await publish(rita, world.said(await rita.slash(world.channel, "kb undo")))
        assert "took back change" in world.text_of(channel.last_message)

    async def test_out_of_reach_its_moderator_is_told(self, world: World, rita: Any) -> None:
        await world.store.guilds.change(world.guild.id, lambda now: replace(now, audit_channel=12345))
        form = await rita.slash(world.channel, "kb edit", item="entry:why-floods")
        panel = world.said(await rita.submit_modal(form, {"question": FLOOD, "answer": "Snow."}))
        preview = world.said(await rita.click(panel, label="Publish …"))
        result = await rita.click(preview, label="Publish")
        assert "could not be posted to the audit channel" in result.followups[-1].content
        assert await body(world) == "Snow."


async def test_what_was_forgotten_is_nobodys(world: World, rita: Any) -> None:
    await answer(world, rita, "Snow.")
    await world.store.forget_person(rita.id)
    text = world.text_of(world.said(await rita.slash(world.channel, "kb log")))
    assert "Somebody who asked to be forgotten" in text
    assert str(rita.id) not in text
