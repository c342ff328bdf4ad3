"""Where the wish for an entry comes from: a moderator, a member's proposal, or questions without an answer."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.store.records import Action

QUESTION, ANSWER, LINE = 200, 1000, 400
"""The most characters that the fields of forms take; the first two are the pack format's."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What an entry is written for, and in which server.

    `button` is what opens its form again. `asked` are wordings that the entry has to answer: they become its
    phrasings and golden questions; `answers` are their ids on the list.
    """

    guild: int
    action: Action = Action.ADD
    button: str = ""
    proposal: int | None = None
    answers: tuple[int, ...] = ()
    asked: tuple[str, ...] = ()
