"""What lets requests out to Discord: their pace, and when nothing goes out at all."""

from __future__ import annotations

import asyncio

import pytest

from bot.outgoing import INVALID_MOST, INVALID_SECONDS, Gate, HeldBackError

POST = "/api/v10/channels/{}/messages"
CALLBACK = "/api/v10/interactions/1/token/callback"
BANNED_BY_DISCORD = 10_000


class Time:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def gate(time: Time) -> Gate:
    return Gate(45, clock=time, sleep=time.sleep)


async def sent(gate: Gate, time: Time, count: int, channels: int) -> list[float]:
    times: list[float] = []
    for number in range(count):
        await gate.enter(POST.format(number % channels))
        times.append(time.now)
    return times


async def test_no_second_has_more_requests_than_allowed(gate: Gate, time: Time) -> None:
    times = await sent(gate, time, 500, 500)
    assert times[-1] - times[0] < 13.5
    assert all(times[at + 45] - times[at] >= 1.0 for at in range(500 - 45))


async def test_a_few_go_out_together_and_many_are_spread_over_the_second(gate: Gate, time: Time) -> None:
    times = await sent(gate, time, 500, 500)
    assert times[4] == times[0]
    # However late one second is on its way, by a fifth at most, no more than 50 of it and the next arrive in one.
    for late in range(1, 400):
        arrived = [at + 0.2 if number < late else at for number, at in enumerate(times)]
        first = arrived[0]
        while first <= arrived[-1]:
            within = [at for at in arrived if first <= at < first + 1.0]
            assert len(within) <= 50
            first = min((at for at in arrived if at >= first + 1.0), default=arrived[-1] + 1)


async def test_a_machine_that_stood_still_sends_no_two_seconds_worth_in_one() -> None:
    """Meanwhile many a turn has come; all of them at once would be more than Discord takes."""
    now, waiting, times = 1000.0, list[tuple[float, asyncio.Future[None]]](), list[float]()

    async def sleep(seconds: float) -> None:
        waiting.append((now + seconds, asyncio.get_running_loop().create_future()))
        await waiting[-1][1]

    async def send(gate: Gate, number: int) -> None:
        await gate.enter(POST.format(number))
        times.append(now)

    gate = Gate(45, clock=lambda: now, sleep=sleep)
    sending = asyncio.gather(*(send(gate, number) for number in range(300)))
    for step in [0.0, *[0.05] * 10, 3.0, *[0.05] * 10, 1.5, *[0.05] * 200]:
        now += step
        for until, future in sorted(waiting, key=lambda one: one[0]):
            if until <= now and not future.done():
                future.set_result(None)
        for _ in range(3):
            await asyncio.sleep(0)
    await sending
    assert len(times) == 300
    assert all(times[at + 45] - times[at] >= 1.0 for at in range(300 - 45))


async def test_any_number_goes_out_where_none_is_set(time: Time) -> None:
    times = await sent(Gate(0, clock=time, sleep=time.sleep), time, 500, 500)
    assert times[-1] == times[0]


async def test_a_channel_is_paced_by_what_responses_name_and_only_then(gate: Gate, time: Time) -> None:
    before = await sent(gate, time, 20, 1)
    assert before[-1] - before[0] < 0.5
    named = {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset-After": "5.0"}
    gate.leave(200, named, POST.format(1))
    times = await sent(gate, time, 20, 1)
    assert all(times[at + 5] - times[at] >= 5.0 for at in range(15))


async def test_after_a_global_limit_nothing_goes_out_for_as_long_as_told(gate: Gate, time: Time) -> None:
    gate.leave(429, {"Via": "1.1", "Retry-After": "3", "X-RateLimit-Global": "true"})
    began = time.now
    await gate.enter(CALLBACK)
    assert time.now == began
    await gate.enter(POST.format(1))
    assert time.now == began + 3


async def test_a_banned_address_sends_nothing_at_all(gate: Gate, time: Time) -> None:
    gate.leave(429, {"Retry-After": "30"})
    with pytest.raises(HeldBackError):
        await gate.enter(CALLBACK)
    began = time.now
    await gate.enter(POST.format(1))
    assert time.now == began + 30
    gate.leave(429, {"Retry-After": "3600"})
    with pytest.raises(HeldBackError):
        await gate.enter(POST.format(1))


@pytest.mark.parametrize("status", [401, 403, 429])
async def test_whatever_is_refused_for_ever_never_comes_near_a_ban(gate: Gate, time: Time, status: int) -> None:
    refused: list[float] = []
    for number in range(30_000):
        try:
            await gate.enter(POST.format(number))
        except HeldBackError:
            time.now += 1
            continue
        refused.append(time.now)
        gate.leave(status, {"Via": "1.1", "Retry-After": "0"})
    most = max(sum(at <= other < at + INVALID_SECONDS for other in refused) for at in refused[::50])
    assert most <= INVALID_MOST + 1
    assert most < BANNED_BY_DISCORD / 9
