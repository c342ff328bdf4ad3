"""Changes as people read them: who did what when, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

from handlers.escape import inline
from handlers.limits import cut
from knowledge.curation.changing import body_at
from knowledge.curation.difference import Line, difference
from knowledge.curation.items import Body, Edit, ItemKey, ItemKind, Revision, State
from knowledge.curation.merging import Ground
from knowledge.curation.searching import label
from knowledge.store.records import FORGOTTEN, Action, Change

ACTIONS: Mapping[Action, str] = {
    Action.ADD: "added",
    Action.EDIT: "edited",
    Action.RETIRE: "retired",
    Action.RESTORE: "restored",
    Action.REVERT: "went back",
    Action.UNDO: "took back",
    Action.IMPORT: "imported",
    Action.APPROVE: "took over a suggestion",
}
_LINE = 300
"""Characters of one difference that are shown."""

_NAME = 120


def who_did(change: Change) -> str:
    """The person behind a change; mentioned, which pings nobody in what the bot sends."""
    if change.who is None:
        return "The command line"
    return "Somebody who asked to be forgotten" if change.who == FORGOTTEN else f"<@{change.who}>"


def headline(change: Change) -> str:
    """One line: who, what, when."""
    undone = f" change {change.undoes}" if change.undoes is not None else ""
    note = f": {inline(cut(change.note, _NAME))}" if change.note else ""
    when = discord.utils.format_dt(change.at, "f")
    return f"**{change.id}.** {who_did(change)} {ACTIONS[change.action]}{undone}{note} · {when}"


def name_of(key: ItemKey, body: Body | None) -> str:
    """What an item is called, with its kind."""
    if body is None:
        return f"{key.kind.value} `{key.id}`"
    return f"{key.kind.value} “{inline(cut(label(key, body), _NAME))}”"


def told_lines(lines: Sequence[Line], most: int = 12) -> str:
    """Differences as a list, of many the first ones."""
    shown = [f"- {inline(cut(line.text, _LINE))}" for line in lines[:most]]
    if len(lines) > most:
        shown.append(f"- … and {len(lines) - most} more")
    return "\n".join(shown)


def told_step(ground: Ground, before: Revision | None, after: Revision) -> str:
    """What one revision made of an item, in a few lines: its name and the differences."""
    old, new = body_at(ground, after.key, before), body_at(ground, after.key, after)
    name = name_of(after.key, new or old)
    if after.state is State.RETIRED:
        return f"{name} retired"
    if after.state is State.INHERITED:
        return f"{name}: as the pack has it" if new is not None else f"{name} taken away"
    if old is None:
        return f"{name} added" if before is None else f"{name} restored"
    lines = told_lines(difference(old, new))
    return f"{name}\n{lines}" if lines else f"{name}: same words as before"


def statements_told(key: ItemKey, seen: Body, edit: Edit, along: Sequence[Edit]) -> list[str]:
    """What becomes of the statements under an answer that is worded anew."""
    after = edit.body or {}
    if key.kind is not ItemKind.ENTRY or seen.get("answer") == after.get("answer") or not after.get("claims"):
        return []
    if along:
        return ["Its statement said the same, and goes along with it."]
    return ["The statements under it stay as they are: see below that they still say this."]
