"""From a proposal to a change of the knowledge: as it is proposed, or with a moderator's own words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import discord

from handlers.add_render import problems_told
from handlers.change_render import statements_told
from handlers.errors import NoticeError
from handlers.escape import inline
from handlers.forms import Form, TextField, Typed
from handlers.origins import ANSWER, LINE, Origin
from handlers.permissions import require_moderator
from handlers.publishing import Planned, publishing_of
from handlers.sending import send_privately
from handlers.services import Services
from handlers.writing import Writing
from knowledge.curation.changing import body_now, reword, statements_along
from knowledge.curation.difference import difference
from knowledge.curation.items import Edit, ItemKey, ItemKind
from knowledge.curation.merging import new_problems
from knowledge.snapshot import Standing
from knowledge.store.records import Action, Proposal, ProposalKind

Interaction = discord.Interaction[Any]

EDIT = "Edit"

# What a correction can put right by itself: the item behind a candidate, and its field that people read.
_READ = {"entry": (ItemKind.ENTRY, "answer"), "claim": (ItemKind.CLAIM, "text")}


class Approving:
    """Takes proposals over. Everything is previewed and published by its moderator."""

    def __init__(self, services: Services, writing: Writing) -> None:
        self._services = services
        self._writing = writing
        self.typed = Typed()

    async def approve(self, interaction: Interaction, proposal: Proposal) -> None:
        """Preview a proposal as it is."""
        if proposal.kind is ProposalKind.CORRECTION and not proposal.fields.get("better"):
            raise NoticeError(
                "This says what is wrong, but not what the answer should say: press *Edit* to write it, or *Decline*."
            )
        await interaction.response.defer(ephemeral=True, thinking=True)
        if proposal.kind is ProposalKind.ENTRY:
            await self._writing.offer(interaction, _origin(proposal), _texts(proposal))
        else:
            await self.offer_correction(interaction, proposal, _texts(proposal)["better"])

    async def edit(self, interaction: Interaction, proposal: Proposal) -> None:
        """Open a form with the proposal, or with what this moderator made of it last."""
        form: Form
        if proposal.kind is ProposalKind.ENTRY:
            form = self._writing.form(interaction, _origin(proposal), _texts(proposal))
        else:
            standing = await self._services.knowledge.standing(proposal.guild)
            key, field, body = _target(proposal, standing)
            typed = self.typed.last(proposal.id, interaction.user.id) or _texts(proposal)
            form = CorrectionForm(self, self._services, proposal, key, typed["better"] or str(body[field]))
        await interaction.response.send_modal(form)

    async def offer_correction(self, interaction: Interaction, proposal: Proposal, better: str) -> None:
        """Preview an answer or statement put right."""
        standing = await self._services.knowledge.standing(proposal.guild)
        key, field, body = _target(proposal, standing)
        edit = reword(standing.overlay, key, {**body, field: better})
        lines = difference(body, edit.body)
        if not lines:
            raise NoticeError("It says exactly that already, so there is nothing to publish.")
        along: tuple[Edit, ...] = ()
        if key.kind is ItemKind.ENTRY:
            base = (await asyncio.to_thread(standing.merged)).base
            along = statements_along(standing.overlay, base, key.id, body, edit.body or {})
        _, problems = await asyncio.to_thread(new_problems, standing.ground, standing.overlay, (edit, *along))
        if problems:
            await send_privately(interaction, problems_told([(p.field, p.message) for p in problems], button=EDIT))
            return
        planned = Planned(
            Action.APPROVE,
            (edit, *along),
            f"Published: {key.kind.value} `{key.id}`",
            note=str(proposal.fields.get("asked", "")),
            proposal=proposal.id,
        )
        told = [f"- {inline(line.text)}" for line in lines]
        changes = "\n".join((*told, *statements_told(key, body, edit, along)))
        await publishing_of(interaction).offer(interaction, planned, f"**Publish this?**\n{changes}")


class CorrectionForm(Form):
    """An answer or statement, to be put right."""

    def __init__(self, approving: Approving, services: Services, proposal: Proposal, key: ItemKey, better: str) -> None:
        super().__init__("Put it right")
        self._approving = approving
        self._services = services
        self._proposal = proposal
        label = "Answer" if key.kind is ItemKind.ENTRY else "Statement"
        most = ANSWER if key.kind is ItemKind.ENTRY else LINE
        wrong = str(proposal.fields.get("wrong", ""))
        self.better = TextField(label, "better", most=most, description=f"Suggested: {wrong}", value=better, long=True)
        self.add_item(self.better)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Preview it."""
        await require_moderator(interaction, self._services)
        self._approving.typed.keep(self._proposal.id, interaction.user.id, {"better": self.better.typed})
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._approving.offer_correction(interaction, self._proposal, self.better.typed)


def _origin(proposal: Proposal) -> Origin:
    return Origin(proposal.guild, Action.APPROVE, EDIT, proposal=proposal.id)


def _target(proposal: Proposal, standing: Standing) -> tuple[ItemKey, str, Mapping[str, Any]]:
    """What a correction is about: the item, its field that people read, its body now."""
    kind, _, item = proposal.target.partition(":")
    if kind not in _READ:
        raise NoticeError(
            "This is about a list that the bot puts together from statements. Change the statement or the expert with "
            "`/kb edit`, then press *Decline* and say so there."
        )
    key, field = ItemKey(_READ[kind][0], item), _READ[kind][1]
    body = body_now(standing.ground, standing.overlay, key)
    if body is None:
        raise NoticeError("What this is about is no longer in the base: press *Decline* and say so there.")
    return key, field, body


def _texts(proposal: Proposal) -> dict[str, str]:
    return {name: value for name, value in proposal.fields.items() if isinstance(value, str)}
