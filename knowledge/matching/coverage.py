"""How much of what a question says is held by what would be answered.

Similarity alone hardly tells "what did X say about energy" from "what did X say about space": most
words agree. So each content word of a question is looked for in the candidate: by stem, by spelling,
else by meaning (cosine of the words' own sentence vectors).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from knowledge.matching.encoder import Encoder
from knowledge.matching.text import FUNCTION_WORDS, Stemmer

Floats = npt.NDArray[np.float32]

# Cosines of single-word vectors: below the first unrelated, from the second on as good as the same.
_UNRELATED = 0.40
_SAME = 0.85
_SPELT_ALIKE = 0.93
_REMEMBERED = 1_000  # words of questions whose likeness is kept


class Coverage:
    """Which candidate holds which words of the base."""

    def __init__(
        self,
        documents: Sequence[Sequence[str]],
        *,
        vectors: Mapping[str, Floats],
        encoder: Encoder | None,
    ) -> None:
        """`documents`: the words of each candidate; `vectors`: unit vectors of those words, if there is an encoder."""
        self._stem = Stemmer()
        stems = [{self._stem(word) for word in document if word not in FUNCTION_WORDS} for document in documents]
        shown: dict[str, str] = {}
        for document in documents:
            for word in document:
                shown.setdefault(self._stem(word), word)
        self._stems = sorted(set[str]().union(*stems))
        self._column = {stem: i for i, stem in enumerate(self._stems)}
        self._holds = np.zeros((len(documents), len(self._stems)), np.bool_)
        for row, held in enumerate(stems):
            self._holds[row, [self._column[stem] for stem in held]] = True
        frequency = self._holds.sum(0)
        self._telling = (np.log((1 + len(documents)) / (1 + frequency)) / np.log(1 + len(documents))).astype(np.float32)
        self._encoder = encoder
        self._vectors = np.stack([vectors[shown[stem]] for stem in self._stems]) if vectors and self._stems else None
        self._foreign: dict[str, Floats] = {}
        self._degrees = lru_cache(maxsize=_REMEMBERED)(self._likeness)

    def _likeness(self, word: str) -> Floats:
        """How alike a word is to each stem of the base, 0..1."""
        out = np.zeros(len(self._stems), np.float32)
        if not self._stems:
            return out
        stem = self._stem(word)
        if self._vectors is not None and self._encoder is not None:
            column = self._column.get(stem)
            cosine = self._vectors @ (self._vector(word, self._encoder) if column is None else self._vectors[column])
            out = np.clip((cosine - _UNRELATED) / (_SAME - _UNRELATED), 0, 0.9).astype(np.float32)
        if len(stem) > 3:
            for _, score, at in process.extract(
                stem, self._stems, scorer=JaroWinkler.normalized_similarity, score_cutoff=_SPELT_ALIKE, limit=4
            ):
                out[at] = max(float(out[at]), 0.95 * score)
        if stem in self._column:
            out[self._column[stem]] = 1.0
        return out

    def _vector(self, word: str, encoder: Encoder) -> Floats:
        vector = self._foreign.get(word)
        return encoder.encode([word])[0] if vector is None else vector

    def _encode_unknown(self, content: Sequence[str]) -> None:
        """Vectors of words that the base does not hold, those of one question in as few passes as can be."""
        if self._encoder is None or self._vectors is None:
            return
        new = [word for word in content if word not in self._foreign and self._stem(word) not in self._column]
        if len(self._foreign) > _REMEMBERED:
            self._foreign = {}  # a new one: another thread may be reading the old one
        if new:
            self._foreign = {**self._foreign, **dict(zip(new, self._encoder.encode(new), strict=True))}

    def known(self, word: str) -> float:
        """How well the whole base knows a word, 0..1."""
        degrees = self._degrees(word)
        return float(degrees.max()) if len(degrees) else 0.0

    def telling(self, word: str) -> float:
        """How much a word tells apart what the base holds, 0..1; 1 for one that it does not know."""
        column = self._column.get(self._stem(word))
        return 1.0 if column is None else float(self._telling[column])

    def of(self, content: Sequence[str], candidates: npt.NDArray[np.int_]) -> Floats:
        """How far each word is held by each candidate, shape (candidates, words), 0..1."""
        if not content or not len(candidates):
            return np.zeros((len(candidates), len(content)), np.float32)
        self._encode_unknown(content)
        degrees = np.stack([self._degrees(word) for word in content])
        return np.stack([(degrees * self._holds[row]).max(1, initial=0.0) for row in candidates])
