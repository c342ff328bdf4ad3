"""How much of what a question says is held by what would be answered.

Similarity alone hardly tells "what did X say about energy" from "what did X say about space": most
words agree. So each content word of a question is looked for in the candidate: by stem, else by
meaning (cosine of the words' own vectors), a word that the base does not know also by spelling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from knowledge.matching.part import Part
from knowledge.matching.text import Stemmer
from knowledge.matching.wordvectors import WordVectors

Floats = npt.NDArray[np.float32]

# Cosines of word vectors: below the first unrelated, from the second on as good as the same.
_UNRELATED = 0.20
_SAME = 0.80
_SPELT_ALIKE = 0.93


@dataclass(frozen=True, slots=True)
class Covered:
    """How far the words of a question are held.

    `held` by each candidate, shape (candidates, words); `known` by the whole base and how `telling` in it, both (words,). All 0..1.
    `phrased`, (candidates, words), is by that one of its phrasings which agrees best with the question, `echoed` (candidates,)
    the share of that phrasing's words which the question says, `missed` the most telling of them that it does not say;
    `phrasing` is its row in the part.
    """

    held: Floats
    phrased: Floats
    echoed: Floats
    missed: Floats
    phrasing: tuple[int, ...]
    known: Floats
    telling: Floats


class Coverage:
    """Which candidate holds which words, over all parts of a base."""

    def __init__(self, parts: Sequence[Part], *, stem: Stemmer, words: WordVectors) -> None:
        self._parts = parts
        self._stem = stem
        self._words = words
        self._size = sum(len(part.candidates) for part in parts)

    def of(
        self,
        content: Sequence[str],
        shortlist: Sequence[tuple[Part, int]],
        phrasings: Sequence[Sequence[int]],
        *,
        without: tuple[Part, int] | None = None,
    ) -> Covered:
        """`shortlist` are candidates, by their part and their place in it; `phrasings` rows in it that are most like the question.

        `without` leaves out what one phrasing alone brings to its candidate, to judge that phrasing as if it were a question.
        """
        stems = [self._stem(word) for word in content]
        frequency = np.asarray([sum(part.frequency[stem] for part in self._parts) for stem in stems], np.float32)
        if without is not None:
            frequency -= np.asarray([without[0].brings(without[1], stem) for stem in stems], np.float32)
        telling = np.where(frequency > 0, np.log((1 + self._size) / (1 + frequency)) / np.log(1 + self._size), 1.0)
        if not content or not shortlist:
            nothing = np.zeros((len(shortlist), len(content)), np.float32)
            none = np.zeros(len(shortlist), np.float32)
            first = tuple(rows[0] if rows else -1 for rows in phrasings)
            return Covered(
                nothing, nothing, none, none, first, (frequency > 0).astype(np.float32), telling.astype(np.float32)
            )
        phrased = np.zeros((len(shortlist), len(content)), np.float32)
        echoed, missed = np.zeros(len(shortlist), np.float32), np.zeros(len(shortlist), np.float32)
        chosen = [-1] * len(shortlist)
        weight = 0.3 + telling
        held = np.zeros((len(shortlist), len(content)), np.float32)
        rows = np.asarray([self._words.row(word) for word in content], np.int_)
        for part in dict.fromkeys(part for part, _ in shortlist):
            mine = [i for i, (other, _) in enumerate(shortlist) if other is part]
            union, inverse = np.unique(np.concatenate([part.held[shortlist[i][1]] for i in mine]), return_inverse=True)
            degrees = self._degrees(content, stems, rows, frequency, part, union)
            start = 0
            for i in mine:
                size = len(part.held[shortlist[i][1]])
                own = degrees[:, inverse[start : start + size]]
                if without is not None and part is without[0] and part.owner[without[1]] == shortlist[i][1]:
                    own = own * ~part.brought(without[1])
                held[i] = own.max(1, initial=0.0)
                start += size
                best = -1.0
                for row in phrasings[i]:
                    said = part.said[row]
                    among = degrees[:, np.searchsorted(union, said)]
                    to = among.max(1, initial=0.0)
                    heavy = 0.3 + self._telling([part.stems[s] for s in said])
                    back = among.max(0, initial=0.0)
                    share = float(back @ heavy / heavy.sum()) if len(said) else 0.0
                    agreed = float(to @ weight / weight.sum()) + share
                    if agreed > best:
                        best, phrased[i], echoed[i], chosen[i] = agreed, to, share, row
                        missed[i] = float(((1 - back) * heavy).max(initial=0.0))
        known = np.where(frequency > 0, 1.0, held.max(0)).astype(np.float32)
        return Covered(held, phrased, echoed, missed, tuple(chosen), known, telling.astype(np.float32))

    def _telling(self, stems: Sequence[str]) -> Floats:
        frequency = np.asarray([sum(part.frequency[stem] for part in self._parts) for stem in stems], np.float32)
        return np.log((1 + self._size) / (1 + frequency)) / np.log(1 + self._size)

    def _degrees(
        self,
        content: Sequence[str],
        stems: Sequence[str],
        rows: npt.NDArray[np.int_],
        frequency: Floats,
        part: Part,
        union: npt.NDArray[np.int_],
    ) -> Floats:
        """How alike each word is to each of some stems of a part, shape (words, stems), 0..1."""
        cosines = self._words.cosines(rows, part.stem_rows[union])
        degrees = np.clip((cosines - _UNRELATED) / (_SAME - _UNRELATED), 0, 0.9)
        foreign = [i for i in range(len(content)) if not frequency[i] and len(stems[i]) > 3]
        if foreign:
            spelt = process.cdist(
                [stems[i] for i in foreign],
                [part.stems[i] for i in union],
                scorer=JaroWinkler.normalized_similarity,
                score_cutoff=_SPELT_ALIKE,
            )
            degrees[foreign] = np.maximum(degrees[foreign], 0.95 * spelt)
        for i, stem in enumerate(stems):
            at = part.stem_at.get(stem)
            if at is not None:
                place = int(np.searchsorted(union, at))
                if place < len(union) and union[place] == at:
                    degrees[i, place] = 1.0
        return degrees
