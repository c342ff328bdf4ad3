"""One server's knowledge as it stood at one moment, ready to answer from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from knowledge.answerer import Answerer
from knowledge.curation.items import Edit, Overlay
from knowledge.curation.merging import Ground, in_force
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import KnowledgeBase
from knowledge.scopes import out_of_place, without
from knowledge.store.records import GuildSettings


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a server's base follows from: the packs that are on, its own knowledge, what it has set.

    This is what edits are drafted on; `ground.merge(overlay)` is the base with whatever is wrong in it.
    """

    ground: Ground
    overlay: Overlay = field(default_factory=Overlay)
    settings: GuildSettings = field(default_factory=GuildSettings)

    def with_edits(self, edits: Iterable[Edit]) -> Standing:
        """As it would be after edits."""
        return Standing(self.ground, self.overlay.with_edits(edits), self.settings)

    def base(self) -> KnowledgeBase:
        """The base that follows, expired entries still in it; the packs' own object where nothing was changed."""
        return self.ground.merge(self.overlay).base if self.overlay.revisions else self.ground.packs

    def same_as(self, other: Standing) -> bool:
        """Whether the same base follows from both."""
        same_ground, same_change = self.ground is other.ground, self.overlay.last_change == other.overlay.last_change
        return same_ground and same_change and self.settings == other.settings


class Snapshot:
    """A standing on some days with its indexes: the whole, and one for every set of channels that sees less.

    `elsewhere` is what is seen in channels that nothing is limited to.
    """

    def __init__(self, standing: Standing, shared: Answerer, today: date, cache: VectorCache | None) -> None:
        """Index it over the packs' shared index. Takes CPU: call it off the event loop."""
        self.standing = standing
        self.shared = shared
        self._cache = cache
        whole = standing.base()
        self._from = today.isoformat()
        self._until = min((e.expires for e in whole.entries.values() if e.expires > self._from), default="")
        self.answerer = overlaid(shared, in_force(whole, today), cache)
        self._everything = frozenset(standing.settings.scopes)
        self._views: dict[frozenset[str], Answerer] = {}
        self.elsewhere = self._see(self._everything)

    def holds_on(self, day: date) -> bool:
        """Whether nothing has expired since it was made. A clock that was put back is no reason to trust it."""
        return self._from <= day.isoformat() and (not self._until or day.isoformat() < self._until)

    def seen(self, channels: Collection[int] | None) -> Answerer | None:
        """What is answered from in these channels, None where that has to be indexed first; None for all of it."""
        hidden = self._hidden(channels)
        return self._views.get(hidden) if hidden else self.answerer

    def see(self, channels: Collection[int] | None) -> Answerer:
        """The same, indexed now if need be. Takes CPU: call it off the event loop."""
        hidden = self._hidden(channels)
        return self._see(hidden) if hidden else self.answerer

    def _hidden(self, channels: Collection[int] | None) -> frozenset[str]:
        return frozenset[str]() if channels is None else out_of_place(self.standing.settings.scopes, channels)

    def _see(self, hidden: frozenset[str]) -> Answerer:
        view = self._views.get(hidden)
        if view is None:
            base = self.answerer.base
            left = without(base, hidden)
            view = self.answerer if left is base else overlaid(self.shared, left, self._cache)
            self._views[hidden] = view
        return view


def overlaid(shared: Answerer, base: KnowledgeBase, cache: VectorCache | None) -> Answerer:
    """An index of a base over the packs' shared one; that one itself where it is its base."""
    return shared if base is shared.base else shared.overlaid(base, cache=cache)
