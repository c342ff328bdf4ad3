"""Character n-grams weighed by TF-IDF: likeness of spelling, blind to word boundaries and typos.

An inverted index in plain numpy: a question touches only the postings of its own n-grams. An n-gram is
known by its CRC-32, so that indexes of several parts of a base can be compared without a shared table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int_]

SIZES = (3, 4)


def grams(text: str) -> Iterator[str]:
    """The n-grams of a normalised text, each word padded with a space."""
    for word in text.split():
        padded = f" {word} "
        for size in SIZES:
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]


def _counted(text: str) -> dict[int, int]:
    return Counter(crc32(gram.encode()) for gram in grams(text))


class NgramIndex:
    """Cosine of character n-grams against a fixed list of texts."""

    def __init__(self, texts: Sequence[str], *, like: NgramIndex | None = None) -> None:
        """`like` is an index whose weights of n-grams are taken over, for a small part of a larger base."""
        self.size = len(texts)
        counts = [_counted(text) for text in texts]
        lengths = np.asarray([len(count) for count in counts], np.int_)
        self._start = np.concatenate([[0], np.cumsum(lengths)])
        self._grams = np.fromiter((gram for count in counts for gram in count), np.int64, self._start[-1])
        times = np.fromiter((n for count in counts for n in count.values()), np.float32, self._start[-1])
        rows = np.repeat(np.arange(self.size), lengths)
        # The postings: everything once more, in the order of the n-grams.
        order = np.argsort(self._grams, kind="stable")
        known, first, frequency = np.unique(self._grams[order], return_index=True, return_counts=True)
        if like is None:
            idf = (np.log((1 + self.size) / (1 + frequency)) + 1).astype(np.float32)
            self._idf = dict(zip(known.tolist(), idf.tolist(), strict=True))
            self._unseen = float(np.log(1 + self.size) + 1)
        else:
            self._idf, self._unseen = like._idf, like._unseen
            idf = np.asarray([self._idf.get(gram, self._unseen) for gram in known.tolist()], np.float32)
        weights = np.empty(len(order), np.float32)
        weights[order] = np.repeat(idf, frequency)
        weights *= 1 + np.log(times)
        squares = np.bincount(rows, weights=weights * weights, minlength=self.size)
        self._weights = weights / np.sqrt(np.maximum(squares, 1e-12)).astype(np.float32)[rows]
        self._posted_rows = rows[order].astype(np.int32)
        self._posted_weights = self._weights[order]
        ends = (first + frequency).tolist()
        self._postings = {g: slice(a, b) for g, a, b in zip(known.tolist(), first.tolist(), ends, strict=True)}

    def cosines(self, text: str) -> Floats:
        """Cosine of a normalised text with each indexed text, shape (texts,), 0..1."""
        norm = 0.0
        rows: list[npt.NDArray[np.int32]] = []
        weights: list[Floats] = []
        for gram, n in _counted(text).items():
            weight = (1 + float(np.log(n)) if n > 1 else 1.0) * self._idf.get(gram, self._unseen)
            norm += weight * weight
            posted = self._postings.get(gram)
            if posted is not None:
                rows.append(self._posted_rows[posted])
                weights.append(self._posted_weights[posted] * np.float32(weight))
        if not rows:
            return np.zeros(self.size, np.float32)
        sums = np.bincount(np.concatenate(rows), weights=np.concatenate(weights), minlength=self.size)
        return (sums / np.sqrt(norm)).astype(np.float32)

    def rows(self, at: Rows) -> Sparse:
        """The n-grams of some texts."""
        starts, lengths = self._start[at], self._start[at + 1] - self._start[at]
        before: Rows = np.cumsum(lengths) - lengths
        flat: Rows = np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
        return Sparse(self._grams[flat], self._weights[flat], lengths)


@dataclass(frozen=True, slots=True)
class Sparse:
    """N-grams of texts, one text after the other, with their weights (of unit length a text); `lengths` a text."""

    grams: Rows
    weights: Floats
    lengths: Rows


def gram_matrix(texts: Sequence[Sparse]) -> Floats:
    """Cosines between texts, in the order given, shape (texts, texts)."""
    grams = np.concatenate([some.grams for some in texts])
    lengths = np.concatenate([some.lengths for some in texts])
    known, column = np.unique(grams, return_inverse=True)
    dense = np.zeros((len(lengths), len(known)), np.float32)
    dense[np.repeat(np.arange(len(lengths)), lengths), column] = np.concatenate([some.weights for some in texts])
    return dense @ dense.T
