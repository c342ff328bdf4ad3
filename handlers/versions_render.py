"""Two whole versions of an item beside each other: in embeds as far as Discord takes that, and in a file as a whole."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import discord

from handlers import limits
from handlers.escape import inline
from handlers.paging import COLOUR
from knowledge.curation.side_by_side import Field

ROOM = limits.EMBED_TOTAL - 400
"""Characters for all versions in a message together; titles and Discord's own counting take the rest."""

FILE_NAME = "both-versions.txt"
_LEAST = 40  # characters of a line of a field, however little room there is


@dataclass(frozen=True, slots=True)
class Version:
    """One version: `head` is markdown that says whose it is. Without fields the item goes, as `gone` says."""

    head: str
    fields: Sequence[Field]
    gone: str = ""


def version_embeds(versions: Sequence[Version]) -> tuple[list[discord.Embed], bool]:
    """One embed a version, what differs in bold; and whether all of it is shown."""
    room = min(limits.EMBED_DESCRIPTION, ROOM // max(1, len(versions)))
    texts = [_whole(version) for version in versions]
    # Both are shortened, or neither: otherwise people would compare a whole with a part.
    complete = all(len(text) <= room for text in texts)
    if not complete:
        texts = [_short(version, room) for version in versions]
    return [discord.Embed(description=text, colour=COLOUR) for text in texts], complete


def versions_file(named: Sequence[tuple[str, Version]]) -> discord.File:
    """All versions as plain text, nothing left out; each with the name of what it is of."""
    blocks: list[str] = []
    for name, version in named:
        lines = [f"=== {name} ===", version.gone] if version.gone else [f"=== {name} ==="]
        for field in version.fields:
            lines.append(f"{'* ' if field.differs else ''}{field.name}:")
            lines += [f"    {line}" for line in field.text.splitlines()] or ["    (nothing)"]
        blocks.append("\n".join(lines))
    text = "What differs is marked with *.\n\n" + "\n\n".join(blocks) + "\n"
    data = text.encode("utf-8", errors="replace")[: limits.FILE]
    return discord.File(io.BytesIO(data), FILE_NAME, description="Both versions in full")


def _whole(version: Version) -> str:
    blocks = [version.head, *([version.gone] if version.gone else ())]
    blocks += [_field(field, limits.EMBED_DESCRIPTION) for field in version.fields]
    return "\n".join(blocks)


def _short(version: Version, room: int) -> str:
    """What differs first gets the room; what does not fit stands in the file."""
    fields = [field.brief() for field in version.fields]
    head = [version.head, *([version.gone] if version.gone else ())]
    left = room - sum(len(line) + 1 for line in head) - 2
    blocks: dict[int, str] = {}
    order = sorted(range(len(fields)), key=lambda index: not fields[index].differs)
    for place, index in enumerate(order):
        share = left // (len(order) - place)
        block = _field(fields[index], share)
        if len(block) + 1 <= left:
            blocks[index] = block
            left -= len(block) + 1
    more = ["…"] if len(blocks) < len(fields) else []
    return "\n".join([*head, *(blocks[index] for index in sorted(blocks)), *more])


def _field(field: Field, room: int) -> str:
    """A field in at most `room` characters, as far as its name allows."""
    mark = "✏️ " if field.differs else ""
    title = f"{mark}__{inline(field.name)}__"
    if not field.lines:
        return f"{title}\n-# nothing"
    bullet = "- " if len(field.lines) > 1 else ""
    lines = [title]
    left = room - len(title)
    for number, stretches in enumerate(field.lines):
        rest = len(field.lines) - number
        if left < _LEAST and number:
            lines.append(f"- … and {rest} more")
            break
        line = bullet
        for stretch in stretches:
            line += _stretch(stretch.text, stretch.differs, max(_LEAST, left - len(line) - 30))
            if len(line) > left:
                break
        lines.append(line.rstrip())
        left -= len(line) + 1
    return "\n".join(lines)


def _stretch(text: str, differs: bool, room: int) -> str:
    words = limits.cut(text.rstrip(), room)
    space = " " if text != text.rstrip() else ""
    shown = inline(words)
    if len(shown) > room:  # what makes it harmless takes room as well
        shown = inline(limits.cut(words, room // 2))
    return (f"**{shown}**" if differs and shown else shown) + space
