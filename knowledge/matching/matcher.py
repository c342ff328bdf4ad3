"""One question in, a ranking of everything the base can answer with a confidence out.

Every phrasing is compared by character n-grams and sentence vectors; Gaussian-process regression on
the same cosines makes a short list; a logistic model over that and over how well the question's words
are held (see `features`) orders it and gives the confidence. Deterministic.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.derive import Candidate
from knowledge.matching.confidence import Confidence
from knowledge.matching.coverage import Coverage
from knowledge.matching.documents import base_texts, document
from knowledge.matching.encoder import Encoder, Vectors
from knowledge.matching.features import Evidence, features
from knowledge.matching.gp import NOISE, SHARPNESS, GaussianProcess, kernel
from knowledge.matching.lexicon import Lexicon
from knowledge.matching.ngrams import NgramIndex
from knowledge.matching.places import Places
from knowledge.matching.reading import Reader, Reading
from knowledge.matching.text import normalise
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import KnowledgeBase

Floats = npt.NDArray[np.float32]

SHORTLIST = 8
EXACT = 0.98  # confidence in a phrasing of the base asked word for word
NEAR_GAP = 0.6  # likeness from which a known gap is said to be one
SPELLING_SHARE = 0.4  # of the blended likeness; the rest is meaning


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with the probability that it is right."""

    candidate: Candidate
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """The ranking for one question.

    `confidence` is the probability that the first is right; `gap` that the question is nearest to one
    which the base is known not to answer; `rows` the evidence, as FEATURES, in the order of the ranking.
    """

    reading: Reading
    ranking: tuple[Scored, ...]
    confidence: float
    gap: bool
    rows: npt.NDArray[np.float64]

    def distinct(self, limit: int) -> tuple[Scored, ...]:
        """The best candidates that differ in claims and in the question as shown, at most `limit`."""
        chosen: list[Scored] = []
        for scored in self.ranking:
            new = scored.candidate
            if all(
                set(new.claims) != set(other.candidate.claims) and new.question != other.candidate.question
                for other in chosen
            ):
                chosen.append(scored)
            if len(chosen) == limit:
                break
        return tuple(chosen)


class Matcher:
    """An immutable index over a base's candidates."""

    def __init__(
        self,
        base: KnowledgeBase,
        candidates: Sequence[Candidate],
        *,
        encoder: Encoder | None,
        cache: VectorCache | None = None,
        confidence: Confidence | None = None,
    ) -> None:
        self.candidates = tuple(candidates)
        self._encoder = encoder
        self._confidence = confidence or Confidence.bundled(with_encoder=encoder is not None, with_gaps=bool(base.gaps))
        self._lexicon = Lexicon.bundled()
        texts = base_texts(base, candidates)
        self._reader = Reader(texts, base.experts.values(), self._lexicon, Places.bundled())
        self._documents = [document(base, candidate, self._reader) for candidate in candidates]
        # Questions that the base is known not to answer stand in one more column, behind all candidates.
        gaps = [question for gap in base.gaps.values() for question in gap.questions]
        phrasings, self._owner = self._owned([*(c.phrasings for c in candidates), gaps], read=True)
        answers, self._answer_owner = self._owned([d.answers for d in self._documents], read=False)
        # A question asked word for word; where candidates share a phrasing, the first has it: entries come first.
        owned = zip(phrasings, self._owner.tolist(), strict=True)
        self._exact = {text: i for text, i in reversed(list(owned)) if i < len(self.candidates)}
        self._ngrams = NgramIndex(phrasings)
        words = sorted({word for doc in self._documents for word in doc.words})
        vectors = _encode(encoder, cache, [*phrasings, *answers, *words])
        self._vectors: Vectors | None = None
        self._answer_vectors: Vectors | None = None
        known_words: dict[str, Vectors] = {}
        if vectors is not None:
            at = len(phrasings) + len(answers)
            self._vectors, self._answer_vectors = vectors[: len(phrasings)], vectors[len(phrasings) : at]
            known_words = dict(zip(words, vectors[at:], strict=True))
        self._coverage = Coverage([doc.words for doc in self._documents], vectors=known_words, encoder=encoder)
        self._regression = self._regress(phrasings, cache)

    def rank(self, question: str) -> Match:
        """The ranking for a question, at most SHORTLIST candidates."""
        reading = self._reader.read(question)
        spelling = self._ngrams.cosines(reading.text)
        likeness_row, kernel_row = spelling, kernel(spelling)
        answer = np.zeros(len(self.candidates), np.float32)
        meaning = answer
        if self._encoder is not None and self._vectors is not None and self._answer_vectors is not None:
            vector = self._encoder.encode([reading.text])[0]
            cosines = self._vectors @ vector
            likeness_row = SPELLING_SHARE * spelling + (1 - SPELLING_SHARE) * cosines
            kernel_row = kernel_row + kernel(cosines)
            meaning = self._best(cosines, self._owner)
            answer = self._best(self._answer_vectors @ vector, self._answer_owner)
        likeness, gap = _split(self._best(likeness_row, self._owner))
        regression, gap_regression = _split(self._regression.scores(kernel_row))
        exact = self._exact.get(reading.text)
        order = np.argsort(-(likeness + regression), kind="stable")[:SHORTLIST]
        if exact is not None and exact not in order:
            order[-1] = exact
        evidence = Evidence(
            likeness=likeness,
            regression=regression,
            meaning=meaning,
            spelling=self._best(spelling, self._owner),
            answer=answer,
            held=self._coverage.of(reading.content, order),
            known=np.asarray([self._coverage.known(word) for word in reading.content], np.float32),
            telling=np.asarray([self._coverage.telling(word) for word in reading.content], np.float32),
            rarity=np.asarray([self._lexicon.rarity(word) for word in reading.content], np.float32),
            focus=self._coverage.of(reading.focus, order).min(1, initial=1.0),
            gap=gap,
            gap_regression=gap_regression,
        )
        rows = features(reading, evidence, [int(i) for i in order], self.candidates, self._documents)
        scores = self._confidence(rows)
        if exact is not None:
            scores[order == exact] = max(EXACT, float(scores.max(initial=0.0)))
            # Of equal scores the first is taken: it has to be the exact one.
            first = np.argsort(order != exact, kind="stable")
            order, rows, scores = order[first], rows[first], scores[first]
        best = np.argsort(-scores, kind="stable")
        ranking = tuple(Scored(self.candidates[order[i]], float(scores[i])) for i in best)
        known_gap = gap >= NEAR_GAP and gap > float(likeness.max(initial=-1.0))
        return Match(reading, ranking, ranking[0].score if ranking else 0.0, known_gap, rows[best])

    def spelt_like(self, text: str) -> Floats:
        """How alike a half-typed text is to the nearest phrasing of each candidate, shape (candidates,), 0..1."""
        as_typed, mended = normalise(text), self._reader.read(text).text
        return np.maximum(*(self._best(self._ngrams.cosines(t), self._owner)[:-1] for t in (as_typed, mended)))

    def _best(self, values: Floats, owner: npt.NDArray[np.int_]) -> Floats:
        best = np.full(len(self.candidates) + 1, -1.0, np.float32)
        np.maximum.at(best, owner, values)
        return best

    def _owned(self, texts: Sequence[Sequence[str]], *, read: bool) -> tuple[list[str], npt.NDArray[np.int_]]:
        owned = [
            (text, i)
            for i, of_one in enumerate(texts)
            for text in dict.fromkeys(self._reader.read(t).text if read else t for t in of_one)
            if text
        ]
        return [text for text, _ in owned], np.asarray([i for _, i in owned], np.int_)

    def _regress(self, phrasings: Sequence[str], cache: VectorCache | None) -> GaussianProcess:
        columns = len(self.candidates) + 1

        def go_on() -> None:
            if cache is not None:
                cache.go_on()

        def weights() -> Floats:
            gram = self._ngrams.gram()
            go_on()
            kernel(gram, out=gram)
            if self._vectors is not None:
                for rows in range(0, len(gram), 256):  # in parts: a second matrix of this size is not held
                    go_on()
                    gram[rows : rows + 256] += kernel(self._vectors[rows : rows + 256] @ self._vectors.T)
            return GaussianProcess.fitted(gram, self._owner, columns, go_on=go_on).weights

        if cache is None:
            return GaussianProcess(weights())
        model = self._encoder.fingerprint if self._encoder is not None else "none"
        key = json.dumps([model, SHARPNESS, NOISE, phrasings, self._owner.tolist()])
        return GaussianProcess(cache.remembered(f"regression-{model[:16]}", key, (len(phrasings), columns), weights))


def _split(values: Floats) -> tuple[Floats, float]:
    """The candidates' values and that of the gaps, which stand last."""
    return values[:-1], float(values[-1])


def _encode(encoder: Encoder | None, cache: VectorCache | None, texts: Sequence[str]) -> Vectors | None:
    if encoder is None:
        return None
    return cache.encode(encoder, texts) if cache is not None else encoder.encode(texts, threads=2)
