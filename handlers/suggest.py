"""What members propose: `/suggest` for a new entry, *Wrong or incomplete* under a reply for a correction.

A proposal changes nothing by itself: it waits for a moderator (`handlers.review`), and its proposer is told.
"""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from handlers import limits
from handlers.errors import NoticeError, told
from handlers.escape import inline
from handlers.forms import Form, TextField
from handlers.limits import cut
from handlers.review import announce
from handlers.sending import send_privately
from handlers.services import Services
from knowledge.answers import Answer, Outcome
from knowledge.curation.wording import MAX_CLAIM, credentials_in
from knowledge.errors import CitebotError
from knowledge.store.records import Proposal, ProposalKind

Interaction = discord.Interaction[Any]

OPEN_AT_ONCE = 5
"""So many proposals of one member may wait for a decision."""

A_DAY = 10
"""So many may a member make within a day, decided or not."""

QUESTION, ANSWER, SOURCE, PLACE, WORDS = 200, 1000, 400, 200, 1000
"""The most characters that the fields take; the first two are the pack format's."""

SERVERS_ONLY = "That works in servers only: here is nobody who could look at it."


class Suggest(commands.Cog):
    """`/suggest`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="suggest", description="Propose a question with its answer: the moderators look at it")
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def suggest(self, interaction: Interaction) -> None:
        """Open the form, unless its sender has too much waiting: better said before than after the typing."""
        await _check_limits(interaction, self._services)
        await interaction.response.send_modal(EntryForm(self._services))


async def open_correction(interaction: Interaction, services: Services, answer: Answer) -> None:
    """Open the form for what is wrong with an answer."""
    await _check_limits(interaction, services)
    await interaction.response.send_modal(CorrectionForm(services, answer))


class EntryForm(Form):
    """A question with its answer, and where that stands."""

    def __init__(self, services: Services) -> None:
        super().__init__("Suggest an entry")
        self._services = services
        self.question = TextField("Question", "question", most=QUESTION, description="As people would ask it")
        self.answer = TextField("Answer", "answer", most=ANSWER, description="In your own words", long=True)
        self.source = TextField(
            "Source", "source", most=SOURCE, description="Its title and link, or the link of a message"
        )
        self.expert = TextField(
            "Who says it",
            "expert",
            most=PLACE,
            description="Name, role, where they belong, divided by commas; may stay empty",
            required=False,
        )
        self.place = TextField(
            "Where it stands there",
            "place",
            most=PLACE,
            description="Chapter or section, paragraph; may stay empty",
            required=False,
        )
        for field in (self.question, self.answer, self.source, self.expert, self.place):
            self.add_item(field)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Keep it for the moderators; say what the base has on it already."""
        fields = {
            "question": self.question.typed,
            "answer": self.answer.typed,
            "source": self.source.typed,
            "place": self.place.typed,
            **credentials_in(self.expert.typed),
        }
        typed = "\n".join(field.typed for field in (self.question, self.answer, self.source, self.expert, self.place))
        if await _keep(interaction, self._services, ProposalKind.ENTRY, fields, typed) is None:
            return
        known = await self._services.knowledge.ask(interaction.guild_id, self.question.typed, count=False)
        hint = ""
        if known.outcome is Outcome.ANSWER:
            hint = (
                f"\n\nThe base has an answer that may be the same already: **{inline(known.title)}** "
                "(`/ask` shows it). If something is wrong there, press *Wrong or incomplete* under it."
            )
        await send_privately(interaction, cut(f"{THANKS}{hint}", limits.MESSAGE_CONTENT))


class CorrectionForm(Form):
    """What is wrong with an answer, and what it should say."""

    def __init__(self, services: Services, answer: Answer) -> None:
        super().__init__("Wrong or incomplete")
        self._services = services
        self._candidate = answer.candidate_id
        self._title = answer.title
        self.wrong = TextField(
            "What is wrong or missing?", "wrong", most=WORDS, description=f"In: {answer.title}", long=True
        )
        self.better = TextField(
            "What should the answer say?",
            "better",
            most=MAX_CLAIM if answer.candidate_id.startswith("claim:") else ANSWER,
            description="The whole answer as it should be; may stay empty",
            value=answer.body if len(answer.body) <= ANSWER and answer.candidate_id.startswith("entry:") else "",
            required=False,
            long=True,
        )
        self.source = TextField(
            "Where does that stand?",
            "source",
            most=SOURCE,
            description="Title and link; may stay empty",
            required=False,
        )
        self._before = answer.body
        for field in (self.wrong, self.better, self.source):
            self.add_item(field)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Keep it for the moderators. An answer left as it was is none."""
        better = self.better.typed
        fields = {
            "asked": self._title,
            "wrong": self.wrong.typed,
            "better": "" if better == self._before.strip() else better,
            "source": self.source.typed,
        }
        typed = "\n".join(field.typed for field in (self.wrong, self.better, self.source))
        kept = await _keep(interaction, self._services, ProposalKind.CORRECTION, fields, typed, target=self._candidate)
        if kept is not None:
            await send_privately(interaction, THANKS)


THANKS = "Thank you! The moderators will look at it, and I will write to you what became of it."


async def _check_limits(interaction: Interaction, services: Services) -> int:
    """The server's id. Raises NoticeError outside of servers, and for a member who has to wait."""
    guild = interaction.guild_id
    if guild is None:
        raise NoticeError(SERVERS_ONLY)
    proposals, person = services.store.proposals, interaction.user.id
    if await proposals.count_open_by(guild, person) >= OPEN_AT_ONCE:
        raise NoticeError(
            f"You have {OPEN_AT_ONCE} suggestions waiting for the moderators: "
            "please wait until they have looked at one."
        )
    if await proposals.count_by(guild, person, since=services.clock() - timedelta(days=1)) >= A_DAY:
        raise NoticeError(f"You have made {A_DAY} suggestions within a day: thank you! Please go on tomorrow.")
    return guild


async def _keep(
    interaction: Interaction,
    services: Services,
    kind: ProposalKind,
    fields: dict[str, str],
    typed: str,
    *,
    target: str = "",
) -> Proposal | None:
    """The proposal as kept and shown to the moderators; None where it could not be, which has been told then."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    try:
        async with services.proposing.of(interaction.user.id):
            guild = await _check_limits(interaction, services)
            proposal = await services.store.proposals.add(guild, interaction.user.id, kind, fields, target=target)
    except (NoticeError, CitebotError) as error:
        # Nobody has to type it again.
        back = discord.File(io.BytesIO(typed.encode()), "suggestion.txt", description="What you wrote")
        text = f"{told(error, 'a suggestion')}\n\nWhat you wrote is attached."
        await send_privately(interaction, cut(text, limits.MESSAGE_CONTENT), file=back)
        return None
    await announce(interaction.client, services, proposal)
    return proposal
