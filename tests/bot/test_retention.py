"""What is kept goes when it was promised to: every kind by its own time, with nothing else."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.retention import Retention
from handlers.services import HandlerSettings, Services
from knowledge.answers import Outcome
from knowledge.curation.items import Edit, ItemKind, State
from knowledge.store import Store
from knowledge.store.records import FORGOTTEN, Action, Lack, ProposalKind

GUILD, LEFT, PERSON = 10, 20, 1_234_567_890_123_456_789


@dataclass
class Clock:
    now: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Knowledge:
    """Stands for the snapshots, which a server's departure clears as well."""

    def __init__(self) -> None:
        self.forgotten: list[int] = []

    async def forget(self, guild: int) -> None:
        self.forgotten.append(guild)


async def fill(store: Store) -> None:
    for guild in (GUILD, LEFT):
        edit = Edit(ItemKind.ENTRY, "a", 0, State.LIVE, {"question": "Why?"})
        await store.revisions.commit(guild, PERSON, Action.ADD, [edit])
    await store.remember(
        message=1, channel=2, guild=GUILD, asker=PERSON, invoker=PERSON, question_message=None,
        candidate="entry:a", outcome=Outcome.ANSWER, days=30,
    )  # fmt: skip
    await store.vote(1, PERSON, helpful=True)
    await store.unanswered.add(GUILD, "why", Lack.ABSTAINED, [])
    await store.recent.add(GUILD, "why")
    proposal = await store.proposals.add(GUILD, PERSON, ProposalKind.ENTRY, {})
    await store.proposals.decline(GUILD, proposal.id, 8)


async def kept(store: Store) -> dict[str, Any]:
    """How much of each kind there is."""
    mine = (await store.belongings(PERSON)).tables
    rows: dict[str, Any] = {name: len(mine.get(name, ())) for name in ("replies", "votes", "proposals", "changes")}
    rows["questions"] = len(await store.unanswered.all(GUILD)) + len(await store.recent.all(GUILD))
    rows["left"] = len(await store.revisions.changes(LEFT))
    return rows


async def test_every_kind_goes_at_its_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock, knowledge = Clock(), Knowledge()
    async with Store.open(tmp_path / "citebot.sqlite3", clock=clock) as store:
        services = Services(cast("Any", knowledge), store, clock, HandlerSettings())
        retention = Retention(services)
        await fill(store)
        begun = clock.now

        async def after(days: float) -> dict[str, Any]:
            clock.now = begun + timedelta(days=days)
            await retention.clear({GUILD})
            return await kept(store)

        everything = {"replies": 1, "votes": 1, "proposals": 1, "changes": 2, "questions": 2, "left": 1}
        assert await after(0) == everything
        assert await after(29.9) == everything
        assert await after(30) == {**everything, "replies": 0, "votes": 0}
        rest = {**everything, "replies": 0, "votes": 0}
        assert knowledge.forgotten == []
        rest |= {"changes": 1, "left": 0}
        assert await after(30.1) == rest
        assert knowledge.forgotten == [LEFT]
        assert await after(89) == rest
        assert await after(90) == {**rest, "questions": 0}
        assert await after(90.1) == {**rest, "questions": 0, "proposals": 0}
        assert (await after(365))["changes"] == 1
        assert (await after(365.1))["changes"] == 0
        assert [change.who for change in await store.revisions.changes(GUILD)] == [FORGOTTEN]
    said = [record.message for record in caplog.records if record.name == "bot.retention"]
    assert [line.split(":")[0] for line in said] == ["server.left", "server.forgotten"]
    assert str(PERSON) not in caplog.text


async def test_a_database_that_fails_is_no_end_of_the_bot(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    async with Store.open(tmp_path / "citebot.sqlite3", clock=clock) as store:
        services = Services(cast("Any", Knowledge()), store, clock, HandlerSettings())
        with sqlite3.connect(tmp_path / "citebot.sqlite3") as other:
            other.execute("DROP TABLE recent")
        await Retention(services).clear({GUILD})
    assert "expired.not_cleared" in caplog.text
