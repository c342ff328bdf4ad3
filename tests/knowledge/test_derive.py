"""What a base can be asked without anybody writing an entry for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.answerer import Answerer
from knowledge.derive import Candidate, CandidateKind, candidates
from knowledge.model import Claim, Expert, ExpertKind, KnowledgeBase, Locator, Topic

Grow = Callable[..., KnowledgeBase]


def by_id(base: KnowledgeBase) -> dict[str, Candidate]:
    return {candidate.id: candidate for candidate in candidates(base)}


@pytest.mark.parametrize(
    ("candidate", "question"),
    [
        ("entry:why-flood", "Why does the river flood?"),
        ("claim:melt", "What does Ada Marsh say about Flooding?"),
        ("claim:bridge", "What does The Valley Herald report?"),
        ("claim:trout", "What do the fishermen say about Fish?"),
        ("said:ada-marsh", "What did Ada Marsh say?"),
        ("said:herald", "What did The Valley Herald report?"),
        ("said:fishermen", "What did the fishermen say?"),
        ("who:ada-marsh", "Who is Ada Marsh?"),
        ("who:fishermen", "Who are the fishermen?"),
        ("who:herald", "What is The Valley Herald?"),
        ("topic:flooding", "What does the article say about Flooding?"),
    ],
)
def test_questions_read_like_english(river: KnowledgeBase, candidate: str, question: str) -> None:
    assert by_id(river)[candidate].question == question


def test_everything_that_can_be_asked_has_a_stable_id_of_its_own(river: KnowledgeBase, shipped: Answerer) -> None:
    for base in (river, shipped.base):
        ids = [candidate.id for candidate in candidates(base)]
        assert len(ids) == len(set(ids))
        assert max(map(len, ids)) <= 80
        assert ids == [candidate.id for candidate in candidates(base)]


def test_entries_come_first_and_keep_their_phrasings(river: KnowledgeBase) -> None:
    first = candidates(river)[0]
    assert first.kind is CandidateKind.ENTRY
    assert first.phrasings == ("Why does the river flood?", "what causes the floods", "reason for the high water")
    assert first.claims == ("melt", "dam")


def test_whoever_has_nothing_to_say_cannot_be_asked(river: KnowledgeBase) -> None:
    known = by_id(river)
    assert "said:mo-mute" not in known
    assert "who:mo-mute" not in known
    assert "topic:taxes" not in known


def test_an_institution_without_statements_speaks_through_its_people(river: KnowledgeBase, with_more: Grow) -> None:
    assert by_id(river)["said:hill-institute"].claims == ("melt", "dam")
    own = Claim("own", "Hills are high.", "hill-institute", Locator("river", "opening", 1, "hills"))
    assert by_id(with_more(river, claims=[own]))["said:hill-institute"].claims == ("own",)


def test_a_new_expert_claim_and_topic_can_be_asked_about_in_every_way(river: KnowledgeBase, with_more: Grow) -> None:
    bea = Expert("bea-lake", "Bea Lake", ExpertKind.PERSON, "engineer", "Water Board", aliases=("B. Lake",))
    wall = Claim(
        "wall",
        "A wall along the bank is cheap.",
        "bea-lake",
        Locator("river", "causes", 2, "a wall"),
        quote="walls are cheap",
        topics=("walls",),
    )
    known = by_id(with_more(river, experts=[bea], claims=[wall], topics=[Topic("walls", "Walls", ("dykes",))]))
    asked = {phrasing for candidate in known.values() for phrasing in candidate.phrasings}
    assert {
        "what did Bea Lake say",
        "what did B. Lake say",
        "who is Bea Lake",
        "where does Bea Lake work",
        "what does the expert from Water Board think",
        "what does the engineer say",
        "tell me about dykes",
        "what does the article say about dykes",
        "What does the article say about Walls?",
        "A wall along the bank is cheap.",
        "walls are cheap",
    } <= asked
    assert known["said:bea-lake"].claims == known["topic:walls"].claims == known["claim:wall"].claims == ("wall",)


def test_the_shipped_base_answers_for_every_claim_expert_and_topic(shipped: Answerer) -> None:
    base = shipped.base
    known = by_id(base)
    assert {f"claim:{claim}" for claim in base.claims} <= set(known)
    assert {f"topic:{topic}" for topic in base.topics} <= set(known)
    assert {f"who:{expert}" for expert in base.experts} <= set(known)
    assert {f"entry:{entry}" for entry in base.entries} <= set(known)
