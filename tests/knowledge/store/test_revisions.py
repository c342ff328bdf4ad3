"""Changes of a server's knowledge: numbered, traced, whole or not at all, and never over somebody else's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from knowledge.curation.items import Edit, ItemKey, ItemKind, Overlay, State
from knowledge.store import Store
from knowledge.store.records import (
    Action,
    ConflictError,
    DecidedError,
    Lack,
    OvertakenError,
    ProposalKind,
    ProposalState,
)

FLOODS = ItemKey(ItemKind.ENTRY, "why-floods")
BODY = {
    "question": "Why does it flood?",
    "phrasings": ["floods why"],
    "answer": "Snow — “much” of it.",
    "claims": ["a"],
}


def live(item: str, expected: int = 0, **body: Any) -> Edit:
    return Edit(ItemKind.ENTRY, item, expected, State.LIVE, body or BODY)


async def test_a_server_begins_with_nothing_of_its_own(store: Store) -> None:
    assert await store.revisions.current(10) == Overlay()
    assert await store.revisions.changes(10) == ()
    assert await store.revisions.history(10, *FLOODS) == ()
    assert await store.revisions.last_by(10, 7) is None


async def test_what_is_saved_is_the_current_state_with_its_change(store: Store, clock: Any) -> None:
    change = await store.revisions.commit(10, 7, Action.ADD, [live("why-floods")], note="from a message")
    assert (change.who, change.action, change.note, change.at) == (7, Action.ADD, "from a message", clock.now)
    overlay = await store.revisions.current(10)
    assert overlay.last_change == change.id
    assert overlay.number(FLOODS) == 1
    assert overlay.body(FLOODS) == BODY
    assert change.revisions == (overlay.revisions[FLOODS],)
    assert await store.revisions.change(10, change.id) == change


async def test_what_was_checked_against_outdated_knowledge_is_not_saved(store: Store) -> None:
    seen = (await store.revisions.current(10)).last_change
    await store.revisions.commit(10, 7, Action.ADD, [live("a")], after=seen)
    with pytest.raises(OvertakenError, match="try again"):
        await store.revisions.commit(10, 8, Action.ADD, [live("b")], after=seen)
    overlay = await store.revisions.current(10)
    assert [key.id for key in overlay.revisions] == ["a"]
    await store.revisions.commit(10, 8, Action.ADD, [live("b")], after=overlay.last_change)
    # Another server's changes are its own.
    await store.revisions.commit(11, 8, Action.ADD, [live("b")], after=0)


async def test_what_was_checked_with_other_packs_on_is_not_saved(store: Store) -> None:
    packs = (await store.guilds.settings(10)).packs
    await store.revisions.commit(10, 7, Action.ADD, [live("a")], after=0, packs=packs)
    await store.guilds.change(10, lambda now: replace(now, packs={"river": False}))
    last = (await store.revisions.current(10)).last_change
    with pytest.raises(OvertakenError):
        await store.revisions.commit(10, 7, Action.ADD, [live("b")], after=last, packs=packs)
    assert [key.id for key in (await store.revisions.current(10)).revisions] == ["a"]
    await store.revisions.commit(10, 7, Action.ADD, [live("b")], after=last, packs={"river": False})


async def test_a_body_comes_back_with_its_keys_in_their_order(store: Store) -> None:
    body: dict[str, Any] = {"z": 1, "a": [{"y": 2.5, "b": None}], "m": {"q": True, "c": "\u2028 \x00 é 🐟"}}
    await store.revisions.commit(10, 7, Action.ADD, [live("odd", **body)])
    found = (await store.revisions.current(10)).body(ItemKey(ItemKind.ENTRY, "odd"))
    assert found == body
    assert list(found or {}) == ["z", "a", "m"]
    assert list((found or {})["a"][0]) == ["y", "b"]


async def test_each_change_is_one_more_revision_and_the_old_ones_stay(store: Store, save: Any, clock: Any) -> None:
    first = await save(store, text="one")
    clock.now += timedelta(minutes=1)
    second = await save(store, text="two", expected=1, who=8)
    third = await save(store, text=None, expected=2, action=Action.RETIRE)
    history = await store.revisions.history(10, *FLOODS)
    assert [(past.revision.number, past.revision.state, past.revision.body) for past in history] == [
        (3, State.RETIRED, None),
        (2, State.LIVE, {"question": "two"}),
        (1, State.LIVE, {"question": "one"}),
    ]
    assert [past.change for past in history] == [third, second, first]
    assert await store.revisions.revision(10, *FLOODS, 1) == history[2].revision
    assert await store.revisions.revision(10, *FLOODS, 4) is None
    overlay = await store.revisions.current(10)
    assert (overlay.number(FLOODS), overlay.state(FLOODS), overlay.body(FLOODS)) == (3, State.RETIRED, None)


async def test_a_change_may_be_of_many_items_at_once(store: Store) -> None:
    many = [live(f"entry-{number:04}") for number in range(950)]
    change = await store.revisions.commit(10, None, Action.IMPORT, many)
    assert change.who is None
    assert len(change.revisions) == 950
    assert len((await store.revisions.current(10)).revisions) == 950
    again = [live(edit.id, 1, question="anew") for edit in many]
    assert {r.number for r in (await store.revisions.commit(10, None, Action.IMPORT, again)).revisions} == {2}


async def test_a_change_based_on_an_outdated_revision_is_not_saved(store: Store, save: Any) -> None:
    await save(store, text="one")
    theirs = await save(store, text="theirs", expected=1, who=8)
    with pytest.raises(ConflictError, match="why-floods") as caught:
        await store.revisions.commit(10, 7, Action.EDIT, [live("other"), live("why-floods", 1, question="mine")])
    (conflict,) = caught.value.conflicts
    assert conflict.edit.body == {"question": "mine"}
    assert conflict.current is not None
    assert conflict.current.revision.body == {"question": "theirs"}
    assert conflict.current.change == theirs
    # Nothing of it, not even what was not in conflict.
    overlay = await store.revisions.current(10)
    assert (overlay.last_change, set(overlay.revisions)) == (theirs.id, {FLOODS})


async def test_something_new_that_is_there_already_is_a_conflict_and_so_is_something_gone(store: Store) -> None:
    await store.revisions.commit(10, 7, Action.ADD, [live("why-floods")])
    with pytest.raises(ConflictError):
        await store.revisions.commit(10, 7, Action.ADD, [live("why-floods")])
    with pytest.raises(ConflictError) as caught:
        await store.revisions.commit(10, 7, Action.EDIT, [live("never-was", 3)])
    assert caught.value.conflicts[0].current is None


async def test_of_many_at_once_exactly_one_is_saved(store: Store, other: Store, save: Any) -> None:
    await save(store, text="one")
    results = await asyncio.gather(
        *(save(place, text=str(n), expected=1, who=n) for n in range(8) for place in (store, other)),
        return_exceptions=True,
    )
    saved = [result for result in results if not isinstance(result, BaseException)]
    assert len(saved) == 1
    assert sum(isinstance(result, ConflictError) for result in results) == 15
    assert (await store.revisions.current(10)).number(FLOODS) == 2


async def test_changes_of_two_programs_are_all_there(store: Store, other: Store, save: Any) -> None:
    await asyncio.gather(
        *(save(place, f"{name}-{n}") for n in range(12) for name, place in (("a", store), ("b", other)))
    )
    assert len((await store.revisions.current(10)).revisions) == 24
    assert len(await other.revisions.changes(10, limit=100)) == 24


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ([], "without edits"),
        ([live("a"), live("a")], "twice"),
        ([Edit(ItemKind.ENTRY, "a", 0, State.LIVE)], "a body"),
        ([Edit(ItemKind.ENTRY, "a", 0, State.RETIRED, {})], "a body"),
        ([live("")], "characters"),
        ([live("x" * 81)], "characters"),
    ],
)
async def test_edits_that_make_no_change_are_refused(store: Store, edits: list[Edit], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        await store.revisions.commit(10, 7, Action.EDIT, edits)
    assert await store.revisions.changes(10) == ()


async def test_the_audit_log_is_read_page_by_page(store: Store, save: Any) -> None:
    made = [await save(store, text=str(n), expected=n) for n in range(7)]
    first = await store.revisions.changes(10, limit=3)
    assert first == tuple(reversed(made[4:]))
    second = await store.revisions.changes(10, before=first[-1].id, limit=3)
    assert second == tuple(reversed(made[1:4]))
    assert await store.revisions.changes(10, before=made[0].id) == ()


async def test_ones_last_change_is_the_last_that_is_not_undone(store: Store, save: Any) -> None:
    first = await save(store, "a", who=7)
    second = await save(store, "b", who=7)
    await save(store, "c", who=8)
    assert await store.revisions.last_by(10, 7) == second
    undo = await save(store, "b", None, expected=1, who=7, action=Action.UNDO, undoes=second.id)
    assert undo.undoes == second.id
    assert await store.revisions.last_by(10, 7) == first
    await save(store, "a", None, expected=1, who=8, action=Action.UNDO, undoes=first.id)
    assert await store.revisions.last_by(10, 7) is None


async def test_only_a_change_that_there_is_can_be_undone(store: Store, save: Any) -> None:
    elsewhere = await save(store, guild=20)
    for change in (elsewhere.id, 999):
        with pytest.raises(KeyError):
            await save(store, guild=10, action=Action.UNDO, undoes=change)
    assert await store.revisions.changes(10) == ()


async def test_approving_is_one_change_with_the_proposal(store: Store, save: Any) -> None:
    proposal = await store.proposals.add(10, 5, ProposalKind.ENTRY, {"question": "Why?"})
    change = await save(store, action=Action.APPROVE, proposal=proposal.id)
    decided = await store.proposals.get(10, proposal.id)
    assert decided is not None
    assert (decided.state, decided.decider, decided.change) == (ProposalState.APPROVED, 7, change.id)
    with pytest.raises(DecidedError, match="already approved"):
        await save(store, "another", proposal=proposal.id)
    with pytest.raises(DecidedError, match="not there"):
        await save(store, "another", proposal=999)
    assert len(await store.revisions.changes(10)) == 1


async def test_a_conflict_leaves_the_proposal_and_the_questions_as_they_are(store: Store, save: Any) -> None:
    await save(store)
    proposal = await store.proposals.add(10, 5, ProposalKind.ENTRY, {})
    await store.unanswered.add(10, "why floods", Lack.ABSTAINED, [])
    (question,) = await store.unanswered.all(10)
    with pytest.raises(ConflictError):
        await save(store, proposal=proposal.id, answers=[question.id])
    assert await store.proposals.open(10) == (proposal,)
    assert await store.unanswered.all(10) == (question,)
    await save(store, expected=1, answers=[question.id])
    assert await store.unanswered.all(10) == ()


async def test_everything_is_there_after_a_restart(where: Any, clock: Any, save: Any) -> None:
    async with Store.open(where, clock=clock) as store:
        change = await save(store)
        before = await store.revisions.current(10)
    async with Store.open(where, clock=clock) as store:
        assert await store.revisions.current(10) == before
        assert await store.revisions.change(10, change.id) == change
