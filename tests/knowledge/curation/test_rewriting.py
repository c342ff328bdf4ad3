"""An item in forms: what stands in them, what comes back, and what is wrong field by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from knowledge.curation.bodies import body_in, things_of
from knowledge.curation.changing import body_now
from knowledge.curation.difference import difference
from knowledge.curation.items import Edit, ItemKey, ItemKind, Overlay, State
from knowledge.curation.merging import Ground
from knowledge.curation.rewriting import Rewritten, label_of, rewritten, texts_of
from knowledge.curation.sheets import SHEETS
from knowledge.model import KnowledgeBase

Key = Callable[[str], ItemKey]
Type = Callable[..., Rewritten]


@pytest.fixture
def type_in(ground: Ground, boats: Overlay, key: Key) -> Type:
    """Type something into fields of an item: `type_in("claim:oak", text="…")`."""

    def typed(name: str, /, **texts: str) -> Rewritten:
        wanted = key(name)
        seen = body_now(ground, boats, wanted)
        assert seen is not None
        base = ground.merge(boats).base
        return rewritten(ground, boats, wanted, seen, {**texts_of(base, wanted.kind, seen), **texts})

    return typed


def problems(made: Rewritten) -> dict[str, str]:
    return {problem.field: problem.message for problem in made.problems}


def body(made: Rewritten) -> dict[str, Any]:
    assert made.problems == ()
    return dict(made.edit.body or {})


def test_every_form_fits_and_untouched_it_changes_nothing(ground: Ground, boats: Overlay) -> None:
    base = ground.merge(boats).base
    tried = 0
    for kind, sheets in SHEETS.items():
        assert all(1 <= len(sheet.fields) <= 5 for sheet in sheets)
        names = [field.name for sheet in sheets for field in sheet.fields]
        assert len(set(names)) == len(names)
        for item in things_of(base, kind):
            key = ItemKey(kind, item)
            seen = body_in(base, key)
            assert seen is not None
            made = rewritten(ground, boats, key, seen, texts_of(base, kind, seen))
            assert made.problems == ()
            assert difference(seen, made.edit.body) == ()
            tried += 1
    assert tried > 10


def test_an_entry_gets_other_words_and_phrasings(type_in: Type) -> None:
    made = type_in(
        "entry:hull-life",
        answer=" A century.\n\n\nIf it is of oak. ",
        phrasings="- how old do hulls get?\nHow long does a HULL last?\nhow old do hulls get?",
    )
    assert body(made)["answer"] == "A century.\n\nIf it is of oak."
    assert body(made)["phrasings"] == ["how old do hulls get?"]
    assert made.edit.expected == 1


def test_a_statement_that_said_what_the_answer_did_goes_along_with_it(ground: Ground, boats: Overlay, key: Key) -> None:
    answer, oak = "A century, if it is of oak.", key("claim:oak")
    claim = boats.body(oak)
    assert claim is not None
    same = boats.with_edits(
        [Edit(ItemKind.CLAIM, "oak", 1, State.LIVE, {**claim, "text": "A century, if it is of OAK"})]
    )
    wanted = key("entry:hull-life")
    seen = same.body(wanted)
    assert seen is not None
    made = rewritten(ground, same, wanted, seen, {"answer": "Two centuries.\n\nAt best."})
    assert made.problems == ()
    assert [(edit.key, dict(edit.body or {})["text"]) for edit in made.along] == [(oak, "Two centuries. At best.")]
    assert made.base.claims["oak"].text == "Two centuries. At best."
    # One that says something of its own stays, as do a quotation, one that others rest on, and one too long to follow.
    assert rewritten(ground, boats, wanted, seen, {"answer": "Two centuries."}).along == ()
    quoted = same.with_edits(
        [Edit(ItemKind.CLAIM, "oak", 2, State.LIVE, {**claim, "text": answer, "quote": "for ever"})]
    )
    assert rewritten(ground, quoted, wanted, seen, {"answer": "Two centuries."}).along == ()
    other = Edit(
        ItemKind.ENTRY, "oak", 0, State.LIVE, {"question": "Is oak good?", "answer": "Yes.", "claims": ["oak"]}
    )
    assert rewritten(ground, same.with_edits([other]), wanted, seen, {"answer": "Two centuries."}).along == ()
    assert rewritten(ground, same, wanted, seen, {"answer": "so " * 200}).along == ()
    assert rewritten(ground, same, wanted, seen, {"question": "How old do hulls get?"}).along == ()


def test_statements_are_named_by_id_or_by_how_they_begin(type_in: Type, river: KnowledgeBase) -> None:
    first = next(iter(river.claims.values()))
    made = type_in("entry:hull-life", claims=f"{first.text[:25]}\noak")
    assert body(made)["claims"] == [first.id, "oak"]
    assert "“no such words”" in problems(type_in("entry:hull-life", claims="oak\nno such words"))["claims"]


def test_what_must_not_be_empty_says_so(type_in: Type) -> None:
    assert "empty" in problems(type_in("entry:hull-life", answer=" "))["answer"]
    assert "empty" in problems(type_in("expert:bo-berg", name=""))["name"]
    assert "empty" in problems(type_in("entry:hull-life", claims=""))["claims"]


def test_a_wrong_day_and_a_long_phrasing_are_told_at_their_field(type_in: Type) -> None:
    assert set(problems(type_in("entry:hull-life", expires="soon"))) == {"expires"}
    told = problems(type_in("entry:hull-life", phrasings="short one\n" + "x" * 300))
    assert told["phrasings"].startswith("no. 2 ")


def test_people_and_sources_are_named_as_people_call_them(type_in: Type, river: KnowledgeBase) -> None:
    expert = next(iter(river.experts.values()))
    made = type_in("claim:oak", expert=expert.name.upper(), reported_by="Bo Berg")
    assert (body(made)["expert"], body(made)["reported_by"]) == (expert.id, "bo-berg")
    assert "“Nobody Known”" in problems(type_in("claim:oak", expert="Nobody Known"))["expert"]
    # What may be empty can be emptied.
    assert "reported_by" not in body(type_in("claim:oak", reported_by=""))


def test_a_place_is_read_in_the_source_that_is_named(type_in: Type, river: KnowledgeBase) -> None:
    assert body(type_in("claim:oak", place="hulls, paragraph 4"))["paragraph"] == 4
    assert "say which part" in problems(type_in("claim:oak", place="Sails"))["place"]
    source = next(source for source in river.sources.values() if len(source.sections) > 1)
    told = problems(type_in("claim:oak", source=source.title))
    assert source.sections[0].title in told["place"]
    moved = body(type_in("claim:oak", source=source.title, place=f"{source.sections[1].title}, paragraph 1"))
    assert (moved["source"], moved["section"]) == (source.id, source.sections[1].id)


def test_a_quotation_comes_without_marks_and_now_can_be_switched(type_in: Type) -> None:
    made = body(type_in("claim:oak", quote="“a hundred years”", article_present="yes"))
    assert (made["quote"], made["article_present"]) == ("a hundred years", True)
    assert "article_present" not in body(type_in("claim:oak", article_present="no"))


def test_parts_of_a_source_are_reworded_and_added(type_in: Type) -> None:
    reworded = body(type_in("source:boat-book", sections="Hulls of boats"))
    assert reworded["sections"] == [{"id": "hulls", "title": "Hulls of boats"}]
    more = body(type_in("source:boat-book", sections="Masts\nHulls"))
    assert more["sections"] == [{"id": "masts", "title": "Masts"}, {"id": "hulls", "title": "Hulls"}]
    # A part that a statement stands in cannot go.
    assert type_in("source:boat-book", sections="Masts\nSails").problems


def test_what_no_form_shows_stays(type_in: Type, river: KnowledgeBase) -> None:
    expert = next(expert for expert in river.experts.values() if expert.described is not None)
    made = body(type_in(f"expert:{expert.id}", role="something else"))
    assert made["described"]["source"] == expert.described.source if expert.described else False
    assert made["role"] == "something else"


def test_an_edit_knows_what_it_is_based_on(ground: Ground, boats: Overlay, key: Key) -> None:
    seen = body_now(ground, boats, key("claim:oak"))
    assert seen is not None
    made = rewritten(ground, boats, key("claim:oak"), seen, {"text": "Oak lasts."}, based_on=0)
    assert made.edit.expected == 0
    assert made.base.claims["oak"].text == "Oak lasts."


def test_fields_have_names_for_people() -> None:
    assert label_of(ItemKind.CLAIM, "place") == "Where it stands there"
    assert label_of(ItemKind.CLAIM, "no-field") == "no-field"
