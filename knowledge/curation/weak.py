"""Where a server's knowledge deserves a look: unused, too close to each other, out of date."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from knowledge.answerer import Answerer
from knowledge.curation.items import ItemKind, State
from knowledge.derive import CandidateKind
from knowledge.model import Claim, Entry, KnowledgeBase
from knowledge.snapshot import Standing

CLOSE = 0.5
"""Probability of meaning another entry as well from which on two entries are too close."""


@dataclass(frozen=True, slots=True)
class CloseEntries:
    """Two entries that a question can hardly be told apart by. `asked` is the phrasing of the first that shows it.

    `score` is the probability, 0..1, that it means the second.
    """

    first: Entry
    second: Entry
    asked: str
    score: float


class Age(StrEnum):
    """Why an entry should be checked again, most pressing first."""

    EXPIRED = "expired"
    EXPIRES_SOON = "expires soon"
    NEVER = "never verified"
    OLD = "verified long ago"


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry that should be checked again, and the day that says so, None where there is none."""

    entry: Entry
    age: Age
    day: date | None


def unused_claims(base: KnowledgeBase) -> tuple[Claim, ...]:
    """The claims that no entry rests on, in the order of the base."""
    used = {claim for entry in base.entries.values() for claim in entry.claims}
    return tuple(claim for claim in base.claims.values() if claim.id not in used)


def too_close(answerer: Answerer, *, whole: Collection[str] | None = None) -> tuple[CloseEntries, ...]:
    """Pairs of entries whose own phrasings are nearly taken for each other, the closest first.

    Takes some ten milliseconds of CPU a phrasing: call it off the event loop. Of entries that are not among
    `whole`, ids, only the question itself is tried; without it all phrasings of all are.
    """
    entries = answerer.base.entries
    best: dict[frozenset[str], CloseEntries] = {}
    for entry in entries.values():
        phrasings = entry.phrasings if whole is None or entry.id in whole else ()
        for asked in (entry.question, *phrasings):
            for scored in answerer.matcher.rank_left_out(asked).ranking:
                other = scored.candidate
                if other.kind is not CandidateKind.ENTRY or other.subject == entry.id or scored.score < CLOSE:
                    continue
                pair = frozenset((entry.id, other.subject))
                if pair not in best or scored.score > best[pair].score:
                    best[pair] = CloseEntries(entry, entries[other.subject], asked, scored.score)
    return tuple(sorted(best.values(), key=lambda close: -close.score))


def stale(base: KnowledgeBase, today: date, *, days: int = 180, soon: int = 14) -> tuple[Stale, ...]:
    """Entries to check again: expired or about to be, never verified, or not for so many days; most pressing first."""
    found = [age for entry in base.entries.values() for age in _ages(entry, today, days, soon)]
    order = {age: number for number, age in enumerate(Age)}
    return tuple(sorted(found, key=lambda one: (order[one.age], one.day or date.min)))


def to_check(standing: Standing, today: date, *, days: int, soon: int = 14) -> tuple[Stale, ...]:
    """The same for a server: of what was never verified its own entries alone.

    Whoever made a pack has checked it: without a date there is nothing to remind of.
    """
    own = own_entries(standing)
    found = stale(standing.merged().base, today, days=days, soon=soon)
    return tuple(one for one in found if one.age is not Age.NEVER or one.entry.id in own)


def own_entries(standing: Standing) -> frozenset[str]:
    """The ids of a server's own entries, those of packs in other words included."""
    return frozenset(
        revision.id
        for revision in standing.overlay.revisions.values()
        if revision.kind is ItemKind.ENTRY and revision.state is State.LIVE
    )


def _ages(entry: Entry, today: date, days: int, soon: int) -> Iterator[Stale]:
    if entry.expires:
        expires = date.fromisoformat(entry.expires)
        if expires <= today:
            yield Stale(entry, Age.EXPIRED, expires)
            return
        if expires <= today + timedelta(soon):
            yield Stale(entry, Age.EXPIRES_SOON, expires)
            return
    if not entry.verified_on:
        yield Stale(entry, Age.NEVER, None)
    elif (verified := date.fromisoformat(entry.verified_on)) <= today - timedelta(days):
        yield Stale(entry, Age.OLD, verified)
