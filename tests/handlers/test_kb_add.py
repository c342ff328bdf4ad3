"""Adding to the knowledge: by command, from a message, with problems told field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest

from knowledge.answers import Outcome
from knowledge.store.records import Action

if TYPE_CHECKING:
    from tests.handlers.conftest import World  # pyright: ignore[reportMissingImports]
else:
    World = Any

MILL = "How old is the mill?"
QUESTION = {"question": MILL, "answer": "It was built before 1700.", "phrasings": "age of the mill\nwhen was it built?"}
SOURCE = {"title": "Mills of the valley", "url": "https://mills.example/book", "place": "The oldest mill, paragraph 4"}
EXPERT = {"name": "Ed Eker", "role": "historian", "affiliation": "Mill Museum"}


def shown(result: Any) -> str:
    """What a panel says, also where it was changed in place."""
    return result.response.message.content


def typed_in(form: Any, name: str) -> Any:
    """What stands in a field of a form that was opened."""
    for label in form.modal["components"]:
        field = label["component"]
        if field["custom_id"] == name:
            chosen = [option["value"] for option in field.get("options", ()) if option.get("default")]
            return field.get("value", chosen if "options" in field else "")
    raise LookupError(name)


async def panel(world: World, who: Any, **options: str) -> Any:
    """`/kb add` with question and answer filled in: the panel."""
    form = await who.slash(world.channel, "kb add", **options)
    return world.said(await who.submit_modal(form, QUESTION))


async def fill(world: World, who: Any, there: Any, button: str, values: dict[str, Any]) -> Any:
    """Fill in another form of a panel."""
    await who.submit_modal(await who.click(there, label=button), values)
    return there.message


async def publish(world: World, who: Any, there: Any) -> str:
    """Press *Publish …*, then *Publish* under the preview; what that becomes."""
    preview = world.said(await who.click(there, label="Publish …"))
    await who.click(preview, label="Publish")
    return preview.message.content


class TestAdding:
    async def test_in_four_forms_with_a_preview_and_it_is_answered_at_once(self, world: World, rita: Any) -> None:
        there = await panel(world, rita)
        assert there.ephemeral
        assert "**Where it stands**" not in there.content
        assert "**Source**: say where it stands" in there.content
        assert "**Who says it**: say who says it" in there.content
        with pytest.raises(Exception, match="disabled"):
            await rita.click(there, label="Publish …")
        await fill(world, rita, there, "Where it stands", SOURCE)
        await fill(world, rita, there, "Who says it", EXPERT)
        message = await fill(
            world, rita, there, "Statement and words", {"words": "first grain was ground here", "quoted": ["yes"]}
        )
        assert "Still to do" not in message.content
        reply = world.text_of(message)
        for piece in (MILL, "It was built before 1700.", "Ed Eker, historian, Mill Museum", "paragraph 4"):
            assert piece in reply
        assert "> “first grain was ground here”" in reply
        assert "Published: **How old is the mill?**" in await publish(world, rita, there)
        answer = await world.services.knowledge.ask(world.guild.id, "when was it built?")
        assert (answer.outcome, answer.title) == (Outcome.ANSWER, MILL)
        (change,) = await world.store.revisions.changes(world.guild.id)
        assert (change.action, change.who, change.note) == (Action.ADD, rita.id, MILL)
        base = (await world.services.knowledge.of(world.guild.id)).base
        assert base.entries["how-old-is-the-mill"].verified_on == "2026-03-01"
        # Members get it where they ask.
        assert (await world.ask("how old is the mill")).embeds[0].title == MILL

    async def test_what_would_change_is_shown_before(self, world: World, rita: Any) -> None:
        await world.store.recent.add(world.guild.id, "age of our mill")
        there = await panel(world, rita, expert="expert:ada-marsh", source="source:report")
        await fill(world, rita, there, "Where it stands", {"known": ["report"], "place": "Opening, paragraph 3"})
        preview = world.said(await rita.click(there, label="Publish …"))
        assert "1 newly answered" in preview.content
        assert "“age of our mill” → How old is the mill?" in preview.content

    async def test_a_known_expert_and_source_are_chosen(self, world: World, rita: Any) -> None:
        experts = await rita.autocomplete(world.channel, "kb add", "expert", "mar")
        assert [choice["value"] for choice in experts][:1] == ["expert:ada-marsh"]
        there = await panel(world, rita, expert="Ada Marsh", source="source:report")
        assert "Who says it: Ada Marsh" in there.content
        assert "Where it stands: The river report" in there.content
        assert "say which part of “The river report”" in there.content
        form = await rita.click(there, label="Where it stands")
        assert typed_in(form, "known") == ["report"]
        await rita.submit_modal(form, {"known": ["report"], "place": "causes of floods, paragraph 1"})
        assert "Published" in await publish(world, rita, there)
        base = (await world.services.knowledge.of(world.guild.id)).base
        claim = base.claims[base.entries["how-old-is-the-mill"].claims[0]]
        assert (claim.expert, claim.locator.source, claim.locator.section) == ("ada-marsh", "report", "causes")
        assert set(base.experts) == {"ada-marsh", "herald", "cy-wren"}

    async def test_what_would_be_over_already_is_told_at_its_field(self, world: World, rita: Any) -> None:
        there = await panel(world, rita, expert="expert:ada-marsh", source="source:report")
        await fill(world, rita, there, "Where it stands", {"known": ["report"], "place": "Opening, paragraph 3"})
        message = await fill(world, rita, there, "Question and answer", {**QUESTION, "expires": "2026-03-01"})
        assert "**No longer holds from**: is not in the future" in message.content
        await fill(world, rita, there, "Question and answer", {**QUESTION, "expires": "2026-03-02"})
        assert "Published" in await publish(world, rita, there)

    async def test_an_unknown_choice_says_what_is_near(self, world: World, rita: Any) -> None:
        refused = world.said(await rita.slash(world.channel, "kb add", expert="Ada Marhs"))
        assert "Did you mean “Ada Marsh”?" in refused.content
        assert refused.ephemeral

    async def test_nothing_typed_is_lost_where_something_is_wrong(self, world: World, rita: Any) -> None:
        there = await panel(world, rita)
        await fill(world, rita, there, "Where it stands", {**SOURCE, "url": "mills dot example"})
        assert "is not a web address" in there.message.content
        form = await rita.click(there, label="Where it stands")
        assert typed_in(form, "url") == "mills dot example"
        assert typed_in(form, "title") == SOURCE["title"]
        await rita.submit_modal(form, SOURCE)
        again = await rita.click(there, label="Question and answer")
        assert typed_in(again, "phrasings") == QUESTION["phrasings"]

    async def test_a_question_that_is_there_becomes_a_phrasing_instead(self, world: World, rita: Any) -> None:
        form = await rita.slash(world.channel, "kb add")
        typed = {"question": "Why does the river flood in spring?", "answer": "Snow.", "phrasings": "spring flooding"}
        there = world.said(await rita.submit_modal(form, typed))
        assert "Is it one of these already?" in there.content
        preview = world.said(await rita.select(there, ["why-floods"]))
        assert "phrasing added: “Why does the river flood in spring?”" in preview.content
        await rita.click(preview, label="Publish")
        base = (await world.services.knowledge.of(world.guild.id)).base
        assert "spring flooding" in base.entries["why-floods"].phrasings
        assert len(base.entries) == 3

    async def test_with_phrasings_of_one_entry_at_once_both_are_kept(self, world: World, rita: Any, ned: Any) -> None:
        previews: list[tuple[Any, Any]] = []
        for who, text in ((rita, "Why does the river flood in spring?"), (ned, "Why is there a flood each spring?")):
            form = await who.slash(world.channel, "kb add")
            there = world.said(await who.submit_modal(form, {"question": text, "answer": "Snow.", "phrasings": ""}))
            previews.append((who, world.said(await who.select(there, ["why-floods"]))))
        for who, preview in previews:
            await who.click(preview, label="Publish")
            assert "can be asked so as well" in preview.message.content
        base = (await world.services.knowledge.of(world.guild.id)).base
        assert len(base.entries["why-floods"].phrasings) == 4

    async def test_a_question_taken_already_is_told(self, world: World, rita: Any) -> None:
        form = await rita.slash(world.channel, "kb add", expert="expert:ada-marsh", source="source:report")
        typed = {"question": "Have the trout come back to the river?", "answer": "Yes."}
        there = world.said(await rita.submit_modal(form, typed))
        assert "**Question**" in there.content.split("Still to do")[1]

    async def test_discarded_nothing_changes(self, world: World, rita: Any) -> None:
        there = await panel(world, rita)
        await rita.click(there, label="Discard")
        assert there.message.content == "Discarded: nothing was changed."
        assert await world.store.revisions.changes(world.guild.id) == ()

    async def test_a_form_that_comes_too_late_gives_back_what_was_typed(self, world: World, rita: Any) -> None:
        form = await rita.slash(world.channel, "kb add")
        world.clock.pass_days(1)
        late = world.said(await rita.submit_modal(form, QUESTION))
        assert "has expired" in late.content
        assert late.ephemeral
        (attachment,) = late.attachments
        assert QUESTION["answer"] in (await attachment.read()).decode()

    async def test_after_a_restart_as_well(self, world: World, rita: Any) -> None:
        form = await rita.slash(world.channel, "kb add")
        await world.restart()
        late = world.said(await rita.submit_modal(form, QUESTION))
        assert "has expired" in late.content
        assert MILL in (await late.attachments[0].read()).decode()

    async def test_somebody_elses_panel_is_theirs(self, world: World, rita: Any, ned: Any) -> None:
        there = await panel(world, rita)
        token = there.message.components[0].children[0].custom_id.rpartition(":")[2]
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Publish …", custom_id=f"desk:add-publish:{token}"))
        channel = world.env.bot.get_partial_messageable(world.channel.id, guild_id=world.guild.id)
        message = await channel.send(view=view)
        refused = world.said(await ned.click(message, label="Publish …"))
        assert "Only the moderator who began this" in refused.content


class TestFromMessage:
    async def test_the_message_fills_in_the_form(self, world: World, rita: Any) -> None:
        said = await world.tom.send(world.channel, "How old is the mill?\nIt was built **before** 1700.")
        form = await rita.context_menu(world.channel, "Add to knowledge", said)
        assert typed_in(form, "question") == MILL
        assert typed_in(form, "answer") == "It was built **before** 1700."
        there = world.said(await rita.submit_modal(form, QUESTION))
        assert "Message of Tom in #general" in there.content
        assert "Who says it: Tom" in there.content
        assert "Still to do" not in there.content
        assert "Published" in await publish(world, rita, there)
        reply = world.text_of(await world.ask(MILL))
        assert "Tom" in reply
        assert "Message of Tom in #general" in reply

    async def test_a_message_without_text_says_so(self, world: World, rita: Any) -> None:
        said = await world.tom.send(world.channel, world.me)
        refused = world.said(await rita.context_menu(world.channel, "Add to knowledge", said))
        assert "no text" in refused.content

    async def test_a_messages_link_is_a_source(self, world: World, rita: Any) -> None:
        said = await world.tom.send(world.channel, "It was built before 1700, my grandmother said.")
        there = await panel(world, rita)
        await fill(world, rita, there, "Where it stands", {"url": said.jump_url})
        assert "Message of Tom in #general" in there.message.content
        assert "Who says it: Tom" in there.message.content
        assert "Still to do" not in there.message.content

    async def test_what_a_moderator_may_not_read_is_not_read_for_them(self, world: World, rita: Any) -> None:
        hidden = {rita: discord.PermissionOverwrite(view_channel=False)}
        secret = world.guild.create_text_channel("secret", overwrites=hidden)
        said = await world.tom.send(secret, "Nobody must know.")
        there = await panel(world, rita)
        await fill(world, rita, there, "Where it stands", {"url": said.jump_url})
        assert "Tom" not in there.message.content
        assert "A message on Discord" in there.message.content

    async def test_nor_is_a_private_thread_that_they_are_not_in(self, world: World, rita: Any) -> None:
        channel = world.env.bot.get_channel(world.channel.id)
        assert isinstance(channel, discord.TextChannel)
        thread = await channel.create_thread(name="between-us", type=discord.ChannelType.private_thread)
        said = await thread.send("Nobody must know.")
        there = await panel(world, rita)
        await fill(world, rita, there, "Where it stands", {"url": said.jump_url})
        assert "between-us" not in there.message.content
        await thread.add_user(discord.Object(rita.id))
        again = await panel(world, rita)
        await fill(world, rita, again, "Where it stands", {"url": said.jump_url})
        assert "in #between-us" in again.message.content
