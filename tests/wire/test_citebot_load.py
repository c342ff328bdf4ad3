"""The whole bot under load. What takes long, and what is measured, runs in `make soak` and prints its figures."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
from load import asked_by_people, crowd_asks, machine, quantile, server_of_its_own, watching
from whole_bot import Running, runner

from bot.local.handle import ServerHandle
from bot.local.ratelimits import GLOBAL
from knowledge.answerer import Answerer

BUSY = 1.5
"""Cores busy with other work, above which figures tell of that work; the start of the bot itself takes about one."""

OPEN = {"member": 0, "channel": 0, "repeat": 0}


@pytest.fixture
def server() -> Iterator[ServerHandle]:
    with server_of_its_own() as handle:
        yield handle


@pytest.fixture
async def citebot(server: ServerHandle, answerer: Answerer, tmp_path: Path) -> AsyncIterator[Running]:
    async with at_any_rate(server, answerer, tmp_path) as running:
        yield running


def at_any_rate(server: ServerHandle, answerer: Answerer, folder: Path) -> AbstractAsyncContextManager[Running]:
    return runner(server, answerer)(folder, cooldown=OPEN, requests_per_second=0)


async def posted(server: ServerHandle) -> list[int]:
    """The status of each message that the bot has sent; nothing else was requested meanwhile."""
    sent = [item for item in await server.requests() if item["method"] != "GET" and "commands" not in item["template"]]
    assert {item["template"] for item in sent} <= {"/channels/{channel_id}/messages"}
    return [item["status"] for item in sent]


async def refusals(server: ServerHandle) -> Counter[str]:
    """How often each channel, or all of them together, was told to wait by a 429."""
    limited = [item for item in await server.requests() if item["status"] == 429]
    return Counter("all" if item["scope"] == "global" else item["path"] for item in limited)


@contextmanager
def noting_when_sent(bot: discord.Client, sent: list[float]) -> Generator[None]:
    """Within the block `sent` gets the time at which each request's head was written to its socket."""
    session: aiohttp.ClientSession = vars(bot.http)["_HTTPClient__session"]
    trace = aiohttp.TraceConfig()

    async def written(_session: Any, _context: Any, about: aiohttp.TraceRequestHeadersSentParams) -> None:
        if about.method == "POST" and about.url.path.endswith("/messages"):
            sent.append(time.time())

    trace.on_request_headers_sent.append(written)
    trace.freeze()
    session.trace_configs.append(trace)
    try:
        yield
    finally:
        session.trace_configs.remove(trace)


async def test_every_question_of_a_crowd_is_answered_once_with_one_request(
    citebot: Running, server: ServerHandle
) -> None:
    await server.control("crowd", {"members": 50, "servers": 4, "channels": 5})
    outcome = await crowd_asks(server, asked_by_people(100), rate=40, patience=20, settled=0.2)
    assert outcome.replies == [1] * 100
    assert await posted(server) == [200] * 100
    assert citebot.bot.guilds[-1].name == "Server 3"


async def test_a_burst_under_discords_limits_loses_nothing(
    server: ServerHandle, answerer: Answerer, tmp_path: Path
) -> None:
    await server.control("crowd", {"members": 40, "servers": 4, "channels": 5})
    await server.rate_limits(on=True)
    sent: list[float] = []
    async with runner(server, answerer)(tmp_path, cooldown=OPEN) as running:
        with noting_when_sent(running.bot, sent):
            outcome = await crowd_asks(server, asked_by_people(140), rate=400, patience=20, settled=0.2)
        assert outcome.replies == [1] * 140
        refused = await refusals(server)
        assert all(times <= 1 for place, times in refused.items() if place != "all"), refused
        # What goes out is under 50 in every second, as the bot's own socket sees it: no stall elsewhere excuses more.
        assert len(sent) >= 140
        assert max(sum(at <= other < at + 1 for other in sent) for at in sent) < GLOBAL
        # A server that stood still itself meets in one second what was sent in two; only then more than one is its own.
        came = [item["at"] for item in await running.requests() if item["template"].endswith("/messages")]
        late = max(seen - at for at, seen in zip(sorted(sent), sorted(came), strict=True))
        assert refused["all"] <= 1 or late > 0.1, (refused, late)


async def test_a_flood_from_one_member_slows_nobody_else(
    server: ServerHandle, answerer: Answerer, tmp_path: Path
) -> None:
    await server.control("crowd", {"members": 1, "servers": 1, "channels": 1})
    async with runner(server, answerer)(tmp_path, cooldown={"member": 3, "channel": 0, "repeat": 0}):
        outcome = await crowd_asks(server, asked_by_people(20), rate=200, patience=1, settled=0.2)
        # Three answers and one notice, whoever else is there.
        assert sorted(outcome.replies) == [0] * 16 + [1] * 4
        async with server.person("mira") as mira:
            await mira.answer_to(await mira.say("general", f"{mira.bot_mention} who is the author?"))


@pytest.mark.soak
async def test_fifty_questions_a_second_for_a_minute(citebot: Running, server: ServerHandle) -> None:
    assert citebot.bot.is_ready()
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    await server.control("crowd", {"members": 500, "servers": 20, "channels": 5})
    async with watching() as watch:
        outcome = await crowd_asks(server, asked_by_people(3000), rate=50, patience=30)
    lag = [quantile(watch.lags, share) for share in (0.5, 0.99, 1.0)]
    print(
        f"\n50 questions a second for 60 s, 500 members, 20 servers of 5 channels; {machine()}\n"
        f"reply after p50 {outcome.at(0.5) * 1000:.0f} ms, p99 {outcome.at(0.99) * 1000:.0f} ms, "
        f"longest {outcome.at(1) * 1000:.0f} ms; the crowd at most {outcome.late * 1000:.0f} ms late\n"
        f"event loop late p50 {lag[0] * 1000:.1f} ms, p99 {lag[1] * 1000:.1f} ms, at most {lag[2] * 1000:.0f} ms\n"
        f"memory {watch.memory[20]:.0f} MB after 20 s, {watch.memory[-1]:.0f} MB at the end "
        f"({watch.grown:+.1%})"
    )
    assert outcome.replies == [1] * 3000
    assert await posted(server) == [200] * 3000
    missed = [
        name
        for name, held in (
            ("p99 under 500 ms", outcome.at(0.99) < 0.5),
            ("event loop less than 50 ms late in 99 % of looks", lag[1] < 0.05),
            ("memory within 5 %", watch.grown < 0.05),
        )
        if not held
    ]
    if missed and busy > BUSY:
        pytest.xfail(f"other work kept {busy:.1f} cores busy at the start; missed: {', '.join(missed)}")
    assert missed == []


@pytest.mark.soak
async def test_a_thousand_questions_in_a_second_under_discords_limits(
    server: ServerHandle, answerer: Answerer, tmp_path: Path
) -> None:
    await server.control("crowd", {"members": 500, "servers": 20, "channels": 5})
    await server.rate_limits(on=True)
    async with runner(server, answerer)(tmp_path, cooldown={"member": 10, "channel": 30, "repeat": 0}):
        outcome = await crowd_asks(server, asked_by_people(1000), rate=1000, patience=60)
        refused = await refusals(server)
    print(
        f"\n1,000 questions in one second under Discord's limits; {machine()}\n"
        f"all replied to after {outcome.drained:.1f} s (p50 {outcome.at(0.5):.1f} s, p99 {outcome.at(0.99):.1f} s); "
        f"{sum(refused.values())} times 429"
    )
    assert outcome.replies == [1] * 1000
    assert max(refused.values(), default=0) <= 1


@pytest.mark.soak
async def test_a_thousand_questions_in_a_second_in_five_channels(
    server: ServerHandle, answerer: Answerer, tmp_path: Path
) -> None:
    await server.control("crowd", {"members": 500, "servers": 1, "channels": 5})
    await server.rate_limits(on=True)
    async with runner(server, answerer)(tmp_path, cooldown={"member": 10, "channel": 30, "repeat": 0}):
        outcome = await crowd_asks(server, asked_by_people(1000), rate=1000, patience=30)
        refused = await refusals(server)
    print(
        f"\n1,000 questions in one second in five channels; {machine()}\n"
        f"{sum(outcome.replies)} replies within {outcome.drained:.1f} s, {sum(refused.values())} times 429"
    )
    # Thirty answers and one notice in each channel.
    assert sum(outcome.replies) == 5 * 31
    assert max(outcome.replies) == 1
    assert max(refused.values(), default=0) <= 1
