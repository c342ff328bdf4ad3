"""A source's plain text, cut into sections, paragraphs, sentences and quotations.

The text is UTF-8: title, author, then paragraphs with blank lines between them and each heading on a line
of its own. Where a section ends and which line is a heading is decided by the titles in the pack; any
other line that looks like a heading (one short line without a full stop at its end) ends the section, and
what follows is not read until the next heading that the pack knows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from knowledge.model import Source

Span = tuple[int, int]

# Marks that mean the same, one character for one, so that positions stay.
_SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"',
                       "‐": "-", "‑": "-", "–": "-", "—": "-"})  # fmt: skip
_HEADING_WORDS = 14
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)")
_QUOTED = re.compile(r"“([^“”]*)”|„([^„“”]*)[“”]|«([^«»]*)»|\"([^\"]*)\"|(?<!\w)[‘']((?:[^‘’']|[’'](?=\w))*)[’'](?!\w)")
_ABBREVIATIONS = frozenset(
    "dr mr mrs ms prof gen col lt sgt capt cmdr adm rep sen gov pres st jr sr vs cf e.g i.e no nos vol fig p pp "
    "approx ca dept est inc ltd co corp jan feb mar apr jun jul aug sep sept oct nov dec mt ft".split()
)
_INITIALS = re.compile(r"[A-Z]|[A-Za-z](?:\.[A-Za-z])+")
# After "U.S." a sentence is taken to begin only with a word that names nothing.
_STARTERS = frozenset(
    "a an the this that these those it its he she they we i you his her their our in on at as but and or so for "
    "from by with when while if although however moreover thus there both some many most all what who how why "
    "according since after before despite instead still yet also meanwhile now then".split()
)


def fold(text: str) -> str:
    """A text with its spaces and typographic marks made alike, for word-for-word comparison."""
    return _one_line(text).translate(_SAME)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph on one line, and the line of the file where it begins."""

    text: str
    line: int

    @cached_property
    def folded(self) -> str:
        """Its text for word-for-word comparison; every character keeps its position."""
        return self.text.translate(_SAME)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Where its sentences begin and end."""
        return tuple(split_sentences(self.text))

    @cached_property
    def quotations(self) -> tuple[Span, ...]:
        """What stands inside quotation marks, without the marks."""
        found: list[Span] = []
        for match in _QUOTED.finditer(self.text):
            group = match.lastindex or 0
            found.append(match.span(group))
        return tuple(found)

    def find(self, words: str, *, any_case: bool = False) -> tuple[Span, ...]:
        """Where these whole words stand, apart from kinds of spaces, quotation marks and dashes."""
        wanted = fold(words)
        if not wanted:
            return ()
        before = r"(?<!\w)" if wanted[0].isalnum() else ""
        after = r"(?!\w)" if wanted[-1].isalnum() else ""
        flags = re.IGNORECASE if any_case else 0
        return tuple(m.span() for m in re.finditer(before + re.escape(wanted) + after, self.folded, flags))


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of a source as its sections in the pack cut it.

    `missing` are sections whose heading the text lacks; `stray` are paragraphs before the first heading
    of a source that has no section for them, and paragraphs below a heading that the pack does not know
    although one that it knows follows; `ended_at` is the line that ended the last section, with its
    text, or (0, ""); `titled` tells whether the source's title stands above the first paragraph.
    """

    sections: Mapping[str, tuple[Paragraph, ...]]
    missing: tuple[str, ...]
    stray: tuple[Paragraph, ...]
    ended_at: tuple[int, str]
    titled: bool


def read_source_text(text: str, source: Source, author: str) -> SourceText:
    """Cut a plain text into the sections of `source`; `author` is the author's name, as a byline has it."""
    titles = {_key(section.title): section.id for section in source.sections if section.heading}
    opening = next((section.id for section in source.sections if not section.heading), "")
    head = {_key(source.title), _key(author), _key(f"by {author}")}
    sections: dict[str, list[Paragraph]] = {opening: []} if opening else {}
    stray: list[Paragraph] = []
    outside: list[Paragraph] = []
    here: str | None = opening
    begun = titled = False
    ended_at = (0, "")
    for block in _blocks(text, titles):
        key = _key(block.text)
        if key in titles and titles[key] not in sections:
            stray += outside  # a part of the text, not its end
            outside, ended_at = [], (0, "")
            here, begun = titles[key], True
            sections[here] = []
        elif not begun and (key in head or _like_heading(block.text)):
            titled = titled or key == _key(source.title)
        elif here is None:
            outside.append(block)
        elif begun and _like_heading(block.text):
            here, ended_at = None, (block.line, block.text)
        else:
            begun = True
            (sections[here] if here else stray).append(block)
    missing = tuple(section.id for section in source.sections if not sections.get(section.id))
    return SourceText({key: tuple(value) for key, value in sections.items()}, missing, tuple(stray), ended_at, titled)


def split_sentences(text: str) -> Iterator[Span]:
    """Where the sentences of a paragraph begin and end; "Dr. No", "U.S. Navy" and "J. Smith" do not end one."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if _ends_sentence(text, match):
            yield start, match.end()
            start = match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip())
    if start < len(text):
        yield start, len(text)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    rest = text[match.end() :].lstrip().lstrip("\"'“‘«„([")
    if not rest or not (rest[0].isupper() or rest[0].isdigit()):
        return False
    if match[0][0] != "." or match[0].startswith(".."):
        return True
    word = text[: match.start()].rsplit(maxsplit=1)[-1].lstrip("\"'“‘«„([") if text[: match.start()].strip() else ""
    if word.casefold() in _ABBREVIATIONS:
        # "No. 5" and "Dec. 2021", but not "She said no. They left."
        return word.casefold() in ("no", "mar", "co") and not rest[0].isdigit() and word.islower()
    if _INITIALS.fullmatch(word):
        return re.split(r"\W", rest, maxsplit=1)[0].casefold() in _STARTERS
    return True


def _blocks(text: str, titles: Iterable[str]) -> Iterator[Paragraph]:
    known = set(titles)
    rows: list[str] = []
    begin = 0
    for number, row in enumerate([*text.splitlines(), ""], 1):
        alone = _key(row) in known
        if (not row.strip() or alone) and rows:
            yield Paragraph(_one_line(" ".join(rows)), begin)
            rows = []
        if alone:
            yield Paragraph(_one_line(row), number)
        elif row.strip():
            begin = begin if rows else number
            rows.append(row)


def _one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _key(text: str) -> str:
    return fold(text).casefold()


def _like_heading(text: str) -> bool:
    return len(text.split()) <= _HEADING_WORDS and text.rstrip("\"'”’»)")[-1:] not in (
        ".",
        "!",
        "?",
        "…",
        ":",
        ";",
        ",",
    )
