"""A question in, the whole reply out: answered, suggested, politely declined, or small talk."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.answerer import Answerer, Policy
from knowledge.answers import Answer, Outcome
from knowledge.matching.encoder import Encoder
from knowledge.model import Entry, KnowledgeBase, PackInfo

Parts = Callable[..., KnowledgeBase]


@pytest.mark.parametrize(
    ("question", "candidate"),
    [
        ("How strong is the partnership?", "entry:how-strong-is-the-partnership"),
        ("how strong is the partnrship between china and rusia", "entry:how-strong-is-the-partnership"),
        ("<@123456789012345678> why are China and Russia growing closer?", "entry:why-they-grow-closer"),
        ("do u know y china & russia r growing closer pls", "entry:why-they-grow-closer"),
        ("ROLE OF THE US", "entry:role-of-the-united-states"),
        ("what did Koffman say", "said:michael-kofman"),
        ("who is Kadri Liik", "who:kadri-liik"),
        ("what is CNA", "who:cna"),
        ("what does the expert from the Eurasia Group think", "said:neil-thomas"),
        ("what did the WSJ report", "said:wall-street-journal"),
        ("what does the article say about energy", "topic:energy"),
    ],
)
def test_the_shipped_base_answers(shipped: Answerer, question: str, candidate: str) -> None:
    answer = shipped.ask(question)
    assert answer.outcome is Outcome.ANSWER
    assert answer.candidate_id == candidate
    assert answer.attributions or candidate == "who:cna"
    assert answer.sureness


@pytest.mark.parametrize(
    "question",
    [
        "who is the president of France",
        "What does Neil Thomas say about Taiwan?",
        "does Japan trust Beijing",
        "does Moscow trust Tokyo",
        "why are China and India growing closer",
        "what role does Japan play",
        "what does the article say about Ukraine",
        "best pizza in town",
        "!play never gonna give you up",
        "東京はどこですか",
    ],
)
def test_what_the_shipped_base_does_not_hold_gets_no_answer(shipped: Answerer, question: str) -> None:
    answer = shipped.ask(question)
    assert answer.outcome in (Outcome.SUGGEST, Outcome.ABSTAIN)
    assert answer.attributions == ()
    assert answer.sureness == ""


@pytest.mark.parametrize("question", ["", "   ", "\u200b", "???", "😀", "<@1>", "https://example.org", "x" * 1001])
def test_nothing_to_go_by_gets_no_answer(shipped: Answerer, question: str) -> None:
    answer = shipped.ask(question)
    assert answer.outcome is Outcome.ABSTAIN
    assert "It is about how close China and Russia are" in answer.body


def test_small_talk_says_what_the_bot_knows_and_offers_questions(shipped: Answerer) -> None:
    answer = shipped.ask("Hello!")
    assert answer.outcome is Outcome.CHITCHAT
    assert answer.body.startswith("Hello! I answer questions about how close China and Russia are")
    assert [s.candidate_id for s in answer.suggestions] == [f"entry:{e}" for e in shipped.base.info.examples[:3]]
    assert shipped.ask("thanks").suggestions == ()


def test_help_is_not_addressed_to_a_question(shipped: Answerer) -> None:
    answer = shipped.help_answer()
    assert answer.asked == ""
    assert answer.body.startswith("I answer questions about")
    assert len(answer.suggestions) == 3


def told(answerer: Answerer, question: str) -> Answer:
    answer = answerer.ask(question)
    assert answer.outcome is Outcome.SUGGEST
    return answer


def test_doubt_offers_at_most_three_questions_that_can_be_told_apart(river: KnowledgeBase, shipped: Answerer) -> None:
    never = Policy(wrong_costs=1e9, suggest_at=0.0)
    doubtful = Answerer.build(river, encoder=None, policy=never)
    for question in ("what about the floods, Ada Marsh", "why does the river flood", "tell me about fish"):
        shown = [s.question for s in told(doubtful, question).suggestions]
        assert 1 <= len(shown) <= 3
        assert len(set(shown)) == len(shown)
        assert all(doubtful.open(s.candidate_id) for s in told(doubtful, question).suggestions)


def test_a_known_gap_is_said_to_be_one(river: KnowledgeBase) -> None:
    doubtful = Answerer.build(river, encoder=None, policy=Policy(wrong_costs=1e9, suggest_at=0.0))
    assert told(doubtful, "how many people did the flood kill").body.startswith("The source does not say.")
    assert not told(doubtful, "why does the river flood").body.startswith("The source does not say.")


def test_the_policy_decides_what_is_answered(river: KnowledgeBase) -> None:
    question = "why does the river flood"
    assert Answerer.build(river, encoder=None).ask(question).outcome is Outcome.ANSWER
    strict = Policy(wrong_costs=1e9, suggest_at=1.01)
    assert Answerer.build(river, encoder=None, policy=strict).ask(question).outcome is Outcome.ABSTAIN


def test_a_chosen_suggestion_is_answered_without_doubt(shipped: Answerer) -> None:
    answer = shipped.open("entry:why-they-grow-closer", asked="why friends")
    assert answer is not None
    assert (answer.outcome, answer.confidence, answer.asked) == (Outcome.ANSWER, 1.0, "why friends")
    assert answer.understood == answer.title


@pytest.mark.parametrize("candidate", ["", "entry:", "entry:no-such", "nonsense", "who:entry:x", "said:mo-mute"])
def test_what_no_longer_exists_opens_as_nothing(river_answerer: Answerer, candidate: str) -> None:
    assert river_answerer.open(candidate) is None


def test_all_that_somebody_says(river_answerer: Answerer) -> None:
    answer = river_answerer.open("said:ada-marsh")
    assert answer is not None
    assert [a.claim_id for a in answer.attributions] == ["melt", "dam"]
    assert river_answerer.open("said:mo-mute") is None


def test_completion_shows_the_examples_first_then_what_is_typed(shipped: Answerer) -> None:
    examples = shipped.complete("")
    assert len(examples) == 25
    assert [s.candidate_id for s in examples[:8]] == [f"entry:{e}" for e in shipped.base.info.examples]
    assert len({s.candidate_id for s in examples}) == 25
    assert shipped.complete("how strong is")[0].candidate_id == "entry:how-strong-is-the-partnership"
    assert shipped.complete("role of ideolgy")[0].candidate_id == "entry:role-of-ideology"
    assert len(shipped.complete("what", 5)) == 5


def test_claims_by_topic_expert_and_text_together(river_answerer: Answerer) -> None:
    def ids(**by: str) -> list[str]:
        return [a.claim_id for a in river_answerer.claims(**by)]

    assert ids() == ["melt", "dam", "trout", "bridge"]
    assert ids(topic="flooding") == ["melt", "dam"]
    assert ids(expert="herald") == ["dam", "bridge"]
    assert ids(topic="flooding", expert="herald") == ["dam"]
    assert ids(text="snow") == ["melt"]
    assert ids(text="the of") == ["melt", "dam", "trout", "bridge"]
    assert ids(expert="nobody") == []
    assert ids(text="submarine") == []


BARE = PackInfo("bare", "Bare", "nothing yet")
NOTHING = ("experts", "topics", "claims", "entries", "gaps")


@pytest.mark.parametrize("kept", ["", "gaps", "experts", "topics"])
def test_a_base_with_nothing_to_say_answers_nothing(
    river: KnowledgeBase, with_parts: Parts, matching: Encoder | None, kept: str
) -> None:
    bare = with_parts(river, **{name: () for name in NOTHING if name != kept})
    answerer = Answerer.build(bare, encoder=matching)
    assert answerer.ask("why does the river flood").outcome is not Outcome.ANSWER
    assert answerer.complete("why") == () or kept == "experts"
    assert answerer.claims(text="river") == ()
    assert answerer.help_answer().outcome is Outcome.CHITCHAT


def test_entries_alone_are_enough(with_parts: Parts, matching: Encoder | None) -> None:
    base = with_parts(KnowledgeBase(BARE), entries=[Entry("colour", "Which colour has the boat?", "It is green.")])
    answer = Answerer.build(base, encoder=matching).ask("which colour has the boat")
    assert (answer.outcome, answer.body) == (Outcome.ANSWER, "It is green.")
