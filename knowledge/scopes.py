"""Entries and topics that a server keeps to certain channels: what is left of its base everywhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from knowledge.derive import CandidateKind
from knowledge.model import KnowledgeBase

T = TypeVar("T")

Scopes = Mapping[str, Collection[int]]
"""The channels, by id, that an `entry:…` or a `topic:…` is limited to."""


def out_of_place(scopes: Scopes, channels: Collection[int]) -> frozenset[str]:
    """What is not for any of these channels: one channel, and the one that it is a thread of."""
    here = set(channels)
    return frozenset(key for key, allowed in scopes.items() if not here.intersection(allowed))


def places(before: Scopes, after: Scopes) -> tuple[tuple[int, ...], ...]:
    """Where something else would be seen: channels that see the same together, and () for all that are not named."""
    named = {channel for scopes in (before, after) for allowed in scopes.values() for channel in allowed}
    groups: dict[tuple[frozenset[str], frozenset[str]], list[int]] = {}
    for channel in (None, *sorted(named)):
        here = () if channel is None else (channel,)
        groups.setdefault((out_of_place(before, here), out_of_place(after, here)), []).extend(here)
    nowhere = (frozenset(before), frozenset(after))
    return tuple(
        () if hidden == nowhere else tuple(channels) for hidden, channels in groups.items() if hidden[0] != hidden[1]
    )


def without(base: KnowledgeBase, left_out: Collection[str]) -> KnowledgeBase:
    """The base without entries (`entry:…`) and topics (`topic:…`), and without what would tell the same.

    With an entry go those of its claims that no other entry rests on, with a topic all claims filed under it
    and the entries that rest on them.
    """
    topics = _named(CandidateKind.TOPIC, left_out) & base.topics.keys()
    entries = _named(CandidateKind.ENTRY, left_out) & base.entries.keys()
    if not topics and not entries:
        return base
    claims = {claim.id for claim in base.claims.values() if topics.intersection(claim.topics)}
    entries |= {entry.id for entry in base.entries.values() if claims.intersection(entry.claims)}
    used = {claim for entry in base.entries.values() if entry.id not in entries for claim in entry.claims}
    claims |= {claim for entry in entries for claim in base.entries[entry].claims if claim not in used}
    kept = {
        entry.id: replace(entry, related=tuple(other for other in entry.related if other not in entries))
        for entry in base.entries.values()
        if entry.id not in entries
    }
    return replace(
        base,
        topics=_but(base.topics, topics),
        claims=_but(base.claims, claims),
        entries=MappingProxyType(kept),
        golden=_but(base.golden, {golden.id for golden in base.golden.values() if golden.entry in entries}),
    )


def _named(kind: CandidateKind, left_out: Collection[str]) -> set[str]:
    prefix = f"{kind.value}:"
    return {key.removeprefix(prefix) for key in left_out if key.startswith(prefix)}


def _but(things: Mapping[str, T], gone: Collection[str]) -> Mapping[str, Any]:
    return MappingProxyType({item_id: thing for item_id, thing in things.items() if item_id not in gone})
