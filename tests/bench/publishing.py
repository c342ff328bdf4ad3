"""How long after a moderator's change its answer is there: over the shipped pack, with 500 phrasings of a server's own.

usage: python tests/bench/publishing.py [--changes N] [--database URL]

Prints milliseconds from the beginning of the commit, and from its end, until the change serves and has answered
a question. Ends with 1 where the 95th percentile from the end is above the aim.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from figures import Figure, Section, percentile

from bot.quiet import Quiet
from bot.settings import DEFAULT_PACK
from knowledge.answerer import Answerer
from knowledge.curation.items import Edit, ItemKind, State
from knowledge.guilds import GuildKnowledge
from knowledge.matching.encoder import Encoder
from knowledge.matching.vectorcache import VectorCache
from knowledge.packs import load_base
from knowledge.store import Store
from knowledge.store.records import Action

AIM = 300.0
SERVER, MODERATOR = 1, 7
ENTRIES, PHRASINGS = 100, 5
THINGS = "mill bridge ferry weir dam quarry orchard chapel school harbour".split()
ASKED = ("who built the {0}", "when was the {0} made", "is the {0} still in use", "how large is the {0}")


def main() -> int:
    """Measure and print; 0 within the aim."""
    parser = argparse.ArgumentParser(description="Measure how soon a change is answered.")
    parser.add_argument("--changes", type=int, default=60, metavar="N", help="changes to publish (default: 60)")
    parser.add_argument("--database", metavar="URL", help="an empty PostgreSQL database (default: a file)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="citebot-bench-") as folder:
        whole, served = asyncio.run(measure(Path(folder), args.changes, args.database))
    for name, times in (("from the commit's beginning", whole), ("from its end", served)):
        print(f"{name}: median {percentile(times, 50):.0f} ms, p95 {percentile(times, 95):.0f} ms")
    return int(percentile(served, 95) > AIM)


def publishing_section(folder: Path) -> Section:
    """From a change's being saved to its being answered."""
    folder.mkdir()
    _, served = asyncio.run(measure(folder, 60, None))
    return Section(
        f"Change saved to change answered ({len(served)} changes, {ENTRIES * PHRASINGS} phrasings of the server's own)",
        [
            Figure("p50", percentile(served, 50), "ms"),
            Figure("p95", percentile(served, 95), "ms", AIM),
        ],
    )


async def measure(folder: Path, changes: int, database: str | None) -> tuple[list[float], list[float]]:
    """Publish changes one after the other; milliseconds until each is answered."""
    quiet, encoder, base = Quiet(), Encoder.bundled(), load_base([DEFAULT_PACK])
    with quiet.making():
        answerer = Answerer.build(base, encoder=encoder, cache=VectorCache(folder / "vectors"))
    claim = next(iter(base.claims))
    whole: list[float] = []
    served: list[float] = []

    def clock() -> datetime:
        return datetime.now(UTC)

    with quiet.handing_over(), ThreadPoolExecutor(4) as executor:
        async with (
            Store.open(database or folder / "store.sqlite3", clock=clock) as store,
            GuildKnowledge(
                answerer,
                store,
                clock=clock,
                executor=executor,
                cache=lambda guild: VectorCache(folder / "servers" / str(guild)),
            ) as knowledge,
        ):
            await store.revisions.commit(SERVER, MODERATOR, Action.IMPORT, _entries(claim))
            await knowledge.published(SERVER)
            for number in range(changes):
                thing = f"{THINGS[number % len(THINGS)]} of year {1500 + number}"
                question, painter = f"Who paints the {thing}?", f"Painter {number}."
                body = {"question": question, "answer": painter, "claims": [claim]}
                edit = Edit(ItemKind.ENTRY, f"new-{number}", 0, State.LIVE, body)
                begun = time.perf_counter()
                await store.revisions.commit(SERVER, MODERATOR, Action.ADD, [edit])
                committed = time.perf_counter()
                await knowledge.published(SERVER)
                answer = await knowledge.ask(SERVER, question)
                done = time.perf_counter()
                if answer.body != painter:
                    raise SystemExit(f"published, but not answered: {question}")
                whole.append((done - begun) * 1000)
                served.append((done - committed) * 1000)
    return whole, served


def _entries(claim: str) -> Sequence[Edit]:
    edits: list[Edit] = []
    for number in range(ENTRIES):
        thing = f"{THINGS[number % len(THINGS)]} number {number}"
        body: dict[str, Any] = {
            "question": f"What is the {thing}?",
            "answer": f"A {thing} like any other in the valley.",
            "claims": [claim],
            "phrasings": [words.format(thing) for words in ASKED[: PHRASINGS - 1]],
        }
        edits.append(Edit(ItemKind.ENTRY, f"thing-{number}", 0, State.LIVE, body))
    return edits


if __name__ == "__main__":
    raise SystemExit(main())
