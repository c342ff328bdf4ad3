"""Moderators are reminded of entries to check again: in their channel, once a week at most, without a ping."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from test_database_gone import gone

from handlers.reminding import Reminding
from knowledge.curation.items import Edit, ItemKind, State
from knowledge.store.records import Action

if TYPE_CHECKING:
    from tests.handlers.conftest import MakeWorld, World  # pyright: ignore[reportMissingImports]
else:
    MakeWorld = World = Any


def entry(number: int, **dates: str) -> Edit:
    body = {"question": f"Who counts trout number {number}?", "answer": "Ada.", "claims": ["trout-return"], **dates}
    return Edit(ItemKind.ENTRY, f"count-{number}", 0, State.LIVE, body)


async def publish(world: World, *edits: Edit) -> None:
    await world.store.revisions.commit(world.guild.id, world.sam.id, Action.ADD, edits)
    await world.services.knowledge.published(world.guild.id)


async def channel_for(world: World, name: str = "review", **kind: Any) -> Any:
    channel = world.guild.create_text_channel(name)
    field = kind.get("field", "review_channel")
    await world.store.guilds.change(world.guild.id, lambda now: replace(now, **{field: channel.id}))
    return channel


async def remind(world: World) -> None:
    """As the bot does every few hours, in a process of its own."""
    await Reminding(world.services).remind(world.env.bot, {world.guild.id})


def told(world: World, channel: Any) -> list[str]:
    return [world.text_of(message) for message in channel.history()]


OLD = {"verified_on": "2025-06-01"}


async def test_what_is_old_and_what_expires_is_told_with_the_way_to_it(world: World) -> None:
    channel = await channel_for(world)
    await publish(
        world,
        entry(1, **OLD),
        entry(2, verified_on="2026-02-20", expires="2026-03-25"),
        entry(3),
        entry(4, verified_on="2026-02-20"),
    )
    await remind(world)
    (text,) = told(world, channel)
    assert "1 entry about to expire within 30 days" in text
    assert "1 entry last verified over 180 days ago" in text
    assert "1 entry never verified" in text
    assert "- Who counts trout number 1?: verified on 2025-06-01" in text
    assert "number 4" not in text
    assert "`/kb stale`" in text
    assert "floods" not in text  # a pack without dates is its makers' business


async def test_it_pings_nobody(world: World) -> None:
    channel = await channel_for(world)
    body = {"question": f"Who is <@{world.tom.id}> @everyone?", "answer": "Tom.", "claims": ["trout-return"]}
    await publish(world, Edit(ItemKind.ENTRY, "tom", 0, State.LIVE, body))
    await remind(world)
    message = channel.last_message
    assert world.pings(message) == []
    assert message.flags.suppress_notifications


async def test_at_most_once_a_week_also_after_a_restart(world: World) -> None:
    channel = await channel_for(world)
    await publish(world, entry(1, **OLD))
    for _ in range(3):
        await remind(world)
    assert len(told(world, channel)) == 1
    world.clock.pass_days(6.9)
    await world.restart()
    await remind(world)
    assert len(told(world, channel)) == 1
    world.clock.pass_days(0.2)
    await remind(world)
    assert len(told(world, channel)) == 2


async def test_the_audit_channel_will_do_and_without_either_nothing_is_posted(world: World) -> None:
    await publish(world, entry(1, **OLD))
    await remind(world)
    assert (await world.store.guilds.settings(world.guild.id)).reminded_at == ""
    audit = await channel_for(world, "audit", field="audit_channel")
    await remind(world)
    assert len(told(world, audit)) == 1


async def test_with_nothing_to_check_nothing_is_said_and_the_week_is_not_used_up(world: World) -> None:
    channel = await channel_for(world)
    await publish(world, entry(1, verified_on="2026-02-20"))
    await remind(world)
    assert told(world, channel) == []
    await publish(world, entry(2, **OLD))
    await remind(world)
    assert len(told(world, channel)) == 1


async def test_it_is_switched_off_and_on_in_the_set_up(world: World, rita: Any) -> None:
    channel = await channel_for(world)
    await publish(world, entry(1, **OLD))
    there = world.said(await rita.slash(world.channel, "kb setup"))
    assert f"at most once a week in <#{channel.id}>" in there.content
    await rita.click(there, label="Switch reminders off")
    assert "Reminders of entries to check again: off" in there.message.content
    await remind(world)
    assert told(world, channel) == []
    await rita.click(there, label="Switch reminders on")
    await remind(world)
    assert len(told(world, channel)) == 1


async def test_of_many_the_first_are_named(world: World) -> None:
    channel = await channel_for(world)
    await publish(world, *(entry(number, **OLD) for number in range(14)))
    await remind(world)
    (text,) = told(world, channel)
    assert "14 entries last verified" in text
    assert "- … and 4 more" in text


async def test_other_servers_and_those_of_other_processes_are_left_alone(world: World) -> None:
    channel = await channel_for(world)
    await publish(world, entry(1, **OLD))
    await Reminding(world.services).remind(world.env.bot, {world.guild.id + 1})
    assert told(world, channel) == []
    # A channel of another server, however it came into the settings, is never written to.
    other = world.env.create_guild("Lake folk").create_text_channel("general")
    await world.store.guilds.change(world.guild.id, lambda now: replace(now, review_channel=other.id))
    await remind(world)
    assert told(world, other) == []


async def test_a_database_that_is_gone_is_no_crash_and_it_comes_later(make_world: MakeWorld) -> None:
    world = await make_world(check_errors=False)
    channel = await channel_for(world)
    await publish(world, entry(1, **OLD))
    with gone(world):
        await remind(world)
    assert told(world, channel) == []
    await remind(world)
    assert len(told(world, channel)) == 1
