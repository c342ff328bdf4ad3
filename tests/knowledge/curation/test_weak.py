"""Weak spots: what no entry uses, what is too close, what is out of date, and what contradicts itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from knowledge.answerer import Answerer
from knowledge.curation.contradictions import contradictions
from knowledge.curation.weak import Age, stale, too_close, unused_claims
from knowledge.model import Claim, Entry, KnowledgeBase, Locator
from knowledge.packs import load_base

Parts = Callable[..., KnowledgeBase]
PLACE = Locator("river", "causes")
TODAY = date(2024, 6, 1)


def test_claims_that_no_entry_uses_are_found(river: KnowledgeBase) -> None:
    assert [claim.id for claim in unused_claims(river)] == ["bridge"]


def test_entries_that_could_be_taken_for_each_other_are_found(river: KnowledgeBase, with_more: Parts) -> None:
    assert too_close(Answerer.build(river, encoder=None)) == ()
    twin = Entry("twin", "Why does the river flood so much?", "Snow.", ("melt",), ("what causes the river's floods",))
    (close, *_) = too_close(Answerer.build(with_more(river, entries=[twin]), encoder=None))
    assert {close.first.id, close.second.id} == {"why-flood", "twin"}
    assert close.asked in (close.first.question, *close.first.phrasings)
    assert 0.5 <= close.score <= 1


def test_stale_entries_come_most_pressing_first(with_parts: Parts, river: KnowledgeBase) -> None:
    entry = river.entries["why-flood"]
    dates = {
        "fresh": ("2024-05-01", ""),
        "old": ("2023-11-01", ""),
        "older": ("2023-01-01", "2030-01-01"),
        "never": ("", ""),
        "soon": ("2024-05-01", "2024-06-15"),
        "over": ("2024-05-01", "2024-06-01"),
        "long-over": ("", "2020-01-01"),
    }
    entries = [replace(entry, id=name, verified_on=seen, expires=ends) for name, (seen, ends) in dates.items()]
    found = stale(with_parts(river, entries=entries), TODAY)
    assert [(one.entry.id, one.age) for one in found] == [
        ("long-over", Age.EXPIRED),
        ("over", Age.EXPIRED),
        ("soon", Age.EXPIRES_SOON),
        ("never", Age.NEVER),
        ("older", Age.OLD),
        ("old", Age.OLD),
    ]
    assert found[-1].day == date(2023, 11, 1)
    assert "old" not in [one.entry.id for one in stale(with_parts(river, entries=entries), TODAY, days=400)]


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("The old dam will hold a great flood.", "The old dam will not hold a great flood.", "one of them denies it"),
        ("The old dam can hold a flood.", "The old dam can't hold a flood.", "one of them denies it"),
        (
            "The number of trout in the river rises.",
            "The number of trout in the river falls.",
            "“rises” against “falls”",
        ),
        ("The ferry carries 40 people each day.", "Each day the ferry carries 60 people.", "40 against 60"),
    ],
)
def test_claims_of_one_expert_that_contradict_are_found(
    river: KnowledgeBase, with_parts: Parts, first: str, second: str, why: str
) -> None:
    claims = [Claim("a", first, "ada-marsh", PLACE), Claim("b", second, "ada-marsh", PLACE)]
    (found,) = contradictions(with_parts(river, claims=claims, entries=()))
    assert (found.first.id, found.second.id, found.why) == ("a", "b", why)
    # Experts may differ from each other.
    claims[1] = replace(claims[1], expert="herald")
    assert contradictions(with_parts(river, claims=claims, entries=())) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The old dam will hold a flood.", "Trout do not come to the upper valley."),
        ("The river rises in spring.", "The price of fish falls in autumn."),
        ("The dam does not leak.", "The dam never leaks."),
        ("Prices rise.", "Prices do not fall."),
        ("The ferry carries 40 people.", "The ferry carries 40 people each day."),
        ("The bridge cost 40 crowns.", "The mill was sold for 60 crowns in May."),
    ],
)
def test_what_does_not_contradict_is_left_alone(
    river: KnowledgeBase, with_parts: Parts, first: str, second: str
) -> None:
    claims = [Claim("a", first, "ada-marsh", PLACE), Claim("b", second, "ada-marsh", PLACE)]
    assert contradictions(with_parts(river, claims=claims, entries=())) == ()


def test_the_shipped_base_has_no_such_weak_spots() -> None:
    base = load_base(["china-russia"])
    assert contradictions(base) == ()
    assert unused_claims(base) == ()


def test_of_entries_that_are_somebody_elses_only_the_question_is_tried(river: KnowledgeBase, with_more: Parts) -> None:
    twin = Entry("twin", "How tall are the banks?", "Tall.", ("melt",), ("Why does the river flood so much?",))
    answerer = Answerer.build(with_more(river, entries=[twin]), encoder=None)
    questions = {entry.question for entry in answerer.base.entries.values()}
    assert {close.asked for close in too_close(answerer)} - questions
    tried = too_close(answerer, whole=())
    assert tried
    assert {close.asked for close in tried} <= questions
