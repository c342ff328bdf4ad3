"""`/help`."""

from __future__ import annotations

from typing import Any

import discord

# The fixtures of conftest.py, whose handles simcord types too narrowly for a chain of actions.
World = Any

FLOOD = "Why does the river flood every spring?"


async def test_it_says_what_the_bot_knows_about_and_how_to_ask(world: World) -> None:
    shown = (await world.mira.slash(world.channel, "help")).response
    text = world.text_of(shown)
    assert shown.ephemeral
    for piece in (
        "The river report",
        "the river, its floods and its fish",
        "/ask",
        "Mention me",
        "/claims",
        "4 statements",
    ):
        assert piece in text


async def test_examples_answer_when_pressed(world: World) -> None:
    shown = (await world.mira.slash(world.channel, "help")).response
    answered = (await world.mira.click(shown, label=FLOOD)).response
    assert answered.ephemeral
    assert answered.embeds[0].title == FLOOD


async def test_shown_to_all_everyone_may_try_the_examples_alone(world: World) -> None:
    await world.mira.slash(world.channel, "help", public=True)
    answered = (await world.tom.click(world.last, label=FLOOD)).response
    assert answered.ephemeral
    assert "Ways to ask" in world.text_of(world.last)


async def test_examples_work_after_a_restart(world: World) -> None:
    await world.mira.slash(world.channel, "help", public=True)
    message = world.last
    await world.restart()
    answered = (await world.tom.click(message, label=FLOOD)).response
    assert answered.embeds[0].title == FLOOD


async def test_every_command_is_named(world: World) -> None:
    text = world.text_of((await world.mira.slash(world.channel, "help")).response)
    for command in world.env.bot.tree.get_commands():
        if command.name != "help":
            assert command.name in text


async def test_without_the_embed_permission_it_is_text(world: World) -> None:
    world.channel = world.guild.create_text_channel(
        "plain", overwrites={world.env.bot.user: discord.PermissionOverwrite(embed_links=False)}
    )
    shown = (await world.mira.slash(world.channel, "help")).response
    assert not shown.embeds
    assert "Ways to ask" in shown.content
