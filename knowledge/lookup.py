"""Finding experts, topics, questions and claims by a half-typed or misspelt text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from knowledge.answers import Suggestion
from knowledge.derive import Candidate, CandidateKind
from knowledge.matching.reading import Normal
from knowledge.matching.text import content_words, normalise
from knowledge.model import Claim, Expert, KnowledgeBase, Topic

T = TypeVar("T")
Floats = npt.NDArray[np.float32]

TYPED = 100
"""Characters of a half-typed text that are looked at: what it costs grows with them, and no name is found by more."""

# A name has to be this alike (0..100) to count as meant; below it nothing is found.
_SAME_NAME = 82.0
_MAYBE = 60.0

# How questions are ordered while they are typed.
_BY_PHRASING = 0.7
_BY_TITLE = 0.5
_CLAIMS_LATER = 0.25


class Lookup:
    """Fuzzy search by name over one base."""

    def __init__(self, base: KnowledgeBase, candidates: Sequence[Candidate], *, normal: Normal = normalise) -> None:
        """`normal` is `normalise`, perhaps one that remembers: it is only used for texts of the base."""
        self._base = base
        self._normal = normal
        # Names before what describes people: of two that are equally alike the first is taken, and "Eurasia Group"
        # means the institution, not whoever works there.
        experts = base.experts.values()
        self._experts = [(normal(name), e) for e in experts for name in (e.name, e.id, *e.aliases)]
        self._experts += [(normal(text), e) for e in experts for text in (e.affiliation, e.role) if text]
        self._topics = [(normal(name), t) for t in base.topics.values() for name in (t.name, t.id, *t.aliases)]
        self._candidates = tuple(candidates)
        self._titles = [normal(candidate.question) for candidate in candidates]

    def experts(self, text: str, limit: int) -> tuple[Expert, ...]:
        """Experts by name, alias, role or affiliation, best first; all of them for no text."""
        return tuple(_search(text, self._experts, limit, key=lambda e: e.id))

    def topics(self, text: str, limit: int) -> tuple[Topic, ...]:
        """Topics by name or alias, best first; all of them for no text."""
        return tuple(_search(text, self._topics, limit, key=lambda t: t.id))

    def expert(self, text: str) -> Expert | None:
        """The expert meant, or None."""
        return self._base.experts.get(text) or _single(text, self._experts)

    def topic(self, text: str) -> Topic | None:
        """The topic meant, or None."""
        return self._base.topics.get(text) or _single(text, self._topics)

    def questions(self, text: str, likeness: Floats, limit: int) -> tuple[Suggestion, ...]:
        """Questions that a half-typed text may mean, best first, each shown once.

        `likeness` is that to the nearest phrasing of each candidate, shape (candidates,). A title that
        holds the text, typos forgiven, comes before one whose phrasings merely look like it.
        """
        query = normalise(text)
        score = _BY_PHRASING * likeness
        for i, (candidate, title) in enumerate(zip(self._candidates, self._titles, strict=True)):
            if len(title) >= len(query):
                score[i] += _BY_TITLE * fuzz.partial_ratio(query, title) / 100
            if candidate.kind is CandidateKind.CLAIM:
                score[i] -= _CLAIMS_LATER
        order = [self._candidates[int(i)] for i in np.argsort(-score, kind="stable")]
        shown: dict[str, Suggestion] = {}
        for candidate in order:
            shown.setdefault(candidate.question, Suggestion(candidate.id, candidate.question))
        return tuple(shown.values())[:limit]

    def claims(self, text: str, among: Iterable[Claim]) -> list[Claim]:
        """The claims that hold every content word of the text, typos forgiven, best first."""
        wanted = content_words(normalise(text))
        scored: list[tuple[float, int, Claim]] = []
        for position, claim in enumerate(among):
            held = self._normal(self._claim_text(claim)).split()
            likeness = [max((_word_likeness(word, other) for other in held), default=0.0) for word in wanted]
            if min(likeness) >= _SAME_NAME:
                scored.append((-sum(likeness), position, claim))
        return [claim for _, _, claim in sorted(scored, key=lambda item: item[:2])]

    def _claim_text(self, claim: Claim) -> str:
        expert = self._base.experts[claim.expert]
        reporter = self._base.experts[claim.reported_by].name if claim.reported_by else ""
        topics = " ".join(self._base.topics[topic].name for topic in claim.topics)
        return f"{claim.text} {claim.quote} {expert.name} {' '.join(expert.aliases)} {reporter} {topics}"


def _word_likeness(word: str, other: str) -> float:
    other = other.strip('.,;:!?"()')
    if len(word) > 3 and other.startswith(word[: max(4, len(word) - 2)]):
        return 95.0
    return fuzz.ratio(word, other)


def _search(text: str, named: Sequence[tuple[str, T]], limit: int, *, key: Callable[[T], str]) -> list[T]:
    query = normalise(text)
    if not query:
        return list({key(item): item for _, item in named}.values())[:limit]
    names = [name for name, _ in named]
    best: dict[str, tuple[float, int, T]] = {}
    scores = process.extract(query, names, scorer=fuzz.WRatio, limit=None, score_cutoff=_MAYBE)
    for name, score, position in scores:
        item = named[position][1]
        # What is being typed is most often the beginning of a word: such names come first.
        bonus = 20.0 if f" {name}".find(f" {query}") >= 0 else 0.0
        total = score + bonus
        if key(item) not in best or total > best[key(item)][0]:
            best[key(item)] = (total, position, item)
    ordered = sorted(best.values(), key=lambda found: (-found[0], found[1]))
    return [item for _, _, item in ordered[:limit]]


def _single(text: str, named: Sequence[tuple[str, T]]) -> T | None:
    query = normalise(text)
    if not query:
        return None
    for name, item in named:
        if name == query:
            return item
    found = process.extractOne(query, [name for name, _ in named], scorer=fuzz.ratio, score_cutoff=_SAME_NAME)
    if found is None:
        found = process.extractOne(query, [n for n, _ in named], scorer=fuzz.token_set_ratio, score_cutoff=95.0)
    return named[found[2]][1] if found else None
