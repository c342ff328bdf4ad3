"""A server's knowledge in numbers and as a picture; entries to check again; weak spots."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from handlers.render import COLOURS
from knowledge.answers import Outcome
from knowledge.curation.items import Edit, ItemKind, State
from knowledge.store.records import Action

if TYPE_CHECKING:
    from tests.handlers.conftest import World  # pyright: ignore[reportMissingImports]
else:
    World = Any

FLOOD = "Why does the river flood every spring?"
MILL = {"question": "How old is the mill?", "answer": "Old.", "claims": ["dam-is-old"]}


async def add(world: World, guild: int, kind: ItemKind, **bodies: dict[str, Any]) -> None:
    edits = [Edit(kind, name.replace("_", "-"), 0, State.LIVE, body) for name, body in bodies.items()]
    await world.store.revisions.commit(guild, 1, Action.ADD, edits)
    await world.services.knowledge.published(guild)


async def run(world: World, who: Any, command: str, **options: Any) -> Any:
    said = world.said(await who.slash(world.channel, f"kb {command}", **options))
    assert said.ephemeral
    return said


def field(message: Any, name: str) -> str:
    (embed,) = message.embeds
    return next(item.value for item in embed.fields if item.name.startswith(name))


class TestStats:
    async def test_the_numbers_are_those_of_this_server(self, world: World, rita: Any) -> None:
        await add(world, world.guild.id, ItemKind.ENTRY, mill=MILL)
        reply = await world.ask(FLOOD)
        await world.ask("zzz qqq xyzzy plugh?")
        await world.tom.click(reply, label="Helpful")
        await world.services.knowledge.counted()
        await world.store.usage.count(world.guild.id + 1, Outcome.ANSWER, "entry:trout")
        said = await run(world, rita, "stats")
        assert "4 entries (1 of this server's own)" in field(said, "What there is")
        assert field(said, "Questions").startswith("2 questions: 1 answered (50%)")
        assert field(said, "Not in the base").startswith("30% of all questions, as it is set")
        assert field(said, "Most used") == f"1 × {FLOOD}"
        assert field(said, "Never used").startswith("3 of 4:")
        assert field(said, "Helpful") == "100% of 1 vote"
        assert field(said, "Verified").startswith("4 of 4 never.")
        assert "1 question without a good answer" in field(said, "Waiting")

    async def test_what_is_asked_tells_how_much_is_not_in_the_base(self, world: World, rita: Any) -> None:
        for number in range(60):
            await world.store.recent.add(world.guild.id, f"zebra number {number} on the motorway of Peru")
        told = field(await run(world, rita, "stats"), "Not in the base")
        assert told.startswith("About ")
        assert "60 different questions" in told
        assert int(told.removeprefix("About ").split("%")[0]) > 50

    async def test_the_picture_shows_what_was_answered(self, world: World, rita: Any) -> None:
        await world.ask(FLOOD)
        await world.services.knowledge.counted()
        said = await run(world, rita, "stats", days=7)
        (file,) = said.attachments
        assert file.description == "Bars of questions over time, so many of them answered: 1 Mar 1 of 1."
        (embed,) = said.embeds
        assert embed.image.url
        image = Image.open(io.BytesIO(await file.read())).convert("RGB")
        colour = COLOURS[Outcome.ANSWER]
        # The bar of the last of seven days, from below to the middle.
        assert image.getpixel((890, 380)) == (colour >> 16, colour >> 8 & 255, colour & 255)
        assert image.getpixel((700, 380)) == (255, 255, 255)

    async def test_a_server_without_a_question(self, world: World, rita: Any) -> None:
        said = await run(world, rita, "stats", days=365)
        assert field(said, "Questions") == "Nobody asked anything."
        assert field(said, "Helpful") == "Nobody has voted yet."


class TestStale:
    async def test_own_entries_never_verified_and_what_expires_come_most_pressing_first(
        self, world: World, rita: Any
    ) -> None:
        assert "Nothing to check" in (await run(world, rita, "stale")).content
        bodies = {
            "mill": MILL,
            "ferry": MILL | {"question": "When does the ferry run?", "expires": "2026-03-05"},
            "boats": MILL | {"question": "Who rents out boats?", "expires": "2026-02-01"},
            "fresh": MILL | {"question": "Who owns the mill?", "verified_on": "2026-02-20"},
        }
        await add(world, world.guild.id, ItemKind.ENTRY, **bodies)
        (embed,) = (await run(world, rita, "stale")).embeds
        assert embed.description == (
            "- Who rents out boats?: expired on 2026-02-01: not answered any more\n"
            "- When does the ferry run?: expires on 2026-03-05\n"
            "- How old is the mill?: never verified"
        )

    async def test_what_is_checked_is_verified_today(self, world: World, rita: Any) -> None:
        await add(world, world.guild.id, ItemKind.ENTRY, mill=MILL)
        shown = await run(world, rita, "stale")
        preview = world.said(await rita.select(shown, ["mill"], custom_id="upkeep:verified"))
        assert "**Verified on 2026-03-01?**\n- How old is the mill?" in preview.content
        await rita.click(preview, label="Publish")
        base = (await world.services.knowledge.of(world.guild.id)).base
        assert base.entries["mill"].verified_on == "2026-03-01"
        assert "Nothing to check" in (await run(world, rita, "stale")).content
        world.clock.pass_days(181)
        assert "verified on 2026-03-01" in world.text_of(await run(world, rita, "stale"))


class TestWeak:
    async def test_each_sort_of_weak_spot_is_named(self, world: World, rita: Any) -> None:
        assert "No weak spots" in (await run(world, rita, "weak")).content
        claim = {"expert": "ada-marsh", "source": "report", "section": "causes"}
        denied = {"text": "Trout have not come back to the upper river.", **claim}
        await add(world, world.guild.id, ItemKind.CLAIM, denied=denied)
        twin = MILL | {"question": "Why is the river flooding every spring?", "phrasings": ["spring floods, why"]}
        await add(world, world.guild.id, ItemKind.ENTRY, twin=twin)
        text = world.text_of(await run(world, rita, "weak"))
        assert f"Why is the river flooding every spring?\n{FLOOD}" in text or f"{FLOOD}\nWhy is the river" in text
        assert "**Contradiction?** Ada Marsh: one of them denies it" in text
        assert "**Used by no entry:** Ada Marsh: Trout have not come back" in text

    async def test_more_than_a_page_can_be_turned(self, world: World, rita: Any) -> None:
        claim = {"expert": "ada-marsh", "source": "report", "section": "causes"}
        words = "pebble willow heron otter reed sluice barge lock weir ford".split()
        claims = {
            f"claim_{number}_{word}": {"text": f"{word} " * 20 + f"{number}.", **claim}
            for number, word in enumerate(words * 3)
        }
        await add(world, world.guild.id, ItemKind.CLAIM, **claims)
        shown = await run(world, rita, "weak")
        assert "page 1 of" in world.text_of(shown)
        await world.restart()
        await rita.click(shown, label="Next")
        assert "page 2 of" in world.text_of(shown.message)


@pytest.mark.parametrize("command", ["stats", "stale", "weak"])
async def test_members_see_none_of_it(world: World, command: str) -> None:
    said = await run(world, world.mira, command)
    assert "Only moderators" in said.content
    assert said.embeds == []
