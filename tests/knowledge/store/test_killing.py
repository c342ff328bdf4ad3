"""A process that is killed loses no change that it has acknowledged, and leaves none half done."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from knowledge.curation.items import ItemKey, ItemKind
from knowledge.store import Store

PROGRAM = Path(__file__).parent / "killed_program.py"
GUILD = 10
ITEMS = {ItemKey(ItemKind.EXPERT, "ada"), ItemKey(ItemKind.CLAIM, "melt"), ItemKey(ItemKind.ENTRY, "why-floods")}

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked and killed as on Unix")


async def kill(where: Path | str, rounds: int, seed: int) -> dict[int, str]:
    """Kill a committing process so often; returns each change that was acknowledged, with how its words begin."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), str(where), str(rounds), str(seed), stdout=asyncio.subprocess.PIPE
    )
    try:
        out, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0
    pairs = [line.split() for line in out.decode().splitlines()]
    acknowledged = {int(change): f"run {seed}, round {turn}, " for turn, change in pairs}
    assert len(acknowledged) == len(pairs), "a change's number was given again: the first one was lost"
    return acknowledged


async def check(store: Store, acknowledged: Mapping[int, str]) -> None:
    """Everything acknowledged is there; everything that is there is whole; nothing is there twice."""
    made = await store.revisions.changes(GUILD, limit=10_000_000)
    there = {change.id: str((change.revisions[0].body or {})["text"]) for change in made}
    assert {number for number, words in acknowledged.items() if not there.get(number, "").startswith(words)} == set()
    for number, change in enumerate(reversed(made), start=1):
        assert {revision.key for revision in change.revisions} == ITEMS
        # One text, from one round; and each change follows the one before it.
        assert len({str(revision.body) for revision in change.revisions}) == 1
        assert {revision.number for revision in change.revisions} == {number}
    overlay = await store.revisions.current(GUILD)
    assert overlay.last_change == made[0].id
    # A question goes together with the change that takes it up: those left were killed before theirs.
    taken_up = {str((change.revisions[0].body or {})["text"]) for change in made}
    assert not taken_up & {question.text for question in await store.unanswered.all(GUILD)}


async def test_a_few_kills(where: Path | str, clock: Any) -> None:
    acknowledged = await kill(where, 25, seed=1)
    assert len(acknowledged) > 25, "hardly anything was committed before the kills"
    async with Store.open(where, clock=clock) as store:
        await check(store, acknowledged)


@pytest.mark.soak
async def test_many_kills(where: Path | str, clock: Any) -> None:
    acknowledged: dict[int, str] = {}
    for seed in range(20):
        acknowledged |= await kill(where, 25, seed=seed + 100)
        async with Store.open(where, clock=clock) as store:
            await check(store, acknowledged)
    assert len(acknowledged) > 500, "hardly anything was committed before the kills"
