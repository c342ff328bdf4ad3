"""Typos mended towards the words that the base itself uses."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.matching.lexicon import Lexicon
from knowledge.matching.text import FUNCTION_WORDS


class Speller:
    """Mends words that neither the base nor ordinary English knows.

    `vocabulary` maps the base's words to how often it uses them. Distance is optimal string
    alignment (transpositions count one): one edit from four letters on, two from seven.
    """

    def __init__(self, vocabulary: Mapping[str, int], lexicon: Lexicon) -> None:
        self._count = vocabulary
        self._lexicon = lexicon
        self._words = sorted(word for word in vocabulary if len(word) > 3)
        self._lengths = np.asarray([len(word) for word in self._words], np.int32)
        self._letters = _letters(self._words)
        # By a weak reference: what holds itself is freed late.
        self._mended = lru_cache(maxsize=20_000)(partial(Speller._mend, weakref.proxy(self)))

    def mend(self, word: str) -> str:
        """The word that is meant, which is the same word as a rule."""
        return self._mended(word)

    def _mend(self, word: str) -> str:
        known = word in self._count or word in FUNCTION_WORDS or word in self._lexicon
        if known or len(word) < 4 or not word.isalpha():
            return word
        allowed = 1 if len(word) < 7 else 2
        near = process.extract(word, self._alike(word, allowed), scorer=OSA.distance, score_cutoff=allowed, limit=8)
        if not near:
            return word
        # Of equally near words the one with the same first letter, then the one the base uses most.
        return min(near, key=lambda n: (n[1], n[0][0] != word[0], -self._count[n[0]], n[0]))[0]

    def _alike(self, word: str, edits: int) -> list[str]:
        """The words that may be so few edits away: an edit changes the length by one, and two letters at most."""
        alike = np.bitwise_count(self._letters ^ _letters([word])) <= 2 * edits
        alike &= np.abs(self._lengths - len(word)) <= edits
        return [self._words[i] for i in np.flatnonzero(alike).tolist()]


def _letters(words: Sequence[str]) -> npt.NDArray[np.uint32]:
    """Which letters each word has, as bits; letters that share one are taken for the same."""
    if not words:
        return np.zeros(0, np.uint32)
    letters = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32)
    starts = np.cumsum([0, *(len(word) for word in words[:-1])])
    return np.bitwise_or.reduceat(np.uint32(1) << (letters & np.uint32(31)), starts)
