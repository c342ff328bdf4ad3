"""What kind of detail a question asks for: how many, when, where, whose name, why."""

from __future__ import annotations

import re

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "amount",
            r"\bhow (?:many|much|often|frequently|big|large|long|far|fast|old|strong|deep)\b|\bnumber of\b|"
            r"\bper ?cent|\bpercentage|"
            r"\b(?:size|amount|figure|total|cost|price|budget|value|speed|share of|statistics?)\b",
        ),
        ("count", r"\bhow (?:many|much)\b|\bnumber of\b"),
        ("measure", r"\bhow (?:long|old|often|frequently)\b|\bage\b"),
        ("time", r"\bwhen\b|\b(?:what|which|exact) (?:year|date|month|day|time)\b|\bdate\b"),
        (
            "place",
            r"\bwhere\b|\b(?:which|what) (?:city|place|country|location|sea|region|town|venue)\b|\blocation\b",
        ),
        ("name", r"\bnames?\b|\bcalled\b|\bnamed\b"),
        ("who", r"\bwho\b|\bwhose\b|\bwhom\b"),
        ("why", r"\bwhy\b|\breasons?\b"),
    )
)
KINDS = tuple(kind for kind, _ in _KINDS)


_FOCUS = re.compile(
    r"\b(?:which|what|whose|how many|how much|name of|kinds? of|number of)\s+(?:of\s+)?(?:the\s+|a\s+|an\s+)?"
    r"(?:kinds?\s+of\s+|sorts?\s+of\s+|exact\s+|two\s+|three\s+)?(\w+)"
)


def focus(text: str) -> tuple[str, ...]:
    """The words right behind "which", "what", "how many" and the like: what is asked for, function words too."""
    return tuple(match.group(1) for match in _FOCUS.finditer(text))


def asks(text: str) -> frozenset[str]:
    """The kinds of detail that a normalised question asks for, from KINDS."""
    return frozenset(kind for kind, pattern in _KINDS if pattern.search(text))
