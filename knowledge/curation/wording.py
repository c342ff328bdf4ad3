"""Texts as people type them, made fit for a base; ids for what they describe; places read from one line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from knowledge.yamltree import INVISIBLE

MAX_ID = 60

MAX_CLAIM = 400
"""The most characters that a statement may have, as in the pack format."""

_BREAKS = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_BLANK_LINES = re.compile(r"\n{2,}")
_PARAGRAPH = re.compile(r"(?:\b(?:paragraph|para\.?|par\.)|¶)\s*(\d{1,5})\)?\Z", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"\d{1,5}")


def tidy(text: str) -> str:
    """A text of several lines without invisible characters and surrounding space."""
    text = _BREAKS.sub("\n", text).replace("\t", " ").replace("\xa0", " ")
    lines = (line.strip() for line in INVISIBLE.sub("", text).strip().split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines))


def one_line(text: str) -> str:
    """A text on one line without invisible characters and needless space."""
    return " ".join(tidy(text).split())


def lines(text: str) -> tuple[str, ...]:
    """A list typed one item a line, bullets and empty lines taken off, each item once."""
    items = (one_line(line).lstrip("-*•· ") for line in _BREAKS.sub("\n", text).split("\n"))
    return tuple(dict.fromkeys(item for item in items if item))


def slug(text: str, fallback: str) -> str:
    """An id made from a text: `why-does-the-river-flood`. `fallback` where the text has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    if len(made) > MAX_ID - 5:
        made = made[: MAX_ID - 4].rpartition("-")[0] or made[: MAX_ID - 5]
    return made or fallback


def new_id(text: str, taken: Collection[str], fallback: str) -> str:
    """An id made from a text that is not taken: with a number behind it where it would be."""
    made = slug(text, fallback)
    number = 2
    found = made
    while found in taken:
        found = f"{made}-{number}"
        number += 1
    return found


def read_place(text: str) -> tuple[str, int]:
    """Part and paragraph of a place such as "Causes of floods, paragraph 2", "p. 12" or "3"; 0 for no paragraph."""
    place = one_line(text)
    if _BARE_NUMBER.fullmatch(place):
        return "", int(place)
    if found := _PARAGRAPH.search(place):
        return place[: found.start()].rstrip(" ,;:(").strip("“”\"' "), int(found[1])
    return place.strip("“”\"' "), 0


def credentials_in(text: str) -> dict[str, str]:
    """Who "Ada Marsh, geologist, Hill Institute" is: `expert`, `role` and `affiliation`, empty where not said."""
    parts = [part.strip() for part in one_line(text).split(",", 2)]
    return dict(zip(("expert", "role", "affiliation"), (*parts, "", ""), strict=False))


def shorten(text: str, limit: int) -> str:
    """The first whole words of a text that fit into so many characters."""
    if len(text) <= limit:
        return text
    return text[: limit + 1].rpartition(" ")[0] or text[:limit]


def spoken_list(items: Iterable[str]) -> str:
    """Items for a sentence: "a, b and c"."""
    *first, last = [*items] or [""]
    return f"{', '.join(first)} and {last}" if first else last


_FUNCTION_WORDS = frozenset(
    """a about an and any are as at be been being but by can could did do does for from get had has have how i if in
    into is it its just like may me might much my of on or our shall should so some than that the their them there
    these they this those to us was we were what when where which who whom whose why will with would you your""".split()
)


def content(text: str) -> tuple[str, ...]:
    """The words of a text that say what it is about, in small letters; all of them where it has no other."""
    words = tuple(re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.casefold()))
    return tuple(word for word in words if word not in _FUNCTION_WORDS) or words
