"""Gateway accidents with the real client, and the rules of the protocol with a bare websocket."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest

from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json
from bot.local.server import Settings, serve

PointClient = Callable[[ServerHandle], None]


class Listener(discord.Client):
    """Remembers what it is told, and waits without discord.py's five seconds before a new IDENTIFY."""

    def __init__(self, **options: Any) -> None:
        intents = options.pop("intents", discord.Intents.default())
        super().__init__(intents=intents, guild_ready_timeout=0.05, **options)
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self.texts: asyncio.Queue[str] = asyncio.Queue()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        return None

    async def on_ready(self) -> None:
        self.told.put_nowait("ready")

    async def on_resumed(self) -> None:
        self.told.put_nowait("resumed")

    async def on_disconnect(self) -> None:
        self.told.put_nowait("disconnect")

    async def on_message(self, message: discord.Message) -> None:
        self.texts.put_nowait(message.content)

    async def hears(self, *events: str) -> None:
        async with asyncio.timeout(5):
            for event in events:
                assert await self.told.get() == event


@asynccontextmanager
async def online(server: ServerHandle, client: Listener) -> AsyncGenerator[Listener]:
    async with client:
        await client.login(server.bot_token)
        running = asyncio.create_task(client.connect())
        try:
            await client.hears("ready")
            yield client
        finally:
            await client.close()
            await running


async def test_a_dropped_connection_resumes_and_replays_what_was_missed(
    fresh_server: ServerHandle, point_client: PointClient
) -> None:
    point_client(fresh_server)
    async with online(fresh_server, Listener()) as client, fresh_server.person("mira") as mira:
        assert await fresh_server.accident("drop") == 1
        for number in range(3):
            await mira.say("dm", f"missed {number}")
        await client.hears("disconnect", "resumed")
        assert [await client.texts.get() for _ in range(3)] == ["missed 0", "missed 1", "missed 2"]
        assert client.texts.empty()


@pytest.mark.parametrize("code", [4000, 4009])
async def test_a_close_code_that_may_be_resumed(
    fresh_server: ServerHandle, point_client: PointClient, code: int
) -> None:
    point_client(fresh_server)
    async with online(fresh_server, Listener()) as client:
        await fresh_server.accident("drop", code=code)
        await client.hears("disconnect", "resumed")


async def test_a_request_to_reconnect(fresh_server: ServerHandle, point_client: PointClient) -> None:
    point_client(fresh_server)
    async with online(fresh_server, Listener()) as client, fresh_server.person("mira") as mira:
        await fresh_server.accident("reconnect")
        await client.hears("disconnect", "resumed")
        await mira.say("dm", "still there?")
        assert await client.texts.get() == "still there?"


async def test_an_invalid_session_identifies_anew(fresh_server: ServerHandle, point_client: PointClient) -> None:
    point_client(fresh_server)
    async with online(fresh_server, Listener()) as client, fresh_server.person("mira") as mira:
        await fresh_server.accident("invalid_session", resumable=False)
        await client.hears("disconnect", "ready")
        await mira.say("dm", "hello again")
        assert await client.texts.get() == "hello again"
        await fresh_server.accident("invalid_session", resumable=True)
        await client.hears("disconnect", "resumed")


async def test_unanswered_heartbeats_make_the_client_reconnect(
    fresh_server: ServerHandle, point_client: PointClient
) -> None:
    point_client(fresh_server)
    async with online(fresh_server, Listener(heartbeat_timeout=0.8)) as client:
        await fresh_server.accident("mute_heartbeat")
        await client.hears("disconnect", "resumed")


async def test_the_page_sees_the_bot_come_and_go(fresh_server: ServerHandle, point_client: PointClient) -> None:
    point_client(fresh_server)
    async with fresh_server.person("mira") as mira:
        assert not mira.bot_online
        async with online(fresh_server, Listener()):
            await mira.until(lambda: mira.bot_online)
            assert await mira.event("BOT_STATUS") == {"online": True}
        await mira.until(lambda: not mira.bot_online)


async def test_with_the_intent_all_messages_carry_their_text(
    fresh_server: ServerHandle, point_client: PointClient
) -> None:
    point_client(fresh_server)
    intents = discord.Intents.default()
    intents.message_content = True
    intents.members = True
    async with online(fresh_server, Listener(intents=intents)) as client, fresh_server.person("sam") as sam:
        await sam.say("general", "for everyone")
        assert await client.texts.get() == "for everyone"
        assert {member.name for member in client.guilds[0].members} == {"Citebot", "mira", "sam", "noor"}


async def test_an_intent_that_the_portal_does_not_grant_is_refused(
    fresh_server: ServerHandle, point_client: PointClient
) -> None:
    point_client(fresh_server)
    await fresh_server.control("intents", {"message_content": False})
    intents = discord.Intents.default()
    intents.message_content = True
    async with Listener(intents=intents) as client:
        await client.login(fresh_server.bot_token)
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await client.connect()


async def test_a_wrong_token_cannot_log_in(fresh_server: ServerHandle, point_client: PointClient) -> None:
    point_client(fresh_server)
    async with Listener() as client:
        with pytest.raises(discord.LoginFailure):
            await client.login("wrong")


class Wire:
    """A bare gateway connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, op: int, data: Any) -> None:
        await self._socket.send_json({"op": op, "d": data})

    async def next(self) -> Json:
        return await self._socket.receive_json(timeout=5)

    async def close_code(self) -> int | None:
        async with asyncio.timeout(5):
            while True:
                message = await self._socket.receive()
                if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                    return self._socket.close_code


@asynccontextmanager
async def bare(server: ServerHandle, query: str = "?v=10&encoding=json") -> AsyncGenerator[Wire]:
    async with aiohttp.ClientSession() as session, session.ws_connect(server.gateway + query) as socket:
        wire = Wire(socket)
        if "v=10" in query:
            assert (await wire.next())["op"] == 10
        yield wire


def identify(server: ServerHandle, **changes: Any) -> Json:
    return {"token": server.bot_token, "intents": 1 << 9, "properties": {}, **changes}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"token": "wrong"}, 4004),
        ({"intents": 1 << 40}, 4013),
        ({"intents": None}, 4013),
        ({"shard": [2, 2]}, 4010),
    ],
)
async def test_a_wrong_identify_is_closed_with_its_code(fresh_server: ServerHandle, changes: Json, code: int) -> None:
    async with bare(fresh_server) as wire:
        await wire.send(2, identify(fresh_server, **changes))
        assert await wire.close_code() == code


async def test_other_mistakes_have_their_codes(fresh_server: ServerHandle) -> None:
    async with bare(fresh_server) as wire:
        await wire.send(8, {})
        assert await wire.close_code() == 4003
    async with bare(fresh_server) as wire:
        await wire.send(2, identify(fresh_server))
        await wire.send(2, identify(fresh_server))
        assert await wire.close_code() == 4005
    async with bare(fresh_server) as wire:
        await wire.send(2, identify(fresh_server))
        await wire.send(99, None)
        assert await wire.close_code() == 4001
    async with bare(fresh_server, "?v=6") as wire:
        assert await wire.close_code() == 4012


async def test_a_client_that_sends_no_heartbeat_is_closed() -> None:
    async with serve(Settings(heartbeat=0.05)) as ready, bare(ServerHandle.from_ready(ready)) as wire:
        assert await wire.close_code() == 4009


async def test_resuming_something_unknown_is_an_invalid_session(fresh_server: ServerHandle) -> None:
    async with bare(fresh_server) as wire:
        await wire.send(6, {"token": fresh_server.bot_token, "session_id": "none", "seq": 1})
        assert await wire.next() == {"op": 9, "d": False, "s": None, "t": None}
        await wire.send(2, identify(fresh_server))
        ready = await wire.next()
        assert ready["t"] == "READY"
        assert ready["d"]["shard"] == [0, 1]
    async with bare(fresh_server) as wire:
        session = ready["d"]["session_id"]
        await wire.send(6, {"token": fresh_server.bot_token, "session_id": session, "seq": 99})
        assert (await wire.next())["op"] == 9  # a client that closes with 1000 ends its session


async def test_guild_events_go_to_the_guilds_shard_and_direct_ones_to_the_first(
    fresh_server: ServerHandle,
) -> None:
    async with bare(fresh_server) as zero, bare(fresh_server) as one, fresh_server.person("mira") as mira:
        for number, wire in enumerate((zero, one)):
            await wire.send(2, identify(fresh_server, shard=[number, 2], intents=1 << 9 | 1 << 12))
            assert (await wire.next())["t"] == "READY"
        await mira.say("dm", "direct")
        await mira.say("general", "guild")
        own = (int(mira.hello["guild"]["id"]) >> 22) % 2
        first = await zero.next()
        assert first["d"]["content"] == "direct"
        guild = await (zero, one)[own].next()
        assert guild["d"]["guild_id"] == mira.hello["guild"]["id"]


async def test_compression_is_one_stream_and_unknown_kinds_are_refused(fresh_server: ServerHandle) -> None:
    async with aiohttp.ClientSession() as session:
        address = fresh_server.gateway + "?v=10&encoding=json&compress="
        async with session.ws_connect(address + "zlib-stream") as socket:
            stream = zlib.decompressobj()
            assert b'"op": 10' in stream.decompress(await socket.receive_bytes())
            await socket.send_json({"op": 1, "d": None})
            assert b'"op": 11' in stream.decompress(await socket.receive_bytes())
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(address + "snail")
        assert refused.value.status == 400
