"""A server's knowledge out as a file, and in from one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest

from knowledge.answers import Outcome
from knowledge.curation.importing import MAX_BYTES
from knowledge.store.records import Action

if TYPE_CHECKING:
    from tests.handlers.conftest import World  # pyright: ignore[reportMissingImports]
else:
    World = Any

FLOOD = "Why does the river flood every spring?"
TABLE = (
    "mill.csv",
    b"question,answer,source,expert\n"
    b"How old is the mill?,It was built before 1700.,Mills of the valley https://mills.example/book,Ed Eker\n",
)
PACK = b"""\
pack: {id: server, title: Ours, about: the river, builds_on: [river]}
overrides:
  entries:
    - id: why-floods
      question: Why does the river flood every spring?
      answer: Because the snow melts.
      claims: [snow-melts]
hidden:
  entries: [pike]
"""


async def bring_in(world: World, who: Any, name: str, data: bytes, **more: Any) -> Any:
    return world.said(await who.slash(world.channel, "kb import", file=(name, data), **more))


async def export(world: World, who: Any, channel: Any = None) -> bytes:
    said = world.said(await who.slash(channel or world.channel, "kb export"))
    assert said.ephemeral
    (file,) = said.attachments
    assert file.filename.endswith(".yaml")
    return await file.read()


async def answered(world: World, text: str) -> str:
    answer = await world.services.knowledge.ask(world.guild.id, text, count=False)
    return answer.body if answer.outcome is Outcome.ANSWER else ""


async def test_a_table_is_previewed_published_and_answered(world: World, rita: Any) -> None:
    await world.store.recent.add(world.guild.id, "how old is the mill")
    preview = await bring_in(world, rita, *TABLE)
    assert preview.ephemeral
    assert "- new: 5 (entry `how-old-is-the-mill`, expert `ed-eker`" in preview.content
    assert "1 newly answered" in preview.content
    assert await answered(world, "How old is the mill?") == ""
    await rita.click(preview, label="Publish")
    assert "Imported mill.csv: 5 new" in preview.message.content
    assert await answered(world, "How old is the mill?") == "It was built before 1700."
    (change,) = await world.store.revisions.changes(world.guild.id)
    assert (change.action, change.who, change.note) == (Action.IMPORT, rita.id, "mill.csv")


async def test_what_the_packs_say_is_worded_anew_and_hidden(world: World, rita: Any) -> None:
    preview = await bring_in(world, rita, "ours.yaml", PACK)
    assert "- changed: 1 (entry `why-floods`)\n- of a pack, hidden here: 1 (entry `pike`)" in preview.content
    await rita.click(preview, label="Publish")
    assert "Imported ours.yaml: 1 changed, 1 hidden" in preview.message.content
    assert await answered(world, FLOOD) == "Because the snow melts."
    base = (await world.services.knowledge.of(world.guild.id)).base
    assert "pike" not in base.entries


async def test_export_then_import_elsewhere_then_export_is_the_same_file(world: World, rita: Any) -> None:
    for name, data in (TABLE, ("ours.yaml", PACK)):
        await rita.click(await bring_in(world, rita, name, data), label="Publish")
    exported = await export(world, rita)
    assert str(rita.id).encode() not in exported
    other = world.env.create_guild("Lake folk")
    room = other.create_text_channel("general")
    role = other.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    lena = other.add_member(world.env.create_user("lena"), roles=[role])
    assert b"mill" not in await export(world, lena, room)
    preview = world.said(await lena.slash(room, "kb import", file=("river-folk.yaml", exported)))
    await lena.click(preview, label="Publish")
    assert await export(world, lena, room) == exported
    again = world.said(await lena.slash(room, "kb import", file=("river-folk.yaml", exported)))
    assert "has all of it already" in again.content


async def test_of_files_two_at_a_time_wait_to_be_published(world: World, rita: Any) -> None:
    first = await bring_in(world, rita, "ours.yaml", PACK)
    await bring_in(world, rita, "ours.yaml", PACK)
    second = await bring_in(world, rita, *TABLE)
    assert "expired" in world.said(await rita.click(first, label="Publish")).content
    assert await world.store.revisions.changes(world.guild.id) == ()
    await rita.click(second, label="Publish")
    assert await answered(world, "How old is the mill?") == "It was built before 1700."


async def test_replacing_takes_away_what_the_file_does_not_have(world: World, rita: Any) -> None:
    await rita.click(await bring_in(world, rita, *TABLE), label="Publish")
    preview = await bring_in(world, rita, "ours.yaml", PACK, replace=True)
    assert "- taken away: 5" in preview.content
    await rita.click(preview, label="Publish")
    assert await answered(world, "How old is the mill?") == ""
    assert await answered(world, FLOOD) == "Because the snow melts."


async def test_conflicts_are_told_with_their_lines_and_nothing_goes_in(world: World, rita: Any) -> None:
    said = await bring_in(world, rita, "ours.yaml", PACK.replace(b"[pike]", b"[perch, pike]"))
    assert "Nothing was imported: ours.yaml has 1 conflict." in said.content
    assert "ours.yaml:9: hidden.entries" in said.content
    assert "Publish" not in world.buttons(said.message)
    assert await world.store.revisions.changes(world.guild.id) == ()


async def test_many_conflicts_are_attached(world: World, rita: Any) -> None:
    many = ", ".join(f"perch-{number}" for number in range(100))
    said = await bring_in(world, rita, "ours.yaml", PACK.replace(b"[pike]", f"[{many}]".encode()))
    (file,) = said.attachments
    assert len((await file.read()).decode().splitlines()) == 100


async def test_changed_meanwhile_nothing_of_it_goes_in(world: World, rita: Any) -> None:
    first = await bring_in(world, rita, "ours.yaml", PACK)
    second = await bring_in(world, rita, "ours.yaml", PACK.replace(b"the snow melts", b"it rains"))
    await rita.click(first, label="Publish")
    late = await rita.click(second, label="Publish")
    assert "Somebody else has changed this" in late.followups[-1].content
    yours = next(embed for embed in late.followups[-1].embeds if "Yours" in str(embed.description))
    assert "it rains" in str(yours.description).replace("*", "")  # what differs is bold
    assert await answered(world, FLOOD) == "Because the snow melts."


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("notes.txt", b"hello", "neither a YAML file"),
        ("broken.yaml", b"entries: [", "conflict"),
        ("empty.csv", b"", "conflict"),
        ("latin.csv", "question,answer,source\nWo?,Köln,x\n".encode("latin-1"), "UTF-8"),
        ("large.yaml", b"#" * (MAX_BYTES + 1), "8,000,000 are read"),
    ],
)
async def test_what_cannot_be_read_says_why(world: World, rita: Any, name: str, data: bytes, told: str) -> None:
    said = await bring_in(world, rita, name, data)
    assert said.ephemeral
    assert told in said.content
    assert await world.store.revisions.changes(world.guild.id) == ()


async def test_members_get_and_bring_nothing(world: World) -> None:
    for command, options in (("kb export", {}), ("kb import", {"file": TABLE})):
        said = world.said(await world.mira.slash(world.channel, command, **options))
        assert said.ephemeral
        assert "Only moderators" in said.content
        assert said.attachments == []
