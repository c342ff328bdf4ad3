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


_AMOUNT = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|twenty|thirty|forty|fifty|hundreds?|"
    r"thousands?|millions?|half|third|quarter|twice|double|per ?cent|free|most|many|few|several)\b"
)
_TIME = re.compile(
    r"\b(?:1\d{3}|20\d\d|\d{1,2}:\d\d|am|pm|january|february|march|april|may|june|july|august|september|october|november|"
    r"december|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|years?|months?|weeks?|days?|hours?|"
    r"minutes?|century|decades?|spring|summer|autumn|winter|when|before|after|until|since|at once|immediately|daily|"
    r"nightly)\b"
)
_NAME = re.compile(r"(?<=[a-z,;:] )[A-Z][a-z]+")
_WHY = re.compile(
    r"\b(?:because|since|due|reasons?|so that|therefore|as a result|caused?|owing|in order|to avoid|why)\b"
)
_PLACE = re.compile(r"\b(?:in|at|on|near|from|next to|behind|beside|under|into) (?:the )?\w+")


def gives(text: str, *, voices: bool) -> frozenset[str]:
    """The kinds of detail that an answer, as written, seems to hold; `voices` says that experts are shown with it."""
    plain = text.casefold()
    found: set[str] = set()
    if _AMOUNT.search(plain):
        found |= {"amount", "count", "measure"}
    if _TIME.search(plain):
        found |= {"time", "measure"}
    if voices or _NAME.search(text):
        found |= {"who", "name"}
    if _PLACE.search(plain):
        found.add("place")
    if _WHY.search(plain):
        found.add("why")
    return frozenset(found)
