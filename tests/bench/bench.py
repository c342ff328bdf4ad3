"""Measure what the README states: start, replies, memory, size, and bases of three sizes. Each beside its aim.

usage: python tests/bench/bench.py [--markdown FILE] [--warm N] [--cold N] [--questions N]

Starts the program itself against a local server of its own; uses no network and asserts nothing. Takes ten minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asking import questions, reply_times
from disk import installed_packages
from figures import Figure, Section, as_markdown, as_table, percentile, repeated
from program import started
from publishing import publishing_section
from rich.console import Console

from bot.local.person import Person
from bot.local_server import LocalServer, local_server

MEMORY_AFTER = 100
"""Questions that the bot has answered when its memory is read."""

STILL = 20.0  # milliseconds
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Aims:
    """A base's size and what is aimed at there: times a pass, seconds, milliseconds and MB."""

    phrasings: int
    entries: int
    ratio: float
    cold: float | None = None
    cached: float | None = None
    change: float | None = None
    memory: float | None = None


SIZES = (
    Aims(500, 60, 1.5, cold=3, cached=0.5, change=150),
    Aims(15_000, 1_500, 2, cold=90, cached=10, change=1500),
    Aims(100_000, 10_000, 4, memory=1200),
)


@dataclass(slots=True)
class Measured:
    """What the processes told."""

    cold: list[float] = field(default_factory=list[float])
    whole: list[float] = field(default_factory=list[float])
    cold_peak: list[float | None] = field(default_factory=list["float | None"])
    warm: list[float] = field(default_factory=list[float])
    replies: list[float] = field(default_factory=list[float])
    memory: tuple[float, float | None] = (0.0, None)
    late: int = 0  # warm starts whose index was not ready in time all the same


def main() -> None:
    """Measure, print, and write the Markdown if asked to."""
    parser = argparse.ArgumentParser(description="Measure what the README states.")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there as Markdown too")
    parser.add_argument("--warm", type=_count(1), default=3, metavar="N", help="warm starts (default: 3)")
    parser.add_argument("--cold", type=_count(1), default=1, metavar="N", help="cold starts (default: 1)")
    parser.add_argument(
        "--questions",
        type=_count(MEMORY_AFTER),
        default=200,
        metavar="N",
        help=f"questions to ask, {MEMORY_AFTER} or more (default: 200)",
    )
    args = parser.parse_args()
    machine = describe_machine()
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="citebot-bench-") as folder, console.status("…") as status:
        texts = questions(args.questions)

        def tell(what: str) -> None:
            status.update(f"{what} …")

        measured = asyncio.run(measure(Path(folder), args.cold, args.warm, texts, tell))
        sections = [
            start_section(measured),
            replies_section(measured),
            publishing_section(Path(folder) / "publishing"),
            memory_section(measured),
            disk_section(),
        ]
        for aims in SIZES:
            tell(f"{aims.phrasings:,} phrasings in {aims.entries:,} entries")
            sections.append(size_section(aims))
    if measured.late:
        machine += f" {measured.late} of the {args.warm} warm starts began by spelling, their index being late."
    Console().print(as_table(sections, machine))
    if args.markdown is not None:
        args.markdown.write_text(as_markdown(sections, machine), encoding="utf-8")


async def measure(folder: Path, cold: int, warm: int, texts: list[str], tell: Callable[[str], None]) -> Measured:
    """Start the bot as often as asked for; the last warm one answers the questions."""
    measured = Measured()
    for number in range(cold):
        tell(f"cold start {number + 1} of {cold}")
        async with local_server(0) as server, started(server, folder / f"data-{number}") as bot:
            measured.cold.append(await bot.ready())
            measured.whole.append(await bot.whole())
            measured.cold_peak.append(bot.memory()[1])
    # One server throughout, so that from the second start on it holds the commands already, as Discord would.
    async with local_server(0) as server:
        async with started(server, folder / "data-0") as bot:
            await bot.whole()
        for number in range(warm):
            tell(f"warm start {number + 1} of {warm}")
            async with started(server, folder / "data-0") as bot:
                measured.warm.append(await bot.ready())
                measured.late += bot.by_spelling_first
                await bot.whole()
                if number + 1 == warm:
                    tell(f"{len(texts)} questions")
                    await _ask(server, texts, measured, bot.memory)
    return measured


async def _ask(
    server: LocalServer, texts: list[str], measured: Measured, memory: Callable[[], tuple[float, float | None]]
) -> None:
    async with Person.enter(server.url, "mira") as mira:
        measured.replies += await reply_times(mira, texts[:MEMORY_AFTER])
        measured.memory = memory()
        measured.replies += await reply_times(mira, texts[MEMORY_AFTER:])


def start_section(measured: Measured) -> Section:
    """From spawning the process to the Ready line."""
    return Section(
        "Process start to READY (2.0 s are discord.py's)",
        [
            repeated("warm cache", measured.warm, "s", 5),
            repeated("cold cache", measured.cold, "s", 10),
            repeated("cold cache, until the whole index serves", measured.whole, "s"),
        ],
    )


def replies_section(measured: Measured) -> Section:
    """From a person's sending to that person's seeing the reply."""
    return Section(
        f"Question to reply posted ({len(measured.replies)} questions)",
        [
            Figure("p50", percentile(measured.replies, 50), "ms", 40),
            Figure("p99", percentile(measured.replies, 99), "ms", 150),
        ],
    )


def size_section(aims: Aims) -> Section:
    """A base of one size, in a process with one thread for numpy: see sizes.py."""
    shown = [sys.executable, str(Path(__file__).with_name("sizes.py")), str(aims.phrasings), str(aims.entries)]
    done = subprocess.run(shown, env=os.environ | ONE_THREAD, stdout=subprocess.PIPE, text=True, check=True)
    times: dict[str, Any] = json.loads(done.stdout)
    ratios = [whole / one for whole, one in zip(times["matcher"], times["encoder"], strict=True)]
    building = [repeated("building, cold", times["cold"], "s", aims.cold)] if times["cold"] else []
    stands = [
        repeated(f"the event loop's longest stand-still, {beside}", [1000 * one for one in held], "ms", STILL)
        for beside, held in times["held"].items()
    ]
    partly = f", {times['encoded']:,} of them encoded, the rest made from those" if times["encoded"] else ""
    return Section(
        f"{aims.phrasings:,} phrasings in {aims.entries:,} entries{partly}",
        [
            Figure("one question / the encoder's fastest pass, p50", statistics.median(ratios), "times", aims.ratio),
            Figure("one question, p50", statistics.median(times["matcher"]), "ms"),
            Figure("one pass of the encoder, p50", statistics.median(times["encoder"]), "ms"),
            Figure("a phrasing asked word for word, p50", statistics.median(times["exact"]), "ms", 0.3),
            Figure("a question seen before, p50", statistics.median(times["seen"]), "ms", 0.3),
            Figure("rapidfuzz WRatio over the same phrasings, p50", statistics.median(times["rapidfuzz"]), "ms"),
            *building,
            repeated("building, vectors cached", times["cached"], "s", aims.cached),
            repeated("changing an entry, until answered", [1000 * t for t in times["change"]], "ms", aims.change),
            *stands,
            Figure("memory, resident", times["resident"], "MB", aims.memory),
        ],
    )


def memory_section(measured: Measured) -> Section:
    """The bot's own process, without the local server."""
    resident, peak = measured.memory
    cold = [value for value in measured.cold_peak if value is not None]
    return Section(
        f"Memory of the bot's process ({MEMORY_AFTER} questions)",
        [
            Figure("warm cache, resident after them", resident, "MB", 330),
            Figure("warm cache, peak", peak, "MB", 330),
            Figure("cold cache, peak at start", max(cold, default=None), "MB"),
        ],
    )


def disk_section() -> Section:
    """What has to be installed, and which packages are most of it."""
    packages = installed_packages()
    largest = [Figure(f"of it {name}", size, "MB") for name, size in packages[:4]]
    total = sum(size for _, size in packages)
    return Section(
        "Installed size", [Figure(f"{len(packages)} packages of requirements.lock", total, "MB", 380), *largest]
    )


def describe_machine() -> str:
    """Where it was measured, and how busy that was before."""
    cores = os.cpu_count() or 1
    text = f"{cores} cores ({platform.machine()}), {platform.system()}, Python {platform.python_version()}"
    if not hasattr(os, "getloadavg"):
        return f"{text}."
    load = os.getloadavg()[0]
    busy = ": others were busy too, so times are longer than on an idle machine" if load > cores / 2 else ""
    return f"{text}; load average at the start {load:.1f}{busy}."


def _count(least: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} up")
        return int(text)

    return parse


if __name__ == "__main__":
    main()
