"""Which words are ordinary English, and how common: the order of the encoder's own vocabulary.

The word pieces of BERT's vocabulary (Devlin et al. 2019) stand roughly by falling frequency, so a
word's position is a frequency rank for free: no word list of its own is needed.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from importlib import resources

import numpy as np


class Lexicon:
    """English words with their rank, 0 the most common."""

    def __init__(self, ranks: Mapping[str, int]) -> None:
        self._ranks = ranks
        self._rarest = math.log1p(max(ranks.values(), default=1))

    @classmethod
    def bundled(cls) -> Lexicon:
        """The words of the bundled tokenizer's vocabulary: those that have a vector, in that order."""
        stored = np.load(io.BytesIO((resources.files("knowledge.matching") / "words.npz").read_bytes()))
        return cls({word: rank for rank, word in enumerate(bytes(stored["words"]).decode().split("\n"))})

    def __contains__(self, word: str) -> bool:
        return word in self._ranks

    def rarity(self, word: str) -> float:
        """0 for the most common words, 1 for words that are not in the vocabulary at all."""
        rank = self._ranks.get(word)
        return 1.0 if rank is None else math.log1p(rank) / self._rarest
