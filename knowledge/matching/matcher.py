"""One question in, a ranking of everything the base can answer with a confidence out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.derive import Candidate
from knowledge.matching.encoder import Encoder
from knowledge.matching.ngrams import NgramIndex
from knowledge.matching.text import normalise
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score, higher is closer."""

    candidate: Candidate
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """The ranking for one question. `confidence` is the probability that the first is right."""

    ranking: tuple[Scored, ...]
    confidence: float
    gap: str = ""

    def distinct(self, limit: int) -> tuple[Scored, ...]:
        """The best candidates that rest on different claims, at most `limit`."""
        chosen: list[Scored] = []
        for scored in self.ranking:
            if all(set(scored.candidate.claims) != set(other.candidate.claims) for other in chosen):
                chosen.append(scored)
            if len(chosen) == limit:
                break
        return tuple(chosen)


class Matcher:
    """An immutable index over a base's candidates."""

    def __init__(self, candidates: Sequence[Candidate], encoder: Encoder | None, cache: VectorCache | None) -> None:
        self.candidates = tuple(candidates)
        texts = [(normalise(p), i) for i, c in enumerate(self.candidates) for p in c.phrasings]
        self._owner = np.asarray([i for _, i in texts])
        phrasings = [text for text, _ in texts]
        self._ngrams = NgramIndex(phrasings)
        self._encoder = encoder
        if encoder is None:
            self._vectors = None
        else:
            self._vectors = cache.encode(encoder, phrasings) if cache else encoder.encode(phrasings, threads=2)

    @classmethod
    def build(
        cls,
        base: KnowledgeBase,
        candidates: Sequence[Candidate],
        *,
        encoder: Encoder | None,
        cache: VectorCache | None = None,
    ) -> Matcher:
        """Index a base."""
        return cls(candidates, encoder, cache)

    def rank(self, question: str) -> Match:
        """The ranking for a question."""
        text = normalise(question)
        likeness = self._ngrams.cosines(text)
        if self._encoder is not None and self._vectors is not None:
            likeness = 0.4 * likeness + 0.6 * (self._vectors @ self._encoder.encode([text])[0])
        best = np.full(len(self.candidates), -1.0, np.float32)
        np.maximum.at(best, self._owner, likeness)
        order = np.argsort(-best, kind="stable")[:10]
        ranking = tuple(Scored(self.candidates[i], float(best[i])) for i in order)
        top = ranking[0].score if ranking else 0.0
        return Match(ranking, float(1 / (1 + np.exp(-12 * (top - 0.6)))))
