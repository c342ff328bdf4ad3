"""The base as a reader of it sees it: frozen, in order, and found by id."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from knowledge.model import Expert, ExpertKind, KnowledgeBase, PackInfo


def test_credentials_name_role_and_affiliation() -> None:
    assert Expert("a", "A", ExpertKind.PERSON, "geologist", "Hill Institute").credentials == "geologist, Hill Institute"
    assert Expert("a", "A", ExpertKind.PERSON, "geologist").credentials == "geologist"
    assert Expert("a", "A", ExpertKind.PERSON, affiliation="Hill Institute").credentials == "Hill Institute"
    assert Expert("a", "A", ExpertKind.PERSON).credentials == ""


def test_an_outlet_stands_behind_what_it_says_and_what_it_reports(river: KnowledgeBase) -> None:
    assert [claim.id for claim in river.claims_of("herald")] == ["dam", "bridge"]
    assert [claim.id for claim in river.claims_of("ada-marsh")] == ["melt", "dam"]
    assert river.claims_of("mo-mute") == ()


def test_claims_about_a_topic_come_in_the_order_of_the_base(river: KnowledgeBase) -> None:
    assert [claim.id for claim in river.claims_about("flooding")] == ["melt", "dam"]
    assert river.claims_about("taxes") == ()


def test_a_section_is_found_by_its_id(river: KnowledgeBase) -> None:
    source = river.sources["river"]
    assert source.section("causes").title == "Causes of floods"
    with pytest.raises(KeyError):
        source.section("nowhere")


def test_nobody_can_change_a_base_that_is_being_answered_from(river: KnowledgeBase) -> None:
    claims: Any = river.claims
    with pytest.raises(TypeError):
        claims["melt"] = claims["dam"]
    claim: Any = claims["melt"]
    with pytest.raises(FrozenInstanceError):
        claim.text = "Something else."


def test_a_base_of_nothing_but_a_name_has_no_claims() -> None:
    bare = KnowledgeBase(PackInfo("bare", "Bare", ""))
    assert bare.claims_of("anyone") == ()
    assert bare.claims_about("anything") == ()
