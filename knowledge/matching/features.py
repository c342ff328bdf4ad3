"""What the confidence is judged by: scale-free evidence for and against one candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.derive import Candidate, CandidateKind
from knowledge.matching.asking import KINDS
from knowledge.matching.documents import Document
from knowledge.matching.reading import Reading

Floats = npt.NDArray[np.float32]

FEATURES = (
    "likeness",  # blend of both cosines, nearest phrasing
    "regression",  # Gaussian-process mean
    "lead",  # its lead over the best candidate that rests on other claims
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
    "other_voice",  # an expert is named who is not behind this candidate
    "own_voice",  # an expert is named who is
    "figures",  # figures that it does not hold
    "places",  # places that it does not hold
    "months",
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """Similarities of one question to all candidates (shape (candidates,)) and of its words to the short list.

    `held` has shape (short list, content words), `known`, `telling` and `rarity`
    (content words,); `focus` (short list,) is how far the word asked for is held, 1 where none is.
    """

    likeness: Floats
    regression: Floats
    meaning: Floats
    spelling: Floats
    answer: Floats
    held: Floats
    known: Floats
    telling: Floats
    rarity: Floats
    focus: Floats
    gap: float
    gap_regression: float


def features(
    reading: Reading,
    evidence: Evidence,
    shortlist: Sequence[int],
    candidates: Sequence[Candidate],
    documents: Sequence[Document],
) -> npt.NDArray[np.float64]:
    """One row a short-listed candidate, columns as FEATURES."""
    rows = [
        _row(reading, evidence, row, index, shortlist, candidates, documents[index])
        for row, index in enumerate(shortlist)
    ]
    return np.asarray(rows, np.float64).reshape(len(rows), len(FEATURES))


def _row(
    reading: Reading,
    evidence: Evidence,
    row: int,
    index: int,
    shortlist: Sequence[int],
    candidates: Sequence[Candidate],
    document: Document,
) -> list[float]:
    claims = set(candidates[index].claims)
    rivals = [evidence.regression[i] for i in shortlist if i != index and not claims & set(candidates[i].claims)]
    kind = candidates[index].kind
    return [
        float(evidence.likeness[index]),
        float(evidence.regression[index]),
        float(evidence.regression[index] - max(rivals, default=-1.0)),
        float(evidence.meaning[index]),
        float(evidence.spelling[index]),
        float(evidence.answer[index]),
        *_word_evidence(evidence, row),
        float(bool(reading.experts - document.voices)),
        float(bool(reading.experts & document.voices)),
        float(len(reading.numbers - document.numbers)),
        float(len(reading.places - document.places)),
        float(len(reading.months - document.months)),
        evidence.gap,
        float(evidence.likeness[index]) - evidence.gap,
        evidence.gap_regression,
        float(1 - evidence.focus[row]),
        *(float(asked in reading.asks and asked not in document.asks) for asked in KINDS),
        float(kind is CandidateKind.CLAIM),
        float(kind is CandidateKind.SAID),
        float(kind is CandidateKind.WHO),
        float(kind is CandidateKind.TOPIC),
        float(np.log1p(len(reading.content))),
        float(not reading.content),
        float(len(claims) > 4),
    ]


def _word_evidence(evidence: Evidence, row: int) -> list[float]:
    held = evidence.held[row]
    if not len(held):
        return [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    by_rarity = 0.3 + evidence.rarity
    by_telling = 0.3 + evidence.telling
    return [
        float((by_rarity * held).sum() / by_rarity.sum()),
        float((by_telling * held).sum() / by_telling.sum()),
        float((by_rarity * (1 - held)).max()),
        float((by_telling * (1 - held)).max()),
        float((1 - held).sum()),
        float((by_rarity * (1 - evidence.known)).max()),
        float((1 - evidence.known).sum()),
    ]
