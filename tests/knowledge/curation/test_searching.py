"""Choosing an item by typing a part of what people call it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.curation.items import ItemKey, ItemKind
from knowledge.curation.searching import NAMED, label, search
from knowledge.lookup import TYPED
from knowledge.model import KnowledgeBase


@pytest.mark.parametrize(
    ("kind", "text", "first"),
    [
        (ItemKind.SOURCE, "riv", "The river report"),
        (ItemKind.EXPERT, "doctor", "Ada Marsh"),
        (ItemKind.EXPERT, "hill", "Hill Institute"),
        (ItemKind.EXPERT, "VH", "The Valley Herald"),
        (ItemKind.TOPIC, "high water", "Flooding"),
        (ItemKind.CLAIM, "wooden brigde", "The wooden bridge cost forty thousand crowns."),
        (ItemKind.ENTRY, "what causes", "Why does the river flood?"),
        (ItemKind.GAP, "how many people", "How many people did the flood kill?"),
    ],
)
def test_an_item_is_found_by_a_part_of_its_name(river: KnowledgeBase, kind: ItemKind, text: str, first: str) -> None:
    assert search(river, kind, text)[0].label == first


def test_nothing_typed_shows_the_first_and_nonsense_nothing(river: KnowledgeBase) -> None:
    assert [found.key.id for found in search(river, ItemKind.CLAIM, " ", 2)] == ["melt", "dam"]
    assert search(river, ItemKind.CLAIM, "zzzzqqqq") == ()
    assert search(river, ItemKind.GOLDEN, "any") == ()


def test_what_has_no_body_is_called_by_its_id() -> None:
    assert label(ItemKey(ItemKind.ENTRY, "why"), None) == "why"
    assert label(ItemKey(ItemKind.GOLDEN, "g"), {"question": "Why?"}) == "Why?"
    assert label(ItemKey(ItemKind.GAP, "g"), {"questions": []}) == "g"


def test_of_what_is_typed_and_what_is_searched_only_the_beginning_counts(river: KnowledgeBase) -> None:
    """What a search costs is bounded, however much somebody types or has published."""
    typed = "the wooden bridge cost ".ljust(TYPED)
    assert search(river, ItemKind.CLAIM, typed + "zq " * 2000) == search(river, ItemKind.CLAIM, typed)
    melt = river.claims["melt"]
    long = replace(melt, text=melt.text.ljust(NAMED, ".") + " unheard of")
    base = replace(river, claims={**river.claims, "melt": long})
    assert search(base, ItemKind.CLAIM, melt.text)[0].label == long.text
    assert search(base, ItemKind.CLAIM, "unheard of") == ()
