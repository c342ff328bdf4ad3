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
from standstill import Loop

from bot.quiet import Quiet
from knowledge.answerer import Answerer
from knowledge.matching.encoder import Encoder, Vectors
from knowledge.matching.matcher import Matcher
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import KnowledgeBase

T = TypeVar("T")

QUESTIONS = 150
ROUNDS = 8
CHANGES = 5
ENCODED = 8_000
"""Texts that are really encoded where a base has many more: the rest are those vectors again, moved a little."""

_FEW = 2_000
_MANY = 40_000
_MOVED = 0.03  # standard deviation in each of the vector's dimensions, whose own is 0.05


@dataclass(slots=True)
class SizeTimes:
    """What was measured. Each question's times are milliseconds, the others seconds; memory is in MB.

    `matcher` and `encoder` are the fastest of a few rounds for each question, in which nothing of it is remembered;
    `as_it_comes` all rounds. `held`: how long the event loop stood still at most, each time, by what was done.
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
    cold: list[float] = field(default_factory=list[float])
    cached: list[float] = field(default_factory=list[float])
    change: list[float] = field(default_factory=list[float])
    held: dict[str, list[float]] = field(default_factory=dict[str, list[float]])


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


def main() -> None:
    """Measure one size and print it."""
    phrasings, entries = int(sys.argv[1]), int(sys.argv[2])
    made, encoder = made_base(phrasings, entries, QUESTIONS), Encoder.bundled()
    times, quiet = SizeTimes(phrasings, entries), Quiet()
    with (
        tempfile.TemporaryDirectory(prefix="citebot-bench-") as folder,
        ThreadPoolExecutor(1) as executor,
        quiet.handing_over(),
    ):
        building = _Building(made, encoder, Path(folder), Loop(executor), quiet, times)
        answerer = asyncio.run(building.measure())
        _ask(answerer.matcher, made, encoder, times)
        gc.collect()
        times.resident = psutil.Process().memory_info().rss / 1e6
        _compare(answerer.matcher, made, times)
    print(json.dumps(asdict(times)))


class _Building:
    """Building a base, changing it and asking it, beside an event loop; as often as its size allows."""

    def __init__(
        self, made: MadeBase, encoder: Encoder, folder: Path, loop: Loop, quiet: Quiet, times: SizeTimes
    ) -> None:
        self._made, self._encoder, self._folder, self._loop = made, encoder, folder, loop
        self._quiet, self._times = quiet, times
        self._partly = times.phrasings > _MANY
        self._rounds = 3 if times.phrasings <= _FEW else 1

    async def measure(self) -> Answerer:
        """Everything, one after the other."""
        for number in range(self._rounds):
            cache = self._cache(f"{number}")
            _, cold = await self._beside("building, cold", lambda cache=cache: self._built(cache))
            if self._partly:
                self._times.encoded = ENCODED
            else:
                self._times.cold.append(cold)
        cache = self._cache("0")
        answerer, cached = await self._beside("building, cached", lambda: self._built(cache))
        self._times.cached.append(cached)
        for _ in range(self._rounds - 1):
            _, cached = await self._beside("building, cached", lambda: self._built(cache))
            self._times.cached.append(cached)
        entries = len(self._made.base.entries)
        for number in range(0, entries - entries % CHANGES, entries // CHANGES):
            base = self._made.changed(number)
            own = self._cache(f"own-{number}")
            _, took = await self._beside("changing an entry", lambda base=base, own=own: _changed(answerer, base, own))
            self._times.change.append(took)
        await self._beside("answering", lambda: [answerer.ask(text) for text in self._made.questions])
        return answerer

    def _cache(self, name: str) -> VectorCache:
        return (_PartlyEncoded if self._partly else VectorCache)(self._folder / name)

    def _built(self, cache: VectorCache) -> Answerer:
        with self._quiet.making():
            return Answerer.build(self._made.base, encoder=self._encoder, cache=cache)

    async def _beside(self, name: str, work: Callable[[], T]) -> tuple[T, float]:
        done, took, held = await self._loop.beside(work)
        self._times.held.setdefault(name, []).append(held)
        return done, took


def _changed(answerer: Answerer, base: KnowledgeBase, cache: VectorCache) -> None:
    """Index a changed base, and answer from it."""
    answerer.overlaid(base, cache=cache).ask("Is the new one there?")


def _ask(matcher: Matcher, made: MadeBase, encoder: Encoder, times: SizeTimes) -> None:
    """Each question a few times, with nothing of it remembered, beside the pass of the encoder that it takes."""
    read = [matcher.read(text).text for text in made.questions]
    rounds: list[list[tuple[float, float]]] = []
    fresh = matcher
    for _ in range(ROUNDS):
        fresh = matcher.with_confidence(matcher.confidence)
        rounds.append(
            [
                # One right after the other: on a busy machine both are as slow as each other.
                (
                    _milliseconds(lambda text=text, fresh=fresh: fresh.rank(text)),
                    _milliseconds(lambda one=one: encoder.encode([one])),
                )
                for text, one in zip(made.questions, read, strict=True)
            ]
        )
    for of_one in zip(*rounds, strict=True):
        times.matcher.append(min(whole for whole, _ in of_one))
        times.encoder.append(min(one for _, one in of_one))
    times.as_it_comes = [whole for of_one in rounds for whole, _ in of_one]
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
