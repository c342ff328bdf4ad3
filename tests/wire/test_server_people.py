"""What people may and may not do on the page, with nobody but a bare bot on the other side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json
from bot.local.person import Person, RefusedError


@pytest.fixture
async def mira(fresh_server: ServerHandle) -> AsyncIterator[Person]:
    async with fresh_server.person("mira") as person:
        yield person


@pytest.fixture
async def sam(fresh_server: ServerHandle) -> AsyncIterator[Person]:
    async with fresh_server.person("Sam") as person:
        yield person


class Bot:
    """A bot without discord.py: the HTTP API and one gateway connection."""

    def __init__(
        self, server: ServerHandle, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse
    ) -> None:
        self._server = server
        self._session = session
        self._socket = socket

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with self._session.request(method, self._server.api_base + path, json=body) as answer:
            return answer.status, await answer.json(content_type=None) if answer.status != 204 else None

    async def interaction(self) -> Json:
        async with asyncio.timeout(5):
            while True:
                frame = await self._socket.receive_json()
                if frame["t"] == "INTERACTION_CREATE":
                    return frame["d"]

    async def respond(self, interaction: Json, kind: int, **data: Any) -> tuple[int, Any]:
        path = f"/interactions/{interaction['id']}/{interaction['token']}/callback"
        return await self.call("POST", path, {"type": kind, "data": data})


@pytest.fixture
async def bot(fresh_server: ServerHandle, mira: Person) -> AsyncIterator[Bot]:
    headers = {"Authorization": f"Bot {fresh_server.bot_token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.ws_connect(fresh_server.gateway + "?v=10&encoding=json") as socket,
    ):
        await socket.send_json({"op": 2, "d": {"token": fresh_server.bot_token, "intents": 0}})
        made = Bot(fresh_server, session, socket)
        await mira.until(lambda: mira.bot_online)
        command = {"name": "do", "description": "do it"}
        await made.call("PUT", f"/applications/{mira.bot['id']}/commands", [command])
        await mira.until(lambda: bool(mira.commands))
        yield made


async def test_the_world_at_the_start(mira: Person, sam: Person) -> None:
    assert [channel["name"] for channel in mira.channels] == ["general", "ask-the-article", "Citebot"]
    assert "moderators" in [channel["name"] for channel in sam.channels]
    assert mira.hello["server"] == {"name": "Citebot test server", "standin": True}
    assert [user["global_name"] for user in mira.hello["users"]] == ["Mira", "Sam", "Noor"]
    assert mira.hello["permissions"][mira.me["id"]] == {"manage_guild": False}
    assert mira.hello["permissions"][sam.me["id"]] == {"manage_guild": True}
    assert mira.channel("dm") != sam.channel("dm")


async def test_people_see_each_other_write_edit_and_delete(mira: Person, sam: Person) -> None:
    await mira.do("typing", channel=mira.channel("general"))
    assert (await sam.event("TYPING_START"))["user_id"] == mira.me["id"]
    message = await mira.say("general", f"hello <@{sam.me['id']}>")
    seen = await sam.changed(message, bool)
    assert [user["id"] for user in seen["mentions"]] == [sam.me["id"]]
    await mira.edit(message, "goodbye")
    assert (await sam.changed(message, lambda m: m["content"] == "goodbye"))["mentions"] == []
    with pytest.raises(RefusedError, match="Only its author"):
        await sam.edit(message, "mine")
    other = await sam.say("general", "stay")
    with pytest.raises(RefusedError, match="may not delete"):
        await mira.delete(other)
    await sam.delete(message)  # a moderator may
    await mira.gone(message)


async def test_what_cannot_be_sent_is_refused_with_a_reason(mira: Person, sam: Person) -> None:
    with pytest.raises(RefusedError, match="empty"):
        await mira.say("general", "   ")
    with pytest.raises(RefusedError, match="2000 are allowed"):
        await mira.say("general", "x" * 2001)
    with pytest.raises(RefusedError, match="no such channel"):
        await mira.do("send", channel=sam.channel("moderators"), content="let me in")
    with pytest.raises(RefusedError, match="no such channel"):
        await mira.do("history", channel=sam.channel("dm"))
    with pytest.raises(RefusedError, match="no operation"):
        await mira.do("fly", channel=mira.channel("general"))
    message = await mira.say("general", "everyone sees this")
    with pytest.raises(RefusedError, match="nobody else sees"):
        await mira.dismiss(message)


async def test_history_is_oldest_first_and_paged(mira: Person) -> None:
    for number in range(5):
        await mira.say("general", str(number))
    last = await mira.history("general", limit=2)
    assert [message["content"] for message in last] == ["3", "4"]
    earlier = await mira.do("history", channel=mira.channel("general"), before=last[0]["id"], limit=2)
    assert [message["content"] for message in earlier["messages"]] == ["1", "2"]
    assert earlier["more"] is True


async def test_code_pings_nobody(mira: Person, sam: Person) -> None:
    assert (await mira.say("general", f"`<@{sam.me['id']}>`"))["mentions"] == []
    assert (await mira.say("general", "@everyone"))["mention_everyone"] is False
    assert (await sam.say("general", "@everyone"))["mention_everyone"] is True


async def test_without_an_answer_the_person_is_told(mira: Person, bot: Bot) -> None:
    used = await mira.run("general", "do")
    assert (await mira.finished(used))["message"] == "The application did not respond"
    late = await bot.interaction()
    status, answer = await bot.respond(late, 4, content="too late")
    assert (status, answer["code"]) == (404, 10062)


async def test_an_interaction_says_who_and_where(mira: Person, bot: Bot) -> None:
    await mira.run("general", "do")
    guild = await bot.interaction()
    assert guild["member"]["user"]["id"] == mira.me["id"]
    assert int(guild["app_permissions"]) & 1 << 14
    assert guild["context"] == 0
    assert guild["channel"]["name"] == "general"
    await mira.run("dm", "do")
    direct = await bot.interaction()
    assert direct["user"]["id"] == mira.me["id"]
    assert "member" not in direct
    assert direct["context"] == 1


async def test_responses_that_do_not_fit_are_refused(mira: Person, bot: Bot) -> None:
    await mira.run("general", "do")
    interaction = await bot.interaction()
    hook = f"/webhooks/{mira.bot['id']}/{interaction['token']}"
    assert (await bot.call("POST", hook, {"content": "too early"}))[1]["code"] == 10015
    assert (await bot.respond(interaction, 7, content="no message to update"))[0] == 400
    assert (await bot.respond(interaction, 8, choices=[]))[0] == 400
    assert (await bot.respond(interaction, 4, content="x" * 2001))[1]["code"] == 50035
    form: Json = {"title": "t" * 46, "custom_id": "f", "components": []}
    assert set((await bot.respond(interaction, 9, **form))[1]["errors"]["data"]) == {"title", "components"}
    assert (await bot.respond(interaction, 4, content="fine"))[0] == 204
    assert (await bot.respond(interaction, 4, content="twice"))[1]["code"] == 40060
    assert (await bot.call("GET", f"{hook}/messages/@original"))[1]["content"] == "fine"
    other = (await bot.call("POST", f"/channels/{interaction['channel_id']}/messages", {"content": "x"}))[1]
    assert (await bot.call("PATCH", f"{hook}/messages/{other['id']}", {"content": "y"}))[0] == 404


async def test_the_first_follow_up_takes_the_place_of_thinking(mira: Person, bot: Bot) -> None:
    used = await mira.run("general", "do")
    interaction = await bot.interaction()
    await bot.respond(interaction, 5, flags=64)
    (thinking,) = await mira.history("general")
    assert thinking["flags"] == 64 | 128
    hook = f"/webhooks/{mira.bot['id']}/{interaction['token']}"
    _, message = await bot.call("POST", hook, {"content": "here it is"})
    assert message["id"] == thinking["id"]
    assert (await mira.response(used))["flags"] == 64


async def test_a_bare_modal_and_a_select_in_it(mira: Person, bot: Bot) -> None:
    used = await mira.run("general", "do")
    select = {"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a"}]}
    row = {"type": 1, "components": [{"type": 4, "custom_id": "t", "style": 1, "label": "T", "required": False}]}
    parts = [{"type": 10, "content": "read me"}, {"type": 18, "label": "S", "component": select}, row]
    await bot.respond(await bot.interaction(), 9, title="F", custom_id="form", components=parts)
    dialog = await mira.dialog(used)
    with pytest.raises(RefusedError, match="not offered"):
        await mira.submit(dialog, s=["b"])
    await mira.submit(dialog, s=["a"])
    filled = (await bot.interaction())["data"]
    assert filled["custom_id"] == "form"
    assert filled["components"][1]["component"]["values"] == ["a"]
    assert filled["components"][2]["components"][0]["value"] == ""


async def test_a_second_page_of_the_same_person_sees_the_same(
    fresh_server: ServerHandle, mira: Person, bot: Bot
) -> None:
    async with fresh_server.person(mira.me["id"]) as again:
        used = await mira.run("general", "do")
        await bot.respond(await bot.interaction(), 4, content="only you", flags=64)
        assert (await again.response(used))["content"] == "only you"
