"""What moderators are in the middle of: theirs alone, for an hour, and not pushed out by others."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.drafts import EACH, Drafts
from handlers.errors import NoticeError
from handlers.forms import MOST_TYPED, Typed


def test_whoever_begins_very_many_pushes_out_their_own_alone(clock: Any) -> None:
    drafts: Drafts[str] = Drafts(clock)
    hers = drafts.keep(1, 11, "hers")
    elsewhere = drafts.keep(2, 22, "of the same person in another server")
    his = [drafts.keep(1, 22, f"his {n}") for n in range(500)]
    assert drafts.find(hers, 1, 11) == "hers"
    assert drafts.find(elsewhere, 2, 22) == "of the same person in another server"
    assert [drafts.find(token, 1, 22) for token in his[-EACH:]] == [f"his {n}" for n in range(500 - EACH, 500)]
    with pytest.raises(NoticeError, match="expired"):
        drafts.find(his[-EACH - 1], 1, 22)


def test_going_on_with_one_pushes_out_none(clock: Any) -> None:
    drafts: Drafts[str] = Drafts(clock)
    tokens = [drafts.keep(1, 22, str(n)) for n in range(EACH)]
    for token in tokens * 3:
        drafts.change(token, 1, 22, "changed")
    assert [drafts.find(token, 1, 22) for token in tokens] == ["changed"] * EACH


def test_what_somebody_typed_is_pushed_out_by_their_own_alone() -> None:
    typed = Typed()
    typed.keep("a proposal", 11, {"answer": "hers"})
    for n in range(500):
        typed.keep(n, 22, {"answer": "his"})
    assert typed.last("a proposal", 11) == {"answer": "hers"}
    assert typed.last(500 - MOST_TYPED, 22) == {"answer": "his"}
    assert typed.last(499 - MOST_TYPED, 22) is None
