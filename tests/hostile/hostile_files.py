"""Files that would take a reader's memory or time, run something, or are no text at all; with what is said of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

MEGABYTE = 1_000_000


def _yaml(row: str, between: str = ",", *, head: str = "claims: [", size: int = MEGABYTE) -> bytes:
    """As many rows as fit."""
    rows = (size - len(head) - 2) // len(row + between)
    return (head + (row + between) * rows + "]").encode()


def _numbered(row: str, size: int = MEGABYTE) -> bytes:
    made = "".join(row.format(n) for n in range(10_000, 10_000 + size // (len(row) + 3)))
    return made.encode()[:size]


def _bomb() -> bytes:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60)]
    return "\n".join(rows).encode()


YAML: Mapping[str, tuple[Callable[[], bytes], str]] = MappingProxyType(
    {
        "a bomb of aliases": (_bomb, "aliases are not allowed"),
        "a billion laughs in one line": (lambda: _yaml("*a", head="a: [&a x,"), "aliases are not allowed"),
        "very many anchors": (lambda: _yaml("&a a"), "anchors are not allowed"),
        "very deep": (lambda: b"[" * MEGABYTE, "more than 20 deep"),
        "very deep keys": (lambda: b"{a: " * (MEGABYTE // 5), "more than 20 deep"),
        "very deep lists": (lambda: b"- " * (MEGABYTE // 3), "more than 20 deep"),
        "an object": (lambda: b"claims: !!python/object/apply:os.system ['touch hacked']", "tags are not allowed"),
        "a module": (lambda: b"!!python/module:antigravity x: y", "tags are not allowed"),
        "very many tags": (lambda: _yaml("!x a"), "tags are not allowed"),
        "very many texts": (lambda: _yaml("a"), "more than 200,000 keys and values"),
        "very many numbers": (lambda: _yaml("1"), "more than 200,000 keys and values"),
        "very many empty maps": (lambda: _yaml("{}"), "more than 200,000 keys and values"),
        "many small maps": (lambda: b"claims:\n" + _numbered("- {{k{0}: 1}}\n"), "more than 100 problems"),
        "many different maps in a list of texts": (
            lambda: b"entries:\n- phrasings:\n" + _numbered("  - {{k{0}: 1}}\n"),
            "more than 100 problems",
        ),
        "many unknown keys": (lambda: _numbered("k{0}: 1\n", MEGABYTE // 2), "more than 100 problems"),
        "the same key over and over": (lambda: b"a: 1\n" * 199_000, "stands twice"),
        "the same item over and over": (lambda: b"claims:\n" + b"- id: a\n  text: b\n" * 39_000, "is missing"),
        "one huge text": (lambda: b'pack: {about: "' + b"a" * 990_000 + b'"}', "characters long"),
        "one huge key": (lambda: b'"' + b"k" * 990_000 + b'": 1', "not readable as YAML"),
        "one huge number": (lambda: b"pack: {id: " + b"9" * 990_000 + b"}", "is read as another number"),
        "many documents": (lambda: b"---\n" * 249_000, "another document"),
        "nothing but zeros": (lambda: bytes(MEGABYTE), "cannot be printed"),
        "a program": (lambda: b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 300, "is not UTF-8"),
        "UTF-16": (lambda: "pack: {}".encode("utf-16"), "is not UTF-8"),
        "UTF-32": (lambda: "pack: {}".encode("utf-32"), "is not UTF-8"),
        "Latin-1": (lambda: "pack: {about: café}\n".encode("latin-1"), "is not UTF-8"),
        "half of a surrogate pair": (lambda: b"pack: \xed\xa0\x80", "is not UTF-8"),
        "an escaped half": (lambda: b'pack: {about: "\\ud800"}', ":1"),
        "fifty megabytes": (lambda: b"a: b\n" * 10_000_000, "is larger than"),
    }
)
"""Each is refused with these words in one of its lines."""

_HEAD = b"question,answer,source\n"
CSV: Mapping[str, tuple[Callable[[], bytes], str]] = MappingProxyType(
    {
        "very many lines": (lambda: _HEAD + b"\n" * 1_900_000, "more than 2000 rows"),
        "very many rows": (lambda: _HEAD + b"a,b,c\n" * 300_000, "more than 2000 rows"),
        "very many columns": (lambda: b"," * 1_900_000, "is missing"),
        "very many names of columns": (lambda: _HEAD.strip() + b",x" * 900_000, "is not the name of a column"),
        "very many cells": (lambda: _HEAD + b"a" + b"," * 1_900_000, "cells"),
        "one huge cell": (lambda: _HEAD + b"a," + b"b" * 1_900_000 + b",c\n", "no CSV from here on"),
        "a mark that is never closed": (lambda: _HEAD + b'"' + b"a\n" * 60_000, "no CSV from here on"),
        "nothing but marks": (lambda: b'"' * 1_900_000, "no CSV from here on"),
        "the same column twice": (lambda: b"question,answer,source,source\n", "two columns"),
        "zeros": (lambda: bytes(MEGABYTE), ":1"),
        "UTF-16": (lambda: "question,answer,source\n".encode("utf-16"), "is not UTF-8"),
        "Latin-1": (lambda: _HEAD + b"caf\xe9,b,c\n", "is not UTF-8"),
        "two thousand new sources": (
            lambda: _HEAD + b"".join(b"what of number %d,,%s\n" % (n, b"s" * 300) for n in range(2000)),
            "answer",
        ),
        "fifty megabytes": (lambda: b"question,answer,source\n" * 2_200_000, "is larger than"),
    }
)
