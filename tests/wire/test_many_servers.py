"""Two hundred servers with knowledge of their own: memory, and the wait for a first answer. For `make soak`."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from load import machine, quantile

from knowledge.answerer import Answerer
from knowledge.answers import Outcome
from knowledge.curation.items import Edit, ItemKind, State
from knowledge.guilds import MOST, GuildKnowledge
from knowledge.matching.vectorcache import VectorCache
from knowledge.store import Store
from knowledge.store.records import Action

SERVERS, ENTRIES = 200, 300
THINGS = "mill bridge ferry weir dam quarry orchard chapel school harbour tower market garden station museum".split()
ASKED = "Who built the {} of year {}?", "When was the {} of year {} made?", "How large is the {} of year {}?"


def entries(claim: str) -> list[Edit]:
    """A server's own entries. All servers have the same, so that their sentence vectors are made once."""
    made: list[Edit] = []
    for number in range(ENTRIES):
        question = ASKED[number % len(ASKED)].format(THINGS[number % len(THINGS)], 1500 + number)
        body = {"question": question, "answer": f"Answer number {number}.", "claims": [claim]}
        made.append(Edit(ItemKind.ENTRY, f"own-{number}", 0, State.LIVE, body))
    return made


@pytest.mark.soak
async def test_memory_is_bounded_and_a_first_answer_comes_soon(answerer: Answerer, tmp_path: Path) -> None:
    process, claim = psutil.Process(), next(iter(answerer.base.claims))
    vectors = VectorCache(tmp_path / "vectors")
    memory: list[float] = []
    cold: list[float] = []
    with ThreadPoolExecutor(4) as executor:
        async with Store.open(tmp_path / "citebot.sqlite3", clock=lambda: datetime.now(UTC)) as store:
            for server in range(SERVERS):
                await store.revisions.commit(server + 1, 7, Action.IMPORT, entries(claim))
            async with GuildKnowledge(
                answerer, store, clock=lambda: datetime.now(UTC), executor=executor, cache=lambda _: vectors
            ) as knowledge:
                before = process.memory_info().rss / 2**20
                for server in range(SERVERS):
                    began = time.perf_counter()
                    answer = await knowledge.ask(server + 1, "who built the mill of year 1500")
                    cold.append(time.perf_counter() - began)
                    memory.append(process.memory_info().rss / 2**20)
                    assert answer.outcome is Outcome.ANSWER
                    assert answer.candidate_id == "entry:own-0"
                began = time.perf_counter()
                await knowledge.ask(SERVERS, "who built the mill of year 1500")
                warm = time.perf_counter() - began
    print(
        f"\n{SERVERS} servers with {ENTRIES} entries each, {MOST} in memory at once; {machine()}\n"
        f"memory {before:.0f} MB before, {memory[MOST - 1]:.0f} MB with {MOST} servers "
        f"({(memory[MOST - 1] - before) / MOST:.1f} MB each), {memory[-1]:.0f} MB after all {SERVERS}\n"
        f"first answer of a server p50 {quantile(cold[1:], 0.5) * 1000:.0f} ms, "
        f"p99 {quantile(cold[1:], 0.99) * 1000:.0f} ms; the next {warm * 1000:.0f} ms"
    )
    assert memory[-1] < memory[MOST - 1] * 1.15
