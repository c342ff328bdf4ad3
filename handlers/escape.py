"""Other people's words made harmless: they cannot ping, nor break markdown, links or quotes."""

from __future__ import annotations

import re

# A bare address stays as it is: Discord reads no markdown inside it, and a backslash would break it.
_PIECES = re.compile(r"(?P<url>https?://[^\s<>()\[\]*|`\"'\\@]+)|(?P<special>[\\`*_~|<>\[\]])|(?P<at>@)")
_LINE_START = re.compile(r"^(?P<mark>#{1,3}|-#|[-+])(?=\s)|^(?P<number>\d+)(?P<dot>[.)])(?=\s)")
# Characters that turn the direction of the text around them, half surrogates, and what controls rather than shows.
_UNSEEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\x00-\x08\x0e-\x1b\x7f]")
ZERO_WIDTH = "\u200b"


def plain(text: str) -> str:
    """One line for places without markdown (footers, labels, an embed's author line)."""
    return " ".join(_UNSEEN.sub("", text).split())


def inline(text: str) -> str:
    """One line for places with markdown. It reads exactly as `text` does, and does nothing."""
    return _start(_PIECES.sub(_harmless, plain(text)))


def block(text: str, *, lists: bool = False) -> str:
    """Several lines for places with markdown; `lists` leaves "- " at a line's start as a bullet."""
    return "\n".join(
        "- " + inline(line[2:]) if lists and line.startswith("- ") else inline(line) for line in text.splitlines()
    )


def _harmless(match: re.Match[str]) -> str:
    if match["url"]:
        return match["url"]
    return "@" + ZERO_WIDTH if match["at"] else "\\" + match["special"]


def _start(line: str) -> str:
    return _LINE_START.sub(lambda m: f"\\{m['mark']}" if m["mark"] else f"{m['number']}\\{m['dot']}", line)
