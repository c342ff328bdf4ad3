"""The index over some of a base's candidates: built once, never changed, shared by every base that holds them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from knowledge.derive import Candidate, houses
from knowledge.matching.asking import asks
from knowledge.matching.documents import Document, Material, Read, material, read, read_questions
from knowledge.matching.encoder import Vectors
from knowledge.matching.meanings import Meanings
from knowledge.matching.ngrams import NgramIndex, gram_matrix
from knowledge.matching.reading import Reader
from knowledge.matching.regression import kernel
from knowledge.matching.text import FUNCTION_WORDS, Stemmer, content_words, normalise
from knowledge.matching.text import words as words_of
from knowledge.matching.wordvectors import WordVectors
from knowledge.model import KnowledgeBase

T = TypeVar("T")

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int_]

GAP = -1
"""The owner of questions that the base is known not to answer."""


_FEW = 1024


class Part:
    """Phrasings, answers and words of some candidates.

    Everything of one candidate lies together: `phrasings[i]` and `answers[i]` are the rows of candidate i. The kernel
    between all phrasings is kept where they are few: it takes at most four megabytes.
    """

    def __init__(
        self,
        base: KnowledgeBase,
        candidates: Sequence[Candidate],
        gaps: Sequence[str],
        *,
        reader: Reader,
        stem: Stemmer,
        words: WordVectors,
        encode: Callable[[Sequence[str]], Vectors] | None,
        like: Part | None = None,
        before: Part | None = None,
    ) -> None:
        """`gaps` are questions without an answer; `like` is a larger part whose weights of n-grams are taken over.

        `before` is an earlier part over the same larger one: what it has read already is not read again.
        """
        self._reader = reader
        self.candidates = tuple(candidates)
        working_for = houses(base)
        self.material = tuple(material(base, candidate, working_for) for candidate in candidates)
        self.place = {candidate.id: i for i, candidate in enumerate(candidates)}
        self.gaps = tuple(gaps)
        earlier: Mapping[Material, Read] = {} if before is None else before.unchanged(reader)
        reads = [earlier.get(made_of) or read(made_of, reader, stem) for made_of in self.material]
        self.documents: tuple[Document, ...] = tuple(of_one.document for of_one in reads)
        asked = [of_one.phrasings for of_one in reads]
        asked.append(read_questions(map(reader.own, gaps), reader, stem))
        self.texts, self.phrasings = _laid_out(asked)
        # Of each phrasing who is asked about, as stems, and the places in order; nothing for most of them.
        roles = [of_text for of_one in asked for of_text in of_one.values()]
        self.speakers: tuple[frozenset[str], ...] = _shared(speaker for speaker, _ in roles)
        self.orders: tuple[tuple[str, ...], ...] = _shared(order for _, order in roles)
        # Who may be asked about without a phrasing for it: the experts, by name, role and affiliation.
        people = {made_of.who for made_of in self.material}
        stems = {who: frozenset(stem(w) for text in who for w in words_of(normalise(text))) for who in people}
        self.who: tuple[frozenset[str], ...] = tuple(stems[made_of.who] for made_of in self.material)
        sizes = np.asarray([place.stop - place.start for place in self.phrasings], np.int_)
        self.owner: Rows = np.repeat([*range(len(candidates)), GAP], sizes)
        # The same as `phrasings` without that of the gaps, as arrays.
        self.starts: Rows = np.cumsum(sizes)[:-1] - sizes[:-1]
        self.lengths: Rows = sizes[:-1]
        answers, self.answers = _laid_out([[text for text in d.answers if text] for d in self.documents])
        # A question asked word for word; where candidates share a phrasing, the first has it: entries come first.
        known = zip(self.texts, self.owner.tolist(), strict=True)
        self.exact = {text: i for text, i in reversed(list(known)) if i != GAP}
        self.ngrams = NgramIndex(self.texts, like=None if like is None else like.ngrams)
        vectors = encode([*self.texts, *answers]) if encode is not None else None
        self.vectors = None if vectors is None else vectors[: len(self.texts)]
        self.meanings = None if self.vectors is None else Meanings(self.vectors, self.starts, self.lengths)
        self.answer_vectors = None if vectors is None else vectors[len(self.texts) :]
        # An overlay has none: what is near a question lies in both parts as a rule.
        self.kernel: Floats | None = self._kernel() if like is None and len(self.texts) <= _FEW else None
        self._lay_out_words(stem, words)

    def _kernel(self) -> Floats:
        spelling = gram_matrix([self.ngrams.rows(np.arange(len(self.texts)))])
        return kernel(spelling, None if self.vectors is None else self.vectors @ self.vectors.T)

    def _lay_out_words(self, stem: Stemmer, words: WordVectors) -> None:
        stems = [{stem(word): word for word in d.words if word not in FUNCTION_WORDS} for d in self.documents]
        self.frequency = Counter[str]()
        for of_one in stems:  # one by one: a single long call would hold up other threads
            self.frequency.update([*of_one])
        self.stems = tuple(self.frequency)
        self.counts: Floats = np.asarray([*self.frequency.values()], np.float32)
        self.stem_lengths: Rows = np.asarray([len(stem) for stem in self.stems], np.int_)
        self.stem_at = {stem: i for i, stem in enumerate(self.stems)}
        shown = {stem: word for of_one in reversed(stems) for stem, word in of_one.items()}
        self.stem_rows: Rows = np.asarray([words.row(shown[stem]) for stem in self.stems], np.int_)
        self.held: tuple[Rows, ...] = tuple(np.asarray([self.stem_at[s] for s in of_one], np.int_) for of_one in stems)
        # In how many of its texts a candidate has each of these words: one that a single phrasing brings goes with it.
        self.times: tuple[Rows, ...] = tuple(
            _times(d, of_one, stem) for d, of_one in zip(self.documents, stems, strict=True)
        )
        # Of each phrasing its content words; those of gaps are asked for nowhere.
        self.said: tuple[Rows, ...] = tuple(
            np.asarray(sorted({self.stem_at[stem(word)] for word in content_words(text)}), np.int_)
            for text in self.texts[: self.phrasings[-1].start]
        )
        self.asked: tuple[frozenset[str], ...] = _shared(asks(t) for t in self.texts[: self.phrasings[-1].start])

    def unchanged(self, reader: Reader) -> Mapping[Material, Read]:
        """What was read here that another reader reads just so, by what it was made from."""
        who = {text for made_of in self.material for text in made_of.who}
        otherwise = reader.otherwise(self._reader, who)
        found: dict[Material, Read] = {}
        for made_of, document, rows in zip(self.material, self.documents, self.phrasings, strict=False):
            if not otherwise or not any(reader.has_any(text, otherwise) for text in made_of.texts):
                roles = zip(self.speakers[rows], self.orders[rows], strict=True)
                found[made_of] = Read(document, dict(zip(self.texts[rows], roles, strict=True)))
        return found

    def brought(self, phrasing: int) -> npt.NDArray[np.bool_]:
        """Which words of its candidate only this phrasing has, in the order of `held`."""
        owner = int(self.owner[phrasing])
        if owner == GAP:
            return np.zeros(0, np.bool_)
        return (self.times[owner] <= 1) & np.isin(self.held[owner], self.said[phrasing])

    def brings(self, phrasing: int) -> frozenset[str]:
        """The words that the candidate of a phrasing has from it alone."""
        owner = int(self.owner[phrasing])
        if owner == GAP:
            return frozenset()
        rows: list[int] = self.held[owner][self.brought(phrasing)].tolist()
        return frozenset(self.stems[at] for at in rows)


def _shared(values: Iterable[T]) -> tuple[T, ...]:
    """The values, of which there are few different ones, each kept once."""
    kept: dict[T, T] = {}
    return tuple(kept.setdefault(value, value) for value in values)


def _laid_out(texts: Sequence[Collection[str]]) -> tuple[list[str], tuple[slice, ...]]:
    """All texts in one list, and where those of each owner lie."""
    flat: list[str] = []
    places: list[slice] = []
    for of_one in texts:
        start = len(flat)
        flat += of_one
        places.append(slice(start, len(flat)))
    return flat, tuple(places)


def _times(of_one: Document, stems: Mapping[str, str], stem: Stemmer) -> Rows:
    times = Counter(chain.from_iterable({stem(word) for word in text.split()} for text in of_one.texts))
    return np.asarray([times[s] for s in stems], np.int_)
