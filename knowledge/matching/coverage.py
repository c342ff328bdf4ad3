"""How much of what a question says is held by what would be answered.

Similarity alone hardly tells "what did X say about energy" from "what did X say about space": most
words agree. So each content word of a question is looked for in the candidate, and in the phrasing of
it that agrees best: by stem, else by meaning (cosine of the words' own vectors), a word that the base
does not know also by spelling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from knowledge.matching.part import Part
from knowledge.matching.text import Stemmer
from knowledge.matching.wordvectors import WordVectors

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int_]

# Cosines of word vectors: below the first unrelated, from the second on as good as the same.
_UNRELATED = np.float32(0.20)
_SAME = np.float32(0.80)
_SPELT_ALIKE = 0.93
_AS_LONG = 0.64  # at least, the shorter as a share of the longer: further apart, two words are never spelt so alike
_LEAST = np.float32(0.3)  # what a word weighs that tells nothing apart


@dataclass(frozen=True, slots=True)
class Covered:
    """How far the words of a question are held; all 0..1.

    `held` by each candidate and `phrased` by that phrasing of it which agrees best, both (candidates, words);
    `known` by the whole base and how `telling` in it, both (words,). Of that phrasing, (candidates,): `echoed`
    is the share of its words that the question says, `missed` the most telling one that it does not say,
    `phrasing` its row in the part (-1 for none).
    """

    held: Floats
    phrased: Floats
    known: Floats
    telling: Floats
    echoed: Floats
    missed: Floats
    phrasing: Rows


@dataclass(frozen=True, slots=True)
class Asked:
    """A candidate in its part, and the rows there of its phrasings that are most like the question."""

    part: Part
    at: int
    phrasings: Sequence[int]


class Coverage:
    """Which candidate holds which words, over all parts of a base."""

    def __init__(self, parts: Sequence[Part], *, stem: Stemmer, words: WordVectors) -> None:
        self._parts = parts
        self._stem = stem
        self._words = words
        self._size = sum(len(part.candidates) for part in parts)
        self._weights = {part: _LEAST + self._telling(self._counted(part)) for part in parts}

    def of(
        self, content: Sequence[str], shortlist: Sequence[Asked], *, without: tuple[Part, int] | None = None
    ) -> Covered:
        """How far the words are held by each candidate of the short list.

        `without` leaves out what one phrasing alone brings to its candidate, to judge it as if it were a question.
        """
        stems = [self._stem(word) for word in content]
        frequency = self._frequency(stems)
        if without is not None:
            brought = without[0].brings(without[1])
            frequency -= np.asarray([stem in brought for stem in stems], np.float32)
        telling = self._telling(frequency)
        size = len(shortlist)
        held, phrased = np.zeros((size, len(content)), np.float32), np.zeros((size, len(content)), np.float32)
        echoed, missed = np.zeros(size, np.float32), np.zeros(size, np.float32)
        phrasing = np.asarray([asked.phrasings[0] if asked.phrasings else -1 for asked in shortlist], np.int_)
        if content:
            rows = np.asarray([self._words.row(word) for word in content], np.int_)
            for part in dict.fromkeys(asked.part for asked in shortlist):
                mine = [i for i, asked in enumerate(shortlist) if asked.part is part]
                said = [(i, row) for i in mine for row in shortlist[i].phrasings if len(part.said[row])]
                owned = [part.held[shortlist[i].at] for i in mine]
                flat, starts = _joined([*owned, *(part.said[row] for _, row in said)])
                union = _distinct(flat)
                degrees = self._degrees(content, stems, rows, frequency, part, union)
                every = degrees[:, np.searchsorted(union, flat)]
                end = starts[len(mine)]
                among = every[:, :end]
                if without is not None and without[0] is part:
                    owner = part.owner[without[1]]
                    for place, i in enumerate(mine):
                        if shortlist[i].at == owner:
                            among[:, starts[place] : starts[place + 1]] *= ~part.brought(without[1])
                held[mine] = _best(among, starts[: len(mine) + 1]).T
                if said:
                    heavy, starts = self._weights[part][flat[end:]], starts[len(mine) :] - end
                    _compare(said, every[:, end:], starts, heavy, telling, phrased, echoed, missed, phrasing)
        known = np.where(frequency > 0, np.float32(1), held.max(0, initial=0.0))
        return Covered(held, phrased, known, telling, echoed, missed, phrasing)

    def _degrees(
        self,
        content: Sequence[str],
        stems: Sequence[str],
        rows: Rows,
        frequency: Floats,
        part: Part,
        union: Rows,
    ) -> Floats:
        """How alike each word is to each of some stems of a part, shape (words, stems), 0..1."""
        cosines = self._words.cosines(rows, part.stem_rows[union])
        degrees = np.clip((cosines - _UNRELATED) / (_SAME - _UNRELATED), 0, np.float32(0.9))
        foreign = [i for i in range(len(content)) if not frequency[i] and len(stems[i]) > 3]
        for i in foreign:
            lengths, own = part.stem_lengths[union], len(stems[i])
            near = np.flatnonzero((lengths * _AS_LONG <= own) & (lengths >= own * _AS_LONG))
            ids: list[int] = union[near].tolist()
            spelt: Floats = process.cdist(
                [stems[i]],
                [part.stems[at] for at in ids],
                scorer=JaroWinkler.normalized_similarity,
                score_cutoff=_SPELT_ALIKE,
            )
            degrees[i, near] = np.maximum(degrees[i, near], np.float32(0.95) * spelt[0])
        at = np.asarray([part.stem_at.get(stem, -1) for stem in stems], np.int_)
        place = np.minimum(np.searchsorted(union, at), max(len(union) - 1, 0))
        exact = np.flatnonzero(union[place] == at) if len(union) else np.zeros(0, np.int_)
        degrees[exact, place[exact]] = 1.0
        return degrees

    def _counted(self, part: Part) -> Floats:
        """How many candidates hold each stem of a part."""
        counted = part.counts.copy()
        for other in self._parts:
            if other is not part:
                few, many = sorted((part, other), key=lambda one: len(one.stems))
                for stem in few.stems:
                    if stem in many.stem_at:
                        counted[part.stem_at[stem]] += other.frequency[stem]
        return counted

    def _frequency(self, stems: Sequence[str]) -> Floats:
        """How many candidates hold each stem."""
        if len(self._parts) == 1:
            counted = self._parts[0].frequency
            return np.asarray([counted.get(stem, 0) for stem in stems], np.float32)
        return np.asarray([sum(part.frequency.get(stem, 0) for part in self._parts) for stem in stems], np.float32)

    def _telling(self, frequency: Floats) -> Floats:
        """How much words of this frequency tell apart what the base holds, 0..1; 1 for those it does not have."""
        share = np.log((1 + self._size) / (1 + frequency)) / np.log(1 + max(self._size, 1))
        return np.where(frequency > 0, share, 1.0).astype(np.float32)


def _compare(
    said: Sequence[tuple[int, int]],
    among: Floats,
    starts: Rows,
    heavy: Floats,
    telling: Floats,
    phrased: Floats,
    echoed: Floats,
    missed: Floats,
    chosen: Rows,
) -> None:
    """Fill in, for each candidate, what its phrasing that agrees best holds and says.

    `said` are candidates with a row of theirs each; `among` how alike the question's words are to those of each row,
    one row's after the other's from `starts` on, which weigh `heavy`.
    """
    holds, says = np.maximum.reduceat(among, starts[:-1], axis=1), among.max(0)
    share = np.add.reduceat(says * heavy, starts[:-1]) / np.add.reduceat(heavy, starts[:-1])
    left = np.maximum.reduceat((1 - says) * heavy, starts[:-1])
    weight = _LEAST + telling
    agreed = weight @ holds / weight.sum() + share
    order = np.argsort(agreed, kind="stable")  # the best last, so that it stays
    pairs = np.asarray(said, np.int_)[order]
    places = pairs[:, 0]
    phrased[places] = holds.T[order]
    echoed[places], missed[places], chosen[places] = share[order], left[order], pairs[:, 1]


def _joined(parts: Sequence[Rows]) -> tuple[Rows, Rows]:
    """Arrays end to end, and where each begins, with the end behind the last."""
    starts = np.asarray([0, *accumulate(len(part) for part in parts)], np.int_)
    return np.concatenate(parts) if parts else np.zeros(0, np.int_), starts


def _distinct(values: Rows) -> Rows:
    """Each value once, in order: what numpy's `unique` gives, without its detours for other kinds of arrays."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def _best(among: Floats, starts: Rows) -> Floats:
    """The largest value of each run of columns, shape (rows, runs); 0 for an empty run."""
    out = np.zeros((len(among), len(starts) - 1), np.float32)
    filled = np.flatnonzero(np.diff(starts))
    if len(filled):
        out[:, filled] = np.maximum.reduceat(among, starts[filled], axis=1)
    return out
