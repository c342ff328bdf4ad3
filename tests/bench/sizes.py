"""Matching on a base of one size, in a process of its own: a question, building, a change, and what they hold up.

usage: OPENBLAS_NUM_THREADS=1 python tests/bench/sizes.py PHRASINGS ENTRIES

Prints one JSON object, see `SizeTimes`. Started by bench.py: the number of numpy's threads and the memory
of the process are its own.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
import psutil
from made_bases import MadeBase, made_base
from rapidfuzz import fuzz, process

from knowledge.derive import candidates
from knowledge.matching.building import build_matcher, overlay
from knowledge.matching.encoder import Encoder, Vectors
from knowledge.matching.matcher import Matcher
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import KnowledgeBase

T = TypeVar("T")

QUESTIONS = 150
ROUNDS = 5
ENCODED = 8_000
"""Texts that are really encoded where a base has many more: the rest are those vectors again, moved a little."""

_MANY = 40_000
_MOVED = 0.03  # standard deviation in each of the vector's dimensions, whose own is 0.05


@dataclass(slots=True)
class SizeTimes:
    """What was measured. Each question's times are milliseconds, the others seconds; memory is in MB.

    `matcher` and `encoder` are the fastest of a few rounds for each question, in which nothing of it is remembered;
    `as_it_comes` all rounds. `held` is how long the event loop stood still at most, by what went on beside it.
    """

    phrasings: int
    entries: int
    encoded: int = 0  # of the phrasings, where not all are
    matcher: list[float] = field(default_factory=list[float])
    encoder: list[float] = field(default_factory=list[float])
    as_it_comes: list[float] = field(default_factory=list[float])
    exact: list[float] = field(default_factory=list[float])
    seen: list[float] = field(default_factory=list[float])
    rapidfuzz: list[float] = field(default_factory=list[float])
    resident: float = 0.0
    cold: float | None = None
    cached: float = 0.0
    change: list[float] = field(default_factory=list[float])
    held: dict[str, float] = field(default_factory=dict[str, float])


class _PartlyEncoded(VectorCache):
    """Vectors for more texts than can be encoded while somebody waits: see ENCODED. Its files are kept apart."""

    def encode(self, encoder: Encoder, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts."""
        known = super().encode(encoder, texts[:ENCODED])
        if len(texts) <= ENCODED:
            return known
        rng = np.random.default_rng(0)
        vectors = np.empty((len(texts), known.shape[1]), np.float32)
        for start in range(0, len(texts), len(known)):
            some = vectors[start : start + len(known)]
            some[:] = known[: len(some)]
            if start:
                some += rng.normal(0, _MOVED, some.shape).astype(np.float32)
                some /= np.linalg.norm(some, axis=1, keepdims=True)
        return vectors


class _Loop:
    """An event loop that is asked for its attention every millisecond while work is done in a thread."""

    def __init__(self, executor: ThreadPoolExecutor) -> None:
        self._executor = executor

    async def beside(self, work: Callable[[], T]) -> tuple[T, float, float]:
        """What the work returns, the seconds that it took, and for how long it held up the loop at most."""
        begun = last = time.perf_counter()
        done = asyncio.get_running_loop().run_in_executor(self._executor, work)
        held = 0.0
        while not done.done():
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            held, last = max(held, now - last - 0.001), now
        return await done, last - begun, held


def main() -> None:
    """Measure one size and print it."""
    phrasings, entries = int(sys.argv[1]), int(sys.argv[2])
    made, encoder = made_base(phrasings, entries, QUESTIONS), Encoder.bundled()
    times = SizeTimes(phrasings, entries)
    with tempfile.TemporaryDirectory(prefix="citebot-bench-") as folder, ThreadPoolExecutor(1) as executor:
        cache = (_PartlyEncoded if phrasings > _MANY else VectorCache)(Path(folder))
        matcher = asyncio.run(_build(made, encoder, cache, _Loop(executor), times))
        _ask(matcher, made, encoder, times)
        gc.collect()
        times.resident = psutil.Process().memory_info().rss / 1e6
        _compare(matcher, made, times)
    print(json.dumps(asdict(times)))


async def _build(made: MadeBase, encoder: Encoder, cache: VectorCache, loop: _Loop, times: SizeTimes) -> Matcher:
    """Build it cold and with the vectors there, and change an entry a few times."""

    def build() -> Matcher:
        return build_matcher(made.base, candidates(made.base), encoder=encoder, cache=cache)

    matcher, cold, times.held["building cold"] = await loop.beside(build)
    if isinstance(cache, _PartlyEncoded):
        times.encoded = ENCODED
    else:
        times.cold = cold
    del matcher
    matcher, times.cached, times.held["building with vectors cached"] = await loop.beside(build)
    held = 0.0
    for number in range(0, len(made.base.entries), len(made.base.entries) // 5):
        base = made.changed(number)
        _, took, waited = await loop.beside(lambda base=base: _changed(matcher, base, cache))
        times.change.append(took)
        held = max(held, waited)
    times.held["changing an entry"] = held
    _, _, times.held["answering"] = await loop.beside(lambda: [matcher.rank(text) for text in made.questions])
    return matcher


def _changed(matcher: Matcher, base: KnowledgeBase, cache: VectorCache) -> None:
    """Index a changed base, and answer from it."""
    overlay(matcher, base, candidates(base)).rank("Is the new one there?")


def _ask(matcher: Matcher, made: MadeBase, encoder: Encoder, times: SizeTimes) -> None:
    """Each question a few times, with nothing of it remembered, beside the pass of the encoder that it takes."""
    read = [matcher.read(text).text for text in made.questions]
    for text in read:
        times.encoder.append(min(_milliseconds(lambda text=text: encoder.encode([text])) for _ in range(2 * ROUNDS)))
    rounds: list[list[float]] = []
    fresh = matcher
    for _ in range(ROUNDS):
        fresh = matcher.with_confidence(matcher.confidence)
        rounds.append([_milliseconds(lambda text=text, fresh=fresh: fresh.rank(text)) for text in made.questions])
    times.matcher = [min(of_one) for of_one in zip(*rounds, strict=True)]
    times.as_it_comes = [time for times in rounds for time in times]
    times.seen = [_milliseconds(lambda text=text: fresh.rank(text)) for text in made.questions]
    entries = list(made.base.entries.values())
    for entry in entries[:: max(1, len(entries) // QUESTIONS)]:
        times.exact.append(_milliseconds(lambda text=entry.question: fresh.rank(text)))


def _compare(matcher: Matcher, made: MadeBase, times: SizeTimes) -> None:
    phrasings = [phrasing for candidate in matcher.candidates for phrasing in candidate.phrasings]
    few = made.questions[: 40 if len(phrasings) <= _MANY else 8]
    for text in few:
        times.rapidfuzz.append(
            _milliseconds(lambda text=text: process.extract(text, phrasings, scorer=fuzz.WRatio, limit=10))
        )


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
