"""Answering from a base that may be swapped meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from knowledge.answerer import Answerer
from knowledge.answers import Outcome
from knowledge.live import LiveKnowledge
from knowledge.model import KnowledgeBase


def rewritten(river: KnowledgeBase, with_parts: Callable[..., KnowledgeBase]) -> Answerer:
    entry = replace(river.entries["why-flood"], answer="Because of the moon.", related=())
    return Answerer.build(with_parts(river, entries=[entry]), encoder=None)


async def test_questions_are_answered_from_the_base_of_now(
    river: KnowledgeBase, river_answerer: Answerer, with_parts: Callable[..., KnowledgeBase]
) -> None:
    live = LiveKnowledge(river_answerer)
    assert (await live.ask("why does the river flood")).body.startswith("Snow melts")
    after = rewritten(river, with_parts)
    live.swap(after)
    assert live.current is after
    assert (await live.ask("why does the river flood")).body == "Because of the moon."


async def test_a_question_under_way_keeps_its_base(
    river: KnowledgeBase, river_answerer: Answerer, with_parts: Callable[..., KnowledgeBase]
) -> None:
    with ThreadPoolExecutor(1) as pool:
        gate = threading.Event()
        pool.submit(gate.wait)
        live = LiveKnowledge(river_answerer, executor=pool)
        asked = asyncio.create_task(live.ask("why does the river flood"))
        await asyncio.sleep(0)
        live.swap(rewritten(river, with_parts))
        gate.set()
        assert (await asked).body.startswith("Snow melts")


async def test_others_are_served_while_a_question_is_worked_out(river_answerer: Answerer) -> None:
    with ThreadPoolExecutor(1) as pool:
        gate = threading.Event()
        pool.submit(gate.wait)
        asked = asyncio.create_task(LiveKnowledge(river_answerer, executor=pool).ask("hello"))
        await asyncio.sleep(0)  # the event loop goes on although the worker is blocked
        assert not asked.done()
        gate.set()
        assert (await asked).outcome is Outcome.CHITCHAT


async def test_many_at_once_get_what_one_alone_would(river_answerer: Answerer) -> None:
    live = LiveKnowledge(river_answerer)
    questions = ["why does the river flood", "what did Ada Marsh say", "hello", "who is the president of France"] * 10
    assert await asyncio.gather(*map(live.ask, questions)) == [river_answerer.ask(q) for q in questions]
