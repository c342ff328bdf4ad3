"""The moderators' queue: approving, editing and declining what members propose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
import pytest
import simcord

from knowledge.answers import Outcome
from knowledge.store.records import Action, ProposalKind, ProposalState

if TYPE_CHECKING:
    from tests.handlers.conftest import World  # pyright: ignore[reportMissingImports]
else:
    World = Any

FLOOD = "Why does the river flood every spring?"
FIELDS = {
    "question": "How old is the mill?",
    "answer": "It was built before 1700.",
    "source": "Mills of the valley https://mills.example/book",
    "expert": "Ed Eker",
    "role": "historian",
    "affiliation": "Mill Museum",
    "place": "The oldest mill, paragraph 4",
}
WRONG = {"asked": FLOOD, "wrong": "The dam is new.", "better": "Because the snow melts quickly.", "source": ""}


async def propose(world: World, **fields: str) -> int:
    guild, person = world.guild.id, world.mira.id
    return (await world.store.proposals.add(guild, person, ProposalKind.ENTRY, FIELDS | fields)).id


async def correct(world: World, target: str = "entry:why-floods", **fields: str) -> int:
    guild, person = world.guild.id, world.mira.id
    kind = ProposalKind.CORRECTION
    return (await world.store.proposals.add(guild, person, kind, WRONG | fields, target=target)).id


async def queue(world: World, who: simcord.MemberActor) -> Any:
    return world.said(await who.slash(world.channel, "kb review"))


async def state(world: World, number: int) -> ProposalState:
    proposal = await world.store.proposals.get(world.guild.id, number)
    assert proposal is not None
    return proposal.state


def told(world: World) -> str:
    """What the proposer has been written to, last."""
    message = world.mira.user.dm_channel.last_message
    return message.content if message else ""


def followed(result: simcord.InteractionResult) -> str:
    """What the bot said after it had acknowledged a press."""
    return result.followups[-1].content


async def publish(world: World, who: simcord.MemberActor, preview: Any) -> str:
    """Press *Publish*; what the preview becomes."""
    await who.click(preview, label="Publish")
    return preview.message.content


class TestApproving:
    async def test_the_preview_shows_the_reply_and_publishing_answers_it(self, world: World, rita: Any) -> None:
        number = await propose(world)
        shown = await queue(world, rita)
        assert shown.ephemeral
        assert "1 suggestion waiting" in shown.content
        preview = world.said(await rita.click(shown, label="Approve"))
        assert preview.ephemeral
        text = world.text_of(preview)
        for piece in ("Publish this?", "How old is the mill?", "Ed Eker, historian, Mill Museum", "paragraph 4"):
            assert piece in text
        # Nothing is there before it is published.
        assert (await world.services.knowledge.ask(world.guild.id, "How old is the mill?")).outcome != Outcome.ANSWER
        done = await publish(world, rita, preview)
        assert "Published: **How old is the mill?**" in done
        answer = await world.services.knowledge.ask(world.guild.id, "How old is the mill?")
        assert (answer.outcome, answer.body) == (Outcome.ANSWER, "It was built before 1700.")
        assert await state(world, number) is ProposalState.APPROVED
        (change,) = await world.store.revisions.changes(world.guild.id)
        assert (change.action, change.who) == (Action.APPROVE, rita.id)
        assert told(world) == ("Your suggestion for **River folk** (“How old is the mill?”) was taken over. Thank you!")

    async def test_what_would_change_is_shown_before(self, world: World, rita: Any) -> None:
        await world.store.recent.add(world.guild.id, "how old is our mill")
        await world.store.recent.add(world.guild.id, FLOOD)
        await propose(world, question="How old is our mill?")
        preview = world.said(await rita.click(await queue(world, rita), label="Approve"))
        assert "of 2 recent or golden questions: 1 newly answered" in preview.content
        assert "“how old is our mill” → How old is our mill?" in preview.content

    async def test_entries_close_to_it_are_named(self, world: World, rita: Any) -> None:
        await propose(world, question="Why does the river flood in spring?")
        preview = world.said(await rita.click(await queue(world, rita), label="Approve"))
        assert "Is it one of these already?" in preview.content
        assert FLOOD in preview.content

    async def test_it_becomes_a_phrasing_of_one_of_them_instead(self, world: World, rita: Any) -> None:
        number = await propose(world, question="Why does the river flood in spring?")
        preview = world.said(await rita.click(await queue(world, rita), label="Approve"))
        instead = world.said(await rita.select(preview, ["why-floods"]))
        assert "phrasing added: “Why does the river flood in spring?”" in instead.content
        await publish(world, rita, instead)
        base = (await world.services.knowledge.of(world.guild.id)).base
        assert "Why does the river flood in spring?" in base.entries["why-floods"].phrasings
        assert len(base.entries) == 3
        assert await state(world, number) is ProposalState.APPROVED
        (change,) = await world.store.revisions.changes(world.guild.id)
        assert change.action is Action.APPROVE
        assert "was taken over" in told(world)
        # The other preview is void now: a proposal is approved once.
        assert "already approved" in followed(await rita.click(preview, label="Publish"))

    async def test_phrasings_quotation_topics_and_expiry_are_filled_in_from_the_preview(
        self, world: World, rita: Any
    ) -> None:
        number = await propose(world)
        preview = world.said(await rita.click(await queue(world, rita), label="Approve"))
        await rita.click(preview, label="More …")
        form = await rita.click(preview.message, label="Question and answer")
        values = {
            item["component"]["custom_id"]: item["component"].get("value", "") for item in form.modal["components"]
        }
        assert (values["question"], values["answer"]) == (FIELDS["question"], FIELDS["answer"])
        typed = {**values, "phrasings": "age of the mill\nwhen was it built", "expires": "2027-05-31"}
        await rita.submit_modal(form, typed)
        form = await rita.click(preview.message, label="Statement and words")
        words = {"words": "first grain was ground here", "quoted": ["yes"], "topics": ["floods"]}
        await rita.submit_modal(form, {"claim": "The mill is older than 1700.", **words})
        panel = preview.message
        assert "Quotation: first grain was ground here" in panel.content
        assert "Topics: Floods" in panel.content
        assert "No longer holds from: 2027-05-31" in panel.content
        assert "Ed Eker, historian, Mill Museum" in world.text_of(panel)
        last = world.said(await rita.click(panel, label="Publish …"))
        await publish(world, rita, last)
        base = (await world.services.knowledge.of(world.guild.id)).base
        entry = base.entries["how-old-is-the-mill"]
        claim = base.claims[entry.claims[0]]
        assert entry.phrasings == ("age of the mill", "when was it built")
        assert entry.expires == "2027-05-31"
        assert (claim.quote, claim.topics) == ("first grain was ground here", ("floods",))
        assert claim.text == "The mill is older than 1700."
        assert await state(world, number) is ProposalState.APPROVED

    async def test_where_something_is_wrong_all_forms_are_offered_too(self, world: World, rita: Any) -> None:
        await propose(world, source="a dusty book", expert="", question=FLOOD)
        refused = world.said(await rita.click(await queue(world, rita), label="Approve"))
        assert "**Question**" in refused.content
        await rita.click(refused, label="More …")
        assert "Still to do" in refused.message.content
        form = await rita.click(refused.message, label="Question and answer")
        await rita.submit_modal(form, {"question": "How old is the mill?", "answer": "Very."})
        assert "Members will see it as below." in refused.message.content

    async def test_what_is_wrong_is_named_and_can_be_put_right(self, world: World, rita: Any) -> None:
        await propose(world, source="a dusty book", expert="", question=FLOOD)
        shown = await queue(world, rita)
        refused = world.said(await rita.click(shown, label="Approve"))
        assert "**Question**" in refused.content
        form = await rita.click(shown, label="Edit")
        typed = {
            "question": "How old is the mill?",
            "answer": FIELDS["answer"],
            "source": "no link",
            "who": "",
            "place": "",
        }
        preview = world.said(await rita.submit_modal(form, typed))
        assert "Publish this?" in preview.content
        assert "no link" in world.text_of(preview)
        # Opened again, the form holds what was typed last.
        again = await rita.click(shown, label="Edit")
        assert again.modal is not None
        values = [item["component"].get("value") for item in again.modal["components"]]
        assert "How old is the mill?" in values
        assert "Published" in await publish(world, rita, preview)

    async def test_cancelled_nothing_changes_and_it_stays_open(self, world: World, rita: Any) -> None:
        number = await propose(world)
        preview = world.said(await rita.click(await queue(world, rita), label="Approve"))
        await rita.click(preview, label="Cancel")
        assert "nothing was changed" in preview.message.content
        assert await state(world, number) is ProposalState.OPEN
        assert await world.store.revisions.changes(world.guild.id) == ()

    async def test_a_preview_expires(self, world: World, rita: Any) -> None:
        await propose(world)
        preview = world.said(await rita.click(await queue(world, rita), label="Approve"))
        world.clock.pass_days(1)
        assert "has expired" in world.said(await rita.click(preview, label="Publish")).content
        assert await world.store.revisions.changes(world.guild.id) == ()

    async def test_two_moderators_at_once_one_publishes(self, world: World, rita: Any) -> None:
        number = await propose(world)
        shown = await queue(world, rita)
        first = world.said(await rita.click(shown, label="Approve"))
        second = world.said(await rita.click(shown, label="Approve"))
        await publish(world, rita, first)
        assert "already approved" in followed(await rita.click(second, label="Publish"))
        assert "already approved" in world.said(await rita.click(shown, label="Approve")).content
        assert await state(world, number) is ProposalState.APPROVED
        assert len(await world.store.revisions.changes(world.guild.id)) == 1

    async def test_an_id_that_was_taken_meanwhile_is_no_conflict(self, world: World, rita: Any) -> None:
        await propose(world, question="How old is the mill?")
        await propose(world, question="How old is the mill?!?", answer="Very.")
        shown = await queue(world, rita)
        first = world.said(await rita.click(shown, label="Approve"))
        await rita.click(shown, label="Next")
        second = world.said(await rita.click(shown.message, label="Approve"))
        await publish(world, rita, first)
        late = followed(await rita.click(second, label="Publish"))
        # The same question cannot stand twice: it is told at its field, and nothing of the second is saved.
        assert "**Question**" in late
        assert len(await world.store.revisions.changes(world.guild.id)) == 1


class TestCorrections:
    async def test_a_better_answer_is_shown_beside_the_old_one_and_published(self, world: World, rita: Any) -> None:
        number = await correct(world)
        shown = await queue(world, rita)
        assert "The answer now" in world.text_of(shown)
        preview = world.said(await rita.click(shown, label="Approve"))
        assert "“Because the snow melts quickly and the dam is old.”" in preview.content
        assert "→ “Because the snow melts quickly.”" in preview.content
        await publish(world, rita, preview)
        assert (await world.services.knowledge.ask(world.guild.id, FLOOD)).body == "Because the snow melts quickly."
        assert await state(world, number) is ProposalState.APPROVED

    async def test_without_a_better_answer_it_has_to_be_written(self, world: World, rita: Any) -> None:
        await correct(world, better="")
        shown = await queue(world, rita)
        assert "press *Edit*" in world.said(await rita.click(shown, label="Approve")).content
        form = await rita.click(shown, label="Edit")
        assert form.modal is not None
        (label,) = form.modal["components"]
        assert label["component"]["value"] == "Because the snow melts quickly and the dam is old."
        preview = world.said(await rita.submit_modal(form, {"better": "Because of the snow alone."}))
        await publish(world, rita, preview)
        assert (await world.services.knowledge.ask(world.guild.id, FLOOD)).body == "Because of the snow alone."

    async def test_a_statement_is_put_right_too(self, world: World, rita: Any) -> None:
        await correct(world, "claim:trout-return", better="Trout live in the upper river.")
        preview = world.said(await rita.click(await queue(world, rita), label="Approve"))
        await publish(world, rita, preview)
        base = (await world.services.knowledge.of(world.guild.id)).base
        assert base.claims["trout-return"].text == "Trout live in the upper river."

    async def test_changed_meanwhile_it_is_not_saved_over(self, world: World, rita: Any) -> None:
        await correct(world)
        number = await correct(world, better="Because of the dam.")
        first = world.said(await rita.click(await queue(world, rita), label="Approve"))
        second = world.said(await rita.click(await after(world, rita, number), label="Approve"))
        await publish(world, rita, first)
        late = (await rita.click(second, label="Publish")).followups[-1]
        assert "Somebody else has changed this since you began" in late.content
        theirs, mine = (embed.description for embed in late.embeds)
        assert "Because the **snow melts quickly.**" in theirs
        assert "Because **of** the **dam.**" in mine
        assert (await world.services.knowledge.ask(world.guild.id, FLOOD)).body == "Because the snow melts quickly."

    async def test_what_is_no_item_of_its_own_says_where_to_go(self, world: World, rita: Any) -> None:
        await correct(world, "topic:floods")
        refused = world.said(await rita.click(await queue(world, rita), label="Approve"))
        assert "`/kb edit`" in refused.content


async def after(world: World, who: Any, number: int) -> Any:
    """The queue at a proposal."""
    shown = await queue(world, who)
    while f"Suggestion {number}" not in world.text_of(shown.message):
        await who.click(shown.message, label="Next")
    return shown.message


class TestDeclining:
    async def test_the_proposer_reads_why(self, world: World, rita: Any) -> None:
        number = await propose(world)
        form = await rita.click(await queue(world, rita), label="Decline")
        said = world.said(await rita.submit_modal(form, {"reason": "We have no *source* for it."}))
        assert said.content == "Declined."
        assert await state(world, number) is ProposalState.DECLINED
        assert "was not taken over. The moderators say: We have no \\*source\\* for it." in told(world)
        assert world.said(await rita.slash(world.channel, "kb review")).content.startswith("Nothing is waiting")

    async def test_a_channel_that_was_the_review_channel_says_it_once_somebody_presses(
        self, world: World, rita: Any
    ) -> None:
        before, now = world.guild.create_text_channel("before"), world.guild.create_text_channel("now")
        await world.store.guilds.change(world.guild.id, lambda s: replace(s, review_channel=before.id))
        form = await world.mira.slash(world.channel, "suggest")
        asked = {"question": "How old is the mill?", "answer": "Very old.", "source": "Mills https://mills.example"}
        await world.mira.submit_modal(form, asked)
        shown = before.last_message
        assert shown is not None
        await world.store.guilds.change(world.guild.id, lambda s: replace(s, review_channel=now.id))
        await publish(world, rita, world.said(await rita.click(shown, label="Approve")))
        late = await rita.click(shown, label="Decline")
        assert "already approved" in followed(late)
        standing = before.last_message
        assert standing is not None
        assert world.buttons(standing) == []
        assert "Approved by" in world.text_of(standing)

    async def test_the_review_channel_says_how_it_was_decided(self, world: World, rita: Any) -> None:
        room = world.guild.create_text_channel("review")
        await world.store.guilds.change(world.guild.id, lambda s: replace(s, review_channel=room.id))
        shown = await world.mira.slash(world.channel, "suggest")
        typed = {name: value for name, value in FIELDS.items() if name not in ("role", "affiliation")}
        await world.mira.submit_modal(shown, typed)
        message = room.last_message
        assert message is not None
        await world.restart()
        form = await rita.click(message, label="Decline")
        await rita.submit_modal(form, {"reason": "No."})
        message = room.last_message
        assert message is not None
        assert f"Declined by <@{rita.id}>: No." in world.text_of(message)
        assert world.buttons(message) == []


class TestWhoMay:
    @pytest.mark.parametrize("label", ["Approve", "Edit", "Decline"])
    async def test_members_cannot_press_what_they_may_see(self, world: World, rita: Any, label: str) -> None:
        room = world.guild.create_text_channel("review")
        await world.store.guilds.change(world.guild.id, lambda s: replace(s, review_channel=room.id))
        shown = await world.mira.slash(world.channel, "suggest")
        typed = {name: value for name, value in FIELDS.items() if name not in ("role", "affiliation")}
        await world.mira.submit_modal(shown, typed)
        message = room.last_message
        assert message is not None
        for person in (world.mira, world.tom, world.sam):
            refused = world.said(await person.click(message, label=label))
            assert refused.ephemeral
            assert "Only moderators" in refused.content
        (proposal,) = await world.store.proposals.open(world.guild.id)
        assert proposal.state is ProposalState.OPEN

    async def test_a_role_makes_a_moderator_as_long_as_it_lasts(self, world: World) -> None:
        number = await propose(world)
        assert "Only moderators" in (await queue(world, world.sam)).content
        role = world.guild.create_role("Curators")
        await world.store.guilds.change(world.guild.id, lambda s: replace(s, moderator_role=role.id))
        curator = world.guild.add_member(world.env.create_user("cora"), roles=[role])
        shown = await queue(world, curator)
        assert "1 suggestion waiting" in shown.content
        form = await curator.click(shown, label="Decline")
        await world.store.guilds.change(world.guild.id, lambda s: replace(s, moderator_role=None))
        # Checked again when the form is sent in.
        refused = world.said(await curator.submit_modal(form, {"reason": ""}))
        assert "Only moderators" in refused.content
        assert await state(world, number) is ProposalState.OPEN

    async def test_moderators_of_another_server_see_nothing_of_it(self, world: World, rita: Any) -> None:
        await propose(world)
        other = world.env.create_guild("Lake folk")
        room = other.create_text_channel("general")
        role = other.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
        lena = other.add_member(world.env.create_user("lena"), roles=[role])
        assert "Nothing is waiting" in world.said(await lena.slash(room, "kb review")).content
        await world.store.proposals.add(other.id, lena.id, ProposalKind.ENTRY, FIELDS)
        preview = world.said(await rita.click(await queue(world, rita), label="Approve"))
        await publish(world, rita, preview)
        answer = await world.services.knowledge.ask(other.id, "How old is the mill?")
        assert answer.outcome is not Outcome.ANSWER

    async def test_the_preview_is_for_the_moderator_who_asked_for_it(self, world: World, rita: Any) -> None:
        await propose(world)
        preview = world.said(await rita.click(await queue(world, rita), label="Approve"))
        role = world.guild.create_role("More", permissions=discord.Permissions(manage_guild=True))
        other = world.guild.add_member(world.env.create_user("otto"), roles=[role])
        with pytest.raises(simcord.SetupError):
            await other.click(preview, label="Publish")
