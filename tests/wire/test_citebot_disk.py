"""The whole program while its database's file can be read but not written: a full disk, a limit, another's lock."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
from asyncio.subprocess import Process
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from full_disk import everything, filled_up, held, kept, mounted, without_growth
from moderators import ASKED, LANTERN, added, change, panel_of, published
from test_citebot_health import health
from whole_bot import (
    CONTAINMENT,
    FRANCE,
    IDEOLOGY,
    IDEOLOGY_TITLE,
    READY_WITHIN,
    STRENGTH,
    PersonOpener,
    ask,
    text_of,
    title_of,
)
from whole_program import STOPS_WITHIN, Start, free_port, shown_until, starter

from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json
from bot.local.person import Person, describe_components, is_ephemeral
from knowledge.answerer import Answerer

# What happens to the disk, and what people are told of it.
FULL, LIMITED, LOCKED = "the disk is full", "it cannot be written", "another program holds it"
CANNOT_START = re.compile(r"citebot\.sqlite3 cannot be used: (it cannot be written|the disk is full)\. To do: ")
Trouble = Callable[[Process], AbstractContextManager[None]]
NO_COOLDOWN = {"member": 0, "channel": 0, "repeat": 0}
LATE = 30  # seconds: a change waits for another's lock before it is refused


@pytest.fixture
def folder(tmp_path: Path, trouble: str) -> Iterator[Path]:
    """The program's folder: on a disk of its own where it is to be filled up."""
    if trouble != FULL:
        yield tmp_path
        return
    disk = tmp_path / "disk"
    if (unmount := mounted(disk)) is None:
        pytest.skip("a small disk cannot be mounted here; the same is tried with a limit on the files' size")
    try:
        yield disk
    finally:
        unmount()


def happens(trouble: str, folder: Path) -> Trouble:
    if trouble == FULL:
        return lambda _: filled_up(folder)
    return without_growth if trouble == LIMITED else lambda _: held(folder / "data" / "citebot.sqlite3")


async def preview_of(sam: Person) -> Json:
    """A new entry, ready to be published."""
    form = await sam.dialog(await sam.run("general", "kb add"))
    panel = await panel_of(sam, form, question=LANTERN, answer="At dusk.")
    panel = await change(sam, panel, "Where it stands", "Harbour book", title="Harbour book", url="https://h.example")
    panel = await change(sam, panel, "Who says it", "Ines Roth", name="Ines Roth", role="harbour master")
    return await sam.response(await sam.press(panel, "Publish …"))


async def refused(person: Person, interaction: str, why: str) -> None:
    """The person is told privately, within the time that Discord gives, that it was not done, why, what to do."""
    said = await person.response(interaction, timeout=LATE)
    assert is_ephemeral(said)
    assert why in text_of(said)
    assert "To do:" in text_of(said)


async def until(status: str, port: int) -> Json:
    """What /healthz says once it says this."""
    async with asyncio.timeout(LATE):
        while (told := (await health(port)))[1]["status"] != status:  # noqa: ASYNC110  it is fetched
            await asyncio.sleep(0.1)
    assert told[0] == 200
    return told[1]


def kept_in_copy(file: Path, place: Path) -> dict[str, list[tuple[object, ...]]]:
    """What a database and its log hold, without touching them."""
    for part in (file, file.with_name(f"{file.name}-wal")):
        shutil.copy(part, place)
    return everything(place / file.name)


@pytest.mark.parametrize("trouble", [FULL, LIMITED, LOCKED])
async def test_answers_go_on_changes_are_refused_and_all_is_well_afterwards(
    trouble: str,
    folder: Path,
    local_server: ServerHandle,
    matching_cache: Path,
    answerer: Answerer,  # has filled the cache
    person: PersonOpener,
) -> None:
    start: Start = starter(local_server, folder, matching_cache)
    port, file = free_port(), folder / "data" / "citebot.sqlite3"
    async with (
        person("mira") as mira,
        person("sam") as sam,
        start(health={"port": port}, cooldown=NO_COOLDOWN) as process,
    ):
        await shown_until(process, "Ready as")
        first = await ask(mira, IDEOLOGY)
        preview = await preview_of(sam)
        suggestion = await mira.dialog(await mira.run("general", "suggest"))
        await until("ok", port)
        before = kept(file)
        with happens(trouble, folder)(process):
            for question in (STRENGTH, CONTAINMENT):
                assert title_of(await ask(mira, question)) == question
            assert "The base has no answer" in text_of(await ask(mira, FRANCE))
            told = await mira.response(await mira.run("general", "ask", question=STRENGTH))
            assert title_of(told) == STRENGTH
            vote = await mira.press(first, "Helpful")
            publishing = await sam.press(preview, "Publish")
            await refused(mira, vote, trouble)
            await refused(sam, publishing, trouble)
            sent = await mira.submit(suggestion, question="Who rows?", answer="Ada.", source="Book", expert="Ed")
            await refused(mira, sent, trouble)
            degraded = await until("degraded", port)
            assert trouble in " ".join(degraded["problems"])
            assert title_of(await ask(mira, IDEOLOGY)) == IDEOLOGY_TITLE
            assert kept(file) == before
        await until("ok", port)  # by itself: nobody asks or changes anything
        assert "It is answered from now on" in await published(sam, preview)
        assert title_of(await ask(mira, ASKED)) == LANTERN
        await mira.response(await mira.press(first, "Helpful"))
        after = kept(file)
        assert (after["votes"], after["changes"]) == (before["votes"] + 1, before["changes"] + 1)
        assert after["proposals"] == before["proposals"]


@pytest.mark.parametrize("trouble", [FULL, LIMITED, LOCKED])
async def test_deleting_ones_data_and_setting_up_are_refused_whole(
    trouble: str,
    folder: Path,
    local_server: ServerHandle,
    matching_cache: Path,
    answerer: Answerer,
    person: PersonOpener,
) -> None:
    start: Start = starter(local_server, folder, matching_cache)
    file = folder / "data" / "citebot.sqlite3"
    async with person("mira") as mira, person("sam") as sam, start() as process:
        await shown_until(process, "Ready as")
        first = await ask(mira, IDEOLOGY)
        await mira.response(await mira.press(first, "Helpful"))
        shown = await mira.response(await mira.run("general", "privacy"))
        sure = await mira.response(await mira.press(shown, "Delete what is kept of me"))
        panel = await sam.response(await sam.run("general", "kb setup"))
        offered = await sam.response(await sam.run("general", "kb setup"))
        await sam.choose(offered, select="desk:setup-packs:")
        offered = await sam.changed(offered, lambda message: "Publish this?" in text_of(message))
        before = everything(file)
        with happens(trouble, folder)(process):
            await refused(mira, await mira.press(sure, "Yes, delete it"), trouble)
            await refused(sam, await sam.press(panel, "Switch reminders off"), trouble)
            await refused(sam, await sam.press(offered, "Publish"), trouble)
            assert everything(file) == before
        told = text_of(await mira.response(await mira.press(sure, "Yes, delete it")))
        assert "Done: you are gone from 2 records" in told
        assert mira.me["id"] not in str(everything(file))
        await sam.press(panel, "Switch reminders off")
        await sam.changed(panel, lambda message: "Switch reminders on" in describe_components(message))
        await sam.press(offered, "Publish")
        await sam.changed(offered, lambda message: "Packs that hold here: none" in text_of(message))


@pytest.mark.parametrize("trouble", [LOCKED])
async def test_while_another_program_holds_the_file_it_still_stops_in_time(
    folder: Path, local_server: ServerHandle, matching_cache: Path, answerer: Answerer, person: PersonOpener
) -> None:
    start: Start = starter(local_server, folder, matching_cache)
    async with person("mira") as mira, start() as process:
        await shown_until(process, "Ready as")
        with held(folder / "data" / "citebot.sqlite3"):
            for question in (STRENGTH, CONTAINMENT, FRANCE, IDEOLOGY):
                await ask(mira, question)
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(STOPS_WITHIN):
                _, err = await process.communicate()
        assert process.returncode == 0
        assert "Traceback" not in err.decode()


@pytest.mark.parametrize("trouble", [FULL])
async def test_on_a_full_disk_it_says_so_instead_of_starting_and_starts_once_there_is_room(
    folder: Path, local_server: ServerHandle, matching_cache: Path, answerer: Answerer
) -> None:
    start: Start = starter(local_server, folder, matching_cache)
    async with start() as process:
        await shown_until(process, "Ready as")
        process.send_signal(signal.SIGTERM)
        await process.communicate()
    with filled_up(folder):
        async with start() as process:
            async with asyncio.timeout(READY_WITHIN):
                _, err = await process.communicate()
            assert process.returncode == 2
            (line,) = err.decode().splitlines()
            assert CANNOT_START.search(line)
            assert "space" in line
    async with start() as process:
        await shown_until(process, "Ready as")
        assert kept(folder / "data" / "citebot.sqlite3")  # the file is whole


@pytest.mark.parametrize("trouble", [FULL])
async def test_killed_and_started_on_a_full_disk_it_has_all_that_its_log_holds(
    tmp_path: Path,
    folder: Path,
    local_server: ServerHandle,
    matching_cache: Path,
    answerer: Answerer,
    person: PersonOpener,
) -> None:
    start: Start = starter(local_server, folder, matching_cache)
    file = folder / "data" / "citebot.sqlite3"
    async with person("mira") as mira, person("sam") as sam:
        async with start() as process:
            await shown_until(process, "Ready as")
            assert "It is answered from now on" in await added(sam)
            first = await ask(mira, IDEOLOGY)
            await mira.response(await mira.press(first, "Helpful"))
            process.kill()
            await process.wait()
        log = file.with_name("citebot.sqlite3-wal")
        assert log.stat().st_size > file.stat().st_size
        held_by_log = kept_in_copy(file, tmp_path)
        with filled_up(folder):
            async with start(cooldown=NO_COOLDOWN) as process:
                await shown_until(process, "Ready as")
                # The log has told it all; where it has room for no more, that is told as at any other time.
                assert title_of(await ask(mira, ASKED)) == LANTERN
                await refused(mira, await mira.press(first, "Not helpful"), FULL)
                unnoted = await mira.press(await ask(mira, STRENGTH), "Helpful")
                assert "or I could not note it" in text_of(await mira.response(unnoted, timeout=LATE))
                process.kill()
                await process.wait()
        # Without room for the file beside the log it cannot even be read.
        file.with_name("citebot.sqlite3-shm").unlink()
        with filled_up(folder):
            async with start() as process:
                async with asyncio.timeout(READY_WITHIN):
                    _, err = await process.communicate()
            assert process.returncode == 2
            (line,) = err.decode().splitlines()
            assert CANNOT_START.search(line)
        async with start() as process:
            await shown_until(process, "Ready as")
            assert everything(file) == held_by_log
            assert title_of(await ask(mira, ASKED)) == LANTERN
