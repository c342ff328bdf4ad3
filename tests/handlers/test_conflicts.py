"""Two moderators at once: the second sees both versions, whole, and chooses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from test_kb_edit import body, edit, filled, offered, publish

from handlers import limits, publishing
from knowledge.curation.items import ItemKind
from knowledge.store.records import Action, ProposalKind, ProposalState

if TYPE_CHECKING:
    from tests.handlers.conftest import World  # pyright: ignore[reportMissingImports]
else:
    World = Any

FLOOD = "Why does the river flood every spring?"
PIKE = "Are pike becoming rare in the river?"


class TestTwoAtOnce:
    async def two(self, world: World, rita: Any, ned: Any, **theirs: str) -> Any:
        """Both open the same entry; Ned publishes first, Rita is shown what he has done."""
        mine = await edit(world, rita, "entry:why-floods", answer="Rita says: snow.")
        his = await edit(world, ned, "entry:why-floods", **theirs)
        await publish(ned, await offered(world, ned, his))
        return await offered(world, rita, mine)

    async def test_the_second_sees_both_and_keeps_theirs(self, world: World, rita: Any, ned: Any) -> None:
        both = await self.two(world, rita, ned, answer="Ned says: the dam.")
        theirs, mine = (embed.description for embed in both.embeds)
        assert f"**Theirs:** <@{ned.id}>" in theirs
        assert "**Ned** says: **the dam.**" in theirs
        assert "**Rita** says: **snow.**" in mine
        # Whole versions, not changes: what both left alone stands there too, unmarked.
        for version in (theirs, mine):
            assert FLOOD in version
            assert "- Melting snow raises the river every spring." in version
            assert "✏️ __answer__" in version
            assert "\n__question__" in version
        # The same field cannot be both.
        assert world.buttons(both.message) == ["Keep theirs", "Use mine instead", "Edit on …"]
        await rita.click(both, label="Keep theirs")
        assert "Kept theirs" in both.message.content
        assert await body(world, FLOOD) == "Ned says: the dam."
        assert both.message.embeds == []
        assert len(await world.store.revisions.changes(world.guild.id)) == 1

    async def test_or_publishes_their_own_over_it(self, world: World, rita: Any, ned: Any) -> None:
        both = await self.two(world, rita, ned, answer="Ned says: the dam.")
        preview = world.said_after(await rita.click(both, label="Use mine instead"))
        assert "“Ned says: the dam.” → “Rita says: snow.”" in preview.content
        await publish(rita, preview)
        assert await body(world, FLOOD) == "Rita says: snow."

    async def test_or_takes_both_where_they_do_not_meet(self, world: World, rita: Any, ned: Any) -> None:
        both = await self.two(world, rita, ned, phrasings="reason for flooding\nspring flood reason")
        assert "Take both" in world.buttons(both.message)
        preview = world.said_after(await rita.click(both, label="Take both"))
        await publish(rita, preview)
        entry = (await world.services.knowledge.of(world.guild.id)).base.entries["why-floods"]
        assert entry.answer == "Rita says: snow."
        assert "spring flood reason" in entry.phrasings

    async def test_overtaken_between_preview_and_publishing(self, world: World, rita: Any, ned: Any) -> None:
        mine = await offered(world, rita, await edit(world, rita, "entry:why-floods", answer="Rita says: snow."))
        his = await edit(world, ned, "entry:why-floods", answer="Ned says: the dam.")
        await publish(ned, await offered(world, ned, his))
        result = await rita.click(mine, label="Publish")
        assert "Somebody else was faster" in mine.message.content
        assert "**Ned** says: **the dam.**" in world.text_of(result.followups[-1])
        assert await body(world, FLOOD) == "Ned says: the dam."

    async def test_retired_meanwhile(self, world: World, rita: Any, ned: Any) -> None:
        mine = await edit(world, rita, "entry:pike", answer="Yes, and near the bridge.")
        await publish(ned, world.said(await ned.slash(world.channel, "kb retire", item="entry:pike")))
        both = await offered(world, rita, mine)
        theirs, mine = (embed.description for embed in both.embeds)
        assert "They retired it." in theirs
        assert "Yes, and near the bridge." in mine
        preview = world.said_after(await rita.click(both, label="Use mine instead"))
        await publish(rita, preview)
        assert await body(world, PIKE) == "Yes, and near the bridge."

    async def test_or_edits_on_from_their_own_words(self, world: World, rita: Any, ned: Any) -> None:
        both = await self.two(world, rita, ned, answer="Ned says: the dam.", phrasings="spring flood reason")
        form = await rita.click(both, label="Edit on …")
        assert filled(form)["answer"] == "Rita says: snow."
        # What she did not touch is as he left it.
        assert filled(form)["phrasings"] == "spring flood reason"
        await rita.submit_modal(form, {**filled(form), "answer": "Both say: snow and the dam."})
        panel = both.message
        assert "“Ned says: the dam.” → “Both say: snow and the dam.”" in panel.content
        preview = world.said(await rita.click(panel, label="Publish …"))
        await publish(rita, preview)
        assert await body(world, FLOOD) == "Both say: snow and the dam."
        # It is one more revision, after theirs.
        steps = await world.store.revisions.history(world.guild.id, ItemKind.ENTRY, "why-floods")
        assert [step.revision.number for step in steps] == [2, 1]

    async def test_what_they_retired_is_edited_on_as_well(self, world: World, rita: Any, ned: Any) -> None:
        mine = await edit(world, rita, "entry:pike", answer="Yes, and near the bridge.")
        await publish(ned, world.said(await ned.slash(world.channel, "kb retire", item="entry:pike")))
        both = await offered(world, rita, mine)
        form = await rita.click(both, label="Edit on …")
        await rita.submit_modal(form, filled(form))
        await publish(rita, world.said(await rita.click(both.message, label="Publish …")))
        assert await body(world, PIKE) == "Yes, and near the bridge."

    async def test_a_suggestion_edited_on_is_still_approved_by_it(self, world: World, rita: Any, ned: Any) -> None:
        fields = {"better": "Because of the snow.", "wrong": "It is the snow.", "asked": FLOOD}
        proposal = await world.store.proposals.add(
            world.guild.id, world.mira.id, ProposalKind.CORRECTION, fields, target="entry:why-floods"
        )
        shown = world.said(await rita.slash(world.channel, "kb review"))
        preview = world.said(await rita.click(shown, label="Approve"))
        his = await edit(world, ned, "entry:why-floods", answer="Ned says: the dam.")
        await publish(ned, await offered(world, ned, his))
        both = (await rita.click(preview, label="Publish")).followups[-1]
        form = await rita.click(both, label="Edit on …")
        await rita.submit_modal(form, filled(form))
        await publish(rita, world.said(await rita.click(both.message, label="Publish …")))
        assert await body(world, FLOOD) == "Because of the snow."
        (change, *_) = await world.store.revisions.changes(world.guild.id)
        assert change.action is Action.APPROVE
        decided = await world.store.proposals.get(world.guild.id, proposal.id)
        assert decided is not None
        assert decided.state is ProposalState.APPROVED


class TestOtherThingsMeanwhile:
    """What somebody else has changed is not what is published, but something that it rests on or is asked like."""

    async def test_what_it_rests_on_was_retired(self, world: World, rita: Any, ned: Any) -> None:
        await publish(ned, world.said(await ned.slash(world.channel, "kb retire", item="entry:pike")))
        retiring = world.said(await ned.slash(world.channel, "kb retire", item="claim:pike-decline"))
        panel = await edit(world, rita, "entry:trout", answer="Yes, but pike became rare.")
        form = await rita.click(panel, label="Statements and dates")
        await rita.submit_modal(form, {**filled(form), "claims": "trout-return\npike-decline", "related": "why-floods"})
        assert "Published" in await publish(rita, await offered(world, rita, panel))
        result = await ned.click(retiring, label="Publish")
        (told,) = [followup.content for followup in result.followups]
        assert "with what somebody else has changed meanwhile, this does not fit any more" in told
        assert "entry 'trout'" in told
        assert (await world.services.knowledge.standing(world.guild.id)).merged().left_out == ()
        assert await body(world, "Have the trout come back to the river?") == "Yes, but pike became rare."

    async def test_the_same_question_was_taken(self, world: World, rita: Any, ned: Any) -> None:
        mine = await offered(
            world, rita, await edit(world, rita, "entry:pike", question="Which fish are in the river?")
        )
        his = await edit(world, ned, "entry:trout", question="Which fish are in the river?")
        assert "Published" in await publish(ned, await offered(world, ned, his))
        (told,) = [followup.content for followup in (await rita.click(mine, label="Publish")).followups]
        assert "already asks for entry 'trout'" in told
        assert (await world.services.knowledge.standing(world.guild.id)).merged().left_out == ()
        # The preview is still there: once the other one is gone it can be published.
        await publish(ned, world.said(await ned.slash(world.channel, "kb undo")))
        assert "Published" in await publish(rita, mine)

    async def test_its_pack_was_switched_off(self, world: World, rita: Any) -> None:
        mine = await offered(world, rita, await edit(world, rita, "entry:pike", answer="Yes, everywhere."))
        await world.store.guilds.change(world.guild.id, lambda now: replace(now, packs={"river": False}))
        (told,) = [followup.content for followup in (await rita.click(mine, label="Publish")).followups]
        assert "this does not fit any more" in told
        assert await world.store.revisions.changes(world.guild.id) == ()

    async def test_its_pack_was_switched_off_in_the_moment_of_saving(
        self, world: World, rita: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mine = await offered(world, rita, await edit(world, rita, "entry:pike", answer="Yes, everywhere."))
        checked = publishing.require_fit

        async def checked_and_then_switched(*args: Any) -> None:
            await checked(*args)
            monkeypatch.undo()
            await world.store.guilds.change(world.guild.id, lambda now: replace(now, packs={"river": False}))

        monkeypatch.setattr(publishing, "require_fit", checked_and_then_switched)
        (told,) = [followup.content for followup in (await rita.click(mine, label="Publish")).followups]
        assert "this does not fit any more" in told
        assert await world.store.revisions.changes(world.guild.id) == ()


async def test_long_versions_fit_the_message_and_stand_in_a_file(world: World, rita: Any, ned: Any) -> None:
    same = " ".join(f"word{n}" for n in range(60))
    phrasings = "\n".join(f"way number {n} to ask for *the* flood " + "x" * 120 for n in range(22))
    long = await edit(
        world, rita, "entry:why-floods", answer=f"Start. {same} Middle. {same}"[:990], phrasings=phrasings
    )
    await publish(rita, await offered(world, rita, long))
    mine = await edit(world, rita, "entry:why-floods", answer=f"Start. {same} Mine here. {same}"[:990])
    his = await edit(world, ned, "entry:why-floods", answer=f"Start. {same} Theirs is there. {same}"[:990])
    await publish(ned, await offered(world, ned, his))
    both = await offered(world, rita, mine)
    assert sum(len(embed) for embed in both.embeds) <= limits.EMBED_TOTAL
    theirs, own = (embed.description for embed in both.embeds)
    assert "**Theirs is there.**" in theirs
    assert "**Mine here.**" in own
    assert "both versions are attached in full" in both.content
    text = (await both.attachments[0].read()).decode()
    assert text.count("way number 21 to ask for *the* flood") == 2
    assert "* answer:" in text
    assert "Theirs is there." in text
    await rita.click(both, label="Keep theirs")
    assert (both.message.embeds, both.message.attachments) == ([], [])
