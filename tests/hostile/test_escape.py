"""Whatever somebody writes reads as it was written, and does nothing: no ping, no markdown, no line of its own."""

from __future__ import annotations

import re

import pytest
from hostile_texts import TEXTS, hostile, made
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.escape import ZERO_WIDTH, block, inline, plain
from handlers.limits import cut

_URL = re.compile(r"https?://[^\s<>()\[\]*|`\"'\\@]+")
_ESCAPED = re.compile(r"\\[\\`*_~|<>\[\]#+.)-]")

few = settings(max_examples=150, derandomize=True, deadline=None, database=None)


def assert_harmless(line: str) -> None:
    """Nothing is left, links and escaped characters aside, that Discord would act on."""
    rest = _ESCAPED.sub("x", _URL.sub("x", line))
    assert not re.search(r"[\\`*|<>\[\]~]", rest), line
    assert not re.search(rf"@(?!{ZERO_WIDTH})", rest), line
    assert len(line.splitlines()) <= 1
    assert not re.match(r"#{1,3}\s|-#\s|[-+]\s|\d+[.)]\s", rest)
    line.encode()


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:30]))
def test_the_corpus(text: str) -> None:
    assert_harmless(inline(text))
    for line in block(text).split("\n"):
        assert_harmless(line)


@few
@given(hostile)
def test_one_line(text: str) -> None:
    assert_harmless(inline(text))
    shown = re.sub(r"\\([\\`*_~|<>\[\]#+.)-])", r"\1", inline(text)).replace(ZERO_WIDTH, "")
    assert len(shown) <= len(text)


@few
@given(hostile)
def test_several_lines(text: str) -> None:
    for line in block(text).split("\n"):
        assert_harmless(line)


@few
@given(hostile, st.integers(1, 120))
def test_cutting_opens_nothing(text: str, limit: int) -> None:
    """A cut in the middle of an escape must not leave the backslash to undo what follows."""
    short = cut(inline(text), limit)
    assert len(short) <= limit
    assert not re.search(r"(?<!\\)(?:\\\\)*\\$", short.removesuffix("…"))


@few
@given(hostile)
def test_without_markdown_it_is_one_line_that_can_be_sent(text: str) -> None:
    assert len(plain(text).splitlines()) <= 1
    plain(text).encode()
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", plain(text))


@pytest.mark.soak
def test_very_many_texts() -> None:
    for text in made(20_000):
        assert_harmless(inline(text))
        for line in block(text).split("\n"):
            assert_harmless(line)
        assert len(plain(text).splitlines()) <= 1
