"""Setting up: the moderators' role, the channels, the packs, and what is for which channels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from knowledge.answers import Outcome

if TYPE_CHECKING:
    from tests.handlers.conftest import World  # pyright: ignore[reportMissingImports]
else:
    World = Any

FLOOD = "Why does the river flood every spring?"
TROUT = "Have the trout come back to the river?"


async def panel(world: World, who: Any) -> Any:
    return world.said(await who.slash(world.channel, "kb setup"))


async def test_the_role_makes_moderators(world: World, rita: Any) -> None:
    librarian = world.guild.create_role("Librarians")
    lea = world.guild.add_member(world.env.create_user("lea"), roles=[librarian])
    assert "Only moderators" in world.said(await lea.slash(world.channel, "kb log")).content
    there = await panel(world, rita)
    assert there.ephemeral
    await rita.select(there, [librarian], custom_id="desk:setup-role:")
    assert f"and <@&{librarian.id}>" in there.message.content
    assert "Nothing has been changed" in world.said(await lea.slash(world.channel, "kb log")).content
    await rita.select(there, [], custom_id="desk:setup-role:")
    assert "Only moderators" in world.said(await lea.slash(world.channel, "kb log")).content


async def test_everyone_is_no_moderators_role(world: World, rita: Any) -> None:
    there = await panel(world, rita)
    everyone = world.guild.id
    refused = await rita.select(there, [world.guild.default_role], custom_id="desk:setup-role:")
    assert "@everyone is every member" in world.said(refused).content
    assert (await world.store.guilds.settings(everyone)).moderator_role is None
    # Also where it got into the settings in another way.
    await world.store.guilds.change(everyone, lambda now: replace(now, moderator_role=everyone))
    assert "Only moderators" in world.said(await world.mira.slash(world.channel, "kb log")).content


async def test_who_moderates_is_decided_by_those_who_manage_the_server(world: World, ned: Any) -> None:
    refused = await panel(world, ned)
    assert "Only people who manage this server" in refused.content


async def test_channels_for_suggestions_and_changes(world: World, rita: Any) -> None:
    review, audit = world.guild.create_text_channel("review"), world.guild.create_text_channel("audit")
    there = await panel(world, rita)
    assert "`/kb review` only" in there.content
    await rita.select(there, [audit], custom_id="desk:setup-audit:")
    await rita.select(there, [review], custom_id="desk:setup-review:")
    settings = await world.store.guilds.settings(world.guild.id)
    assert (settings.review_channel, settings.audit_channel) == (review.id, audit.id)
    assert f"Suggestions are shown in: <#{review.id}>" in there.message.content
    told = audit.last_message
    assert told is not None
    assert f"<@{rita.id}> set the channel for suggestions to <#{review.id}>" in world.text_of(told)
    assert world.pings(told) == []
    # What is set stands in the selects the next time.
    again = await panel(world, rita)
    defaults = {
        row.children[0].custom_id: [value.id for value in row.children[0].default_values]
        for row in again.message.components
        if getattr(row.children[0], "default_values", None)
    }
    assert defaults == {"desk:setup-audit:": [audit.id], "desk:setup-review:": [review.id]}


async def test_a_channel_that_is_gone_is_warned_of(world: World, rita: Any) -> None:
    await world.store.guilds.change(world.guild.id, lambda now: replace(now, audit_channel=12345))
    assert "⚠️ <#12345> is gone" in (await panel(world, rita)).content


async def test_packs_are_switched_for_this_server_alone(world: World, rita: Any) -> None:
    there = await panel(world, rita)
    assert "Packs that hold here: The river report" in there.content
    await rita.select(there, [], custom_id="desk:setup-packs:")
    assert "**Publish this?** Packs that hold here: none" in there.message.content
    knowledge = world.services.knowledge
    assert (await knowledge.ask(world.guild.id, FLOOD)).outcome is Outcome.ANSWER
    await rita.click(there, label="Publish")
    assert "Packs that hold here: none" in there.message.content
    assert "Published" in there.message.content
    assert (await knowledge.ask(world.guild.id, FLOOD)).outcome is not Outcome.ANSWER
    assert (await knowledge.ask(world.guild.id + 1, FLOOD)).outcome is Outcome.ANSWER
    await rita.select(there, ["river"], custom_id="desk:setup-packs:")
    await rita.click(there, label="Publish")
    assert (await knowledge.ask(world.guild.id, FLOOD)).outcome is Outcome.ANSWER


async def test_an_entry_is_kept_to_a_channel(world: World, ned: Any) -> None:
    fishing = world.guild.create_text_channel("fishing")
    offered = await ned.autocomplete(world.channel, "kb scope", "item", "trout come")
    assert offered[0]["value"] in ("entry:trout", "topic:fish")
    there = world.said(await ned.slash(world.channel, "kb scope", item="entry:trout"))
    assert "is answered everywhere" in there.content
    await ned.select(there, [fishing])
    await ned.click(there, label="Publish")
    assert f"is answered only in <#{fishing.id}>." in there.message.content
    knowledge = world.services.knowledge
    here = await knowledge.ask(world.guild.id, TROUT, [world.channel.id])
    assert here.candidate_id != "entry:trout"
    assert (await knowledge.ask(world.guild.id, TROUT, [fishing.id])).candidate_id == "entry:trout"
    await ned.select(there, [])
    await ned.click(there, label="Publish")
    assert (await knowledge.ask(world.guild.id, TROUT, [world.channel.id])).candidate_id == "entry:trout"


async def test_where_something_is_kept_shows_in_the_set_up(world: World, rita: Any) -> None:
    there = world.said(await rita.slash(world.channel, "kb scope", item="topic:fish"))
    await rita.select(there, [world.channel])
    await rita.click(there, label="Publish")
    assert f"- Fish is answered only in <#{world.channel.id}>" in (await panel(world, rita)).content
