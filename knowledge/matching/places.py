"""Places, peoples and months: words that must agree exactly, however alike their meaning is.

To a sentence encoder "Ukraine" is nearly "Russia"; to a reader it is another question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources

_MONTHS = (
    "january february march april june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday"
)


class Places:
    """Names of places with their inhabitants and capitals, each brought to one name."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    @classmethod
    def bundled(cls) -> Places:
        """The list in places.txt: a line a place, `name: other names`."""
        text = (resources.files("knowledge.matching") / "places.txt").read_text(encoding="utf-8")
        names: dict[str, str] = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                place, _, others = line.partition(":")
                names.update(dict.fromkeys([place, *others.split()], place))
        return cls(names)

    def of(self, words: Iterable[str]) -> frozenset[str]:
        """The places that the words name."""
        return frozenset(self._names[word] for word in words if word in self._names)


def months(words: Iterable[str]) -> frozenset[str]:
    """The months and days of the week among the words ("may" is left out: it is a verb more often)."""
    return frozenset(words) & frozenset(_MONTHS.split())
