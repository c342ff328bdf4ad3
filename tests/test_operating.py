"""docs/operating.md is held true: its metrics and events are the code's, both ways, and its tests exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from bot.client import LEAST_PERMISSIONS, least_intents
from bot.counted import LOGGED, OUTCOMES, WAYS
from bot.health import Health
from bot.metrics import PrometheusMetrics, StateCollector

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
LEVELS = ("debug", "info", "warning", "error")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose first heading is this."""
    table = TEXT.split(f"| {heading} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def names(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def test_the_table_of_metrics_is_the_metrics() -> None:
    registry = CollectorRegistry()
    PrometheusMetrics(registry)
    registry.register(StateCollector(Health(lambda: 0.0)))
    known: dict[str, str] = {}
    for family in registry.collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        known[name] = family.type
    told = {next(iter(names(row[0]))): names(row[1]) for row in rows("Metric")}
    assert told.keys() == known.keys()


def test_the_table_of_permissions_and_intents_is_what_is_asked_for() -> None:
    told = {name for row in rows("Asked for") for name in names(row[0])}
    # discord.py's older name for it.
    permissions = {"view_channel" if name == "read_messages" else name for name, on in LEAST_PERMISSIONS if on}
    assert told == permissions | {name for name, on in least_intents(message_content=True) if on}


def logged() -> Iterator[tuple[str, str, set[str]]]:
    """Every event in the code: its name, its level, its fields."""
    for package in ("knowledge", "handlers", "bot"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(ast.Attribute(ast.Name("events"), level)) if level in LEVELS:
                        first = node.args[0]
                        assert isinstance(first, ast.Constant), f"{path}:{node.lineno}: an event's name is written out"
                        yield str(first.value), level, {k.arg for k in node.keywords if k.arg} - {"cause"}
                    case _:
                        pass


def test_the_table_of_events_is_the_events() -> None:
    levels: dict[str, set[str]] = {}
    fields: dict[str, set[str]] = {}
    for name, level, known in logged():
        levels.setdefault(name, set()).add(level)
        fields.setdefault(name, set()).update(known)
    table = {next(iter(names(row[0]))): (set(row[1].split(", ")), names(row[2])) for row in rows("Event")}
    assert table.keys() == fields.keys()
    for name, (level, known) in table.items():
        assert known == fields[name], f"{name}: fields"
        assert level == levels[name], f"{name}: level"
    assert not {"text", "question", "content", "token"} & set().union(*fields.values())


def test_every_warning_and_error_is_counted_from_0() -> None:
    found: dict[str, set[str]] = {"warning": set(), "error": set()}
    for name, level, _ in logged():
        if level in found:
            found[level].add(name)
    assert {level: set(events) for level, events in LOGGED.items()} == found


def test_the_ways_and_outcomes_of_questions_are_told() -> None:
    (meaning,) = [row[2] for row in rows("Metric") if "citebot_questions_total" in row[0]]
    assert names(meaning) == {*WAYS, *OUTCOMES}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(tests/[\w/]+\.py)", TEXT))))
def test_every_test_that_a_promise_names_exists(name: str) -> None:
    assert (ROOT / name).is_file()
