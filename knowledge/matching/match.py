"""What matching a question comes to: a ranking with a confidence, and the evidence for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.derive import Candidate
from knowledge.matching.reading import Reading


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with the probability that it is right."""

    candidate: Candidate
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """The ranking for one question.

    `confidence` is the probability that the first is right, `off_base` that the base does not answer the question,
    both at the share of such questions that the confidence is asked at; `gap` that the question is nearest to one
    which the base is known not to answer; `rows` the evidence, as FEATURES, in the order of the ranking.
    """

    reading: Reading
    ranking: tuple[Scored, ...]
    confidence: float
    off_base: float
    gap: bool
    rows: npt.NDArray[np.float64]

    def distinct(self, limit: int) -> tuple[Scored, ...]:
        """The best candidates that differ in claims and in the question as shown, at most `limit`."""
        chosen: list[Scored] = []
        for scored in self.ranking:
            new = scored.candidate
            if all(
                (not new.claims or set(new.claims) != set(other.candidate.claims))
                and new.question != other.candidate.question
                for other in chosen
            ):
                chosen.append(scored)
            if len(chosen) == limit:
                break
        return tuple(chosen)
