"""Stopping while the bot is still starting: nobody waits for an index that nobody will ask."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from bot.config import load_config
from bot.running import open_services, stop_on_signals
from knowledge.answerer import Answerer
from knowledge.errors import EncoderError
from knowledge.matching.vectorcache import VectorCache
from knowledge.packs import load_base


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


def test_an_index_in_the_making_is_given_up(tmp_path: Path, pack: Path) -> None:
    cache = VectorCache(tmp_path)
    cache.stop()
    with pytest.raises(EncoderError, match="the bot is stopping"):
        Answerer.build(load_base([str(pack)]), encoder=None, cache=cache)
    assert list(tmp_path.glob("regression*")) == []
