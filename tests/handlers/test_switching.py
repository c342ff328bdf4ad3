"""Before packs are switched or something is kept to channels, a moderator sees what that would do to questions."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import discord
from test_database_gone import GONE, gone

from handlers.permissions import MANAGERS_ONLY
from handlers.publishing import EXPIRED
from knowledge.curation.items import Edit, ItemKind, State
from knowledge.store.records import Action

if TYPE_CHECKING:
    from tests.handlers.conftest import MakeWorld, World  # pyright: ignore[reportMissingImports]
else:
    MakeWorld = World = Any

FLOOD = "Why does the river flood every spring?"
TROUT = "Have the trout come back to the river?"


async def asked(world: World, *questions: str) -> None:
    for question in questions:
        await world.store.recent.add(world.guild.id, question)


async def packs_off(world: World, who: Any) -> Any:
    there = world.said(await who.slash(world.channel, "kb setup"))
    await who.select(there, [], custom_id="desk:setup-packs:")
    return there


async def kept_to(world: World, who: Any, item: str, channels: Any) -> Any:
    there = world.said(await who.slash(world.channel, "kb scope", item=item))
    await who.select(there, channels)
    return there


async def test_a_pack_that_goes_takes_its_answers_along(world: World, rita: Any) -> None:
    await asked(world, FLOOD, "what is the weather like")
    there = await packs_off(world, rita)
    assert "of 2 recent or golden questions: 1 lost." in there.message.content
    assert f"lost: “{FLOOD}”" in there.message.content
    assert world.buttons(there.message) == ["Publish", "Cancel"]
    assert not (await world.store.guilds.settings(world.guild.id)).packs
    await rita.click(there, label="Publish")
    assert (await world.store.guilds.settings(world.guild.id)).packs == {"river": False}
    # And back: what would be answered again is told as well.
    await rita.select(there, ["river"], custom_id="desk:setup-packs:")
    assert "1 newly answered" in there.message.content
    assert f"answered: “{FLOOD}”" in there.message.content


async def test_own_entries_that_rest_on_it_are_told(world: World, rita: Any) -> None:
    body = {"question": "Who likes trout?", "answer": "Many do.", "claims": ["trout-return"]}
    edit = Edit(ItemKind.ENTRY, "likes", 0, State.LIVE, body)
    await world.store.revisions.commit(world.guild.id, rita.id, Action.ADD, [edit])
    await world.services.knowledge.published(world.guild.id)
    there = await packs_off(world, rita)
    assert "1 item of this server’s own would be left out" in there.message.content


async def test_cancelled_the_panel_comes_back_and_nothing_was_saved(world: World, rita: Any) -> None:
    there = await packs_off(world, rita)
    await rita.click(there, label="Cancel")
    assert "Packs that hold here: The river report" in there.message.content
    assert "Cancelled: nothing was changed." in there.message.content
    there = await kept_to(world, rita, "entry:trout", [world.channel])
    await rita.click(there, label="Cancel")
    assert "is answered everywhere" in there.message.content
    settings = await world.store.guilds.settings(world.guild.id)
    assert (dict(settings.packs), dict(settings.scopes)) == ({}, {})


async def test_what_is_set_already_is_not_published_again(world: World, rita: Any) -> None:
    there = await kept_to(world, rita, "entry:trout", [])
    assert "It is set like that already" in there.message.content
    assert world.buttons(there.message) == []


async def test_each_group_of_channels_is_told_apart(world: World, rita: Any) -> None:
    fishing, boats = (world.guild.create_text_channel(name) for name in ("fishing", "boats"))
    await asked(world, TROUT, FLOOD)
    there = await kept_to(world, rita, "entry:trout", [fishing])
    assert f"“Have the trout come back to the river?”** is answered only in <#{fishing.id}> then." not in there.content
    told = there.message.content
    assert "What would change everywhere else**, of 2 recent or golden questions: 1 lost." in told
    assert f"lost: “{TROUT}”" in told
    assert f"in <#{fishing.id}>**" not in told  # there all stays as it is
    await rita.click(there, label="Publish")
    await rita.select(there, [boats])
    told = there.message.content
    assert "everywhere else" not in told  # it was not answered there before either
    assert f"What would change in <#{fishing.id}>**, of 2 recent or golden questions: 1 lost." in told
    assert f"What would change in <#{boats.id}>**, of 2 recent or golden questions: 1 newly answered." in told


async def test_a_golden_question_whose_entry_is_kept_away_is_told_as_lost(world: World, rita: Any) -> None:
    golden = Edit(ItemKind.GOLDEN, "g", 0, State.LIVE, {"question": "any trout back", "entry": "trout"})
    phrasing = {"question": TROUT, "answer": "Yes.", "claims": ["trout-return"], "phrasings": ["any trout back"]}
    entry = Edit(ItemKind.ENTRY, "trout", 0, State.LIVE, phrasing)
    await world.store.revisions.commit(world.guild.id, rita.id, Action.ADD, [golden, entry])
    await world.services.knowledge.published(world.guild.id)
    there = await kept_to(world, rita, "topic:fish", [world.guild.create_text_channel("fishing")])
    assert "lost: “any trout back”" in there.message.content


async def test_what_was_retired_or_went_with_its_pack_can_be_let_go(world: World, rita: Any, ned: Any) -> None:
    for item in ("entry:trout", "topic:fish"):
        await rita.click(await kept_to(world, rita, item, [world.channel]), label="Publish")
    retiring = world.said(await rita.slash(world.channel, "kb retire", item="entry:trout"))
    await rita.click(retiring, label="Publish")
    shown = world.said(await ned.slash(world.channel, "kb scope", item="Have the trout come back to the river?"))
    told = f"{TROUT} (retired)** is answered only in <#{world.channel.id}>, should it come back."
    assert told in shown.content.replace("\\", "")
    there = await packs_off(world, rita)
    await rita.click(there, label="Publish")
    assert "- trout (retired) is answered only in" in there.message.content.replace("\\", "")
    offered = await ned.autocomplete(world.channel, "kb scope", "item", "")
    assert {choice["value"] for choice in offered} == {"entry:trout", "topic:fish"}
    for item, name in (("entry:trout", "trout"), ("topic:fish", "fish")):
        there = await kept_to(world, ned, item, [])
        await ned.click(there, label="Publish")
        assert there.message.content.startswith(f"**{name} (")
        assert "is answered everywhere" in there.message.content
        assert there.message.components == []
        # Nothing can be kept to channels that is not there.
        gone = world.said(await ned.slash(world.channel, "kb scope", item=item))
        assert "is not in this server’s knowledge" in gone.content
    assert not (await world.store.guilds.settings(world.guild.id)).scopes


async def test_somebody_else_was_faster(world: World, rita: Any, ned: Any) -> None:
    fishing = world.guild.create_text_channel("fishing")
    mine = await kept_to(world, rita, "entry:trout", [world.channel])
    his = await kept_to(world, ned, "entry:trout", [fishing])
    other = await kept_to(world, ned, "entry:pike", [fishing])
    await ned.click(his, label="Publish")
    await rita.click(mine, label="Publish")
    assert "Somebody else has changed this meanwhile" in mine.message.content
    assert f"is answered only in <#{fishing.id}>" in mine.message.content
    # What is about something else goes through.
    await ned.click(other, label="Publish")
    assert dict((await world.store.guilds.settings(world.guild.id)).scopes) == {
        "entry:trout": (fishing.id,),
        "entry:pike": (fishing.id,),
    }


async def test_late_and_foreign_presses_change_nothing(world: World, rita: Any, ned: Any) -> None:
    there = await packs_off(world, rita)
    item = next(item for row in there.message.components for item in row.children)
    # Forged by a moderator who may not switch packs, under a message of their own.
    channel = world.env.bot.get_partial_messageable(world.channel.id, guild_id=world.guild.id)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="x", custom_id=item.custom_id))
    message = await channel.send(view=view)
    assert "Only the moderator who began this" in world.said(await ned.click(message, label="x")).content
    world.clock.pass_days(1)
    assert world.said(await rita.click(there, label="Publish")).content == EXPIRED
    assert not (await world.store.guilds.settings(world.guild.id)).packs


async def test_whoever_no_longer_manages_the_server_cannot_publish_packs(world: World, rita: Any) -> None:
    librarian = world.guild.create_role("Librarians")
    await world.store.guilds.change(world.guild.id, lambda now: replace(now, moderator_role=librarian.id))
    there = await packs_off(world, rita)
    world.guild.remove_member(rita)
    rita = world.guild.add_member(rita.user, roles=[librarian])
    assert MANAGERS_ONLY in world.text_of(world.said(await rita.click(there, label="Publish")))
    assert not (await world.store.guilds.settings(world.guild.id)).packs


async def test_every_switch_is_told_to_the_audit_channel(world: World, rita: Any) -> None:
    audit = world.guild.create_text_channel("audit")
    await world.store.guilds.change(world.guild.id, lambda now: replace(now, audit_channel=audit.id))
    there = await packs_off(world, rita)
    assert audit.last_message is None
    await rita.click(there, label="Publish")
    assert audit.last_message is not None
    assert f"<@{rita.id}> switched the packs: on are none" in world.text_of(audit.last_message)


async def test_with_the_database_gone_it_can_be_published_later(make_world: MakeWorld) -> None:
    world = await make_world(check_errors=False)
    role = world.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    rita = world.guild.add_member(world.env.create_user("rita"), roles=[role])
    there = await kept_to(world, rita, "entry:trout", [world.channel])
    with gone(world):
        refused = await rita.click(there, label="Publish")
        assert GONE in world.said_after(refused).content
    assert (await world.store.guilds.settings(world.guild.id)).scopes == MappingProxyType({})
    await rita.click(there, label="Publish")
    assert "entry:trout" in (await world.store.guilds.settings(world.guild.id)).scopes
