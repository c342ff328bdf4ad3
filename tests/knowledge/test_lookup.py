"""Finding people, topics, questions and claims as people half type and misspell them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.answerer import Answerer
from knowledge.derive import candidates
from knowledge.lookup import Lookup
from knowledge.model import Expert, ExpertKind, KnowledgeBase


@pytest.fixture(scope="module")
def lookup(river: KnowledgeBase) -> Lookup:
    return Lookup(river, candidates(river))


@pytest.mark.parametrize(
    ("text", "expert"),
    [
        ("ada-marsh", "ada-marsh"),
        ("Ada Marsh", "ada-marsh"),
        ("  ada  MARSH ", "ada-marsh"),
        ("Ada Marsch", "ada-marsh"),
        ("marsh", "ada-marsh"),
        ("doctor flood", "ada-marsh"),
        ("geologist", "ada-marsh"),
        ("VH", "herald"),
        ("the valley herlad", "herald"),
        ("Hill Institute", "hill-institute"),
    ],
)
def test_an_expert_by_any_name(lookup: Lookup, text: str, expert: str) -> None:
    found = lookup.expert(text)
    assert found is not None
    assert found.id == expert


@pytest.mark.parametrize("text", ["", "?!", "Napoleon Bonaparte", "zz", "x" * 500])
def test_nobody_by_a_strange_name(lookup: Lookup, text: str) -> None:
    assert lookup.expert(text) is None
    assert lookup.topic(text) is None


def test_a_topic_by_any_name(lookup: Lookup) -> None:
    assert [t and t.id for t in map(lookup.topic, ("flooding", "high water", "Floding", "SALMON"))] == [
        "flooding",
        "flooding",
        "flooding",
        "fish",
    ]


def test_completion_offers_everybody_before_anything_is_typed(lookup: Lookup, river: KnowledgeBase) -> None:
    assert [e.id for e in lookup.experts("", 25)] == list(river.experts)
    assert [t.id for t in lookup.topics(" ", 25)] == list(river.topics)
    assert len(lookup.experts("", 2)) == 2


@pytest.mark.parametrize(
    ("typed", "first"),
    [("ad", "ada-marsh"), ("vall", "herald"), ("fis", "fishermen"), ("inst", "hill-institute")],
)
def test_completion_knows_names_by_their_beginning(lookup: Lookup, typed: str, first: str) -> None:
    found = [e.id for e in lookup.experts(typed, 25)]
    assert found[0] == first
    assert len(found) == len(set(found))


def test_completion_never_exceeds_the_limit(river: KnowledgeBase, with_more: Callable[..., KnowledgeBase]) -> None:
    crowd = [Expert(f"ann-{i}", f"Ann {i}", ExpertKind.PERSON) for i in range(40)]
    base = with_more(river, experts=crowd)
    crowded = Lookup(base, candidates(base))
    assert len(crowded.experts("ann", 25)) == 25
    assert len(crowded.experts("", 25)) == 25


def test_questions_are_found_by_any_phrasing_and_shown_as_the_base_asks_them(river_answerer: Answerer) -> None:
    for typed in ("why does", "reason for the hi", "whta causes the floods"):
        best = river_answerer.complete(typed, 5)[0]
        assert (best.candidate_id, best.question) == ("entry:why-flood", "Why does the river flood?")
    assert len(river_answerer.complete("what did", 2)) == 2


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("stronng partner", "How strong is the partnership between China and Russia?"),
        ("what did kof", "What did Michael Kofman say?"),
        ("why are they cl", "Why are China and Russia growing closer?"),
    ],
)
def test_a_half_typed_question_is_guessed_first(shipped: Answerer, typed: str, question: str) -> None:
    offered = [suggestion.question for suggestion in shipped.complete(typed, 25)]
    assert offered[0] == question
    assert len(set(offered)) == len(offered) == 25


def test_claims_about_a_text_hold_all_of_its_words(lookup: Lookup, river: KnowledgeBase) -> None:
    def found(text: str) -> list[str]:
        return [claim.id for claim in lookup.claims(text, river.claims.values())]

    assert found("dam") == ["dam"]
    assert found("the leaky dam") == ["dam"]
    assert set(found("river")) == {"melt"}
    assert found("mountain snow") == []
    assert found("Melltin snow") == ["melt"]
    assert set(found("what did Marsh say about floods")) == {"melt", "dam"}


@pytest.mark.parametrize(
    ("text", "expert"),
    [
        ("kofmn", "michael-kofman"),
        ("WSJ", "wall-street-journal"),
        ("Eurasia Group", "eurasia-group"),
        ("European Council on Foreign Relations", "european-council-on-foreign-relations"),
        ("CNA", "cna"),
        ("the author", "perizat-risbek-kizi"),
    ],
)
def test_the_shipped_base_by_name(shipped: Answerer, text: str, expert: str) -> None:
    found = shipped.find_expert(text)
    assert found is not None
    assert found.id == expert
