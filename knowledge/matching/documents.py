"""What each candidate holds: the words, names, figures and kinds of detail that it can answer for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.derive import Candidate, CandidateKind
from knowledge.matching.asking import asks
from knowledge.matching.reading import Reader
from knowledge.matching.text import normalise
from knowledge.model import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Document:
    """One candidate's content, read like a question.

    `answers` are the texts that a reader would be shown; `voices` the experts behind them.
    """

    words: tuple[str, ...]
    numbers: frozenset[str]
    places: frozenset[str]
    months: frozenset[str]
    asks: frozenset[str]
    voices: frozenset[str]
    answers: tuple[str, ...]


def base_texts(base: KnowledgeBase, candidates: Sequence[Candidate]) -> list[str]:
    """Every text of a base, from which its vocabulary is counted."""
    texts = [phrasing for candidate in candidates for phrasing in candidate.phrasings]
    texts += [entry.answer for entry in base.entries.values()]
    texts += [question for gap in base.gaps.values() for question in gap.questions]
    texts += [f"{claim.text} {claim.quote} {claim.note}" for claim in base.claims.values()]
    return texts


def document(base: KnowledgeBase, candidate: Candidate, reader: Reader) -> Document:
    """What a candidate holds."""
    answers: list[str] = []
    said: list[str] = []
    voices: set[str] = set()
    if candidate.kind is CandidateKind.ENTRY:
        answers.append(base.entries[candidate.subject].answer)
    if candidate.kind in (CandidateKind.SAID, CandidateKind.WHO):
        voices.add(candidate.subject)
    for claim in (base.claims[claim_id] for claim_id in candidate.claims):
        voices |= {claim.expert} | ({claim.reported_by} if claim.reported_by else set())
        answers.append(f"{base.experts[claim.expert].name}: {claim.text}")
        said.append(claim.quote)
    experts = [base.experts[voice] for voice in sorted(voices)]
    who = [f"{expert.name} {expert.role} {expert.affiliation}" for expert in experts]
    whole = reader.read(" ".join([*candidate.phrasings, *answers, *said, *who]))
    kinds = [asks(normalise(phrasing)) for phrasing in candidate.phrasings]
    return Document(
        words=tuple(whole.text.split()),
        numbers=whole.numbers,
        places=whole.places,
        months=whole.months,
        asks=frozenset[str]().union(*kinds),
        voices=frozenset(voices),
        answers=tuple(reader.read(answer).text for answer in answers),
    )
