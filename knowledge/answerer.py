"""One immutable snapshot of a base with its index: questions in, complete answers out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from knowledge.answers import Answer, Attribution, Suggestion
from knowledge.chitchat import chitchat
from knowledge.compose import Composer
from knowledge.derive import Candidate, candidates
from knowledge.lookup import Lookup
from knowledge.matching.building import build_matcher, overlay
from knowledge.matching.confidence import FITTED_SHARE
from knowledge.matching.encoder import Encoder
from knowledge.matching.matcher import Match, Matcher
from knowledge.matching.text import clean, content_words, normalise
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import Expert, KnowledgeBase, Topic

MAX_SUGGESTIONS = 3
MAX_QUESTION = 1000


@dataclass(frozen=True, slots=True)
class Policy:
    """When to answer, when to suggest.

    `wrong_costs`: one wrong answer costs as much as this many missed ones. `off_base`: the share of questions
    that the base does not answer, above 0 and below 1, at which confidences are meant. `suggest_at`: the closest
    questions are offered from this probability that the first is right, below it the bot says that it has
    nothing. `unprompted_at`: an answer nobody asked the bot for, in a channel that the configuration names.
    """

    wrong_costs: float = 3.0
    off_base: float = FITTED_SHARE
    suggest_at: float = 0.1
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
        self._lookup = Lookup(base, matcher.candidates)

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

    def overlaid(self, base: KnowledgeBase, *, cache: VectorCache | None = None) -> Answerer:
        """A snapshot of a base that differs a little from this one; what both hold is shared.

        Takes tens of milliseconds of CPU for a few hundred changed candidates: call it off the event loop.
        """
        return Answerer(base, overlay(self.matcher, base, candidates(base), cache=cache), self.policy)

    def ask(self, question: str) -> Answer:
        """The reply to a question: an answer, up to three suggestions, or a plain "not in the base"."""
        asked = clean(question)
        talk = chitchat(asked)
        if talk is not None:
            return self._compose.chitchat(talk, asked, self._examples())
        if not asked or len(asked) > MAX_QUESTION:
            return self._compose.abstain(asked, 0.0, ())
        match = self.matcher.rank(asked)
        if match.confidence >= self.policy.answer_at:
            return self._answer(asked, match)
        if match.confidence >= self.policy.suggest_at:
            return self._compose.suggest(asked, match.confidence, self._closest(match), gap=match.gap)
        return self._compose.abstain(asked, match.confidence, ())

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
        if not normalise(text):
            return self._examples(limit)
        return self._lookup.questions(text, self.matcher.spelt_like(text), limit)

    def complete_experts(self, text: str, limit: int = 25) -> tuple[Expert, ...]:
        """Experts whose name, alias or affiliation a half-typed text may mean."""
        return self._lookup.experts(text, limit)

    def complete_topics(self, text: str, limit: int = 25) -> tuple[Topic, ...]:
        """Topics that a half-typed text may mean."""
        return self._lookup.topics(text, limit)

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

    def _answer(self, asked: str, match: Match) -> Answer:
        best = match.ranking[0]
        return self._compose.answer(best.candidate, asked=asked, confidence=match.confidence)

    def _closest(self, match: Match) -> tuple[Suggestion, ...]:
        return _suggestions(scored.candidate for scored in match.distinct(MAX_SUGGESTIONS))

    def _examples(self, limit: int = MAX_SUGGESTIONS) -> tuple[Suggestion, ...]:
        wanted = [f"entry:{entry}" for entry in self.base.info.examples]
        known = [self._candidates[i] for i in wanted if i in self._candidates]
        rest = [c for c in self._candidates.values() if c not in known] if len(known) < limit else []
        return _suggestions([*known, *rest][:limit])


def _suggestions(found: Iterable[Candidate]) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(c.id, c.question) for c in found)
