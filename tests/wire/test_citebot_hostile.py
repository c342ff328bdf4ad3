"""Files that are made to harm, handed to the whole bot over the wire: refused in words while it goes on answering."""

from __future__ import annotations

import psutil
import pytest
from hostile_files import CSV, YAML
from whole_bot import IDEOLOGY, IDEOLOGY_TITLE, Running, ask, text_of, title_of

from bot.local.person import Person, RefusedError, is_ephemeral

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("citebot")]

PATIENCE = 60  # seconds; generous: the machine may be busy
MORE = 150
"""MB of the bot's process above what it had before."""
HUGE = "fifty megabytes"


@pytest.mark.parametrize("what", [name for name in YAML if name != HUGE])
async def test_a_hostile_file_is_refused_in_words(citebot: Running, mira: Person, sam: Person, what: str) -> None:
    await assert_refused(citebot, mira, sam, "knowledge.yaml", YAML[what][0]())


@pytest.mark.parametrize("what", [name for name in CSV if name != HUGE])
async def test_a_hostile_table_is_refused_in_words(citebot: Running, mira: Person, sam: Person, what: str) -> None:
    await assert_refused(citebot, mira, sam, "table.csv", CSV[what][0]())


async def test_what_is_larger_than_is_read_is_not_even_fetched(mira: Person, sam: Person) -> None:
    for name, size in (("large.yaml", 9_000_000), ("large.csv", 3_000_000)):
        said = await sam.response(await sam.run("general", "kb import", file=(name, b"x" * size)))
        assert "at most" in text_of(said)
    with pytest.raises(RefusedError):
        await sam.run("general", "kb import", file=("huge.yaml", b"x" * 11_000_000))
    assert title_of(await ask(mira, IDEOLOGY)) == IDEOLOGY_TITLE


async def assert_refused(citebot: Running, mira: Person, sam: Person, name: str, content: bytes) -> None:
    before = psutil.Process().memory_info().rss
    said = await sam.response(await sam.run("general", "kb import", file=(name, content)), timeout=PATIENCE)
    assert is_ephemeral(said)
    assert "Nothing was imported" in text_of(said)
    assert name in text_of(said)
    assert "Traceback" not in text_of(said)
    assert psutil.Process().memory_info().rss < before + MORE * 2**20
    assert await citebot.services.store.revisions.changes(int(sam.hello["guild"]["id"])) == ()
    assert title_of(await ask(mira, IDEOLOGY)) == IDEOLOGY_TITLE
