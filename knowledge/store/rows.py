"""What several parts of the store need to know of rows."""

from __future__ import annotations

import re

# A mention of a person or a role, or the bare id of anything on Discord.
_IDS = re.compile(r"<@[!&]?[0-9]{1,20}>|(?<![0-9])[0-9]{15,20}(?![0-9])")


def storable(text: str) -> str:
    """A text without what databases cannot hold: half surrogates and the character nought."""
    return text.encode(errors="ignore").decode().replace("\0", "")


def unlinked(text: str) -> str:
    """The same without anybody's Discord id: whoever is mentioned in it is not kept with it."""
    return _IDS.sub("@…", storable(text))
