"""A program that is killed while it commits, over and over: `DATABASE ROUNDS SEED`, for tests.

Each round is a process of its own, made by fork from this one, that opens the store and commits one change
of three items after the other; after each it prints "round change", one line in one write. This process
ends it with SIGKILL at a random moment: in the middle of opening, or a little after some of its changes.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime

from knowledge.curation.items import Edit, ItemKey, ItemKind, State
from knowledge.store import Store
from knowledge.store.records import Action, Lack

GUILD = 10
ITEMS = (ItemKey(ItemKind.EXPERT, "ada"), ItemKey(ItemKind.CLAIM, "melt"), ItemKey(ItemKind.ENTRY, "why-floods"))

_OPENING = 0.25  # share of the rounds that are ended from the start of the process on
_MOST = 5  # changes that the others make first, however slow the machine
_LONGEST = {True: 0.3, False: 0.05}  # seconds from then until the end, for both


def _now() -> datetime:
    return datetime.now(UTC)


async def _commit_for_ever(where: str, seed: int, turn: int, life: int) -> None:
    async with Store.open(where, clock=_now) as store:
        number = 0
        while True:
            overlay = await store.revisions.current(GUILD)
            number += 1
            words = f"run {seed}, round {turn}, change {number}"
            edits = [Edit(key.kind, key.id, overlay.number(key), State.LIVE, {"text": words}) for key in ITEMS]
            await store.unanswered.add(GUILD, words, Lack.ABSTAINED, [])
            questions = [question.id for question in await store.unanswered.all(GUILD)]
            change = await store.revisions.commit(GUILD, 7, Action.EDIT, edits, answers=questions)
            os.write(1, f"{turn} {change.id}\n".encode())
            os.write(life, b".")


def _round(where: str, seed: int, turn: int, signs: int, pause: float) -> None:
    begun, life = os.pipe()
    child = os.fork()
    if not child:
        os.close(begun)
        os.write(life, b".")
        asyncio.run(_commit_for_ever(where, seed, turn, life))
        os._exit(1)
    os.close(life)
    while signs > 0 and (seen := os.read(begun, signs)):
        signs -= len(seen)
    time.sleep(pause)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(begun)
    if not os.WIFSIGNALED(status):
        raise SystemExit(f"round {turn} ended by itself ({status})")


def main(where: str, rounds: int, seed: int) -> None:
    """Kill as often as asked, and leave the database as it is then."""
    chance = random.Random(seed)
    for turn in range(rounds):
        opening = chance.random() < _OPENING
        signs = 1 if opening else 1 + chance.randint(1, _MOST)
        _round(where, seed, turn, signs, chance.random() * _LONGEST[opening])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
