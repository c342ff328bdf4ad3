"""The plain form of a reply: everything that the embed says, for terminals and channels without embeds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.answers import Answer, Attribution, Outcome, Suggestion
from knowledge.model import WHOLE, Expert, ExpertKind, Section, Source
from knowledge.plaintext import claim_line, place, plain_text, quotation, speaker

ADA = Expert("ada-marsh", "Ada Marsh", ExpertKind.PERSON, "geologist", "Hill Institute")
HERALD = Expert("herald", "The Valley Herald", ExpertKind.OUTLET, "newspaper")
CY = Expert("cy-wren", "Cy Wren", ExpertKind.AUTHOR)
REPORT = Source("report", "The river report", "cy-wren", (), period="between May and July 2020")
HEADED = Section("causes", "Causes of floods")
UNHEADED = Section("opening", "Opening", heading=False)

MELT = Attribution(
    claim_id="melt",
    text="Melting snow raises the river.",
    expert=ADA,
    reported_by=HERALD,
    quote="it comes down all at once",
    note="The year is not stated.",
    source=REPORT,
    section=HEADED,
    paragraph=2,
    author=CY,
)
DAM = replace(
    MELT, claim_id="dam", text="The dam is old.", expert=CY, reported_by=None, quote="", note="", section=UNHEADED
)


@pytest.fixture
def answer() -> Answer:
    return Answer(
        outcome=Outcome.ANSWER,
        asked="why flood",
        body="Snow melts and the dam is old.",
        confidence=0.9,
        candidate_id="entry:why",
        title="Why does the river flood?",
        understood="Why does the river flood?",
        sureness="confident",
        caveat="At the time of the article, not today.",
        attributions=(MELT, DAM),
        related=(Suggestion("entry:trout", "Have the trout come back?"),),
    )


def test_the_whole_reply(answer: Answer) -> None:
    assert plain_text(answer) == (
        "Why does the river flood?\n\n"
        "That is how I understood your question.\n\n"
        "Snow melts and the dam is old.\n\n"
        "- Ada Marsh, geologist, Hill Institute (reported by The Valley Herald, newspaper): "
        "Melting snow raises the river. In the source’s words: “it comes down all at once” "
        "(section “Causes of floods”, paragraph 2) Note: The year is not stated.\n"
        "- Cy Wren: The dam is old. (Opening, paragraph 2)\n\n"
        "At the time of the article, not today.\n\n"
        "Source: “The river report” by Cy Wren (date not stated; time of writing: between May and July 2020)\n\n"
        "How sure: confident\n\n"
        "Related questions:\n- Have the trout come back?"
    )


def test_indirect_speech_is_never_in_quotation_marks(answer: Answer) -> None:
    assert quotation(DAM) == ""
    assert "“" not in claim_line(answer, DAM)


def test_a_section_without_a_heading_is_not_quoted() -> None:
    assert place(DAM) == "Opening, paragraph 2"
    assert place(MELT) == "section “Causes of floods”, paragraph 2"


def test_a_place_without_a_paragraph_names_none(answer: Answer) -> None:
    page = replace(MELT, section=Section("p-12", "p. 12", heading=False), paragraph=0)
    assert place(page) == "p. 12"
    assert place(replace(MELT, paragraph=0)) == "section “Causes of floods”"
    text = plain_text(replace(answer, attributions=(page,)))
    assert "(p. 12)" in text
    assert "paragraph" not in text


def test_of_a_text_without_named_parts_no_place_is_told(answer: Answer) -> None:
    whole = replace(DAM, section=WHOLE, paragraph=0)
    assert place(whole) == ""
    assert place(replace(whole, paragraph=3)) == "paragraph 3"
    assert claim_line(answer, whole) == "Cy Wren: The dam is old."
    other = Source("notes", "Mill notes", "cy-wren", ())
    both = replace(answer, attributions=(MELT, replace(whole, source=other)))
    assert "(“Mill notes”)" in plain_text(both)


def test_people_without_a_role_are_just_named() -> None:
    assert speaker(CY) == "Cy Wren"


def test_a_claim_that_is_the_answer_is_not_said_twice(answer: Answer) -> None:
    single = replace(answer, body=DAM.text, attributions=(DAM,))
    assert plain_text(single).count(DAM.text) == 1


def test_several_sources_are_told_apart(answer: Answer) -> None:
    other = Source("notes", "Mill notes", "cy-wren", (), url="https://example.org/notes", published="2021-04-01")
    both = replace(answer, attributions=(MELT, replace(DAM, source=other)))
    text = plain_text(both)
    assert "(“The river report”, section “Causes of floods”, paragraph 2)" in text
    assert "(“Mill notes”, Opening, paragraph 2)" in text
    assert "Source: “Mill notes” by Cy Wren (published 2021-04-01) https://example.org/notes" in text


def test_what_else_was_asked_is_said_before_the_answer(answer: Answer) -> None:
    line = "You asked two things: this answers “why?”. The other is below."
    blocks = plain_text(replace(answer, besides=line)).split("\n\n")
    assert blocks[2:4] == [line, "Snow melts and the dam is old."]


def test_suggestions_are_listed() -> None:
    answer = Answer(Outcome.SUGGEST, "x", "Did you mean one of these?", 0.3, suggestions=(Suggestion("entry:a", "A?"),))
    assert plain_text(answer) == "Did you mean one of these?\n\n- A?"


def test_a_friendly_word_stays_one(answer: Answer) -> None:
    assert plain_text(Answer(Outcome.CHITCHAT, "thanks", "You're welcome.", 0.0)) == "You're welcome."
