"""What share of a server's questions is off base, as its questions tell, and what follows for its answers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from knowledge.answerer import Answerer
from knowledge.errors import StoreError
from knowledge.guilds import GuildKnowledge
from knowledge.offbase import LEAST, Shares, estimate
from knowledge.store import Store

if TYPE_CHECKING:
    from tests.knowledge.conftest import Clock  # pyright: ignore[reportMissingImports]
else:
    Clock = Any

HERE, THERE = 1, 2
NEAR = "why does the river rise"


def judged(share: float, questions: int) -> list[float]:
    """Probabilities of being off base, as they are where three in ten are, of questions of which `share` are."""
    chance = random.Random(7)
    found: list[float] = []
    while len(found) < questions:
        p = chance.choice((0.05, 0.2, 0.8, 0.95))
        off = chance.random() < p
        # Kept so that the mixture is the wanted one, each class as it is spread at three in ten.
        if chance.random() < (share / 0.5 if off else (1 - share) / 0.5) / 2:
            found.append(p * 0.3 / (p * 0.3 + (1 - p) * 0.7))
    return found


@pytest.mark.parametrize("share", [0.3, 0.45, 0.65])
def test_the_share_is_found_whatever_it_is_set_to(share: float) -> None:
    found = estimate(judged(share, 1000), 0.3)
    assert found.share == pytest.approx(share, abs=0.06)
    assert found.questions == 1000


def test_few_questions_tell_nothing_and_some_only_a_part() -> None:
    sure = [0.99] * 200
    assert estimate(sure[: LEAST - 1], 0.3).share == 0.3
    assert estimate(sure[: LEAST - 1], 0.3).questions == 0
    some, many = estimate(sure[:LEAST], 0.3).share, estimate(sure, 0.3).share
    assert 0.3 < some < many


def test_nobody_silences_the_bot_with_nonsense_nor_makes_it_careless() -> None:
    assert estimate([0.99] * 10_000, 0.3).share == 0.7
    assert estimate([0.0] * 10_000, 0.3).share == 0.2


@pytest.fixture
async def knowledge(store: Store, clock: Clock, river_answerer: Answerer) -> AsyncIterator[GuildKnowledge]:
    async with GuildKnowledge(river_answerer, store, clock=clock) as opened:
        yield opened


async def confidence(knowledge: GuildKnowledge, guild: int) -> float:
    return (await knowledge.of(guild)).match(NEAR).confidence


async def until_renewed(knowledge: GuildKnowledge, before: float) -> float:
    async with asyncio.timeout(5):
        while (now := await confidence(knowledge, HERE)) == before:  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(0.01)
    return now


async def test_where_much_is_off_base_the_bot_is_less_sure_and_elsewhere_it_is_not(
    knowledge: GuildKnowledge, store: Store, clock: Clock
) -> None:
    before = await confidence(knowledge, HERE)
    assert before == await confidence(knowledge, THERE)
    for number in range(2 * LEAST):
        await store.recent.add(HERE, f"zebra number {number} on the motorway of Peru")
    clock.now += timedelta(days=1)
    assert await until_renewed(knowledge, before) < before
    assert await confidence(knowledge, THERE) == before
    assert (await knowledge.off_base(HERE)).questions == 2 * LEAST
    assert (await knowledge.off_base(HERE)).share > 0.5
    assert (await knowledge.off_base(THERE)).questions == 0


async def test_where_all_is_answered_the_bot_is_surer(
    knowledge: GuildKnowledge, store: Store, clock: Clock, river_answerer: Answerer
) -> None:
    before = await confidence(knowledge, HERE)
    known = [phrasing for candidate in river_answerer.matcher.candidates for phrasing in candidate.phrasings]
    for phrasing in known:
        await store.recent.add(HERE, phrasing)
    clock.now += timedelta(days=1)
    assert await until_renewed(knowledge, before) > before


async def test_what_is_forgotten_shifts_nothing(knowledge: GuildKnowledge, store: Store, clock: Clock) -> None:
    before = await confidence(knowledge, HERE)
    for number in range(2 * LEAST):
        await store.recent.add(HERE, f"zebra number {number} on the motorway of Peru")
    await knowledge.off_base(HERE)
    assert await confidence(knowledge, HERE) < before
    await knowledge.forget(HERE)
    assert await confidence(knowledge, HERE) == before


async def test_while_the_database_is_gone_the_share_stays_as_it_was_and_is_not_asked_for_again_and_again(
    knowledge: GuildKnowledge, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def gone(_: int) -> tuple[str, ...]:
        raise StoreError("The database is not there.")

    async def unsure(_: Answerer, __: str) -> float:
        return 0.5

    monkeypatch.setattr(knowledge, "_shares", Shares(gone, unsure, clock))
    before = await confidence(knowledge, HERE)
    for _ in range(5):
        await asyncio.sleep(0)
        assert await confidence(knowledge, HERE) == before
    assert sum("tried again tomorrow" in record.getMessage() for record in caplog.records) == 1
