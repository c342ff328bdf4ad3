"""`/kb history`, `/kb log` and `/kb undo`: who changed what and when, and the ways back."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from handlers import limits
from handlers.audit import told_change
from handlers.change_render import headline, name_of, told_lines, told_step
from handlers.desk import Act, Desk, Press, button, select
from handlers.errors import NoticeError, number_in
from handlers.escape import plain
from handlers.fitting import require_fit
from handlers.kb_items import ALL, Items, key_of
from handlers.limits import cut
from handlers.listing import counted
from handlers.paging import COLOUR
from handlers.permissions import require_moderator
from handlers.publishing import Planned, publishing_of
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.curation.changing import body_now
from knowledge.curation.difference import difference
from knowledge.curation.items import ItemKey, Revision, State
from knowledge.curation.reverting import revert, undo
from knowledge.snapshot import Standing
from knowledge.store.records import Action, Change, Past

Interaction = discord.Interaction[Any]

PAGE = 5
"""So many revisions or changes are on a page."""

UNTOUCHED = "This server has never changed that, so it has no history: it is as the pack has it."
NOTHING_YET = "Nothing has been changed on this server yet."
NOTHING_OF_YOURS = "You have changed nothing here that could be taken back."


class History:
    """Looks back, and goes back."""

    def __init__(self, services: Services, items: Items, desk: Desk) -> None:
        self._services = services
        self._items = items
        desk.on(Act.HISTORY, self._turn)
        desk.on(Act.REVERT, self._revert)
        desk.on(Act.LOG, self._turn_log)
        desk.on(Act.UNDO, self._undo)

    async def show(self, interaction: Interaction, text: str) -> None:
        """The revisions of an item, newest first."""
        guild = await require_moderator(interaction, self._services)
        await interaction.response.defer(ephemeral=True, thinking=True)
        key, _, _ = await self._items.find(guild, text, ALL, gone=True)
        await send_privately(interaction, **await self._page(guild, key, 0))

    async def show_log(self, interaction: Interaction) -> None:
        """All changes of the server, newest first."""
        guild = await require_moderator(interaction, self._services)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await send_privately(interaction, **await self._log_page(guild, None))

    async def undo_last(self, interaction: Interaction) -> None:
        """Preview that this moderator's last change is taken back."""
        guild = await require_moderator(interaction, self._services)
        await interaction.response.defer(ephemeral=True, thinking=True)
        change = await self._services.store.revisions.last_by(guild, interaction.user.id)
        if change is None:
            raise NoticeError(NOTHING_OF_YOURS)
        await self._offer_undo(interaction, guild, change)

    async def _page(self, guild: int, key: ItemKey, page: int) -> dict[str, Any]:
        past = await self._services.store.revisions.history(guild, key.kind, key.id)
        if not past:
            raise NoticeError(UNTOUCHED)
        standing, _ = await self._items.base(guild)
        last = (len(past) - 1) // PAGE
        page = min(max(page, 0), last)
        shown = past[page * PAGE : (page + 1) * PAGE]
        older = {step.revision.number: step.revision for step in past}
        blocks = [_step(standing, step, older.get(step.revision.number - 1)) for step in shown]
        now = body_now(standing.ground, standing.overlay, key)
        name = name_of(key, now or next((step.revision.body for step in past if step.revision.body), None))
        embed = discord.Embed(
            title=cut(f"History of {name}", limits.EMBED_TITLE),
            description=cut("\n\n".join(blocks), limits.EMBED_DESCRIPTION),
            colour=COLOUR,
        )
        embed.set_footer(text=f"{counted(len(past), 'revision')}, newest first · page {page + 1} of {last + 1}")
        view = discord.ui.View(timeout=None)
        options = [_option(step) for step in shown if step.revision.number != past[0].revision.number]
        if options:
            view.add_item(select(Act.REVERT, _tag(key), "Go back to …", options, row=0))
        if last:
            back, following = max(page - 1, 0), min(page + 1, last)
            view.add_item(button(Act.HISTORY, f"{back}<:{_tag(key)}", "Newer", row=1, disabled=page == 0))
            view.add_item(button(Act.HISTORY, f"{following}>:{_tag(key)}", "Older", row=1, disabled=page == last))
        return {"embeds": [embed], "view": view}

    async def _turn(self, press: Press) -> None:
        number, _, tag = press.argument.partition(":")
        key = key_of(tag)
        if key is None:
            raise NoticeError(UNTOUCHED)
        await press.interaction.response.defer()
        parts = await self._page(press.guild, key, number_in(number[:-1]))
        await press.interaction.edit_original_response(**parts)

    async def _revert(self, press: Press) -> None:
        key = key_of(press.argument)
        if key is None:
            raise NoticeError(UNTOUCHED)
        await press.interaction.response.defer(ephemeral=True, thinking=True)
        past = await self._services.store.revisions.history(press.guild, key.kind, key.id)
        standing, _ = await self._items.base(press.guild)
        number = number_in(press.values[0])
        try:
            edit = revert([step.revision for step in past], number, standing.overlay)
        except KeyError:
            raise NoticeError("There is no such revision.") from None
        now = body_now(standing.ground, standing.overlay, key)
        then = edit.body if edit.state is not State.INHERITED else standing.ground.body(key)
        name = name_of(key, then or now)
        lines = told_lines(difference(now, then)) if then is not None else "- retired again"
        if now == then:
            raise NoticeError("It is like that now: nothing would change.")
        await require_fit(standing, (edit,), "That revision does not fit any more:")
        planned = Planned(
            Action.REVERT, (edit,), f"Published: {name} as in revision {number}.", note=f"to revision {number}"
        )
        text = f"**Go back to revision {number}?** {name}\n{lines}"
        await publishing_of(press.interaction).offer(press.interaction, planned, text)

    async def _log_page(self, guild: int, before: int | None) -> dict[str, Any]:
        changes = await self._services.store.revisions.changes(guild, before=before, limit=PAGE + 1)
        if not changes and before is None:
            raise NoticeError(NOTHING_YET)
        shown = changes[:PAGE]
        room = limits.EMBED_DESCRIPTION // PAGE - 2
        blocks = [cut(await told_change(self._services, change), room) for change in shown]
        embed = discord.Embed(title="All changes", description="\n\n".join(blocks) or "No older ones.", colour=COLOUR)
        view = discord.ui.View(timeout=None)
        if shown:
            options = [_change_option(change) for change in shown]
            view.add_item(select(Act.UNDO, "", "Take back a change …", options, row=0))
        view.add_item(button(Act.LOG, "", "Newest", row=1, disabled=before is None))
        oldest = shown[-1].id if len(changes) > PAGE else 0
        view.add_item(button(Act.LOG, f"{oldest}", "Older", row=1, disabled=not oldest))
        return {"embeds": [embed], "view": view}

    async def _turn_log(self, press: Press) -> None:
        await press.interaction.response.defer()
        before = number_in(press.argument) if press.argument else None
        await press.interaction.edit_original_response(**await self._log_page(press.guild, before))

    async def _undo(self, press: Press) -> None:
        """Take back the change that a button names or that was chosen."""
        await press.interaction.response.defer(ephemeral=True, thinking=True)
        number = number_in(press.values[0] if press.values else press.argument)
        change = await self._services.store.revisions.change(press.guild, number)
        if change is None:
            raise NoticeError("This server has no such change.")
        await self._offer_undo(press.interaction, press.guild, change)

    async def _offer_undo(self, interaction: Interaction, guild: int, change: Change) -> None:
        store = self._services.store.revisions
        earlier = [
            found
            for made in change.revisions
            if (found := await store.revision(guild, made.kind, made.id, made.number - 1)) is not None
        ]
        standing, _ = await self._items.base(guild)
        found = undo(change.revisions, earlier, standing.ground, standing.overlay)
        if found.changed_since:
            names = "\n".join(
                f"- {name_of(key, body_now(standing.ground, standing.overlay, key))}"
                for key in found.changed_since[:PAGE]
            )
            raise NoticeError(
                f"Change {change.id} cannot be taken back as a whole, because this was changed after it:\n{names}\n"
                "`/kb history` goes back to a revision of one item."
            )
        await require_fit(standing, found.edits, "Without that change this would not fit:")
        planned = Planned(
            Action.UNDO, found.edits, f"Taken back: change {change.id}.", note=change.note, undoes=change.id
        )
        text = f"**Take this back?**\n{await told_change(self._services, change)}"
        await publishing_of(interaction).offer(interaction, planned, text)


def install_history(kb: app_commands.Group, history: History, items: Items) -> None:
    """Add `/kb history`, `/kb log` and `/kb undo`."""

    @kb.command(name="history", description="Who changed an item, when and how, and the way back")
    @app_commands.describe(item="Which item: choose from the list")
    async def show(interaction: Interaction, item: str) -> None:  # pyright: ignore[reportUnusedFunction]
        await history.show(interaction, item)

    @kb.command(name="log", description="All changes of this server's knowledge, newest first")
    async def show_log(interaction: Interaction) -> None:  # pyright: ignore[reportUnusedFunction]
        await history.show_log(interaction)

    @kb.command(name="undo", description="Take back your last change")
    async def take_back(interaction: Interaction) -> None:  # pyright: ignore[reportUnusedFunction]
        await history.undo_last(interaction)

    @show.autocomplete("item")
    async def complete(  # pyright: ignore[reportUnusedFunction]
        interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        gone = await items.complete_gone(interaction, current)
        there = await items.complete(interaction, current, ALL)
        known = {choice.value for choice in there}
        kept = there[: limits.AUTOCOMPLETE_CHOICES - min(len(gone), 8)]
        return [*kept, *(choice for choice in gone if choice.value not in known)][: limits.AUTOCOMPLETE_CHOICES]


def _tag(key: ItemKey) -> str:
    return f"{key.kind.value}:{key.id}"


def _step(standing: Standing, step: Past, before: Revision | None) -> str:
    told = told_step(standing.ground, before, step.revision)
    return cut(f"**Revision {step.revision.number}** · {headline(step.change)}\n{told}", 780)


def _option(step: Past) -> discord.SelectOption:
    at = f"{step.change.at:%Y-%m-%d %H:%M}"
    what = {State.LIVE: "", State.RETIRED: " (retired)", State.INHERITED: " (as the pack has it)"}[step.revision.state]
    return discord.SelectOption(
        label=f"Revision {step.revision.number}{what}", value=str(step.revision.number), description=f"{at} UTC"
    )


def _change_option(change: Change) -> discord.SelectOption:
    note = plain(change.note) or ", ".join(str(revision.key) for revision in change.revisions[:2])
    return discord.SelectOption(
        label=cut(f"Change {change.id}: {change.action.value}", limits.SELECT_LABEL),
        value=str(change.id),
        description=cut(note, limits.SELECT_DESCRIPTION) or None,
    )
