"""What a change would do to the questions that people ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

from knowledge.answerer import Answerer
from knowledge.curation.effect import Fate, effects
from knowledge.model import Entry, Golden, KnowledgeBase

Parts = Callable[..., KnowledgeBase]
WHY, TROUT, BOAT = "why does the river flood", "have the trout come back", "which colour has the old boat"


def changed(river: KnowledgeBase, with_more: Parts) -> Answerer:
    """Another answer for the flood, none for the trout, a new one for the boat."""
    flood = replace(river.entries["why-flood"], answer="Rain.", related=())
    claims = {item: claim for item, claim in river.claims.items() if item != "trout"}
    base = replace(river, entries=MappingProxyType({"why-flood": flood}), claims=MappingProxyType(claims))
    boat = Entry("boat", "Which colour has the old boat?", "Green.", ("bridge",))
    return Answerer.build(with_more(base, entries=[boat]), encoder=None)


def test_answers_that_change_appear_or_get_lost_are_told_gravest_first(
    river: KnowledgeBase, river_answerer: Answerer, with_more: Parts
) -> None:
    asked = ["who is Ada Marsh", BOAT, WHY, TROUT, "Why does the river flood?"]
    found = effects(asked, river_answerer, changed(river, with_more))
    assert [(effect.question, effect.fate) for effect in found] == [
        (TROUT, Fate.LOST),
        (WHY, Fate.CHANGED),
        (BOAT, Fate.NEW),
        ("who is Ada Marsh", Fate.SAME),
    ]
    assert (found[1].before.body, found[1].after.body) == ("Snow melts in spring, and the old dam leaks.", "Rain.")


def test_golden_questions_tell_whether_harm_is_done(
    river: KnowledgeBase, river_answerer: Answerer, with_more: Parts
) -> None:
    golden = [
        Golden("g1", BOAT),  # was not to be answered, and now is
        Golden("g2", TROUT, "trout-back"),
        Golden("g3", WHY, "why-flood"),
        Golden("g4", "who is Ada Marsh", "trout-back"),  # never was as it has to be
    ]
    found = {
        effect.golden.id: effect
        for effect in effects([WHY], river_answerer, changed(river, with_more), golden=golden)
        if effect.golden
    }
    assert {item: (effect.breaks, effect.fails) for item, effect in found.items()} == {
        "g1": (True, True),
        "g2": (True, True),
        "g3": (False, False),
        "g4": (False, True),
    }
    assert [*found][:2] == ["g2", "g1"]


def test_nothing_changes_between_a_base_and_itself(river_answerer: Answerer) -> None:
    assert {effect.fate for effect in effects([WHY, TROUT, BOAT], river_answerer, river_answerer)} == {Fate.SAME}
