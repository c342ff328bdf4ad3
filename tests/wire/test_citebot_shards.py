"""Two clients of one bot, each with a shard of its own: every question is answered by one of them, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from whole_bot import FRANCE, IDEOLOGY, IDEOLOGY_TITLE, PersonOpener, RunCitebot, ask, replies_to, title_of

from bot.config import load_config
from knowledge.errors import ConfigError


async def test_each_server_is_answered_by_the_process_that_has_its_shard(
    run_citebot: RunCitebot, person: PersonOpener, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
    async with (
        person("mira") as mira,
        run_citebot(folders[0], shards=2, shard_ids=[0]) as first,
        run_citebot(folders[1], shards=2, shard_ids=[1]) as second,
    ):
        assert sorted([*first.bot.connection.shards, *second.bot.connection.shards]) == [0, 1]
        guild = int(mira.hello["guild"]["id"])
        holds = [guild in {known.id for known in running.bot.guilds} for running in (first, second)]
        assert sorted(holds) == [False, True]
        assert holds.index(True) == (guild >> 22) % 2
        question = await mira.say("general", f"{mira.bot_mention} {IDEOLOGY}")
        assert title_of(await mira.answer_to(question)) == IDEOLOGY_TITLE
        await ask(mira, FRANCE)
        assert len(replies_to(mira, question)) == 1


def test_a_shard_that_there_is_not_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("discord: {shards: 2, shard_ids: [2]}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"discord\.shard_ids: names 2, but discord\.shards is 2"):
        load_config(file)
