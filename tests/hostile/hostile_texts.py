"""Texts that try to get out of their place: markdown, pings, links, Unicode of all kinds, far too much of it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

TEXTS: tuple[str, ...] = (
    "@everyone what about the trout", "@here trout?", "<@1> <@!2> <@&3> <#4> trout", "[trout](https://evil.example)",
    "||trout||", "```\ntrout\n```", "``trout``", "> trout\n> pike", ">>> trout", "# trout\n## pike\n-# mill",
    "**trout** __pike__ ~~mill~~ *dam* _snow_", "- trout\n- pike\n1. mill", "\\*trout\\*\\", "<https://evil.example>",
    "<script>alert(1)</script>", "<t:1618953630:R> </ask:1> <:emoji:1> <a:emoji:1>", "javascript:alert(1)",
    "trout”\n\n**Somebody else** said: “pike", "\u202etuort\u202c \u2066pike\u2069", "tr\u200bo\u200cu\u200dt\ufeff",
    "tro\u0301u\u0308t" + "\u0335" * 300, "\ud800trout\udfff", "\x00trout\x1b[31m\x7f", "ﬁsh ﬂood Å Å",
    "معلومات عن trout؟",
    "trout\u2028pike\u2029mill\x85dam\x0bsnow\x0c", "👩\u200d👩\u200d👧 trout 🏳️\u200d🌈",
    "${7*7} {{7*7}} %s %n {0} ' OR 1=1 --",
    "/../../etc/passwd", "a" * 6000, "trout " * 1000, "😀" * 3000, "\n" * 6000, "(" * 6000,
    "`" * 1999, "?" * 500, "", " ",
)  # fmt: skip

hostile = st.lists(
    st.sampled_from(
        [*"`*_~|<>[]()#-+.1@\\ \n", "https://a.example/", "@everyone", "<@1>", "\u202e", "\ud800", "\0", "x"]
    )
    | st.text(max_size=3),
    max_size=40,
).map("".join)


def made(count: int) -> list[str]:
    """So many texts of hypothesis's, the same each time."""
    found: list[str] = []

    @settings(max_examples=count, derandomize=True, deadline=None, database=None)
    @given(hostile)
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return found
