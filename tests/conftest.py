"""What every kind of test may share: a place for what is slow to work out and stays the same."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def matching_cache(pytestconfig: pytest.Config) -> Path:
    """A folder for sentence vectors that outlives the run: only the first one has to work them out."""
    assert pytestconfig.cache is not None
    return Path(pytestconfig.cache.mkdir("citebot-matching"))


# Quick ones first: a mistake in the domain shows before a browser is started.
_ORDER = ("test_house.py", "test_docs.py", "knowledge", "handlers", "bot", "wire", "page", "golden")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the folders from the quickest to the slowest, each in its own order."""
    here = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        part = item.path.relative_to(here).parts[0]
        return _ORDER.index(part) if part in _ORDER else 0

    items.sort(key=place)
