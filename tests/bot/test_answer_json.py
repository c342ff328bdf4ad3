"""An answer as JSON: what other programs read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from bot.answer_json import answer_object
from knowledge.answerer import Answerer
from knowledge.model import Locator
from knowledge.packs import load_pack

FLOOD = "Why does the river flood every spring?"


def test_a_place_without_a_paragraph_has_none(pack: Path) -> None:
    base = load_pack(pack)
    whole = replace(base.claims["dam-is-old"], locator=Locator("report", "opening"))
    asked = answer_object(
        Answerer.build(replace(base, claims=MappingProxyType({whole.id: whole})), encoder=None).ask(FLOOD)
    )
    assert asked["claims"][0]["paragraph"] is None
    assert "paragraph" not in asked["text"]


def test_what_else_was_asked_is_told(pack: Path) -> None:
    asked = answer_object(Answerer.build(load_pack(pack), encoder=None).ask(f"{FLOOD} Who is Cy Wren?"))
    assert asked["asked"] == f"{FLOOD} Who is Cy Wren?"
    assert asked["besides"] == f"You asked two things: this answers “{FLOOD}”. The other is below."
    assert asked["related"][0]["id"] in ("who:cy-wren", "said:cy-wren")
    assert asked["besides"] in asked["text"]
    assert answer_object(Answerer.build(load_pack(pack), encoder=None).ask(FLOOD))["besides"] == ""
