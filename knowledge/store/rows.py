"""What several parts of the store need to know of rows."""

from __future__ import annotations


def storable(text: str) -> str:
    """A text without what databases cannot hold: half surrogates and the character nought."""
    return text.encode(errors="ignore").decode().replace("\0", "")
