"""A server's knowledge in numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

from knowledge.answers import Outcome
from knowledge.figures import Coverage, figures, spans
from knowledge.model import KnowledgeBase
from knowledge.store.records import DayCounts, Tally, Used

MARCH = [
    DayCounts(date(2026, 3, 1), {Outcome.ANSWER: 3, Outcome.SUGGEST: 1, Outcome.CHITCHAT: 9}),
    DayCounts(date(2026, 3, 4), {Outcome.ABSTAIN: 4}),
]
DAY = date(2026, 3, 4)


def test_the_numbers_of_a_base(river: KnowledgeBase) -> None:
    why, *others = river.entries.values()
    told = figures(
        river,
        own=1,
        since=date(2026, 2, 1),
        days=MARCH,
        used={f"entry:{why.id}": Used(7, DAY), "entry:gone": Used(99, DAY)},
        tallies={f"entry:{why.id}": Tally(3, 1), "claim:x": Tally(0, 1)},
    )
    assert told.entries == len(river.entries)
    assert told.coverage == Coverage(3, 1, 4)
    assert told.coverage.share == 3 / 8
    # What the base no longer has is not shown, though it was used most.
    assert [(one.question, one.number) for one in told.most_used] == [(why.question, 7)]
    assert told.never_used == tuple(others)
    assert told.votes == Tally(3, 2)
    assert (told.oldest, told.unverified) == (None, len(river.entries))


def test_the_entry_verified_longest_ago(river: KnowledgeBase) -> None:
    first, second, *rest = river.entries.values()
    old, new = replace(first, verified_on="2025-01-02"), replace(second, verified_on="2026-01-02")
    entries = {entry.id: entry for entry in (new, old, *rest)}
    base = replace(river, entries=MappingProxyType(entries))
    told = figures(base, own=0, since=DAY, days=(), used={}, tallies={})
    assert told.oldest == old
    assert told.unverified == len(rest)
    assert told.coverage.share is None


def test_days_without_a_question_are_shown_too() -> None:
    shown = spans(MARCH, date(2026, 2, 28), DAY)
    assert [span.first.day for span in shown] == [28, 1, 2, 3, 4]
    assert [span.coverage.asked for span in shown] == [0, 4, 0, 0, 4]


def test_many_days_are_shown_by_the_week_and_the_last_week_is_whole() -> None:
    shown = spans(MARCH, date(2026, 1, 1), DAY)
    assert [span.first for span in shown[-2:]] == [date(2026, 2, 19), date(2026, 2, 26)]
    assert shown[0].first == date(2026, 1, 1)
    assert [span.coverage for span in shown[-2:]] == [Coverage(), Coverage(3, 1, 4)]
