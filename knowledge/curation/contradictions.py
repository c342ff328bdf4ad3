"""Claims of one expert that say the opposite of each other, as far as their wording shows it.

A pointer for a moderator, not a judgement: two claims about the same thing, of which one denies, uses the
opposite word or names another number.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Any

from knowledge.curation.wording import content
from knowledge.model import Claim, KnowledgeBase

ALIKE = 0.5
"""The share of their words that two claims have in common, from which on they are about the same thing."""

_NOT = re.compile(r"\b(?:not|no|never|neither|nor|nobody|nothing|none|without|hardly|cannot)\b|n['’]t\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_OPPOSITES = """
rise/fall increase/decrease grow/shrink more/less more/fewer strong/weak strengthen/weaken high/low higher/lower
accept/reject support/oppose agree/disagree win/lose gain/lose before/after first/last always/never all/none many/few
likely/unlikely possible/impossible allow/forbid begin/end start/stop true/false success/failure succeed/fail
trust/distrust safe/dangerous friend/enemy close/distant old/new better/worse best/worst large/small great/small
open/closed early/late fast/slow rich/poor hot/cold long/short deep/shallow equal/unequal major/minor
"""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two claims of one expert that seem to say opposite things, and by which words."""

    first: Claim
    second: Claim
    why: str


def contradictions(base: KnowledgeBase) -> tuple[Contradiction, ...]:
    """All pairs of claims of one expert that contradict in wording, in the order of the base."""
    return tuple(_Reader().pairs(base))


class _Reader:
    def __init__(self) -> None:
        library: Any = importlib.import_module("snowballstemmer")  # untyped, and slow to import
        self._stem: Callable[[str], str] = library.stemmer("english").stemWord
        self._opposites: dict[str, set[str]] = {}
        for pair in _OPPOSITES.split():
            one, other = (self._stem(word) for word in pair.split("/"))
            self._opposites.setdefault(one, set()).add(other)
            self._opposites.setdefault(other, set()).add(one)

    def pairs(self, base: KnowledgeBase) -> Iterator[Contradiction]:
        by_expert: dict[str, list[Claim]] = {}
        for claim in base.claims.values():
            by_expert.setdefault(claim.expert, []).append(claim)
        for claims in by_expert.values():
            read = {claim.id: self._read(claim.text) for claim in claims}
            for first, second in combinations(claims, 2):
                why = self._why(first, second, read)
                if why:
                    yield Contradiction(first, second, why)

    def _why(self, first: Claim, second: Claim, read: Mapping[str, Mapping[str, str]]) -> str:
        a, b = read[first.id], read[second.id]
        opposite = [(x, y) for x in a if x not in b for y in b if y not in a and y in self._opposites.get(x, ())]
        # The words that are opposed do not count against two claims being about the same thing.
        about_a = a.keys() - {x for x, _ in opposite}
        about_b = b.keys() - {y for _, y in opposite}
        either = about_a | about_b
        if not either or len(about_a & about_b) / len(either) < ALIKE:
            return ""
        denied, also_denied = bool(_NOT.search(first.text)), bool(_NOT.search(second.text))
        if opposite and denied == also_denied:
            x, y = opposite[0]
            return f"“{a[x]}” against “{b[y]}”"
        if denied != also_denied and not opposite:
            return "one of them denies it"
        numbers, others = _NUMBER.findall(first.text), _NUMBER.findall(second.text)
        if numbers and others and not set(numbers) & set(others):
            return f"{', '.join(numbers)} against {', '.join(others)}"
        return ""

    def _read(self, text: str) -> Mapping[str, str]:
        """The stems of what a claim is about, each with its word; denials and numbers are looked at apart."""
        words = content(_NUMBER.sub(" ", _NOT.sub(" ", text)))
        return MappingProxyType({self._stem(word): word for word in words})
