"""One server's knowledge as it stood at one moment, ready to answer from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from knowledge.answerer import Answerer
from knowledge.curation.items import Edit, Overlay
from knowledge.curation.merging import Ground, Merged, in_force
from knowledge.curation.searching import Search
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import KnowledgeBase
from knowledge.scopes import out_of_place, without
from knowledge.store.records import GuildSettings

Channels = Collection[int] | None
"""Where something is asked: a channel's id and, of a thread, its channel's as well. None sees everything."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a server's base follows from: the packs that are on, its own knowledge, what it has set.

    This is what edits are drafted on.
    """

    ground: Ground
    overlay: Overlay = field(default_factory=Overlay)
    settings: GuildSettings = field(default_factory=GuildSettings)

    def with_edits(self, edits: Iterable[Edit]) -> Standing:
        """As it would be after edits."""
        return Standing(self.ground, self.overlay.with_edits(edits), self.settings)

    def merged(self, before: Merged | None = None) -> Merged:
        """The base that follows, expired entries still in it; the packs' own object where nothing was changed.

        `before` is an earlier one of the same server: what is in both is not checked again.
        """
        return self.ground.merge(self.overlay, before) if self.overlay.revisions else Merged(self.ground.packs)

    def same_as(self, other: Standing) -> bool:
        """Whether the same base follows from both."""
        # When a server was last reminded of something changes nothing of what it is answered.
        mine, theirs = (replace(each.settings, reminded_at="") for each in (self, other))
        return self.ground is other.ground and self.overlay == other.overlay and mine == theirs


class Snapshot:
    """A standing on some days with its indexes: the whole, and one for every set of channels that sees less.

    `elsewhere` is what is seen in channels that nothing is limited to. `left_out` says how many of the server's
    own items do not fit the packs any more. `search` finds its items, expired ones too.
    """

    def __init__(
        self,
        standing: Standing,
        shared: Answerer,
        today: date,
        cache: VectorCache | None,
        before: Snapshot | None = None,
    ) -> None:
        """Index it over the packs' shared index. Takes CPU: call it off the event loop.

        `before` is an earlier snapshot of the same server: what is in both is neither checked nor read again.
        """
        self.standing = standing
        self.shared = shared
        self._cache = cache
        merged = self.merged = standing.merged(None if before is None else before.merged)
        self.search = Search(merged.base)
        self.left_out = len(merged.left_out)
        self._from = today.isoformat()
        expiring = (entry.expires for entry in merged.base.entries.values())
        self._until = min((day for day in expiring if day > self._from), default="")
        earlier = None if before is None else before.answerer
        self.answerer = overlaid(shared, in_force(merged.base, today), cache, earlier)
        self._views: dict[frozenset[str], Answerer] = {}
        self.elsewhere = self._see(frozenset(standing.settings.scopes))

    def holds_on(self, day: date) -> bool:
        """Whether nothing has expired since it was made; what was made after that day may lack something."""
        return self._from <= day.isoformat() and (not self._until or day.isoformat() < self._until)

    def seen(self, channels: Channels) -> Answerer | None:
        """What is answered from in these channels, None where that has to be indexed first; all of it for None."""
        hidden = self._hidden(channels)
        return self._views.get(hidden) if hidden else self.answerer

    def see(self, channels: Channels) -> Answerer:
        """The same, indexed now if need be. Takes CPU: call it off the event loop."""
        return self._see(self._hidden(channels))

    def _hidden(self, channels: Channels) -> frozenset[str]:
        return frozenset[str]() if channels is None else out_of_place(self.standing.settings.scopes, channels)

    def _see(self, hidden: frozenset[str]) -> Answerer:
        if not hidden:
            return self.answerer
        view = self._views.get(hidden)
        if view is None:
            base = self.answerer.base
            left = without(base, hidden)
            view = self.answerer if left is base else overlaid(self.shared, left, self._cache, self.answerer)
            self._views[hidden] = view
        return view


def overlaid(
    shared: Answerer, base: KnowledgeBase, cache: VectorCache | None, before: Answerer | None = None
) -> Answerer:
    """An index of a base over the packs' shared one; that one itself where it is its base."""
    return shared if base is shared.base else shared.overlaid(base, cache=cache, before=before)
