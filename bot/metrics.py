"""Prometheus metrics: what handlers count, what goes over HTTP, what is logged, and how the bot is right now."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from types import SimpleNamespace

import aiohttp
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot import counted
from bot.health import Health

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the histogram's buckets, around the aims: a median of 40 ms, 500 ms under load."""


class PrometheusMetrics:
    """What is counted when it happens. Implements `handlers.metrics.Metrics`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._questions = Counter("citebot_questions", "Questions", ["way", "outcome"], registry=registry)
        self._seconds = Histogram(
            "citebot_question_seconds",
            "From a question's arrival to the reply that stands",
            buckets=SECONDS,
            registry=registry,
        )
        self._under_way = Gauge("citebot_questions_under_way", "Questions being answered", registry=registry)
        self._retries = Counter("citebot_retries", "Requests to Discord sent again", ["reason"], registry=registry)
        self._slowed = Counter("citebot_slowed", "Times somebody was told to wait", ["scope"], registry=registry)
        self._requests = Counter(
            "citebot_discord_requests", "Requests to Discord by status", ["status"], registry=registry
        )
        self._errors = Counter(
            "citebot_errors", "Warnings and errors in the log", ["level", "event"], registry=registry
        )

        self._begin()

    def _begin(self) -> None:
        """Make every series that is known, at 0."""
        for way in counted.WAYS:
            for outcome in counted.OUTCOMES:
                self._questions.labels(way, outcome)
        for counter, values in (
            (self._retries, counted.RETRIED),
            (self._slowed, counted.SCOPES),
            (self._requests, counted.STATUSES),
        ):
            for value in values:
                counter.labels(value)
        for level, names in counted.LOGGED.items():
            for name in (*names, counted.OTHER):
                self._errors.labels(level, name)

    def question(self, way: str, outcome: str, seconds: float) -> None:
        """Count a question."""
        self._questions.labels(way, outcome).inc()
        self._seconds.observe(seconds)

    def under_way(self, change: int) -> None:
        """Count those that are being answered."""
        self._under_way.inc(change)

    def retried(self, reason: str) -> None:
        """Count a request that is sent again."""
        self._retries.labels(reason).inc()

    def slowed(self, scope: str) -> None:
        """Count a request for patience."""
        self._slowed.labels(scope).inc()

    def watch_requests(self, config: aiohttp.TraceConfig) -> None:
        """Count every request of the Discord client's by the status that came back, 429 among them."""

        async def ended(_: object, __: SimpleNamespace, done: aiohttp.TraceRequestEndParams) -> None:
            self._requests.labels(str(done.response.status)).inc()

        async def failed(_: object, __: SimpleNamespace, ___: aiohttp.TraceRequestExceptionParams) -> None:
            self._requests.labels("failed").inc()

        config.on_request_end.append(ended)
        config.on_request_exception.append(failed)

    @contextmanager
    def counting_errors(self) -> Generator[None]:
        """Within the block, warnings and errors in the log are counted by their event."""
        counting, root = _Counting(self._errors), logging.getLogger()
        root.addHandler(counting)
        try:
            yield
        finally:
            root.removeHandler(counting)


class _Counting(logging.Handler):
    def __init__(self, errors: Counter) -> None:
        super().__init__(logging.WARNING)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        self._errors.labels(record.levelname.lower(), getattr(record, "event", counted.OTHER)).inc()


class StateCollector(Collector):
    """How the bot is at the moment of a scrape. Nothing here waits; the database is looked at before, see `scraped`."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._database = 0

    async def scraped(self) -> None:
        """Look at what takes a moment, just before the registry collects."""
        there = self._health.services is not None and not await self._health.database_problem()
        self._database = int(there)

    def collect(self) -> Iterator[Metric]:
        """Every gauge, also before anything is loaded."""
        yield _gauge("citebot_info", "Which version runs", [((version("citebot"),), 1)], "version")
        yield _gauge("citebot_database_up", "Whether the database can be used", [((), self._database)])
        in_use = int(self._health.encoder_in_use())
        yield _gauge("citebot_encoder_in_use", "Whether questions are matched by meaning too", [((), in_use)])
        yield from self._knowledge()
        yield from self._gateway()

    def _knowledge(self) -> Iterator[Metric]:
        services = self._health.services
        knowledge = services.knowledge if services is not None else None
        matcher = knowledge.current().matcher if knowledge is not None else None
        phrasings, entries = (matcher.size, len(matcher.candidates)) if matcher is not None else (0, 0)
        held, waiting = (knowledge.held, knowledge.waiting) if knowledge is not None else (0, 0)
        yield _gauge("citebot_index_phrasings", "Phrasings in the packs' index", [((), phrasings)])
        yield _gauge("citebot_index_entries", "What the packs can be asked", [((), entries)])
        yield _gauge("citebot_index_servers", "Servers whose own index is in memory", [((), held)])
        yield _gauge("citebot_counts_waiting", "Answered questions still to be counted", [((), waiting)])

    def _gateway(self) -> Iterator[Metric]:
        bot = self._health.bot
        shards = bot.connection.shards if bot is not None else {}
        numbers = [((str(number),), shard) for number, shard in sorted(shards.items())]
        yield _gauge(
            "citebot_gateway_connected",
            "Whether a shard is connected to Discord",
            [(number, int(shard.connected)) for number, shard in numbers],
            "shard",
        )
        yield _gauge(
            "citebot_gateway_latency_seconds",
            "From a heartbeat to its answer",
            [((str(number),), seconds) for number, seconds in self._health.latencies().items()],
            "shard",
        )
        resumed = CounterMetricFamily(
            "citebot_gateway_resumed", "Connections taken up again without loss", labels=["shard"]
        )
        lost = CounterMetricFamily(
            "citebot_gateway_sessions_lost", "Sessions replaced: events in between were lost", labels=["shard"]
        )
        for number, shard in numbers:
            resumed.add_metric(number, shard.resumed)
            lost.add_metric(number, shard.sessions_lost)
        yield from (resumed, lost)


class WithoutCreated(Collector):
    """What a registry collects, without the times at which each counter was made: they would double the series."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        """Every metric; each is the registry's own copy for this scrape."""
        for family in self._registry.collect():
            family.samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
            yield family


def new_registry() -> CollectorRegistry:
    """A registry of the program's own, with the process's memory, CPU and files in it where the system tells."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return registry


def _gauge(name: str, told: str, values: list[tuple[tuple[str, ...], float]], *labels: str) -> Metric:
    family = GaugeMetricFamily(name, told, labels=labels)
    for label, value in values:
        family.add_metric(label, value)
    return family
