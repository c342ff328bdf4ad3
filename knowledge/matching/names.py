"""Experts named in a question, under any of their names, brought to one spelling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

from knowledge.matching.text import FUNCTION_WORDS, normalise, words
from knowledge.model import Expert, ExpertKind


@dataclass(frozen=True, slots=True)
class Named:
    """A text in which every known name is written in full, and the experts that it names."""

    text: str
    experts: tuple[str, ...]


class Names:
    """All names of a base's experts, longest first."""

    def __init__(self, experts: Iterable[Expert]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._full: dict[str, tuple[str, ...]] = {}
        for expert in experts:
            self._full[expert.id] = tuple(words(normalise(expert.name)))
            named = (expert.name, *expert.aliases)
            if expert.kind in (ExpertKind.PERSON, ExpertKind.AUTHOR) and len(self._full[expert.id]) > 1:
                named = (*named, expert.name.split()[-1])
            for name in named:
                parts = tuple(words(normalise(name)))
                if parts:
                    self._by_first.setdefault(parts[0], []).append((parts, expert.id))
        for options in self._by_first.values():
            options.sort(key=lambda option: -len(option[0]))

    def otherwise(self, before: Names) -> frozenset[str]:
        """The words at which a name begins that another list of names has not, or brings to another one."""
        first = self._by_first.keys() | before._by_first.keys()
        return frozenset(word for word in first if self._meant(word) != before._meant(word))

    def _meant(self, word: str) -> list[tuple[tuple[str, ...], str, tuple[str, ...]]]:
        return [(*option, self._full[option[1]]) for option in self._by_first.get(word, ())]

    def spelled_out(self, tokens: list[str]) -> Named:
        """The words with each known name in full; an expert named twice is listed once."""
        out: list[str] = []
        found: dict[str, None] = {}
        at = 0
        while at < len(tokens):
            for parts, expert in self._by_first.get(tokens[at], ()):
                if tuple(tokens[at : at + len(parts)]) == parts:
                    full = self._full[expert]
                    # "niel tomas" names one person once: what stands before a surname may be the misspelt first name.
                    if out and parts[0] != full[0] and _misspelt(out[-1], full[0]):
                        out.pop()
                    out += full
                    found[expert] = None
                    at += len(parts)
                    break
            else:
                out.append(tokens[at])
                at += 1
        return Named(" ".join(out), tuple(found))


def _misspelt(word: str, name: str) -> bool:
    """Whether a word may be a name with a letter or two wrong."""
    if word in FUNCTION_WORDS or min(len(word), len(name)) < 3:
        return False
    return DamerauLevenshtein.distance(word, name) <= (1 if len(name) < 7 else 2)
