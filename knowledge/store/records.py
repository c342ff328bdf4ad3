"""What the store hands out: plain frozen records, no database objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from knowledge.answers import Outcome
from knowledge.curation.items import Edit, Revision
from knowledge.errors import CitebotError


@dataclass(frozen=True, slots=True)
class Reply:
    """A message of the bot's, and whom it serves. Ids are Discord's.

    `asker` is whose question it answers, `invoker` who set the bot on it (often the same person).
    `question_message` is the asker's message, None for a command. `candidate` is empty unless the
    outcome is an answer. Times are aware UTC.
    """

    message: int
    channel: int
    guild: int | None
    asker: int
    invoker: int
    question_message: int | None
    candidate: str
    outcome: Outcome
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes counted."""

    helpful: int
    unhelpful: int


class Action(StrEnum):
    """What a change was."""

    ADD = "add"
    EDIT = "edit"
    RETIRE = "retire"
    RESTORE = "restore"
    REVERT = "revert"
    UNDO = "undo"
    IMPORT = "import"
    APPROVE = "approve"


FORGOTTEN = 0
"""Stands where a person stood who asked to be forgotten. Nobody's Discord id, and the same for all."""


@dataclass(frozen=True, slots=True)
class Change:
    """One transaction by one person in one server.

    `who` is a Discord id, None for the command line, or `FORGOTTEN`. `undoes` is the id of the change
    that this one takes back. `revisions` are what it made, by kind and id. The time is aware UTC.
    """

    id: int
    guild: int
    who: int | None
    at: datetime
    action: Action
    note: str
    undoes: int | None
    revisions: tuple[Revision, ...]


class Past(NamedTuple):
    """One line of an item's history: what it became, and by which change."""

    revision: Revision
    change: Change


@dataclass(frozen=True, slots=True)
class Conflict:
    """An edit that was based on an outdated revision, and the newest one (None where there is none)."""

    edit: Edit
    current: Past | None


class ConflictError(CitebotError):
    """A change was not saved, because something in it was changed by somebody else meanwhile."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts: tuple[Conflict, ...] = tuple(conflicts)
        changed = ", ".join(str(conflict.edit.key) for conflict in self.conflicts)
        super().__init__(f"Changed by somebody else meanwhile: {changed}. Look at what it is now, then choose.")


class OvertakenError(CitebotError):
    """A change was not saved, because it was checked against knowledge that has changed meanwhile."""

    def __init__(self) -> None:
        super().__init__("Something else was changed here in the same moment, so nothing of this was saved: try again.")


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"


class ProposalKind(StrEnum):
    """What is proposed: something new, or that something is wrong or incomplete."""

    ENTRY = "entry"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a member proposed, and what became of it.

    `target` is the candidate that a correction is about (`entry:…`, `claim:…`), else empty. `fields` is what
    they wrote, by name. `review_message` is the message in the review channel that shows it. `reason` is what
    they are told where it was declined. `change` is the change that took it over.
    """

    id: int
    guild: int
    proposer: int
    kind: ProposalKind
    target: str
    fields: Mapping[str, Any]
    created: datetime
    review_message: int | None
    state: ProposalState
    decided: datetime | None
    decider: int | None
    reason: str
    change: int | None


class DecidedError(CitebotError):
    """A proposal is not open any more: somebody else has decided it, or it was never there."""

    def __init__(self, proposal: Proposal | None) -> None:
        self.proposal = proposal
        state = "not there any more" if proposal is None else f"already {proposal.state.value}"
        super().__init__(f"This proposal is {state}. Nothing was changed.")


class Lack(StrEnum):
    """Why a question counts as unanswered."""

    SUGGESTED = "suggested"
    ABSTAINED = "abstained"
    UNHELPFUL = "unhelpful"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question without a good answer. `closest` are candidate ids, best first; days are UTC."""

    id: int
    guild: int
    text: str
    lack: Lack
    closest: tuple[str, ...]
    day: date
    expires: date


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """What a server has set. Ids are Discord's; what is None or missing is as the configuration has it.

    `packs` switches packs on or off by id. `scopes` limits candidates (`entry:…`, `topic:…`) to channels.
    `unanswered_days` is how long the texts of unanswered questions are kept. `reminders` says whether the bot
    reminds of entries to check again, `reminded_at` when it did last (UTC, ISO 8601), "" for never.
    """

    moderator_role: int | None = None
    audit_channel: int | None = None
    review_channel: int | None = None
    packs: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    scopes: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    unanswered_days: int = 90
    reminders: bool = True
    reminded_at: str = ""


@dataclass(frozen=True, slots=True)
class DayCounts:
    """How the questions of one day (UTC) ended in one server."""

    day: date
    counts: Mapping[Outcome, int]


@dataclass(frozen=True, slots=True)
class Used:
    """How often a server was answered with something, and on which day (UTC) last."""

    number: int
    last: date
