"""The whole program while its PostgreSQL server is gone for a while, stopped as if its machine had lost power."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from moderators import ASKED, LANTERN, published
from own_postgres import own_postgres
from test_citebot_disk import NO_COOLDOWN, preview_of, refused, until
from whole_bot import CONTAINMENT, IDEOLOGY, IDEOLOGY_TITLE, STRENGTH, PersonOpener, ask, text_of, title_of
from whole_program import STOPS_WITHIN, Start, free_port, shown_until, starter

from bot.local.handle import ServerHandle
from knowledge.answerer import Answerer


async def test_answers_go_on_changes_are_refused_and_all_is_well_once_it_is_back(
    local_server: ServerHandle, tmp_path: Path, matching_cache: Path, answerer: Answerer, person: PersonOpener
) -> None:
    start: Start = starter(local_server, tmp_path, matching_cache)
    port = free_port()
    with own_postgres() as database:
        environment = {"CITEBOT_DATABASE": database.url()}
        async with (
            person("mira") as mira,
            person("sam") as sam,
            start(environment=environment, health={"port": port}, cooldown=NO_COOLDOWN) as process,
        ):
            await shown_until(process, "Ready as")
            first = await ask(mira, IDEOLOGY)
            preview = await preview_of(sam)
            await until("ok", port)
            database.stop()
            try:
                for question in (STRENGTH, CONTAINMENT):
                    assert title_of(await ask(mira, question)) == question
                assert title_of(await mira.response(await mira.run("general", "ask", question=STRENGTH))) == STRENGTH
                await refused(mira, await mira.press(first, "Helpful"), "The database postgresql")
                await refused(sam, await sam.press(preview, "Publish"), "The database postgresql")
                assert "The database postgresql" in " ".join((await until("degraded", port))["problems"])
                assert title_of(await ask(mira, IDEOLOGY)) == IDEOLOGY_TITLE
            finally:
                database.start()
            await until("ok", port)
            assert "It is answered from now on" in await published(sam, preview)
            assert title_of(await ask(mira, ASKED)) == LANTERN
            assert "Counted as helpful" in text_of(await mira.response(await mira.press(first, "Helpful")))
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(STOPS_WITHIN):
                _, err = await process.communicate()
            assert process.returncode == 0
            assert "Traceback" not in err.decode()
