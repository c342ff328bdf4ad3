"""From a chosen candidate to a complete answer: words, attributions, places, related questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from knowledge.answers import Answer, Attribution, Outcome, Suggestion
from knowledge.chitchat import Chitchat
from knowledge.derive import Candidate, CandidateKind, in_sentence
from knowledge.matching.text import normalise, words
from knowledge.model import Claim, Entry, Expert, ExpertKind, KnowledgeBase, Locator
from knowledge.plaintext import in_paragraph

MAX_RELATED = 5

_TALK = {
    Chitchat.GREETING: "Hello!",
    Chitchat.THANKS: "You're welcome.",
    Chitchat.FAREWELL: "See you!",
    Chitchat.PRAISE: "Glad to hear it.",
    Chitchat.COMPLAINT: "Sorry about that. Please press “Not helpful” under the reply, so that it is counted.",
    Chitchat.ABILITY: "",
}


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One of a message's questions that gets no answer: the base has `nothing` on it, or may have something."""

    question: str
    nothing: bool
    closest: Suggestion | None


class Composer:
    """Composes replies from one base."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base

    @property
    def _about(self) -> str:
        return (self._base.info.about or self._base.info.title).rstrip(".")

    def answer(self, candidate: Candidate, *, asked: str, confidence: float) -> Answer:
        """The answer that a candidate stands for."""
        attributions = self.attributions(candidate.claims)
        same = not asked or words(normalise(asked)) == words(normalise(candidate.question))
        return Answer(
            outcome=Outcome.ANSWER,
            asked=asked,
            body=self._body(candidate),
            confidence=confidence,
            candidate_id=candidate.id,
            title=candidate.question,
            understood="" if same else candidate.question,
            sureness=sureness(confidence),
            caveat=self._caveat(candidate.claims),
            attributions=attributions,
            related=self._related(candidate),
        )

    def suggest(
        self, asked: str, confidence: float, closest: Sequence[Suggestion], *, gap: bool, likely: bool
    ) -> Answer:
        """No answer, but the closest questions.

        `gap`: the sources are known not to answer this; `likely`: one of the closest may well be what is meant.
        """
        if gap:
            body = "The source does not say. The closest that the base can answer:"
        elif not likely:
            body = "The base has no answer to this, as far as I can tell. The closest that it can answer:"
        else:
            body = "I am not sure that the base answers this. Did you mean one of these?"
        return Answer(Outcome.SUGGEST, asked, body, confidence, suggestions=tuple(closest))

    def besides(
        self,
        answer: Answer,
        asked: str,
        also: Sequence[tuple[str, Candidate]],
        unanswered: Sequence[Unanswered],
    ) -> Answer:
        """The answer to one question of a message, with what became of the others.

        `asked` is the question that it answers, `also` are others with their answers, `unanswered` the rest.
        """
        if not also and not unanswered:
            return answer
        number = _NUMBER_WORDS[1 + len(also) + len(unanswered)]
        lines = [f"You asked {number} things: this answers {_quoted(asked)}."]
        if also:
            other = "Another" if unanswered else "The other"
            lines.append(f"{other} is below." if len(also) == 1 else "The others are below.")
        lines += [_of_unanswered(part) for part in unanswered]
        offered = [
            *suggestions(candidate for _, candidate in also),
            *(part.closest for part in unanswered if part.closest),
        ]
        related = dict.fromkeys(s for s in (*offered, *answer.related) if s.candidate_id != answer.candidate_id)
        return replace(answer, besides=" ".join(lines), related=tuple(related)[:MAX_RELATED])

    def near_miss(
        self, asked: str, confidence: float, expert: Expert, on: Sequence[str], theirs: Sequence[Candidate]
    ) -> Answer:
        """No answer: the base has nothing from an expert on the asker's words `on`, but other things of theirs."""
        name = in_sentence(expert)
        quoted = [f"“{phrase}”" for phrase in on]
        words_for = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
        has = "From" if any(candidate.kind is not CandidateKind.WHO for candidate in theirs) else "About"
        body = f"The base has nothing from {name} on {words_for}. {has} {name} it has:"
        return Answer(Outcome.SUGGEST, asked, body, confidence, suggestions=suggestions(theirs))

    def abstain(self, asked: str, confidence: float, closest: Sequence[Suggestion]) -> Answer:
        """No answer and nothing close."""
        body = f"The base has no answer to this. It is about {self._about}."
        return Answer(Outcome.ABSTAIN, asked, body, confidence, suggestions=tuple(closest))

    def chitchat(self, kind: Chitchat, asked: str, examples: Sequence[Suggestion]) -> Answer:
        """A short friendly word that says what the bot knows about."""
        about = f"I answer questions about {self._about}. Each answer shows who said it and where it stands."
        body = _TALK[kind] if kind in (Chitchat.FAREWELL, Chitchat.COMPLAINT) else f"{_TALK[kind]} {about}".strip()
        wanted = kind in (Chitchat.GREETING, Chitchat.ABILITY)
        return Answer(Outcome.CHITCHAT, asked, body, 0.0, suggestions=tuple(examples) if wanted else ())

    def help(self, examples: Sequence[Suggestion]) -> Answer:
        """What the bot knows about."""
        return self.chitchat(Chitchat.ABILITY, "", examples)

    def attributions(self, claim_ids: Iterable[str]) -> tuple[Attribution, ...]:
        """The claims as shown to a reader, in the order given."""
        return tuple(self._attribution(self._base.claims[claim]) for claim in claim_ids)

    def _attribution(self, claim: Claim) -> Attribution:
        source = self._base.sources[claim.locator.source]
        return Attribution(
            claim_id=claim.id,
            text=claim.text,
            expert=self._base.experts[claim.expert],
            reported_by=self._base.experts[claim.reported_by] if claim.reported_by else None,
            quote=claim.quote,
            note=claim.note,
            source=source,
            section=source.section(claim.locator.section),
            paragraph=claim.locator.paragraph,
            author=self._base.experts[source.author],
        )

    def _body(self, candidate: Candidate) -> str:
        match candidate.kind:
            case CandidateKind.ENTRY:
                return self._base.entries[candidate.subject].answer
            case CandidateKind.CLAIM:
                return self._base.claims[candidate.subject].text
            case CandidateKind.TOPIC:
                name = self._base.topics[candidate.subject].name
                return f"{_count(len(candidate.claims), 'statement')} in the base about {name}."
            case CandidateKind.SAID:
                expert = self._base.experts[candidate.subject]
                return f"{_count(len(candidate.claims), 'statement')} in the base from {in_sentence(expert)}."
            case CandidateKind.WHO:
                return self._who(self._base.experts[candidate.subject], len(candidate.claims))

    def _who(self, expert: Expert, said: int) -> str:
        what = expert.credentials or _KIND_WORDS[expert.kind]
        place = f" ({self._place(expert.described)})" if expert.described else ""
        line = f"{expert.name}: {what}{place}."
        if expert.note:
            line += f" {expert.note}"
        if said:
            line += f" {_count(said, 'statement')} in the base."
        return line

    def _place(self, locator: Locator) -> str:
        source = self._base.sources[locator.source]
        where = in_paragraph(source.section(locator.section).name, locator.paragraph)
        return f"“{source.title}”" + (f", {where}" if where else "")

    def _caveat(self, claim_ids: Iterable[str]) -> str:
        claims = [self._base.claims[claim] for claim in claim_ids]
        dated = next((claim for claim in claims if claim.article_present), None)
        if dated is None:
            return ""
        source = self._base.sources[dated.locator.source]
        when = source.published or source.period
        return f"At the time of the article{f' ({when})' if when else ''}, not today."

    def _related(self, candidate: Candidate) -> tuple[Suggestion, ...]:
        wanted = list(self._base.entries[candidate.subject].related) if candidate.kind is CandidateKind.ENTRY else []
        resting = [e.id for e in self._base.entries.values() if set(e.claims) & set(candidate.claims)]
        own = candidate.subject if candidate.kind is CandidateKind.ENTRY else ""
        ids = [entry for entry in dict.fromkeys([*wanted, *resting]) if entry != own][:MAX_RELATED]
        return tuple(self._suggest(self._base.entries[entry]) for entry in ids)

    def _suggest(self, entry: Entry) -> Suggestion:
        return Suggestion(f"{CandidateKind.ENTRY.value}:{entry.id}", entry.question)


def suggestions(found: Iterable[Candidate]) -> tuple[Suggestion, ...]:
    """Candidates as questions to choose from."""
    return tuple(Suggestion(candidate.id, candidate.question) for candidate in found)


_KIND_WORDS = {
    ExpertKind.PERSON: "a person whom the source names",
    ExpertKind.OFFICIAL: "an official",
    ExpertKind.INSTITUTION: "an institution",
    ExpertKind.OUTLET: "a news outlet",
    ExpertKind.AUTHOR: "the author of the source",
    ExpertKind.GROUP: "a group that the source does not name further",
}


def sureness(confidence: float) -> str:
    """A probability of being right, 0..1, in one word."""
    if confidence >= 0.9:
        return "very"
    return "quite" if confidence >= 0.75 else "fairly"


_NUMBER_WORDS = ("no", "one", "two", "three")
_QUOTED_LENGTH = 120


def _of_unanswered(part: Unanswered) -> str:
    asked = _quoted(part.question)
    line = f"On {asked} the base has nothing" if part.nothing else f"I am not sure that the base answers {asked}"
    return f"{line}; the closest is below." if part.closest else f"{line}."


def _quoted(question: str) -> str:
    """A question in the asker's words, in quotation marks; a long one is cut."""
    short = question if len(question) <= _QUOTED_LENGTH else f"{question[: _QUOTED_LENGTH - 1].rstrip()}…"
    return f"“{short}”"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
