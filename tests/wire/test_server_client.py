"""The unmodified discord.py client on the local server, over real sockets, and people who talk to it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

import discord
import discord.gateway
import discord.http
import pytest
import pytest_asyncio
import yarl
from server_probe import Probe, add_commands

from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json
from bot.local.person import Person, RefusedError, find_component, is_ephemeral

pytestmark = pytest.mark.asyncio(loop_scope="module")

PersonOpener = Callable[[str], AbstractAsyncContextManager[Person]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def probe(local_server: ServerHandle) -> AsyncIterator[Probe]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discord.http.Route, "BASE", local_server.api_base)
        patch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(local_server.gateway))
        async with Probe() as bot:
            add_commands(bot.tree)
            await bot.login(local_server.bot_token)
            running = asyncio.create_task(bot.connect())
            await bot.wait_until_ready()
            await bot.tree.sync()
            yield bot
            await bot.close()
            await running


async def eventually(condition: Callable[[], Any]) -> Any:
    async with asyncio.timeout(5):
        while not (found := condition()):  # noqa: ASYNC110  discord.py tells nobody when it is done
            await asyncio.sleep(0.01)
        return found


async def test_the_client_knows_the_guild(probe: Probe) -> None:
    (guild,) = probe.guilds
    assert guild.name == "Citebot test server"
    assert [channel.name for channel in guild.text_channels] == ["general", "ask-the-article", "moderators"]
    assert guild.me.guild_permissions.embed_links
    assert guild.member_count == 4
    info = await probe.application_info()
    assert info.flags.gateway_message_content_limited
    found = await guild.query_members("mi")
    assert [member.display_name for member in found] == ["Mira"]


async def test_a_mention_is_answered_with_a_reply(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira, person("sam") as sam:
        question = await mira.say("general", f"{mira.bot_mention} hello")
        answer = await sam.answer_to(question)
        assert answer["content"] == f"heard: {mira.bot_mention} hello"
        assert answer["type"] == 19
        assert answer["referenced_message"]["id"] == question["id"]
        assert answer["mentions"] == []  # the client allows no mentions


async def test_without_the_intent_other_messages_come_without_their_text(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira:
        plain = await mira.say("general", "just chatting")
        got = await eventually(lambda: next((m for m in probe.got if m.id == int(plain["id"])), None))
        assert got.content == ""
        assert got.author.display_name == "Mira"


async def test_a_pinging_reply_to_the_bot_carries_its_text_and_a_silent_one_does_not(
    probe: Probe, person: PersonOpener
) -> None:
    async with person("mira") as mira:
        answer = await mira.answer_to(await mira.say("general", f"{mira.bot_mention} one"))
        await mira.answer_to(await mira.say("general", "and more", reply_to=answer))
        quiet = await mira.say("general", "quietly", reply_to=answer, ping=False)
        got = await eventually(lambda: next((m for m in probe.got if m.id == int(quiet["id"])), None))
        assert got.content == ""
        assert got.reference is not None
        assert isinstance(got.reference.resolved, discord.Message)
        assert got.reference.resolved.content.startswith("heard:")  # its own words it may read


async def test_a_direct_message(probe: Probe, person: PersonOpener) -> None:
    async with person("sam") as sam, person("mira") as mira:
        answer = await sam.answer_to(await sam.say("dm", "between us"))
        assert answer["content"] == "heard: between us"
        user = await probe.fetch_user(int(sam.me["id"]))
        sent = await user.send("from the bot")
        assert (await sam.changed({"channel_id": str(sent.channel.id), "id": str(sent.id)}, bool))["content"]
        assert all(message["content"] != "heard: between us" for m in mira.messages.values() for message in m.values())


async def test_editing_and_deleting_reach_both_sides(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira:
        question = await mira.say("general", f"{mira.bot_mention} first")
        answer = await mira.answer_to(question)
        await mira.edit(question, f"{mira.bot_mention} second")
        edited = await eventually(lambda: next((m for m in probe.edits if m.id == int(question["id"])), None))
        assert edited.content.endswith("second")
        channel = probe.get_partial_messageable(int(answer["channel_id"]))
        await channel.get_partial_message(int(answer["id"])).edit(content="rewritten")
        changed = await mira.changed(answer, lambda message: message["content"] == "rewritten")
        assert changed["edited_timestamp"]
        await mira.delete(question)
        await eventually(lambda: int(question["id"]) in probe.deletes)
        await channel.get_partial_message(int(answer["id"])).delete()
        await mira.gone(answer)
        with pytest.raises(discord.NotFound, match="Unknown Message"):
            await channel.fetch_message(int(answer["id"]))


async def test_a_slash_command_with_options(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira, person("sam") as sam:
        used = await mira.run("general", "echo", word="ha", times=2, who=sam.me["id"])
        answer = await sam.response(used)
        assert answer["embeds"][0]["description"] == "ha ha"
        assert answer["embeds"][0]["footer"]["text"] == "Sam"
        assert answer["interaction_metadata"]["user"]["id"] == mira.me["id"]
        assert answer["interaction_metadata"]["name"] == "echo"
        assert (await mira.finished(used))["state"] == "done"


async def test_wrong_options_never_reach_the_bot(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira:
        with pytest.raises(RefusedError, match="word is missing"):
            await mira.run("general", "echo")
        with pytest.raises(RefusedError, match="between 1 and 3"):
            await mira.run("general", "echo", word="x", times=9)
        with pytest.raises(RefusedError, match="names nothing"):
            await mira.run("general", "echo", word="x", who="1")


async def test_a_subcommand_with_a_file(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira, person("sam") as sam:
        used = await mira.run("general", "shelf put", file=("notes.csv", b"a,b\n1,2\n"), loudly=True)
        assert (await mira.response(used))["content"] == "NOTES.CSV: 8 BYTES OF TEXT/CSV"
        assert [choice["name"] for choice in await mira.complete("general", "shelf find", "word", "al")] == ["alpha"]
        with pytest.raises(LookupError):
            await mira.run("general", "shelf burn")
        with pytest.raises(RefusedError, match="file is missing"):
            await mira.run("general", "shelf put")
        theirs = await sam.upload("general", "secret.txt", b"sam's own")
        with pytest.raises(RefusedError, match="names nothing"):
            await mira.run("general", "shelf put", file=theirs["id"])
        with pytest.raises(RefusedError, match="larger than 10 MB"):
            await mira.upload("general", "huge.bin", b"x" * (10 * 1024 * 1024 + 1))


async def test_an_ephemeral_answer_is_for_one_person(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira, person("sam") as sam:
        answer = await mira.response(await mira.run("general", "echo", word="secret"))
        assert is_ephemeral(answer)
        assert answer in await mira.history("general")
        assert sam.seen("general") == []
        assert answer["id"] not in [message["id"] for message in await sam.history("general")]
        with pytest.raises(RefusedError, match="no longer exists"):
            await sam.press(answer, "Press")
        assert all(message.id != int(answer["id"]) for message in probe.got)
        with pytest.raises(discord.NotFound):
            await probe.get_partial_messageable(int(answer["channel_id"])).fetch_message(int(answer["id"]))
        await mira.dismiss(answer)
        await mira.gone(answer)


async def test_buttons_and_selects(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira, person("sam") as sam:
        answer = await mira.response(await mira.run("general", "echo", word="x"))
        pressed = await sam.press(answer, "Press")
        await mira.changed(answer, lambda message: message["content"] == "pressed")
        assert (await sam.finished(pressed))["state"] == "done"
        chosen = await sam.response(await sam.choose(answer, "B"))
        assert chosen["content"] == "picked B"
        assert chosen["message_reference"]["message_id"] == answer["id"]
        with pytest.raises(RefusedError, match="disabled"):
            await mira.press(answer, "Off")
        with pytest.raises(RefusedError, match="not offered"):
            await mira.choose(answer, "C")
        assert find_component(answer, "pick")["type"] == 3


async def test_a_modal(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira:
        answer = await mira.response(await mira.run("general", "echo", word="x"))
        dialog = await mira.dialog(await mira.press(answer, "form"))
        assert dialog["title"] == "Say more"
        with pytest.raises(RefusedError, match="required"):
            await mira.submit(dialog)
        with pytest.raises(RefusedError, match="2 to 20"):
            await mira.submit(dialog, why="x")
        said = await mira.response(await mira.submit(dialog, why="I ask"))
        assert said["content"] == "because I ask"
        assert is_ephemeral(said)


async def test_autocomplete(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira:
        assert await mira.complete("general", "echo", "word", "al") == [{"name": "alpha", "value": "alpha"}]
        assert len(await mira.complete("general", "echo", "word", "")) == 2


async def test_a_message_context_menu(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira, person("sam") as sam:
        message = await sam.say("general", "seven!!")
        await mira.changed(message, bool)
        answer = await mira.response(await mira.use_on(message, "Count letters"))
        assert answer["content"] == "7 letters"  # an interaction brings the text along
        assert answer["interaction_metadata"]["target_message_id"] == message["id"]


async def test_a_deferred_answer_and_a_follow_up(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira:
        used = await mira.run("general", "slow")
        answer = await mira.response(used)
        assert answer["content"] == "done at last"
        assert answer["edited_timestamp"] is None
        further = await mira.response(used, 2)
        assert further["content"] == "and one more"
        assert is_ephemeral(further)
        hidden = await mira.response(await mira.run("general", "slow", hidden=True))
        assert is_ephemeral(hidden)
        loading = [data for name, data in mira.events if name == "MESSAGE_CREATE" and data["flags"] & 128]
        assert len(loading) == 2  # "is thinking" was shown first


async def test_changing_and_removing_responses(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira:
        used = await mira.run("general", "fleeting")
        answer = await mira.response(used)
        await mira.changed(answer, lambda message: message["content"] == "first, changed")
        assert [m["content"] for m in mira.seen("general")] == ["first, changed"]


async def test_commands_are_offered_to_those_who_may_use_them(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira, person("sam") as sam:
        with pytest.raises(LookupError):
            mira.command("moderate")
        assert (await sam.response(await sam.run("general", "moderate")))["content"] == "moderated"
        with pytest.raises(RefusedError, match="cannot use this command here"):
            await sam.run("dm", "moderate")
        with pytest.raises(RefusedError, match="cannot use this command here"):
            await mira.do("command", channel=mira.channel("general"), command=sam.command("moderate")["id"])
        in_private = await mira.response(await mira.run("dm", "echo", word="psst"))
        assert in_private["embeds"][0]["description"] == "psst"


async def test_guild_commands_come_and_go(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira:
        guild = probe.guilds[0]

        @probe.tree.command(guild=guild, description="Only here")
        async def local(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("local")

        (synced,) = await probe.tree.sync(guild=guild)
        assert synced.guild_id == guild.id
        await mira.until(lambda: any(command["name"] == "local" for command in mira.commands))
        assert (await mira.response(await mira.run("general", "local")))["content"] == "local"
        probe.tree.clear_commands(guild=guild)
        assert await probe.tree.sync(guild=guild) == []
        await mira.until(lambda: all(command["name"] != "local" for command in mira.commands))
        before = {command.name: command.id for command in await probe.tree.fetch_commands()}
        after = {command.name: command.id for command in await probe.tree.sync()}
        assert before == after  # ids stay


async def test_files_reactions_and_typing(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira:
        channel = probe.get_partial_messageable(int(mira.channel("general")))
        async with channel.typing():
            await mira.event("TYPING_START", lambda data: data["user_id"] == mira.bot["id"])
        embed = discord.Embed(title="With a picture").set_image(url="attachment://dot.png")
        sent = await channel.send(
            "look", embed=embed, file=discord.File(io.BytesIO(b"\x89PNG"), "dot.png", description="a dot")
        )
        (attachment,) = sent.attachments
        assert await attachment.read() == b"\x89PNG"
        assert attachment.description == "a dot"
        shown = await mira.changed({"channel_id": str(sent.channel.id), "id": str(sent.id)}, bool)
        assert shown["embeds"][0]["image"]["url"] == attachment.url
        await sent.add_reaction("👍")
        await mira.react(shown, "👍")
        reacted = await mira.changed(shown, lambda m: bool(m.get("reactions")) and m["reactions"][0]["count"] == 2)
        assert reacted["reactions"][0]["emoji"]["name"] == "👍"
        await sent.remove_reaction("👍", probe.guilds[0].me)
        await mira.changed(shown, lambda m: m["reactions"][0]["count"] == 1)
        newest = [message async for message in channel.history(limit=2)]
        assert newest[0].id == sent.id


async def test_threads_work_like_channels(probe: Probe, person: PersonOpener, local_server: ServerHandle) -> None:
    async with person("mira") as mira:
        start = await mira.say("general", "a long story")
        thread = await mira.open_thread("general", "story", message=start)
        assert thread["parent_id"] == mira.channel("general")
        await mira.until(lambda: any(channel["id"] == thread["id"] for channel in mira.channels))
        await mira.say("story", "go on")
        await mira.until(lambda: any(m["content"] == "in a thread" for m in mira.seen("story")))
        forum = await local_server.control("channels", {"name": "help", "type": 15})
        await mira.until(lambda: any(channel["id"] == forum["id"] for channel in mira.channels))
        post = await mira.open_thread(forum["id"], "My question", content=f"{mira.bot_mention} why?")
        answer = await mira.until(
            lambda: next((m for m in mira.seen(post["id"]) if m["author"]["id"] == mira.bot["id"]), None)
        )
        assert answer["content"].startswith("heard:")


async def test_pings_reflect_what_is_allowed(probe: Probe, person: PersonOpener) -> None:
    async with person("mira") as mira:
        channel = probe.get_partial_messageable(int(mira.channel("general")))
        text = f"<@{mira.me['id']}> @everyone"
        silent = await channel.send(text)
        assert silent.mentions == []
        one = await channel.send(text, allowed_mentions=discord.AllowedMentions(users=[discord.Object(mira.me["id"])]))
        assert [user.id for user in one.mentions] == [int(mira.me["id"])]
        every = await channel.send(text, allowed_mentions=discord.AllowedMentions.all())
        assert not every.mention_everyone  # the bot lacks the permission
        answer = await channel.send("x", reference=one, mention_author=True)
        assert answer.mentions == [probe.user]


async def test_without_embed_links_embeds_are_dropped(
    probe: Probe, person: PersonOpener, local_server: ServerHandle
) -> None:
    async with person("mira") as mira:
        channel = probe.guilds[0].text_channels[1]
        await local_server.permit("ask-the-article", deny=["embed_links"])
        await eventually(lambda: not channel.permissions_for(channel.guild.me).embed_links)
        sent = await channel.send("plain", embed=discord.Embed(title="rich"))
        assert sent.embeds == []
        await local_server.permit("ask-the-article", deny=["send_messages"])
        with pytest.raises(discord.Forbidden, match="Missing Permissions"):
            await channel.send("not even this")
        await local_server.permit("ask-the-article", deny=["view_channel"])
        await mira.say("ask-the-article", f"{mira.bot_mention} unseen")
        with pytest.raises(discord.Forbidden, match="Missing Access"):
            await channel.send("nor this")
        await local_server.permit("ask-the-article")
        await mira.answer_to(await mira.say("ask-the-article", f"{mira.bot_mention} seen"))
        assert all("unseen" not in message.content for message in probe.got)


async def test_a_layout_of_components_v2(probe: Probe, person: PersonOpener) -> None:
    button: discord.ui.Button[Any] = discord.ui.Button(label="Go", custom_id="v2-go")
    section: discord.ui.Section[Any] = discord.ui.Section("beside", accessory=button)
    box: discord.ui.Container[Any] = discord.ui.Container(discord.ui.TextDisplay("# Hello"), section)
    layout = discord.ui.LayoutView().add_item(box)
    async with person("mira") as mira:
        channel = probe.get_partial_messageable(int(mira.channel("general")))
        sent = await channel.send(view=layout)
        shown = await mira.changed({"channel_id": str(sent.channel.id), "id": str(sent.id)}, bool)
        assert shown["flags"] & 1 << 15
        assert find_component(shown, "Go")["custom_id"] == "v2-go"
        with pytest.raises(discord.HTTPException, match="IS_COMPONENTS_V2") as refused:
            await probe.http.request(
                discord.http.Route("PATCH", f"/channels/{sent.channel.id}/messages/{sent.id}"),
                json={"content": "both"},
            )
        assert refused.value.code == 50035


async def test_every_request_follows_discords_description(
    probe: Probe, local_server: ServerHandle, discord_contract: Callable[[Iterable[Json]], list[str]]
) -> None:
    sent = [request for request in await local_server.requests() if (request["status"] or 0) < 400]
    assert len(sent) > 20
    assert discord_contract(sent) == []
