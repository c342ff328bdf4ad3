"""A server's knowledge in numbers: how large it is, how well it answers, what is used and what is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.answers import Outcome
from knowledge.derive import CandidateKind, candidates
from knowledge.model import Entry, KnowledgeBase
from knowledge.store.records import DayCounts, Tally, Used

ASKED = (Outcome.ANSWER, Outcome.SUGGEST, Outcome.ABSTAIN)
"""The outcomes of a question; a greeting is none."""

MOST_USED = 5


@dataclass(frozen=True, slots=True)
class Popular:
    """What was answered most often: its question, how often, and on which day (UTC) last."""

    candidate: str
    question: str
    number: int
    last: date


@dataclass(frozen=True, slots=True)
class Coverage:
    """How the questions of a time ended."""

    answered: int = 0
    suggested: int = 0
    abstained: int = 0

    @property
    def asked(self) -> int:
        """All questions."""
        return self.answered + self.suggested + self.abstained

    @property
    def share(self) -> float | None:
        """The share, 0..1, that was answered; None where nobody asked anything."""
        return self.answered / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Span:
    """How the questions of some days in a row ended; `first` is the first of them (UTC)."""

    first: date
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Figures:
    """A server's knowledge in numbers.

    `own` counts the entries that the server has written or worded anew. `since` is the day from which
    `coverage` counts; use and votes are of all times. `never_used` are entries in the order of the base, `oldest`
    is the entry that was verified longest ago, `unverified` how many never were.
    """

    entries: int
    own: int
    phrasings: int
    claims: int
    experts: int
    sources: int
    since: date
    coverage: Coverage
    most_used: tuple[Popular, ...]
    never_used: tuple[Entry, ...]
    votes: Tally
    oldest: Entry | None
    unverified: int


def figures(
    base: KnowledgeBase,
    *,
    own: int,
    since: date,
    days: Iterable[DayCounts],
    used: Mapping[str, Used],
    tallies: Mapping[str, Tally],
) -> Figures:
    """The numbers of a base, from what the store has counted: the `days` from `since` on, the rest ever."""
    entries = tuple(base.entries.values())
    questions = {candidate.id: candidate.question for candidate in candidates(base)}
    popular = [
        Popular(candidate, questions[candidate], use.number, use.last)
        for candidate, use in used.items()
        if candidate in questions
    ]
    popular.sort(key=lambda one: -one.number)
    verified = [entry for entry in entries if entry.verified_on]
    return Figures(
        entries=len(entries),
        own=own,
        phrasings=sum(len(entry.phrasings) for entry in entries),
        claims=len(base.claims),
        experts=len(base.experts),
        sources=len(base.sources),
        since=since,
        coverage=coverage_of(days),
        most_used=tuple(popular[:MOST_USED]),
        never_used=tuple(entry for entry in entries if f"{CandidateKind.ENTRY.value}:{entry.id}" not in used),
        votes=Tally(sum(t.helpful for t in tallies.values()), sum(t.unhelpful for t in tallies.values())),
        oldest=min(verified, key=lambda entry: entry.verified_on, default=None),
        unverified=len(entries) - len(verified),
    )


def coverage_of(days: Iterable[DayCounts]) -> Coverage:
    """How the questions of all these days together ended."""
    counted = [day.counts for day in days]
    return Coverage(*(sum(counts.get(outcome, 0) for counts in counted) for outcome in ASKED))


def spans(days: Sequence[DayCounts], first: date, last: date, *, most: int = 45) -> tuple[Span, ...]:
    """The days from first to last, also those without a question; in spans of a week where they are more than `most`.

    The last span ends on the last day, so that none looks emptier than it is; the first may be shorter.
    """
    width = 1 if (last - first).days < most else 7
    found: list[Span] = []
    end = last
    while end >= first:
        start = max(first, end - timedelta(width - 1))
        found.append(Span(start, coverage_of(day for day in days if start <= day.day <= end)))
        end = start - timedelta(1)
    return tuple(reversed(found))
