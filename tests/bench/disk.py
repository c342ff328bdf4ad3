"""What an installation takes on disk: the packages of the runtime lock, as they lie in this environment."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


def installed_packages() -> list[tuple[str, float]]:
    """Name and size in MB (a million bytes) of each locked package that this system needs, the largest first."""
    names = dict.fromkeys(_PINNED.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    sizes = [(name, size) for name in names if (size := _size(name)) is not None]
    return sorted(sizes, key=lambda item: -item[1])


def _size(name: str) -> float | None:
    """None for a package that is locked for other systems only."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return None
    paths = {Path(str(file.locate())) for file in files}
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6
