"""The whole bot started again, and started with other settings, over the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from whole_bot import (
    CONTAINMENT,
    FRANCE,
    IDEOLOGY,
    IDEOLOGY_TITLE,
    STRENGTH,
    PersonOpener,
    RunCitebot,
    ask,
    replies_to,
    text_of,
    title_of,
)

from bot.local.jsontypes import Json
from bot.local.person import is_ephemeral

Contract = Callable[[Iterable[Json]], list[str]]


async def test_after_a_restart_the_commands_are_not_sent_and_old_replies_work(
    run_citebot: RunCitebot, person: PersonOpener, tmp_path: Path, discord_contract: Contract
) -> None:
    async with person("mira") as mira, person("sam") as sam:
        async with run_citebot(tmp_path) as first:
            assert await first.uploads() == 1
            question = await mira.say("general", f"{mira.bot_mention} {IDEOLOGY}")
            reply = await mira.answer_to(question)
            await mira.response(await mira.press(reply, "Helpful"))
        await mira.until(lambda: not mira.bot_online)
        async with run_citebot(tmp_path) as second:
            assert await second.uploads() == 0
            assert "I have that already" in text_of(await mira.response(await mira.press(reply, "Helpful")))
            sources = await sam.response(await sam.press(reply, "Sources"))
            assert is_ephemeral(sources)
            assert "Kadri Liik" in text_of(sources)
            await mira.edit(question, f"{mira.bot_mention} {CONTAINMENT}")
            await sam.changed(reply, lambda message: title_of(message) == CONTAINMENT)
            await mira.delete(question)
            await sam.gone(reply)
            assert discord_contract(await second.requests()) == []


async def test_in_a_channel_of_its_own_it_answers_unasked_if_it_is_very_sure(
    run_citebot: RunCitebot, person: PersonOpener, tmp_path: Path, discord_contract: Contract
) -> None:
    async with person("mira") as mira:
        channel = mira.channel("ask-the-article")
        settings = {"message_content": True, "answer_channels": {"ask-the-article": channel}}
        async with run_citebot(tmp_path, **settings) as running:
            unsure = await mira.say("ask-the-article", FRANCE)
            elsewhere = await mira.say("general", STRENGTH)
            sure = await mira.say("ask-the-article", STRENGTH)
            assert title_of(await mira.answer_to(sure)) == STRENGTH
            # With the intent, a reply is read even if it pings nobody.
            quiet = await mira.say("general", IDEOLOGY, reply_to=await ask(mira, STRENGTH), ping=False)
            assert title_of(await mira.answer_to(quiet)) == IDEOLOGY_TITLE
            assert replies_to(mira, unsure) == replies_to(mira, elsewhere) == []
            # Edited into something it is not sure of, the question loses the answer that nobody asked for.
            await mira.edit(sure, FRANCE)
            await mira.until(lambda: not replies_to(mira, sure))
            assert discord_contract(await running.requests()) == []


async def test_commands_in_a_test_server_alone(run_citebot: RunCitebot, person: PersonOpener, tmp_path: Path) -> None:
    async with person("mira") as mira, run_citebot(tmp_path, test_guild=mira.hello["guild"]["id"]) as running:
        assert await running.uploads() == 1
        reply = await mira.response(await mira.run("general", "ask", question=STRENGTH))
        assert title_of(reply) == STRENGTH
