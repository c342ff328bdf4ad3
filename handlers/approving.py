"""From a proposal to a change of the knowledge: as it is proposed, or with a moderator's own words."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import discord

from handlers.errors import NoticeError
from handlers.escape import inline
from handlers.forms import Form, TextField
from handlers.limits import MESSAGE_CONTENT, cut
from handlers.permissions import require_moderator
from handlers.publishing import Planned, publishing_of
from handlers.render import embed_of
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.answerer import Answerer
from knowledge.curation.changing import body_now, reword
from knowledge.curation.closest import closest
from knowledge.curation.csvimport import fields_of_row
from knowledge.curation.difference import difference
from knowledge.curation.drafting import Draft, draft, preview
from knowledge.curation.items import Edit, ItemKey, ItemKind
from knowledge.curation.merging import new_problems
from knowledge.curation.wording import credentials_in
from knowledge.snapshot import Standing
from knowledge.store.records import Action, Proposal, ProposalKind

Interaction = discord.Interaction[Any]

MOST_TYPED = 200
"""So many forms that were sent in with mistakes are kept, so that nobody types them again."""

CLOSE = 0.3
"""Probability of meaning the same from which on an entry is named as close to a proposed one."""

_QUESTION, _ANSWER, _LINE = 200, 1000, 400

_ENTRY_FIELDS: tuple[tuple[str, str, int, str, bool], ...] = (
    ("question", "Question", _QUESTION, "As people would ask it", True),
    ("answer", "Answer", _ANSWER, "In your own words", True),
    ("source", "Source", _LINE, "Its title and link, or the link of a message", True),
    ("who", "Who says it", _LINE, "Name, role, where they belong, divided by commas", False),
    ("place", "Where it stands there", _LINE, "Chapter or section, paragraph", False),
)
_LABELS = {name: label for name, label, *_ in _ENTRY_FIELDS} | {"expert": "Who says it", "text": "Statement"}

# What a correction can put right by itself: the item behind a candidate, and its field that people read.
_READ = {"entry": (ItemKind.ENTRY, "answer"), "claim": (ItemKind.CLAIM, "text")}


class Approving:
    """Takes proposals over. Everything is previewed and published by its moderator."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._typed: OrderedDict[tuple[int, int], dict[str, str]] = OrderedDict()

    async def approve(self, interaction: Interaction, proposal: Proposal) -> None:
        """Preview a proposal as it is."""
        if proposal.kind is ProposalKind.CORRECTION and not proposal.fields.get("better"):
            raise NoticeError(
                "This says what is wrong, but not what the answer should say: press *Edit* to write it, or *Decline*."
            )
        await interaction.response.defer(ephemeral=True, thinking=True)
        if proposal.kind is ProposalKind.ENTRY:
            await self.offer_entry(interaction, proposal, _texts(proposal))
        else:
            await self.offer_correction(interaction, proposal, _texts(proposal)["better"])

    async def edit(self, interaction: Interaction, proposal: Proposal) -> None:
        """Open a form with the proposal, or with what this moderator made of it last."""
        typed = self._typed.get((proposal.id, interaction.user.id))
        if proposal.kind is ProposalKind.ENTRY:
            form: Form = EntryEditForm(self, self._services, proposal, typed or _typed(_texts(proposal)))
        else:
            standing = await self._services.knowledge.standing(proposal.guild)
            key, field, body = _target(proposal, standing)
            better = (typed or _texts(proposal)).get("better") or str(body[field])
            form = CorrectionEditForm(self, self._services, proposal, key, better)
        await interaction.response.send_modal(form)

    def keep(self, proposal: Proposal, person: int, typed: Mapping[str, str]) -> None:
        """Keep what a moderator has typed, to go on from there."""
        self._typed[proposal.id, person] = dict(typed)
        while len(self._typed) > MOST_TYPED:
            self._typed.popitem(last=False)

    async def offer_entry(self, interaction: Interaction, proposal: Proposal, row: Mapping[str, str]) -> None:
        """Preview the entry that somebody has proposed or edited, or say what is wrong with it field by field."""
        standing = await self._services.knowledge.standing(proposal.guild)
        made = await asyncio.to_thread(_drafted, row, standing)
        if made.problems:
            await send_privately(interaction, _problems([(p.field, p.message) for p in made.problems]))
            return
        answer = preview(made.base, made.entry)
        answerer = await self._services.knowledge.of(proposal.guild)
        close = await asyncio.to_thread(_close, answerer, row["question"])

        def again(now: Standing) -> Sequence[Edit]:
            anew = _drafted(row, now)
            if anew.problems:
                raise NoticeError(_problems([(p.field, p.message) for p in anew.problems]))
            return anew.edits

        planned = Planned(
            Action.APPROVE,
            made.edits,
            f"Published: **{inline(row['question'])}**",
            note=row["question"],
            proposal=proposal.id,
            again=again,
        )
        embeds = [embed_of(answer)] if answer is not None else []
        text = f"**Publish this?** Members will see it as below.{close}"
        await publishing_of(interaction).offer(interaction, planned, text, embeds=embeds)

    async def offer_correction(self, interaction: Interaction, proposal: Proposal, better: str) -> None:
        """Preview an answer or statement put right."""
        standing = await self._services.knowledge.standing(proposal.guild)
        key, field, body = _target(proposal, standing)
        edit = reword(standing.overlay, key, {**body, field: better})
        lines = difference(body, edit.body)
        if not lines:
            raise NoticeError("It says exactly that already, so there is nothing to publish.")
        _, problems = await asyncio.to_thread(new_problems, standing.ground, standing.overlay, (edit,))
        if problems:
            await send_privately(interaction, _problems([(p.field, p.message) for p in problems]))
            return
        planned = Planned(
            Action.APPROVE,
            (edit,),
            f"Published: {key.kind.value} `{key.id}`",
            note=str(proposal.fields.get("asked", "")),
            proposal=proposal.id,
        )
        changes = "\n".join(f"- {inline(line.text)}" for line in lines)
        await publishing_of(interaction).offer(interaction, planned, f"**Publish this?**\n{changes}")


class EntryEditForm(Form):
    """A proposed entry, to be put right before it is published."""

    def __init__(self, approving: Approving, services: Services, proposal: Proposal, typed: Mapping[str, str]) -> None:
        super().__init__("Edit the suggestion")
        self._approving = approving
        self._services = services
        self._proposal = proposal
        self.fields = {
            name: TextField(
                label,
                name,
                most=most,
                description=description,
                value=typed.get(name, ""),
                required=required,
                long=name == "answer",
            )
            for name, label, most, description, required in _ENTRY_FIELDS
        }
        for field in self.fields.values():
            self.add_item(field)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Preview it; nothing typed is lost where something is wrong."""
        await require_moderator(interaction, self._services)
        typed = {name: field.typed for name, field in self.fields.items()}
        self._approving.keep(self._proposal, interaction.user.id, typed)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._approving.offer_entry(interaction, self._proposal, _row(typed))


class CorrectionEditForm(Form):
    """An answer or statement, to be put right."""

    def __init__(self, approving: Approving, services: Services, proposal: Proposal, key: ItemKey, better: str) -> None:
        super().__init__("Put it right")
        self._approving = approving
        self._services = services
        self._proposal = proposal
        label = "Answer" if key.kind is ItemKind.ENTRY else "Statement"
        most = _ANSWER if key.kind is ItemKind.ENTRY else _LINE
        wrong = str(proposal.fields.get("wrong", ""))
        self.better = TextField(label, "better", most=most, description=f"Suggested: {wrong}", value=better, long=True)
        self.add_item(self.better)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Preview it."""
        await require_moderator(interaction, self._services)
        self._approving.keep(self._proposal, interaction.user.id, {"better": self.better.typed})
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._approving.offer_correction(interaction, self._proposal, self.better.typed)


def _drafted(row: Mapping[str, str], standing: Standing) -> Draft:
    """The entry from fields as typed. Takes tens of milliseconds of CPU: call it off the event loop."""
    return draft(fields_of_row(row, standing.merged().base), standing.ground, standing.overlay)


def _close(answerer: Answerer, question: str) -> str:
    found = closest(answerer, [question], least=CLOSE)
    if not found:
        return ""
    named = "\n".join(f"- {inline(close.question)}" for close in found)
    return f"\nIs it one of these already? Then decline it, or add it as a phrasing there:\n{named}"


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


def _problems(found: Sequence[tuple[str, str]]) -> str:
    lines = [f"- **{inline(_LABELS.get(field, field))}**: {inline(message)}" for field, message in found]
    words = "It cannot be published like this. Press *Edit*: what you typed last stands there.\n"
    return cut(words + "\n".join(lines), MESSAGE_CONTENT)


def _texts(proposal: Proposal) -> dict[str, str]:
    return {name: value for name, value in proposal.fields.items() if isinstance(value, str)}


def _typed(row: Mapping[str, str]) -> dict[str, str]:
    """A row's texts as they stand in the form: name, role and place of an expert on one line."""
    parts = [row.get(name, "") for name in ("expert", "role", "affiliation")]
    return {**row, "who": ", ".join(part for part in parts if part)}


def _row(typed: Mapping[str, str]) -> dict[str, str]:
    row = {name: value for name, value in typed.items() if name != "who"}
    return {**row, **credentials_in(typed.get("who", ""))}
