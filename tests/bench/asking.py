"""The questions of the benchmark, and how long the bot's replies to them take."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from bot.local.person import Person

GOLDEN = Path(__file__).parents[1] / "golden"
CHANNEL = "general"
PATIENCE = 20.0  # seconds for one reply: longer than ever seen, so that a slow one counts and does not fail


def questions(count: int) -> list[str]:
    """Different questions of the tuning half, in turn one that the base answers and one that it does not."""
    answerable, others = (
        _texts(*names)
        for names in (
            ("answerable", "tuning-answerable"),
            ("unanswerable", "tuning-unanswerable", "tuning-far"),
        )
    )
    half = count // 2
    pairs = zip(_spread(answerable, half), _spread(others, half), strict=True)
    return [text for pair in pairs for text in pair]


async def reply_times(person: Person, texts: Sequence[str]) -> list[float]:
    """Ask one after the other by mention; milliseconds from sending each to seeing its reply."""
    times: list[float] = []
    for text in texts:
        began = time.perf_counter()
        question = await person.say(CHANNEL, f"{person.bot_mention} {text}")
        await person.answer_to(question, timeout=PATIENCE)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _texts(*names: str) -> list[str]:
    rows = [
        json.loads(line)
        for name in names
        for line in (GOLDEN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return list(dict.fromkeys(str(row["text"]) for row in rows if row["half"] == "tune"))


def _spread(texts: Sequence[str], count: int) -> list[str]:
    """As many of the texts at even distances."""
    return [texts[i * len(texts) // count] for i in range(count)]
