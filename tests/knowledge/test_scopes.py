"""What a server keeps to certain channels is not told elsewhere: not as an answer, a suggestion or in a list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from knowledge.answerer import Answerer
from knowledge.answers import Outcome
from knowledge.curation.effect import Fate
from knowledge.guilds import GuildKnowledge
from knowledge.model import KnowledgeBase
from knowledge.scopes import out_of_place, places, without
from knowledge.store import Store
from knowledge.store.records import GuildSettings

HERE, FISHING, GENERAL, THREAD = 1, 100, 200, 300
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TROUT = "Have the trout come back?"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store.open(tmp_path / "citebot.sqlite3", clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
async def knowledge(store: Store, river_answerer: Answerer) -> AsyncIterator[GuildKnowledge]:
    async with GuildKnowledge(river_answerer, store, clock=lambda: NOW) as opened:
        yield opened


async def limit(knowledge: GuildKnowledge, store: Store, **scopes: tuple[int, ...]) -> None:
    """`limit(…, entry_why_flood=(1,))`"""
    keys = {key.replace("_", ":", 1).replace("_", "-"): channels for key, channels in scopes.items()}
    await store.guilds.change(HERE, lambda settings: replace(settings, scopes=MappingProxyType(keys)))
    assert await knowledge.published(HERE)


async def test_an_entry_is_answered_in_its_channel_and_its_threads_only(
    knowledge: GuildKnowledge, store: Store
) -> None:
    await limit(knowledge, store, entry_trout_back=(FISHING,))
    for channels in ({FISHING}, {THREAD, FISHING}):
        assert (await knowledge.ask(HERE, TROUT, channels)).candidate_id == "entry:trout-back"
    for channels in ({GENERAL}, {THREAD, GENERAL}, set[int]()):
        answer = await knowledge.ask(HERE, TROUT, channels)
        told = (answer.candidate_id, *(s.candidate_id for s in (*answer.suggestions, *answer.related)))
        assert "entry:trout-back" not in told
        assert "claim:trout" not in told
        assert "Trout have come back" not in answer.body
        assert (await knowledge.of(HERE, channels)).open("entry:trout-back") is None
    flood = await knowledge.ask(HERE, "why does the river flood", {GENERAL})
    assert flood.outcome is Outcome.ANSWER
    assert flood.related == ()
    # Moderators see everything.
    assert (await knowledge.of(HERE)).open("entry:trout-back") is not None


async def test_typing_elsewhere_never_offers_it(knowledge: GuildKnowledge, store: Store) -> None:
    await limit(knowledge, store, entry_trout_back=(FISHING,), topic_flooding=(FISHING, GENERAL))
    # The first keystroke comes before this channel was ever asked in.
    offered = [found.question for found in knowledge.current(HERE, {GENERAL}).complete("trout")]
    assert TROUT not in offered
    assert TROUT in [found.question for found in (await knowledge.of(HERE, {FISHING})).complete("trout")]
    assert (await knowledge.of(HERE, {GENERAL})).find_topic("flooding") is not None
    assert (await knowledge.of(HERE, {THREAD})).find_topic("flooding") is None


async def test_other_servers_and_direct_messages_are_not_limited(knowledge: GuildKnowledge, store: Store) -> None:
    await limit(knowledge, store, entry_trout_back=(FISHING,))
    assert (await knowledge.ask(2, TROUT, {GENERAL})).candidate_id == "entry:trout-back"
    assert (await knowledge.ask(None, TROUT, {GENERAL})).candidate_id == "entry:trout-back"


def test_with_a_topic_go_its_claims_and_what_rests_on_them(river: KnowledgeBase) -> None:
    left = without(river, {"topic:flooding"})
    assert set(left.topics) == {"fish", "taxes"}
    assert set(left.claims) == {"trout", "bridge"}
    assert set(left.entries) == {"trout-back"}
    assert Answerer.build(left, encoder=None).open("entry:trout-back") is not None


def test_claims_that_another_entry_rests_on_stay(river: KnowledgeBase) -> None:
    both = replace(river.entries["trout-back"], claims=("trout", "melt"))
    base = replace(river, entries=MappingProxyType({**river.entries, "trout-back": both}))
    left = without(base, {"entry:why-flood"})
    assert set(left.entries) == {"trout-back"}
    assert set(left.claims) == {"melt", "trout", "bridge"}


def test_what_is_not_there_limits_nothing(river: KnowledgeBase) -> None:
    assert without(river, {"entry:gone", "topic:gone"}) is river
    assert out_of_place({"entry:a": (1, 2), "entry:b": ()}, {2}) == {"entry:b"}


def test_channels_that_see_the_same_before_and_after_go_together() -> None:
    before = {"entry:a": (1, 2), "entry:b": (5,)}
    assert places(before, before) == ()
    assert places(before, {"entry:b": (5,)}) == ((), (5,))
    assert places(before, {"entry:a": (1, 3), "entry:b": (5,)}) == ((2,), (3,))
    assert places({}, {"topic:t": (7,)}) == ((),)


async def test_what_other_channels_would_do_is_told_for_each_place(knowledge: GuildKnowledge, store: Store) -> None:
    await store.recent.add(HERE, TROUT)

    def keep(channel: int) -> Callable[[GuildSettings], GuildSettings]:
        scopes = MappingProxyType({"entry:trout-back": (channel,)})
        return lambda now: replace(now, scopes=scopes)

    found = await knowledge.switched(HERE, keep(FISHING))
    assert [(place.channels, [effect.fate for effect in place.effects]) for place in found.places] == [
        ((), [Fate.LOST])
    ]
    assert (await store.guilds.settings(HERE)).scopes == {}
    await store.guilds.change(HERE, keep(FISHING))
    assert await knowledge.published(HERE)
    found = await knowledge.switched(HERE, keep(GENERAL))
    assert {place.channels: place.effects[0].fate for place in found.places} == {
        (FISHING,): Fate.LOST,
        (GENERAL,): Fate.NEW,
    }
