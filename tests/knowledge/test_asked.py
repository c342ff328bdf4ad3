"""What is counted of questions: how they ended, which had no good answer; never by whom, and never in the way."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace as with_other
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from knowledge.answerer import Answerer, Policy
from knowledge.answers import Outcome
from knowledge.guilds import GuildKnowledge
from knowledge.model import KnowledgeBase
from knowledge.store import Store
from knowledge.store.records import Lack

HERE, THERE = 1, 2
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TROUT = "Have the trout come back?"
FRANCE = "Who is the president of France?"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "citebot.sqlite3"


@pytest.fixture
async def store(file: Path) -> AsyncIterator[Store]:
    async with Store.open(file, clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
async def knowledge(store: Store, river_answerer: Answerer) -> AsyncIterator[GuildKnowledge]:
    async with GuildKnowledge(river_answerer, store, clock=lambda: NOW) as opened:
        yield opened


async def test_questions_are_counted_by_how_they_ended(knowledge: GuildKnowledge, store: Store) -> None:
    for question in (TROUT, TROUT, FRANCE, "hello"):
        await knowledge.ask(HERE, question)
    await knowledge.ask(THERE, TROUT)
    await knowledge.ask(None, TROUT)
    await knowledge.counted()
    (today,) = await store.usage.days(HERE, NOW.date())
    assert today.counts == {Outcome.ANSWER: 2, Outcome.ABSTAIN: 1, Outcome.CHITCHAT: 1}
    assert {used: found.number for used, found in (await store.usage.used(HERE)).items()} == {"entry:trout-back": 2}
    assert await store.recent.all(HERE) == (FRANCE, TROUT)  # small talk is nothing to try changes on
    assert await store.recent.all(THERE) == (TROUT,)


async def test_what_had_no_answer_is_listed_with_what_is_closest(store: Store, river: KnowledgeBase) -> None:
    unsure = Answerer.build(river, encoder=None, policy=Policy(wrong_costs=1e9))
    async with GuildKnowledge(unsure, store, clock=lambda: NOW) as knowledge:
        assert (await knowledge.ask(HERE, FRANCE)).outcome is Outcome.ABSTAIN
        assert (await knowledge.ask(HERE, TROUT)).outcome is Outcome.SUGGEST
        knowledge.unhelpful(HERE, f"  {TROUT}\n")
        await knowledge.counted()
    found = await store.unanswered.all(HERE)
    assert [(lack.text, lack.lack) for lack in found] == [
        (TROUT, Lack.UNHELPFUL),
        (TROUT, Lack.SUGGESTED),
        (FRANCE, Lack.ABSTAINED),
    ]
    assert {lack.closest[0] for lack in found[:2]} == {"entry:trout-back"}
    assert await store.unanswered.all(THERE) == ()


async def test_words_are_kept_as_long_as_the_server_wants(knowledge: GuildKnowledge, store: Store) -> None:
    await store.guilds.change(HERE, lambda settings: with_other(settings, unanswered_days=7))
    await knowledge.published(HERE)
    await knowledge.ask(HERE, FRANCE)
    await knowledge.counted()
    (kept,) = await store.unanswered.all(HERE)
    assert kept.expires == date(2026, 3, 1) + timedelta(days=7)


async def test_what_is_not_to_be_counted_is_not(knowledge: GuildKnowledge, store: Store) -> None:
    answer = await knowledge.ask(HERE, FRANCE, count=False)
    await knowledge.counted()
    assert await store.usage.days(HERE, NOW.date()) == ()
    assert await store.unanswered.all(HERE) == ()
    knowledge.count(HERE, answer)
    await knowledge.counted()
    assert len(await store.unanswered.all(HERE)) == 1


async def test_a_failing_database_disturbs_no_answer(
    knowledge: GuildKnowledge, store: Store, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite3.connect(file) as database:
        database.execute("ALTER TABLE usage RENAME TO usage_gone")
    for _ in range(3):
        assert (await knowledge.ask(HERE, TROUT)).outcome is Outcome.ANSWER
    await knowledge.counted()
    assert caplog.text.count("questions are answered but not counted") == 1
    assert TROUT not in caplog.text
    with sqlite3.connect(file) as database:
        database.execute("ALTER TABLE usage_gone RENAME TO usage")
    await knowledge.ask(HERE, TROUT)
    await knowledge.counted()
    (today,) = await store.usage.days(HERE, NOW.date())
    assert today.counts == {Outcome.ANSWER: 1}


async def test_leaving_writes_what_was_counted(file: Path, river_answerer: Answerer) -> None:
    async with Store.open(file, clock=lambda: NOW) as store:
        async with GuildKnowledge(river_answerer, store, clock=lambda: NOW) as knowledge:
            for _ in range(5):
                await knowledge.ask(HERE, TROUT)
        (today,) = await store.usage.days(HERE, NOW.date())
        assert today.counts == {Outcome.ANSWER: 5}
