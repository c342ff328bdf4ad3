"""One immutable snapshot of a base with its index: questions in, complete answers out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from knowledge.answers import Answer, Attribution, Suggestion
from knowledge.chitchat import chitchat
from knowledge.compose import Composer, Unanswered, suggestions
from knowledge.derive import Candidate, candidates
from knowledge.lookup import TYPED, Lookup
from knowledge.matching.building import build_matcher, overlay
from knowledge.matching.confidence import FITTED_SHARE
from knowledge.matching.encoder import Encoder
from knowledge.matching.match import Match
from knowledge.matching.matcher import EXACT, Matcher
from knowledge.matching.text import clean, content_words, normalise, words
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import Expert, ExpertKind, KnowledgeBase, Topic
from knowledge.nearmiss import as_asked, own_questions, tell_the_same, voiced
from knowledge.several import about, questions_in, speaks_of_somebody

MAX_SUGGESTIONS = 3
MAX_QUESTION = 1000
_PEOPLE = frozenset({ExpertKind.PERSON, ExpertKind.OFFICIAL, ExpertKind.AUTHOR})
NOTHING_AT = 0.4
"""From this probability on that the base does not answer a question, it may be said to have nothing on it.

Measured on the bases that the confidence is fitted on: of 18 unanswered questions about one expert that have an answer
and a word that nothing of theirs holds, 2 lie above; of 91 such near misses 63.
"""


LIKELY_AT = 0.1
"""Probability from which the closest questions are offered as what may be meant; below it as the closest alone."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When to answer, when to suggest.

    `wrong_costs`: one wrong answer costs as much as this many missed ones. `off_base`: the share of questions
    that the base does not answer, above 0 and below 1, at which confidences are meant. `suggest_at`: the closest
    questions are offered from this probability that the first is right, below it the bot says that it has
    nothing. `unprompted_at`: an answer nobody asked the bot for, in a channel that the configuration names.
    """

    wrong_costs: float = 1.5
    off_base: float = FITTED_SHARE
    suggest_at: float = 0.03
    unprompted_at: float = 0.85

    @property
    def answer_at(self) -> float:
        """The probability of being right, 0..1, from which answering costs less than missing."""
        return self.wrong_costs / (self.wrong_costs + 1)


class Answerer:
    """Answers from one frozen base. Every method is pure; `ask` takes milliseconds of CPU."""

    def __init__(self, base: KnowledgeBase, matcher: Matcher, policy: Policy) -> None:
        self.base = base
        self.policy = policy
        self.matcher = matcher
        self._candidates = MappingProxyType({c.id: c for c in matcher.candidates})
        self._compose = Composer(base)
        self._lookup = Lookup(base, matcher.candidates, normal=matcher.reader.normal)

    @classmethod
    def build(
        cls,
        base: KnowledgeBase,
        *,
        encoder: Encoder | None,
        policy: Policy | None = None,
        cache: VectorCache | None = None,
    ) -> Answerer:
        """Index a base. Takes seconds of CPU the first time: call it off the event loop."""
        policy = policy or Policy()
        matcher = build_matcher(base, candidates(base), encoder=encoder, cache=cache, off_base=policy.off_base)
        return cls(base, matcher, policy)

    def overlaid(
        self, base: KnowledgeBase, *, cache: VectorCache | None = None, before: Answerer | None = None
    ) -> Answerer:
        """A snapshot of a base that differs a little from this one; what both hold is shared.

        `before` is an earlier such snapshot, of a base that is nearly the same: what both hold is not read again.
        Takes tens of milliseconds of CPU for a few hundred changed candidates: call it off the event loop.
        """
        earlier = None if before is None else before.matcher
        return Answerer(base, overlay(self.matcher, base, candidates(base), cache=cache, before=earlier), self.policy)

    def at(self, off_base: float) -> Answerer:
        """The same, its confidence meant where that share of the questions is off base; shares the index."""
        matcher = self.matcher.with_confidence(self.matcher.confidence.at(off_base))
        return Answerer(self.base, matcher, replace(self.policy, off_base=off_base))

    def ask(self, question: str) -> Answer:
        """The reply to a question: an answer, up to three suggestions, or a plain "not in the base"."""
        asked = clean(question)
        talk = chitchat(asked)
        if talk is not None:
            return self._compose.chitchat(talk, asked, self._examples())
        if not asked or len(asked) > MAX_QUESTION:
            return self._compose.abstain(asked, 0.0, ())
        match = self.matcher.rank(asked)
        answer = self._several(question, match)
        return self._reply(asked, match) if answer is None else answer

    def match(self, question: str) -> Match:
        """The ranking behind an answer, for inspection."""
        return self.matcher.rank(clean(question))

    def open(self, candidate_id: str, *, asked: str = "") -> Answer | None:
        """The answer behind a suggestion that somebody chose, or None if it no longer exists."""
        candidate = self._candidates.get(candidate_id)
        return None if candidate is None else self._compose.answer(candidate, asked=asked, confidence=1.0)

    def help_answer(self) -> Answer:
        """What the bot knows about, with example questions."""
        return self._compose.help(self._examples())

    def complete(self, text: str, limit: int = 25) -> tuple[Suggestion, ...]:
        """Questions that a half-typed text may mean, best first; the pack's examples for no text."""
        text = text[:TYPED]
        if not normalise(text):
            return self._examples(limit)
        return self._lookup.questions(text, self.matcher.spelt_like(text), limit)

    def complete_experts(self, text: str, limit: int = 25) -> tuple[Expert, ...]:
        """Experts whose name, alias or affiliation a half-typed text may mean."""
        return self._lookup.experts(text[:TYPED], limit)

    def complete_topics(self, text: str, limit: int = 25) -> tuple[Topic, ...]:
        """Topics that a half-typed text may mean."""
        return self._lookup.topics(text[:TYPED], limit)

    def find_expert(self, text: str) -> Expert | None:
        """The expert meant by an id, a name or an alias, spelling forgiven, or None."""
        return self._lookup.expert(text)

    def find_topic(self, text: str) -> Topic | None:
        """The topic meant by an id, a name or an alias, spelling forgiven, or None."""
        return self._lookup.topic(text)

    def claims(self, *, topic: str = "", expert: str = "", text: str = "") -> tuple[Attribution, ...]:
        """Claims under a topic id, of an expert id and about a text, whichever are given."""
        found = [
            claim
            for claim in self.base.claims.values()
            if (not topic or topic in claim.topics) and (not expert or expert in (claim.expert, claim.reported_by))
        ]
        if content_words(normalise(text)):
            found = self._lookup.claims(text, found)
        return self._compose.attributions(claim.id for claim in found)

    def _reply(self, asked: str, match: Match) -> Answer:
        if match.confidence >= self.policy.answer_at:
            return self._compose.answer(match.ranking[0].candidate, asked=asked, confidence=match.confidence)
        near = self._near_miss(asked, match)
        if near is not None:
            return near
        if match.confidence >= self.policy.suggest_at:
            likely = match.confidence >= LIKELY_AT
            return self._compose.suggest(asked, match.confidence, self._closest(match), gap=match.gap, likely=likely)
        return self._compose.abstain(asked, match.confidence, ())

    def _several(self, message: str, whole: Match) -> Answer | None:
        """For a message with several questions the answer to the surest, with what became of the others.

        None where it is one question, or none of them is answered by itself.
        """
        parts = [part for part in questions_in(message) if chitchat(part) is None]
        if len(parts) < 2 or _is_phrasing(clean(message), whole):
            return None
        replies = self._apart(parts)
        sure = [i for i, (_, match) in enumerate(replies) if match.confidence >= self.policy.answer_at]
        if len(replies) < 2 or not sure:
            return None
        part, best = max((replies[i] for i in sure), key=lambda reply: reply[1].confidence)
        told = [best.ranking[0].candidate]
        also: list[tuple[str, Candidate]] = []
        unanswered: list[Unanswered] = []
        for i, (other, match) in enumerate(replies):
            if i not in sure:
                unanswered.append(self._unanswered(other, match, but=told[0].id))
            elif not any(tell_the_same(match.ranking[0].candidate, known) for known in told):
                told.append(match.ranking[0].candidate)
                also.append((other, told[-1]))
        answer = self._compose.answer(told[0], asked=part, confidence=best.confidence)
        return replace(self._compose.besides(answer, part, also, unanswered), asked=clean(message))

    def _apart(self, parts: Sequence[str]) -> list[tuple[str, Match]]:
        """Each question of a message with its match; one that leans on what was asked before it goes with that.

        "He" is whom an earlier one names, if that is one person alone.
        """
        apart: list[tuple[str, Match]] = []
        named: set[str] = set()
        for part in parts:
            experts = self.matcher.read(part).experts
            person = self.base.experts.get(_only(named))
            meant, clear = part, True
            if not experts and speaks_of_somebody(part):
                clear = person is not None and person.kind in _PEOPLE
                meant = about(part, person.name) if person is not None and clear else part
            match = self.matcher.rank(meant)
            if apart and not (clear and self._stands(match, apart[-1][1])):
                together = f"{apart.pop()[0]} {part}"
                apart.append((together, self.matcher.rank(together)))
            else:
                apart.append((part, match))
            named |= experts
        return apart

    def _stands(self, match: Match, before: Match) -> bool:
        """Whether a question after another is one by itself; "who minds?" and "how early?" lean on the first."""
        if len(match.reading.content) > 2 or match.reading.experts or match.reading.places:
            return True
        both = min(match.confidence, before.confidence) >= self.policy.answer_at
        return match.confidence >= EXACT or (both and len(match.reading.content) > 1)

    def _unanswered(self, asked: str, match: Match, *, but: str) -> Unanswered:
        near = self._near_miss(asked, match)
        sure = match.confidence >= self.policy.suggest_at
        offered = near.suggestions if near is not None else self._closest(match) if sure else ()
        closest = next((suggestion for suggestion in offered if suggestion.candidate_id != but), None)
        nothing = near is not None or match.gap or not sure
        return Unanswered(asked, nothing, closest)

    def _with_names(self, parts: Sequence[str]) -> list[str] | None:
        """The questions as they are matched: "he" is whom an earlier one names, if that is one person alone.

        None where nobody can tell who is meant.
        """
        named: set[str] = set()
        asked: list[str] = []
        for part in parts:
            experts = self.matcher.read(part).experts
            person = self.base.experts.get(_only(named))
            if experts or not speaks_of_somebody(part):
                asked.append(part)
            elif person is not None and person.kind in _PEOPLE:
                asked.append(about(part, person.name))
            else:
                return None
            named |= experts
        return asked

    def _near_miss(self, asked: str, match: Match) -> Answer | None:
        """What else the base has of the one expert that is asked about, if it has nothing of theirs on something."""
        expert = _only(match.reading.experts)
        if not expert or match.off_base < NOTHING_AT:
            return None
        on = as_asked(asked, self.matcher.unheld(match.reading, expert), self.matcher.read)
        if not on:
            return None
        ranked = [scored.candidate for scored in match.ranking]
        theirs = own_questions(self.base, ranked, self.matcher.candidates, expert, MAX_SUGGESTIONS)
        if not theirs:
            return None
        return self._compose.near_miss(asked, match.confidence, self.base.experts[expert], on, theirs)

    def _closest(self, match: Match) -> tuple[Suggestion, ...]:
        """The best ranked; where one expert is named, first those that they stand behind."""
        expert = _only(match.reading.experts)
        if expert:
            ranking = sorted(match.ranking, key=lambda scored: not voiced(self.base, scored.candidate, expert))
            match = replace(match, ranking=tuple(ranking))
        return suggestions(scored.candidate for scored in match.distinct(MAX_SUGGESTIONS))

    def _examples(self, limit: int = MAX_SUGGESTIONS) -> tuple[Suggestion, ...]:
        wanted = [f"entry:{entry}" for entry in self.base.info.examples]
        known = [self._candidates[i] for i in wanted if i in self._candidates]
        rest = [c for c in self._candidates.values() if c not in known] if len(known) < limit else []
        return suggestions([*known, *rest][:limit])


def _is_phrasing(asked: str, match: Match) -> bool:
    """Whether the base knows the message as it stands as one question."""
    known = match.ranking[0].candidate.phrasings if match.ranking else ()
    return words(normalise(asked)) in (words(normalise(phrasing)) for phrasing in known)


def _only(experts: Collection[str]) -> str:
    return next(iter(experts)) if len(experts) == 1 else ""
