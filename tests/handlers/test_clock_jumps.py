"""The machine's clock jumps by a day or more, there or back: nobody is locked out, and nothing goes before its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from test_reminding import channel_for, entry, publish, remind, told
from test_suggest import THANKS, suggest

from bot.retention import Retention
from handlers.suggest import A_DAY
from knowledge.store.records import Lack

if TYPE_CHECKING:
    from tests.handlers.conftest import World  # pyright: ignore[reportMissingImports]
else:
    World = Any

COUNTED = "Who counts trout number 1?"


async def suggest_all_of_a_day(world: World) -> None:
    for number in range(A_DAY):
        await suggest(world, question=f"How old is mill number {number}?")
        (proposal,) = await world.store.proposals.open(world.guild.id)
        await world.store.proposals.decline(world.guild.id, proposal.id, world.sam.id)


@pytest.mark.parametrize("days", [-400, -1, -0.01, 1.1, 400])
async def test_a_days_suggestions_made_before_a_jump_lock_nobody_out(world: World, days: float) -> None:
    await suggest_all_of_a_day(world)
    world.clock.pass_days(days)
    assert THANKS in (await suggest(world)).content


@pytest.mark.parametrize("days", [-1, 1])
async def test_after_a_jump_so_many_a_day_holds_again(world: World, days: float) -> None:
    world.clock.pass_days(days)
    await suggest_all_of_a_day(world)
    refused = world.said(await world.mira.slash(world.channel, "suggest"))
    assert "go on tomorrow" in refused.content


async def asked(world: World) -> bool:
    """Whether the entry with the last day is answered; the first question after a jump may have it made anew."""
    return COUNTED in world.text_of(await world.ask(COUNTED)).splitlines()


async def test_an_entry_expires_by_the_day_that_it_is_now(world: World) -> None:
    await publish(world, entry(1, expires="2026-03-02"))
    assert await asked(world)
    world.clock.pass_days(1)
    assert not await asked(world)
    world.clock.pass_days(-1)
    assert await asked(world)
    world.clock.pass_days(-1)
    assert await asked(world)


async def test_a_jump_back_deletes_nothing_and_one_forwards_what_would_be_gone_by_then(world: World) -> None:
    kept = Retention(world.services)
    here = {world.guild.id}
    await world.store.unanswered.add(world.guild.id, "Who runs the ferry?", Lack.ABSTAINED, (), days=2)
    await world.store.recent.add(world.guild.id, "Who runs the ferry?", days=2)

    async def left() -> tuple[int, int]:
        unanswered = await world.store.unanswered.all(world.guild.id)
        return len(unanswered), (await world.store.recent.all(world.guild.id)).count("Who runs the ferry?")

    before = await left()
    assert before == (1, 1)
    for days in (-1, -400, 401):
        world.clock.pass_days(days)
        await kept.clear(here)
        assert await left() == before
    world.clock.pass_days(1)
    await kept.clear(here)
    assert await left() == before
    world.clock.pass_days(1)
    await kept.clear(here)
    assert await left() == (0, 0)


async def test_a_server_that_was_left_is_not_forgotten_by_a_jump_back(world: World) -> None:
    await publish(world, entry(1))
    kept = Retention(world.services)
    await kept.clear(set())
    for days in (-1, -400, 401, 1):
        world.clock.pass_days(days)
        await kept.clear(set())
    assert (await world.store.revisions.current(world.guild.id)).revisions


@pytest.mark.parametrize(("days", "reminders"), [(-1, 1), (1, 1), (-400, 2), (400, 2)])
async def test_the_weekly_reminder_neither_stops_nor_comes_at_every_look(
    world: World, days: float, reminders: int
) -> None:
    channel = await channel_for(world)
    await publish(world, entry(1, verified_on="2020-01-01"))
    await remind(world)
    world.clock.pass_days(days)
    for _ in range(3):
        await remind(world)
    assert len(told(world, channel)) == reminders
    # After a jump of a day back the next one comes a day later, not never.
    world.clock.pass_days(8)
    await remind(world)
    assert len(told(world, channel)) == reminders + 1
