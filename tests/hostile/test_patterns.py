"""Every regular expression of the project takes time in proportion to the text, whatever the text.

Found by walking the modules. CPU time of this process is compared with itself at four lengths of text, so a
busy machine makes no difference.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest

import bot
import handlers
import knowledge

SHORT, LONG = 1_000, 4_000
LINEAR = 9.0
"""Four times the text may take this many times as long; a square would take sixteen."""
QUICK = 0.005
"""Seconds of CPU that no comparison is made below."""

PIECES = (
    "a", "A", "1", " ", "\n", "\t", "(", ")", "[", "]", "<", ">", "<@", "<@1", "@", "`", "*", "_", "~", "|", "\\", "#",
    '"', "“", "'", "’", "‘", "!", "?", ".", ",", ";", ":", "-", "&", "/", "http://", "https://a",
    "1.", "1,", "a.", "A.",
    "a'", "(1", " (", ", ", "\n ", " \n", "and ", "and also ", "who ", "what about ", "U.S.", "us ",
    "paragraph ", "para",
    "¶", "¶ 1", "in the ", "how many ", "kinds of ", "é", "e\u0301", "\u200b", "\u202e", "«", "„", "😀", "e.g. ", "x: ",
)  # fmt: skip


def patterns_in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        pattern = cast("re.Pattern[Any]", value)
        if isinstance(pattern.pattern, str):
            yield pattern
    elif isinstance(value, dict):
        yield from patterns_in(tuple(cast("dict[Any, object]", value).values()))
    elif isinstance(value, tuple | list | frozenset):
        for item in cast("tuple[object, ...]", value):
            yield from patterns_in(item)


def every_pattern() -> dict[str, re.Pattern[str]]:
    found: dict[str, re.Pattern[str]] = {}
    for package in (knowledge, handlers, bot):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" in module.name or module.name.endswith("__main__"):
                continue
            for name, value in vars(importlib.import_module(module.name)).items():
                for pattern in patterns_in(value):
                    found.setdefault(pattern.pattern, pattern)
                template = getattr(value, "__discord_ui_compiled_template__", None)
                if isinstance(template, re.Pattern) and isinstance(value, type):
                    found.setdefault(f"{name}", cast("re.Pattern[str]", template))
    return found


def seconds(pattern: re.Pattern[str], text: str) -> float:
    begun = time.process_time()
    pattern.search(text)
    pattern.sub("", text)
    pattern.fullmatch(text)
    return time.process_time() - begun


def slow(pattern: re.Pattern[str]) -> list[str]:
    """The pieces of which a long row takes more than its share of time."""
    found: list[str] = []
    for piece in PIECES:
        short, long = ((piece * length)[:length] + "\0" for length in (SHORT, LONG))
        if seconds(pattern, long) > QUICK:
            taken, share = (min(seconds(pattern, text) for _ in range(3)) for text in (long, short))
            if taken > LINEAR * max(share, 1e-5):
                found.append(piece)
    return found


@pytest.mark.parametrize("pattern", every_pattern().values(), ids=lambda pattern: pattern.pattern[:40])
def test_time_grows_with_the_text(pattern: re.Pattern[str]) -> None:
    assert slow(pattern) == []


def test_the_test_can_fail() -> None:
    assert slow(re.compile(r"(?:a+)b\Z")) != []
    assert len(every_pattern()) > 40
