"""What every kind of test may share: a place for what is slow to work out and stays the same."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


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


# Quick ones first: a mistake in the domain shows before a browser is started.
_ORDER = ("test_house.py", "test_docs.py", "knowledge", "handlers", "bot", "wire", "page", "golden")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the folders from the quickest to the slowest, each in its own order."""
    here = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        part = item.path.relative_to(here).parts[0]
        return _ORDER.index(part) if part in _ORDER else 0

    items.sort(key=place)
