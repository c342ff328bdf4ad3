"""Discord's limits as named constants, and the cutting that keeps to them.

Lengths are in characters. Text is cut here, never by an HTTP 400.
"""

from __future__ import annotations

from collections.abc import Iterable

MESSAGE_CONTENT = 2000
EMBEDS_PER_MESSAGE = 10

EMBED_TITLE = 256
EMBED_DESCRIPTION = 4096
EMBED_FIELDS = 25
EMBED_FIELD_NAME = 256
EMBED_FIELD_VALUE = 1024
EMBED_FOOTER = 2048
EMBED_AUTHOR = 256
EMBED_TOTAL = 6000

BUTTONS_PER_ROW = 5
BUTTON_LABEL = 80
SELECT_OPTIONS = 25
SELECT_LABEL = 100
SELECT_DESCRIPTION = 100
SELECT_PLACEHOLDER = 150
CUSTOM_ID = 100
CANDIDATE_ID = 80

MODAL_TITLE = 45
LABEL = 45
LABEL_DESCRIPTION = 100
TEXT_INPUT = 4000

ATTACHMENT_DESCRIPTION = 1024
FILE = 10 * 1024 * 1024
"""Bytes of an attachment, where a server is not boosted."""

AUTOCOMPLETE_CHOICES = 25
CHOICE_NAME = 100
CHOICE_VALUE = 100
COMMAND_NAME = 32
COMMAND_DESCRIPTION = 100

QUESTION = 500
"""Our own: a longer question is turned away with a clear message."""

DEFER_AFTER = 1.5
"""Seconds before an interaction is deferred; Discord gives 3 for the first response."""


def cut(text: str, limit: int, *, mark: str = "…") -> str:
    """`text` in at most `limit` characters, at a word's end where one is near, with `mark` if shortened."""
    if len(text) <= limit:
        return text
    if limit <= len(mark):
        return mark[:limit]
    kept = text[: limit - len(mark)]
    space = max(kept.rfind(" "), kept.rfind("\n"))
    if space >= len(kept) * 3 // 4:
        kept = kept[:space]
    # A backslash left alone at the end would escape the mark instead of the character it stood before.
    return kept.rstrip().rstrip("\\") + mark


def paginate(blocks: Iterable[str], limit: int) -> list[str]:
    """Blocks of text joined into pages of at most `limit` characters; nothing is lost.

    A block stays whole where it can; one that is longer than a page is split at a line's or word's end.
    """
    pages: list[str] = []
    page = ""
    for block in blocks:
        rest = block
        if page and len(page) + 2 + len(rest) <= limit:
            page += f"\n\n{rest}"
            continue
        if page:
            pages.append(page)
        while len(rest) > limit:
            at = max(rest.rfind("\n", 0, limit), rest.rfind(" ", 0, limit))
            at = at if at > limit // 2 else limit
            pages.append(rest[:at].rstrip())
            rest = rest[at:].lstrip()
        page = rest
    if page:
        pages.append(page)
    return pages
