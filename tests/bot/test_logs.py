"""One line an event, whatever is in it; for people or for programs."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from bot.logs import FORMATS
from knowledge.events import Events

EVIL = "first\n2026-01-01 00:00:00 ERROR   forged: line\r\x1b[31m\u2028end"

Logged = Callable[..., str]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Logged:
    """The line that the last record makes."""

    def logged(style: str = "text", **how: Any) -> str:
        return FORMATS[style]((), **how).format(caplog.records[-1])

    caplog.set_level(logging.DEBUG)
    return logged


def test_a_readable_line_has_the_event_the_words_and_the_fields(logged: Logged) -> None:
    Events("test").info("question", "answer", guild=1, channel=None, confidence=0.91234, name="two words", private=True)
    line = logged()
    assert line.endswith(' INFO    question: answer (guild=1 confidence=0.912 name="two words" private=true)')


def test_a_json_line_has_the_fields_beside_the_rest(logged: Logged) -> None:
    Events("test").warning("reply.not_allowed", "may not write", channel=7)
    line = json.loads(logged("json"))
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "test",
        "event": "reply.not_allowed",
        "message": "may not write",
        "channel": 7,
    }


@pytest.mark.parametrize("style", FORMATS)
def test_nobody_writes_a_line_of_their_own(logged: Logged, style: str) -> None:
    Events("test").info("server.left_out", EVIL, name=EVIL)
    assert len(logged(style).splitlines()) == 1
    assert "\x1b" not in logged(style)
    logging.getLogger("elsewhere").warning("said %s", EVIL)
    assert len(logged(style).splitlines()) == 1


@pytest.mark.parametrize("style", FORMATS)
def test_what_an_exception_says_is_for_looking_into_a_fault_only(logged: Logged, style: str) -> None:
    try:
        raise ValueError("why does Ada owe me money?")
    except ValueError as error:
        Events("test").error("error.unexpected", "failed", cause=error, id="ab12")
    line = logged(style)
    assert "owe me money" not in line
    assert "ValueError at " in line
    assert "test_logs.py" in line
    assert len(line.splitlines()) == 1
    assert "owe me money" in logged(style, whole=True)
