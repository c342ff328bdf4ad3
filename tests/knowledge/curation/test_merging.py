"""A server's own knowledge over its packs: what is added, worded anew and hidden, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from knowledge.answerer import Answerer
from knowledge.curation.bodies import body_in, body_of, canonical, things_of
from knowledge.curation.items import Edit, ItemKey, ItemKind, Overlay, Revision, State
from knowledge.curation.merging import Ground, in_force, new_problems, no_packs
from knowledge.model import Golden, KnowledgeBase

MakeOverlay = Callable[..., Overlay]
ENTRY: dict[str, Any] = {"question": "Is the river deep?", "answer": "Where the dam is.", "claims": ["dam"]}


def test_what_a_server_adds_is_answered_beside_its_packs(ground: Ground, boats: Overlay) -> None:
    merged = ground.merge(boats)
    assert merged.problems == ()
    assert list(merged.base.entries) == ["why-flood", "trout-back", "hull-life"]
    answer = Answerer.build(merged.base, encoder=None).ask("how long does a hull last")
    assert answer.body == "A century, if it is of oak."
    assert [a.expert.name for a in answer.attributions] == ["Bo Berg"]
    assert answer.attributions[0].source.title == "The boat book"


def test_without_own_knowledge_the_base_is_the_packs(ground: Ground, river: KnowledgeBase) -> None:
    assert ground.merge(Overlay()).base == river


def test_own_knowledge_is_enough_without_packs(boats: Overlay) -> None:
    merged = Ground(no_packs()).merge(boats)
    assert (merged.problems, list(merged.base.entries)) == ((), ["hull-life"])
    assert "moderators" in Answerer.build(merged.base, encoder=None).help_answer().body


def test_an_item_of_a_pack_is_worded_anew_in_its_place(
    ground: Ground, river: KnowledgeBase, overlay: MakeOverlay
) -> None:
    body = {**body_of(river.entries["why-flood"]), "answer": "Snow."}
    base = ground.merge(overlay(entries={"why-flood": body})).base
    assert list(base.entries) == list(river.entries)
    assert base.entries["why-flood"] == replace(river.entries["why-flood"], answer="Snow.")
    assert river.entries["why-flood"].answer != "Snow."


def test_what_is_hidden_takes_along_what_merely_points_to_it(ground: Ground, overlay: MakeOverlay) -> None:
    golden = {"fish": {"question": "any trout?", "entry": "trout-back"}}
    merged = ground.merge(overlay(entries={"trout-back": None}, topics={"flooding": None}, golden=golden))
    assert merged.problems == ()
    assert list(merged.base.entries) == ["why-flood"]
    assert merged.base.entries["why-flood"].related == ()
    assert merged.base.info.examples == ()
    assert merged.base.claims["melt"].topics == ()
    assert merged.base.golden == {}


def test_as_the_pack_has_it_brings_a_hidden_item_back(ground: Ground, river: KnowledgeBase, key: Any) -> None:
    back = Revision(ItemKind.ENTRY, "trout-back", 2, State.INHERITED, None, 2)
    assert ground.merge(Overlay.of([back])).base == river


def test_hiding_what_others_rest_on_is_explained(ground: Ground, overlay: MakeOverlay) -> None:
    merged = ground.merge(overlay(claims={"dam": None}))
    (problem,) = merged.problems
    assert problem.key == ItemKey(ItemKind.ENTRY, "why-flood")
    assert problem.path == ("claims", 1)
    assert str(problem) == (
        "entry 'why-flood': claims[2]: the claim 'dam' is retired or hidden: bring it back, or take it out here"
    )
    # Until somebody does, the rest goes on.
    assert merged.left_out == (problem.key,)
    assert list(merged.base.entries) == ["trout-back"]
    assert Answerer.build(merged.base, encoder=None).ask("have the trout come back").attributions


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"claims": ["damm"]}, "claims[1]", "there is no claim 'damm': did you mean 'dam'?"),
        ({"claims": []}, "claims", "at least one"),
        ({"answer": "  "}, "answer", "is blank: write a text"),
        ({"answer": "x" * 1001}, "answer", "is 1001 characters long, at most 1000: shorten it"),
        ({"question": "Why does the RIVER flood"}, "question", "already asks for entry 'why-flood', as its question"),
        ({"phrasings": ["is the river deep"]}, "phrasings[1]", "stands in this entry already, as its question"),
        (
            {"phrasings": ["number of flood victims"]},
            "phrasings[1]",
            "already asks for gap 'deaths', as its questions[2]",
        ),
        ({"verified_on": "2024-02-30"}, "verified_on", "is no day of the calendar"),
        ({"expires": "tomorrow"}, "expires", "is not a date"),
        ({"related": ["deep"]}, "related[1]", "is this entry itself"),
        ({"anser": "x"}, "anser", "unknown key 'anser': did you mean 'answer'?"),
        ({"answer": "a\u200bb"}, "answer", "holds the invisible character U+200B"),
    ],
)
def test_each_problem_names_its_field(
    ground: Ground, overlay: MakeOverlay, change: dict[str, Any], field: str, message: str
) -> None:
    merged = ground.merge(overlay(entries={"deep": {**ENTRY, **change}}))
    (problem,) = merged.problems
    assert (problem.key, problem.field) == (ItemKey(ItemKind.ENTRY, "deep"), field)
    assert message in problem.message
    assert ":0" not in str(problem)
    assert merged.left_out == (problem.key,)


def test_names_and_places_are_checked_too(ground: Ground, overlay: MakeOverlay) -> None:
    claim = {"text": "It is deep.", "expert": "ada-marsh", "section": "causes"}
    merged = ground.merge(
        overlay(
            experts={"ada": {"name": "ADA MARSH", "kind": "person"}},
            claims={"a": claim, "b": {**claim, "source": "river", "section": "cause"}},
        )
    )
    told = {f"{problem.key.id}.{problem.field}": problem.message for problem in merged.problems}
    assert told["ada.name"].startswith("'ADA MARSH' also names 'ada-marsh', as its name;")
    assert told["a."].startswith("the key 'source' is missing")
    assert "has no section 'cause': did you mean 'causes'?" in told["b.section"]
    assert set(merged.left_out) == {problem.key for problem in merged.problems}


def test_what_rests_on_something_left_out_is_left_out_without_a_word_about_it(
    ground: Ground, boats: Overlay, key: Callable[[str], ItemKey]
) -> None:
    broken = Edit(ItemKind.SOURCE, "boat-book", 1, State.LIVE, {"title": "", "author": "bo-berg", "sections": []})
    merged = ground.merge(boats.with_edits([broken]))
    assert {problem.key.id for problem in merged.problems} >= {"boat-book"}
    assert set(merged.left_out) == {key("source:boat-book"), key("claim:oak"), key("entry:hull-life")}
    assert list(merged.base.entries) == ["why-flood", "trout-back"]


@pytest.mark.parametrize(
    "edit",
    [
        Edit(ItemKind.ENTRY, "hull-life", 1, State.LIVE, {**ENTRY, "question": "Is a hull deep?", "claims": ["oak"]}),
        Edit(ItemKind.ENTRY, "hull-life", 1, State.LIVE, {"question": "", "answer": "No.", "claims": ["oak"]}),
        Edit(ItemKind.ENTRY, "faulty", 1, State.LIVE, {"question": "Is it deep?", "answer": "No.", "claims": ["oak"]}),
        Edit(ItemKind.SOURCE, "boat-book", 1, State.RETIRED),
        Edit(ItemKind.TOPIC, "masts", 0, State.LIVE, {"name": "Masts", "sail": 1}),
    ],
)
def test_after_a_change_all_is_as_if_checked_for_the_first_time(ground: Ground, boats: Overlay, edit: Edit) -> None:
    fault = Edit(
        ItemKind.ENTRY, "faulty", 0, State.LIVE, {"question": "Is it wide?", "answr": "No.", "claims": ["oak"]}
    )
    before = boats.with_edits([fault])
    after = before.with_edits([edit])
    assert ground.merge(after, ground.merge(before)) == ground.merge(after)


def test_old_problems_do_not_stand_in_the_way_of_a_new_change(ground: Ground, overlay: MakeOverlay) -> None:
    faulty = overlay(entries={"old": {**ENTRY, "claims": ["no-such"]}})
    fine = Edit(ItemKind.ENTRY, "wide", 0, State.LIVE, {**ENTRY, "question": "Is the river wide?"})
    merged, problems = new_problems(ground, faulty, [fine])
    assert problems == ()
    assert "wide" in merged.base.entries
    assert new_problems(ground, faulty, [replace(fine, body={**ENTRY, "claims": ["x"]})])[1]
    # But somebody who saves the faulty one again is told.
    again = Edit(ItemKind.ENTRY, "old", 1, State.LIVE, {**ENTRY, "claims": ["no-such"]})
    assert new_problems(ground, faulty, [again])[1]


def test_an_expired_entry_is_not_in_force(river: KnowledgeBase, with_parts: Callable[..., KnowledgeBase]) -> None:
    entries = [replace(river.entries["why-flood"], expires="2024-05-31"), river.entries["trout-back"]]
    base = with_parts(river, entries=entries, golden=[Golden("g", "why", "why-flood")])
    assert in_force(base, date(2024, 5, 30)) == base
    left = in_force(base, date(2024, 5, 31))
    assert list(left.entries) == ["trout-back"]
    assert list(left.golden) == ["g"]


def test_a_body_says_all_that_the_object_says(river: KnowledgeBase) -> None:
    for kind in ItemKind:
        for item_id, thing in things_of(river, kind).items():
            body = body_in(river, ItemKey(kind, item_id))
            assert body is not None
            assert canonical(ItemKey(kind, item_id), body) == body
            assert body_of(thing) == body
    assert body_in(river, ItemKey(ItemKind.ENTRY, "no-such")) is None


def test_a_body_has_one_form_however_it_is_written() -> None:
    body = {"claims": ["dam"], "answer": " Deep.\nVery. ", "related": [], "expires": "", "question": "How\n deep?"}
    found = canonical(ItemKey(ItemKind.ENTRY, "deep"), body)
    assert list(found.items()) == [("question", "How deep?"), ("answer", "Deep.\nVery."), ("claims", ["dam"])]


def test_a_server_may_have_so_much_of_its_own_and_no_more(
    ground: Ground, boats: Overlay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.curation.merging.MOST_WAYS", 6)
    entry = boats.revisions[ItemKey(ItemKind.ENTRY, "hull-life")].body or {}

    def edit(*phrasings: str) -> Edit:
        return Edit(ItemKind.ENTRY, "hull-life", 1, State.LIVE, {**entry, "phrasings": [*phrasings]})

    assert new_problems(ground, boats, [edit("hull age", "age of hulls")])[1] == ()
    (told,) = new_problems(ground, boats, [edit("hull age", "age of hulls", "old hulls")])[1]
    assert str(told) == (
        "entry 'hull-life': makes 7 items and ways to ask of this server's own, at most 6: take some out"
    )
    # Whoever has more already can make it less.
    monkeypatch.setattr("knowledge.curation.merging.MOST_WAYS", 2)
    assert new_problems(ground, boats, [Edit(ItemKind.ENTRY, "hull-life", 1, State.RETIRED)])[1] == ()


def test_too_many_of_a_kind_are_told_and_all_but_the_last_stay(ground: Ground, overlay: MakeOverlay) -> None:
    topics = {f"topic-{n}": {"name": f"Topic number {n}"} for n in range(10_001)}
    merged = ground.merge(overlay(topics=topics))
    (problem,) = merged.problems
    assert "has 10001 items, at most 10000" in str(problem)
    assert len(merged.left_out) == 1
    assert "topic-9" in merged.base.topics
    as_many = ground.merge(overlay(topics={name: topics[name] for name in [*topics][:10_000]}))
    assert as_many.problems == ()
    assert ground.merge(overlay(topics=topics), as_many).problems == merged.problems
