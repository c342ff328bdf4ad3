"""The buttons and the select under a reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest

from knowledge.answers import Outcome
from knowledge.store import Tally

if TYPE_CHECKING:
    from tests.handlers.conftest import MakeWorld, World  # pyright: ignore[reportMissingImports]
else:
    MakeWorld = World = Any

FLOOD = "Why does the river flood every spring?"
TROUT = "Have the trout come back to the river?"


class TestVotes:
    async def test_a_vote_is_counted_and_thanked_for_in_private(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        result = await world.tom.click(reply, label="Helpful")
        assert world.said(result).ephemeral
        assert "Counted as helpful" in world.said(result).content
        assert await world.store.tally("entry:why-floods") == Tally(1, 0)

    async def test_a_mind_may_be_changed(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        await world.tom.click(reply, label="Helpful")
        again = await world.tom.click(reply, label="Helpful")
        assert "have that already" in world.said(again).content
        changed = await world.tom.click(reply, label="Not helpful")
        assert "changed to not helpful" in world.said(changed).content
        assert await world.store.tally("entry:why-floods") == Tally(0, 1)

    async def test_everybody_has_a_vote_of_their_own(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        await world.mira.click(reply, label="Helpful")
        await world.tom.click(reply, label="Not helpful")
        assert await world.store.tally("entry:why-floods") == Tally(1, 1)

    async def test_an_old_reply_says_that_it_is_too_old(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        world.clock.pass_days(31)
        result = await world.tom.click(reply, label="Helpful")
        assert result.ephemeral
        assert "too old" in world.said(result).content


class TestSources:
    async def test_the_full_list_goes_to_the_one_who_asks_for_it(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        result = await world.tom.click(reply, label="Sources")
        shown = world.said(result)
        assert shown.ephemeral
        for piece in (
            "**1. Ada Marsh, geologist, Hill Institute**",
            "> “the snow comes down all at once”",
            "reported by The Valley Herald, newspaper",
            "section “Causes of floods”, paragraph 2",
            "Note: The report does not say which winter is meant.",
            "**2. Cy Wren, author of the report**",
            "Opening, paragraph 1",
            "“The river report” by Cy Wren",
        ):
            assert piece in shown.content
        # Indirect speech is never in quotation marks.
        assert "“Melting snow" not in shown.content

    async def test_it_works_for_old_replies_too(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        world.clock.pass_days(400)
        result = await world.tom.click(reply, label="Sources")
        assert "Ada Marsh" in world.said(result).content

    async def test_a_long_list_has_pages(self, make_world: MakeWorld, huge: Any) -> None:
        world = await make_world(answerer=huge)
        reply = await world.ask("Tell me everything about the river")
        first = world.said(await world.tom.click(reply, label="Sources"))
        assert "Page 1 of" in first.content
        pages = int(first.content.split("Page 1 of ")[1].split("*")[0])
        seen = [first.content]
        with pytest.raises(Exception, match="disabled"):
            await world.tom.click(first, label="Back")
        for _ in range(pages - 1):
            turned = await world.tom.click(first, label="Next")
            first = world.said(turned)
            seen.append(first.content)
        with pytest.raises(Exception, match="disabled"):
            await world.tom.click(first, label="Next")
        whole = "\n".join(seen)
        assert all(f"Statement number {n} " in whole for n in range(1, 41))
        assert all(len(page) <= 2000 for page in seen)
        back = await world.tom.click(first, label="Back")
        assert f"Page {pages - 1} of" in world.said(back).content

    async def test_what_left_the_base_says_so(self, make_world: MakeWorld, answerer: Any, huge: Any) -> None:
        world = await make_world(answerer=answerer)
        reply = await world.ask(FLOOD)
        world.services.knowledge.swap(huge)
        result = await world.tom.click(reply, label="Sources")
        assert "no longer in the base" in world.said(result).content


class TestRelated:
    async def test_a_choice_is_answered_to_the_chooser_only(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        result = await world.tom.select(reply, ["entry:trout"])
        assert world.said(result).ephemeral
        assert world.said(result).embeds[0].title == TROUT
        assert world.fresh(reply).embeds[0].title == FLOOD

    async def test_the_private_answer_has_buttons_that_work_but_no_remove(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        shown = world.said(await world.tom.select(reply, ["entry:trout"]))
        assert "Remove" not in world.buttons(shown.message)
        await world.tom.click(shown, label="Helpful")
        assert await world.store.tally("entry:trout") == Tally(1, 0)


class TestSuggestions:
    async def asked(self, make_world: MakeWorld, unsure: Any) -> tuple[World, discord.Message]:
        world = await make_world(answerer=unsure)
        return world, await world.ask(TROUT)

    async def test_pressing_one_answers_in_the_same_message(self, make_world: MakeWorld, unsure: Any) -> None:
        world, reply = await self.asked(make_world, unsure)
        assert world.buttons(reply)[-2:] == ["None of these", "Remove"]
        assert 1 <= len(world.buttons(reply)[:-2]) <= 3
        await world.mira.click(reply, label=TROUT)
        answered = world.fresh(reply)
        assert answered.embeds[0].title == TROUT
        assert "Helpful" in world.buttons(answered)
        stored = await world.store.reply(reply.id)
        assert stored is not None
        assert (stored.candidate, stored.outcome) == ("entry:trout", Outcome.ANSWER)

    async def test_somebody_else_gets_the_answer_alone(self, make_world: MakeWorld, unsure: Any) -> None:
        world, reply = await self.asked(make_world, unsure)
        result = await world.tom.click(reply, label=TROUT)
        assert world.said(result).ephemeral
        assert world.said(result).embeds[0].title == TROUT
        assert "None of these" in world.buttons(world.fresh(reply))

    async def test_none_of_these_ends_it(self, make_world: MakeWorld, unsure: Any) -> None:
        world, reply = await self.asked(make_world, unsure)
        refused = await world.tom.click(reply, label="None of these")
        assert world.said(refused).ephemeral
        assert "Only the person who asked" in world.said(refused).content
        await world.mira.click(reply, label="None of these")
        ended = world.fresh(reply)
        assert "None of these, then" in world.text_of(ended)
        assert world.buttons(ended) == ["Remove"]

    async def test_an_expired_reply_still_answers_but_privately(self, make_world: MakeWorld, unsure: Any) -> None:
        world, reply = await self.asked(make_world, unsure)
        world.clock.pass_days(31)
        result = await world.mira.click(reply, label=TROUT)
        assert world.said(result).ephemeral
        assert world.said(result).embeds[0].title == TROUT


class TestRemove:
    async def test_the_asker_may(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        await world.mira.click(reply, label="Remove")
        assert world.bots == []
        assert await world.store.reply(reply.id) is None

    async def test_a_moderator_may(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        await world.sam.click(reply, label="Remove")
        assert world.bots == []

    async def test_others_may_not(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        result = await world.tom.click(reply, label="Remove")
        assert world.said(result).ephemeral
        assert "Only the person who asked and the moderators" in world.said(result).content
        assert len(world.bots) == 1

    async def test_a_configured_role_may(self, world: World) -> None:
        object.__setattr__(world.services.settings, "moderator_roles", frozenset({world.helpers.id}))
        ann = world.guild.add_member(world.env.create_user("ann"), roles=[world.helpers])
        reply = await world.ask(FLOOD)
        await ann.click(reply, label="Remove")
        assert world.bots == []

    async def test_with_manage_server_one_may(self, world: World) -> None:
        role = world.guild.create_role("Keepers", permissions=discord.Permissions(manage_guild=True))
        ann = world.guild.add_member(world.env.create_user("ann"), roles=[role])
        reply = await world.ask(FLOOD)
        await ann.click(reply, label="Remove")
        assert world.bots == []

    async def test_whoever_set_the_bot_on_it_and_whom_it_answers_may(self, world: World) -> None:
        for remover in (world.tom, world.mira):
            result = await world.tom.slash(world.channel, "ask", question=FLOOD, **{"for": world.mira})
            await remover.click(world.said(result), label="Remove")
            assert world.bots == []

    async def test_an_old_reply_can_be_removed_by_a_moderator_only(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        world.clock.pass_days(31)
        await world.tom.click(reply, label="Remove")
        assert len(world.bots) == 1
        await world.sam.click(reply, label="Remove")
        assert world.bots == []

    async def test_in_a_direct_message(self, world: World) -> None:
        user = world.mira.user
        await user.send_dm(FLOOD)
        reply = user.dm_channel.last_message
        await user.click(reply, label="Remove")
        assert [m for m in user.dm_channel.history() if m.author.bot] == []


class TestRestart:
    async def test_every_button_works_on_old_messages(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        await world.tom.click(reply, label="Helpful")
        await world.restart()
        changed = await world.tom.click(reply, label="Not helpful")
        assert "changed to not helpful" in world.said(changed).content
        sources = await world.tom.click(reply, label="Sources")
        assert "Ada Marsh" in world.said(sources).content
        related = await world.tom.select(reply, ["entry:trout"])
        assert world.said(related).embeds[0].title == TROUT
        refused = await world.tom.click(reply, label="Remove")
        assert world.said(refused).ephemeral
        await world.mira.click(reply, label="Remove")
        assert world.bots == []

    async def test_suggestions_too(self, make_world: MakeWorld, unsure: Any) -> None:
        world = await make_world(answerer=unsure)
        reply = await world.ask(TROUT)
        await world.restart()
        await world.mira.click(reply, label=TROUT)
        assert world.fresh(reply).embeds[0].title == TROUT
