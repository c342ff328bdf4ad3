"""How candidates compare with a question in who is asked about, and in the order in which places are named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from knowledge.matching.coverage import Asked
from knowledge.matching.part import Part
from knowledge.matching.reading import Reading
from knowledge.matching.roles import is_swapped
from knowledge.matching.text import Stemmer

Floats = npt.NDArray[np.float32]


def other_speaker(reading: Reading, asked: Sequence[Asked], left: tuple[Part, int] | None, stem: Stemmer) -> Floats:
    """The share of the words for who is asked about that fit nobody behind each candidate or asked about in it.

    `left` is a phrasing that does not count, by its part and row.
    """
    out = np.zeros(len(asked), np.float32)
    wanted = {stem(word) for word in reading.speaker}
    if wanted:
        for i, of_one in enumerate(asked):
            rows = of_one.part.phrasings[of_one.at]
            counted = (row for row in range(rows.start, rows.stop) if (of_one.part, row) != left)
            known = of_one.part.who[of_one.at].union(*(of_one.part.speakers[row] for row in counted))
            out[i] = len(wanted - known) / len(wanted)
    return out


def swapped(reading: Reading, asked: Sequence[Asked]) -> Floats:
    """1 where the closest phrasings of a candidate name the question's places the other way round, else 0."""
    return np.asarray(
        [is_swapped(reading.order, [a.part.orders[row] for row in a.phrasings]) for a in asked], np.float32
    )
