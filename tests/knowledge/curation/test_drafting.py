"""Adding as a moderator does it: what is filled in becomes askable, what is wrong is named at its field."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from knowledge.answerer import Answerer
from knowledge.curation.closest import closest
from knowledge.curation.drafting import Draft, draft, preview
from knowledge.curation.form import EntryFields, NewExpert, NewSource, fields_of_message
from knowledge.curation.items import ItemKind, Overlay
from knowledge.curation.merging import Ground, no_packs
from knowledge.model import ExpertKind, KnowledgeBase
from knowledge.plaintext import plain_text

MakeOverlay = Callable[..., Overlay]
FIELDS = EntryFields(
    question="How old is the mill?",
    answer="It was built before 1700.",
    source=NewSource("Mills of the valley", "https://mills.example/book", NewExpert("Di Dahl", ExpertKind.AUTHOR)),
    expert=NewExpert("Ed Eker", role="historian", affiliation="Mill Museum"),
    place="The oldest mill, paragraph 4",
    words="stood there in the last years of the century",
    phrasings="- age of the mill\nwhen was the mill built\n\nHow old is the mill",
)


def test_one_form_makes_claim_expert_source_and_entry_at_once(ground: Ground) -> None:
    made = draft(FIELDS, ground, Overlay())
    assert made.problems == ()
    assert {(edit.kind.value, edit.id, edit.expected) for edit in made.edits} == {
        ("entry", "how-old-is-the-mill", 0),
        ("claim", "how-old-is-the-mill", 0),
        ("expert", "ed-eker", 0),
        ("expert", "di-dahl", 0),
        ("source", "mills-of-the-valley", 0),
    }
    answer = Answerer.build(made.base, encoder=None).ask("when was the mill built")
    assert answer.candidate_id == "entry:how-old-is-the-mill"
    assert plain_text(replace(answer, sureness="", related=(), understood="")) == (
        "How old is the mill?\n\nIt was built before 1700.\n\n"
        "- Ed Eker, historian, Mill Museum (section “The oldest mill”, paragraph 4)\n\n"
        "Source: “Mills of the valley” by Di Dahl https://mills.example/book"
    )


def test_the_preview_is_the_reply_as_members_will_see_it(ground: Ground) -> None:
    made = draft(FIELDS, ground, Overlay())
    shown = preview(made.base, made.entry)
    assert shown == Answerer.build(made.base, encoder=None).open("entry:how-old-is-the-mill")
    assert preview(made.base, "no-such") is None


def test_a_quotation_stands_word_for_word(ground: Ground) -> None:
    made = draft(replace(FIELDS, words="“It stood\nbefore us all”", quoted=True), ground, Overlay())
    (claim,) = (made.base.claims[c] for c in made.base.entries[made.entry].claims)
    assert (claim.quote, claim.locator.anchor) == ("It stood before us all", "It stood before us all")
    shown = preview(made.base, made.entry)
    assert shown is not None
    assert "“It stood before us all”" in plain_text(shown)


def test_what_is_known_already_is_used_and_not_added_again(ground: Ground) -> None:
    fields = replace(
        FIELDS, expert=NewExpert("doctor flood"), source=NewSource("the River report"), place="Causes of floods"
    )
    made = draft(fields, ground, Overlay())
    assert made.problems == ()
    assert [edit.kind for edit in made.edits] == [ItemKind.CLAIM, ItemKind.ENTRY]
    claim = made.base.claims["how-old-is-the-mill"]
    assert (claim.expert, claim.locator.source, claim.locator.section) == ("ada-marsh", "river", "causes")
    assert claim.locator.paragraph == 0
    by_id = draft(replace(fields, expert="ada-marsh", source="river"), ground, Overlay())
    assert by_id.base == made.base


def test_an_answer_can_rest_on_claims_that_are_there(ground: Ground) -> None:
    made = draft(EntryFields("Is the dam old?", "Yes, and it leaks.", claims=("dam", "melt")), ground, Overlay())
    assert made.problems == ()
    assert [edit.kind for edit in made.edits] == [ItemKind.ENTRY]
    assert made.base.entries["is-the-dam-old"].claims == ("dam", "melt")


def test_a_source_of_the_servers_own_gets_a_further_part(ground: Ground, boats: Overlay) -> None:
    made = draft(replace(FIELDS, source="boat-book", place="Masts, paragraph 2"), ground, boats)
    assert made.problems == ()
    assert [section.title for section in made.base.sources["boat-book"].sections] == ["Hulls", "Masts"]
    (edit,) = (edit for edit in made.edits if edit.kind is ItemKind.SOURCE)
    assert edit.expected == 1


def test_a_page_is_no_heading_wherever_it_comes_in(ground: Ground, boats: Overlay) -> None:
    book = NewSource("Old mills", "https://www.mills.example/a")
    made = draft(replace(FIELDS, source=book, place="p. 12"), ground, Overlay())
    assert made.problems == ()
    assert [(s.title, s.heading) for s in made.base.sources["old-mills"].sections] == [("p. 12", False)]
    further = draft(replace(FIELDS, source="boat-book", place="pages 3-4"), ground, boats)
    assert further.problems == ()
    assert [s.heading for s in further.base.sources["boat-book"].sections] == [True, False]
    headed = draft(replace(FIELDS, source=book, place="Pages of the past"), ground, Overlay())
    assert headed.base.sources["old-mills"].sections[0].heading


def test_a_leaflet_without_a_link_is_by_whoever_says_it(ground: Ground) -> None:
    made = draft(replace(FIELDS, source=NewSource("Club leaflet"), place="page 2"), ground, Overlay())
    assert made.problems == ()
    claim = made.base.claims[made.base.entries[made.entry].claims[0]]
    assert made.base.sources["club-leaflet"].author == claim.expert
    nobody = draft(replace(FIELDS, source=NewSource("Club leaflet"), expert=""), ground, Overlay())
    assert "say who says it" in {problem.field: problem.message for problem in nobody.problems}["expert"]


def test_a_page_without_author_is_by_its_site_and_a_message_by_its_writer(ground: Ground) -> None:
    page = draft(replace(FIELDS, source=NewSource("Old mills", "https://www.mills.example/a")), ground, Overlay())
    assert page.base.experts[page.base.sources["old-mills"].author].name == "mills.example"
    link = NewSource("Said in #history", "https://discord.com/channels/1/2/3")
    message = draft(replace(FIELDS, source=link, place=""), ground, Overlay())
    assert message.base.sources["said-in-history"].author == "ed-eker"
    assert message.base.sources["said-in-history"].sections[0].heading is False


def test_ids_are_new_even_where_the_old_is_retired(ground: Ground, overlay: MakeOverlay) -> None:
    gone = overlay(entries={"how-old-is-the-mill": None})
    assert draft(FIELDS, ground, gone).entry == "how-old-is-the-mill-2"
    assert draft(replace(FIELDS, question="水车有多老?"), ground, gone).entry == "entry"
    long = draft(replace(FIELDS, question="How old is the " + "very " * 20 + "old mill?"), ground, gone)
    assert len(long.entry) <= 60
    assert long.problems == ()


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"question": " "}, "question", "is empty: write the question"),
        ({"question": "Why does the river flood?"}, "question", "already asks for entry 'why-flood'"),
        ({"question": "x" * 201}, "question", "is 201 characters long, at most 200"),
        ({"answer": "\n"}, "answer", "is empty: write the answer"),
        ({"answer": "so " * 200}, "claim", "say in at most 400 characters what the expert states"),
        ({"answer": "so " * 400}, "answer", "at most 1000"),
        ({"expert": ""}, "expert", "say who says it"),
        ({"expert": "nobody"}, "expert", "there is no expert 'nobody'"),
        ({"expert": NewExpert("")}, "expert", "write the name"),
        (
            {"expert": NewExpert("Ada Marsh", role="cook")},
            "expert",
            "Ada Marsh (geologist, Hill Institute) is known with",
        ),
        ({"source": ""}, "source", "say where it stands"),
        ({"source": "no-such"}, "source", "there is no source 'no-such'"),
        ({"source": NewSource("", "https://a.example")}, "source", "write the title"),
        ({"source": NewSource("A book", "mills.example")}, "source", "is not a web address: begin with https://"),
        ({"source": NewSource("A book", "https://[")}, "source", "is not a web address"),
        ({"source": "river", "place": "The end"}, "place", "it stands in: “Opening” and “Causes of floods”"),
        ({"place": "Mill, paragraph 0"}, None, ""),
        ({"quoted": True, "words": ""}, "words", "write the quotation, word for word"),
        ({"quoted": True, "words": "it was built before 1700"}, "words", "is the same as the text"),
        ({"claim": "“It is old.”"}, "claim", "stands in quotation marks"),
        (
            {"phrasings": "age of it\nwhat causes the floods"},
            "phrasings",
            "no. 2 'what causes the floods' already asks for",
        ),
        ({"phrasings": "age of it\n???"}, "phrasings", "no. 2 '???' has no word in it"),
        ({"topics": ("mills",)}, "topics", "there is no topic 'mills'"),
        ({"verified_on": "yesterday"}, "verified_on", "is not a date"),
        ({"expert": "", "source": "", "claims": ("mellt",)}, "claims", "did you mean 'melt'?"),
    ],
)
def test_each_problem_is_named_at_its_field_and_nothing_typed_is_lost(
    ground: Ground, change: dict[str, Any], field: str | None, message: str
) -> None:
    fields = replace(FIELDS, **change)
    made = draft(fields, ground, Overlay())
    assert made.fields is fields
    told = {problem.field: problem.message for problem in made.problems}
    if field is None:
        assert told == {}
    else:
        assert message in told[field]
        assert set(told) <= {field, "claim"}


def test_everything_wrong_is_told_at_once(ground: Ground) -> None:
    made = draft(EntryFields("", ""), ground, Overlay())
    assert {problem.field for problem in made.problems} == {"question", "answer", "expert", "source"}


def test_what_nobody_sees_is_taken_out_of_what_is_typed(ground: Ground) -> None:
    fields = replace(FIELDS, question="How\u200b old\tis\r\nthe mill? ", answer="Old.\r\n\r\n\r\n\u202eVery old.\x00")
    made = draft(fields, ground, Overlay())
    assert made.problems == ()
    entry = made.base.entries[made.entry]
    assert (entry.question, entry.answer) == ("How old is the mill?", "Old.\n\nVery old.")


def test_the_first_entry_of_an_empty_server(overlay: MakeOverlay) -> None:
    made: Draft = draft(FIELDS, Ground(no_packs()), Overlay())
    assert made.problems == ()
    assert list(made.base.entries) == [made.entry]


def test_a_message_fills_the_form_in(ground: Ground) -> None:
    link = "https://discord.com/channels/1/2/3"
    said = "How high is the weir?\nTwo metres, I measured it."
    fields = fields_of_message(said, author="Flo Fink", link=link, where="#river", day="2024-05-31")
    assert (fields.question, fields.answer) == ("How high is the weir?", "Two metres, I measured it.")
    made = draft(fields, ground, Overlay())
    assert made.problems == ()
    source = made.base.sources["message-of-flo-fink-in-river"]
    assert (source.url, source.published, source.author) == (link, "2024-05-31", "flo-fink")
    assert fields_of_message("Only this.", author="A", link=link, where="#b", day="").question == ""
    assert fields_of_message("Why?", author="A", link=link, where="#b", day="").answer == "Why?"


@pytest.mark.parametrize(
    "fields",
    [
        FIELDS,
        EntryFields("Why?", "So.", "river", "ada-marsh", quoted=True, topics=("fish",), claims=("melt",)),
        EntryFields("", ""),
    ],
)
def test_a_form_can_be_kept_and_filled_in_again(fields: EntryFields) -> None:
    assert EntryFields.from_json(json.loads(json.dumps(fields.as_json()))) == fields


def test_a_kept_form_of_another_version_is_filled_in_as_far_as_it_goes() -> None:
    assert EntryFields.from_json({"answer": "So.", "mood": "fine"}) == EntryFields("", "So.")


def test_the_closest_entries_are_shown_before_writing_one_twice(river: KnowledgeBase, ground: Ground) -> None:
    answerer = Answerer.build(river, encoder=None)
    near = closest(answerer, ["what makes the river flood", "mill"])
    assert near[0].entry == "why-flood"
    assert near[0].question == "Why does the river flood?"
    assert all(close.entry != "why-flood" for close in closest(answerer, ["river flood"], apart_from="why-flood"))
    assert closest(answerer, ["", "  "]) == ()
