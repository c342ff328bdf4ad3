"""What a change would do: questions asked of the base as it is and of the base as it would be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from knowledge.answerer import Answerer
from knowledge.answers import Answer, Outcome
from knowledge.derive import CandidateKind
from knowledge.model import Golden
from knowledge.pack_rules import squash


class Fate(StrEnum):
    """What becomes of a question, gravest first."""

    LOST = "lost"
    CHANGED = "changed"
    NEW = "new"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Effect:
    """A question with its answer before and after.

    `golden` is the golden question that it is, if any; `fails` says that this one would not be answered
    as it has to be, `failed` that it is not so already.
    """

    question: str
    before: Answer
    after: Answer
    fate: Fate
    golden: Golden | None = None

    @property
    def fails(self) -> bool:
        """Whether it is a golden question that would not be answered as it has to be."""
        return self.golden is not None and not _as_wanted(self.after, self.golden)

    @property
    def failed(self) -> bool:
        """Whether it is a golden question that is not answered as it has to be already."""
        return self.golden is not None and not _as_wanted(self.before, self.golden)

    @property
    def breaks(self) -> bool:
        """Whether this change would do that harm."""
        return self.fails and not self.failed


@dataclass(frozen=True, slots=True)
class Placed:
    """What a change does in some channels, by id: in all others where none is named, anywhere where it is None."""

    channels: tuple[int, ...] | None
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Switched:
    """What other packs or other channels would do.

    `left_out` is how many items of the server's own would lose what they rest on.
    """

    places: tuple[Placed, ...]
    left_out: int = 0


def effects(
    questions: Iterable[str], before: Answerer, after: Answerer, *, golden: Iterable[Golden] = ()
) -> tuple[Effect, ...]:
    """What a change does to questions and golden questions, each once, gravest first.

    Takes milliseconds of CPU a question: call it off the event loop.
    """
    asked: dict[str, tuple[str, Golden | None]] = {}
    for kept in golden:
        asked.setdefault(squash(kept.question), (kept.question, kept))
    for question in questions:
        asked.setdefault(squash(question), (question, None))
    found: list[Effect] = []
    for question, kept in asked.values():
        old, new = before.ask(question), after.ask(question)
        found.append(Effect(question, old, new, _fate(old, new), kept))
    order = {fate: number for number, fate in enumerate(Fate)}
    return tuple(sorted(found, key=lambda effect: (not effect.breaks, order[effect.fate])))


def _fate(old: Answer, new: Answer) -> Fate:
    answered, answers = old.outcome is Outcome.ANSWER, new.outcome is Outcome.ANSWER
    if answered and not answers:
        return Fate.LOST
    if answers and not answered:
        return Fate.NEW
    return Fate.CHANGED if answers and _said(old) != _said(new) else Fate.SAME


def _said(answer: Answer) -> tuple[object, ...]:
    """What a reader gets to see; confidence may shift without anybody noticing."""
    return answer.candidate_id, answer.title, answer.body, answer.caveat, answer.attributions


def _as_wanted(answer: Answer, golden: Golden) -> bool:
    if not golden.entry:
        return answer.outcome is not Outcome.ANSWER
    return answer.outcome is Outcome.ANSWER and answer.candidate_id == f"{CandidateKind.ENTRY.value}:{golden.entry}"
