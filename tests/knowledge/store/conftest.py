"""What tests of the store share: a store on each kind of database, and a clock to turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from knowledge.curation.items import Edit, ItemKind, State
from knowledge.store import Store
from knowledge.store.records import Action, Change


@dataclass
class Clock:
    """A clock that stands until a test turns it."""

    now: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def _open_and_close(url: str) -> None:
    async with Store.open(url, clock=Clock()):
        pass


@pytest.fixture(scope="session")
def template(postgres: Any) -> Iterator[str]:
    """The name of a PostgreSQL database with the present schema: copying it is quicker than making it."""
    url: str = postgres.new()
    with ThreadPoolExecutor(1) as executor:
        executor.submit(asyncio.run, _open_and_close(url)).result()
    yield make_url(url).database or ""
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """A database of the test's own: a file that is not there yet, or a URL of an empty schema."""
    if request.param == "sqlite":
        yield tmp_path / "data" / "citebot.sqlite3"
        return
    postgres = request.getfixturevalue("postgres")
    url: str = postgres.new(request.getfixturevalue("template"))
    try:
        yield url
    finally:
        postgres.drop(url)


@pytest.fixture
async def store(where: Path | str, clock: Clock) -> AsyncIterator[Store]:
    """An open store, on each kind of database."""
    async with Store.open(where, clock=clock) as opened:
        yield opened


@pytest.fixture
async def other(store: Store, where: Path | str, clock: Clock) -> AsyncIterator[Store]:
    """A second store on the same database, as another program has it."""
    async with Store.open(where, clock=clock) as opened:
        yield opened


Save = Callable[..., Any]


def edit(item: str, text: str | None, expected: int = 0, *, kind: ItemKind = ItemKind.ENTRY) -> Edit:
    """An edit of one item: its question, or None to retire it."""
    state = State.RETIRED if text is None else State.LIVE
    return Edit(kind, item, expected, state, None if text is None else {"question": text})


@pytest.fixture
def save() -> Save:
    """`await save(store, "why-floods", "Why?", expected=1)`: one change of one entry; more by `edits`."""

    async def saved(
        store: Store,
        item: str = "why-floods",
        text: str | None = "Why does it flood?",
        *,
        guild: int = 10,
        who: int | None = 7,
        expected: int = 0,
        action: Action = Action.EDIT,
        edits: Sequence[Edit] = (),
        **more: Any,
    ) -> Change:
        return await store.revisions.commit(guild, who, action, edits or [edit(item, text, expected)], **more)

    return saved
