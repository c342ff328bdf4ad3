"""Editing, retiring, restoring and phrasing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from knowledge.answers import Outcome
from knowledge.curation.items import Edit, ItemKey, ItemKind, State
from knowledge.store.records import Action

if TYPE_CHECKING:
    from tests.handlers.conftest import World  # pyright: ignore[reportMissingImports]
else:
    World = Any

FLOOD = "Why does the river flood every spring?"
ANSWER = "Because the snow melts quickly and the dam is old."
MILL_CLAIM = ItemKey(ItemKind.CLAIM, "dam-is-old")
TROUT = "Have the trout come back to the river?"


def field(form: Any, name: str) -> dict[str, Any]:
    """A field of a form that was opened."""
    found = (label["component"] for label in form.modal["components"])
    return next(one for one in found if one["custom_id"] == name)


def filled(form: Any) -> dict[str, Any]:
    """What stands in a form."""
    values: dict[str, Any] = {}
    for label in form.modal["components"]:
        one = label["component"]
        chosen = [option["value"] for option in one.get("options", ()) if option.get("default")]
        values[one["custom_id"]] = chosen if "options" in one else one.get("value") or ""
    return values


async def edit(world: World, who: Any, item: str, **typed: Any) -> Any:
    """`/kb edit` with something typed into the first form: the panel."""
    form = await who.slash(world.channel, "kb edit", item=item)
    return world.said(await who.submit_modal(form, {**filled(form), **typed}))


async def offered(world: World, who: Any, panel: Any) -> Any:
    """Press *Publish …* under a panel: the preview."""
    return world.said(await who.click(panel, label="Publish …"))


async def publish(who: Any, preview: Any) -> str:
    """Press *Publish* under a preview; what that becomes."""
    await who.click(preview, label="Publish")
    return preview.message.content


async def body(world: World, text: str) -> str:
    """What members are answered."""
    return (await world.services.knowledge.ask(world.guild.id, text)).body


class TestEditing:
    async def test_an_answer_is_edited_seen_before_and_answered_after(self, world: World, rita: Any) -> None:
        await world.store.recent.add(world.guild.id, FLOOD)
        panel = await edit(world, rita, "entry:why-floods", answer="Because the snow melts quickly.")
        assert panel.ephemeral
        assert f"answer: “{ANSWER}” → “Because the snow melts quickly.”" in panel.content
        assert "Because the snow melts quickly." in world.text_of(panel)
        preview = await offered(world, rita, panel)
        assert "1 changed" in preview.content
        assert await body(world, FLOOD) == ANSWER
        assert "Published" in await publish(rita, preview)
        assert await body(world, FLOOD) == "Because the snow melts quickly."
        (change,) = await world.store.revisions.changes(world.guild.id)
        assert (change.action, change.who) == (Action.EDIT, rita.id)

    async def test_no_statement_is_left_saying_what_the_answer_said_before(self, world: World, rita: Any) -> None:
        claim = dict((await world.services.knowledge.standing(world.guild.id)).ground.body(MILL_CLAIM) or {})
        entry = {"question": "When does the club meet?", "answer": "Every Tuesday.", "claims": ["meets"]}
        bodies = {ItemKind.CLAIM: {**claim, "text": "Every Tuesday."}, ItemKind.ENTRY: entry}
        edits = [Edit(kind, "meets", 0, State.LIVE, body) for kind, body in bodies.items()]
        await world.store.revisions.commit(world.guild.id, 1, Action.ADD, edits)
        await world.services.knowledge.published(world.guild.id)
        panel = await edit(world, rita, "entry:meets", answer="Every Friday.")
        assert "Its statement said the same, and goes along with it." in panel.content
        await publish(rita, await offered(world, rita, panel))
        shown = world.text_of(await world.ask("When does the club meet?"))
        assert "Friday" in shown
        assert "Tuesday" not in shown
        panel = await edit(world, rita, "entry:why-floods", answer="Nobody knows.")
        assert "The statements under it stay as they are" in panel.content

    async def test_the_list_has_what_fits_best_first_whatever_its_kind(self, world: World, rita: Any) -> None:
        choices = await rita.autocomplete(world.channel, "kb edit", "item", "old")
        kinds = [choice["name"].split(" · ")[0] for choice in choices]
        assert kinds[0] == "Statement", choices

    async def test_the_other_form_goes_into_the_same_change(self, world: World, rita: Any) -> None:
        panel = await edit(world, rita, "entry:why-floods", phrasings="reason for flooding\nspring flood reason")
        form = await rita.click(panel, label="Statements and dates")
        assert filled(form)["claims"] == "snow-melts\ndam-is-old"
        await rita.submit_modal(form, {**filled(form), "claims": "snow-melts", "expires": "2027-01-31"})
        for told in (
            "“What causes the spring floods?” → “spring flood reason”",
            "claim removed: “dam-is-old”",
            "expires added",
        ):
            assert told in panel.message.content
        await publish(rita, await offered(world, rita, panel))
        entry = (await world.services.knowledge.of(world.guild.id)).base.entries["why-floods"]
        assert (entry.claims, entry.expires) == (("snow-melts",), "2027-01-31")

    async def test_what_is_wrong_is_named_at_its_field_and_stays_typed(self, world: World, rita: Any) -> None:
        panel = await edit(world, rita, "entry:why-floods", question=TROUT)
        assert "**Question**" in panel.content.split("To put right")[1]
        with pytest.raises(Exception, match="disabled"):
            await rita.click(panel, label="Publish …")
        again = await rita.click(panel, label="Question and answer")
        assert filled(again)["question"] == TROUT
        await rita.submit_modal(again, {**filled(again), "question": "Why is there a flood every spring?"})
        assert "To put right" not in panel.message.content

    async def test_statements_people_sources_and_topics(self, world: World, rita: Any) -> None:
        panel = await edit(world, rita, "claim:trout-return", text="Trout live in the upper river.", topics=["floods"])
        await publish(rita, await offered(world, rita, panel))
        form = await rita.slash(world.channel, "kb edit", item="Ada Marsh", kind="expert")
        assert filled(form)["kind"] == ["person"]
        panel = world.said(await rita.submit_modal(form, {**filled(form), "role": "hydrologist"}))
        await publish(rita, await offered(world, rita, panel))
        panel = await edit(world, rita, "source:report", published="May 2020")
        await publish(rita, await offered(world, rita, panel))
        panel = await edit(world, rita, "topic:fish", aliases="trout\npike")
        await publish(rita, await offered(world, rita, panel))
        base = (await world.services.knowledge.of(world.guild.id)).base
        assert base.claims["trout-return"].topics == ("floods",)
        assert base.experts["ada-marsh"].role == "hydrologist"
        assert base.sources["report"].published == "May 2020"
        assert base.topics["fish"].aliases == ("trout", "pike")
        assert "hydrologist" in world.text_of(await world.ask(TROUT))

    async def test_the_packs_own_words_stay_for_other_servers(self, world: World, rita: Any) -> None:
        panel = await edit(world, rita, "entry:why-floods", answer="Snow.")
        await publish(rita, await offered(world, rita, panel))
        assert (await world.services.knowledge.ask(world.guild.id + 1, FLOOD)).body == ANSWER
        assert (await world.services.knowledge.ask(None, FLOOD)).body == ANSWER

    async def test_unchanged_there_is_nothing_to_publish(self, world: World, rita: Any) -> None:
        panel = await edit(world, rita, "entry:trout")
        assert "Nothing is changed yet." in panel.content
        with pytest.raises(Exception, match="disabled"):
            await rita.click(panel, label="Publish …")
        await rita.click(panel, label="Discard")
        assert "Discarded" in panel.message.content

    async def test_a_form_that_comes_too_late_gives_back_what_was_typed(self, world: World, rita: Any) -> None:
        form = await rita.slash(world.channel, "kb edit", item="entry:trout")
        world.clock.pass_days(1)
        late = world.said(await rita.submit_modal(form, {**filled(form), "answer": "They have."}))
        assert "They have." in (await late.attachments[0].read()).decode()

    async def test_the_list_offers_every_kind_and_can_be_narrowed(self, world: World, rita: Any) -> None:
        offered_all = await rita.autocomplete(world.channel, "kb edit", "item", "")
        assert {choice["value"].partition(":")[0] for choice in offered_all} == {
            "entry",
            "expert",
            "source",
            "claim",
            "topic",
        }
        found = await rita.autocomplete(world.channel, "kb edit", "item", "trou", kind="claim")
        assert found[0]["value"] == "claim:trout-return"
        assert found[0]["name"].startswith("Statement · Trout have come back")
        refused = world.said(await rita.slash(world.channel, "kb edit", item="nothing like it"))
        assert "is not in this server’s knowledge" in refused.content

    async def test_phrasings_that_do_not_fit_the_form_stay(self, world: World, rita: Any) -> None:
        many = "\n".join(f"phrasing number {n} of the flood " + "x" * 150 for n in range(30))
        panel = await edit(world, rita, "entry:why-floods", phrasings=many[:4000].rpartition("\n")[0])
        await publish(rita, await offered(world, rita, panel))
        more = "\n".join(f"another one {n} " + "y" * 150 for n in range(5))
        kept = (await world.services.knowledge.of(world.guild.id)).base.entries["why-floods"].phrasings
        for text in more.split("\n"):
            await publish(rita, world.said(await rita.slash(world.channel, "kb phrasing", entry=FLOOD, text=text)))
        form = await rita.slash(world.channel, "kb edit", item="entry:why-floods")
        assert len(filled(form)["phrasings"]) <= 4000
        panel = world.said(await rita.submit_modal(form, {**filled(form), "answer": "Snow."}))
        assert "phrasing" not in panel.content
        await publish(rita, await offered(world, rita, panel))
        now = (await world.services.knowledge.of(world.guild.id)).base.entries["why-floods"].phrasings
        assert now == (*kept, *more.split("\n"))


class TestRetiring:
    async def test_a_packs_entry_is_hidden_here_only_and_comes_back(self, world: World, rita: Any) -> None:
        preview = world.said(await rita.slash(world.channel, "kb retire", item="entry:trout"))
        assert "hidden on this server only" in preview.content
        await publish(rita, preview)
        question = "Have the trout come back?"
        gone = await world.services.knowledge.ask(world.guild.id, question)
        assert gone.candidate_id != "entry:trout"
        assert (await world.services.knowledge.ask(None, question)).candidate_id == "entry:trout"
        offered_back = await rita.autocomplete(world.channel, "kb restore", "item", "trout")
        assert [choice["value"] for choice in offered_back] == ["entry:trout"]
        back = world.said(await rita.slash(world.channel, "kb restore", item="entry:trout"))
        assert "Bring this back?" in back.content
        await publish(rita, back)
        assert (await world.services.knowledge.ask(world.guild.id, question)).outcome is Outcome.ANSWER
        actions = [change.action for change in await world.store.revisions.changes(world.guild.id)]
        assert actions == [Action.RESTORE, Action.RETIRE]

    async def test_an_entry_comes_back_with_its_golden_questions_by_its_name(self, world: World, rita: Any) -> None:
        asked = Edit(ItemKind.GOLDEN, "swim", 0, State.LIVE, {"question": "do trout swim here?", "entry": "trout"})
        other = Edit(ItemKind.GOLDEN, "rare", 0, State.LIVE, {"question": "rare pike?", "entry": "pike"})
        await world.store.revisions.commit(world.guild.id, rita.id, Action.EDIT, [asked, other])
        going = world.said(await rita.slash(world.channel, "kb retire", item="entry:trout"))
        assert "golden “do trout swim here?”" in going.content
        await publish(rita, going)
        assert set((await world.services.knowledge.of(world.guild.id)).base.golden) == {"rare"}
        # Typed, not chosen from the list.
        back = world.said(await rita.slash(world.channel, "kb restore", item=TROUT))
        assert "golden “do trout swim here?”" in back.content
        await publish(rita, back)
        base = (await world.services.knowledge.of(world.guild.id)).base
        assert {golden.entry for golden in base.golden.values()} == {"trout", "pike"}

    async def test_what_others_rest_on_stays(self, world: World, rita: Any) -> None:
        for item in ("expert:cy-wren", "claim:snow-melts", "source:report"):
            refused = world.said(await rita.slash(world.channel, "kb retire", item=item))
            assert "rests on it" in refused.content
        assert (
            "Why does the river flood"
            in world.said(await rita.slash(world.channel, "kb retire", item="claim:snow-melts")).content
        )

    async def test_other_words_go_back_to_the_packs(self, world: World, rita: Any) -> None:
        await publish(rita, await offered(world, rita, await edit(world, rita, "entry:why-floods", answer="Snow.")))
        preview = world.said(await rita.slash(world.channel, "kb restore", item="entry:why-floods"))
        assert "As the pack has it again?" in preview.content
        assert f"“Snow.” → “{ANSWER}”" in preview.content
        await publish(rita, preview)
        assert await body(world, FLOOD) == ANSWER

    async def test_what_is_there_need_not_come_back(self, world: World, rita: Any) -> None:
        refused = world.said(await rita.slash(world.channel, "kb restore", item="entry:trout"))
        assert "there already" in refused.content


class TestPhrasing:
    async def test_another_way_to_ask(self, world: World, rita: Any) -> None:
        preview = world.said(
            await rita.slash(world.channel, "kb phrasing", entry="entry:trout", text="any speckled swimmers upstream")
        )
        await publish(rita, preview)
        assert await body(world, "any speckled swimmers upstream") == "Yes, to the upper river."
        again = await rita.slash(world.channel, "kb phrasing", entry=TROUT, text="Any speckled swimmers upstream?")
        assert "has these words already" in world.said(again).content

    @pytest.mark.parametrize("text", [" ", "\u200b", "???", "\U0001f980"])
    async def test_one_without_words_is_told_as_that(self, world: World, rita: Any, text: str) -> None:
        refused = await rita.slash(world.channel, "kb phrasing", entry="entry:trout", text=text)
        assert "has no letter or digit in it" in world.said(refused).content

    async def test_one_of_another_entry_does_not_fit(self, world: World, rita: Any) -> None:
        refused = await rita.slash(world.channel, "kb phrasing", entry="entry:trout", text=FLOOD)
        assert "does not fit" in world.said(refused).content
