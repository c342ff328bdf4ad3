"""Several questions in one message: told apart only where that is safe, answered one by one, never mixed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.answerer import Answerer, Policy
from knowledge.answers import Answer, Outcome
from knowledge.model import Entry, KnowledgeBase
from knowledge.plaintext import plain_text
from knowledge.several import questions_in

More = Callable[..., KnowledgeBase]

FLOOD = "Why does the river flood?"
TROUT = "Have the trout come back?"


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        (f"{FLOOD} {TROUT}", (FLOOD, TROUT)),
        ("<@1> why does the dam leak?? who is Ada Marsh", ("why does the dam leak??", "who is Ada Marsh")),
        ("why does the dam leak\nwho is Ada Marsh", ("why does the dam leak", "who is Ada Marsh")),
        ("1. why does the dam leak\n2) who is Ada Marsh", ("why does the dam leak", "who is Ada Marsh")),
        ("why does the dam leak and who is Ada Marsh?", ("why does the dam leak", "who is Ada Marsh?")),
        ("tell me about the dam, and why the river floods", ("tell me about the dam", "why the river floods")),
        (
            "I read the report. Who is Ada Marsh? Why does the dam leak?",
            ("Who is Ada Marsh?", "Why does the dam leak?"),
        ),
        (
            "The dam burst. Why did it break? Who is Ada Marsh? I ask for my school.",
            ("The dam burst. Why did it break?", "Who is Ada Marsh?"),
        ),
        ("Really? Why does the dam leak? Who is Ada?", ("Really? Why does the dam leak?", "Who is Ada?")),
        ("What does the U.S. report say? Who is Ada?", ("What does the U.S. report say?", "Who is Ada?")),
        ("Who is Ada? Who is Cy? Who is Mo? Who is Bea?", ("Who is Ada?", "Who is Cy?", "Who is Mo?")),
    ],
)
def test_questions_are_told_apart(message: str, questions: tuple[str, ...]) -> None:
    assert questions_in(message) == questions


@pytest.mark.parametrize(
    "message",
    [
        FLOOD,
        "",
        "???",
        "I read the report. Why does the dam leak?",
        "how and why does the dam leak?",
        "when and where was the flood?",
        "who built the dam and why",
        "what is the dam and what does it do?",
        "why does the river flood and what does that have to do with snow?",
        "the dam? and the bridge?",
        "why does the dam leak? And the bridge?",
        "What does Ada say about trout? What about pike?",
        "does the dam leak? right?",
        "Is the dam old? Or new?",
        "the difference between what they say and what they do",
        "what does the report say\nabout the dam?",
        "why does the dam leak\nwhen it is cold?",
        'what does "Why do dams leak? And why not?" say about snow?',
        'who wrote "The valley and how high it floods"?',
        "hello! how are you? why does the dam leak?",
        "see https://example.org/?a=b or why?c why does the dam leak?",
        "roses are red\nviolets are blue\nthe dam is leaking\nand so are you",
    ],
)
def test_what_might_be_one_question_stays_one(message: str) -> None:
    assert questions_in(message) == (" ".join(message.replace("https://example.org/?a=b", "").split()),)


@pytest.fixture(scope="module")
def answerer(river: KnowledgeBase) -> Answerer:
    return Answerer.build(river, encoder=None, policy=Policy(wrong_costs=1.0, suggest_at=0.4))


def ids(answer: Answer) -> list[str]:
    return [item.candidate_id for item in answer.related]


def test_of_two_that_the_base_answers_one_is_answered_and_the_other_offered_first(answerer: Answerer) -> None:
    answer = answerer.ask(f"{TROUT} What did Ada Marsh say?")
    assert (answer.outcome, answer.candidate_id) == (Outcome.ANSWER, "entry:trout-back")
    assert answer.besides == f"You asked two things: this answers “{TROUT}”. The other is below."
    assert ids(answer)[0] == "said:ada-marsh"
    assert [claim.claim_id for claim in answer.attributions] == ["trout"]
    assert answer.understood == ""
    assert answer.asked == f"{TROUT} What did Ada Marsh say?"
    assert answer.besides in plain_text(answer)


def test_a_question_that_is_related_anyway_is_offered_once(answerer: Answerer) -> None:
    answer = answerer.ask(f"{FLOOD} {TROUT}")
    assert answer.candidate_id == "entry:why-flood"
    assert ids(answer) == ["entry:trout-back"]


def test_three_questions_are_counted(answerer: Answerer) -> None:
    answer = answerer.ask(f"{FLOOD} {TROUT} Who is Cy Wren?")
    assert answer.besides == f"You asked three things: this answers “{FLOOD}”. The others are below."
    assert ids(answer)[:2] == ["entry:trout-back", "who:cy-wren"]


@pytest.mark.parametrize("order", [1, -1])
def test_what_the_base_has_nothing_on_is_named(answerer: Answerer, order: int) -> None:
    answer = answerer.ask(" ".join([FLOOD, "Cheapest quantum lipstick zebra?"][::order]))
    assert answer.candidate_id == "entry:why-flood"
    assert answer.besides == (
        f"You asked two things: this answers “{FLOOD}”. On “Cheapest quantum lipstick zebra?” the base has nothing."
    )


def test_what_the_base_may_have_is_offered_as_the_closest(river: KnowledgeBase) -> None:
    doubtful = Answerer.build(river, encoder=None, policy=Policy(wrong_costs=20, suggest_at=0.0))
    asked = "reasons for melting snow raising valleys?"
    answer = doubtful.ask(f"{TROUT} {asked}")
    assert answer.candidate_id == "entry:trout-back"
    assert answer.besides.endswith(f"I am not sure that the base answers “{asked}”; the closest is below.")
    assert ids(answer)[0] == doubtful.match(asked).ranking[0].candidate.id


def test_nothing_that_the_base_answers_is_one_message_as_before(answerer: Answerer) -> None:
    answer = answerer.ask("Cheapest quantum lipstick zebra? Best pizza near Paris tonight?")
    assert answer.outcome is Outcome.ABSTAIN
    assert answer.besides == ""


def test_two_questions_with_one_answer_are_not_counted(answerer: Answerer) -> None:
    answer = answerer.ask(f"{FLOOD} What causes the floods?")
    assert answer.candidate_id == "entry:why-flood"
    assert answer.besides == ""


@pytest.mark.parametrize("tail", ["who minds?", "how early?", "Since when?", "In what respect?"])
def test_a_few_words_that_lean_on_the_question_are_no_question_of_their_own(answerer: Answerer, tail: str) -> None:
    assert answerer.ask(f"{FLOOD} {tail}").besides == ""
    assert answerer.ask(f"Cheapest quantum lipstick zebra? {tail}").outcome is not Outcome.ANSWER


def test_he_and_she_are_whom_the_question_before_names(answerer: Answerer) -> None:
    answer = answerer.ask(f"Where does Ada Marsh work? {TROUT} What is her job in the valley?")
    asked = ("Where does Ada Marsh work?", "What is her job in the valley?")  # either is answered by who she is
    assert answer.besides in [f"You asked two things: this answers “{text}”. The other is below." for text in asked]
    assert answer.candidate_id == "who:ada-marsh"
    assert ids(answer)[0] == "entry:trout-back"


def test_nobody_is_guessed_where_she_might_be_anybody(answerer: Answerer) -> None:
    assert answerer.ask(f"{TROUT} What does she say about melting snow in spring?").besides == ""


def test_a_base_that_knows_the_message_as_one_question_answers_that(river: KnowledgeBase, with_more: More) -> None:
    double = Entry("double", f"{FLOOD} {TROUT}", "Both come from snow.")
    answer = Answerer.build(with_more(river, entries=[double]), encoder=None).ask(f"{FLOOD} {TROUT}")
    assert (answer.candidate_id, answer.besides) == ("entry:double", "")


def test_small_talk_is_no_second_question(answerer: Answerer) -> None:
    answer = answerer.ask(f"What is your name? {FLOOD}")
    assert (answer.candidate_id, answer.besides) == ("entry:why-flood", "")


@pytest.mark.parametrize(
    ("message", "answered", "offered"),
    [
        (
            "How strong is the partnership? What is the role of ideology?",
            "entry:how-strong-is-the-partnership",
            "entry:role-of-ideology",
        ),
        ("Who is Michael Kofman? What did Kadri Liik say?", "who:michael-kofman", "said:kadri-liik"),
        ("who is Kadri Liik and what did Xinhua report", "who:kadri-liik", "said:xinhua"),
    ],
)
def test_the_shipped_base_answers_one_and_offers_the_other(
    shipped: Answerer, message: str, answered: str, offered: str
) -> None:
    answer = shipped.ask(message)
    assert answer.outcome is Outcome.ANSWER
    assert answer.besides.startswith("You asked two things: this answers “")
    assert answer.besides.endswith("The other is below.")
    assert {answer.candidate_id, answer.related[0].candidate_id} == {answered, offered}
    alone = shipped.open(answer.candidate_id)
    assert alone is not None
    assert answer.attributions == alone.attributions
