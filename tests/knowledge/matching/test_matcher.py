"""One question in, the right candidate out: by name, by alias, with typos, or rightly none."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from knowledge.answerer import Answerer
from knowledge.answers import Outcome
from knowledge.derive import candidates
from knowledge.matching.building import build_matcher
from knowledge.matching.encoder import Encoder
from knowledge.matching.match import Match
from knowledge.matching.matcher import SHORTLIST
from knowledge.matching.vectorcache import VectorCache
from knowledge.model import Claim, Expert, ExpertKind, KnowledgeBase, Locator, Topic

Grow = Callable[..., KnowledgeBase]

LAKE = Expert("bea-lake", "Bea Lake", ExpertKind.PERSON, "engineer", "Water Board", aliases=("Beatrix",))
GAZETTE = Expert("gazette", "Hill Gazette", ExpertKind.OUTLET)
WALL = Claim(
    "wall",
    "A stone wall along the bank would keep the market dry.",
    "bea-lake",
    Locator("river", "causes", 2, "a wall"),
    topics=("walls",),
    reported_by="gazette",
)
WALLS = Topic("walls", "Stone walls", ("dykes",))


@pytest.fixture(scope="module")
def answerer(river: KnowledgeBase, matching: Encoder | None) -> Answerer:
    """The small base, matched with sentence vectors and by spelling alone."""
    return Answerer.build(river, encoder=matching)


@pytest.fixture(scope="module", params=["gaps", "no gaps"])
def grown(
    river: KnowledgeBase, with_more: Grow, with_parts: Grow, matching: Encoder | None, request: pytest.FixtureRequest
) -> Answerer:
    """The small base with an expert, an outlet, a claim and a topic added, and no entry about them."""
    base = with_more(river, experts=[LAKE, GAZETTE], claims=[WALL], topics=[WALLS])
    return Answerer.build(base if request.param == "gaps" else with_parts(base, gaps=[]), encoder=matching)


def first(match: Match) -> str:
    return match.ranking[0].candidate.id


@pytest.mark.parametrize(
    ("question", "candidate"),
    [
        ("what did Bea Lake say", "said:bea-lake"),
        ("what did Beatrix say?", "said:bea-lake"),
        ("who is Bea Lake", "who:bea-lake"),
        ("what does the expert from the Water Board think", "said:bea-lake"),
        ("what does the engineer say", "said:bea-lake"),
        ("what did the Hill Gazette report", "said:gazette"),
        ("what does the article say about stone walls", "topic:walls"),
        ("a stone wall along the bank would keep the market dry?", "claim:wall"),
    ],
)
def test_what_was_added_can_be_asked_at_once(grown: Answerer, question: str, candidate: str) -> None:
    answer = grown.ask(question)
    assert answer.outcome is Outcome.ANSWER
    assert answer.candidate_id == candidate
    assert [attribution.claim_id for attribution in answer.attributions] == ["wall"]


def test_before_it_was_added_it_was_not_answered(answerer: Answerer) -> None:
    for question in ("what did Bea Lake say", "what does the article say about stone walls"):
        assert answerer.ask(question).outcome is not Outcome.ANSWER


@pytest.mark.parametrize(
    "question",
    [
        "what did Ada Marsh say",
        "What did Marsh say?",
        "what did Doctor Flood say",
        "WHAT DID ADA MARSH SAY",
        "wut did ada marsh say",
        "<@123456789012345678> what did Ada Marsh say",
        "what did Ada Marsch say",
    ],
)
def test_a_name_in_every_spelling(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question)
    assert answer.outcome is Outcome.ANSWER
    assert answer.candidate_id == "said:ada-marsh"


@pytest.mark.parametrize(
    "question",
    [
        "why does the river flood",
        "y does the rivver flod??",
        "Reason for the high water?",
        "<@!42> what causes the floods https://example.org",
        "whyyyy does the river flood",
    ],
)
def test_an_entry_in_every_spelling(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question)
    assert answer.outcome is Outcome.ANSWER
    assert answer.candidate_id == "entry:why-flood"


@pytest.mark.parametrize(
    ("question", "claim"),
    [
        ("The wooden bridge cost forty thousand crowns?", "bridge"),
        ("it comes down all at once", "dam"),
        ("melting snow raises the river every spring, right?", "melt"),
    ],
)
def test_a_question_nearer_to_a_claim_than_to_any_entry(answerer: Answerer, question: str, claim: str) -> None:
    answer = answerer.ask(question)
    assert answer.outcome is Outcome.ANSWER
    assert answer.candidate_id == f"claim:{claim}"


@pytest.mark.parametrize(
    "question",
    [
        "How many people did the flood kill?",
        "how many ppl did the flood kill",
        "number of flood victims",
        "why does the river flood in France",
        "did the trout come back in Japan",
        "who is the president of France",
        "what did Mo Mute say",
        "what is the best pizza in town",
    ],
)
def test_what_the_base_does_not_hold_is_not_answered(answerer: Answerer, question: str) -> None:
    assert answerer.ask(question).outcome is not Outcome.ANSWER


def test_a_known_gap_is_recognised(answerer: Answerer) -> None:
    assert answerer.match("how many people did the flood kill").gap
    assert not answerer.match("why does the river flood").gap


def test_ranking_is_ordered_short_and_made_of_the_base(answerer: Answerer) -> None:
    match = answerer.match("what did Ada Marsh say about floods")
    scores = [scored.score for scored in match.ranking]
    assert scores == sorted(scores, reverse=True)
    assert match.confidence == scores[0]
    assert all(0.0 <= score <= 1.0 for score in scores)
    ids = [scored.candidate.id for scored in match.ranking]
    assert len(ids) == len(set(ids)) <= SHORTLIST
    assert set(ids) <= {candidate.id for candidate in candidates(answerer.base)}


def test_distinct_candidates_differ_in_claims_and_question(shipped: Answerer) -> None:
    for question in ("what do western officials say", "liik on ideology", "carnegie on trade", "russia and china"):
        distinct = [scored.candidate for scored in shipped.match(question).distinct(3)]
        assert 1 <= len(distinct) <= 3
        for one, other in itertools.combinations(distinct, 2):
            assert one.question != other.question
            assert set(one.claims) != set(other.claims)


def same(one: Match, other: Match) -> bool:
    return one.ranking == other.ranking and one.confidence == other.confidence and one.gap == other.gap


QUESTIONS = ("why does the river flood", "what did Marsh say about the dam", "zebra", "how many died", "")


def test_the_same_question_is_matched_the_same_again_and_by_another_index(
    river: KnowledgeBase, answerer: Answerer, matching: Encoder | None
) -> None:
    another = build_matcher(river, candidates(river), encoder=matching)
    for question in QUESTIONS:
        assert same(answerer.match(question), answerer.match(question))
        assert same(answerer.match(question), another.rank(question))


def test_many_threads_get_what_one_gets(shipped: Answerer) -> None:
    alone = [shipped.ask(question) for question in QUESTIONS]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(shipped.ask, QUESTIONS * 4)) == alone * 4


def test_an_index_from_the_cache_matches_like_the_one_that_wrote_it(
    river: KnowledgeBase, matching: Encoder | None, tmp_path: Path
) -> None:
    written, read = (
        build_matcher(river, candidates(river), encoder=matching, cache=VectorCache(tmp_path)) for _ in range(2)
    )
    for question in QUESTIONS:
        assert same(written.rank(question), read.rank(question))


def test_a_changed_base_is_not_matched_by_the_old_cache(
    river: KnowledgeBase, with_more: Grow, matching: Encoder | None, tmp_path: Path
) -> None:
    Answerer.build(river, encoder=matching, cache=VectorCache(tmp_path))
    base = with_more(river, experts=[LAKE, GAZETTE], claims=[WALL], topics=[WALLS])
    answerer = Answerer.build(base, encoder=matching, cache=VectorCache(tmp_path))
    assert first(answerer.match("what did Bea Lake say")) == "said:bea-lake"
    assert first(answerer.match("why does the river flood")) == "entry:why-flood"


@pytest.mark.parametrize(
    ("question", "candidate"),
    [
        ("who is Neal Tomas", "who:neil-thomas"),
        ("what did Risbek Kizi say", "said:perizat-risbek-kizi"),
        ("what did the DNI say", "said:us-intelligence-director"),
        ("what did the US spy chief say", "said:us-intelligence-director"),
        ("what does the expert from ECFR think", "said:kadri-liik"),
        ("wat did WSJ report??", "said:wall-street-journal"),
        ("what does the article say about Putin", "topic:vladimir-putin"),
        ("what does the article say about oil?", "topic:energy"),
    ],
)
def test_the_shipped_base_by_alias(shipped: Answerer, question: str, candidate: str) -> None:
    answer = shipped.ask(question)
    assert answer.outcome is Outcome.ANSWER
    wanted = shipped.open(candidate)
    assert wanted is not None
    assert {a.claim_id for a in answer.attributions} == {a.claim_id for a in wanted.attributions}
