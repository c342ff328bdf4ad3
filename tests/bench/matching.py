"""The matcher alone, inside this process, beside what it rests on and what it is compared with."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.settings import DEFAULT_PACK
from knowledge.answerer import Answerer
from knowledge.derive import candidates
from knowledge.matching.encoder import Encoder
from knowledge.matching.vectorcache import VectorCache
from knowledge.packs import load_base


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of processor time a question, which a busy machine stretches less than time on the clock."""

    matcher: list[float]
    encoder: list[float]
    rapidfuzz: list[float]
    phrasings: int


def match_times(texts: Sequence[str], cache: Path) -> Times:
    """Time, for every question, the whole matcher, one pass of the encoder, and rapidfuzz over all phrasings."""
    base, encoder = load_base([DEFAULT_PACK]), Encoder.bundled()
    answerer = Answerer.build(base, encoder=encoder, cache=VectorCache(cache))
    phrasings = [phrasing for candidate in candidates(base) for phrasing in candidate.phrasings]
    times = Times([], [], [], len(phrasings))
    for text in texts:
        # Each question once, so that nothing about its words is remembered yet.
        began = time.thread_time()
        match = answerer.match(text)
        times.matcher.append((time.thread_time() - began) * 1000)
        # What the matcher encodes: the question with its typos mended and its names in full.
        read = match.reading.text
        times.encoder.append(_milliseconds(lambda read=read: encoder.encode([read])))
        times.rapidfuzz.append(
            _milliseconds(lambda text=text: process.extract(text, phrasings, scorer=fuzz.WRatio, limit=8))
        )
    return times


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1000
