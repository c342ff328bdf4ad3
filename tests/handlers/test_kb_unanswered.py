"""Questions without a good answer, and what moderators make of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
import pytest
import simcord

from handlers.asked_render import PAGE
from knowledge.answers import Outcome
from knowledge.store.records import Lack

if TYPE_CHECKING:
    from tests.handlers.conftest import World  # pyright: ignore[reportMissingImports]
else:
    World = Any

FLOOD = "Why does the river flood every spring?"
MILL = ("how old is the mill", "how old is the mill?", "How old's the mill")
FEET = ("why are my feet wet in april", "why are my feet wet every April?")


@pytest.fixture
async def asked(world: World) -> None:
    """Five questions: three ask one thing, two another."""
    for text in (*FEET, *MILL):
        await world.store.unanswered.add(world.guild.id, text, Lack.ABSTAINED, ["entry:why-floods"])


async def test_what_one_member_asks_again_and_again_counts_once(world: World, rita: Any) -> None:
    text = "how old is the town hall"
    for again in (text, "How old is the town hall?", text):
        await world.ask(again)
    await world.mira.slash(world.channel, "ask", question=text)
    assert (await left(world)) == [text]
    # Somebody else counts, and so does she once hours have passed.
    await world.ask(text, who=world.tom)
    assert len(await left(world)) == 2
    world.clock.pass_days(0.51)
    await world.ask(text)
    assert len(await left(world)) == 3
    days = await world.store.usage.days(world.guild.id, world.clock().date() - timedelta(days=7))
    assert sum(sum(day.counts.values()) for day in days) == 6


async def listed(world: World, who: simcord.MemberActor) -> Any:
    return world.said(await who.slash(world.channel, "kb unanswered"))


async def left(world: World) -> list[str]:
    await world.services.knowledge.counted()
    return [question.text for question in await world.store.unanswered.all(world.guild.id)]


def options(message: Any, custom_id: str) -> list[Any]:
    """The options of a select of a message."""
    return next(
        item.options
        for row in message.components
        for item in row.children
        if isinstance(item, discord.SelectMenu) and item.custom_id.startswith(custom_id)
    )


async def opened(world: World, who: simcord.MemberActor, text: str) -> Any:
    """The group whose leading question that is."""
    shown = await listed(world, who)
    value = next(o.value for o in options(shown.message, "asked:open") if o.label.casefold().startswith(text))
    await who.select(shown, [value], custom_id="asked:open:0")
    return shown


async def outcome(world: World, text: str) -> tuple[Outcome, str]:
    answer = await world.services.knowledge.ask(world.guild.id, text, count=False)
    return answer.outcome, answer.candidate_id


@pytest.mark.usefixtures("asked")
class TestTheList:
    async def test_questions_that_ask_the_same_stand_together_most_asked_first(self, world: World, rita: Any) -> None:
        shown = await listed(world, rita)
        assert shown.ephemeral
        first, second = (line for line in world.text_of(shown).splitlines() if line.startswith("**"))
        assert "mill" in first
        assert first.endswith("asked 3 times")
        assert "feet" in second
        assert second.endswith("asked 2 times")

    async def test_a_group_shows_its_wordings_and_the_closest_entries(self, world: World, rita: Any) -> None:
        text = world.text_of((await opened(world, rita, "why are my feet")).message)
        assert "in these words" in text
        assert FEET[0] in text
        assert FLOOD in text

    async def test_what_is_dismissed_is_gone(self, world: World, rita: Any) -> None:
        shown = await opened(world, rita, "how old")
        await rita.click(shown, label="Dismiss")
        assert sorted(await left(world)) == sorted(FEET)
        assert "mill" not in world.text_of(shown.message)

    async def test_several_are_dismissed_at_once(self, world: World, rita: Any) -> None:
        shown = await listed(world, rita)
        values = [option.value for option in options(shown.message, "asked:drop")]
        await rita.select(shown, values, custom_id="asked:drop:0")
        assert await left(world) == []
        assert "Nothing is waiting" in shown.message.content

    async def test_it_works_after_a_restart(self, world: World, rita: Any) -> None:
        shown = await listed(world, rita)
        await world.restart()
        value = options(shown.message, "asked:open")[0].value
        await rita.select(shown, [value], custom_id="asked:open:0")
        assert "in these words" in world.text_of(shown.message)


@pytest.mark.usefixtures("asked")
class TestAccepting:
    async def test_a_phrasing_is_answered_kept_as_golden_and_off_the_list(self, world: World, rita: Any) -> None:
        assert (await outcome(world, FEET[0]))[0] is not Outcome.ANSWER
        shown = await opened(world, rita, "why are my feet")
        (select,) = [o for o in options(shown.message, "asked:as") if o.value == "why-floods"]
        custom_id = next(c.custom_id for r in shown.message.components for c in r.children if "asked:as" in c.custom_id)
        preview = world.said(await rita.select(shown, [select.value], custom_id=custom_id))
        assert f"**{FLOOD}** ←" in preview.content
        assert FEET[0] in preview.content
        await rita.click(preview, label="Publish")
        assert "Published 2 phrasings" in preview.message.content
        assert await outcome(world, FEET[0]) == (Outcome.ANSWER, "entry:why-floods")
        base = (await world.services.knowledge.of(world.guild.id)).base
        assert {golden.entry for golden in base.golden.values()} == {"why-floods"}
        assert sorted(await left(world)) == sorted(MILL)

    async def test_many_are_accepted_in_one_change(self, world: World, rita: Any) -> None:
        shown = await listed(world, rita)
        values = [option.value for option in options(shown.message, "asked:many")]
        assert len(values) == 2
        preview = world.said(await rita.select(shown, values, custom_id="asked:many:0"))
        await rita.click(preview, label="Publish")
        assert await left(world) == []
        assert len(await world.store.revisions.changes(world.guild.id)) == 1
        assert (await outcome(world, FEET[1]))[0] is Outcome.ANSWER

    async def test_another_entry_is_found_by_a_part_of_its_question(self, world: World, rita: Any) -> None:
        shown = await opened(world, rita, "how old")
        form = await rita.click(shown, label="Another entry …")
        preview = world.said(await rita.submit_modal(form, {"entry": "pike becoming rare"}))
        assert "Are pike becoming rare in the river?" in preview.content

    async def test_an_entry_is_written_for_it_and_answers_all_wordings(self, world: World, rita: Any) -> None:
        shown = await opened(world, rita, "how old")
        form = await rita.click(shown, label="Write an entry")
        assert form.modal is not None
        assert "mill" in form.modal["components"][0]["component"]["value"]
        typed = {
            "question": "How old is the mill?",
            "answer": "It was built before 1700.",
            "source": "Mills of the valley https://mills.example/book",
            "who": "Ed Eker, historian",
            "place": "",
        }
        preview = world.said(await rita.submit_modal(form, typed))
        await rita.click(preview, label="Publish")
        for text in MILL:
            assert await outcome(world, text) == (Outcome.ANSWER, "entry:how-old-is-the-mill")
        assert sorted(await left(world)) == sorted(FEET)

    async def test_what_is_written_can_become_a_phrasing_instead(self, world: World, rita: Any) -> None:
        form = await rita.click(await opened(world, rita, "why are my feet"), label="Write an entry")
        typed = {"question": "Why is there a flood in spring?", "answer": "Snow.", "source": "A book", "who": ""}
        preview = world.said(await rita.submit_modal(form, {**typed, "place": ""}))
        assert "Is it one of these already?" in preview.content
        instead = world.said(await rita.select(preview, ["why-floods"]))
        await rita.click(instead, label="Publish")
        assert await outcome(world, FEET[1]) == (Outcome.ANSWER, "entry:why-floods")
        base = (await world.services.knowledge.of(world.guild.id)).base
        assert "Why is there a flood in spring?" in base.entries["why-floods"].phrasings
        # As with every phrasing that is accepted here: kept as golden questions, and off the list.
        assert {golden.entry for golden in base.golden.values()} == {"why-floods"}
        assert sorted(await left(world)) == sorted(MILL)

    async def test_with_more_filled_in_it_still_answers_all_wordings(self, world: World, rita: Any) -> None:
        form = await rita.click(await opened(world, rita, "how old"), label="Write an entry")
        typed = {"question": "How old is the mill?", "answer": "Old.", "source": "A book", "who": "Ed", "place": ""}
        preview = world.said(await rita.submit_modal(form, typed))
        await rita.click(preview, label="More …")
        form = await rita.click(preview.message, label="Question and answer")
        values = {
            item["component"]["custom_id"]: item["component"].get("value", "") for item in form.modal["components"]
        }
        assert {MILL[0], MILL[2]} <= set(values["phrasings"].split("\n"))
        await rita.submit_modal(form, {**values, "phrasings": values["phrasings"] + "\nage of the mill"})
        await rita.click(world.said(await rita.click(preview.message, label="Publish …")), label="Publish")
        for text in (*MILL, "age of the mill"):
            assert await outcome(world, text) == (Outcome.ANSWER, "entry:how-old-is-the-mill")
        assert sorted(await left(world)) == sorted(FEET)

    async def test_two_changes_of_one_entry_at_once_are_both_kept(self, world: World, rita: Any) -> None:
        previews: list[Any] = []
        for text in ("how old", "why are my feet"):
            form = await rita.click(await opened(world, rita, text), label="Another entry …")
            previews.append(world.said(await rita.submit_modal(form, {"entry": FLOOD})))
        for preview in previews:
            await rita.click(preview, label="Publish")
            assert "Published" in preview.message.content
        assert await left(world) == []
        phrasings = (await world.services.knowledge.of(world.guild.id)).base.entries["why-floods"].phrasings
        assert {MILL[0], FEET[0]} <= set(phrasings)

    async def test_what_somebody_has_dealt_with_says_so(self, world: World, rita: Any) -> None:
        shown = await opened(world, rita, "how old")
        await world.store.unanswered.dismiss(
            world.guild.id, [q.id for q in await world.store.unanswered.all(world.guild.id)]
        )
        assert "no longer on the list" in world.said(await rita.click(shown, label="Write an entry")).content


class TestPages:
    async def test_more_than_a_page(self, world: World, rita: Any) -> None:
        for number in range(PAGE + 2):
            await world.store.unanswered.add(world.guild.id, f"what about thing {number * 37}", Lack.SUGGESTED, [])
        shown = await listed(world, rita)
        assert "page 1 of 2" in world.text_of(shown)
        await rita.click(shown, label="Next")
        assert "page 2 of 2" in world.text_of(shown.message)
        assert "**11.**" in world.text_of(shown.message)


class TestWhoMay:
    @pytest.mark.usefixtures("asked")
    async def test_members_and_other_servers_see_nothing_of_it(self, world: World) -> None:
        refused = await listed(world, world.mira)
        assert "Only moderators" in refused.content
        other = world.env.create_guild("Lake folk")
        room = other.create_text_channel("general")
        role = other.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
        lena = other.add_member(world.env.create_user("lena"), roles=[role])
        assert "Nothing is waiting" in world.said(await lena.slash(room, "kb unanswered")).content

    async def test_nothing_is_said_kindly(self, world: World, rita: Any) -> None:
        assert "Nothing is waiting" in (await listed(world, rita)).content

    async def test_a_question_that_was_really_asked_comes_to_stand_there(self, world: World, rita: Any) -> None:
        await world.ask("how old is the mill?")
        await world.services.knowledge.counted()
        assert "how old is the mill?" in world.text_of(await listed(world, rita))

    async def test_who_changes_their_mind_over_and_over_asks_once(self, world: World) -> None:
        reply = await world.ask("why does the river flood each spring")
        for label in ("Not helpful", "Helpful") * 3:
            await world.mira.click(reply, label=label)
        await world.tom.click(reply, label="Not helpful")
        await world.services.knowledge.counted()
        assert len(await world.store.unanswered.all(world.guild.id)) == 2
