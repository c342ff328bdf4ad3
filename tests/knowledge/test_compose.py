"""What a reply holds: who says it, through whom, where it stands, and what of it is dated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from knowledge.answerer import Answerer
from knowledge.answers import Answer, Outcome
from knowledge.compose import sureness
from knowledge.model import KnowledgeBase, Locator

Parts = Callable[..., KnowledgeBase]


def opened(answerer: Answerer, candidate_id: str, asked: str = "") -> Answer:
    answer = answerer.open(candidate_id, asked=asked)
    assert answer is not None
    return answer


def test_an_entry_with_its_claims_in_order(river_answerer: Answerer) -> None:
    answer = opened(river_answerer, "entry:why-flood")
    assert answer.outcome is Outcome.ANSWER
    assert answer.title == "Why does the river flood?"
    assert answer.body == "Snow melts in spring, and the old dam leaks."
    assert [a.claim_id for a in answer.attributions] == ["melt", "dam"]


def test_an_attribution_says_who_through_whom_and_where(river_answerer: Answerer) -> None:
    dam = opened(river_answerer, "claim:dam").attributions[0]
    assert dam.expert.name == "Ada Marsh"
    assert dam.reported_by is not None
    assert dam.reported_by.name == "The Valley Herald"
    assert dam.quote == "it comes down all at once"
    assert dam.note == "The year is not stated."
    assert (dam.source.title, dam.section.title, dam.paragraph) == ("The river report", "Causes of floods", 2)
    assert dam.author.name == "Cy Wren"


def test_what_is_not_quoted_or_reported_is_not_shown_so(river_answerer: Answerer) -> None:
    melt = opened(river_answerer, "claim:melt").attributions[0]
    assert melt.reported_by is None
    assert melt.quote == ""


def test_an_answer_that_speaks_of_its_own_time_says_so(river_answerer: Answerer) -> None:
    assert opened(river_answerer, "claim:dam").caveat == (
        "At the time of the article (between May and July 2020), not today."
    )
    assert opened(river_answerer, "claim:melt").caveat == ""


def test_a_stated_date_stands_in_the_caveat(river: KnowledgeBase, with_parts: Parts) -> None:
    dated = with_parts(river, sources=[replace(river.sources["river"], published="4 May 2020")])
    assert "(4 May 2020)" in opened(Answerer.build(dated, encoder=None), "claim:dam").caveat


def test_the_understood_question_is_shown_only_where_it_differs(river_answerer: Answerer) -> None:
    assert opened(river_answerer, "entry:why-flood").understood == ""
    assert opened(river_answerer, "entry:why-flood", "why does the RIVER flood").understood == ""
    assert opened(river_answerer, "entry:why-flood", "what causes the floods").understood == "Why does the river flood?"


@pytest.mark.parametrize(
    ("candidate", "body"),
    [
        ("said:ada-marsh", "2 statements in the base from Ada Marsh."),
        ("said:fishermen", "1 statement in the base from the fishermen."),
        ("topic:fish", "1 statement in the base about Fish."),
        (
            "who:ada-marsh",
            "Ada Marsh: geologist, Hill Institute (“The river report”, Causes of floods, paragraph 1). "
            "2 statements in the base.",
        ),
        (
            "who:fishermen",
            "The fishermen: a group that the source does not name further. The report names none of them. "
            "1 statement in the base.",
        ),
        ("who:cy-wren", "Cy Wren: author of the report."),
    ],
)
def test_answers_nobody_wrote_read_well(river_answerer: Answerer, candidate: str, body: str) -> None:
    assert opened(river_answerer, candidate).body == body


def test_who_somebody_is_names_no_paragraph_where_none_is_counted(river: KnowledgeBase, with_parts: Parts) -> None:
    ada = replace(river.experts["ada-marsh"], described=Locator("river", "causes"))
    base = with_parts(river, experts=[ada, *(e for e in river.experts.values() if e.id != ada.id)])
    body = opened(Answerer.build(base, encoder=None), "who:ada-marsh").body
    assert body.startswith("Ada Marsh: geologist, Hill Institute (“The river report”, Causes of floods). ")


def test_related_questions_are_the_named_ones_then_those_on_the_same_claims(river_answerer: Answerer) -> None:
    assert [r.candidate_id for r in opened(river_answerer, "entry:why-flood").related] == ["entry:trout-back"]
    assert [r.candidate_id for r in opened(river_answerer, "said:ada-marsh").related] == ["entry:why-flood"]
    assert opened(river_answerer, "claim:bridge").related == ()


def test_related_questions_never_lead_back_to_the_same_answer(shipped: Answerer) -> None:
    for entry in shipped.base.entries:
        related = [r.candidate_id for r in opened(shipped, f"entry:{entry}").related]
        assert f"entry:{entry}" not in related
        assert len(related) == len(set(related)) <= 5
        assert all(shipped.open(candidate_id) for candidate_id in related)


def test_no_shipped_answer_lacks_a_voice(shipped: Answerer) -> None:
    for claim in shipped.base.claims:
        answer = opened(shipped, f"claim:{claim}")
        assert answer.attributions[0].expert.name
        assert answer.attributions[0].author.name == "Perizat Risbek Kizi"


@pytest.mark.parametrize(("confidence", "word"), [(1.0, "very"), (0.9, "very"), (0.8, "quite"), (0.66, "fairly")])
def test_how_sure_in_one_word(confidence: float, word: str) -> None:
    assert sureness(confidence) == word
