"""A member's proposal as moderators see it, and as its proposer is told about it."""

from __future__ import annotations

import discord

from handlers import limits
from handlers.escape import block, inline, plain
from handlers.limits import cut
from knowledge.model import KnowledgeBase
from knowledge.store.records import FORGOTTEN, Proposal, ProposalKind, ProposalState

COLOURS = {
    ProposalState.OPEN: 0x2F6FB0,
    ProposalState.APPROVED: 0x3F9C6B,
    ProposalState.DECLINED: 0x7D8590,
}
_ENTRY_FIELDS = (("source", "Source"), ("expert", "Who says it"), ("place", "Where it stands"))
_CORRECTION_FIELDS = (("wrong", "What is wrong or missing"), ("better", "It should say"), ("source", "Source"))


def proposal_embed(proposal: Proposal, base: KnowledgeBase) -> discord.Embed:
    """What is proposed, by whom; of a correction also what the base says now; and how it was decided."""
    fields = proposal.fields
    embed = discord.Embed(colour=COLOURS[proposal.state], timestamp=proposal.created)
    if proposal.kind is ProposalKind.ENTRY:
        embed.title = cut(inline(_text(proposal, "question")), limits.EMBED_TITLE)
        embed.description = cut(block(_text(proposal, "answer")), limits.EMBED_DESCRIPTION)
        shown = _ENTRY_FIELDS
    else:
        embed.title = cut(f"Wrong or incomplete: {inline(_text(proposal, 'asked'))}", limits.EMBED_TITLE)
        now = _answer_now(proposal, base)
        embed.description = cut(f"**The answer now:** {block(now)}" if now else "", 1500) or None
        shown = _CORRECTION_FIELDS
    for name, label in shown:
        value = ", ".join(_text(proposal, part) for part in _parts(name) if fields.get(part))
        if value:
            embed.add_field(name=label, value=cut(block(value), limits.EMBED_FIELD_VALUE), inline=False)
    embed.add_field(name="From", value=_by(proposal.proposer), inline=True)
    if proposal.state is not ProposalState.OPEN:
        words = f"{proposal.state.value.capitalize()} by {_by(proposal.decider)}"
        if proposal.reason:
            words += f": {inline(proposal.reason)}"
        embed.add_field(name="Decision", value=cut(words, limits.EMBED_FIELD_VALUE), inline=True)
    embed.set_footer(text=f"Suggestion {proposal.id}")
    return embed


def told_proposer(proposal: Proposal, server: str) -> str:
    """What the proposer gets to read once it is decided."""
    about = _text(proposal, "question") or _text(proposal, "asked")
    named = f"Your suggestion for **{inline(cut(plain(server), 100))}** (“{inline(cut(about, 200))}”)"
    if proposal.state is ProposalState.APPROVED:
        return f"{named} was taken over. Thank you!"
    reason = f" The moderators say: {inline(proposal.reason)}" if proposal.reason else ""
    return cut(f"{named} was not taken over.{reason} Thank you all the same.", limits.MESSAGE_CONTENT)


def _text(proposal: Proposal, name: str) -> str:
    value = proposal.fields.get(name, "")
    return value if isinstance(value, str) else ""


def _parts(name: str) -> tuple[str, ...]:
    return ("expert", "role", "affiliation") if name == "expert" else (name,)


def _by(person: int | None) -> str:
    return "somebody who asked to be forgotten" if person in (None, FORGOTTEN) else f"<@{person}>"


def _answer_now(proposal: Proposal, base: KnowledgeBase) -> str:
    kind, _, item = proposal.target.partition(":")
    if kind == "entry" and item in base.entries:
        return base.entries[item].answer
    if kind == "claim" and item in base.claims:
        return base.claims[item].text
    return ""
