"""What each candidate holds: the words, names, figures and kinds of detail that it can answer for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from knowledge.derive import Candidate, CandidateKind
from knowledge.matching.asking import asks, gives
from knowledge.matching.reading import Reader
from knowledge.matching.text import Stemmer
from knowledge.model import KnowledgeBase

Roles: TypeAlias = tuple[frozenset[str], tuple[str, ...]]
Phrasings: TypeAlias = Mapping[str, Roles]


@dataclass(frozen=True, slots=True)
class Document:
    """One candidate's content, read like a question.

    `asks` are the kinds of detail that its phrasings ask for, `gives` those that its answer seems to hold;
    `answers` are the texts that a reader would be shown; `voices` the experts behind them; `texts` everything
    that it is made of, one by one.
    """

    words: tuple[str, ...]
    numbers: frozenset[str]
    places: frozenset[str]
    months: frozenset[str]
    asks: frozenset[str]
    gives: frozenset[str]
    voices: frozenset[str]
    answers: tuple[str, ...]
    texts: tuple[str, ...]


def base_texts(base: KnowledgeBase, candidates: Sequence[Candidate]) -> Mapping[str, tuple[str, ...]]:
    """Every text of a base, from which its vocabulary is counted, by what it stands in."""
    texts = {candidate.id: candidate.phrasings for candidate in candidates}
    texts |= {f"answer:{entry.id}": (entry.answer,) for entry in base.entries.values()}
    texts |= {f"gap:{gap.id}": gap.questions for gap in base.gaps.values()}
    texts |= {f"words:{claim.id}": (f"{claim.text} {claim.quote} {claim.note}",) for claim in base.claims.values()}
    return MappingProxyType(texts)


@dataclass(frozen=True, slots=True)
class Material:
    """What a candidate's document is made from, as it stands in the base: equal material, equal document.

    `answers` are the texts that a reader would be shown, `said` quotations in them, `who` the experts behind them.
    """

    candidate: Candidate
    answers: tuple[str, ...]
    said: tuple[str, ...]
    who: tuple[str, ...]
    voices: frozenset[str]

    @property
    def texts(self) -> tuple[str, ...]:
        """All of it that is read."""
        return (*self.candidate.phrasings, *self.answers, *self.said, *self.who)


def material(base: KnowledgeBase, candidate: Candidate, houses: Mapping[str, frozenset[str]]) -> Material:
    """What stands in the base behind a candidate; `houses` are the institutions that experts belong to."""
    answers: list[str] = []
    said: list[str] = []
    voices: set[str] = set()
    if candidate.kind is CandidateKind.ENTRY and (answer := base.entries[candidate.subject].answer):
        answers.append(answer)
    if candidate.kind in (CandidateKind.SAID, CandidateKind.WHO):
        voices.add(candidate.subject)
    for claim in (base.claims[claim_id] for claim_id in candidate.claims):
        voices |= {claim.expert} | ({claim.reported_by} if claim.reported_by else set())
        answers.append(f"{base.experts[claim.expert].name}: {claim.text}")
        said.append(claim.quote)
    experts = [base.experts[voice] for voice in sorted(voices)]
    who = tuple(f"{expert.name} {expert.role} {expert.affiliation}" for expert in experts)
    # Who asks what the expert from an institution says may name either.
    voices.update(*(houses.get(voice, ()) for voice in tuple(voices)))
    return Material(candidate, tuple(answers), tuple(said), who, frozenset(voices))


@dataclass(frozen=True, slots=True)
class Read:
    """A candidate as read: what it holds, and how it may be asked for.

    `phrasings` are the phrasings as read, each once, with the stems that say who is asked about in it and the places
    that it names in order.
    """

    document: Document
    phrasings: Phrasings


def read(made_of: Material, reader: Reader, stem: Stemmer) -> Read:
    """What a candidate holds, and how it may be asked for."""
    phrasings, answers = made_of.candidate.phrasings, made_of.answers
    own = [reader.own(text) for text in made_of.texts]
    whole = reader.own(" ".join(made_of.texts))
    numbers, places, months = reader.holds(whole)
    document = Document(
        words=tuple(whole.split()),
        numbers=numbers,
        places=places,
        months=months,
        asks=frozenset[str]().union(*(asks(reader.normal(phrasing)) for phrasing in phrasings)),
        gives=gives(" ".join(answers), voices=bool(made_of.voices)),
        voices=made_of.voices,
        answers=tuple(own[len(phrasings) : len(phrasings) + len(answers)]),
        texts=tuple(own),
    )
    return Read(document, read_questions(own[: len(phrasings)], reader, stem))


def read_questions(own: Iterable[str], reader: Reader, stem: Stemmer) -> Phrasings:
    """Questions as they are read, each once, with who is asked about in it and the places that it names in order."""
    found: dict[str, Roles] = {}
    for text in own:
        if text and text not in found:
            speaker, order = reader.asked(text)
            found[text] = frozenset(map(stem, speaker)), order
    return found
