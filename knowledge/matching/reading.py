"""How a question is read before it is matched: typos mended, names in full, what it asks for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from knowledge.matching.asking import asks, focus
from knowledge.matching.lexicon import Lexicon
from knowledge.matching.names import Named, Names
from knowledge.matching.places import Places, months
from knowledge.matching.roles import order, speaker
from knowledge.matching.spelling import Speller
from knowledge.matching.text import FUNCTION_WORDS, content_words, normalise, words
from knowledge.model import Expert

Normal = Callable[[str], str]

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the matcher sees it.

    `text` is normalised, mended and with names in full; `content` its content words; `experts` the
    ids of those it names; `numbers` its figures; `places` and `months` those it names; `asks` the
    kinds of detail asked for and `focus` the content words that say of what; `speaker` those that say who is
    asked about as saying or thinking something, `order` the places in order where they are several.
    """

    text: str
    content: tuple[str, ...]
    experts: frozenset[str]
    numbers: frozenset[str]
    places: frozenset[str]
    months: frozenset[str]
    asks: frozenset[str]
    focus: tuple[str, ...]
    speaker: tuple[str, ...]
    order: tuple[str, ...]


class Reader:
    """Reads questions against one base's words and names."""

    def __init__(
        self,
        texts: Mapping[str, Sequence[str]],
        experts: Iterable[Expert],
        lexicon: Lexicon,
        places: Places,
        *,
        like: Reader | None = None,
        normal: Normal = normalise,
    ) -> None:
        """`texts` are those of the base by what they stand in; `like` reads a base that differs little from it.

        `normal` is `normalise`, perhaps one that remembers: it is only used for texts of the base.
        """
        self.normal = normal
        experts = tuple(experts)
        self._texts = texts
        self._of_texts: Counter[str] = Counter() if like is None else like._of_texts.copy()
        before: Mapping[str, Sequence[str]] = {} if like is None else like._texts
        for place, some in texts.items():
            if (known := before.get(place, ())) is not some and known != some:
                self._of_texts.update(self._words_of(some))
                self._of_texts.subtract(self._words_of(known))
        for place in before.keys() - texts.keys():
            self._of_texts.subtract(self._words_of(before[place]))
        counted = Counter({word: count for word, count in self._of_texts.items() if count > 0})
        for expert in experts:
            counted.update(self._words_of((expert.name, *expert.aliases)))
        self._names = Names(experts)
        self._places = places
        self._speller = Speller(counted, lexicon)

    def read(self, text: str) -> Reading:
        """Read a question, or a phrasing as if it were one."""
        return self._read(normalise(text))

    def own(self, text: str) -> str:
        """A phrasing or any other text of the base in the same form as a reading's."""
        return self._spelled_out(self.normal(text)).text

    def asked(self, own: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Who is asked about in a text of that form, and the places that it names in order: as a reading has them."""
        return speaker(own), order(own.split(), self._places)

    def holds(self, own: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """The numbers, places and months in a text of that form."""
        parts = own.split()
        return frozenset(_NUMBER.findall(own)), self._places.of(parts), months(parts)

    def otherwise(self, before: Reader, uncounted: Iterable[str]) -> frozenset[str]:
        """The words that are read otherwise than by a reader before it, in texts that both bases hold.

        What a base holds is mended nowhere, as its words are known; `uncounted` are texts whose words are not.
        """
        some = {word for text in uncounted for word in words(self.normal(text))}
        mended = {word for word in some if self._speller.mend(word) != before._speller.mend(word)}
        return self._names.otherwise(before._names) | mended

    def has_any(self, text: str, some: Collection[str]) -> bool:
        """Whether one of some words stands in a text of the base, as it is or mended."""
        return any(word in some or self._speller.mend(word) in some for word in words(self.normal(text)))

    def _spelled_out(self, plain: str) -> Named:
        return self._names.spelled_out([self._speller.mend(word) for word in words(plain)])

    def _read(self, plain: str) -> Reading:
        named = self._spelled_out(plain)
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
            speaker=speaker(named.text),
            order=order(parts, self._places),
        )

    def _words_of(self, texts: Iterable[str]) -> Iterable[str]:
        return chain.from_iterable(words(self.normal(text)) for text in texts)
