"""What members propose: by command, and under a reply."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord

from handlers.suggest import A_DAY, OPEN_AT_ONCE
from knowledge.store.records import ProposalKind

if TYPE_CHECKING:
    from tests.handlers.conftest import World  # pyright: ignore[reportMissingImports]
else:
    World = Any

FLOOD = "Why does the river flood every spring?"
MILL = {
    "question": "How old is the mill?",
    "answer": "It was built before 1700.",
    "source": "Mills of the valley https://mills.example/book",
    "expert": "Ed Eker, historian, Mill Museum",
    "place": "The oldest mill, paragraph 4",
}
THANKS = "Thank you! The moderators will look at it"


async def suggest(world: World, who: Any = None, **fields: str) -> Any:
    """Fill in the form of `/suggest`; what the bot says to it."""
    who = who or world.mira
    shown = await who.slash(world.channel, "suggest")
    return world.said(await who.submit_modal(shown, MILL | fields))


async def correct(world: World, reply: discord.Message, **fields: str) -> Any:
    shown = await world.tom.click(reply, label="Wrong or incomplete")
    return world.said(await world.tom.submit_modal(shown, fields))


class TestSuggest:
    async def test_a_proposal_is_kept_and_thanked_for_in_private(self, world: World) -> None:
        said = await suggest(world)
        assert said.ephemeral
        assert said.content == f"{THANKS}, and I will write to you what became of it."
        (proposal,) = await world.store.proposals.open(world.guild.id)
        assert (proposal.kind, proposal.proposer) == (ProposalKind.ENTRY, world.mira.id)
        assert proposal.fields["question"] == MILL["question"]
        assert proposal.fields["role"] == "historian"

    async def test_who_proposes_what_is_there_already_is_told(self, world: World) -> None:
        said = await suggest(world, question="What causes the spring floods?")
        assert f"**{FLOOD}**" in said.content

    async def test_a_proposal_is_shown_in_the_review_channel_and_pings_nobody(self, world: World) -> None:
        room = world.guild.create_text_channel("review")
        await world.store.guilds.change(world.guild.id, lambda s: replace(s, review_channel=room.id))
        await suggest(world, answer="Ask @everyone in **bold**.")
        message = room.last_message
        assert message is not None
        text = world.text_of(message)
        for piece in ("How old is the mill?", "Ed Eker, historian, Mill Museum", f"<@{world.mira.id}>"):
            assert piece in text
        assert "\\*\\*bold" in text
        assert world.pings(message) == []
        assert world.buttons(message) == ["Approve", "Edit", "Decline"]
        (proposal,) = await world.store.proposals.open(world.guild.id)
        assert proposal.review_message == message.id

    async def test_so_many_may_wait_and_no_more(self, world: World) -> None:
        for number in range(OPEN_AT_ONCE):
            await suggest(world, question=f"How old is mill number {number}?")
        refused = await world.mira.slash(world.channel, "suggest")
        assert f"You have {OPEN_AT_ONCE} suggestions waiting" in world.said(refused).content
        # Others are not held up by it.
        assert THANKS in (await suggest(world, world.tom)).content
        # Once one is decided the next may come.
        first, *_ = await world.store.proposals.open(world.guild.id)
        await world.store.proposals.decline(world.guild.id, first.id, world.sam.id)
        assert THANKS in (await suggest(world)).content

    async def test_so_many_a_day(self, world: World) -> None:
        for number in range(A_DAY):
            await suggest(world, question=f"How old is mill number {number}?")
            (proposal,) = await world.store.proposals.open(world.guild.id)
            await world.store.proposals.decline(world.guild.id, proposal.id, world.sam.id)
        refused = world.said(await world.mira.slash(world.channel, "suggest"))
        assert "go on tomorrow" in refused.content
        world.clock.pass_days(1.1)
        assert THANKS in (await suggest(world)).content

    async def test_what_was_typed_comes_back_where_the_limit_was_reached_meanwhile(self, world: World) -> None:
        shown = await world.mira.slash(world.channel, "suggest")
        for number in range(OPEN_AT_ONCE):
            await suggest(world, question=f"How old is mill number {number}?")
        said = world.said(await world.mira.submit_modal(shown, MILL))
        assert "suggestions waiting" in said.content
        (file,) = said.attachments
        assert MILL["answer"] in (await file.read()).decode()

    async def test_one_server_sees_nothing_of_another(self, world: World) -> None:
        await suggest(world)
        assert await world.store.proposals.open(world.guild.id + 1) == ()


class TestCorrection:
    async def test_what_is_wrong_is_kept_with_the_answer_that_it_is_about(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        said = await correct(world, reply, wrong="The dam is new.", better="Because the snow melts.")
        assert said.ephemeral
        assert THANKS in said.content
        (proposal,) = await world.store.proposals.open(world.guild.id)
        assert (proposal.kind, proposal.target) == (ProposalKind.CORRECTION, "entry:why-floods")
        assert proposal.proposer == world.tom.id
        assert proposal.fields["better"] == "Because the snow melts."

    async def test_an_answer_left_as_it_is_proposes_none(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        await correct(world, reply, wrong="Which dam?", better="Because the snow melts quickly and the dam is old.")
        (proposal,) = await world.store.proposals.open(world.guild.id)
        assert proposal.fields["better"] == ""

    async def test_it_works_after_a_restart(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        await world.restart()
        assert THANKS in (await correct(world, reply, wrong="Which dam?")).content

    async def test_a_direct_message_has_no_moderators(self, world: World) -> None:
        await world.mira.send_dm(FLOOD)
        reply = world.mira.user.dm_channel.last_message
        assert reply is not None
        assert "Sources" in world.buttons(reply)
        assert "Wrong or incomplete" not in world.buttons(reply)

    async def test_what_is_longer_than_may_be_is_never_cut(self, world: World, rita: Any) -> None:
        long = "Pike are rare. " * 50
        fields = {"asked": "pike", "wrong": "all of it", "better": long.strip(), "source": ""}
        await world.store.proposals.add(
            world.guild.id, world.tom.id, ProposalKind.CORRECTION, fields, target="claim:pike-decline"
        )
        shown = world.said(await rita.slash(world.channel, "kb review"))
        assert "at most 400" in world.said(await rita.click(shown, label="Approve")).content
        form = await rita.click(shown, label="Edit")
        (field,) = [label["component"] for label in form.modal["components"]]
        assert field["value"] == long.strip()
