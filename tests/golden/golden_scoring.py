"""The golden questions about the shipped pack, and what counts as answered rightly.

Written by people who had not seen the base's phrasings. `tune` chooses weights and thresholds;
`report` is only for reporting. The files `tuning-*.jsonl` are for tuning alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

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
    """How a half went."""

    right: Share
    wrong: Share
    near: Share
    far: Share

    def __str__(self) -> str:
        return (
            f"answerable, answered rightly: {self.right}\nanswerable, answered wrongly: {self.wrong}\n"
            f"near misses abstained:        {self.near}\nothers abstained:             {self.far}"
        )


def report(asked: Sequence[Question], answers: Iterable[Answer]) -> Report:
    """Counts over questions and their replies, in the same order."""
    pairs = list(zip(asked, answers, strict=True))
    answerable = [(q, a) for q, a in pairs if q.kind == "answerable"]
    right = sum(is_right(q, a) for q, a in answerable)
    answered = sum(a.outcome is Outcome.ANSWER for _, a in answerable)

    def quiet(kind: str) -> Share:
        those = [a for q, a in pairs if q.kind == kind]
        return Share(sum(a.outcome is not Outcome.ANSWER for a in those), len(those))

    return Report(Share(right, len(answerable)), Share(answered - right, len(answerable)), quiet("near"), quiet("far"))
