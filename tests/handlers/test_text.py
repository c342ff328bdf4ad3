"""Escaping and cutting: other people's words read as they were, and do nothing."""

from __future__ import annotations

import pytest

from handlers.escape import block, inline, plain
from handlers.limits import cut, paginate


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain words, nothing to do.", "plain words, nothing to do."),
        ("@everyone and @here", "@\u200beveryone and @\u200bhere"),
        ("<@123> <@&5> <#7>", r"\<@" + "\u200b" + r"123\> \<@" + "\u200b" + r"&5\> \<#7\>"),
        ("**b** _i_ ~~s~~ ||x|| `c`", r"\*\*b\*\* \_i\_ \~\~s\~\~ \|\|x\|\| \`c\`"),
        ("[text](https://example.org/a_b)", r"\[text\](https://example.org/a_b)"),
        ("# not a heading", r"\# not a heading"),
        ("-# not small", r"\-# not small"),
        ("- no bullet", r"\- no bullet"),
        ("1. no list", r"1\. no list"),
        ("> no quote", r"\> no quote"),
        ("2. Bundesliga in 3. Form", r"2\. Bundesliga in 3. Form"),
        ("back\\slash", "back\\\\slash"),
        ("two\nlines\tand   spaces", "two lines and spaces"),
        ("ends \u202ebackwards", "ends backwards"),
        ("see https://example.org/a_b*c", "see https://example.org/a_b\\*c"),
    ],
)
def test_inline(text: str, safe: str) -> None:
    assert inline(text) == safe


def test_block_keeps_lines_and_only_its_own_bullets() -> None:
    assert block("one\n\n> two\n- three\n# four", lists=True) == "one\n\n\\> two\n- three\n\\# four"
    assert block("- three") == r"\- three"


def test_plain_is_one_line() -> None:
    assert plain(" a \n b ") == "a b"


@pytest.mark.parametrize("limit", [1, 2, 5, 10, 11, 50])
def test_cut_never_exceeds(limit: int) -> None:
    text = "some words that go on"
    assert len(cut(text, limit)) <= limit
    if limit >= len(text):
        assert cut(text, limit) == text
    else:
        assert cut(text, limit).endswith("…")


def test_cut_prefers_a_words_end_and_leaves_no_open_backslash() -> None:
    assert cut("alpha beta gamma", 12) == "alpha beta…"
    assert cut(r"aaaaaa\*", 8) == r"aaaaaa\*"
    assert cut(r"aaaaaa\*bb", 8) == "aaaaaa…"


def test_paginate_loses_nothing() -> None:
    blocks = ["word " * 30, "short", "x" * 95, "one\ntwo"]
    pages = paginate(blocks, 40)
    assert all(0 < len(page) <= 40 for page in pages)
    assert "".join("".join(pages).split()) == "".join("".join(blocks).split())
    assert paginate([], 40) == []
    assert paginate(["a", "b"], 40) == ["a\n\nb"]
