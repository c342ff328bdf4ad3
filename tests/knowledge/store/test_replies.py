"""Replies and votes: what is remembered, for how long, and what is forgotten."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from knowledge.answers import Outcome
from knowledge.store import Reply, Store, Tally

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)  # where the clock of the tests begins
SNOWFLAKE = 1_234_567_890_123_456_789


async def remember(
    store: Store,
    message: int,
    *,
    question: int | None = None,
    candidate: str = "entry:close",
    days: int = 30,
    guild: int | None = SNOWFLAKE + 2,
) -> Reply:
    return await store.remember(
        message=message,
        channel=SNOWFLAKE + 1,
        guild=guild,
        asker=7,
        invoker=8,
        question_message=question,
        candidate=candidate,
        outcome=Outcome.ANSWER if candidate else Outcome.SUGGEST,
        days=days,
    )


async def test_a_reply_is_found_again_whole(store: Store) -> None:
    kept = await remember(store, SNOWFLAKE, question=SNOWFLAKE + 9)
    found = await store.reply(SNOWFLAKE)
    assert found == kept
    assert kept == Reply(
        message=SNOWFLAKE,
        channel=SNOWFLAKE + 1,
        guild=SNOWFLAKE + 2,
        asker=7,
        invoker=8,
        question_message=SNOWFLAKE + 9,
        candidate="entry:close",
        outcome=Outcome.ANSWER,
        created=START,
        expires=START + timedelta(days=30),
    )
    assert kept.created.tzinfo is UTC


async def test_times_from_other_zones_are_kept_as_the_same_moment(store: Store, clock: Any) -> None:
    clock.now = START.astimezone(timezone(timedelta(hours=5)))
    await remember(store, 1)
    found = await store.reply(1)
    assert found is not None
    assert found.created == START


async def test_an_unknown_message_is_nobodys_reply(store: Store) -> None:
    assert await store.reply(1) is None
    assert await store.replies_to([2, 3]) == ()
    await store.change(1, candidate="entry:x", outcome=Outcome.ANSWER)
    await store.forget([1])
    assert await store.reply(1) is None


async def test_replies_are_found_by_their_questions(store: Store, clock: Any) -> None:
    await remember(store, 1, question=100)
    clock.now += timedelta(seconds=1)
    await remember(store, 2, question=100)
    await remember(store, 3, question=200)
    await remember(store, 4, question=None)
    assert [reply.message for reply in await store.replies_to([100, 200])] == [1, 2, 3]
    assert [reply.message for reply in await store.replies_to([200])] == [3]
    assert await store.replies_to([]) == ()


async def test_a_reply_changes_what_it_shows(store: Store) -> None:
    await remember(store, 1, candidate="")
    await store.change(1, candidate="claim:a", outcome=Outcome.ANSWER)
    found = await store.reply(1)
    assert found is not None
    assert (found.candidate, found.outcome) == ("claim:a", Outcome.ANSWER)


async def test_remembering_the_same_message_again_replaces_it(store: Store) -> None:
    await remember(store, 1, candidate="entry:a")
    await remember(store, 1, candidate="entry:b")
    found = await store.reply(1)
    assert found is not None
    assert found.candidate == "entry:b"


async def test_an_expired_reply_is_unknown_even_before_the_purge(store: Store, clock: Any) -> None:
    await remember(store, 1, question=100, days=1)
    clock.now += timedelta(days=1)
    assert await store.reply(1) is None
    assert await store.replies_to([100]) == ()
    with pytest.raises(KeyError):
        await store.vote(1, 5, helpful=True)


async def test_purge_drops_the_expired_and_only_them(store: Store, clock: Any) -> None:
    for message in range(1, 603):
        await remember(store, message, days=1)
    await remember(store, 5000, days=3)
    clock.now += timedelta(days=2)
    assert await store.purge() == 602
    assert await store.purge() == 0
    assert await store.reply(5000) is not None
    clock.now -= timedelta(days=2)
    assert await store.reply(1) is None


async def test_a_person_has_one_vote_a_reply_and_may_change_it(store: Store) -> None:
    await remember(store, 1)
    assert await store.vote(1, 5, helpful=True) is None
    assert await store.vote(1, 5, helpful=True) is True
    assert await store.vote(1, 5, helpful=False) is True
    assert await store.vote(1, 6, helpful=True) is None
    assert await store.tally("entry:close") == Tally(helpful=1, unhelpful=1)


async def test_presses_at_the_same_moment_are_still_one_vote(store: Store) -> None:
    await remember(store, 1)
    await asyncio.gather(*(store.vote(1, 5, helpful=n % 2 == 0) for n in range(20)))
    tally = await store.tally("entry:close")
    assert tally.helpful + tally.unhelpful == 1


async def test_votes_on_unknown_replies_are_refused(store: Store) -> None:
    with pytest.raises(KeyError):
        await store.vote(1, 5, helpful=True)


async def test_votes_outlive_their_reply_without_the_voter(store: Store, clock: Any) -> None:
    await remember(store, 1)
    await remember(store, 2, days=60)
    await store.vote(1, 5, helpful=True)
    await store.vote(1, 6, helpful=True)
    await store.vote(2, 5, helpful=False)
    clock.now += timedelta(days=31)
    await store.purge()
    await store.forget([2])
    assert await store.tally("entry:close") == Tally(helpful=2, unhelpful=1)
    # Whoever voted is forgotten: the same person counts anew on a reply under the same message.
    await remember(store, 2)
    assert await store.vote(2, 5, helpful=True) is None


async def test_a_vote_counts_for_what_the_reply_shows_when_it_is_cast(store: Store) -> None:
    await remember(store, 1, candidate="entry:a")
    await store.vote(1, 5, helpful=True)
    await store.change(1, candidate="entry:b", outcome=Outcome.ANSWER)
    await store.vote(1, 6, helpful=False)
    assert await store.tally("entry:a") == Tally(1, 0)
    assert await store.tally("entry:b") == Tally(0, 1)


async def test_everything_is_there_after_a_restart(where: Path | str, clock: Any) -> None:
    async with Store.open(where, clock=clock) as store:
        await remember(store, 1)
        await store.vote(1, 5, helpful=True)
    async with Store.open(where, clock=clock) as store:
        assert await store.reply(1) is not None
        assert await store.vote(1, 5, helpful=True) is True


async def test_a_url_opens_the_same_store(tmp_path: Path, clock: Any) -> None:
    async with Store.open(f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite3'}", clock=clock) as store:
        await remember(store, 1)
    assert (tmp_path / "x.sqlite3").exists()


async def test_a_path_with_odd_characters_is_only_a_path(tmp_path: Path, clock: Any) -> None:
    path = tmp_path / "what? 100% #1.sqlite3"
    async with Store.open(path, clock=clock) as store:
        await remember(store, 1)
    assert path.exists()


async def test_votes_are_counted_for_the_server_they_were_given_in(store: Store) -> None:
    await remember(store, 1, guild=10)
    await remember(store, 2, guild=20)
    await remember(store, 3, guild=None)
    await store.vote(1, 5, helpful=True)
    await store.vote(1, 6, helpful=False)
    await store.vote(2, 5, helpful=True)
    await store.vote(3, 5, helpful=True)
    assert await store.tallies(10) == {"entry:close": Tally(1, 1)}
    assert await store.tallies(20) == {"entry:close": Tally(1, 0)}
    assert await store.tallies(30) == {}
    await store.forget([1])
    assert await store.tallies(10) == {"entry:close": Tally(1, 1)}
