"""Before a change is published its moderator sees what it would do; then it is saved, and served.

Whatever changes a server's knowledge without a form of its own goes through `Publishing.offer`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, Self, cast

import discord
from discord.ext import commands

from handlers import limits, posting
from handlers.audit import UNAUDITED, audit
from handlers.desk import Act, button
from handlers.drafts import Drafts
from handlers.effect_render import would_change
from handlers.errors import NoticeError, tell
from handlers.fitting import require_fit
from handlers.limits import cut
from handlers.permissions import require_moderator
from handlers.sending import send_privately
from handlers.services import Services
from handlers.settling import open_proposal, settle, unreached
from knowledge.curation.items import Edit
from knowledge.snapshot import Standing
from knowledge.store.records import Action, Change, ConflictError, DecidedError, OvertakenError

Interaction = discord.Interaction[Any]

PUBLISHING = "Publishing"
_ATTEMPTS = 5
_FILES = 2
OVERTAKEN = "Somebody else was faster, so nothing of this was saved: see below."
UNFIT = "Nothing was changed: with what somebody else has changed meanwhile, this does not fit any more."
EXPIRED = "This preview has expired: nothing was changed. Start again from the list or the command."


@dataclass(frozen=True, slots=True)
class Planned:
    """A change that is about to be published, and the line that tells so afterwards.

    `proposal` is approved by it, the unanswered questions `answers` go with it, `undoes` is the change that it
    takes back. `again` makes the edits anew where somebody has changed the same items meanwhile; without it the
    moderator is shown both and chooses.
    """

    action: Action
    edits: tuple[Edit, ...]
    done: str
    note: str = ""
    proposal: int | None = None
    answers: tuple[int, ...] = ()
    undoes: int | None = None
    again: Callable[[Standing], Sequence[Edit]] | None = None


class Clashes(Protocol):
    """Shows a moderator what somebody else has changed meanwhile, and lets them choose."""

    async def show(self, interaction: Interaction, guild: int, planned: Planned) -> None:
        """Show both changes of whatever `planned` is not based on the newest revision of."""
        ...


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

    def __init__(self, services: Services, clashes: Clashes) -> None:
        self._services = services
        self._clashes = clashes
        self._kept: Drafts[Planned] = Drafts(services.clock, expired=EXPIRED)

    async def offer(
        self,
        interaction: Interaction,
        planned: Planned,
        text: str,
        *,
        embeds: Sequence[discord.Embed] = (),
        ways: Sequence[discord.ui.Item[Any]] = (),
    ) -> None:
        """Show what a change would do, to its moderator only, with *Publish* and *Cancel*.

        `text` is markdown that says what the change is, `ways` are other ways on than these two. The interaction
        may be deferred already. Where somebody else has changed the same meanwhile, both versions are shown instead.
        """
        guild = await require_moderator(interaction, self._services)
        overlay = (await self._services.knowledge.standing(guild)).overlay
        if planned.again is None and any(edit.expected != overlay.number(edit.key) for edit in planned.edits):
            await self._clashes.show(interaction, guild, planned)
            return
        found = await posting.promptly(
            interaction, self._services.knowledge.effects(guild, planned.edits), private=True
        )
        token = self._kept.keep(guild, interaction.user.id, planned)
        # A file may be megabytes: few of those wait for each moderator.
        self._kept.drop_all_but(_FILES, guild, interaction.user.id, lambda kept: kept.action is Action.IMPORT)
        view = discord.ui.View(timeout=None)
        view.add_item(PublishButton.make(Choice.PUBLISH, token))
        view.add_item(PublishButton.make(Choice.CANCEL, token))
        for way in ways:
            view.add_item(way)
        would = would_change(found)
        content = f"{cut(text, limits.MESSAGE_CONTENT - len(would) - 2)}\n\n{would}"
        await send_privately(interaction, content, view=view, embeds=embeds)

    async def press(self, interaction: Interaction, choice: Choice, token: str) -> None:
        """Publish, or not."""
        try:
            guild = await require_moderator(interaction, self._services)
            planned = self._kept.find(token, guild, interaction.user.id)
            # Whatever becomes of it, it is published once.
            self._kept.drop(token)
            try:
                # The preview becomes the note of what was done: its buttons go.
                await interaction.response.defer()
                if choice is Choice.CANCEL:
                    await _settle(interaction, "Cancelled: nothing was changed.")
                    return
                change = await self._commit(guild, interaction.user.id, planned)
            except ConflictError:
                await _settle(interaction, OVERTAKEN)
                await self._clashes.show(interaction, guild, planned)
                return
            except Exception:
                # It can be tried again: nothing of it was saved.
                self._kept.change(token, guild, interaction.user.id, planned)
                raise
            served = await self._services.knowledge.published(guild)
            late = "" if served else "\nIt is saved, but could not be served yet: the log says why."
            view = discord.ui.View(timeout=None)
            if planned.action is not Action.UNDO:
                view.add_item(button(Act.UNDO, str(change.id), "Undo"))
            told = f"{planned.done}\n-# Change {change.id}: `/kb undo` takes it back.{late}"
            await _settle(interaction, told, view)
            await self._follow_up(interaction, change, planned.proposal)
        except Exception as error:
            await tell(interaction, error, f"button {choice.value}")

    async def _commit(self, guild: int, person: int, planned: Planned) -> Change:
        """Save it. Raises ConflictError where the moderator has to choose, NoticeError where it no longer fits."""
        store = self._services.store
        edits = planned.edits
        for attempt in range(_ATTEMPTS):
            standing = await self._services.knowledge.standing(guild)
            overlay = standing.overlay
            if all(edit.expected == overlay.number(edit.key) for edit in edits):
                if planned.proposal is not None:
                    await open_proposal(self._services, guild, planned.proposal)
                # The preview may be an hour old: what this rests on, or is asked like, may have changed since.
                await require_fit(standing, edits, UNFIT)
            try:
                return await store.revisions.commit(
                    guild,
                    person,
                    planned.action,
                    edits,
                    note=planned.note,
                    proposal=planned.proposal,
                    answers=planned.answers,
                    undoes=planned.undoes,
                    after=overlay.last_change,
                    packs=standing.settings.packs,
                )
            except OvertakenError as error:
                if attempt == _ATTEMPTS - 1:
                    raise NoticeError(str(error)) from error
            except DecidedError as error:
                raise NoticeError(str(error)) from error
            except ConflictError as error:
                if planned.proposal is not None:
                    # Where the same proposal was published by somebody else, that is what is to be told.
                    await open_proposal(self._services, guild, planned.proposal)
                if planned.again is None:
                    raise
                if attempt == _ATTEMPTS - 1:
                    raise NoticeError(str(error)) from error
                edits = tuple(planned.again(await self._services.knowledge.standing(guild)))
        raise RuntimeError("neither saved nor refused")

    async def _follow_up(self, interaction: Interaction, change: Change, proposal: int | None) -> None:
        """Whoever else waits for a change gets to know of it."""
        if proposal is not None:
            decided = await self._services.store.proposals.get(change.guild, proposal)
            if decided is not None and not await settle(interaction.client, self._services, decided):
                await send_privately(interaction, unreached(False).strip())
        if not await audit(interaction.client, self._services, change):
            await send_privately(interaction, UNAUDITED)


def publishing_of(interaction: Interaction) -> Publishing:
    """The cog that changes are offered by."""
    client = interaction.client
    cog: Any = client.get_cog(PUBLISHING) if isinstance(client, commands.Bot | commands.AutoShardedBot) else None
    if cog is None:
        raise RuntimeError("the cog that publishes is missing: setup() was not called")
    return cog


async def _settle(interaction: Interaction, text: str, view: discord.ui.View | None = None) -> None:
    await interaction.edit_original_response(
        content=text, view=view, embeds=[], allowed_mentions=discord.AllowedMentions.none()
    )
