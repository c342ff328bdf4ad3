"""Character n-grams weighed by TF-IDF: likeness of spelling, blind to word boundaries and typos.

An inverted index in plain numpy: a question touches only the postings of its own n-grams. An n-gram is
known by its CRC-32, so that indexes of several parts of a base can be compared without a shared table.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int_]

SIZES = (3, 4)
_COMMON = 0.08  # share of the texts that have an n-gram
_FEWEST = 4096  # texts from which that pays
_WORDS = 8192  # whose n-grams are remembered


def grams(text: str) -> Iterator[str]:
    """The n-grams of a normalised text, each word padded with a space."""
    for word in text.split():
        padded = f" {word} "
        for size in SIZES:
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]


def _hashed(word: str) -> tuple[int, ...]:
    return tuple(crc32(gram.encode()) for gram in grams(word))


class NgramIndex:
    """Cosine of character n-grams against a fixed list of texts."""

    def __init__(self, texts: Sequence[str], *, like: NgramIndex | None = None) -> None:
        """`like` is an index whose weights of n-grams are taken over, for a small part of a larger base."""
        self.size = len(texts)
        # Texts are made of the same words again and again.
        self._of_word = lru_cache(maxsize=_WORDS)(_hashed) if like is None else like._of_word
        counted, counts = array("q"), array("l")
        ends = [0]
        for text in texts:
            of_one = self._counted(text)
            counted.extend(of_one)
            counts.extend(of_one.values())
            ends.append(len(counted))
        self._start: Rows = np.asarray(ends, np.int_)
        self._grams: Rows = np.asarray(counted, np.int64)
        rows = np.repeat(np.arange(self.size, dtype=np.int32), np.diff(self._start))
        # The postings: everything once more, in the order of the n-grams.
        order = np.argsort(self._grams, kind="stable")
        ordered = self._grams[order]
        self._first: Rows = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
        self._known: Rows = ordered[self._first]
        frequency: Rows = np.diff(np.append(self._first, len(ordered)))
        self._frequency = frequency
        self._idf: Floats = (np.log((1 + self.size) / (1 + frequency)) + 1).astype(np.float32)
        self._unseen = np.float32(np.log(1 + self.size) + 1)
        # An overlay weighs as its base does.
        self._like = None if like is None else like._like or like
        idf = self._weight_of(self._known)
        weights = np.empty(len(order), np.float32)
        weights[order] = np.repeat(idf, frequency)
        weights *= 1 + np.log(np.asarray(counts, np.float32))
        squares = np.bincount(rows, weights=weights * weights, minlength=self.size)
        self._weights: Floats = weights / np.sqrt(np.maximum(squares, 1e-12)).astype(np.float32)[rows]
        self._posted_rows = rows[order]
        self._posted_weights: Floats = self._weights[order]
        # What very many texts have is laid out by text: going through its postings would take longest of all.
        many = np.flatnonzero(frequency > _COMMON * self.size) if self.size >= _FEWEST else np.zeros(0, np.int_)
        self._common = {at: self._laid_out(at) for at in many.tolist()}

    def _laid_out(self, at: int) -> Floats:
        column = np.zeros(self.size, np.float32)
        posted = slice(int(self._first[at]), int(self._first[at] + self._frequency[at]))
        column[self._posted_rows[posted]] = self._posted_weights[posted]
        return column

    def cosines(self, text: str) -> Floats:
        """Cosine of a normalised text with each indexed text, shape (texts,), 0..1."""
        counted = self._counted(text)
        grams: Rows = np.fromiter(counted, np.int64, len(counted))
        weights = 1 + np.log(np.fromiter(counted.values(), np.float32, len(counted)))
        weights *= self._weight_of(grams)
        weights /= np.float32(max(float(np.sqrt(weights @ weights)), 1e-6))
        at, known = self._places(grams)
        posted: list[slice] = []
        shares: list[float] = []
        common: list[tuple[Floats, np.float32]] = []
        at, weights = at[known], weights[known]
        first = self._first[at]
        for place, start, stop, weight in zip(
            at.tolist(), first.tolist(), (first + self._frequency[at]).tolist(), weights, strict=True
        ):
            if place in self._common:
                common.append((self._common[place], weight))
            else:
                posted.append(slice(start, stop))
                shares.append(weight)
        sums = self._summed(posted, shares)
        product = np.empty_like(sums)
        for column, weight in common:
            sums += np.multiply(column, weight, out=product)
        return sums

    def _summed(self, posted: Sequence[slice], weights: Sequence[float]) -> Floats:
        """For each text the sum of what some postings give it, those of each n-gram weighed."""
        if not posted:
            return np.zeros(self.size, np.float32)
        rows = np.concatenate([self._posted_rows[place] for place in posted])
        shares = np.concatenate([self._posted_weights[place] for place in posted])
        shares *= np.repeat(np.asarray(weights, np.float32), [place.stop - place.start for place in posted])
        return np.bincount(rows, weights=shares, minlength=self.size).astype(np.float32)

    def _places(self, grams: Rows) -> tuple[Rows, npt.NDArray[np.bool_]]:
        """Where n-grams stand among the known ones, and which of them do."""
        if not len(self._known):
            return np.zeros(len(grams), np.int_), np.zeros(len(grams), np.bool_)
        at = np.minimum(np.searchsorted(self._known, grams), len(self._known) - 1)
        return at, self._known[at] == grams

    def _weight_of(self, grams: Rows) -> Floats:
        return (self._like or self)._idf_of(grams)

    def _idf_of(self, grams: Rows) -> Floats:
        at, known = self._places(grams)
        return np.where(known, self._idf[at] if len(self._idf) else self._unseen, self._unseen)

    def _counted(self, text: str) -> dict[int, int]:
        return Counter(chain.from_iterable(map(self._of_word, text.split())))

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
    """Cosines between texts, in the order given, shape (texts, texts); texts of 2**31 n-grams in all at most."""
    grams = np.concatenate([some.grams for some in texts])
    lengths = np.concatenate([some.lengths for some in texts])
    # Sorted in one go with their places: a CRC-32 above, the place below.
    packed = np.sort((grams << 31) | np.arange(len(grams)))
    known = packed >> 31
    again = np.zeros(len(grams) + 1, np.bool_)
    np.equal(known[1:], known[:-1], out=again[1:-1])
    shared = again[1:] | again[:-1]  # most n-grams stand in one of the texts alone: to cosines they add nothing
    column = (np.cumsum(shared & ~again[:-1]) - 1)[shared]
    at = packed[shared] & (2**31 - 1)
    dense = np.zeros((len(lengths), int(column[-1]) + 1 if len(column) else 0), np.float32)
    row = np.repeat(np.arange(len(lengths)), lengths)[at]
    dense[row, column] = np.concatenate([some.weights for some in texts])[at]
    cosines = dense @ dense.T
    np.fill_diagonal(cosines, lengths > 0)
    return cosines
