"""Stopping while the bot is still starting: nobody waits for an index that nobody will ask."""

from __future__ import annotations

import asyncio
import os
import signal
import weakref
from pathlib import Path
from typing import Any

import pytest

from bot.client import Citebot
from bot.config import load_config
from bot.running import open_services, stop_on_signals, utc_now
from handlers.services import HandlerSettings, Services
from knowledge.answerer import Answerer
from knowledge.curation.items import Edit, ItemKind, State
from knowledge.errors import EncoderError
from knowledge.matching.vectorcache import VectorCache
from knowledge.packs import load_base
from knowledge.store.records import Action


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal handlers on the loop")
async def test_a_signal_while_the_base_is_opened_ends_quietly(folder: Path, pack: Path) -> None:
    (folder / "config.yaml").write_text(f"packs: ['{pack}']\nmatching: {{encoder: none}}\n", encoding="utf-8")
    stop = asyncio.Event()
    opened = False
    with stop_on_signals(stop):
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGINT)
        async with open_services(load_config(), state_dir=folder / "state", stop=stop):
            opened = True
    assert not opened


async def test_a_servers_own_knowledge_is_there_before_and_after_the_sentence_vectors(folder: Path, pack: Path) -> None:
    (folder / "config.yaml").write_text(f"packs: ['{pack}']\n", encoding="utf-8")
    mill = {"question": "Who owns the mill?", "answer": "The village does.", "claims": ["dam-is-old"]}
    edits = [Edit(ItemKind.ENTRY, "mill", 0, State.LIVE, mill)]
    for start in ("first", "second"):
        async with open_services(load_config(), state_dir=folder / "state", stop=asyncio.Event()) as services:
            knowledge = services.knowledge
            if start == "first":
                assert knowledge.current().matcher.encoder is None
                await services.store.revisions.commit(1, 7, Action.ADD, edits)
                assert await knowledge.published(1)
                assert (await knowledge.ask(1, "who owns the mill")).body == "The village does."
            async with asyncio.timeout(30):
                while (await knowledge.of(1)).matcher.encoder is None:  # noqa: ASYNC110  nobody is told
                    await asyncio.sleep(0.02)
            assert (await knowledge.ask(1, "who owns the mill")).body == "The village does."
            assert (await knowledge.ask(2, "who owns the mill")).body != "The village does."
    assert len([*(folder / "data" / "cache" / "servers" / "1").iterdir()]) == 1


async def test_the_index_by_spelling_is_let_go_once_the_whole_one_serves(folder: Path, pack: Path) -> None:
    (folder / "config.yaml").write_text(f"packs: ['{pack}']\n", encoding="utf-8")
    async with open_services(load_config(), state_dir=folder / "state", stop=asyncio.Event()) as services:
        first = weakref.ref(services.knowledge.current().matcher)
        async with asyncio.timeout(30):
            while services.knowledge.current().matcher.encoder is None:  # noqa: ASYNC110  nobody is told
                await asyncio.sleep(0.02)
            while first() is not None:  # noqa: ASYNC110  nor of this
                await asyncio.sleep(0.02)


def test_an_index_in_the_making_is_given_up(tmp_path: Path, pack: Path) -> None:
    cache = VectorCache(tmp_path)
    cache.stop()
    with pytest.raises(EncoderError, match="the bot is stopping"):
        Answerer.build(load_base([str(pack)]), encoder=None, cache=cache)
    assert list(tmp_path.glob("*.npz")) == []


class SlowStore:
    """A store whose clearing takes a moment to give up, as a database does in the middle of a write."""

    begun: asyncio.Event
    ended = False

    async def purge(self) -> int:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(1000):
                await asyncio.sleep(0)
            self.ended = True
        return 0


async def test_leaving_waits_for_the_clearing_that_is_under_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ready() -> None: ...

    store: Any = SlowStore()
    store.begun = asyncio.Event()
    knowledge: Any = None
    services = Services(knowledge, store, utc_now, HandlerSettings())
    bot = Citebot(services, load_config().discord, state_file=folder / "commands.json")
    monkeypatch.setattr(bot, "wait_until_ready", ready)
    async with bot, asyncio.timeout(30):
        vars(bot)["_purge"].start()
        await store.begun.wait()
    assert store.ended
