"""What every kind of test may share: a place for what is slow to work out and stays the same."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def matching_cache(pytestconfig: pytest.Config) -> Path:
    """A folder for sentence vectors that outlives the run: only the first one has to work them out."""
    assert pytestconfig.cache is not None
    return Path(pytestconfig.cache.mkdir("citebot-matching"))
