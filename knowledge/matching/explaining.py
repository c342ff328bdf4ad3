"""Why a question found what it found, in words for the people who look after a base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.derive import Candidate
from knowledge.matching.confidence import JUDGED
from knowledge.matching.features import FEATURES, Evidence
from knowledge.matching.likeness import Likeness
from knowledge.matching.match import Match
from knowledge.matching.matcher import Matcher
from knowledge.matching.part import GAP
from knowledge.matching.reasons import KIND_WORDS, Facts, Reason, reasons
from knowledge.matching.text import normalise, words
from knowledge.model import KnowledgeBase

Floats = npt.NDArray[np.float64]

_HELD = 0.5  # how far a word is held, from which it counts as held


@dataclass(frozen=True, slots=True)
class Mended:
    """A word as it was written, and what it was taken for."""

    written: str
    read: str


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How the question was read.

    `asks` is in words ("a place"); `about` are the words right behind "which" or "how many", `telling` those that say
    what it is about, `unknown` those of them that stand in nothing that the base can answer.
    """

    text: str
    mended: tuple[Mended, ...]
    names: tuple[str, ...]
    asks: tuple[str, ...]
    about: tuple[str, ...]
    telling: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Considered:
    """A candidate of the short list.

    `probability` that it is the right one, 0..1; `phrasing` its closest one, and how alike that is in all, in spelling
    and in meaning (None without an encoder), cosines; `not_held` words of the question; `lacks` names, figures, places
    and kinds of detail that do not fit, as sentences; `compared` what puts its score before the next, where it is the
    first, and else behind the first.
    """

    id: str
    question: str
    probability: float
    score: float
    phrasing: str
    likeness: float
    spelling: float
    meaning: float | None
    not_held: tuple[str, ...]
    lacks: tuple[str, ...]
    compared: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class NearGap:
    """The nearest question that the base is known not to answer; `nearest`: nothing that it answers is nearer."""

    question: str
    likeness: float
    nearest: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a question was read, what came close, and how the confidence came about.

    `confidence` is `answerable`, the probability that the base answers the question, times `right`, that the first
    candidate is then the right one; the reasons for each say what moved it from that of a typical question, in log
    odds. `exact`: it is asked word for word as the base has it, and nothing was weighed. `off_base` is the share of
    unanswerable questions that is counted on.
    """

    read: ReadAs
    exact: bool
    considered: tuple[Considered, ...]
    gap: NearGap | None
    confidence: float
    off_base: float
    answerable: float
    right: float
    for_answerable: tuple[Reason, ...]
    for_right: tuple[Reason, ...]


def explain(base: KnowledgeBase, matcher: Matcher, question: str) -> Explanation:
    """Why the matcher ranks as it does. `question` is clean text, as `Matcher.rank` takes it."""
    match = matcher.rank(question)
    known = 1 - match.off_base
    explainer = _Explainer(base, matcher, match)
    for_answerable, for_right = explainer.moved()
    return Explanation(
        read=explainer.read_as(question),
        exact=explainer.exact,
        considered=explainer.considered(),
        gap=explainer.near_gap(),
        confidence=match.confidence,
        off_base=matcher.confidence.off_base,
        answerable=known,
        right=min(1.0, match.confidence / known) if known > 0 else 0.0,
        for_answerable=for_answerable,
        for_right=for_right,
    )


class _Explainer:
    """The evidence behind one match, gone through once more."""

    def __init__(self, base: KnowledgeBase, matcher: Matcher, match: Match) -> None:
        self.exact = bool(match.ranking) and not match.rows.shape[1]
        self._base = base
        self._matcher = matcher
        self._match = match
        self._likeness: Likeness = matcher.likeness(match.reading.text)
        self._evidence: Evidence = matcher.evidence(match.reading, self._likeness)
        self._offsets = np.cumsum([0, *(len(part.texts) for part in matcher.parts)]).tolist()
        # Where each candidate of the ranking stands in the evidence, whose order is another one.
        self._at: Mapping[str, int] = {c.id: i for i, c in enumerate(self._evidence.candidates)}
        self._gap = self._nearest_gap()
        self._closest = {scored.candidate.id: self._closest_to(scored.candidate) for scored in match.ranking}
        weighed = () if self.exact else match.ranking
        self._facts: tuple[Facts, ...] = tuple(self._facts_of(scored.candidate) for scored in weighed)

    def read_as(self, question: str) -> ReadAs:
        reading = self._match.reading
        return ReadAs(
            text=reading.text,
            mended=tuple(self._mended(question)),
            names=self._names(reading.experts),
            asks=_kinds(reading.asks),
            about=reading.focus,
            telling=reading.content,
            unknown=() if self.exact else self._unknown(),
        )

    def considered(self) -> tuple[Considered, ...]:
        ranking, rows = self._match.ranking, self._match.rows
        scores = np.zeros(len(ranking)) if self.exact else self._matcher.confidence.ranking(rows)
        found: list[Considered] = []
        for place, scored in enumerate(ranking):
            row, phrasing = self._closest[scored.candidate.id]
            meaning = self._likeness.meaning
            found.append(
                Considered(
                    id=scored.candidate.id,
                    question=scored.candidate.question,
                    probability=scored.score,
                    score=float(scores[place]),
                    phrasing=phrasing,
                    likeness=float(self._likeness.blend[row]),
                    spelling=float(self._likeness.spelling[row]),
                    meaning=None if meaning is None else float(meaning[row]),
                    not_held=() if self.exact else self._facts[place].not_held,
                    lacks=() if self.exact else _lacks(self._facts[place]),
                    compared=() if self.exact or len(ranking) == 1 else self._compared(place, rows),
                )
            )
        return tuple(found)

    def near_gap(self) -> NearGap | None:
        if not self._gap or self.exact:
            return None
        nearest = float(self._evidence.likeness.max(initial=-1.0))
        return NearGap(self._gap, self._evidence.gap, self._evidence.gap > nearest)

    def moved(self) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
        """What moved the probability that the base answers the question, and the one that the first is then right."""
        if self.exact or not self._match.ranking:
            return (), ()
        confidence = self._matcher.confidence
        _, row, _ = confidence.inputs(self._match.rows)
        first, second = (
            reasons(JUDGED, row, model.mean, model.parts(row), self._facts[0])
            for model in (confidence.answerable, confidence.right)
        )
        return first, second

    def _compared(self, place: int, rows: Floats) -> tuple[Reason, ...]:
        other = 1 if place == 0 else 0
        parts = self._matcher.confidence.ranking.parts(rows)
        return reasons(FEATURES, rows[place], rows[other], parts[place] - parts[other], self._facts[place])

    def _mended(self, question: str) -> Iterable[Mended]:
        for word in words(normalise(question)):
            read = self._matcher.read(word)
            # A surname that becomes the whole name is no typo: that stands among the names.
            if read.text and read.text != word and not read.experts:
                yield Mended(word, read.text)

    def _names(self, experts: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(self._base.experts[expert].name for expert in experts))

    def _unknown(self) -> tuple[str, ...]:
        return _least(self._match.reading.content, self._evidence.known, self._evidence.rarity)

    def _facts_of(self, candidate: Candidate) -> Facts:
        reading, evidence, at = self._match.reading, self._evidence, self._at[candidate.id]
        document = evidence.documents[at]
        return Facts(
            phrasing=self._closest[candidate.id][1],
            content=reading.content,
            not_held=_least(reading.content, evidence.held[at], evidence.telling),
            not_phrased=_least(reading.content, evidence.phrased[at], evidence.telling),
            unknown=self._unknown(),
            focus=reading.focus,
            asks=_kinds(reading.asks),
            asks_more=_kinds(reading.asks - evidence.asked[at]),
            asks_less=_kinds(evidence.asked[at] - reading.asks),
            unmet=_kinds(reading.asks - document.asks - document.gives),
            speaker=reading.speaker if evidence.other_speaker[at] else (),
            own_voices=self._names(reading.experts & document.voices),
            other_voices=self._names(reading.experts - document.voices),
            figures=tuple(sorted(reading.numbers - document.numbers)),
            places=tuple(sorted(reading.places - document.places)),
            months=tuple(sorted(reading.months - document.months)),
            gap=self._gap,
        )

    def _closest_to(self, candidate: Candidate) -> tuple[int, str]:
        """The row of a candidate's phrasing that is most like the question, and that phrasing as it was written."""
        for part, offset in zip(self._matcher.parts, self._offsets, strict=False):
            for i, other in enumerate(part.candidates):
                if other is candidate:
                    rows = part.phrasings[i]
                    best: int = rows.start + int(
                        np.argmax(self._likeness.blend[rows.start + offset : rows.stop + offset])
                    )
                    return best + offset, self._as_written(part.texts[best], candidate.phrasings)
        raise LookupError(candidate.id)

    def _nearest_gap(self) -> str:
        """The known gap most like the question, as it was written; empty without any."""
        found: list[tuple[float, str]] = []
        for part, offset in zip(self._matcher.parts, self._offsets, strict=False):
            rows: list[int] = np.flatnonzero(part.owner == GAP).tolist()
            found += [(float(self._likeness.blend[row + offset]), part.texts[row]) for row in rows]
        if not self._evidence.has_gaps or not found:
            return ""
        nearest = max(found, key=lambda gap: gap[0])[1]
        return self._as_written(nearest, (q for gap in self._base.gaps.values() for q in gap.questions))

    def _as_written(self, read: str, texts: Iterable[str]) -> str:
        return next((text for text in texts if self._matcher.read(text).text == read), read)


def _lacks(facts: Facts) -> tuple[str, ...]:
    told = (
        ("not from", facts.other_voices),
        ("no figure", facts.figures),
        ("no place", facts.places),
        ("no month or day", facts.months),
        ("does not seem to give", facts.unmet),
    )
    return tuple(f"{what} {', '.join(which)}" for what, which in told if which)


def _kinds(asked: Iterable[str]) -> tuple[str, ...]:
    """Kinds of detail in words; "how many" is a figure too, which then goes without saying."""
    kinds = set(asked)
    if kinds & {"count", "measure"}:
        kinds.discard("amount")
    return tuple(words_of for kind, words_of in KIND_WORDS.items() if kind in kinds)


def _least(
    content: Sequence[str], held: Sequence[float] | npt.NDArray[np.float32], weight: npt.NDArray[np.float32]
) -> tuple[str, ...]:
    """The words that are hardly held, the weightiest first."""
    missing = [i for i in range(len(content)) if held[i] < _HELD]
    return tuple(content[i] for i in sorted(missing, key=lambda i: (-float(weight[i]), i)))
