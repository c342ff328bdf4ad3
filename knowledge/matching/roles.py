"""Who is said to say or think something, and in which order places are named: what likeness does not see.

"What do Chinese leaders think of Russia" and "what do Russian leaders think of China" have the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge.matching.places import Places
from knowledge.matching.text import FUNCTION_WORDS

_AUXILIARY = r"(?:do|does|did|has|have|had|will|would|can|could|may|might|should)"
_SAYING = (
    r"(?:admit|add|agree|announce|argue|believe|blame|call|care|cite|claim|comment|complain|conclude|consider|criticise|"
    r"criticize|declare|deny|describe|doubt|expect|explain|fear|feel|find|forecast|hold|hope|imply|insist|know|like|"
    r"mean|mention|note|predict|prefer|promise|propose|publish|quote|recall|recommend|regard|reject|report|reveal|say|"
    r"see|state|stress|suggest|suspect|tell|think|trust|understand|value|view|want|warn|wish|worry|write)"
)
_SPEAKER = re.compile(rf"\b{_AUXILIARY} ((?:[^\W_]+ ){{1,8}}?)(?:not )?{_SAYING}(?:s|ed|d|n|ten|ing)?\b")


def speaker(text: str) -> tuple[str, ...]:
    """The content words between an auxiliary and a verb of saying or thinking: who is asked about; often nothing."""
    found = _SPEAKER.search(text)
    return tuple(word for word in found[1].split() if word not in FUNCTION_WORDS) if found else ()


def order(words: Iterable[str], places: Places) -> tuple[str, ...]:
    """The places that words name, each once, in order, where they are two or more."""
    found = tuple(dict.fromkeys(place for word in words for place in places.of((word,))))
    return found if len(found) > 1 else ()


def is_swapped(asked: Sequence[str], phrasings: Iterable[Sequence[str]]) -> bool:
    """Whether of phrasings that name the first two of these places each names them the other way round."""
    if len(asked) < 2:
        return False
    first, second = asked[:2]
    both = [known for known in phrasings if first in known and second in known]
    return bool(both) and all(known.index(first) > known.index(second) for known in both)
