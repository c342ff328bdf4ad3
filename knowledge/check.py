"""A pack against the text of its source: every anchor and quotation word for word, every sentence used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from knowledge.errors import PackError, Problem
from knowledge.model import Locator, Source
from knowledge.packs import OpenedPack
from knowledge.source_text import Paragraph, SourceText, Span, fold, read_source_text
from knowledge.yamltree import Path

LONGEST_RUN = 8
"""So many words in a row a text may share with the source; names and set phrases are about as long."""

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_SHOWN_QUOTE = re.compile(r"[“\"]([^“”\"]+)[”\"]")


@dataclass(frozen=True, slots=True)
class TextReport:
    """What comparing a pack with a source's text brought to light.

    `problems` must be put right, `warnings` deserve a look; `ignored` says where the reading of the text
    ended before its end, or is empty.
    """

    source: str
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    anchors: int
    quotes: int
    sentences: int
    ignored: str = ""


def source_for_text(pack: OpenedPack, source_id: str = "") -> Source:
    """The source that a text belongs to: the one named, or the only one there is.

    Raises PackError where that is not clear.
    """
    sources = pack.base.sources
    if source_id in sources:
        return sources[source_id]
    known = ", ".join(sources)
    if source_id:
        message = f"the pack has no source '{source_id}': it has {known}"
    elif len(sources) == 1:
        return next(iter(sources.values()))
    else:
        message = f"the pack has several sources: say which the text is, with SOURCE=FILE ({known})"
    raise PackError([Problem(pack.base.info.id, 0, "sources", message)])


def check_text(pack: OpenedPack, text: str, *, source: str = "", name: str = "the text") -> TextReport:
    """Compare a pack with the plain text of one of its sources; `name` stands for the text in problems.

    Checks that each anchor (of claims, and of where experts are described) and each quotation stands word
    for word in its paragraph, quotations inside the source's own quotation marks; that every sentence is
    touched by an anchor or quotation; that answers and claims do not copy the source. The last two are left
    out where the pack has problems: what is missing for them may be in an item that could not be read.
    Raises PackError if it is not clear which source is meant.
    """
    return _Comparison(pack, source_for_text(pack, source), text, name).report()


@dataclass(frozen=True, slots=True)
class _Anchored:
    """Something that rests on words of the source: an item, the path of its words, and the place."""

    kind: str
    id: str
    path: Path
    words: str
    locator: Locator
    quote: bool = False


class _Comparison:
    def __init__(self, pack: OpenedPack, source: Source, text: str, name: str) -> None:
        self._pack = pack
        self._source = source
        self._name = name
        author = pack.base.experts.get(source.author)
        self._text: SourceText = read_source_text(text, source, author.name if author else "")
        self._problems: list[Problem] = []
        self._warnings: list[Problem] = []
        self._touched: dict[tuple[str, int], list[Span]] = {}

    def report(self) -> TextReport:
        self._check_shape()
        anchored = list(self._anchored())
        for item in anchored:
            self._check_words(item)
        sentences = 0
        if not self._pack.problems:
            sentences = self._check_sentences()
            self._check_copies()
        line, words = self._text.ended_at
        return TextReport(
            source=self._source.id,
            problems=tuple(sorted(self._problems)),
            warnings=tuple(sorted(self._warnings)),
            anchors=sum(not item.quote for item in anchored),
            quotes=sum(item.quote for item in anchored),
            sentences=sentences,
            ignored=f"{self._name}:{line}: not read from '{words}' on" if line else "",
        )

    def _anchored(self) -> Iterator[_Anchored]:
        for expert in self._pack.base.experts.values():
            place = expert.described
            if place and place.source == self._source.id:
                yield _Anchored("experts", expert.id, ("described", "anchor"), place.anchor, place)
        for claim in self._pack.base.claims.values():
            if claim.locator.source == self._source.id:
                yield _Anchored("claims", claim.id, ("anchor",), claim.locator.anchor, claim.locator)
                if claim.quote:
                    yield _Anchored("claims", claim.id, ("quote",), claim.quote, claim.locator, quote=True)

    def _check_shape(self) -> None:
        """Are title and sections those of the text?"""
        if not self._text.titled:
            message = f"does not stand above the first paragraph of {self._name}: copy the title word for word"
            self._problems.append(self._pack.problem("sources", self._source.id, ("title",), message))
        for index, section in enumerate(self._source.sections):
            if section.id in self._text.missing:
                what = "no paragraphs below this heading" if section.heading else "no paragraphs before a heading"
                message = f"{self._name} has {what}: copy the heading word for word"
                path: Path = ("sections", index, "title")
                self._problems.append(self._pack.problem("sources", self._source.id, path, message))
        for paragraph in self._text.stray:
            message = f"'{_cut(paragraph.text)}' belongs to no section: add its heading to the source's sections"
            self._problems.append(Problem(self._name, paragraph.line, "", message))

    def _check_words(self, item: _Anchored) -> None:
        place = item.locator
        if place.section in self._text.missing:
            return  # said once, at the section
        paragraphs = self._text.sections[place.section]
        if place.paragraph > len(paragraphs):
            path: Path = (*item.path[:-1], "paragraph")
            there = f"section '{place.section}' ends with paragraph {len(paragraphs)}"
            self._say(item, path, f"{there}: correct it{self._elsewhere(item)}")
            return
        paragraph = paragraphs[place.paragraph - 1]
        spans = paragraph.find(item.words)
        if not spans:
            self._say(item, item.path, self._not_found(item, paragraph))
            return
        self._touched.setdefault((place.section, place.paragraph), []).extend(spans)
        if item.quote:
            if not any(_within(span, paragraph.quotations) for span in spans):
                message = "does not stand in quotation marks in the source: indirect speech is not quoted, leave it out"
                self._say(item, item.path, message)
        elif len({_index(span, paragraph.sentences) for span in spans}) > 1:
            message = "stands in several sentences of its paragraph: take words that stand only once"
            self._warnings.append(self._pack.problem(item.kind, item.id, item.path, message))

    def _say(self, item: _Anchored, path: Path, message: str) -> None:
        self._problems.append(self._pack.problem(item.kind, item.id, path, message))

    def _not_found(self, item: _Anchored, paragraph: Paragraph) -> str:
        place = item.locator
        here = f"does not stand word for word in section '{place.section}', paragraph {place.paragraph}"
        if elsewhere := self._elsewhere(item):
            return f"{here}: correct the place{elsewhere}"
        if other_case := paragraph.find(item.words, any_case=True):
            begin, end = other_case[0]
            return f"{here}: there it is spelt '{_cut(paragraph.text[begin:end])}', copy it exactly"
        near = fuzz.partial_ratio_alignment(fold(item.words), paragraph.folded, score_cutoff=75)
        if near and near.dest_end > near.dest_start:
            nearest = _whole_words(paragraph.text, (near.dest_start, near.dest_end))
            return f"{here}: nearest there is '{_cut(nearest)}', copy it exactly"
        return f"{here}, nor elsewhere in the source: copy the words exactly"

    def _elsewhere(self, item: _Anchored) -> str:
        found = [
            f"section '{section}', paragraph {number}"
            for section, paragraphs in self._text.sections.items()
            for number, paragraph in enumerate(paragraphs, 1)
            if paragraph.find(item.words)
        ]
        return f" (found in {' and '.join(found)})" if found else ""

    def _check_sentences(self) -> int:
        count = 0
        for section, paragraphs in self._text.sections.items():
            for number, paragraph in enumerate(paragraphs, 1):
                touched = self._touched.get((section, number), [])
                for begin, end in paragraph.sentences:
                    count += 1
                    if not any(first < end and last > begin for first, last in touched):
                        where = f"section '{section}', paragraph {number}"
                        message = f"no anchor touches '{_cut(paragraph.text[begin:end])}': add a claim for it"
                        self._problems.append(Problem(self._name, paragraph.line, where, message))
        return count

    def _check_copies(self) -> None:
        """Texts in "own words" that are the source's, or that put its indirect speech in quotation marks."""
        runs = _Runs(self._free_stretches())
        for kind, item_id, key, text in self._own_words():
            for match in _SHOWN_QUOTE.finditer(text):
                if len(match[1].split()) > 2 and self._quoted_wrongly(match[1]):
                    message = f"shows '{_cut(match[1])}' as a quotation, but the source does not quote it: no marks"
                    self._problems.append(self._pack.problem(kind, item_id, (key,), message))
            if shared := runs.longest(_SHOWN_QUOTE.sub(" | ", text)):
                words = f"'{_cut(' '.join(shared))}'"
                message = f"shares {len(shared)} words in a row with the source, {words}: reword it"
                self._warnings.append(self._pack.problem(kind, item_id, (key,), message))

    def _own_words(self) -> Iterator[tuple[str, str, str, str]]:
        for claim in self._pack.base.claims.values():
            yield "claims", claim.id, "text", claim.text
        for entry in self._pack.base.entries.values():
            yield "entries", entry.id, "answer", entry.answer

    def _quoted_wrongly(self, words: str) -> bool:
        found = [
            _within(span, paragraph.quotations)
            for paragraphs in self._text.sections.values()
            for paragraph in paragraphs
            for span in paragraph.find(words.strip(".,;:!? "))
        ]
        return bool(found) and not any(found)

    def _free_stretches(self) -> Iterator[str]:
        """The source without what may be repeated: its quotations, and the anchors."""
        for section, paragraphs in self._text.sections.items():
            for number, paragraph in enumerate(paragraphs, 1):
                begin = 0
                taken = [*paragraph.quotations, *self._touched.get((section, number), [])]
                for first, last in sorted(taken):
                    if first > begin:
                        yield paragraph.text[begin:first]
                    begin = max(begin, last)
                yield paragraph.text[begin:]


class _Runs:
    """Finds runs of more than LONGEST_RUN words that a text shares with any of some stretches."""

    def __init__(self, stretches: Iterable[str]) -> None:
        self._runs: set[tuple[str, ...]] = set()
        for stretch in stretches:
            self._runs.update(_windows(_words(stretch)))

    def longest(self, text: str) -> list[str]:
        """The longest shared run, or nothing."""
        best: list[str] = []
        for part in text.split("|"):
            run: list[str] = []
            for window in _windows(_words(part)):
                if window in self._runs:
                    run = [*run, window[-1]] if run else list(window)
                    best = max(best, run, key=len)
                else:
                    run = []
        return best


def _words(text: str) -> list[str]:
    return [match[0].casefold() for match in _WORD.finditer(fold(text))]


def _windows(words: list[str]) -> Iterator[tuple[str, ...]]:
    size = LONGEST_RUN + 1
    return (tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def _within(span: Span, spans: Iterable[Span]) -> bool:
    return any(begin <= span[0] and span[1] <= end for begin, end in spans)


def _index(span: Span, sentences: tuple[Span, ...]) -> int:
    return next((number for number, (_, end) in enumerate(sentences) if span[0] < end), len(sentences))


def _whole_words(text: str, span: Span) -> str:
    begin, end = span
    while begin > 0 and not text[begin - 1].isspace():
        begin -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[begin:end].strip(" .,;:!?")


def _cut(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:89].rstrip()}…"
