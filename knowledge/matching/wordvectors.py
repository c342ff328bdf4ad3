"""How alike two English words are in meaning, for words of the lexicon, without running the encoder.

The encoder's vectors of the words of its vocabulary, centred, on their 96 main axes, as bytes: made by
tests/golden/word_vectors.py. Cosines of unrelated words lie about 0, of synonyms about 0.8.
"""

from __future__ import annotations

import io
from importlib import resources

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class WordVectors:
    """Unit vectors of common English words."""

    def __init__(self, words: list[str], vectors: npt.NDArray[np.int8]) -> None:
        self._row = {word: row for row, word in enumerate(words)}
        floats = vectors.astype(np.float32)
        floats /= np.maximum(np.linalg.norm(floats, axis=1, keepdims=True), 1e-6)
        # One more row, of zeros, stands for all words without a vector: row -1.
        self._vectors = np.concatenate([floats, np.zeros((1, floats.shape[1]), np.float32)])

    @classmethod
    def bundled(cls) -> WordVectors:
        """The vectors that come with Citebot."""
        stored = np.load(io.BytesIO((resources.files("knowledge.matching") / "words.npz").read_bytes()))
        return cls(bytes(stored["words"]).decode().split("\n"), stored["vectors"])

    def row(self, word: str) -> int:
        """The word's row, -1 for one without a vector."""
        return self._row.get(word, -1)

    def cosines(self, rows: npt.NDArray[np.int_], others: npt.NDArray[np.int_]) -> Floats:
        """Cosines between words given by their rows, shape (rows, others); 0 where a word has no vector."""
        return self._vectors[rows] @ self._vectors[others].T
