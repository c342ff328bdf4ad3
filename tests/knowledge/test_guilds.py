"""Every server is answered from the packs with its own knowledge on top, and from nobody else's."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import threading
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from knowledge.answerer import Answerer
from knowledge.answers import Outcome
from knowledge.curation.effect import Fate
from knowledge.curation.items import Edit, ItemKind, State
from knowledge.guilds import GuildKnowledge
from knowledge.matching.encoder import Encoder
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import KnowledgeBase
from knowledge.store import Store
from knowledge.store.records import Action

if TYPE_CHECKING:
    from tests.knowledge.conftest import Clock  # pyright: ignore[reportMissingImports]
else:
    Clock = Any

HERE, THERE, ELSEWHERE, ANNA = 1, 2, 3, 10
MILL = "Who owns the mill?"
FLOOD = "why does the river flood"
TROUT = "Have the trout come back?"


def entry(question: str, answer: str, expected: int = 0, *, item: str = "", **more: Any) -> Edit:
    """An entry of the server's own, resting on a claim of the pack's; with `item` one in place of the pack's."""
    body = {"question": question, "answer": answer, "claims": ["bridge"], **more}
    name = item or question.lower().rstrip("?").replace(" ", "-")
    return Edit(ItemKind.ENTRY, name, expected, State.LIVE, body)


OWN = entry(MILL, "The village does.")
HIDDEN = Edit(ItemKind.ENTRY, "trout-back", 0, State.RETIRED)

Opened = Callable[..., AbstractAsyncContextManager[GuildKnowledge]]


def rename(folder: Path, table: str, new: str) -> None:
    """What breaks a database and mends it. In a thread: the loop must go on to let go of the file."""
    with closing(sqlite3.connect(folder / "citebot.sqlite3")) as database, database:
        database.execute(f"ALTER TABLE {table} RENAME TO {new}")


@pytest.fixture
def opened(store: Store, clock: Clock, river_answerer: Answerer) -> Opened:
    """`async with opened() as knowledge`; keywords go to GuildKnowledge."""

    @asynccontextmanager
    async def open_it(answerer: Answerer = river_answerer, **more: Any) -> AsyncGenerator[GuildKnowledge]:
        async with GuildKnowledge(answerer, store, clock=clock, **more) as knowledge:
            yield knowledge

    return open_it


@pytest.fixture
async def knowledge(opened: Opened) -> AsyncIterator[GuildKnowledge]:
    async with opened() as opened_knowledge:
        yield opened_knowledge


async def publish(knowledge: GuildKnowledge, store: Store, *edits: Edit, guild: int = HERE) -> None:
    await store.revisions.commit(guild, ANNA, Action.EDIT, edits)
    assert await knowledge.published(guild)


async def said(knowledge: GuildKnowledge, guild: int | None, question: str = MILL) -> str:
    """The answer's words, or nothing where there is none."""
    answer = await knowledge.ask(guild, question)
    return answer.body if answer.outcome is Outcome.ANSWER else ""


async def until_said(knowledge: GuildKnowledge, answer: str) -> None:
    """Ask until this is the answer, two seconds at most."""
    async with asyncio.timeout(2):
        while await said(knowledge, HERE) != answer:  # noqa: ASYNC110 - another program's change is no event here
            await asyncio.sleep(0.02)


class TestWhoKnowsWhat:
    async def test_servers_without_knowledge_of_their_own_share_the_packs(
        self, knowledge: GuildKnowledge, river_answerer: Answerer
    ) -> None:
        assert await knowledge.of(HERE) is await knowledge.of(None) is knowledge.current(THERE) is river_answerer

    async def test_what_was_published_is_answered_in_its_server_alone(
        self, knowledge: GuildKnowledge, store: Store
    ) -> None:
        await publish(knowledge, store, OWN)
        assert await said(knowledge, HERE) == "The village does."
        assert await said(knowledge, THERE) == await said(knowledge, None) == ""
        assert (await said(knowledge, HERE, FLOOD)).startswith("Snow melts")
        titles = [found.question for found in knowledge.current(HERE).complete("mill")]
        assert MILL in titles
        assert MILL not in [found.question for found in knowledge.current(THERE).complete("mill")]

    async def test_a_pack_is_worded_anew_and_hidden_for_one_server(
        self, knowledge: GuildKnowledge, store: Store, river: KnowledgeBase
    ) -> None:
        question = river.entries["why-flood"].question
        await publish(knowledge, store, HIDDEN, entry(question, "Because of the moon.", item="why-flood"))
        assert await said(knowledge, HERE, question) == "Because of the moon."
        assert (await knowledge.of(HERE)).open("entry:trout-back") is None
        assert (await said(knowledge, THERE, question)).startswith("Snow melts")
        assert (await knowledge.of(THERE)).open("entry:trout-back") is not None

    async def test_what_was_there_before_the_start_is_there(self, opened: Opened, store: Store) -> None:
        await store.revisions.commit(HERE, ANNA, Action.ADD, [OWN])
        async with opened() as knowledge:
            assert knowledge.current(HERE) is knowledge.current(THERE)  # waits for nothing
            assert await said(knowledge, HERE) == "The village does."
            assert MILL in [found.question for found in knowledge.current(HERE).complete("mill")]

    async def test_what_does_not_fit_the_packs_is_left_out_and_the_rest_answers(
        self, knowledge: GuildKnowledge, store: Store, caplog: pytest.LogCaptureFixture
    ) -> None:
        await publish(knowledge, store, OWN, entry("Who is lost?", "Nobody.", claims=["gone-with-its-pack"]))
        assert await said(knowledge, HERE) == "The village does."
        assert "do not fit the packs below and are left out (guild=1 items=1)" in caplog.text


class TestChanges:
    async def test_each_change_serves_once_it_is_published(self, knowledge: GuildKnowledge, store: Store) -> None:
        for number in range(4):
            await publish(knowledge, store, entry(MILL, f"Owner {number}.", number))
            assert await said(knowledge, HERE) == f"Owner {number}."

    @pytest.mark.parametrize("database", ["file", "postgresql"])
    async def test_another_program_sees_it_within_two_seconds(
        self, database: str, request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, river_answerer: Answerer
    ) -> None:
        where = request.getfixturevalue("empty_postgres") if database == "postgresql" else tmp_path / "shared.sqlite3"
        async with (
            Store.open(where, clock=clock) as ours,
            Store.open(where, clock=clock) as theirs,
            GuildKnowledge(river_answerer, theirs, clock=clock) as knowledge,
        ):
            assert await said(knowledge, HERE) == ""
            for number in range(3):
                await ours.revisions.commit(HERE, ANNA, Action.EDIT, [entry(MILL, f"Owner {number}.", number)])
                await until_said(knowledge, f"Owner {number}.")

    async def test_while_a_change_is_indexed_the_last_one_answers(self, opened: Opened, store: Store) -> None:
        with ThreadPoolExecutor(1) as pool:
            async with opened(executor=pool) as knowledge:
                await publish(knowledge, store, OWN)
                before = await knowledge.of(HERE)
                gate = threading.Event()
                pool.submit(gate.wait)
                await store.revisions.commit(HERE, ANNA, Action.EDIT, [entry(MILL, "The king does.", 1)])
                publishing = asyncio.create_task(knowledge.published(HERE))
                await asyncio.sleep(0.05)
                assert await knowledge.of(HERE) is before
                assert not publishing.done()
                gate.set()
                assert await publishing
                assert await said(knowledge, HERE) == "The king does."

    async def test_all_who_ask_at_once_get_the_same(self, opened: Opened, store: Store) -> None:
        await store.revisions.commit(HERE, ANNA, Action.ADD, [OWN])
        async with opened() as knowledge:
            found = await asyncio.gather(*(knowledge.of(HERE) for _ in range(20)))
            assert {id(answerer) for answerer in found} == {id(await knowledge.of(HERE))}
            assert found[0].open(f"entry:{OWN.id}") is not None

    async def test_a_look_at_a_change_publishes_nothing(self, knowledge: GuildKnowledge, store: Store) -> None:
        await publish(knowledge, store, OWN)
        preview = await knowledge.preview(HERE, [entry(MILL, "The king does.", 1)])
        assert preview.ask(MILL).body == "The king does."
        assert await said(knowledge, HERE) == "The village does."

    async def test_what_a_change_would_do_is_told_gravest_first(self, knowledge: GuildKnowledge, store: Store) -> None:
        golden = Edit(ItemKind.GOLDEN, "mill", 0, State.LIVE, {"question": MILL, "entry": OWN.id})
        await publish(knowledge, store, OWN, golden)
        fire = entry("When did the great fire burn?", "In 1702.")
        for question in (str(fire.body and fire.body["question"]), TROUT, "hello"):
            await knowledge.ask(HERE, question)
        await knowledge.counted()
        found = await knowledge.effects(HERE, [fire, entry(TROUT, "They have.", item="trout-back")])
        assert [effect.fate for effect in found] == [Fate.CHANGED, Fate.NEW, Fate.SAME]
        (worst, *_) = await knowledge.effects(HERE, [replace(OWN, expected=1, state=State.RETIRED, body=None)])
        assert (worst.question, worst.fate) == (MILL, Fate.LOST)


class TestTrouble:
    async def test_with_the_database_gone_the_last_one_answers_on(
        self, knowledge: GuildKnowledge, store: Store, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        await publish(knowledge, store, OWN)
        await asyncio.to_thread(rename, tmp_path, "revisions", "revisions_gone")
        assert not await knowledge.published(HERE)
        assert "server.not_renewed: answered from what it knew before" in caplog.text
        assert await said(knowledge, HERE) == "The village does."
        clock.now += timedelta(seconds=6)
        assert await said(knowledge, HERE) == "The village does."
        await asyncio.to_thread(rename, tmp_path, "revisions_gone", "revisions")
        clock.now += timedelta(seconds=6)
        await store.revisions.commit(HERE, ANNA, Action.EDIT, [entry(MILL, "The king does.", 1)])
        await until_said(knowledge, "The king does.")

    async def test_a_server_that_cannot_be_read_is_answered_from_the_packs(
        self, opened: Opened, store: Store, tmp_path: Path
    ) -> None:
        await store.revisions.commit(HERE, ANNA, Action.ADD, [OWN])
        async with opened() as knowledge:
            with sqlite3.connect(tmp_path / "citebot.sqlite3") as database:
                database.execute("ALTER TABLE revisions RENAME TO revisions_gone")
            assert (await said(knowledge, HERE, FLOOD)).startswith("Snow melts")

    async def test_leaving_does_not_wait_for_what_nobody_will_ask(self, opened: Opened, store: Store) -> None:
        with ThreadPoolExecutor(1) as pool:
            gate = threading.Event()
            async with opened(executor=pool) as knowledge:
                pool.submit(gate.wait)
                asking = asyncio.create_task(knowledge.published(HERE))
                await store.revisions.commit(HERE, ANNA, Action.ADD, [OWN])
                await asyncio.sleep(0.05)
                assert not asking.done()
                asking.cancel()
            gate.set()


class TestTime:
    async def test_what_has_expired_is_not_answered_from_that_day_on(
        self, knowledge: GuildKnowledge, store: Store, clock: Clock
    ) -> None:
        await publish(knowledge, store, entry(MILL, "The village does.", expires="2026-03-03"), HIDDEN)
        clock.now = datetime(2026, 3, 2, 23, 59, tzinfo=UTC)
        assert await said(knowledge, HERE) == "The village does."
        clock.now = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
        assert await said(knowledge, HERE) == ""
        assert (await knowledge.of(HERE)).open("entry:trout-back") is None

    async def test_nor_is_what_has_expired_in_a_pack(
        self, opened: Opened, clock: Clock, river: KnowledgeBase, with_parts: Callable[..., KnowledgeBase]
    ) -> None:
        expiring = replace(river.entries["trout-back"], expires="2026-03-03")
        base = with_parts(river, entries=[replace(river.entries["why-flood"], related=()), expiring])
        async with opened(Answerer.build(base, encoder=None)) as knowledge:
            assert await said(knowledge, None, TROUT) != ""
            clock.now += timedelta(days=2)
            assert (await knowledge.of(None)).open("entry:trout-back") is None
            assert knowledge.current(THERE).open("entry:trout-back") is None
            assert (await said(knowledge, THERE, FLOOD)).startswith("Snow melts")


class TestOtherIndex:
    async def test_own_knowledge_goes_along(
        self, knowledge: GuildKnowledge, store: Store, river: KnowledgeBase, encoder: Encoder
    ) -> None:
        await publish(knowledge, store, OWN)
        whole = Answerer.build(river, encoder=encoder)
        knowledge.swap(whole)
        assert await knowledge.of(None) is whole
        assert await said(knowledge, HERE) == "The village does."  # meanwhile as before
        assert await knowledge.published(HERE)
        assert (await knowledge.of(HERE)).matcher.encoder is encoder
        assert await said(knowledge, HERE) == "The village does."

    async def test_a_question_under_way_keeps_its_base(
        self, opened: Opened, river: KnowledgeBase, with_parts: Callable[..., KnowledgeBase]
    ) -> None:
        moon = replace(river.entries["why-flood"], answer="Because of the moon.", related=())
        after = Answerer.build(with_parts(river, entries=[moon]), encoder=None)
        with ThreadPoolExecutor(1) as pool:
            async with opened(executor=pool) as knowledge:
                gate = threading.Event()
                pool.submit(gate.wait)
                asked = asyncio.create_task(knowledge.ask(HERE, FLOOD))
                await asyncio.sleep(0.01)  # the event loop goes on although the worker is blocked
                assert not asked.done()
                knowledge.swap(after)
                gate.set()
                assert (await asked).body.startswith("Snow melts")
                assert (await knowledge.ask(HERE, FLOOD)).body == "Because of the moon."


class TestSpace:
    async def test_the_least_used_are_dropped_and_made_anew(self, opened: Opened, store: Store) -> None:
        guilds = (HERE, THERE, ELSEWHERE)
        for guild in guilds:
            await store.revisions.commit(guild, ANNA, Action.ADD, [entry(MILL, f"Owner {guild}.")])
        async with opened(most=2) as knowledge:
            first = weakref.ref(await knowledge.of(HERE))
            second = weakref.ref(await knowledge.of(THERE))
            await knowledge.of(HERE)
            await knowledge.of(ELSEWHERE)
            gc.collect()
            assert first() is not None
            assert second() is None
            for guild in guilds:
                assert await said(knowledge, guild) == f"Owner {guild}."

    async def test_a_servers_vectors_are_kept_apart_and_found_again(
        self, opened: Opened, store: Store, tmp_path: Path, river: KnowledgeBase, encoder: Encoder
    ) -> None:
        def vectors(guild: int) -> VectorCache:
            return VectorCache(tmp_path / str(guild))

        async with opened(Answerer.build(river, encoder=encoder), cache=vectors) as knowledge:
            await publish(knowledge, store, OWN)
            assert vectors(HERE).holds_vectors_of(encoder)
            assert not vectors(THERE).holds_vectors_of(encoder)
            assert await said(knowledge, HERE) == "The village does."
