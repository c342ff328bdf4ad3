"""Who has to wait, and how often that is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from handlers.cooldowns import Cooldowns, Scope
from knowledge.answers import Answer, Outcome

if TYPE_CHECKING:
    from tests.handlers.conftest import MakeWorld, World  # pyright: ignore[reportMissingImports]
else:
    MakeWorld = World = Any

FLOOD = "Why does the river flood every spring?"
TROUT = "Have the trout come back to the river?"

ANSWER = Answer(Outcome.ANSWER, "?", "!", 0.9, candidate_id="entry:a", title="A?")


@dataclass
class Seconds:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def test_a_member_who_asks_too_fast_is_told_once_and_others_are_not_slowed(seconds: Seconds) -> None:
    cooldowns = Cooldowns(member=2, clock=seconds)
    assert [cooldowns.question(1, 7, 5) for _ in range(2)] == [None, None]
    first, second = cooldowns.question(1, 7, 5), cooldowns.question(1, 7, 6)
    assert first is not None
    assert second is not None
    assert (first.scope, first.seconds, first.news, second.news) == (Scope.MEMBER, 60, True, False)
    assert cooldowns.question(1, 8, 5) is None
    assert cooldowns.question(2, 7, 9) is None
    seconds.now += 60
    assert cooldowns.question(1, 7, 5) is None


def test_what_is_refused_does_not_make_anybody_wait_longer(seconds: Seconds) -> None:
    cooldowns = Cooldowns(member=1, clock=seconds)
    assert cooldowns.question(1, 7) is None
    seconds.now += 59
    assert cooldowns.question(1, 7) is not None
    seconds.now += 1
    assert cooldowns.question(1, 7) is None
    again = cooldowns.question(1, 7)
    assert again is not None
    assert again.news


def test_a_channel_is_slowed_for_all_but_private_answers_and_other_channels_are_not(seconds: Seconds) -> None:
    cooldowns = Cooldowns(channel=2, clock=seconds)
    assert [cooldowns.question(1, member, 5) for member in (7, 8)] == [None, None]
    waits = [cooldowns.question(1, member, 5) for member in (7, 9)]
    assert [wait and (wait.scope, wait.news) for wait in waits] == [(Scope.CHANNEL, True), (Scope.CHANNEL, False)]
    assert cooldowns.question(1, 9, None) is None
    assert cooldowns.question(1, 9, 6) is None
    assert cooldowns.question(None, 9, 5) is None


def test_a_clock_that_jumps_locks_nobody_out(seconds: Seconds) -> None:
    cooldowns = Cooldowns(member=1, channel=1, repeat=30, clock=seconds)
    assert cooldowns.question(1, 7, 5) is None
    cooldowns.answered(5, ANSWER, 100)
    seconds.now -= 86_400
    assert cooldowns.question(1, 7, 5) is None
    assert cooldowns.standing(5, ANSWER) is None
    seconds.now += 10 * 86_400
    assert cooldowns.question(1, 7, 5) is None


def test_an_answer_stands_until_it_is_old_or_changed(seconds: Seconds) -> None:
    cooldowns = Cooldowns(repeat=30, clock=seconds)
    cooldowns.answered(5, ANSWER, 100)
    assert cooldowns.standing(5, ANSWER) == 100
    assert cooldowns.standing(6, ANSWER) is None
    # One of two questions in a message is more than the entry: it is said in full.
    assert cooldowns.standing(5, replace(ANSWER, besides="and more")) is None
    assert cooldowns.standing(5, replace(ANSWER, outcome=Outcome.SUGGEST)) is None
    cooldowns.changed([100])
    assert cooldowns.standing(5, ANSWER) is None
    cooldowns.answered(5, ANSWER, 101)
    seconds.now += 30
    assert cooldowns.standing(5, ANSWER) is None


async def slowed(make_world: MakeWorld, *, member: int = 0, repeat: int = 0) -> World:
    return await make_world(cooldowns=Cooldowns(member=member, repeat=repeat))


async def test_a_flood_gets_one_notice_and_others_their_answers(make_world: MakeWorld) -> None:
    world = await slowed(make_world, member=2)
    for number in range(6):
        await world.mira.send(world.channel, f"{world.me} {FLOOD} {number}")
    texts = [world.text_of(message) for message in world.bots]
    assert len(texts) == 3
    assert "a little fast" in texts[-1]
    assert "goes unanswered" in texts[-1]
    assert "a little fast" not in world.text_of(await world.ask(FLOOD, who=world.tom))
    assert len(world.bots) == 4


async def test_a_command_that_comes_too_fast_is_answered_to_its_person_alone(make_world: MakeWorld) -> None:
    world = await slowed(make_world, member=1)
    await world.mira.slash(world.channel, "ask", question=FLOOD)
    said = world.said(await world.mira.slash(world.channel, "ask", question=FLOOD))
    assert said.ephemeral
    assert "a little fast" in world.text_of(said)


async def test_the_same_answer_again_is_a_link_to_the_first(make_world: MakeWorld) -> None:
    world = await slowed(make_world, repeat=30)
    first = await world.ask(FLOOD)
    again = await world.ask(FLOOD, who=world.tom)
    assert f"https://discord.com/channels/{world.guild.id}/{world.channel.id}/{first.id}" in world.text_of(again)
    assert not again.embeds[0].fields
    said = world.said(await world.tom.slash(world.channel, "ask", question=FLOOD))
    assert said.ephemeral
    assert str(first.id) in world.text_of(said)


async def test_nobody_is_sent_to_a_reply_that_is_gone(make_world: MakeWorld) -> None:
    world = await slowed(make_world, repeat=30)
    question = await world.mira.send(world.channel, f"{world.me} {FLOOD}")
    first = world.last
    await world.mira.delete(question)
    again = await world.ask(FLOOD, who=world.tom)
    assert str(first.id) not in world.text_of(again)
    assert again.embeds[0].fields
