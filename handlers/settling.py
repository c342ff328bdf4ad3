"""A proposal until it is decided, and after: it says so in the review channel, and its proposer is told."""

from __future__ import annotations

import discord

from handlers.errors import NoticeError
from handlers.proposal_render import proposal_embed, told_proposer
from handlers.services import Services
from knowledge.errors import CitebotError
from knowledge.events import Events
from knowledge.store.records import FORGOTTEN, DecidedError, Proposal, ProposalState

events = Events(__name__)


async def open_proposal(services: Services, guild: int, number: int) -> Proposal:
    """A proposal of a server's that waits for a decision. Raises NoticeError for any other."""
    proposal = await services.store.proposals.get(guild, number)
    if proposal is None or proposal.state is not ProposalState.OPEN:
        raise NoticeError(str(DecidedError(proposal)))
    return proposal


async def settle(client: discord.Client, services: Services, proposal: Proposal) -> bool:
    """Note the decision and tell the proposer; False if they are out of reach. It is decided whatever fails here."""
    try:
        await _note(client, services, proposal)
    except discord.HTTPException as error:
        events.info(
            "decision.not_noted", "Discord refused it", guild=proposal.guild, status=error.status, code=error.code
        )
    except CitebotError as error:
        events.warning("decision.not_noted", str(error), guild=proposal.guild)
    if proposal.proposer == FORGOTTEN:
        return True
    guild = client.get_guild(proposal.guild)
    try:
        direct = await client.create_dm(discord.Object(proposal.proposer))
        text = told_proposer(proposal, guild.name if guild else "a server")
        await direct.send(text, allowed_mentions=discord.AllowedMentions.none())
    except discord.HTTPException as error:
        events.info(
            "proposer.not_told", "Discord refused it", guild=proposal.guild, status=error.status, code=error.code
        )
        return False
    return True


def unreached(reached: bool) -> str:
    """What a moderator is told in addition."""
    return "" if reached else " Whoever suggested it takes no direct messages, so they do not know yet."


async def _note(client: discord.Client, services: Services, proposal: Proposal) -> None:
    """The proposal's message in the review channel loses its buttons and says how it was decided."""
    settings = await services.store.guilds.settings(proposal.guild)
    channel = client.get_channel(settings.review_channel or 0)
    if proposal.review_message is None or not isinstance(channel, discord.TextChannel | discord.Thread):
        return
    embed = proposal_embed(proposal, (await services.knowledge.of(proposal.guild)).base)
    message = channel.get_partial_message(proposal.review_message)
    await message.edit(embed=embed, view=None, allowed_mentions=discord.AllowedMentions.none())
