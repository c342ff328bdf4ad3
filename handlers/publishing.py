"""Before a change is published its moderator sees what it would do; then it is saved, and served.

Whatever changes a server's knowledge without a form of its own goes through `Publishing.offer`.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self, cast

import discord
from discord.ext import commands

from handlers import limits, posting
from handlers.errors import NoticeError, tell
from handlers.escape import inline
from handlers.limits import cut
from handlers.listing import counted
from handlers.permissions import require_moderator
from handlers.sending import send_privately
from handlers.services import Services
from handlers.settling import open_proposal, settle, unreached
from knowledge.curation.effect import Effect, Fate
from knowledge.curation.items import Edit
from knowledge.snapshot import Standing
from knowledge.store.records import Action, Change, ConflictError, DecidedError

Interaction = discord.Interaction[Any]

PUBLISHING = "Publishing"
KEEP = timedelta(hours=1)
MOST_KEPT = 200
_ATTEMPTS = 5
SHOWN = 6
"""So many questions that a change would touch are named; the rest is counted."""

EXPIRED = "This preview has expired: nothing was changed. Start again from the list or the command."
NOT_YOURS = "Only the moderator who was shown this preview can publish it."


@dataclass(frozen=True, slots=True)
class Planned:
    """A change that is about to be published, and the line that tells so afterwards.

    `proposal` is approved by it, the unanswered questions `answers` go with it. `again` makes the edits anew
    where somebody has changed the same items meanwhile; without it the moderator has to look again.
    """

    action: Action
    edits: tuple[Edit, ...]
    done: str
    note: str = ""
    proposal: int | None = None
    answers: tuple[int, ...] = ()
    again: Callable[[Standing], Sequence[Edit]] | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    planned: Planned
    guild: int
    person: int
    until: datetime


class Choice(StrEnum):
    """What a moderator makes of a preview."""

    PUBLISH = "publish"
    CANCEL = "cancel"


class PublishButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"kb:(?P<choice>publish|cancel):(?P<token>[0-9a-f]{16})",
):
    """*Publish* or *Cancel* under a preview."""

    def __init__(self, button: discord.ui.Button[Any], choice: Choice, token: str) -> None:
        super().__init__(button)
        self.choice = choice
        self.token = token

    @classmethod
    def make(cls, choice: Choice, token: str) -> PublishButton:
        """A new button."""
        style = discord.ButtonStyle.success if choice is Choice.PUBLISH else discord.ButtonStyle.secondary
        custom_id = f"kb:{choice.value}:{token}"
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=choice.value.capitalize(), custom_id=custom_id, style=style
        )
        return cls(button, choice, token)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py found a button of ours under some message."""
        return cls(cast("discord.ui.Button[Any]", item), Choice(match["choice"]), match["token"])

    async def callback(self, interaction: Interaction) -> None:
        """Somebody pressed it."""
        await publishing_of(interaction).press(interaction, self.choice, self.token)


class Publishing(commands.Cog, name=PUBLISHING):
    """Keeps what is about to be published until its moderator has decided."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def offer(
        self, interaction: Interaction, planned: Planned, text: str, *, embeds: Sequence[discord.Embed] = ()
    ) -> None:
        """Show what a change would do, to its moderator only, with *Publish* and *Cancel*.

        `text` is markdown that says what the change is. The interaction may be deferred already.
        """
        guild = await require_moderator(interaction, self._services)
        found = await posting.promptly(
            interaction, self._services.knowledge.effects(guild, planned.edits), private=True
        )
        token = self._keep(planned, guild, interaction.user.id)
        view = discord.ui.View(timeout=None)
        view.add_item(PublishButton.make(Choice.PUBLISH, token))
        view.add_item(PublishButton.make(Choice.CANCEL, token))
        would = would_change(found)
        content = f"{cut(text, limits.MESSAGE_CONTENT - len(would) - 2)}\n\n{would}"
        await send_privately(interaction, content, view=view, embeds=embeds)

    async def press(self, interaction: Interaction, choice: Choice, token: str) -> None:
        """Publish, or not."""
        try:
            guild = await require_moderator(interaction, self._services)
            kept = self._kept.get(token)
            if kept is None or kept.guild != guild or kept.until <= self._services.clock():
                raise NoticeError(EXPIRED)
            if kept.person != interaction.user.id:
                raise NoticeError(NOT_YOURS)
            # Whatever becomes of it, it is published once.
            del self._kept[token]
            # The preview becomes the note of what was done: its buttons go.
            await interaction.response.defer()
            if choice is Choice.CANCEL:
                await _settle(interaction, "Cancelled: nothing was changed.")
                return
            try:
                change = await self._commit(kept)
            except Exception:
                # It can be tried again: nothing of it was saved.
                self._kept[token] = kept
                raise
            served = await self._services.knowledge.published(guild)
            late = "" if served else "\nIt is saved, but could not be served yet: the log says why."
            told = f"{kept.planned.done}\n-# Change {change.id}: `/kb undo` takes it back.{late}"
            await _settle(interaction, told)
            await self._follow_up(interaction, change, kept.planned.proposal)
        except Exception as error:
            await tell(interaction, error, f"button {choice.value}")

    async def _commit(self, kept: _Kept) -> Change:
        planned, store = kept.planned, self._services.store
        edits = planned.edits
        for attempt in range(_ATTEMPTS):
            try:
                return await store.revisions.commit(
                    kept.guild,
                    kept.person,
                    planned.action,
                    edits,
                    note=planned.note,
                    proposal=planned.proposal,
                    answers=planned.answers,
                )
            except DecidedError as error:
                raise NoticeError(str(error)) from error
            except ConflictError as error:
                if planned.proposal is not None:
                    # Where the same proposal was published by somebody else, that is what is to be told.
                    await open_proposal(self._services, kept.guild, planned.proposal)
                if planned.again is None or attempt == _ATTEMPTS - 1:
                    raise NoticeError(_conflict(error)) from error
                edits = tuple(planned.again(await self._services.knowledge.standing(kept.guild)))
        raise RuntimeError("neither saved nor refused")

    async def _follow_up(self, interaction: Interaction, change: Change, proposal: int | None) -> None:
        """Whoever else waits for a change gets to know of it."""
        if proposal is None:
            return
        decided = await self._services.store.proposals.get(change.guild, proposal)
        if decided is not None and not await settle(interaction.client, self._services, decided):
            await send_privately(interaction, unreached(False).strip())

    def _keep(self, planned: Planned, guild: int, person: int) -> str:
        now = self._services.clock()
        for token in [token for token, kept in self._kept.items() if kept.until <= now]:
            del self._kept[token]
        while len(self._kept) >= MOST_KEPT:
            self._kept.popitem(last=False)
        token = secrets.token_hex(8)
        self._kept[token] = _Kept(planned, guild, person, now + KEEP)
        return token


def publishing_of(interaction: Interaction) -> Publishing:
    """The cog that changes are offered by."""
    client = interaction.client
    cog: Any = client.get_cog(PUBLISHING) if isinstance(client, commands.Bot | commands.AutoShardedBot) else None
    if cog is None:
        raise RuntimeError("the cog that publishes is missing: setup() was not called")
    return cog


def would_change(found: Sequence[Effect]) -> str:
    """What a change would do to questions, in a few lines of markdown."""
    if not found:
        return "**What would change:** nobody has asked anything yet, so there is nothing to compare."
    touched = [effect for effect in found if effect.fate is not Fate.SAME or effect.breaks]
    asked = counted(len(found), "recent or golden question")
    if not touched:
        return f"**What would change:** none of {asked} would be answered otherwise."
    counts = [
        f"{number} {words}"
        for fate, words in ((Fate.LOST, "lost"), (Fate.CHANGED, "changed"), (Fate.NEW, "newly answered"))
        if (number := sum(effect.fate is fate for effect in touched))
    ]
    lines = [f"**What would change**, of {asked}: {', '.join(counts) or 'golden questions fail'}."]
    lines += [_effect(effect) for effect in touched[:SHOWN]]
    if len(touched) > SHOWN:
        lines.append(f"- … and {len(touched) - SHOWN} more")
    return "\n".join(lines)


def _effect(effect: Effect) -> str:
    asked = inline(cut(effect.question, 70))
    match effect.fate:
        case Fate.LOST:
            told = f"- ⚠️ lost: “{asked}” is no longer answered"
        case Fate.NEW:
            told = f"- 🆕 answered: “{asked}” → {inline(cut(effect.after.title, 60))}"
        case Fate.CHANGED:
            other = effect.before.candidate_id != effect.after.candidate_id
            told = f"- ✏️ changed: “{asked}”" + (f" → {inline(cut(effect.after.title, 60))}" if other else "")
        case Fate.SAME:
            told = f"- “{asked}”"
    return told + (" — **a golden question fails**" if effect.breaks else "")


def _conflict(error: ConflictError) -> str:
    named = ", ".join(f"{key.kind.value} `{key.id}`" for key in (conflict.edit.key for conflict in error.conflicts[:5]))
    return (
        f"Somebody has changed {named} meanwhile, so nothing of this was saved. Start again: you will then see "
        "what is there now."
    )


async def _settle(interaction: Interaction, text: str) -> None:
    await interaction.edit_original_response(
        content=text, view=None, embeds=[], allowed_mentions=discord.AllowedMentions.none()
    )
