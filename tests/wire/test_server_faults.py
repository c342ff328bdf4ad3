"""Injected faults, as the real client meets them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import aiohttp
import discord
import pytest

from bot.local.handle import ServerHandle
from bot.local.person import Person

PointClient = Callable[[ServerHandle], None]
MESSAGES = "/channels/[0-9]+/messages$"


@pytest.fixture
async def mira(fresh_server: ServerHandle) -> AsyncIterator[Person]:
    async with fresh_server.person("mira") as person:
        yield person


@pytest.fixture
async def channel(
    fresh_server: ServerHandle, point_client: PointClient, mira: Person
) -> AsyncIterator[discord.PartialMessageable]:
    point_client(fresh_server)
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login(fresh_server.bot_token)
        yield client.get_partial_messageable(int(mira.channel("general")))


async def statuses(server: ServerHandle) -> list[int]:
    return [item["status"] for item in await server.requests() if item["template"] == "/channels/{channel_id}/messages"]


@pytest.mark.parametrize("everywhere", [False, True])
async def test_a_rate_limit_is_waited_out(
    fresh_server: ServerHandle, channel: discord.PartialMessageable, everywhere: bool
) -> None:
    rule = {"status": 429, "retry_after": 0.05, "global": everywhere, "times": 2}
    await fresh_server.faults({"match": {"method": "POST", "path": MESSAGES}, **rule})
    sent = await channel.send("patience")
    assert sent.content == "patience"
    assert await statuses(fresh_server) == [429, 429, 200]


async def test_a_server_error_is_tried_again(fresh_server: ServerHandle, channel: discord.PartialMessageable) -> None:
    await fresh_server.faults({"match": {"path": MESSAGES}, "status": 502})
    await channel.send("again")
    assert await statuses(fresh_server) == [502, 200]


async def test_an_error_that_the_client_does_not_retry(
    fresh_server: ServerHandle, channel: discord.PartialMessageable
) -> None:
    await fresh_server.faults({"match": {"path": MESSAGES}, "status": 503})
    with pytest.raises(discord.DiscordServerError):
        await channel.send("no")
    await fresh_server.faults()
    await channel.send("yes")


async def test_a_dropped_request_was_not_carried_out_and_one_dropped_after_was(
    fresh_server: ServerHandle, channel: discord.PartialMessageable, mira: Person
) -> None:
    match = {"path": MESSAGES}
    await fresh_server.faults({"match": match, "drop": True})
    with pytest.raises(aiohttp.ClientError):
        await channel.send("lost")
    await fresh_server.faults({"match": match, "drop": True, "after": True})
    with pytest.raises(aiohttp.ClientError):
        await channel.send("posted all the same")
    await channel.send("last", nonce="1")
    assert [m["content"] for m in await mira.history("general")] == ["posted all the same", "last"]


async def test_a_delay_alone_still_answers(fresh_server: ServerHandle, channel: discord.PartialMessageable) -> None:
    await fresh_server.faults({"match": {"path": MESSAGES}, "delay": 0.05})
    assert (await channel.send("slowly")).content == "slowly"


async def test_requests_are_recorded_and_forgotten(
    fresh_server: ServerHandle, channel: discord.PartialMessageable
) -> None:
    await channel.send("noted")
    last = (await fresh_server.requests())[-1]
    assert last["method"] == "POST"
    assert last["path"] == f"/channels/{channel.id}/messages"
    assert last["body"]["content"] == "noted"
    assert await fresh_server.requests(since=last["number"]) == []
    await fresh_server.forget_requests()
    assert await fresh_server.requests() == []


async def test_a_rule_that_cannot_be_read_says_why(fresh_server: ServerHandle) -> None:
    with pytest.raises(RuntimeError, match="regular expression"):
        await fresh_server.faults({"match": {"path": "("}, "status": 500})
    with pytest.raises(RuntimeError, match="cannot be injected"):
        await fresh_server.faults({"status": 299})
    with pytest.raises(RuntimeError, match="unknown action"):
        await fresh_server.accident("explode")
    with pytest.raises(RuntimeError, match="unknown channel"):
        await fresh_server.permit("nowhere")
