"""Character n-grams weighed by TF-IDF: likeness of spelling, blind to word boundaries and typos.

An inverted index in plain numpy: a question touches only the postings of its own n-grams.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

SIZES = (3, 4)
_PART = 256


def grams(text: str) -> Iterator[str]:
    """The n-grams of a normalised text, each word padded with a space."""
    for word in text.split():
        padded = f" {word} "
        for size in SIZES:
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]
        if len(padded) == 3:
            yield padded


class NgramIndex:
    """Cosine of character n-grams against a fixed list of texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(grams(text)) for text in texts]
        frequency: Counter[str] = Counter(gram for count in counts for gram in count)
        self.size = len(texts)
        self._idf = {g: float(np.log((1 + self.size) / (1 + n)) + 1) for g, n in frequency.items()}
        self._unseen = float(np.log(1 + self.size) + 1)
        postings: dict[str, tuple[list[int], list[float]]] = {gram: ([], []) for gram in frequency}
        for row, count in enumerate(counts):
            weights = {gram: (1 + np.log(n)) * self._idf[gram] for gram, n in count.items()}
            norm = float(np.sqrt(sum(w * w for w in weights.values()))) or 1.0
            for gram, weight in weights.items():
                rows, values = postings[gram]
                rows.append(row)
                values.append(weight / norm)
        self._postings = {
            gram: (np.asarray(rows, np.int32), np.asarray(values, np.float32))
            for gram, (rows, values) in postings.items()
        }

    def gram(self) -> Floats:
        """Cosines between all indexed texts, shape (texts, texts), 0..1."""
        out = np.zeros((self.size, self.size), np.float32)
        for rows, values in self._postings.values():
            for start in range(0, len(rows), _PART):  # a frequent gram's whole square would be as large as `out`
                part = slice(start, start + _PART)
                out[np.ix_(rows[part], rows)] += np.outer(values[part], values)
        return out

    def cosines(self, text: str) -> Floats:
        """Cosine of a normalised text with each indexed text, shape (texts,), 0..1."""
        out = np.zeros(self.size, np.float32)
        norm = 0.0
        for gram, n in Counter(grams(text)).items():
            weight = (1 + float(np.log(n))) * self._idf.get(gram, self._unseen)
            norm += weight * weight
            posting = self._postings.get(gram)
            if posting is not None:
                out[posting[0]] += np.float32(weight) * posting[1]
        return out / np.float32(np.sqrt(norm) or 1.0)
