"""/healthz and /metrics before anything is there, and where their port is taken."""

from __future__ import annotations

import logging
import socket
from typing import Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from bot.connection import Connection
from bot.health import Health
from bot.health_server import serve_health
from bot.metrics import PrometheusMetrics, new_registry


@pytest.fixture
def registry() -> CollectorRegistry:
    return new_registry()


async def fetched(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as response:
        return response.status, await response.text()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_before_anything_is_loaded_it_is_down_and_says_why(registry: CollectorRegistry) -> None:
    PrometheusMetrics(registry).under_way(1)
    async with serve_health(free_port(), Health(lambda: 0.0), registry) as port:
        assert port is not None
        status, text = await fetched(port, "/healthz")
        assert status == 503
        assert '"status": "down"' in text
        assert "still being loaded" in text
        status, text = await fetched(port, "/metrics")
        assert status == 200
        assert "\ncitebot_database_up 0.0\n" in text
        assert "\ncitebot_questions_under_way 1.0\n" in text


async def test_counters_begin_at_0_and_tell_nothing_that_is_not_documented(registry: CollectorRegistry) -> None:
    metrics = PrometheusMetrics(registry)
    async with serve_health(free_port(), Health(lambda: 0.0), registry) as port:
        assert port is not None
        _, text = await fetched(port, "/metrics")
        for series in (
            'citebot_questions_total{outcome="answer",way="mention"}',
            'citebot_questions_total{outcome="failed",way="menu"}',
            'citebot_discord_requests_total{status="429"}',
            'citebot_retries_total{reason="timeout"}',
            'citebot_slowed_total{scope="member"}',
            'citebot_errors_total{event="error.unexpected",level="error"}',
            'citebot_errors_total{event="other",level="warning"}',
        ):
            assert f"\n{series} 0.0\n" in text
        assert "_created" not in text
        metrics.question("mention", "answer", 0.01)
        _, text = await fetched(port, "/metrics")
        assert '\ncitebot_questions_total{outcome="answer",way="mention"} 1.0\n' in text


async def test_a_port_that_is_taken_is_said_and_the_bot_goes_on(
    registry: CollectorRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        async with serve_health(other.getsockname()[1], Health(lambda: 0.0), registry) as port:
            assert port is None
    assert "health.unavailable" in caplog.text
    assert "health.port" in caplog.text


async def test_no_port_is_no_server(registry: CollectorRegistry) -> None:
    async with serve_health(0, Health(lambda: 0.0), registry) as port:
        assert port is None


def test_warnings_and_errors_are_counted_by_their_event(registry: CollectorRegistry) -> None:
    log: Any = logging.getLogger("test")
    with PrometheusMetrics(registry).counting_errors():
        log.error("from elsewhere")
        log.warning("x", extra={"event": "reply.not_stored"})
    log.error("afterwards")
    assert registry.get_sample_value("citebot_errors_total", {"level": "error", "event": "other"}) == 1
    assert registry.get_sample_value("citebot_errors_total", {"level": "warning", "event": "reply.not_stored"}) == 1


async def test_a_session_that_is_replaced_is_told_as_lost(caplog: pytest.LogCaptureFixture) -> None:
    listeners: dict[str, Any] = {}

    class Bot:
        def add_listener(self, listener: Any, name: str) -> None:
            listeners[name] = listener

    bot: Any = Bot()
    connection = Connection()
    connection.watch(bot)
    assert not connection.connected
    await listeners["on_shard_connect"](0)
    assert connection.connected
    await listeners["on_shard_disconnect"](0)
    assert not connection.connected
    await listeners["on_shard_resumed"](0)
    assert connection.shards[0].sessions_lost == 0
    assert "gateway.session_lost" not in caplog.text
    await listeners["on_shard_disconnect"](0)
    await listeners["on_shard_connect"](0)
    assert connection.shards[0].sessions_lost == 1
    assert "gateway.session_lost" in caplog.text
