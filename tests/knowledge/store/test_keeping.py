"""Proposals, unanswered questions, settings and counts: what is kept of them, and for how long."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from knowledge.answers import Outcome
from knowledge.store import Store
from knowledge.store import recent as recent_module
from knowledge.store import unanswered as unanswered_module
from knowledge.store.records import (
    DayCounts,
    DecidedError,
    GuildSettings,
    Lack,
    ProposalKind,
    ProposalState,
    Unanswered,
    Used,
)

TODAY = date(2026, 3, 1)


async def test_a_proposal_waits_with_what_the_member_wrote(store: Store, clock: Any) -> None:
    made = await store.proposals.add(
        10, 5, ProposalKind.CORRECTION, {"text": "It is “old”.", "link": ""}, target="entry:dam"
    )
    assert made.fields == {"text": "It is “old”.", "link": ""}
    assert (made.state, made.target, made.created) == (ProposalState.OPEN, "entry:dam", clock.now)
    assert await store.proposals.get(10, made.id) == made
    await store.proposals.shown(10, made.id, 99)
    made = replace(made, review_message=99)
    assert await store.proposals.open(10) == (made,)


async def test_the_queue_is_read_page_by_page(store: Store) -> None:
    made = [await store.proposals.add(10, n, ProposalKind.ENTRY, {}) for n in range(1, 6)]
    assert await store.proposals.open(10, limit=2) == tuple(made[:2])
    assert await store.proposals.open(10, after=made[1].id) == tuple(made[2:])
    assert await store.proposals.count_open(10) == 5


async def test_a_decision_is_made_once(store: Store, other: Store) -> None:
    made = await store.proposals.add(10, 5, ProposalKind.ENTRY, {})
    results = await asyncio.gather(
        store.proposals.decline(10, made.id, 7, reason="said already"),
        other.proposals.decline(10, made.id, 8),
        return_exceptions=True,
    )
    assert sorted(isinstance(result, DecidedError) for result in results) == [False, True]
    (loser,) = [result for result in results if isinstance(result, DecidedError)]
    decided = await store.proposals.get(10, made.id)
    assert decided is not None
    assert loser.proposal == decided
    assert decided.state is ProposalState.DECLINED
    assert await store.proposals.open(10) == ()


async def test_a_members_proposals_are_counted_for_their_limits(store: Store, clock: Any) -> None:
    first = await store.proposals.add(10, 5, ProposalKind.ENTRY, {})
    clock.now += timedelta(days=2)
    since = clock.now
    await store.proposals.add(10, 5, ProposalKind.ENTRY, {})
    await store.proposals.add(10, 6, ProposalKind.ENTRY, {})
    assert await store.proposals.count_open_by(10, 5) == 2
    await store.proposals.decline(10, first.id, 7)
    assert await store.proposals.count_open_by(10, 5) == 1
    assert await store.proposals.count_by(10, 5, since=since) == 1
    assert await store.proposals.count_by(10, 5, since=since - timedelta(days=9)) == 2


async def test_decided_proposals_go_after_a_while_and_open_ones_do_not(store: Store, clock: Any) -> None:
    gone = await store.proposals.add(10, 5, ProposalKind.ENTRY, {})
    waits = await store.proposals.add(10, 5, ProposalKind.ENTRY, {})
    await store.proposals.decline(10, gone.id, 7)
    clock.now += timedelta(days=91)
    assert await store.purge() == 1
    assert await store.proposals.get(10, gone.id) is None
    assert await store.proposals.get(10, waits.id) == waits


async def test_an_unanswered_question_is_kept_without_a_person_and_expires(store: Store, clock: Any) -> None:
    await store.unanswered.add(10, "why floods 🐟", Lack.SUGGESTED, ["entry:a", "entry:b"], days=90)
    await store.unanswered.add(10, "and fish", Lack.UNHELPFUL, [], days=1)
    newest, oldest = await store.unanswered.all(10)
    assert oldest == Unanswered(
        oldest.id, 10, "why floods 🐟", Lack.SUGGESTED, ("entry:a", "entry:b"), TODAY, TODAY + timedelta(days=90)
    )
    clock.now += timedelta(days=1)
    assert await store.unanswered.all(10) == (oldest,)
    assert await store.purge() == 1
    clock.now += timedelta(days=89)
    assert await store.unanswered.all(10) == ()
    assert await store.purge() == 1
    assert newest.text == "and fish"


async def test_text_that_no_database_can_hold_is_kept_as_far_as_it_can_be(store: Store) -> None:
    await store.unanswered.add(10, "a\x00b\ud800c", Lack.ABSTAINED, [])
    assert [question.text for question in await store.unanswered.all(10)] == ["abc"]


async def test_many_are_dismissed_at_once(store: Store) -> None:
    for number in range(5):
        await store.unanswered.add(10, str(number), Lack.ABSTAINED, [])
    ids = [question.id for question in await store.unanswered.all(10)]
    assert await store.unanswered.dismiss(10, [*ids[:4], 999]) == 4
    assert await store.unanswered.dismiss(10, []) == 0
    assert [question.id for question in await store.unanswered.all(10)] == ids[4:]


async def test_a_flood_of_questions_pushes_out_the_oldest_of_that_server_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unanswered_module, "MOST", 3)
    await store.unanswered.add(20, "theirs", Lack.ABSTAINED, [])
    for number in range(5):
        await store.unanswered.add(10, str(number), Lack.ABSTAINED, [])
    assert [question.text for question in await store.unanswered.all(10)] == ["4", "3", "2"]
    assert len(await store.unanswered.all(20)) == 1


async def test_the_latest_questions_are_kept_once_each_and_expire(
    store: Store, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent_module, "MOST", 3)
    await store.recent.add(20, "theirs")
    for text in ("a", "b", "c", "d", "b", "e\x00"):
        await store.recent.add(10, text)
    assert await store.recent.all(10) == ("e", "b", "d")
    await store.recent.add(10, "short", days=1)
    clock.now += timedelta(days=1)
    assert await store.recent.all(10) == ("e", "b")
    assert await store.purge() == 1
    assert await store.recent.all(20) == ("theirs",)


async def test_settings_are_kept_whole(store: Store, save: Any) -> None:
    settings = GuildSettings(
        moderator_role=1,
        audit_channel=2,
        review_channel=3,
        packs={"china-russia": False},
        scopes={"topic:trade": (4, 5)},
        unanswered_days=30,
    )
    await save(store)
    assert await store.guilds.change(10, lambda _: settings) == settings
    await save(store, expected=1)
    assert await store.guilds.settings(10) == settings
    assert await store.guilds.all() == {10: settings}


async def test_two_who_set_different_things_lose_nothing(store: Store, other: Store) -> None:
    await asyncio.gather(
        store.guilds.change(10, lambda now: replace(now, audit_channel=1)),
        other.guilds.change(10, lambda now: replace(now, review_channel=2)),
        store.guilds.change(10, lambda now: replace(now, moderator_role=3)),
    )
    assert await store.guilds.settings(10) == GuildSettings(moderator_role=3, audit_channel=1, review_channel=2)


async def test_days_and_candidates_are_counted(store: Store, other: Store, clock: Any) -> None:
    await asyncio.gather(*(place.usage.count(10, Outcome.ANSWER, "entry:a") for place in (store, other) * 3))
    await store.usage.count(10, Outcome.ABSTAIN)
    clock.now += timedelta(days=1)
    await store.usage.count(10, Outcome.ANSWER, "entry:b")
    tomorrow = TODAY + timedelta(days=1)
    assert await store.usage.days(10, TODAY) == (
        DayCounts(TODAY, {Outcome.ANSWER: 6, Outcome.ABSTAIN: 1}),
        DayCounts(tomorrow, {Outcome.ANSWER: 1}),
    )
    assert [count.day for count in await store.usage.days(10, tomorrow)] == [tomorrow]
    used = await store.usage.used(10)
    assert list(used.items()) == [("entry:a", Used(6, TODAY)), ("entry:b", Used(1, tomorrow))]
