"""What each server's questions are answered from: the packs, with what its moderators have made of them.

Every server has an immutable snapshot, made off the event loop when it is first asked for, made anew after
every change, swapped in whole. Servers without knowledge of their own share the packs' index itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Executor
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, ParamSpec, Self, TypeVar

from knowledge.answerer import Answerer
from knowledge.answers import Answer
from knowledge.asked import Record
from knowledge.curation.effect import Effect, effects
from knowledge.curation.items import Edit
from knowledge.curation.merging import Ground, in_force
from knowledge.errors import CitebotError
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import PackInfo
from knowledge.packset import PackSet
from knowledge.snapshot import Snapshot, Standing, overlaid
from knowledge.store import Store
from knowledge.store.notify import Subscription

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Channels = Collection[int] | None
"""Where something is asked: a channel's id and, of a thread, its channel's as well. None sees everything."""

P = ParamSpec("P")
T = TypeVar("T")

MOST = 100
"""Servers whose snapshot is kept; of more than that the least used is made anew when it is asked for."""

_AT_ONCE = 2  # snapshots in the making, so that a thread is left for questions
_TRY_AGAIN = timedelta(seconds=5)
_CLOSEST = 3


class _Place:
    """A server's snapshot and the making of the next one: `built` runs after `wanted`."""

    def __init__(self, cache: VectorCache | None) -> None:
        self.cache = cache
        self.snapshot: Snapshot | None = None
        self.wanted = 0
        self.built = 0
        self.making: asyncio.Task[None] | None = None
        self.failed: datetime | None = None


class GuildKnowledge:
    """Every server's knowledge. Open it with `async with`, inside the store's.

    `answerer` is the index of all packs. `cache` gives each server a place for its sentence vectors.
    """

    def __init__(
        self,
        answerer: Answerer,
        store: Store,
        *,
        clock: Clock,
        packs: PackSet | None = None,
        executor: Executor | None = None,
        cache: Callable[[int], VectorCache] | None = None,
        most: int = MOST,
    ) -> None:
        self._shared = answerer
        self._store = store
        self._clock = clock
        self._packs = PackSet.of(answerer.base) if packs is None else packs
        self._executor = executor
        self._cache = cache
        self._most = most
        self._all_packs = frozenset(pack.info.id for pack in self._packs.packs)
        self._grounds: dict[frozenset[str], Ground] = {}
        self._alone = self._packs_today()
        self._alone_anew: asyncio.Task[None] | None = None
        self._known: set[int] = set()
        self._places: OrderedDict[int, _Place] = OrderedDict()
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._behind: set[asyncio.Task[Any]] = set()
        self._record = Record(store, self._days, self._closest)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Raises StoreError if the database fails."""
        async with AsyncExitStack() as opening:
            changed = await opening.enter_async_context(self._store.changed.subscribe())
            self._known.update(await self._store.guilds.all())
            opening.push_async_callback(self._leave)
            await opening.enter_async_context(self._record)
            self._do(self._follow(changed))
            self._open = opening.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    # Answering

    def current(self, guild: int | None = None, channels: Channels = None) -> Answerer:
        """What is there without waiting, for autocomplete: a server's last snapshot, or the packs for none yet."""
        snapshot = self._last_snapshot(guild)
        view = snapshot.seen(channels)
        if view is None:
            self._do(self._seen(snapshot, channels))
        return view or snapshot.elsewhere

    async def of(self, guild: int | None, channels: Channels = None) -> Answerer:
        """What a server's questions are answered from; the packs alone in direct messages."""
        return await self._seen(await self._snapshot(guild), channels)

    async def ask(self, guild: int | None, question: str, channels: Channels = None, *, count: bool = True) -> Answer:
        """The answer to a question, worked out off the event loop; counted for the server unless told otherwise."""
        answerer = await self.of(guild, channels)
        answer = await self._off_loop(answerer.ask, question)
        if count:
            self.count(guild, answer)
        return answer

    def count(self, guild: int | None, answer: Answer) -> None:
        """Count a question that was answered so, for a server's figures: without anybody's id, in the background."""
        if guild is not None:
            self._record.count(guild, answer)

    def unhelpful(self, guild: int | None, question: str) -> None:
        """Keep a question whose answer did not help somebody."""
        if guild is not None:
            self._record.unhelpful(guild, question)

    async def counted(self) -> None:
        """Wait until all that was counted is written."""
        await self._record.written()

    # Changing

    @property
    def packs(self) -> tuple[PackInfo, ...]:
        """The packs that a server may switch off for itself."""
        return tuple(pack.info for pack in self._packs.packs)

    async def standing(self, guild: int) -> Standing:
        """What a server's base follows from at this moment, read from the store: what a change is drafted on.

        Raises StoreError, and PackError where the packs that are on can no longer be read.
        """
        settings = await self._store.guilds.settings(guild)
        overlay = await self._store.revisions.current(guild)
        return Standing(await self._ground(self._packs.on(settings.packs)), overlay, settings)

    async def published(self, guild: int) -> bool:
        """Wait until what was committed before this serves; False where that failed and the old still does."""
        self._known.add(guild)
        place = self._place(guild)
        await self._reach(guild, place, self._want(place))
        return place.failed is None

    async def preview(self, guild: int, edits: Iterable[Edit]) -> Answerer:
        """The base as it would be after edits, for a look at it before they are saved."""
        standing = (await self.standing(guild)).with_edits(edits)
        return await self._off_loop(self._previewed, standing, self._place(guild).cache)

    async def effects(self, guild: int, edits: Iterable[Edit]) -> tuple[Effect, ...]:
        """What edits would do to the questions asked lately and to the golden ones, gravest first."""
        before, after = await self.of(guild), await self.preview(guild, edits)
        recent = await self._store.recent.all(guild)
        return await self._off_loop(lambda: effects(recent, before, after, golden=after.base.golden.values()))

    def swap(self, answerer: Answerer) -> None:
        """Answer from another index of the packs from now on; the servers' follow in the background."""
        self._shared = answerer
        self._grounds.pop(self._all_packs, None)
        self._alone = self._packs_today()
        for guild, place in self._places.items():
            self._do(self._reach(guild, place, self._want(place)))

    # Snapshots

    def _packs_today(self) -> Snapshot:
        """The packs alone. Takes CPU only where one of their entries has expired."""
        return Snapshot(Standing(self._whole_ground()), self._shared, self._clock().date(), None)

    def _last_snapshot(self, guild: int | None) -> Snapshot:
        """A server's last snapshot, with the next one begun where it is out of date; the packs where it has none."""
        today = self._clock().date()
        if guild is None or guild not in self._known:
            if not self._alone.holds_on(today):
                self._do(self._snapshot(None))
            return self._alone
        place = self._place(guild)
        if place.snapshot is None or not place.snapshot.holds_on(today) or place.failed is not None:
            self._do(self._wait_for_any(guild, place))
        return place.snapshot or self._alone

    async def _snapshot(self, guild: int | None) -> Snapshot:
        today = self._clock().date()
        if guild is None or guild not in self._known:
            if not self._alone.holds_on(today):
                if self._alone_anew is None:
                    self._alone_anew = asyncio.create_task(self._renew_packs())
                await asyncio.wait({self._alone_anew})
            return self._alone
        place = self._place(guild)
        if place.snapshot is None or not place.snapshot.holds_on(today):
            await self._wait_for_any(guild, place)
        elif place.failed is not None:
            self._do(self._wait_for_any(guild, place))
        # Where it cannot be made, what the packs say is better than silence.
        return place.snapshot or self._alone

    async def _renew_packs(self) -> None:
        try:
            shared = self._shared
            alone = await self._off_loop(self._packs_today)
            if shared is self._shared:
                self._alone = alone
        except CitebotError as error:
            log.warning("what has expired in the packs is still answered: %s", error)
        finally:
            self._alone_anew = None

    async def _wait_for_any(self, guild: int, place: _Place) -> None:
        """Wait for the snapshot that is in the making, or for a new one unless that has failed a moment ago."""
        lately = place.failed is not None and abs(self._clock() - place.failed) < _TRY_AGAIN
        if place.wanted > place.built or not lately:
            await self._reach(guild, place, place.wanted if place.wanted > place.built else self._want(place))

    def _place(self, guild: int) -> _Place:
        if guild not in self._places:
            self._places[guild] = _Place(self._cache(guild) if self._cache is not None else None)
            idle = [other for other, place in self._places.items() if place.making is None and other != guild]
            for other in idle[: max(0, len(self._places) - self._most)]:
                del self._places[other]
        self._places.move_to_end(guild)
        return self._places[guild]

    def _want(self, place: _Place) -> int:
        place.wanted += 1
        return place.wanted

    async def _reach(self, guild: int, place: _Place, wanted: int) -> None:
        """Wait until a snapshot was made that was begun after it was wanted; one at a time is made."""
        while place.built < wanted:
            if place.making is None:
                place.making = asyncio.create_task(self._make(guild, place), name=f"knowledge of {guild}")
            await asyncio.wait({place.making})

    async def _make(self, guild: int, place: _Place) -> None:
        begun = place.wanted
        try:
            async with self._at_once:
                begun = place.wanted
                await self._make_of(await self.standing(guild), place)
        except CitebotError as error:
            place.failed = self._clock()
            log.warning("server %d is answered from what it was before: %s", guild, error)
        except Exception:
            place.failed = self._clock()
            log.exception("server %d is answered from what it was before", guild)
        else:
            place.failed = None
        finally:
            place.built, place.making = begun, None

    async def _make_of(self, standing: Standing, place: _Place) -> None:
        shared, today, old = self._shared, self._clock().date(), place.snapshot
        if old is None or old.shared is not shared or not old.holds_on(today) or not standing.same_as(old.standing):
            place.snapshot = await self._off_loop(Snapshot, standing, shared, today, place.cache)

    def _previewed(self, standing: Standing, cache: VectorCache | None) -> Answerer:
        return overlaid(self._shared, in_force(standing.base(), self._clock().date()), cache)

    async def _seen(self, snapshot: Snapshot, channels: Channels) -> Answerer:
        return snapshot.seen(channels) or await self._off_loop(snapshot.see, channels)

    async def _ground(self, on: frozenset[str]) -> Ground:
        if on == self._all_packs:
            return self._whole_ground()
        if on not in self._grounds:
            self._grounds[on] = Ground(await self._off_loop(self._packs.base, on))
        return self._grounds[on]

    def _whole_ground(self) -> Ground:
        return self._grounds.setdefault(self._all_packs, Ground(self._shared.base))

    # Around it

    async def _days(self, guild: int) -> int:
        return (await self._snapshot(guild)).standing.settings.unanswered_days

    async def _closest(self, guild: int, question: str) -> tuple[str, ...]:
        answerer = await self.of(guild)
        match = await self._off_loop(answerer.match, question)
        return tuple(scored.candidate.id for scored in match.distinct(_CLOSEST))

    async def _follow(self, changed: Subscription) -> None:
        async for guild in changed:
            self._known.add(guild)
            if (place := self._places.get(guild)) is not None:
                self._do(self._reach(guild, place, self._want(place)))

    async def _off_loop(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: work(*args, **kwargs))

    def _do(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)

    async def _leave(self) -> None:
        """Nobody will ask for what is still in the making."""
        places = self._places.values()
        for place in places:
            if place.cache is not None:
                place.cache.stop()
        making = {place.making for place in places if place.making is not None}
        going = {*self._behind, *making, *((self._alone_anew,) if self._alone_anew is not None else ())}
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
