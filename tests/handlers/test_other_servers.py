"""Another server: its moderators get at nothing of this one, whatever ids they know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest
from permission_tables import AUTOCOMPLETES, Item, use, view_of, with_permission

from knowledge.store.records import Lack, ProposalKind

if TYPE_CHECKING:
    from tests.handlers.conftest import World  # pyright: ignore[reportMissingImports]
else:
    World = Any


@pytest.fixture
async def elsewhere(world: World) -> tuple[Any, Any]:
    """A moderator of another server, and its channel; this server has an own entry, a change and a proposal."""
    manager = with_permission("keeper", manage_guild=True)(world)
    form = await manager.slash(world.channel, "kb edit", item="entry:trout")
    values = {"question": "Where do secret trout live?", "answer": "In a secret place.", "phrasings": ""}
    panel = world.said(await manager.submit_modal(form, values))
    preview = world.said(await manager.click(panel, label="Publish …"))
    await manager.click(preview, label="Publish")
    fields = {"question": "A secret?", "answer": "So.", "source": "A book https://book.example"}
    await world.store.proposals.add(world.guild.id, world.mira.id, ProposalKind.ENTRY, fields)
    await world.store.unanswered.add(world.guild.id, "a secret question", Lack.ABSTAINED, ())
    other = world.env.create_guild("Elsewhere")
    channel = other.create_text_channel("general")
    role = other.create_role("Managers", permissions=discord.Permissions(administrator=True))
    return other.add_member(world.env.create_user("otto"), roles=[role]), channel


async def test_in_no_list_nor_autocomplete(world: World, elsewhere: tuple[Any, Any]) -> None:
    otto, channel = elsewhere
    for name, option in sorted(AUTOCOMPLETES):
        for text in ("", "secret"):
            assert "secret" not in str(await otto.autocomplete(channel, name, option, text)), name
    for name in ("kb log", "kb review", "kb unanswered", "kb stale", "kb weak", "kb stats", "kb export"):
        said = world.said(await otto.slash(channel, name))
        assert "secret" not in world.text_of(said.message), name
    assert "never changed that" in world.said(await otto.slash(channel, "kb history", item="entry:trout")).content


async def test_by_no_id(world: World, elsewhere: tuple[Any, Any]) -> None:
    otto, channel = elsewhere
    (change,) = await world.store.revisions.changes(world.guild.id)
    place = world.env.bot.get_partial_messageable(channel.id)
    tried = {
        f"desk:undo:{change.id}": "no such change",
        "desk:history:0<:entry:trout": "never changed that",
        "review:approve:1": "not there any more",
        "review:edit:1": "not there any more",
        "review:decline:1": "not there any more",
        "asked:write:1": "no longer on the list",
        "asked:dismiss:1": "no longer on the list",
    }
    for custom_id, told in tried.items():
        message = await place.send(view=view_of(Item(custom_id)))
        result = await otto.click(message, custom_id=custom_id)
        said = [*([result.response] if result.response else ()), *result.followups]
        assert any(told in one.content for one in said), custom_id
    revert = Item("desk:revert:entry:trout", ("1",), 3)
    result = await use(otto, await place.send(view=view_of(revert)), revert)
    assert "no such revision" in world.said(result).content
    assert len(await world.store.revisions.changes(world.guild.id)) == 1


async def test_a_preview_is_published_only_where_it_was_made(world: World) -> None:
    user = world.env.create_user("both")
    role = world.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    here = world.guild.add_member(user, roles=[role])
    other = world.env.create_guild("Elsewhere")
    channel = other.create_text_channel("general")
    there = other.add_member(
        user, roles=[other.create_role("Managers", permissions=discord.Permissions(manage_guild=True))]
    )
    preview = world.said(await here.slash(world.channel, "kb retire", item="entry:trout"))
    row: Any = preview.message.components[0]
    custom_id = row.children[0].custom_id
    message = await world.env.bot.get_partial_messageable(channel.id).send(view=view_of(Item(custom_id)))
    assert "has expired" in world.said(await there.click(message, custom_id=custom_id)).content
    assert await world.store.revisions.changes(world.guild.id) == ()
    assert await world.store.revisions.changes(other.id) == ()
