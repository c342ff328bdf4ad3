"""Asking two things at once, and asking somebody of the base for what it does not have from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest

from knowledge.answerer import Answerer, Policy

if TYPE_CHECKING:
    from tests.handlers.conftest import MakeWorld, World  # pyright: ignore[reportMissingImports]
else:
    MakeWorld = World = Any

FLOOD = "Why does the river flood every spring?"
PIKE = "Are pike becoming rare in the river?"


def offered(message: discord.Message) -> list[str]:
    return [
        option.label
        for row in message.components
        for item in getattr(row, "children", ())
        if isinstance(item, discord.SelectMenu)
        for option in item.options
    ]


async def test_two_questions_are_answered_and_offered(world: World) -> None:
    reply = await world.ask(f"{FLOOD} {PIKE}")
    assert reply.embeds[0].title == FLOOD
    assert f"You asked two things: this answers “{FLOOD}”. The other is below." in world.text_of(reply)
    assert "Pike are becoming rare" not in world.text_of(reply)
    assert offered(reply)[0] == PIKE


async def test_the_unanswered_one_is_told_and_pings_nobody(world: World) -> None:
    reply = await world.ask(f"{FLOOD} Cheap **flights** to Oslo @everyone {world.tom.mention} tonight?")
    assert reply.embeds[0].title == FLOOD
    text = world.text_of(reply)
    assert "You asked two things" in text
    assert "flights" in text
    assert "@everyone" not in text
    assert "**flights" not in text
    assert world.tom.mention not in text
    assert world.pings(reply) == []


async def test_asked_by_command_the_whole_question_stands_above(world: World) -> None:
    result = await world.mira.slash(world.channel, "ask", question=f"{FLOOD} {PIKE}")
    text = world.text_of(world.said(result))
    assert f"Asked: {FLOOD} {PIKE}" in text
    assert "The other is below." in text


@pytest.fixture(scope="module")
def missing(base: Any, encoder: Any) -> Answerer:
    """Hardly ever sure: most questions are off base."""
    return Answerer.build(base, encoder=encoder, policy=Policy(wrong_costs=50, off_base=0.9))


async def test_what_the_base_does_not_have_from_somebody_is_told(make_world: MakeWorld, missing: Answerer) -> None:
    world = await make_world(answerer=missing)
    reply = await world.ask("What does Ada Marsh think about **nuclear submarines** near `Iceland` @here?")
    text = world.text_of(reply)
    assert "The base has nothing from Ada Marsh on “nuclear submarines” or “Iceland”. From Ada Marsh it has:" in text
    assert "What did Ada Marsh say?" in world.buttons(reply)
    assert world.buttons(reply)[-2:] == ["None of these", "Remove"]
    assert world.pings(reply) == []
    await world.mira.click(reply, label="What did Ada Marsh say?")
    assert "2 statements in the base from Ada Marsh." in world.text_of(world.fresh(reply))
