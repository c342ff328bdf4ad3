"""Members are answered from their own server's knowledge, in the channels that it is for; what fails them is listed."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from knowledge.answers import Outcome
from knowledge.curation.items import Edit, ItemKind, State
from knowledge.store.records import Action, Lack

if TYPE_CHECKING:
    from tests.handlers.conftest import MakeWorld, World  # pyright: ignore[reportMissingImports]
else:
    MakeWorld = World = Any

FLOOD = "Why does the river flood every spring?"
TROUT = "Have the trout come back to the river?"
FRANCE = "Who is the president of France?"
MILL = "Who owns the mill?"
OWNED = "The village owns it."


async def learn(world: World) -> None:
    """The server's moderators add an entry, and keep the trout to themselves."""
    mill = {"question": MILL, "answer": OWNED, "claims": ["dam-is-old"]}
    edits = [
        Edit(ItemKind.ENTRY, "mill", 0, State.LIVE, mill),
        Edit(ItemKind.ENTRY, "trout", 0, State.RETIRED),
        Edit(ItemKind.CLAIM, "trout-return", 0, State.RETIRED),
        # What rests on something must not point at what is gone.
        *(
            Edit(ItemKind.ENTRY, entry.id, 0, State.LIVE, _without_related(entry))
            for entry in world.services.knowledge.current().base.entries.values()
            if entry.id in ("why-floods", "pike")
        ),
    ]
    await world.store.revisions.commit(world.guild.id, world.sam.id, Action.ADD, edits)
    assert await world.services.knowledge.published(world.guild.id)


def _without_related(entry: Any) -> dict[str, Any]:
    return {"question": entry.question, "answer": entry.answer, "claims": list(entry.claims)}


async def keep_to(world: World, candidate: str, *channels: int) -> None:
    """Limit an entry or a topic to channels."""
    scopes = MappingProxyType({candidate: channels})
    await world.store.guilds.change(world.guild.id, lambda settings: replace(settings, scopes=scopes))
    assert await world.services.knowledge.published(world.guild.id)


class TestOwnKnowledge:
    async def test_it_is_answered_in_every_way_of_asking(self, world: World) -> None:
        await learn(world)
        assert OWNED in world.text_of(await world.ask(MILL))
        asked = await world.mira.slash(world.channel, "ask", question=MILL)
        assert OWNED in world.text_of(world.said(asked))
        choices = await world.mira.autocomplete(world.channel, "ask", "question", "mill")
        assert {"name": MILL, "value": "entry:mill"} in choices
        chosen = await world.mira.slash(world.channel, "ask", question="entry:mill")
        assert OWNED in world.text_of(world.said(chosen))

    async def test_what_it_hides_is_shown_nowhere(self, world: World) -> None:
        reply = await world.ask(TROUT)
        await learn(world)
        choices = await world.mira.autocomplete(world.channel, "ask", "question", "trout")
        assert TROUT not in [choice["name"] for choice in choices]
        listed = await world.mira.slash(world.channel, "claims", text="trout")
        assert "Nothing in the base fits" in world.text_of(world.said(listed))
        pressed = await world.mira.click(reply, label="Sources")
        assert "no longer in the base" in world.said(pressed).content
        helped = await world.mira.slash(world.channel, "help")
        assert TROUT not in world.buttons(world.said(helped).message)

    async def test_other_servers_and_direct_messages_know_nothing_of_it(self, world: World) -> None:
        await learn(world)
        elsewhere = world.env.create_guild("Hill folk")
        hill = elsewhere.create_text_channel("general")
        kim = elsewhere.add_member(world.env.create_user("kim"))
        await kim.send(hill, f"{world.me} {MILL}")
        assert hill.last_message is not None
        assert OWNED not in world.text_of(hill.last_message)
        choices = await kim.autocomplete(hill, "ask", "question", "mill")
        assert MILL not in [choice["name"] for choice in choices]
        # An id that somebody brings along from there opens nothing here.
        chosen = await kim.slash(hill, "ask", question="entry:mill")
        assert OWNED not in world.text_of(world.said(chosen))
        await kim.send(hill, f"{world.me} {TROUT}")
        assert hill.last_message.embeds[0].title == TROUT
        await world.mira.user.send_dm(MILL)
        direct = world.mira.user.dm_channel.last_message
        assert direct is not None
        assert OWNED not in world.text_of(direct)


class TestChannels:
    async def test_an_entry_is_for_its_channel_and_the_threads_in_it(self, world: World) -> None:
        fishing = world.guild.create_text_channel("fishing")
        await keep_to(world, "entry:trout", fishing.id)
        await world.mira.send(fishing, f"{world.me} {TROUT}")
        assert fishing.last_message is not None
        assert fishing.last_message.embeds[0].title == TROUT
        world.env.backend.create_thread(fishing.id, "Upstream", world.mira.id)
        await world.env.settle()
        thread = fishing.threads[-1]
        await world.mira.send(thread, f"{world.me} {TROUT}")
        assert thread.last_message is not None
        assert thread.last_message.embeds[0].title == TROUT
        assert "upper river" not in world.text_of(await world.ask(TROUT))
        choices = await world.mira.autocomplete(world.channel, "ask", "question", "trout")
        assert "entry:trout" not in [choice["value"] for choice in choices]
        offered = await world.mira.autocomplete(fishing, "ask", "question", "trout")
        assert "entry:trout" in [choice["value"] for choice in offered]

    async def test_related_questions_do_not_lead_there(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        await keep_to(world, "entry:trout", 1)
        assert TROUT not in str(world.fresh(await world.ask(FLOOD)).components)
        # Nor does the select under a reply that stood there before.
        chosen = await world.tom.select(reply, values=["entry:trout"])
        assert "no longer in the base" in world.said(chosen).content


class TestWhatIsKept:
    async def test_questions_without_an_answer_are_listed_without_whoever_asked(self, world: World) -> None:
        await world.ask(FRANCE)
        await world.mira.slash(world.channel, "ask", question=FLOOD)
        await world.services.knowledge.counted()
        (lack,) = await world.store.unanswered.all(world.guild.id)
        assert (lack.text, lack.lack) == (FRANCE, Lack.ABSTAINED)
        (today,) = await world.store.usage.days(world.guild.id, world.clock.now.date())
        assert today.counts == {Outcome.ANSWER: 1, Outcome.ABSTAIN: 1}

    @pytest.mark.parametrize("way", ["message", "command", "chosen"])
    async def test_a_question_whose_answer_did_not_help_is_listed(self, world: World, way: str) -> None:
        words = "why is there a flood of the river in spring"
        if way == "message":
            reply: Any = await world.ask(words)
        else:
            asked = words if way == "command" else "entry:why-floods"
            reply = world.said(await world.mira.slash(world.channel, "ask", question=asked)).message
        assert reply.embeds[0].title == FLOOD
        await world.tom.click(reply, label="Not helpful")
        await world.tom.click(reply, label="Not helpful")  # said before: once is enough
        await world.services.knowledge.counted()
        found = [lack.text for lack in await world.store.unanswered.all(world.guild.id)]
        assert found == [FLOOD if way == "chosen" else words]

    async def test_a_helpful_answer_is_not(self, world: World) -> None:
        await world.tom.click(await world.ask(FLOOD), label="Helpful")
        await world.services.knowledge.counted()
        assert await world.store.unanswered.all(world.guild.id) == ()

    async def test_what_people_say_among_themselves_is_not_kept(self, make_world: MakeWorld) -> None:
        world = await make_world(message_content=True)
        object.__setattr__(world.services.settings, "answer_channels", frozenset({world.channel.id}))
        await world.mira.send(world.channel, FRANCE)
        await world.services.knowledge.counted()
        assert await world.store.recent.all(world.guild.id) == ()
        assert await world.store.unanswered.all(world.guild.id) == ()
        await world.mira.send(world.channel, FLOOD)
        assert world.last.embeds[0].title == FLOOD
        await world.services.knowledge.counted()
        assert await world.store.recent.all(world.guild.id) == (FLOOD,)

    async def test_nothing_is_counted_in_direct_messages(self, world: World) -> None:
        await world.mira.user.send_dm(FRANCE)
        await world.services.knowledge.counted()
        assert await world.store.guilds.all() == {}
        assert await world.store.unanswered.all(world.guild.id) == ()
