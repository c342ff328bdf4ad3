"""Asking by command: `/ask` with its options, its list, and *Answer this*."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import discord
import pytest

from handlers import limits, posting

if TYPE_CHECKING:
    from tests.handlers.conftest import Bot, MakeWorld, World  # pyright: ignore[reportMissingImports]
else:
    Bot = MakeWorld = World = Any

FLOOD = "Why does the river flood every spring?"
TROUT = "Have the trout come back to the river?"
FRANCE = "Who is the president of France?"


class TestAsk:
    async def test_the_answer_is_for_everybody(self, world: World) -> None:
        result = await world.mira.slash(world.channel, "ask", question=FLOOD)
        assert not result.ephemeral
        assert world.said(result).embeds[0].title == FLOOD
        assert world.said(result).content == ""
        stored = await world.store.reply(world.said(result).id)
        assert stored is not None
        assert (stored.asker, stored.invoker, stored.question_message) == (world.mira.id, world.mira.id, None)

    async def test_a_private_one_is_seen_by_its_asker_only(self, world: World) -> None:
        result = await world.mira.slash(world.channel, "ask", question=FLOOD, private=True)
        assert result.ephemeral
        assert world.said(result).embeds[0].title == FLOOD
        assert "Remove" not in world.buttons(world.said(result).message)
        await world.mira.click(world.said(result), label="Helpful")

    async def test_for_somebody_mentions_only_them(self, world: World) -> None:
        result = await world.tom.slash(world.channel, "ask", question=FLOOD, **{"for": world.mira})
        assert world.said(result).content == world.mira.mention
        assert world.pings(world.said(result).message) == [world.mira.id]
        stored = await world.store.reply(world.said(result).id)
        assert stored is not None
        assert (stored.asker, stored.invoker) == (world.mira.id, world.tom.id)

    async def test_for_oneself_is_just_asking(self, world: World) -> None:
        result = await world.tom.slash(world.channel, "ask", question=FLOOD, **{"for": world.tom})
        assert world.said(result).content == ""

    async def test_nobody_is_called_over_for_a_non_answer(self, world: World) -> None:
        result = await world.tom.slash(world.channel, "ask", question=FRANCE, **{"for": world.mira})
        assert result.ephemeral
        assert world.mira.mention not in world.said(result).content
        assert "no answer" in world.text_of(world.said(result))

    async def test_for_and_private_exclude_each_other(self, world: World) -> None:
        result = await world.tom.slash(world.channel, "ask", question=FLOOD, private=True, **{"for": world.mira})
        assert result.ephemeral
        assert "leave one out" in world.said(result).content

    async def test_bots_do_not_ask(self, world: World) -> None:
        robot = world.guild.add_member(world.env.create_user("robot", bot=True))
        result = await world.tom.slash(world.channel, "ask", question=FLOOD, **{"for": robot})
        assert result.ephemeral
        assert "choose a person" in world.said(result).content

    async def test_the_question_is_shown_as_asked(self, world: World) -> None:
        result = await world.mira.slash(world.channel, "ask", question="@everyone who rules France?")
        embed = world.said(result).embeds[0]
        assert embed.author.name == "Asked: @everyone who rules France?"
        assert world.pings(world.said(result).message) == []

    async def test_what_the_list_offers_is_answered(self, world: World) -> None:
        choices = await world.mira.autocomplete(world.channel, "ask", "question", "trout")
        assert choices[0] == {"name": TROUT, "value": "entry:trout"}
        result = await world.mira.slash(world.channel, "ask", question=choices[0]["value"])
        assert world.said(result).embeds[0].title == TROUT

    async def test_an_empty_field_offers_the_packs_examples(self, world: World) -> None:
        choices = await world.mira.autocomplete(world.channel, "ask", "question", "")
        assert [choice["value"] for choice in choices[:2]] == ["entry:why-floods", "entry:trout"]
        assert len(choices) <= 25

    async def test_the_list_keeps_to_discords_limits(self, make_world: MakeWorld, huge: Any) -> None:
        world = await make_world(answerer=huge)
        choices = await world.mira.autocomplete(world.channel, "ask", "question", "")
        assert 1 <= len(choices) <= 25
        assert all(1 <= len(choice["name"]) <= 100 and len(choice["value"]) <= 100 for choice in choices)

    async def test_an_id_that_is_no_longer_there_is_only_a_text(self, world: World) -> None:
        result = await world.mira.slash(world.channel, "ask", question="entry:zebra-guitar-quux")
        said = world.said(result)
        assert "no answer" in world.text_of(said) or "not sure" in world.text_of(said)
        assert all(not embed.title for embed in said.embeds)

    async def test_in_a_direct_message(self, world: World) -> None:
        result = await world.mira.user.slash("ask", question=FLOOD)
        assert world.said(result).embeds[0].title == FLOOD

    async def test_without_embeds_it_is_plain_text(self, world: World) -> None:
        me = world.env.bot.user
        assert me is not None
        without = discord.PermissionOverwrite(embed_links=False)
        quiet = world.guild.create_text_channel("plain", overwrites={me: without})
        result = await world.mira.slash(quiet, "ask", question=FLOOD)
        assert world.said(result).embeds == []
        assert "Ada Marsh" in world.said(result).content

    async def test_an_over_long_question_is_told_so(self, world: World) -> None:
        result = await world.mira.slash(world.channel, "ask", question="x" * 501)
        assert "501 characters; I read at most 500" in world.text_of(world.said(result))


class TestAnswerThis:
    async def test_the_author_is_answered_by_name(self, world: World) -> None:
        question = await world.mira.send(world.channel, FLOOD)
        result = await world.tom.context_menu(world.channel, "Answer this", question)
        assert world.said(result).content.startswith(world.mira.mention)
        assert str(question.id) in world.said(result).content
        assert world.said(result).embeds[0].title == FLOOD
        assert world.pings(world.said(result).message) == [world.mira.id]

    async def test_ones_own_message_needs_no_name(self, world: World) -> None:
        question = await world.mira.send(world.channel, FLOOD)
        result = await world.mira.context_menu(world.channel, "Answer this", question)
        assert world.said(result).content == ""

    async def test_the_author_edits_and_deletes_it_like_any_question(self, make_world: MakeWorld) -> None:
        world = await make_world(message_content=True)
        question = await world.mira.send(world.channel, FLOOD)
        result = await world.tom.context_menu(world.channel, "Answer this", question)
        await world.mira.edit(question, TROUT)
        edited = world.fresh(world.said(result).message)
        assert edited.embeds[0].title == TROUT
        assert edited.content.startswith(world.mira.mention)
        assert world.pings(edited) in ([], [world.mira.id])
        await world.mira.delete(question)
        assert world.bots == []

    @pytest.mark.parametrize("text", [FRANCE, "thanks!"])
    async def test_a_non_answer_stays_between_the_bot_and_the_one_who_chose(self, world: World, text: str) -> None:
        question = await world.mira.send(world.channel, text)
        result = await world.tom.context_menu(world.channel, "Answer this", question)
        assert result.ephemeral
        assert world.bots == []

    async def test_bots_are_not_answered(self, world: World) -> None:
        reply = await world.ask(FLOOD)
        result = await world.tom.context_menu(world.channel, "Answer this", reply)
        assert result.ephemeral
        assert "not from a person" in world.said(result).content


async def test_commands_keep_to_discords_limits_and_say_where_they_work(world: World) -> None:
    bot = cast("Bot", world.env.bot)
    kinds = (discord.AppCommandType.chat_input, discord.AppCommandType.message)
    commands = [command.to_dict(bot.tree) for kind in kinds for command in bot.tree.get_commands(type=kind)]
    assert {"ask", "Answer this"} <= {command["name"] for command in commands}
    for command in commands:
        assert 1 <= len(command["name"]) <= limits.COMMAND_NAME
        assert len(command.get("description", "")) <= limits.COMMAND_DESCRIPTION
        assert command["contexts"], command["name"]
        assert command["integration_types"], command["name"]
        for option in command.get("options", []):
            assert 1 <= len(option["description"]) <= limits.COMMAND_DESCRIPTION


async def test_slow_answers_are_announced_before_discord_loses_patience(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = posting.promptly

    async def impatient(interaction: Any, work: Any, *, private: bool) -> Any:
        return await real(interaction, work, private=private, patience=0.0)

    monkeypatch.setattr(posting, "promptly", impatient)
    result = await world.tom.slash(world.channel, "ask", question=FLOOD, **{"for": world.mira})
    assert result.deferred or result.acknowledged
    shown = [m for m in world.bots if m.embeds and m.embeds[0].title == FLOOD]
    assert len(shown) == 1
    assert await world.store.reply(shown[0].id) is not None
    await world.mira.click(shown[0], label="Helpful")
