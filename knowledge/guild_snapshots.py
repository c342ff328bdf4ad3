"""The snapshots of all servers: made when first asked for, anew after every change, dropped when little used.

At most one of a server's is in the making; meanwhile its last one goes on answering.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, ParamSpec, Self, TypeVar

from knowledge.answerer import Answerer
from knowledge.curation.merging import Ground, in_force
from knowledge.errors import CitebotError
from knowledge.events import Events
from knowledge.matching.vectorcache import VectorCache
from knowledge.packset import PackSet
from knowledge.snapshot import Channels, Snapshot, Standing, overlaid
from knowledge.store import Store
from knowledge.store.notify import Subscription
from knowledge.store.records import GuildSettings

events = Events(__name__)

Clock = Callable[[], datetime]
Vectors = Callable[[int], VectorCache]

P = ParamSpec("P")
T = TypeVar("T")

_AT_ONCE = 2  # in the making, so that threads are left for questions
_TRY_AGAIN = timedelta(seconds=5)


class _Place:
    """A server's snapshot and the making of the next one: `built` runs after `wanted`."""

    def __init__(self, cache: VectorCache | None) -> None:
        self.cache = cache
        self.snapshot: Snapshot | None = None
        self.wanted = 0
        self.built = 0
        self.making: asyncio.Task[None] | None = None
        self.failed: datetime | None = None

    def want(self) -> int:
        """Ask for one more; the number that `built` has then."""
        self.wanted += 1
        return self.wanted


class GuildSnapshots:
    """Open it with `async with`, inside the store's. See `GuildKnowledge` for the arguments."""

    def __init__(
        self,
        answerer: Answerer,
        store: Store,
        packs: PackSet,
        *,
        clock: Clock,
        executor: Executor | None,
        cache: Vectors | None,
        most: int,
    ) -> None:
        self.packs = packs
        self._shared = answerer
        self._store = store
        self._clock = clock
        self._executor = executor
        self._cache = cache
        self._most = most
        self._all_packs = frozenset(pack.info.id for pack in packs.packs)
        self._grounds: dict[frozenset[str], Ground] = {}
        self._alone = self._packs_today()
        self._alone_anew: asyncio.Task[None] | None = None
        # Servers that have ever changed or set something; all others are answered from the packs alone.
        self._own: set[int] = set()
        self._places: OrderedDict[int, _Place] = OrderedDict()
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._behind: set[asyncio.Future[Any]] = set()
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Raises StoreError if the database fails."""
        async with AsyncExitStack() as opening:
            changed = await opening.enter_async_context(self._store.changed.subscribe())
            self._own.update(await self._store.guilds.all())
            opening.push_async_callback(self._leave)
            self._do(self._follow(changed))
            self._open = opening.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    @property
    def held(self) -> int:
        """How many servers have a snapshot in memory."""
        return sum(place.snapshot is not None for place in self._places.values())

    def last(self, guild: int | None) -> Snapshot:
        """What is there without waiting, with the next one begun where it is out of date; the packs for none."""
        today = self._clock().date()
        place = self._place_of(guild)
        if place is None or guild is None:
            if not self._alone.holds_on(today):
                self._do(self.get(None))
            return self._alone
        if place.snapshot is None or not place.snapshot.holds_on(today) or place.failed is not None:
            self._do(self._wait_for_any(guild, place))
        return place.snapshot or self._alone

    async def served(self, guild: int, patience: float) -> Snapshot:
        """A server's last snapshot at once; only where none is in memory, up to `patience` seconds later."""
        place = self._place_of(guild)
        if place is not None and place.snapshot is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    return await self.get(guild)
        return self.last(guild)

    async def get(self, guild: int | None) -> Snapshot:
        """A server's snapshot that holds today, made first if there is none; the packs alone for no server.

        While a change is being indexed it is the one before; where none can be made, what the packs say is
        better than silence.
        """
        today = self._clock().date()
        place = self._place_of(guild)
        if place is None or guild is None:
            if not self._alone.holds_on(today):
                if self._alone_anew is None:
                    self._alone_anew = asyncio.create_task(self._renew_packs())
                await asyncio.wait({self._alone_anew})
            return self._alone
        if place.snapshot is None or not place.snapshot.holds_on(today):
            await self._wait_for_any(guild, place)
        elif place.failed is not None:
            self._do(self._wait_for_any(guild, place))
        return place.snapshot or self._alone

    async def seen(self, snapshot: Snapshot, channels: Channels) -> Answerer:
        """What a snapshot shows in channels, indexed off the loop if need be."""
        return snapshot.seen(channels) or await self.off_loop(snapshot.see, channels)

    def seen_now(self, snapshot: Snapshot, channels: Channels) -> Answerer:
        """The same without waiting: until it is indexed, what is shown everywhere."""
        view = snapshot.seen(channels)
        if view is None:
            self._do(self.seen(snapshot, channels))
        return view or snapshot.elsewhere

    async def published(self, guild: int) -> bool:
        """Wait until what was committed before this serves; False where that failed and the last one still does."""
        self._own.add(guild)
        place = self._place(guild)
        await self._reach(guild, place, place.want())
        return place.failed is None

    async def standing(self, guild: int, settings: GuildSettings | None = None) -> Standing:
        """What a server's base follows from at this moment, read from the store; with other settings, if given.

        Raises StoreError or PackError.
        """
        settings = await self._store.guilds.settings(guild) if settings is None else settings
        overlay = await self._store.revisions.current(guild)
        on = self.packs.on(settings.packs)
        if on == self._all_packs:
            return Standing(self._whole_ground(), overlay, settings)
        if on not in self._grounds:
            self._grounds[on] = Ground(await self.off_loop(self.packs.base, on))
        return Standing(self._grounds[on], overlay, settings)

    async def index(self, guild: int, standing: Standing) -> Answerer:
        """An index of a standing of a server, for a look only."""
        return await self.off_loop(self._index, standing, self._place(guild))

    async def trial(self, guild: int, standing: Standing) -> Snapshot:
        """A snapshot of a standing of a server, for a look only."""
        place, today = self._place(guild), self._clock().date()
        return await self.off_loop(Snapshot, standing, self._shared, today, place.cache, place.snapshot)

    async def forget(self, guild: int) -> None:
        """Let go of what was made of a server's own knowledge, its sentence vectors on the disk included."""
        self._own.discard(guild)
        place = self._places.pop(guild, None)
        cache = place.cache if place is not None else None if self._cache is None else self._cache(guild)
        if cache is not None:
            await self.off_loop(cache.clear)

    def swap(self, answerer: Answerer) -> None:
        """Another index of the packs from now on; the servers' follow in the background."""
        self._shared = answerer
        self._grounds.pop(self._all_packs, None)
        self._alone = self._packs_today()
        for guild, place in self._places.items():
            self._do(self._reach(guild, place, place.want()))

    async def off_loop(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what takes CPU in another thread."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: work(*args, **kwargs))

    def _packs_today(self) -> Snapshot:
        """The packs alone. Takes CPU only where one of their entries has expired."""
        return Snapshot(Standing(self._whole_ground()), self._shared, self._clock().date(), None)

    def _whole_ground(self) -> Ground:
        return self._grounds.setdefault(self._all_packs, Ground(self._shared.base))

    def _index(self, standing: Standing, place: _Place) -> Answerer:
        merged, earlier = (None, None) if place.snapshot is None else (place.snapshot.merged, place.snapshot.answerer)
        base = in_force(standing.merged(merged).base, self._clock().date())
        return overlaid(self._shared, base, place.cache, earlier)

    def _place_of(self, guild: int | None) -> _Place | None:
        return None if guild is None or guild not in self._own else self._place(guild)

    def _place(self, guild: int) -> _Place:
        if guild not in self._places:
            self._places[guild] = _Place(None if self._cache is None else self._cache(guild))
            idle = [other for other, place in self._places.items() if place.making is None and other != guild]
            for other in idle[: max(0, len(self._places) - self._most)]:
                del self._places[other]
        self._places.move_to_end(guild)
        return self._places[guild]

    async def _renew_packs(self) -> None:
        try:
            shared = self._shared
            alone = await self.off_loop(self._packs_today)
            if shared is self._shared:
                self._alone = alone
        except CitebotError as error:
            events.warning("packs.not_renewed", f"what has expired in the packs is still answered: {error}")
        finally:
            self._alone_anew = None

    async def _wait_for_any(self, guild: int, place: _Place) -> None:
        """Wait for the snapshot that is in the making, or for a new one unless that has failed a moment ago."""
        if place.wanted > place.built:
            await self._reach(guild, place, place.wanted)
        elif place.failed is None or abs(self._clock() - place.failed) >= _TRY_AGAIN:
            await self._reach(guild, place, place.want())

    async def _reach(self, guild: int, place: _Place, wanted: int) -> None:
        """Wait until a snapshot was made that was begun after it was wanted."""
        while place.built < wanted:
            if place.making is None:
                place.making = asyncio.create_task(self._make(guild, place), name=f"knowledge of {guild}")
            await asyncio.wait({place.making})

    async def _make(self, guild: int, place: _Place) -> None:
        begun = place.wanted
        try:
            async with self._at_once:
                begun = place.wanted
                await self._make_of(guild, await self.standing(guild), place)
        except CitebotError as error:
            place.failed = self._clock()
            events.warning("server.not_renewed", f"answered from what it knew before: {error}", guild=guild)
        except Exception as error:
            place.failed = self._clock()
            events.error("server.not_renewed", "answered from what it knew before", cause=error, guild=guild)
        else:
            place.failed = None
        finally:
            place.built, place.making = begun, None

    async def _make_of(self, guild: int, standing: Standing, place: _Place) -> None:
        shared, today, old = self._shared, self._clock().date(), place.snapshot
        if old is None or old.shared is not shared or not old.holds_on(today) or not standing.same_as(old.standing):
            place.snapshot = await self.off_loop(Snapshot, standing, shared, today, place.cache, old)
            if place.snapshot.left_out:
                events.warning(
                    "server.left_out",
                    "items of its own do not fit the packs below and are left out",
                    guild=guild,
                    items=place.snapshot.left_out,
                )

    async def _follow(self, changed: Subscription) -> None:
        async for guild in changed:
            self._own.add(guild)
            if (place := self._places.get(guild)) is not None:
                self._do(self._reach(guild, place, place.want()))

    def _do(self, work: Awaitable[Any]) -> None:
        """Do something in the background, for as long as this is open."""
        task = asyncio.ensure_future(work)
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)

    async def _leave(self) -> None:
        """Nobody will ask for what is still in the making."""
        places = self._places.values()
        for place in places:
            if place.cache is not None:
                place.cache.stop()
        making = [place.making for place in places if place.making is not None]
        going = {*self._behind, *making, *((self._alone_anew,) if self._alone_anew is not None else ())}
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
