"""Each server has its own: whatever one keeps, no question asked for another one finds it."""

from __future__ import annotations

import inspect
from datetime import date
from typing import Any

import pytest

from knowledge.answers import Outcome
from knowledge.curation.items import ItemKind, Overlay
from knowledge.store import Store
from knowledge.store.records import Action, DecidedError, GuildSettings, Lack, ProposalKind

MINE, THEIRS = 10, 20


@pytest.fixture
async def full(store: Store, save: Any, clock: Any) -> Store:
    """A store in which another server has something of everything, under the lowest ids."""
    await save(store, guild=THEIRS)
    await store.proposals.add(THEIRS, 7, ProposalKind.CORRECTION, {"text": "wrong"}, target="entry:why-floods")
    await store.unanswered.add(THEIRS, "why do they flood", Lack.ABSTAINED, ["entry:why-floods"])
    await store.recent.add(THEIRS, "why do they flood")
    await store.guilds.change(THEIRS, lambda _: GuildSettings(audit_channel=99))
    await store.usage.count(THEIRS, Outcome.ANSWER, "entry:why-floods")
    await store.remember(
        message=1,
        channel=2,
        guild=THEIRS,
        asker=3,
        invoker=3,
        question_message=None,
        candidate="entry:why-floods",
        outcome=Outcome.ANSWER,
        days=30,
    )
    await store.vote(1, 7, helpful=True)
    return store


async def test_nothing_of_another_server_is_found(full: Store, clock: Any) -> None:
    (change,) = await full.revisions.changes(THEIRS)
    (proposal,) = await full.proposals.open(THEIRS)
    assert await full.revisions.current(MINE) == Overlay()
    assert await full.revisions.history(MINE, ItemKind.ENTRY, "why-floods") == ()
    assert await full.revisions.revision(MINE, ItemKind.ENTRY, "why-floods", 1) is None
    assert await full.revisions.change(MINE, change.id) is None
    assert await full.revisions.changes(MINE) == ()
    assert await full.revisions.last_by(MINE, 7) is None
    assert await full.proposals.get(MINE, proposal.id) is None
    assert await full.proposals.open(MINE) == ()
    assert await full.proposals.count_open(MINE) == 0
    assert await full.proposals.count_open_by(MINE, 7) == 0
    assert await full.proposals.count_by(MINE, 7, since=clock.now) == 0
    assert await full.unanswered.all(MINE) == ()
    assert await full.recent.all(MINE) == ()
    assert await full.guilds.settings(MINE) == GuildSettings()
    assert await full.usage.days(MINE, date.min) == ()
    assert await full.usage.used(MINE) == {}
    assert await full.tallies(MINE) == {}


async def test_nothing_of_another_server_can_be_touched(full: Store, save: Any) -> None:
    (proposal,) = await full.proposals.open(THEIRS)
    (question,) = await full.unanswered.all(THEIRS)
    (change,) = await full.revisions.changes(THEIRS)
    with pytest.raises(DecidedError, match="not there"):
        await full.proposals.decline(MINE, proposal.id, 7)
    with pytest.raises(DecidedError, match="not there"):
        await save(full, guild=MINE, proposal=proposal.id)
    with pytest.raises(KeyError):
        await save(full, guild=MINE, action=Action.UNDO, undoes=change.id)
    await full.proposals.shown(MINE, proposal.id, 5)
    assert await full.unanswered.dismiss(MINE, [question.id]) == 0
    await save(full, guild=MINE, answers=[question.id])
    assert await full.proposals.open(THEIRS) == (proposal,)
    assert await full.unanswered.all(THEIRS) == (question,)


async def test_the_same_id_is_numbered_for_each_server(full: Store, save: Any) -> None:
    mine = await save(full, guild=MINE, text="mine")
    assert mine.revisions[0].number == 1
    assert (await full.revisions.current(THEIRS)).revisions != (await full.revisions.current(MINE)).revisions
    assert len(await full.revisions.history(MINE, ItemKind.ENTRY, "why-floods")) == 1


async def test_the_test_above_asks_everything_that_can_be_asked(store: Store) -> None:
    """A new way to ask has to be tried from another server too."""
    text = inspect.getsource(test_nothing_of_another_server_is_found) + inspect.getsource(
        test_nothing_of_another_server_can_be_touched
    )
    for part in ("revisions", "proposals", "unanswered", "recent", "guilds", "usage"):
        for name, method in inspect.getmembers(getattr(store, part), inspect.iscoroutinefunction):
            takes_guild = "guild" in inspect.signature(method).parameters
            if name.startswith("_") or not takes_guild or name in ("add", "count", "commit"):
                continue
            if (part, name) == ("guilds", "change"):
                continue  # sets, and finds nothing
            assert f".{part}.{name}(" in text, f"{part}.{name}"
