"""Questions that nobody got a good answer to, those that ask the same together, most asked first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from knowledge.answerer import Answerer
from knowledge.answers import Outcome
from knowledge.curation.closest import Close, closest
from knowledge.curation.wording import content, one_line
from knowledge.pack_rules import squash

Floats: TypeAlias = npt.NDArray[np.float32]
Encode: TypeAlias = Callable[[Sequence[str]], Floats]
"""Texts into unit vectors, shape (texts, dimensions): the sentence encoder's, where there is one."""

SAME_SPELLING = 0.82
"""So alike, 0..1, are the words that two questions are about where they ask the same, in whatever order."""

SAME_TYPING = 0.92
"""So alike are two questions letter by letter where they differ by mistakes in typing."""

SAME_MEANING = 0.72
"""From this cosine on two questions ask the same. All three are set by hand on pairs such as people ask."""

_NUMBER = re.compile(r"\d+")
_ASKING = frozenset({"when", "where", "who", "why"})


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question as it is kept: its id there, and what was asked."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same. `text` is how most have put it, `texts` are all wordings, each once.

    `closest` are the entries that they may have meant; `answered_by` is the candidate that answers them by
    now, or empty.
    """

    text: str
    count: int
    ids: tuple[int, ...]
    texts: tuple[str, ...]
    closest: tuple[Close, ...]
    answered_by: str = ""


def grouped(
    asked: Iterable[Unanswered], answerer: Answerer, *, encode: Encode | None = None, limit: int = 25
) -> tuple[Group, ...]:
    """Questions grouped by likeness, most asked first, at most `limit` groups.

    Each question joins the most asked one that it is like. Takes milliseconds of CPU a question: call it off
    the event loop.
    """
    wordings: dict[str, list[Unanswered]] = {}
    for question in asked:
        if key := squash(question.text):
            wordings.setdefault(key, []).append(question)
    # Most asked first; of equals the one that was asked first.
    ordered = sorted(wordings.values(), key=lambda same: (-len(same), same[0].id))
    texts = [one_line(Counter(q.text for q in same).most_common(1)[0][0]) for same in ordered]
    members = _joined(texts, encode)
    groups = [
        (texts[leader], [question for i in rows for question in ordered[i]], [texts[i] for i in rows])
        for leader, rows in members.items()
    ]
    groups.sort(key=lambda group: -len(group[1]))
    return tuple(_group(text, questions, wording, answerer) for text, questions, wording in groups[:limit])


def _group(text: str, questions: Sequence[Unanswered], texts: Sequence[str], answerer: Answerer) -> Group:
    now = answerer.ask(text)
    return Group(
        text=text,
        count=len(questions),
        ids=tuple(question.id for question in questions),
        texts=tuple(texts),
        closest=closest(answerer, texts[:3], least=0.0),
        answered_by=now.candidate_id if now.outcome is Outcome.ANSWER else "",
    )


def _asks_otherwise(one: str, other: str) -> bool:
    """Whether one asks "when" and the other "where", or about other numbers, whatever else is the same."""
    if _NUMBER.findall(one) != _NUMBER.findall(other):
        return True
    asks = [_ASKING & set(text.casefold().split()) for text in (one, other)]
    return bool(asks[0] and asks[1] and asks[0] != asks[1])


def _joined(texts: Sequence[str], encode: Encode | None) -> dict[int, list[int]]:
    """For each leading text the texts that it stands for, itself first, by index."""
    members: dict[int, list[int]] = {}
    words = [" ".join(content(text)) or text.casefold() for text in texts]
    vectors = encode(texts) if encode is not None and texts else None
    for i, text in enumerate(words):
        leaders = [*members]
        best, likeness = -1, 0.0
        if leaders:
            spelling = process.cdist([text], [words[j] for j in leaders], scorer=fuzz.token_sort_ratio)[0] / 100
            typed = process.cdist([texts[i].casefold()], [texts[j].casefold() for j in leaders], scorer=fuzz.ratio)[0]
            alike = np.maximum(spelling / SAME_SPELLING, typed / 100 / SAME_TYPING)
            if vectors is not None:
                alike = np.maximum(alike, (vectors[leaders] @ vectors[i]) / SAME_MEANING)
            alike = np.where([_asks_otherwise(texts[i], texts[j]) for j in leaders], 0.0, alike)
            best, likeness = leaders[int(alike.argmax())], float(alike.max())
        if likeness >= 1.0:
            members[best].append(i)
        else:
            members[i] = [i]
    return members
