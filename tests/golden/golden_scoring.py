"""The golden questions about the shipped pack, and what counts as answered rightly.

Written by people who had not seen the base's phrasings. `tune` chooses weights and thresholds;
`report` is only for reporting. The files `tuning-*.jsonl` are for tuning alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.answerer import Answerer
from knowledge.answers import Answer, Outcome
from knowledge.plaintext import plain_text

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Question:
    """A question; `claims` (any of which must be cited) is empty where the base has no answer."""

    qid: str
    text: str
    half: str
    kind: str
    style: str
    claims: frozenset[str]
    contains: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A count with its 95 % Wilson interval (Wilson 1927)."""

    hits: int
    of: int

    @property
    def rate(self) -> float:
        return self.hits / self.of

    def __str__(self) -> str:
        z, n, p = 1.96, self.of, self.rate
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return f"{self.hits} of {self.of} = {p:.3f} ({middle - spread:.3f}–{middle + spread:.3f})"


def questions(half: str) -> list[Question]:
    """The questions of a half: `tune` or `report`."""
    found: list[Question] = []
    for name in ("answerable", "unanswerable", "tuning-answerable", "tuning-unanswerable", "tuning-far"):
        for line in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["half"] == half:
                found.append(
                    Question(
                        row["qid"],
                        row["text"],
                        row["half"],
                        row.get("kind", "answerable"),
                        row.get("style", ""),
                        frozenset(row.get("claims", ())),
                        tuple(tuple(group) for group in row.get("contains", ())),
                    )
                )
    return found


def is_right(question: Question, answer: Answer) -> bool:
    """Whether the reply answers the question: it cites a fitting claim and says what it must say."""
    if answer.outcome is not Outcome.ANSWER:
        return False
    if not question.claims & {attribution.claim_id for attribution in answer.attributions}:
        return False
    text = plain_text(answer).casefold()
    return all(any(option.casefold() in text for option in group) for group in question.contains)


@dataclass(frozen=True, slots=True)
class Report:
    """How a half went; `offered` is how often a right answer was among the buttons of those not answered."""

    right: Share
    wrong: Share
    offered: Share
    near: Share
    far: Share

    def __str__(self) -> str:
        return (
            f"answerable, answered rightly: {self.right}\nanswerable, answered wrongly: {self.wrong}\n"
            f"not answered, but offered:    {self.offered}\n"
            f"near misses abstained:        {self.near}\nothers abstained:             {self.far}"
        )


def report(asked: Sequence[Question], answerer: Answerer) -> Report:
    """How an answerer does on questions, at the threshold of its policy."""
    pairs = [(question, answerer.ask(question.text)) for question in asked]
    answerable = [(q, a) for q, a in pairs if q.kind == "answerable"]
    right = sum(is_right(q, a) for q, a in answerable)
    missed = [(q, a) for q, a in answerable if a.outcome is not Outcome.ANSWER]
    offered = sum(_offers(answerer, a, q) for q, a in missed)
    answered = len(answerable) - len(missed)

    def quiet(kind: str) -> Share:
        those = [a for q, a in pairs if q.kind == kind]
        return Share(sum(a.outcome is not Outcome.ANSWER for a in those), len(those))

    return Report(
        Share(right, len(answerable)),
        Share(answered - right, len(answerable)),
        Share(offered, len(missed)),
        quiet("near"),
        quiet("far"),
    )


def _offers(answerer: Answerer, answer: Answer, question: Question) -> bool:
    """Whether a right answer is behind one of the reply's buttons."""
    behind = (answerer.open(suggestion.candidate_id) for suggestion in answer.suggestions)
    return any(opened is not None and is_right(question, opened) for opened in behind)
