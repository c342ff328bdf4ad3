"""How a question is read before it is matched: typos mended, names in full, what it asks for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.matching.asking import asks, focus
from knowledge.matching.lexicon import Lexicon
from knowledge.matching.names import Names
from knowledge.matching.places import Places, months
from knowledge.matching.spelling import Speller
from knowledge.matching.text import FUNCTION_WORDS, content_words, normalise, words
from knowledge.model import Expert

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the matcher sees it.

    `text` is normalised, mended and with names in full; `content` its content words; `experts` the
    ids of those it names; `numbers` its figures; `places` and `months` those it names; `asks` the
    kinds of detail asked for and `focus` the content words that say of what.
    """

    text: str
    content: tuple[str, ...]
    experts: frozenset[str]
    numbers: frozenset[str]
    places: frozenset[str]
    months: frozenset[str]
    asks: frozenset[str]
    focus: tuple[str, ...]


class Reader:
    """Reads questions against one base's words and names."""

    def __init__(self, texts: Iterable[str], experts: Iterable[Expert], lexicon: Lexicon, places: Places) -> None:
        experts = tuple(experts)
        counted = Counter(word for text in texts for word in words(normalise(text)))
        for expert in experts:
            for name in (expert.name, *expert.aliases):
                counted.update(words(normalise(name)))
        self._names = Names(experts)
        self._places = places
        self._speller = Speller(counted, lexicon)

    def read(self, text: str) -> Reading:
        """Read a question, a phrasing or any other text of the base."""
        plain = normalise(text)
        named = self._names.spelled_out([self._speller.mend(word) for word in words(plain)])
        parts = named.text.split()
        return Reading(
            text=named.text,
            content=tuple(content_words(named.text)),
            experts=frozenset(named.experts),
            numbers=frozenset(_NUMBER.findall(named.text)),
            places=self._places.of(parts),
            months=months(parts),
            asks=asks(plain) | asks(named.text),
            focus=tuple(word for word in focus(named.text) if word not in FUNCTION_WORDS),
        )
