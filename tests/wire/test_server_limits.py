"""Discord's rate limits and nonces as the local server keeps them, and the crowd of the load tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.local.handle import ServerHandle
from bot.local.jsontypes import Json
from bot.local.nonces import SECONDS, Nonces
from bot.local.person import Person
from bot.local.ratelimits import GLOBAL, INVALID_SECONDS, RateLimits
from bot.local.state import Message, now

POST = ("POST", "/channels/{channel_id}/messages")


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> RateLimits:
    return RateLimits(on=True, clock=clock)


def test_five_messages_in_five_seconds_in_each_channel(limits: RateLimits, clock: Clock) -> None:
    left = [limits.take(*POST, "/channels/1/messages")[1]["X-RateLimit-Remaining"] for _ in range(5)]
    assert left == ["4", "3", "2", "1", "0"]
    clock.seconds += 2
    refused, headers = limits.take(*POST, "/channels/1/messages")
    assert refused is not None
    assert (refused.retry_after, refused.everywhere) == (3.0, False)
    assert headers["X-RateLimit-Reset-After"] == "3.000"
    assert limits.take(*POST, "/channels/2/messages")[0] is None
    clock.seconds += 3
    assert limits.take(*POST, "/channels/1/messages")[0] is None


def test_fifty_requests_a_second_in_all_but_for_what_interactions_answer(limits: RateLimits, clock: Clock) -> None:
    assert all(limits.take(*POST, f"/channels/{number}/messages")[0] is None for number in range(GLOBAL))
    refused, _ = limits.take(*POST, "/channels/999/messages")
    assert refused is not None
    assert refused.everywhere
    assert limits.take("POST", "/interactions/{id}/{token}/callback", "/interactions/1/a/callback")[0] is None
    assert limits.take("PATCH", "/webhooks/{id}/{token}/messages/@original", "/webhooks/1/a/messages/1")[0] is None
    clock.seconds += 1
    assert limits.take(*POST, "/channels/999/messages")[0] is None


def test_invalid_requests_are_counted_for_ten_minutes(limits: RateLimits, clock: Clock) -> None:
    for status in (200, 401, 403, 404, 429, 500):
        limits.note(status)
    assert limits.invalid == 3
    clock.seconds += INVALID_SECONDS + 1
    assert limits.invalid == 0


def test_a_nonce_is_remembered_for_some_minutes(clock: Clock) -> None:
    nonces, message = Nonces(clock), Message(1, 2, 3, now())
    nonces.put(7, message)
    assert nonces.get("7") is message
    clock.seconds += SECONDS
    assert nonces.get("7") is None


class Bot:
    """A bot of bare HTTP."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = base

    async def post(self, channel: str, **body: Any) -> tuple[int, Json, dict[str, str]]:
        async with self._session.post(f"{self._base}/channels/{channel}/messages", json=body) as response:
            return response.status, await response.json(), dict(response.headers)


@pytest.fixture
async def bot(fresh_server: ServerHandle) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {fresh_server.bot_token}"}) as session:
        yield Bot(session, fresh_server.api_base)


@pytest.fixture
async def mira(fresh_server: ServerHandle) -> AsyncIterator[Person]:
    async with fresh_server.person("mira") as person:
        yield person


async def test_limits_are_switched_on_and_off(fresh_server: ServerHandle, bot: Bot, mira: Person) -> None:
    general = mira.channel("general")
    await fresh_server.rate_limits(on=True)
    answers = [await bot.post(general, content=str(number)) for number in range(6)]
    assert [status for status, _, _ in answers] == [200] * 5 + [429]
    _, body, headers = answers[-1]
    assert 0 < body["retry_after"] <= 5
    assert body["global"] is False
    assert headers["Via"]
    assert headers["X-RateLimit-Scope"] == "user"
    assert 1 <= int(headers["Retry-After"]) <= 5
    assert (await fresh_server.control("limits", {}))["invalid"] == 1
    await fresh_server.rate_limits(on=False)
    status, _, headers = await bot.post(general, content="free")
    assert status == 200
    assert "X-RateLimit-Limit" not in headers


async def test_a_nonce_that_is_enforced_posts_once_also_where_others_write(bot: Bot, mira: Person) -> None:
    general = mira.channel("general")
    _, first, _ = await bot.post(general, content="once", nonce="q1", enforce_nonce=True)
    for number in range(60):
        await bot.post(general, content=f"other {number}")
    _, second, _ = await bot.post(general, content="once", nonce="q1", enforce_nonce=True)
    assert second["id"] == first["id"]
    _, third, _ = await bot.post(general, content="once", nonce="q1")
    assert third["id"] != first["id"]


async def test_what_a_banned_address_gets(fresh_server: ServerHandle, bot: Bot, mira: Person) -> None:
    await fresh_server.faults({"match": {"path": "/messages$"}, "status": 429, "via": False, "retry_after": 7})
    with pytest.raises(aiohttp.ContentTypeError) as caught:
        await bot.post(mira.channel("general"), content="no")
    headers = caught.value.headers
    assert headers is not None
    assert headers["Retry-After"] == "7"
    assert "Via" not in headers


async def test_a_crowd_asks_in_servers_of_its_own(fresh_server: ServerHandle, mira: Person) -> None:
    told = await fresh_server.control("crowd", {"members": 3, "servers": 2, "channels": 2})
    assert len(set(told["servers"])) == 2
    headers = {"Authorization": f"Bot {fresh_server.bot_token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.ws_connect(fresh_server.gateway + "?v=10&encoding=json") as socket,
    ):
        identify: Json = {"token": fresh_server.bot_token, "intents": (1 << 0) | (1 << 9), "properties": {}}
        await socket.send_json({"op": 2, "d": identify})
        asked: list[Json] = []
        guilds: dict[str, int] = {}
        await fresh_server.control("load", {"questions": ["a", "b", "c", "d"], "rate": 1000})
        async with asyncio.timeout(5):
            while len(asked) < 4:
                frame = await socket.receive_json()
                if frame["t"] == "GUILD_CREATE":
                    guilds[frame["d"]["id"]] = len(frame["d"]["channels"])
                elif frame["t"] == "MESSAGE_CREATE":
                    asked.append(frame["d"])
        assert {guild: guilds[guild] for guild in told["servers"]} == dict.fromkeys(told["servers"], 2)
        assert {message["guild_id"] for message in asked} == set(told["servers"])
        assert len({message["author"]["id"] for message in asked}) == 3
        assert len({message["channel_id"] for message in asked}) == 4
        reply = {"content": "yes", "message_reference": {"message_id": asked[0]["id"]}}
        address = f"{fresh_server.api_base}/channels/{asked[0]['channel_id']}/messages"
        async with session.post(address, json=reply) as response:
            assert response.status == 200
        found = await fresh_server.control("load")
        assert [len(question["replies"]) for question in found["questions"]] == [1, 0, 0, 0]
    assert {channel["name"] for channel in mira.channels} == {"general", "ask-the-article", "Citebot"}
