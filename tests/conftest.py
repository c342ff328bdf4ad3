"""What every kind of test may share: a place for what is slow to work out and stays the same."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
import pytest
from sqlalchemy import make_url

from bot.allocator import share_heaps

# As the program does, before numpy is loaded: its second thread spins on the core that the rest needs.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
share_heaps()
# And before the encoder's library is, which would report its use to its makers.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"


@pytest.fixture(scope="session")
def matching_cache(pytestconfig: pytest.Config) -> Path:
    """A folder for sentence vectors that outlives the run: only the first one has to work them out."""
    assert pytestconfig.cache is not None
    return Path(pytestconfig.cache.mkdir("citebot-matching"))


_NOBODY = 65534


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """An empty folder that the test may not write to. Root may write everywhere: it steps down for the test."""
    folder = Path(tempfile.mkdtemp(prefix="citebot-read-only-"))
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(_NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


class Postgres:
    """A PostgreSQL server to make databases on. Its URL is as the store takes it."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)

    def run(self, statement: str) -> None:
        """Run one statement on the server's own database, outside a transaction."""
        self._do(lambda connection: connection.execute(statement))

    def new(self, template: str = "template1") -> str:
        """The URL of a new database, made from a template."""
        name = f"citebot_test_{secrets.token_hex(6)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Take a database away, whoever is still connected to it."""
        self.run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def _do(self, what: Callable[[Any], Coroutine[Any, Any, Any]]) -> None:
        async def connected() -> None:
            plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
            connection: Any = await vars(asyncpg)["connect"](plain, timeout=10)
            try:
                await what(connection)
            finally:
                await connection.close()

        # In a thread of its own, so that a running loop is no hindrance.
        with ThreadPoolExecutor(1) as executor:
            executor.submit(asyncio.run, connected()).result()


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """The PostgreSQL server that CITEBOT_TEST_POSTGRES names; without it, one on this machine."""
    named = os.environ.get("CITEBOT_TEST_POSTGRES")
    server = Postgres(named or "postgresql+asyncpg://postgres@127.0.0.1:5432/test")
    try:
        server.run("SELECT 1")
    except (OSError, asyncpg.PostgresError) as error:
        words = f"no PostgreSQL at {server.url.render_as_string(hide_password=True)} ({error})"
        if named or os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(f"{words}; start one, or name one in CITEBOT_TEST_POSTGRES")
    return server


@pytest.fixture
def empty_postgres(postgres: Postgres) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of the test's own."""
    url = postgres.new()
    try:
        yield url
    finally:
        postgres.drop(url)


# Quick ones first: a mistake in the domain shows before a browser is started.
_ORDER = ("test_house.py", "test_docs.py", "knowledge", "handlers", "bot", "wire", "page", "golden")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the folders from the quickest to the slowest, each in its own order."""
    here = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        part = item.path.relative_to(here).parts[0]
        return _ORDER.index(part) if part in _ORDER else 0

    items.sort(key=place)
