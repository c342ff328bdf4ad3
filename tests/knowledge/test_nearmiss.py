"""A question about somebody of the base on something that it has nothing of theirs on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.answerer import Answerer, Policy
from knowledge.answers import Answer, Outcome
from knowledge.matching.encoder import Encoder
from knowledge.model import KnowledgeBase
from knowledge.nearmiss import as_asked

Parts = Callable[..., KnowledgeBase]

# Never sure enough to answer, and most questions are off base.
MISSING = Policy(wrong_costs=1e9, off_base=0.9)


@pytest.fixture(scope="module")
def answerer(river: KnowledgeBase) -> Answerer:
    return Answerer.build(river, encoder=None, policy=MISSING)


def near(answerer: Answerer, question: str) -> Answer:
    answer = answerer.ask(question)
    assert answer.outcome is Outcome.SUGGEST
    assert answer.attributions == ()
    return answer


def ids(answer: Answer) -> list[str]:
    return [item.candidate_id for item in answer.suggestions]


def test_it_says_what_is_missing_and_offers_what_there_is(answerer: Answerer) -> None:
    answer = near(answerer, "What does Doctor Flood think about submarines?")
    assert answer.body == "The base has nothing from Ada Marsh on “submarines”. From Ada Marsh it has:"
    assert "said:ada-marsh" in ids(answer)
    assert len(ids(answer)) == 3
    assert all("ada-marsh" in i or i in ("claim:melt", "claim:dam", "entry:why-flood") for i in ids(answer))
    assert all(answerer.open(i) for i in ids(answer))


def test_words_are_told_as_the_member_wrote_them(answerer: Answerer) -> None:
    answer = near(
        answerer, "<@123456789012345678> hey, Ada Marsh on NUCLEAR Submarines, the @everyone and **Zeppelins**??"
    )
    assert "on “NUCLEAR Submarines” or “Zeppelins”." in answer.body
    assert "@everyone" not in answer.body
    assert "123456789" not in answer.body
    assert "*" not in answer.body


def test_words_that_the_expert_has_are_not_said_to_be_missing(answerer: Answerer) -> None:
    body = near(answerer, "does Ada Marsh say that melting snow and the dam harm submarines").body
    for held in ("snow", "melting", "dam"):
        assert held not in body
    assert "“submarines”" in body or "“harm submarines”" in body


def test_no_more_than_six_words_are_told(answerer: Answerer) -> None:
    body = near(
        answerer, "Ada Marsh on zebras giraffes koalas walruses penguins lemurs ocelots tapirs " + "x" * 60
    ).body
    assert "“zebras giraffes koalas walruses penguins lemurs”." in body


def test_somebody_who_only_is_described(answerer: Answerer) -> None:
    answer = near(answerer, "What does Cy Wren think about submarines?")
    assert answer.body == "The base has nothing from Cy Wren on “submarines”. About Cy Wren it has:"
    assert ids(answer) == ["who:cy-wren"]


def test_somebody_of_whom_there_is_nothing_is_not_offered(answerer: Answerer) -> None:
    assert "nothing from" not in answerer.ask("What does Mo Mute think about submarines?").body


def test_an_institution_has_what_its_people_say(answerer: Answerer) -> None:
    answer = near(answerer, "What does the Hill Institute think about submarines?")
    assert answer.body == "The base has nothing from Hill Institute on “submarines”. From Hill Institute it has:"
    assert "said:hill-institute" in ids(answer)


def test_several_people_or_none_are_as_before(answerer: Answerer) -> None:
    for question in ("What do Ada Marsh and Cy Wren think about submarines?", "who thinks about submarines"):
        assert "nothing from" not in answerer.ask(question).body


def test_a_question_that_the_base_may_answer_offers_that_persons_first(river: KnowledgeBase) -> None:
    doubtful = Answerer.build(river, encoder=None, policy=Policy(wrong_costs=1e9, suggest_at=0.0))
    answer = near(doubtful, "trout in the valley: what about the dam, Ada Marsh")
    assert answer.body.endswith("Did you mean one of these?")
    theirs = [i in ("claim:melt", "claim:dam", "entry:why-flood", "topic:flooding") or "ada" in i for i in ids(answer)]
    assert theirs == sorted(theirs, reverse=True)
    assert theirs[0]


def test_an_answered_question_stays_answered(river_answerer: Answerer) -> None:
    assert river_answerer.ask("What did Ada Marsh say?").outcome is Outcome.ANSWER


@pytest.mark.parametrize(
    ("question", "unheld", "told"),
    [
        ("Ada's view of Taiwan's navy", {"taiwan", "navy"}, ("Taiwan's navy",)),
        ("what he'd do with submarines", {"hed", "submarines"}, ("submarines",)),
        ("her opinion on submarines", {"opinion", "submarines"}, ("submarines",)),
        ("a treaty-based pact", {"treaty", "based"}, ("treaty-based",)),
        ("subs/dams", {"subs"}, ("subs",)),
        ("whatever ppl say abt subs", {"subs"}, ("subs",)),
        ("the US and snow", {"america"}, ("US",)),
        ("subs. Boats", {"subs", "boats"}, ("subs", "Boats")),
        ("_subs_ || `boats`", {"subs", "boats"}, ("subs", "boats")),
        ("subs subs subs", {"subs"}, ("subs",)),
        ("nothing of it", {"subs"}, ()),
        ("", {"subs"}, ()),
    ],
)
def test_words_as_asked(river_answerer: Answerer, question: str, unheld: set[str], told: tuple[str, ...]) -> None:
    assert as_asked(question, unheld, river_answerer.matcher.read) == told


@pytest.mark.parametrize(
    ("question", "name", "word"),
    [
        ("What does Neil Thomas say about Taiwan?", "Neil Thomas", "“Taiwan”"),
        ("When was the Carnegie Moscow Center founded?", "Carnegie Moscow Center", "“founded”"),
        ("is liik from estonia or what", "Kadri Liik", "“estonia”"),
        (
            "What does Kofman estimate about the number of Russian nuclear warheads?",
            "Michael Kofman",
            "nuclear warheads”",
        ),
        ("Defense News on Turkish drones", "Defense News", "“Turkish drones”"),
        ("Eurasia Group on Russo-Indian arms sales", "Eurasia Group", "“Russo-Indian”"),
    ],
)
def test_near_misses_on_the_shipped_base(shipped: Answerer, question: str, name: str, word: str) -> None:
    answer = near(shipped, question)
    assert answer.body.startswith(f"The base has nothing from {name} on ")
    assert word in answer.body
    assert answer.body.endswith(f"From {name} it has:")
    assert 1 <= len(ids(answer)) <= 3


def test_matching_by_spelling_and_by_meaning_say_the_same(
    river: KnowledgeBase, matching: Encoder | None, answerer: Answerer
) -> None:
    other = Answerer.build(river, encoder=matching, policy=MISSING)
    question = "What does Ada Marsh think about submarines?"
    assert near(other, question).body == near(answerer, question).body
