"""Small talk gets a friendly word; a question is never taken for small talk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.chitchat import Chitchat, chitchat

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("hi", Chitchat.GREETING),
        ("<@123456789012345678> Hello!!", Chitchat.GREETING),
        ("Hey Citebot", Chitchat.GREETING),
        ("what's up", Chitchat.GREETING),
        ("how's it going?", Chitchat.GREETING),
        ("how are yuo", Chitchat.GREETING),
        ("thx!", Chitchat.THANKS),
        ("Thank you, Citebot", Chitchat.THANKS),
        ("thnak you", Chitchat.THANKS),
        ("what can u do?", Chitchat.ABILITY),
        ("who r u", Chitchat.ABILITY),
        ("What's your name?", Chitchat.ABILITY),
        ("help", Chitchat.ABILITY),
        ("what do you know about?", Chitchat.ABILITY),
        ("gn", Chitchat.FAREWELL),
        ("good bot 👍", Chitchat.PRAISE),
        ("that's wrong", Chitchat.COMPLAINT),
    ],
)
def test_small_talk(message: str, kind: Chitchat) -> None:
    assert chitchat(message) is kind


@pytest.mark.parametrize(
    "message",
    [
        "",
        "???",
        "hi, what did Kofman say?",
        "thanks, and who is Kadri Liik?",
        "what do you know about Xi",
        "what do you know about oil",
        "what do you know about CNA?",
        "who is the author",
        "how do they work together",
        "help me understand the alliance",
        "xi",
        "oil",
    ],
)
def test_a_question_is_not_small_talk(message: str) -> None:
    assert chitchat(message) is None


@pytest.mark.parametrize("name", ["answerable", "tuning-answerable"])
def test_no_real_question_is_taken_for_small_talk(name: str) -> None:
    lines = (GOLDEN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    assert [text for text in (json.loads(line)["text"] for line in lines) if chitchat(text)] == []
