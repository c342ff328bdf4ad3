"""Hostile words through the real handlers: each gets an answer or a clear word, nothing pings, nothing fails."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from hostile_texts import TEXTS
from permission_tables import ITEMS, with_permission

# The fixtures of conftest.py, whose handles simcord types too narrowly for a chain of actions.
World = Any

SHORT = [text for text in TEXTS if text.strip() and len(text) <= 500 and "\ud800" not in text]


def assert_quiet(world: World) -> None:
    """No message of the bot's may ping anybody, whatever stands in it."""
    bodies: list[Any] = [body.get("data", body) for body in world.sent()]
    messages: list[Any] = [body for body in bodies if "content" in body or "embeds" in body]
    assert messages
    for body in messages:
        allowed: Any = body.get("allowed_mentions") or {"parse": []}
        assert not allowed.get("parse"), body
        assert not allowed.get("roles"), body
        assert "Something went wrong" not in str(body), body
    for message in world.bots:
        assert world.pings(message) == []


async def test_asked_in_a_message(world: World) -> None:
    for text in SHORT:
        await world.mira.send(world.channel, f"{world.me} {text}")
    assert len(world.bots) >= len(SHORT) - 3
    assert_quiet(world)


async def test_every_option_of_browsing_and_asking(world: World) -> None:
    for text in [*TEXTS[:6], *TEXTS[16:24], "a" * 6000]:
        for command, option in (("ask", "question"), ("expert", "name"), ("claims", "topic"), ("claims", "text")):
            if command == "claims" and len(text) > 60:
                continue  # Discord does not take it
            said = (await world.mira.slash(world.channel, command, **{option: text})).response
            assert said is not None, (command, text)
            assert "Something went wrong" not in said.content, (command, text)
    assert_quiet(world)


@pytest.mark.parametrize("text", [text for text in SHORT if len(text) <= 200][::3], ids=lambda text: ascii(text[:20]))
async def test_suggested_it_waits_for_a_moderator_as_it_was_written(world: World, text: str) -> None:
    form = await world.mira.slash(world.channel, "suggest")
    values = {"question": text, "answer": text, "source": f"{text} https://x.example"}
    named = {label["component"]["custom_id"] for label in form.modal["components"]}
    said = await world.mira.submit_modal(form, {name: values.get(name, "") for name in named})
    assert said.response is not None
    assert "Something went wrong" not in said.response.content
    rita = with_permission("keeper", manage_guild=True)(world)
    shown = (await rita.slash(world.channel, "kb review")).response
    assert "Something went wrong" not in shown.content
    assert_quiet(world)


FORGED = (
    "",
    "0",
    "-1",
    "9" * 19,
    "9" * 30,
    "1:2:3:4",
    "entry:",
    "entry:nowhere",
    "../../x",
    "%00",
    "<@1>",
    "١",
    "a" * 60,
    ":",
)


async def test_forged_custom_ids_change_nothing_and_fail_kindly(world: World) -> None:
    """A client may send any custom id that it likes: by members and by moderators, of every kind."""
    rita = with_permission("keeper", manage_guild=True)(world)
    place = world.env.bot.get_partial_messageable(world.channel.id, guild_id=world.guild.id)
    known = [item for items in ITEMS.values() for item in items.values() if item.kind == 2]
    prefixes = {":".join(item.custom_id.split(":")[:2]) for item in known}
    prefixes |= {"cite:sources", "cite:page", "cite:pick", "cite:wrong", "cite:remove", "cite:helpful", "cite:none"}
    prefixes |= {"page:experts", "page:expert", "page:claims", "privacy:copy"}
    before = await world.store.guilds.all()
    for prefix in sorted(prefixes):
        for forged in FORGED:
            view = discord.ui.View(timeout=None)
            view.add_item(discord.ui.Button(label="x", custom_id=f"{prefix}:{forged}"[:100]))
            message = await place.send(view=view)
            for who in (world.tom, rita):
                try:
                    result = await who.click(message, custom_id=f"{prefix}:{forged}"[:100])
                except AssertionError:
                    continue  # nothing of ours answers to it
                said = [*([result.response] if result.response else ()), *result.followups]
                assert not [one.content for one in said if one.content and "Something went wrong" in one.content], (
                    prefix,
                    forged,
                )
    assert await world.store.revisions.changes(world.guild.id) == ()
    assert await world.store.guilds.all() == before


async def test_nobody_acts_on_anothers_reply_through_a_message_of_their_own(world: World) -> None:
    reply = await world.ask("Why does the river flood every spring?")
    for custom_id in ("cite:remove", f"cite:remove:{reply.id}", "cite:none", f"cite:pick:entry:trout:{reply.id}"):
        place = world.env.bot.get_partial_messageable(world.channel.id, guild_id=world.guild.id)
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="x", custom_id=custom_id))
        await world.tom.click(await place.send(view=view), custom_id=custom_id)
    assert world.fresh(reply).embeds[0].title == "Why does the river flood every spring?"
    assert await world.store.reply(reply.id) is not None
