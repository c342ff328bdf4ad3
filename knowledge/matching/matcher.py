"""One question in, a ranking of everything the base can answer with a confidence out.

Every phrasing is compared by character n-grams and sentence vectors; Gaussian-process regression on
the nearest ones makes a short list; two small models over that and over how well the question's words
are held (see `features`) order it and give the confidence. Deterministic.
"""

from __future__ import annotations

import weakref
from collections.abc import Collection, Sequence
from copy import copy
from functools import cached_property, lru_cache, partial
from itertools import accumulate, chain, pairwise

import numpy as np
import numpy.typing as npt

from knowledge.derive import Candidate
from knowledge.errors import EncoderError
from knowledge.matching.confidence import Confidence
from knowledge.matching.coverage import Asked, Coverage
from knowledge.matching.documents import Document
from knowledge.matching.encoder import Encoder
from knowledge.matching.features import Evidence, features
from knowledge.matching.gaps import GapRegression
from knowledge.matching.likeness import ABSENT, Likeness, flat, nearest_rows
from knowledge.matching.match import Match, Scored
from knowledge.matching.ngrams import gram_matrix
from knowledge.matching.part import GAP, Part
from knowledge.matching.reading import Reader, Reading
from knowledge.matching.regression import kernel, regress
from knowledge.matching.speakers import other_speaker, swapped
from knowledge.matching.text import normalise
from knowledge.matching.tools import Tools

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int_]

SHORTLIST = 10
NEAREST = 64  # phrasings that are regressed on
EXACT = 0.98  # confidence in a phrasing of the base asked word for word
NEAR_GAP = 0.6  # likeness from which a known gap is said to be one
HELD = 0.5  # coverage from which a word counts as held
SPELLING_SHARE = 0.4  # of the blended likeness; the rest is meaning
_PHRASINGS = 3  # of a candidate, that are compared word for word
_REMEMBERED = 512  # questions whose match is kept


class Matcher:
    """An immutable index over a base's candidates."""

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        reader: Reader,
        tools: Tools,
        encoder: Encoder | None,
        confidence: Confidence,
        hidden: Collection[str] = (),
        hidden_gaps: Collection[str] = (),
        gap_regression: GapRegression | None = None,
    ) -> None:
        """`hidden` are ids of candidates of the first part that this base does not have, or has otherwise.

        `hidden_gaps` are questions of its gaps that are none here; `gap_regression` is
        that of the first part.
        """
        self.parts = tuple(parts)
        self.reader = reader
        self.tools = tools
        self._encoder = encoder
        self._confidence = confidence
        self._gap_weights = gap_regression
        self._places = tuple((part, i) for part in parts for i in range(len(part.candidates)))
        gone = frozenset(parts[0].place[candidate] for candidate in hidden)
        every = chain.from_iterable(part.candidates for part in parts)
        self.candidates = tuple(candidate for i, candidate in enumerate(every) if i not in gone)
        offsets = np.cumsum([0, *(len(part.candidates) for part in parts)])
        rows = np.cumsum([0, *(len(part.texts) for part in parts)])
        self._row_offsets: Rows = rows
        # Of each candidate the first of its rows, and how many they are.
        self._starts: Rows = np.concatenate([part.starts + at for part, at in zip(parts, rows, strict=False)])
        self._lengths: Rows = np.concatenate([part.lengths for part in parts])
        owners = [np.where(part.owner == GAP, GAP, part.owner + at) for part, at in zip(parts, offsets, strict=False)]
        self._owner: Rows = np.concatenate(owners) if owners else np.zeros(0, np.int_)
        masked = np.isin(self._owner, list(gone))
        if hidden_gaps:
            no_gaps = {reader.own(text) for text in hidden_gaps}
            masked |= (self._owner == GAP) & np.asarray([text in no_gaps for part in parts for text in part.texts])
        self._masked: Rows = np.flatnonzero(masked)
        self._offsets = offsets
        self._gone = gone
        self._gap_rows: Rows = np.flatnonzero((self._owner == GAP) & ~masked)
        self._has_gaps = bool(len(self._gap_rows))
        self._coverage = Coverage(parts, stem=tools.stem, words=tools.words)
        self._remember()

    def _remember(self) -> None:
        # By a weak reference: an index that holds itself would be freed late, and it is large.
        self._remembered = lru_cache(maxsize=_REMEMBERED)(partial(Matcher._rank, weakref.proxy(self)))

    def with_confidence(self, confidence: Confidence) -> Matcher:
        """The same index, judged otherwise."""
        other = copy(self)
        other.__dict__.pop("_by_spelling", None)
        other._confidence = confidence
        other._remember()
        return other

    @property
    def encoder(self) -> Encoder | None:
        """What gives sentences their vectors: None for a base that is matched by spelling, or once it has failed."""
        return None if self._encoder is None or self._encoder.problem else self._encoder

    @property
    def encoder_problem(self) -> str:
        """Why a base that has sentence vectors is matched by spelling all the same; empty where it is not."""
        return "" if self._encoder is None else self._encoder.problem

    @property
    def confidence(self) -> Confidence:
        """What the evidence is judged by."""
        return self._by_spelling if self.encoder_problem else self._confidence

    @property
    def gap_regression(self) -> GapRegression | None:
        """What is known of the first part's gaps, as it is matched now."""
        return None if self.encoder_problem else self._gap_weights

    @property
    def overlaid(self) -> Part | None:
        """What lies over the first part, if anything does."""
        return self.parts[1] if len(self.parts) > 1 else None

    @property
    def size(self) -> int:
        """How many phrasings and gaps' questions are in it."""
        return int(self._row_offsets[-1])

    @cached_property
    def _by_spelling(self) -> Confidence:
        return Confidence.bundled(with_encoder=False, off_base=self._confidence.off_base)

    def read(self, text: str) -> Reading:
        """A text as this base reads it."""
        return self.reader.read(text)

    def rank(self, question: str) -> Match:
        """The ranking for a question, at most SHORTLIST candidates. A question seen before is remembered."""
        return self._remembered(question)

    def _rank(self, question: str) -> Match:
        reading = self.reader.read(question)
        exact = self._exact(reading.text)
        if exact is not None:
            nothing = np.zeros((1, 0), np.float64)
            part, at = self._places[exact]
            return Match(reading, (Scored(part.candidates[at], EXACT),), EXACT, 1 - EXACT, False, nothing)
        return self._weighed(reading, self.likeness(reading.text))

    def rank_left_out(self, phrasing: str) -> Match:
        """The ranking for a phrasing of the base as if the base did not have it."""
        reading = self.reader.read(phrasing)
        likeness = self.likeness(reading.text)
        texts = (text for part in self.parts for text in part.texts)
        rows = [row for row, text in enumerate(texts) if text == reading.text]
        for values in (likeness.blend, likeness.spelling, likeness.meaning):
            if values is not None:
                values[rows] = ABSENT
        return self._weighed(reading, likeness)

    def _weighed(self, reading: Reading, likeness: Likeness) -> Match:
        evidence = self.evidence(reading, likeness)
        rows = features(reading, evidence)
        judged = (self._by_spelling if self._is_blind(likeness) else self._confidence).judge(rows)
        order = zip(judged.order, judged.scores, strict=True)
        ranking = tuple(Scored(evidence.candidates[i], score) for i, score in order)
        nearest = float(evidence.likeness.max(initial=-1.0))
        known_gap = evidence.gap >= NEAR_GAP and evidence.gap > nearest
        confidence = ranking[0].score if ranking else 0.0
        return Match(reading, ranking, confidence, judged.off_base, known_gap, rows[list(judged.order)])

    def likeness(self, text: str) -> Likeness:
        """How alike a text, as read, is to every phrasing."""
        spelling = np.concatenate([part.ngrams.cosines(text) for part in self.parts])
        vector = self._vector(text)
        if vector is None:
            return self.blended(None, spelling, None)
        favour: Floats = spelling * np.float32(SPELLING_SHARE / (1 - SPELLING_SHARE))
        favour[self._masked] = -np.inf
        meaning = np.concatenate(
            [
                part.meanings.cosines(vector, favour[start:stop], NEAREST)
                for part, (start, stop) in zip(self.parts, pairwise(self._row_offsets.tolist()), strict=True)
                if part.meanings is not None
            ]
        )
        return self.blended(vector, spelling, meaning)

    def _vector(self, text: str) -> Floats | None:
        try:
            return self.encoder.encode([text])[0] if self.encoder is not None and text else None
        except EncoderError:
            return None  # the encoder has logged it

    def _is_blind(self, likeness: Likeness) -> bool:
        """Whether a base that is matched by meaning is not, this time."""
        return likeness.meaning is None and self._encoder is not None

    def blended(self, vector: Floats | None, spelling: Floats, meaning: Floats | None) -> Likeness:
        """Both kinds of likeness with their blend, in which what this base does not have stands at ABSENT."""
        blend: Floats = spelling.copy()
        if meaning is not None:
            blend *= np.float32(SPELLING_SHARE)
            blend += np.float32(1 - SPELLING_SHARE) * meaning
        blend[self._masked] = ABSENT
        return Likeness(vector, spelling, meaning, blend)

    def evidence(self, reading: Reading, likeness: Likeness, *, without: int | None = None) -> Evidence:
        """What speaks for and against the candidates nearest to a question; `without` leaves out one phrasing."""
        # In the order of the parts, so that those of one part lie together.
        nearest = np.sort(nearest_rows(likeness.blend, NEAREST))
        within = [nearest[(nearest >= a) & (nearest < b)] - a for a, b in pairwise(self._row_offsets.tolist())]
        between = self._between(within, with_meaning=likeness.meaning is not None)
        row = kernel(likeness.spelling[nearest], None if likeness.meaning is None else likeness.meaning[nearest])
        regression = regress(row, between)
        means: dict[int, float] = {}
        for owner, weight in zip(self._owner[nearest].tolist(), regression.weights.tolist(), strict=True):
            means[owner] = means.get(owner, 0.0) + weight
        gap_mean = means.pop(GAP, 0.0)
        shortlist = sorted(means, key=lambda i: (-means[i], i))[:SHORTLIST]
        if len(shortlist) < SHORTLIST:  # many phrasings an entry: further ones come in by likeness
            for owner in self._owner[nearest_rows(likeness.blend, 8 * NEAREST)].tolist():
                if owner not in means and owner != GAP:
                    means[owner] = 0.0
                    shortlist.append(owner)
                    if len(shortlist) == SHORTLIST:
                        break
        asked = [Asked(*self._places[i], self._nearest_phrasings(likeness.blend, i)) for i in shortlist]
        left = None if without is None else self._part_of(without)
        covered = self._coverage.of(reading.content, asked, without=left)
        focus = self._focus(reading, covered.held, asked, left)
        phrasings: list[int] = covered.phrasing.tolist()
        likenesses, meanings, spellings = self._best(shortlist, likeness.blend, likeness.meaning, likeness.spelling)
        return Evidence(
            shortlist=tuple(shortlist),
            candidates=tuple(self._candidate(i) for i in shortlist),
            documents=tuple(self._document(i) for i in shortlist),
            likeness=likenesses,
            regression=np.asarray([means[i] for i in shortlist], np.float32),
            spread=regression.spread,
            meaning=meanings,
            spelling=spellings,
            answer=self._answers(likeness.vector, shortlist),
            held=covered.held,
            phrased=covered.phrased,
            echoed=covered.echoed,
            missed=covered.missed,
            asked=tuple(a.part.asked[row] for a, row in zip(asked, phrasings, strict=True)),
            known=covered.known,
            telling=covered.telling,
            rarity=np.asarray([self.tools.lexicon.rarity(word) for word in reading.content], np.float32),
            focus=focus,
            other_speaker=other_speaker(reading, asked, left, self.tools.stem),
            swapped=swapped(reading, asked),
            has_gaps=self._has_gaps,
            gap=float(likeness.blend[self._gap_rows].max(initial=-1.0)) if self._has_gaps else 0.0,
            gap_regression=self._gap_regression(likeness, gap_mean, without),
        )

    def _between(self, rows: Sequence[Rows], *, with_meaning: bool) -> Floats:
        """The kernel between phrasings, given as rows of each part."""
        some = [(part, at) for part, at in zip(self.parts, rows, strict=True) if len(at)]
        if not some:
            return np.zeros((0, 0), np.float32)
        part, at = some[0] if len(some) == 1 else (None, rows[0])
        if part is not None and part.kernel is not None and (part.vectors is not None) == with_meaning:
            return part.kernel[np.ix_(at, at)]
        spelling = gram_matrix([part.ngrams.rows(at) for part, at in some])
        if not with_meaning:
            return kernel(spelling, None)
        vectors = np.concatenate([part.vectors[at] for part, at in some if part.vectors is not None])
        return kernel(spelling, vectors @ vectors.T)

    def _focus(self, reading: Reading, held: Floats, asked: Sequence[Asked], left: tuple[Part, int] | None) -> Floats:
        """How far what is asked for is held by each candidate, `held` being how far each content word is."""
        if set(reading.focus) <= set(reading.content):
            at = [reading.content.index(word) for word in reading.focus]
            return held[:, at].min(axis=1, initial=1.0)
        return self._coverage.of(reading.focus, asked, without=left).held.min(axis=1, initial=1.0)

    def _gap_regression(self, likeness: Likeness, nearest: float, without: int | None) -> float:
        """How much a question looks like a known gap, about 0..1; `nearest` is what the nearest phrasings say."""
        known = self._gap_weights
        if known is None or not self._has_gaps or self._is_blind(likeness):
            return nearest
        if without is not None and without < len(known.left_out):
            return float(known.left_out[without])
        rows = slice(0, len(known.weights))
        row = kernel(likeness.spelling[rows], None if likeness.meaning is None else likeness.meaning[rows])
        return float(row @ known.weights)

    def spelt_like(self, text: str) -> Floats:
        """How alike a half-typed text is to the nearest phrasing of each candidate, shape (candidates,), 0..1."""
        as_typed, mended = normalise(text), self.reader.read(text).text
        alike = [
            np.maximum(part.ngrams.cosines(as_typed), part.ngrams.cosines(mended))
            if mended != as_typed
            else part.ngrams.cosines(as_typed)
            for part in self.parts
        ]
        kept = [i for i in range(len(self._places)) if i not in self._gone]
        return self._best(kept, np.concatenate(alike))[0]

    def unheld(self, reading: Reading, expert: str) -> tuple[str, ...]:
        """The content words of a question that nothing with this expert behind it holds, in order.

        A place or month counts as held only where it is named: to word vectors "Ukraine" is nearly "Russia".
        """
        theirs = [
            Asked(part, at, ())
            for i, (part, at) in enumerate(self._places)
            if i not in self._gone and expert in part.documents[at].voices
        ]
        documents = [asked.part.documents[asked.at] for asked in theirs]
        places = frozenset[str]().union(*(document.places for document in documents))
        other_months = reading.months.difference(*(document.months for document in documents))
        held = self._coverage.of(reading.content, theirs).held.max(0, initial=0.0)
        return tuple(
            word
            for word, degree in zip(reading.content, held.tolist(), strict=True)
            if degree < HELD or word in other_months or not self.tools.places.of([word]) <= places
        )

    def _best(self, candidates: Sequence[int], *likenesses: Floats | None) -> list[Floats]:
        """Of each kind of likeness the largest among the phrasings of each of some candidates; 0 where there is none.

        A candidate without phrasings has -1.
        """
        at = np.asarray(candidates, np.int_)
        starts, lengths = self._starts[at], self._lengths[at]
        filled = lengths > 0
        rows, first = flat(starts[filled], lengths[filled])
        best: list[Floats] = []
        for values in likenesses:
            out = np.full(len(at), -1.0 if values is not None else 0.0, np.float32)
            if values is not None and len(rows):
                out[filled] = np.maximum(np.maximum.reduceat(values[rows], first), np.float32(-1))
            best.append(out)
        return best

    def _nearest_phrasings(self, blend: Floats, candidate: int) -> list[int]:
        """The rows, in its part, of a candidate's phrasings that are most like the question."""
        start = int(self._starts[candidate])
        alike: list[float] = blend[start : start + int(self._lengths[candidate])].tolist()
        part, at = self._places[candidate]
        first = part.phrasings[at].start
        return [first + i for i in sorted(range(len(alike)), key=alike.__getitem__, reverse=True)[:_PHRASINGS]]

    def _answers(self, vector: Floats | None, shortlist: Sequence[int]) -> Floats:
        out = np.zeros(len(shortlist), np.float32)
        places = [self._places[candidate] for candidate in shortlist]
        answers = [
            part.answer_vectors[part.answers[at]] if part.answer_vectors is not None else None for part, at in places
        ]
        filled = [(i, vectors) for i, vectors in enumerate(answers) if vectors is not None and len(vectors)]
        if vector is not None and filled:
            cosines = np.concatenate([vectors for _, vectors in filled]) @ vector
            first = [0, *accumulate(len(vectors) for _, vectors in filled[:-1])]
            out[[i for i, _ in filled]] = np.maximum.reduceat(cosines, first)
        return out

    def _exact(self, text: str) -> int | None:
        for part, offset in zip(self.parts, self._offsets.tolist(), strict=False):
            at = part.exact.get(text)
            if at is not None and at + offset not in self._gone:
                return at + offset
        return None

    def _candidate(self, i: int) -> Candidate:
        part, at = self._places[i]
        return part.candidates[at]

    def _document(self, i: int) -> Document:
        part, at = self._places[i]
        return part.documents[at]

    def _part_of(self, row: int) -> tuple[Part, int]:
        at = int(np.searchsorted(self._row_offsets, row, side="right")) - 1
        return self.parts[at], row - int(self._row_offsets[at])
