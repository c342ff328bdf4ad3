"""A long afternoon: every golden question, asked by two people, while the connection is lost now and then."""

from __future__ import annotations

import asyncio

import pytest
from golden_scoring import questions
from whole_bot import replies_to

from bot.local.handle import ServerHandle
from bot.local.person import Person

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("citebot"), pytest.mark.soak]

AT_ONCE = 4
ACCIDENT_EVERY = 25  # rounds
PATIENCE = 60  # seconds: reconnecting takes discord.py a few


async def test_every_question_gets_exactly_one_reply(local_server: ServerHandle, mira: Person, sam: Person) -> None:
    texts = [" ".join(q.text.split())[:1900] for half in ("tune", "report") for q in questions(half)]
    for number, start in enumerate(range(0, len(texts), AT_ONCE), start=1):
        people = [mira, sam] * (AT_ONCE // 2)
        pairs = list(zip(people, texts[start : start + AT_ONCE], strict=False))
        asked = [(person, await person.say("general", f"{person.bot_mention} {text}")) for person, text in pairs]
        if number % ACCIDENT_EVERY == 0:
            await local_server.accident("drop")
        await asyncio.gather(*(person.answer_to(question, timeout=PATIENCE) for person, question in asked))
        assert [len(replies_to(person, question)) for person, question in asked] == [1] * len(asked)
