"""Bases of any size for the benchmark: entries of the shipped pack and the test bases, with words exchanged.

An entry made from another has most of its content words exchanged for others, the same way in all of its
phrasings and its answer, drawn from English by their frequency; some get an invented name besides. So the vocabulary
grows as that of a real base does, and no phrasing stands twice. The same ones every time.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from bot.settings import DEFAULT_PACK
from knowledge.matching.text import FUNCTION_WORDS, Stemmer, normalise
from knowledge.model import Entry, KnowledgeBase, PackInfo
from knowledge.packs import load_base

sys.path.insert(0, str(Path(__file__).parents[1] / "golden"))
from small_bases import small_bases

EXCHANGED = 0.6  # of an entry's content words
NAMED = 0.15  # of the entries get an invented name
EVEN = 50  # ranks over which English words are about as frequent
MISTYPED = 0.3  # of the questions have a typo
_WORD = re.compile(r"[^\W\d_]{3,}")
_SYLLABLES = "ba bel cor dan do el far gri hal ir jo kem lin mar mo nor ol per qui ra ros sel tan tor ul va zi".split()


@dataclass(frozen=True, slots=True)
class MadeBase:
    """A base, and questions for it that it does not hold word for word, those that it answers and others mixed."""

    base: KnowledgeBase
    questions: tuple[str, ...]

    def changed(self, number: int) -> KnowledgeBase:
        """The base with another phrasing, and another word in the answer, in the entry of that number."""
        entries = dict(self.base.entries)
        entry = list(entries.values())[number]
        entries[entry.id] = Entry(
            entry.id, entry.question, f"{entry.answer} Again.", phrasings=(*entry.phrasings, f"again {entry.question}")
        )
        return KnowledgeBase(self.base.info, entries=MappingProxyType(entries))


@dataclass(frozen=True, slots=True)
class _Pattern:
    """An entry of a real base, with questions that other authors wrote for it."""

    entry: Entry
    questions: tuple[str, ...]


def made_base(phrasings: int, entries: int, questions: int, *, seed: int = 0) -> MadeBase:
    """A base of so many phrasings, its entries of uneven size, with questions to ask it."""
    rng = random.Random(seed)
    patterns, words, seen = _patterns(), _Words(rng), set[str]()
    made: dict[str, Entry] = {}
    asked: list[str] = []
    for number, size in enumerate(_sizes(phrasings, entries, rng)):
        pattern = patterns[number % len(patterns)]
        exchange = words.exchange(named=rng.random() < NAMED)
        texts = _phrasings(pattern.entry, size, exchange, seen)
        answer = exchange.of(pattern.entry.answer)
        made[f"made-{number}"] = Entry(f"made-{number}", texts[0], answer, phrasings=tuple(texts[1:]))
        asked += [exchange.of(question) for question in pattern.questions]
    rng.shuffle(asked)
    asked = [words.mistyped(text) if rng.random() < MISTYPED else text for text in asked]
    fresh = [text for text in dict.fromkeys(asked) if normalise(text) not in seen]
    base = KnowledgeBase(PackInfo("made", "Made", "a base made for the benchmark"), entries=MappingProxyType(made))
    return MadeBase(base, tuple(fresh[:questions]))


def _sizes(phrasings: int, entries: int, rng: random.Random) -> list[int]:
    """How many phrasings each entry has: from one to about twice the mean, the right number in all."""
    cuts = [rng.uniform(0.2, 1.8) for _ in range(entries)]
    sizes = [max(1, round(cut * phrasings / sum(cuts))) for cut in cuts]
    while (over := sum(sizes) - phrasings) != 0:
        at = rng.randrange(entries)
        if over < 0 or sizes[at] > 1:
            sizes[at] += -1 if over > 0 else 1
    return sizes


def _phrasings(entry: Entry, size: int, exchange: _Exchange, seen: set[str]) -> list[str]:
    """So many phrasings of an entry; where it has too few, further ones with a word more exchanged."""
    own = (entry.question, *entry.phrasings)
    texts: list[str] = []
    for turn in range(100 * size):
        text = exchange.of(own[turn % len(own)])
        if turn >= len(own):
            text = exchange.varied(text)
        if normalise(text) not in seen:
            seen.add(normalise(text))
            texts.append(text)
        if len(texts) == size:
            return texts
    raise SystemExit(f"{entry.id}: no {size} phrasings can be made of it")


class _Words:
    """Words that take the place of others."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.stem = Stemmer()
        file = resources.files("knowledge.matching") / "minilm" / "tokenizer.json"
        vocabulary: dict[str, int] = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"]
        english = [word for word in vocabulary if re.fullmatch("[a-z]{3,}", word) and word not in FUNCTION_WORDS]
        self._english = sorted(english, key=vocabulary.__getitem__)

    def exchange(self, *, named: bool) -> _Exchange:
        """A new way of exchanging words, with an invented name in it or without."""
        return _Exchange(self, self._rng, named=named)

    def drawn(self) -> str:
        """An English word, the common ones more often, but none very often: by the law of Zipf and Mandelbrot."""
        size = len(self._english)
        return self._english[int(EVEN * ((size + EVEN) / EVEN) ** self._rng.random() - EVEN) % size]

    def name(self) -> str:
        """An invented name."""
        return "".join(self._rng.choices(_SYLLABLES, k=self._rng.choice((2, 3, 3, 4))))

    def mistyped(self, text: str) -> str:
        """The text with two letters of its longest word in the wrong order."""
        word = max(_WORD.findall(text), key=len, default="")
        if len(word) < 5:
            return text
        at = self._rng.randrange(1, len(word) - 2)
        return text.replace(word, word[:at] + word[at + 1] + word[at] + word[at + 2 :], 1)


class _Exchange:
    """Which words stand for which, by their stems; settled as they come up."""

    def __init__(self, words: _Words, rng: random.Random, *, named: bool) -> None:
        self._words, self._rng = words, rng
        self._settled: dict[str, str] = {}
        self._named = named

    def of(self, text: str) -> str:
        """The text with its words exchanged."""
        return _WORD.sub(lambda match: self._other(match[0]), text)

    def varied(self, text: str) -> str:
        """The text with one more content word exchanged, or another in front."""
        content = [word for word in _WORD.findall(text) if word.casefold() not in FUNCTION_WORDS]
        if not content:
            return f"{self._words.drawn()} {text}"
        return text.replace(self._rng.choice(content), self._words.drawn(), 1)

    def _other(self, word: str) -> str:
        if word.casefold() in FUNCTION_WORDS:
            return word
        stem = self._words.stem(word.casefold())
        if stem not in self._settled:
            if self._named:
                self._settled[stem], self._named = self._words.name(), False
            else:
                self._settled[stem] = self._words.drawn() if self._rng.random() < EXCHANGED else word
        return self._settled[stem]


def _patterns() -> Sequence[_Pattern]:
    """All entries that there are, in an order that mixes their subjects; the same one every time."""
    patterns = [_Pattern(entry, ()) for entry in load_base([DEFAULT_PACK]).entries.values()]
    for small in small_bases():
        asked: dict[str, list[str]] = {entry: [] for entry in small.base.entries}
        near = [question.text for question in small.questions if not question.entries]
        for question in small.questions:
            for entry in question.entries & asked.keys():
                asked[entry].append(question.text)
        for number, text in enumerate(near):
            asked[list(asked)[number % len(asked)]].append(text)
        patterns += [_Pattern(small.base.entries[entry], tuple(asked[entry])) for entry in asked]
    random.Random(0).shuffle(patterns)
    return patterns
