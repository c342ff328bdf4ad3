"""What tests of the domain share: the shipped base, and a small one about a river, built in code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from knowledge.answerer import Answerer
from knowledge.matching.encoder import Encoder
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import (
    Claim,
    Entry,
    Expert,
    ExpertKind,
    Gap,
    KnowledgeBase,
    Locator,
    PackInfo,
    Section,
    Source,
    Topic,
)
from knowledge.packs import load_base
from knowledge.store import Store

ADA = Expert(
    "ada-marsh",
    "Ada Marsh",
    ExpertKind.PERSON,
    "geologist",
    "Hill Institute",
    aliases=("Doctor Flood",),
    described=Locator("river", "causes", 1, "the geologist Ada Marsh"),
)
SOURCE = Source(
    "river",
    "The river report",
    "cy-wren",
    (Section("opening", "Opening", heading=False), Section("causes", "Causes of floods")),
    period="between May and July 2020",
)
EXPERTS = (
    ADA,
    Expert("herald", "The Valley Herald", ExpertKind.OUTLET, "newspaper", aliases=("Herald", "VH")),
    Expert("cy-wren", "Cy Wren", ExpertKind.AUTHOR, "author of the report"),
    Expert("hill-institute", "Hill Institute", ExpertKind.INSTITUTION),
    Expert("fishermen", "The fishermen", ExpertKind.GROUP, note="The report names none of them."),
    Expert("mo-mute", "Mo Mute", ExpertKind.PERSON),
)
TOPICS = (
    Topic("flooding", "Flooding", ("floods", "high water")),
    Topic("fish", "Fish", ("trout", "salmon")),
    Topic("taxes", "Taxes"),
)
CLAIMS = (
    Claim(
        "melt",
        "Melting snow raises the river every spring.",
        "ada-marsh",
        Locator("river", "causes", 1, "melting snow"),
        topics=("flooding",),
    ),
    Claim(
        "dam",
        "The old dam leaks and will not hold a great flood.",
        "ada-marsh",
        Locator("river", "causes", 2, "the old dam"),
        reported_by="herald",
        quote="it comes down all at once",
        topics=("flooding",),
        note="The year is not stated.",
        article_present=True,
    ),
    Claim(
        "trout",
        "Trout have come back to the upper valley.",
        "fishermen",
        Locator("river", "opening", 1, "trout are back"),
        topics=("fish",),
    ),
    Claim(
        "bridge",
        "The wooden bridge cost forty thousand crowns.",
        "herald",
        Locator("river", "opening", 2, "the bridge"),
    ),
)
ENTRIES = (
    Entry(
        "why-flood",
        "Why does the river flood?",
        "Snow melts in spring, and the old dam leaks.",
        ("melt", "dam"),
        ("what causes the floods", "reason for the high water"),
        ("trout-back",),
    ),
    Entry(
        "trout-back",
        "Have the trout come back?",
        "The fishermen say that they have.",
        ("trout",),
        ("are there fish in the river again",),
    ),
)
GAPS = (Gap("deaths", ("How many people did the flood kill?", "number of flood victims")),)
RIVER = KnowledgeBase(PackInfo("river", "The river", "how the river behaves, as one report tells it.", ("trout-back",)))


def _keyed(items: Iterable[Any]) -> MappingProxyType[str, Any]:
    return MappingProxyType({item.id: item for item in items})


def _with_parts(base: KnowledgeBase, **parts: Iterable[Any]) -> KnowledgeBase:
    return replace(base, **{name: _keyed(items) for name, items in parts.items()})


def _with_more(base: KnowledgeBase, **parts: Iterable[Any]) -> KnowledgeBase:
    return _with_parts(base, **{name: (*getattr(base, name).values(), *items) for name, items in parts.items()})


@pytest.fixture(scope="session")
def with_parts() -> Callable[..., KnowledgeBase]:
    """`with_parts(base, claims=[...])`: the base with these claims and no others."""
    return _with_parts


@pytest.fixture(scope="session")
def with_more() -> Callable[..., KnowledgeBase]:
    """`with_more(base, claims=[...])`: the base with these claims added."""
    return _with_more


@pytest.fixture(scope="session")
def river() -> KnowledgeBase:
    """A small base: a river's floods and fish."""
    return _with_parts(
        RIVER, sources=[SOURCE], experts=EXPERTS, topics=TOPICS, claims=CLAIMS, entries=ENTRIES, gaps=GAPS
    )


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The encoder that is installed with Citebot."""
    return Encoder.bundled()


@pytest.fixture(scope="session", params=["encoder", "spelling"])
def matching(request: pytest.FixtureRequest, encoder: Encoder) -> Encoder | None:
    """Both ways to match: with sentence vectors and by spelling alone."""
    return encoder if request.param == "encoder" else None


@pytest.fixture(scope="session")
def river_answerer(river: KnowledgeBase) -> Answerer:
    """The small base, matched by spelling: ready at once."""
    return Answerer.build(river, encoder=None)


@pytest.fixture(scope="session")
def shipped(encoder: Encoder, matching_cache: Path) -> Answerer:
    """The pack and the encoder that come with Citebot."""
    return Answerer.build(load_base(["china-russia"]), encoder=encoder, cache=VectorCache(matching_cache))


@dataclass
class Clock:
    """A clock that stands until a test turns it."""

    now: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    async with Store.open(tmp_path / "citebot.sqlite3", clock=clock) as opened:
        yield opened
