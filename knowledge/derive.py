"""Everything a base can be asked, written entries and what follows from claims and experts alone.

An added expert or claim is askable at once: "what did NAME say", "who is NAME", "what does the
expert from AFFILIATION think", "what did OUTLET report", "what does the article say about TOPIC".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from knowledge.model import Claim, Entry, Expert, ExpertKind, KnowledgeBase, Topic


class CandidateKind(StrEnum):
    """Where a candidate comes from."""

    ENTRY = "entry"
    CLAIM = "claim"
    SAID = "said"
    WHO = "who"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something the base can answer: its question, how it may be asked, the claims behind it.

    `subject` is the id behind it (entry, claim, expert or topic).
    """

    kind: CandidateKind
    subject: str
    question: str
    phrasings: tuple[str, ...]
    claims: tuple[str, ...]

    @property
    def id(self) -> str:
        """Stable over restarts and short enough for a button: `entry:is-it-an-alliance`."""
        return f"{self.kind.value}:{self.subject}"


def candidates(base: KnowledgeBase) -> tuple[Candidate, ...]:
    """All candidates of a base, entries first, in the order of the base."""
    return (
        *(_of_entry(entry) for entry in base.entries.values()),
        *(_of_claim(base, claim) for claim in base.claims.values()),
        *(c for expert in base.experts.values() for c in _of_expert(base, expert)),
        *(c for topic in base.topics.values() for c in _of_topic(base, topic)),
    )


def _of_entry(entry: Entry) -> Candidate:
    return Candidate(CandidateKind.ENTRY, entry.id, entry.question, (entry.question, *entry.phrasings), entry.claims)


def _of_claim(base: KnowledgeBase, claim: Claim) -> Candidate:
    expert = base.experts[claim.expert]
    topic = f" about {base.topics[claim.topics[0]].name}" if claim.topics else ""
    verb = "report" if expert.kind is ExpertKind.OUTLET else "say"
    question = f"What {_does(expert)} {in_sentence(expert)} {verb}{topic}?"
    phrasings = [claim.text, f"{expert.name}: {claim.text}"]
    if claim.quote:
        phrasings.append(claim.quote)
    return Candidate(CandidateKind.CLAIM, claim.id, question, tuple(phrasings), (claim.id,))


def _of_expert(base: KnowledgeBase, expert: Expert) -> Iterator[Candidate]:
    said = tuple(claim.id for claim in _behind(base, expert))
    name = in_sentence(expert)
    if said:
        verb = "report" if expert.kind is ExpertKind.OUTLET else "say"
        question = f"What did {name} {verb}?"
        yield Candidate(CandidateKind.SAID, expert.id, question, (question, *_said_phrasings(expert)), said)
    if expert.credentials or said:
        question = f"{_what(expert).capitalize()} {_are(expert)} {name}?"
        yield Candidate(CandidateKind.WHO, expert.id, question, (question, *_who_phrasings(expert)), said)


def _behind(base: KnowledgeBase, expert: Expert) -> tuple[Claim, ...]:
    """The expert's claims; for an institution without its own, those of the people who belong to it."""
    own = base.claims_of(expert.id)
    if own or expert.kind is not ExpertKind.INSTITUTION:
        return own
    people = {other.id for other in base.experts.values() if belongs_to(other, expert)}
    return tuple(claim for claim in base.claims.values() if claim.expert in people)


def houses(base: KnowledgeBase) -> Mapping[str, frozenset[str]]:
    """By expert the institutions and outlets of the base that they belong to, as their affiliation says."""
    kinds = (ExpertKind.INSTITUTION, ExpertKind.OUTLET)
    known = [expert for expert in base.experts.values() if expert.kind in kinds]
    found = {
        expert.id: frozenset(house.id for house in known if belongs_to(expert, house))
        for expert in base.experts.values()
        if expert.affiliation
    }
    return {expert: theirs for expert, theirs in found.items() if theirs}


def belongs_to(expert: Expert, house: Expert) -> bool:
    """Whether an expert's affiliation names an institution or outlet."""
    return expert.id != house.id and house.name in expert.affiliation


def _said_phrasings(expert: Expert) -> Iterator[str]:
    for name in _names(expert):
        yield f"what did {name} say"
        yield f"{name}'s view"
        yield f"what does {name} think"
        yield f"according to {name}"
        if expert.kind in (ExpertKind.OUTLET, ExpertKind.INSTITUTION):
            yield f"what did {name} report"
            yield f"what does {name} write"
            yield f"what has {name} written or wrote"
    if expert.affiliation and expert.kind in (ExpertKind.PERSON, ExpertKind.OFFICIAL):
        # "Eurasia Group, a consulting firm" is asked for as "Eurasia Group".
        for place in dict.fromkeys((expert.affiliation.split(",")[0], expert.affiliation)):
            yield f"what does the expert from {place} think"
            yield f"what did the {place} expert say"
            yield f"what does the person from the {place} say"
    if expert.role and expert.kind in (ExpertKind.PERSON, ExpertKind.OFFICIAL):
        yield f"what does the {expert.role} say"


def _who_phrasings(expert: Expert) -> Iterator[str]:
    yield f"who {_are(expert)} {in_sentence(expert)}"
    what = "who" if expert.kind in (ExpertKind.PERSON, ExpertKind.OFFICIAL, ExpertKind.AUTHOR) else "what"
    for name in _names(expert):
        yield f"{what} is {name}"
        yield f"what is {name}'s job"
        if expert.role:
            yield f"what position does {name} hold"
            yield f"what is {name} an expert on"
        if expert.affiliation:
            yield f"where does {name} work"
            yield f"which organisation does {name} belong to"
            yield f"{name} works for which company, firm or institute"
    if expert.role and expert.affiliation:
        yield f"who is the {expert.role} at {expert.affiliation}"
    if expert.affiliation:
        yield f"{in_sentence(expert)} works at {expert.affiliation}"


def _of_topic(base: KnowledgeBase, topic: Topic) -> Iterator[Candidate]:
    about = tuple(claim.id for claim in base.claims_about(topic.id))
    if not about:
        return
    question = f"What does the article say about {topic.name}?"
    phrasings = [question]
    for name in (topic.name, *topic.aliases):
        phrasings += [name, f"what does the article say about {name}", f"tell me about {name}", f"anything on {name}"]
    yield Candidate(CandidateKind.TOPIC, topic.id, question, tuple(phrasings), about)


def _names(expert: Expert) -> tuple[str, ...]:
    return (in_sentence(expert), *expert.aliases)


# With these the name of a group or an official may begin; a proper name or adjective keeps its capital.
_ORDINARY = frozenset("a an the many most some several few various other all both unnamed".split())


def in_sentence(expert: Expert) -> str:
    """The name as it stands inside a sentence: "many experts", "the director", but "American officials"."""
    first, _, rest = expert.name.partition(" ")
    if rest and expert.kind in (ExpertKind.GROUP, ExpertKind.OFFICIAL) and first.lower() in _ORDINARY:
        return f"{first.lower()} {rest}"
    return expert.name


def _what(expert: Expert) -> str:
    return "what" if expert.kind in (ExpertKind.INSTITUTION, ExpertKind.OUTLET) else "who"


def _plural(expert: Expert) -> bool:
    return expert.kind is ExpertKind.GROUP


def _does(expert: Expert) -> str:
    return "do" if _plural(expert) else "does"


def _are(expert: Expert) -> str:
    return "are" if _plural(expert) else "is"
