"""What the confidence is judged by: scale-free evidence for and against one candidate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.derive import Candidate, CandidateKind
from knowledge.matching.asking import KINDS
from knowledge.matching.documents import Document
from knowledge.matching.reading import Reading

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.float64]

FEATURES = (
    "likeness",  # blend of both cosines, nearest phrasing
    "regression",  # Gaussian-process mean
    "excess",  # how far that is above SOME_REGRESSION
    "lead",  # its lead over the best candidate that rests on other claims
    "spread",  # Gaussian-process variance: how far the question is from anything known
    "meaning",  # cosine of sentence vectors, nearest phrasing
    "spelling",  # cosine of character n-grams, nearest phrasing
    "answer",  # cosine of sentence vectors, nearest answer or claim text
    "covered",  # share of the question's words held, by how rare they are in English
    "covered_telling",  # the same by how telling they are in the base
    "worst",  # the most important word not held
    "worst_telling",
    "missing",  # how many words are not held
    "unknown",  # the most important word that the whole base does not know
    "unknown_count",
    "phrased",  # share of the question's words that one phrasing holds, by how telling they are
    "worst_phrased",  # the most telling word that this phrasing does not hold
    "echoed",  # share of that phrasing's words that the question says
    "missed",  # the most telling of them that it does not say
    "asks_more",  # kinds of detail asked for that this phrasing does not ask for
    "asks_less",  # and the other way round
    "unmet",  # kinds of detail asked for that neither a phrasing asks for nor the answer seems to give
    "other_speaker",  # share of the words for who is asked about that fit nobody behind it or asked about in it
    "swapped",  # its phrasings name the places the other way round
    "other_voice",  # an expert is named who is not behind this candidate
    "own_voice",  # an expert is named who is
    "figures",  # figures that it does not hold
    "places",  # places that it does not hold
    "months",
    "has_gaps",  # the base says what it does not answer
    "gap",  # likeness to the nearest question that the base is known not to answer
    "gap_lead",  # likeness of the candidate above that
    "gap_regression",  # Gaussian-process mean of such questions
    "focus",  # the word behind "which", "how many" … that it holds least
    *(f"asks_{kind}" for kind in KINDS),  # a kind of detail that none of its phrasings asks for
    "is_claim",
    "is_said",
    "is_who",
    "is_topic",
    "length",  # log of the number of content words
    "empty",  # no content word at all
    "broad",  # rests on more than four claims
)


SOME_REGRESSION = 0.15
"""Gaussian-process mean from which it is more than a hint."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A short list of candidates with their likeness to one question, and how far they hold its words.

    Arrays have shape (short list,) but for `held` (short list, content words) and `known`, `telling` and `rarity`
    (content words,). `focus` is how far the word asked for is held, 1 where none is.
    """

    shortlist: tuple[int, ...]
    candidates: tuple[Candidate, ...]
    documents: tuple[Document, ...]
    likeness: Floats
    regression: Floats
    spread: float
    meaning: Floats
    spelling: Floats
    answer: Floats
    held: Floats
    known: Floats
    telling: Floats
    rarity: Floats
    phrased: Floats
    echoed: Floats
    missed: Floats
    asked: tuple[frozenset[str], ...]
    focus: Floats
    other_speaker: Floats
    swapped: Floats
    has_gaps: bool
    gap: float
    gap_regression: float


def features(reading: Reading, evidence: Evidence) -> Rows:
    """One row a short-listed candidate, columns as FEATURES."""
    size = len(evidence.shortlist)
    kinds = [candidate.kind for candidate in evidence.candidates]
    documents = evidence.documents
    gap_lead = evidence.likeness - evidence.gap if evidence.has_gaps else np.zeros(size)
    columns = [
        evidence.likeness,
        evidence.regression,
        np.maximum(evidence.regression - np.float32(SOME_REGRESSION), 0),
        evidence.regression - _rivals(evidence),
        evidence.spread,
        evidence.meaning,
        evidence.spelling,
        evidence.answer,
        *_word_evidence(evidence),
        *_phrasing_evidence(evidence),
        [len(reading.asks - asked) for asked in evidence.asked],
        [len(asked - reading.asks) for asked in evidence.asked],
        [len(reading.asks - d.asks - d.gives) for d in documents],
        evidence.other_speaker,
        evidence.swapped,
        [bool(reading.experts - d.voices) for d in documents],
        [bool(reading.experts & d.voices) for d in documents],
        [len(reading.numbers - d.numbers) for d in documents],
        [len(reading.places - d.places) for d in documents],
        [len(reading.months - d.months) for d in documents],
        evidence.has_gaps,
        evidence.gap,
        gap_lead,
        evidence.gap_regression,
        1 - evidence.focus,
        *([asked in reading.asks and asked not in d.asks for d in documents] for asked in KINDS),
        [kind is CandidateKind.CLAIM for kind in kinds],
        [kind is CandidateKind.SAID for kind in kinds],
        [kind is CandidateKind.WHO for kind in kinds],
        [kind is CandidateKind.TOPIC for kind in kinds],
        math.log1p(len(reading.content)),
        not reading.content,
        [len(candidate.claims) > 4 for candidate in evidence.candidates],
    ]
    rows = np.empty((len(FEATURES), size))
    for row, column in zip(rows, columns, strict=True):
        row[:] = column
    return rows.T


def _rivals(evidence: Evidence) -> Floats:
    """For each candidate the best regression among those that rest on other claims, 0 without any."""
    claims = [frozenset(candidate.claims) for candidate in evidence.candidates]
    means: list[float] = evidence.regression.tolist()
    best = sorted(range(len(means)), key=means.__getitem__, reverse=True)
    rivals = [
        next((means[j] for j in best if j != i and claims[i].isdisjoint(claims[j])), 0.0) for i in range(len(means))
    ]
    return np.maximum(np.asarray(rivals, np.float32), 0)


def _word_evidence(evidence: Evidence) -> Rows:
    size, words = evidence.held.shape
    if not words:
        return np.repeat(np.asarray([[0.0], [0.0], [1.0], [1.0], [1.0], [1.0], [1.0]]), size, axis=1)
    held, unknown = evidence.held.astype(np.float64), 1 - evidence.known.astype(np.float64)
    by_rarity, by_telling = 0.3 + evidence.rarity, 0.3 + evidence.telling
    every = np.ones(size)
    return np.stack(
        [
            held @ by_rarity / by_rarity.sum(),
            held @ by_telling / by_telling.sum(),
            ((1 - held) * by_rarity).max(1),
            ((1 - held) * by_telling).max(1),
            (1 - held).sum(1),
            every * (by_rarity * unknown).max(),
            every * unknown.sum(),
        ]
    )


def _phrasing_evidence(evidence: Evidence) -> Rows:
    size, words = evidence.phrased.shape
    weight = 0.3 + evidence.telling
    if not words:
        return np.asarray([np.zeros(size), np.ones(size), evidence.echoed, evidence.missed], np.float64)
    phrased: Rows = evidence.phrased.astype(np.float64)
    worst = ((1 - phrased) * weight).max(1)
    return np.asarray([phrased @ weight / weight.sum(), worst, evidence.echoed, evidence.missed], np.float64)
