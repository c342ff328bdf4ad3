"""What each server's questions are answered from: the packs, with what its moderators have made of them.

Every server has an immutable snapshot, made anew after every change and swapped in whole. Servers without
knowledge of their own share the packs' index itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import AsyncExitStack
from typing import Self

from knowledge.answerer import Answerer
from knowledge.answers import Answer, Outcome
from knowledge.asked import Record
from knowledge.curation.effect import Effect, Placed, Switched, effects
from knowledge.curation.items import Edit
from knowledge.guild_snapshots import Clock, GuildSnapshots, Vectors
from knowledge.model import PackInfo
from knowledge.offbase import OffBase, Shares
from knowledge.once import Once
from knowledge.pack_rules import squash
from knowledge.packset import PackSet
from knowledge.scopes import places
from knowledge.snapshot import Channels, Snapshot, Standing
from knowledge.store import Store
from knowledge.store.records import GuildSettings

MOST = 50
"""Servers whose snapshot is kept unless told otherwise; of more the least used is made anew when it is asked for."""

_CLOSEST = 3


class GuildKnowledge:
    """Every server's knowledge. Open it with `async with`, inside the store's.

    `answerer` is the index of all packs, `packs` what they are (one pack if not given). `cache` gives each
    server a place for its sentence vectors, `most` is how many servers' snapshots are kept.
    """

    def __init__(
        self,
        answerer: Answerer,
        store: Store,
        *,
        clock: Clock,
        packs: PackSet | None = None,
        executor: Executor | None = None,
        cache: Vectors | None = None,
        most: int = MOST,
    ) -> None:
        packs = PackSet.of(answerer.base) if packs is None else packs
        self._store = store
        self._snapshots = GuildSnapshots(answerer, store, packs, clock=clock, executor=executor, cache=cache, most=most)
        self._record = Record(store, self._days, self._closest)
        self._shares = Shares(store.recent.all, self._off_base, clock)
        self._once = Once(clock)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Raises StoreError if the database fails."""
        async with AsyncExitStack() as opening:
            await opening.enter_async_context(self._snapshots)
            opening.push_async_callback(self._shares.leave)
            await opening.enter_async_context(self._record)
            self._open = opening.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def current(self, guild: int | None = None, channels: Channels = None) -> Answerer:
        """What is there without waiting, for autocomplete: a server's last snapshot, or the packs for none yet."""
        return self._snapshots.seen_now(self._snapshots.last(guild), channels)

    async def served(self, guild: int, patience: float) -> Snapshot:
        """What a server is answered from at this moment, for lists that nobody waits for: as it was last.

        Where nothing of it is in memory it is made first, for `patience` seconds at most; then it is the packs.
        """
        return await self._snapshots.served(guild, patience)

    async def of(self, guild: int | None, channels: Channels = None) -> Answerer:
        """What a server's questions are answered from; the packs alone in direct messages."""
        snapshot = await self._snapshots.get(guild)
        if guild is not None:
            self._shares.look(guild, snapshot.answerer)
        return self._shares.at(guild, await self._snapshots.seen(snapshot, channels))

    async def ask(self, guild: int | None, question: str, channels: Channels = None, *, count: bool = True) -> Answer:
        """The answer to a question, worked out off the event loop; counted for the server unless told otherwise."""
        answerer = await self.of(guild, channels)
        answer = await self._snapshots.off_loop(answerer.ask, question)
        if count:
            self.count(guild, answer)
        return answer

    def count(self, guild: int | None, answer: Answer, asker: int | None = None) -> None:
        """Count a question that was answered so, for a server's figures: without anybody's id, in the background.

        Without a good answer it goes on the moderators' list, once for each `asker` within hours.
        """
        if guild is not None:
            weak = answer.outcome in (Outcome.SUGGEST, Outcome.ABSTAIN)
            self._record.count(guild, answer, listed=not weak or self._is_news(guild, answer.asked, asker))

    def unhelpful(self, guild: int | None, question: str, asker: int | None = None) -> None:
        """Keep a question whose answer did not help somebody, once for each `asker` within hours."""
        if guild is not None and self._is_news(guild, question, asker):
            self._record.unhelpful(guild, question)

    def _is_news(self, guild: int, question: str, asker: int | None) -> bool:
        """Whether a person has not asked this within hours. Nothing of it is kept that anybody could read."""
        return asker is None or self._once.first(guild, asker, squash(question) or question)

    async def counted(self) -> None:
        """Wait until all that was counted is written."""
        await self._record.written()

    @property
    def held(self) -> int:
        """How many servers have an index of their own in memory."""
        return self._snapshots.held

    @property
    def waiting(self) -> int:
        """How many answered questions are still to be written down."""
        return self._record.waiting

    @property
    def packs(self) -> tuple[PackInfo, ...]:
        """The packs that a server may switch off for itself."""
        return tuple(pack.info for pack in self._snapshots.packs.packs)

    @property
    def pack_set(self) -> PackSet:
        """The packs with the base that they make together."""
        return self._snapshots.packs

    def packs_on(self, settings: GuildSettings) -> tuple[str, ...]:
        """The ids of the packs that hold in a server with these settings, in their order."""
        on = self._snapshots.packs.on(settings.packs)
        return tuple(pack.id for pack in self.packs if pack.id in on)

    async def off_base(self, guild: int) -> OffBase:
        """What share of a server's questions the base does not answer, estimated from what was asked lately.

        May take seconds of CPU off the loop, once a day. Raises StoreError.
        """
        return await self._shares.today(guild, (await self._snapshots.get(guild)).answerer)

    async def standing(self, guild: int) -> Standing:
        """What a server's base follows from at this moment, read from the store: what a change is drafted on.

        Raises StoreError, and PackError where the packs that are on can no longer be read.
        """
        return await self._snapshots.standing(guild)

    async def published(self, guild: int) -> bool:
        """Wait until what was committed before this serves; False where that failed and the last one still does."""
        return await self._snapshots.published(guild)

    async def preview(self, guild: int, edits: Iterable[Edit]) -> Answerer:
        """The base as it would be after edits, for a look at it before they are saved."""
        standing = await self._snapshots.standing(guild)
        return await self._snapshots.index(guild, standing.with_edits(edits))

    async def effects(self, guild: int, edits: Iterable[Edit]) -> tuple[Effect, ...]:
        """What edits would do to the questions asked lately and to the golden ones, gravest first.

        A golden question that goes with its entry shows what becomes of it like any other.
        """
        before = (await self._snapshots.get(guild)).answerer
        return await self._compared(guild, before, await self.preview(guild, edits))

    async def switched(self, guild: int, edit: Callable[[GuildSettings], GuildSettings]) -> Switched:
        """What other packs or other channels, as `edit` sets them, would do to the same questions.

        Where it is about channels, each group of them that sees the same is looked at apart.
        """
        before = await self._snapshots.get(guild)
        now = before.standing.settings
        after = await self._snapshots.trial(guild, await self._snapshots.standing(guild, edit(now)))
        wanted = after.standing.settings.scopes
        where: Sequence[Channels] = [None] if wanted == now.scopes else places(now.scopes, wanted)
        found: list[Placed] = []
        for channels in where:
            old, new = await self._snapshots.seen(before, channels), await self._snapshots.seen(after, channels)
            here = None if channels is None else tuple(channels)
            found.append(Placed(here, await self._compared(guild, old, new)))
        return Switched(tuple(found), max(0, after.left_out - before.left_out))

    async def _compared(self, guild: int, before: Answerer, after: Answerer) -> tuple[Effect, ...]:
        before, after = self._shares.at(guild, before), self._shares.at(guild, after)
        golden = after.base.golden
        going = (kept.question for kept in before.base.golden.values() if kept.id not in golden)
        questions = [*going, *await self._store.recent.all(guild)]
        return await self._snapshots.off_loop(lambda: effects(questions, before, after, golden=golden.values()))

    async def forget(self, guild: int) -> None:
        """Let go of what was made of a server's own knowledge, also on the disk; the store has forgotten it already."""
        self._shares.forget(guild)
        await self._snapshots.forget(guild)

    def swap(self, answerer: Answerer) -> None:
        """Answer from another index of the packs from now on; the servers' follow in the background."""
        self._snapshots.swap(answerer)

    async def _off_base(self, answerer: Answerer, question: str) -> float:
        return (await self._snapshots.off_loop(answerer.match, question)).off_base

    async def _days(self, guild: int) -> int:
        return (await self._snapshots.get(guild)).standing.settings.unanswered_days

    async def _closest(self, guild: int, question: str) -> tuple[str, ...]:
        answerer = await self.of(guild)
        match = await self._snapshots.off_loop(answerer.match, question)
        return tuple(scored.candidate.id for scored in match.distinct(_CLOSEST))
