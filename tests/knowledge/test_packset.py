"""Packs are switched off by server; with one goes what builds on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from knowledge.answerer import Answerer
from knowledge.curation.items import Edit, ItemKind, State
from knowledge.guilds import GuildKnowledge
from knowledge.packset import PackSet
from knowledge.store import Store
from knowledge.store.records import Action

HERE, THERE, ANNA = 1, 2, 10
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BEES = """\
pack: {id: bees, title: Bees, about: bees}
sources: [{id: article, title: A quiet summer, author: ada, sections: [{id: text, title: Text}]}]
experts: [{id: ada, name: Ada Lindqvist, kind: author}]
claims: [{id: fewer, text: There are fewer bees every year., expert: ada, section: text}]
entries: [{id: how-many, question: How many bees are left?, answer: Fewer than ever., claims: [fewer]}]
"""
HIVES = """\
pack: {id: hives, title: Hives, about: hives, builds_on: [bees]}
entries: [{id: why-fewer, question: Why do the hives stand empty?, answer: Few bees., claims: [fewer]}]
"""
BOATS = """\
pack: {id: boats, title: Boats, about: boats}
sources: [{id: boat-book, title: The boat book, author: bo, sections: [{id: hulls, title: Hulls}]}]
experts: [{id: bo, name: Bo Berg, kind: author}]
claims: [{id: oak, text: Oak hulls last a century., expert: bo, section: hulls}]
entries: [{id: hull-life, question: How long does a hull last?, answer: A century., claims: [oak]}]
"""
QUESTIONS = {
    "bees": "How many bees are left?",
    "hives": "Why do the hives stand empty?",
    "boats": "How long does a hull last?",
}


@pytest.fixture
def names(tmp_path: Path) -> list[str]:
    files = {"bees": BEES, "hives": HIVES, "boats": BOATS}
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return [str(tmp_path / f"{name}.yaml") for name in files]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store.open(tmp_path / "citebot.sqlite3", clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
async def knowledge(store: Store, names: list[str]) -> AsyncIterator[GuildKnowledge]:
    packs = PackSet.read(names)
    answerer = Answerer.build(packs.whole, encoder=None)
    async with GuildKnowledge(answerer, store, clock=lambda: NOW, packs=packs) as opened:
        yield opened


async def switch(knowledge: GuildKnowledge, store: Store, **packs: bool) -> bool:
    await store.guilds.change(HERE, lambda settings: replace(settings, packs=MappingProxyType(packs)))
    return await knowledge.published(HERE)


async def answered(knowledge: GuildKnowledge, guild: int) -> set[str]:
    """The packs whose question gets its answer."""
    answerer = await knowledge.of(guild)
    return {pack for pack, question in QUESTIONS.items() if answerer.ask(question).title == question}


async def test_a_pack_is_off_in_one_server_and_what_builds_on_it_as_well(
    knowledge: GuildKnowledge, store: Store
) -> None:
    assert [pack.id for pack in knowledge.packs] == ["bees", "hives", "boats"]
    assert await switch(knowledge, store, bees=False)
    assert await answered(knowledge, HERE) == {"boats"}
    assert await answered(knowledge, THERE) == {"bees", "hives", "boats"}
    assert set((await knowledge.of(HERE)).base.experts) == {"bo"}
    assert "bees" not in (await knowledge.of(HERE)).ask("hello").body
    assert await switch(knowledge, store, hives=False)
    assert await answered(knowledge, HERE) == {"bees", "boats"}
    assert await switch(knowledge, store, bees=True)
    assert await answered(knowledge, HERE) == {"bees", "hives", "boats"}


async def test_with_no_pack_on_a_server_has_its_own_alone(knowledge: GuildKnowledge, store: Store) -> None:
    own: dict[str, tuple[ItemKind, dict[str, Any]]] = {
        "cy": (ItemKind.EXPERT, {"name": "Cy Wren", "kind": "author"}),
        "mills": (ItemKind.SOURCE, {"title": "Mills", "author": "cy", "sections": [{"id": "all", "title": "All"}]}),
        "old": (ItemKind.CLAIM, {"text": "The mill is old.", "expert": "cy", "source": "mills", "section": "all"}),
        "mill": (ItemKind.ENTRY, {"question": "How old is the mill?", "answer": "Very.", "claims": ["old"]}),
    }
    edits = [Edit(kind, item, 0, State.LIVE, body) for item, (kind, body) in own.items()]
    await store.revisions.commit(HERE, ANNA, Action.ADD, edits)
    assert await switch(knowledge, store, bees=False, hives=False, boats=False)
    assert await answered(knowledge, HERE) == set()
    answerer = await knowledge.of(HERE)
    assert answerer.ask("how old is the mill").body == "Very."
    assert {found.question for found in answerer.complete("")} >= {"How old is the mill?"}
    assert not any(question in {found.question for found in answerer.complete("")} for question in QUESTIONS.values())


async def test_a_pack_that_can_no_longer_be_read_changes_nothing(
    knowledge: GuildKnowledge, store: Store, names: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert await switch(knowledge, store, boats=False)
    await asyncio.to_thread(Path(names[0]).unlink)
    assert not await switch(knowledge, store, hives=False)
    assert await answered(knowledge, HERE) == {"bees", "hives"}
    assert "there is no such pack" in caplog.text
    assert await switch(knowledge, store, bees=False)  # the boats are there still


def test_one_pack_is_not_read_twice(names: list[str]) -> None:
    packs = PackSet.read(names[:1])
    Path(names[0]).unlink()
    assert packs.on({}) == {"bees"}
    assert packs.base(frozenset({"bees"})) is packs.whole
    assert packs.base(frozenset()).entries == {}
