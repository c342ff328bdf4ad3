"""A server's knowledge leaves as a file and comes into a server that has none, with the whole bot over the wire."""

from __future__ import annotations

from pathlib import Path

from moderators import ASKED, LANTERN, added, exported, published
from whole_bot import PersonOpener, RunCitebot, ask, text_of, title_of


async def test_an_empty_server_takes_the_file_and_gives_the_same_back(
    run_citebot: RunCitebot, person: PersonOpener, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("here", "there")]
    for folder in folders:
        folder.mkdir()
    async with person("sam") as sam:
        async with run_citebot(folders[0]):
            await added(sam)
            file = await exported(sam)
            assert LANTERN.encode() in file
        async with run_citebot(folders[1]):
            assert "The base has no answer" in text_of(await ask(sam, ASKED))
            used = await sam.run("general", "kb import", file=("server.yaml", file))
            preview = await sam.response(used)
            assert "Import server.yaml?" in text_of(preview)
            assert "Imported server.yaml" in await published(sam, preview)
            assert title_of(await ask(sam, ASKED)) == LANTERN
            assert await exported(sam) == file
