"""`/privacy`: everybody sees and deletes what is kept of themselves, and of nobody else."""

from __future__ import annotations

import json
from typing import Any

import discord

from handlers.privacy import NOTHING
from knowledge.answers import Outcome
from knowledge.store import Store
from knowledge.store.records import ProposalKind

# The fixtures of conftest.py, whose handles simcord types too narrowly for a chain of actions.
World = Any

FLOOD = "Why does the river flood every spring?"


async def shown_to(world: World, who: Any) -> Any:
    shown = (await who.slash(world.channel, "privacy")).response
    assert shown.ephemeral
    return shown


async def in_private(world: World, who: Any) -> Any:
    return (await who.user.slash("privacy")).response


async def fill(world: World, guild: int, person: int, message: int) -> None:
    store: Store = world.store
    await store.remember(
        message=message, channel=2, guild=guild, asker=person, invoker=person, question_message=None,
        candidate="entry:trout", outcome=Outcome.ANSWER, days=30,
    )  # fmt: skip
    await store.vote(message, person, helpful=True)
    await store.proposals.add(guild, person, ProposalKind.ENTRY, {"question": f"Why {message}?"})


async def kept(world: World, who: Any) -> int:
    return len(await world.store.belongings(who.id))


async def test_somebody_new_is_told_that_nothing_is_kept_and_what_is_kept_of_all(world: World) -> None:
    shown = await shown_to(world, world.tom)
    text = world.text_of(shown)
    assert NOTHING in text
    for piece in ("30 days", "90 days", "365 days", "last 300", "without whoever asked", "Backups", "direct message"):
        assert piece in text, piece
    assert world.buttons(shown) == []


async def test_what_they_did_is_counted(world: World) -> None:
    reply = await world.ask(FLOOD)
    await world.mira.click(reply, label="Helpful")
    await world.store.proposals.add(world.guild.id, world.mira.id, ProposalKind.ENTRY, {"question": "Why?"})
    text = world.text_of(await shown_to(world, world.mira))
    for piece in ("1 reply", "1 vote", "1 suggestion of yours"):
        assert piece in text
    assert "of others" not in text


async def test_the_copy_holds_their_own_rows(world: World) -> None:
    await fill(world, world.guild.id, world.mira.id, 11)
    await fill(world, world.guild.id, world.tom.id, 12)
    got = (await world.mira.click(await shown_to(world, world.mira), label="Get a copy")).response
    assert got.ephemeral
    (file,) = got.attachments
    data = json.loads(await file.read())
    assert set(data) == {"replies", "votes", "proposals"}
    assert "Why 11?" in str(data)
    assert "Why 12?" not in str(data)
    assert str(world.tom.id) not in str(data)


async def test_deleting_asks_first_and_takes_only_theirs_on_this_server(world: World) -> None:
    other = world.env.create_guild("Elsewhere")
    other.add_member(world.mira.user)
    await fill(world, world.guild.id, world.mira.id, 11)
    await fill(world, other.id, world.mira.id, 12)
    await fill(world, world.guild.id, world.tom.id, 13)
    asked = (await world.mira.click(await shown_to(world, world.mira), label="Delete what is kept of me")).response
    assert asked.ephemeral
    assert await kept(world, world.mira) == 6
    done = await world.mira.click(asked, label="Yes, delete it")
    assert "3 records on this server" in done.response.content
    assert [len(rows) for rows in (await world.store.belongings(world.mira.id)).tables.values()] == [1, 1, 1]
    assert await kept(world, world.tom) == 3
    again = await world.mira.click(asked, label="Yes, delete it")
    assert again.response.content == NOTHING


async def test_in_a_direct_message_everything_is_shown_and_goes(world: World) -> None:
    other = world.env.create_guild("Elsewhere")
    other.add_member(world.mira.user)
    await fill(world, world.guild.id, world.mira.id, 11)
    await fill(world, other.id, world.mira.id, 12)
    await fill(world, world.guild.id, world.tom.id, 13)
    shown = await in_private(world, world.mira)
    assert "2 replies" in world.text_of(shown)
    asked = (await world.mira.user.click(shown, label="Delete what is kept of me")).response
    done = await world.mira.user.click(asked, label="Yes, delete it")
    assert "6 records in all servers and direct messages" in done.response.content
    assert await kept(world, world.mira) == 0
    assert await kept(world, world.tom) == 3


async def test_whose_button_it_is_does_not_matter_who_presses_does(world: World) -> None:
    """Custom ids name nobody, so a forged or copied one deletes the presser's own data at most."""
    await fill(world, world.guild.id, world.mira.id, 11)
    await fill(world, world.guild.id, world.tom.id, 13)
    view = discord.ui.View(timeout=None)
    for wish in ("copy", "delete", "sure", f"sure:{world.mira.id}"):
        view.add_item(discord.ui.Button(label=wish, custom_id=f"privacy:{wish}"))
    channel = world.env.bot.get_partial_messageable(world.channel.id, guild_id=world.guild.id)
    message = await channel.send(view=view)
    await world.tom.click(message, custom_id="privacy:sure")
    assert await kept(world, world.tom) == 0
    assert await kept(world, world.mira) == 3


async def test_a_reply_that_was_forgotten_is_too_old_for_votes(world: World) -> None:
    reply = await world.ask(FLOOD)
    asked = (await world.mira.click(await shown_to(world, world.mira), label="Delete what is kept of me")).response
    await world.mira.click(asked, label="Yes, delete it")
    said = (await world.mira.click(reply, label="Helpful")).response
    assert "too old" in said.content


async def test_without_the_embed_permission_it_is_text_that_fits(world: World) -> None:
    await fill(world, world.guild.id, world.mira.id, 11)
    channel = world.guild.create_text_channel(
        "plain", overwrites={world.env.bot.user: discord.PermissionOverwrite(embed_links=False)}
    )
    shown = (await world.mira.slash(channel, "privacy")).response
    assert not shown.embeds
    assert "What I keep" in shown.content
    assert "docs/privacy.md" in shown.content
    assert len(shown.content) <= 2000
