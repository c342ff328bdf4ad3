"""Questions and answers from a table: CSV with a header of question, answer and source, and more if at hand."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from knowledge.curation.drafting import MESSAGE_HOSTS, Drafting
from knowledge.curation.form import EntryFields, FieldProblem, NewExpert, NewSource
from knowledge.curation.importing import DryRun
from knowledge.curation.items import ItemKey, ItemKind, Overlay
from knowledge.curation.merging import Ground
from knowledge.curation.wording import one_line, shorten, tidy
from knowledge.errors import Problem, listed
from knowledge.links import host_of
from knowledge.model import Entry, ExpertKind, KnowledgeBase
from knowledge.pack_rules import squash
from knowledge.schema_faults import did_you_mean

MAX_ROWS = 2000
MAX_BYTES = 2_000_000

NEEDED = ("question", "answer", "source")
OPTIONAL = ("link", "author", "expert", "role", "affiliation", "place", "words", "claim", "phrasings", "verified_on")
"""Further columns. Several phrasings in a cell are divided by `|`."""

_CELLS = 100
"""Cells of a row that are looked at: more than there are columns to name."""

_LINK = re.compile(r"https?://[^\s<>()]+")


def csv_dry_run(raw: bytes, ground: Ground, overlay: Overlay, *, name: str = "import.csv") -> DryRun:
    """What importing a table would do; `name` stands for it in problems, which name line and column.

    A source is a title, a link, or both. Where no expert is named, a known source speaks by its author,
    any other for itself: the site of a link, else the source's title. A row whose question and answer are
    there already changes nothing. All rows or none: with conflicts there are no edits.
    """
    rows, problems = _rows(raw, name)
    base = ground.merge(overlay).base
    there = {squash(entry.question): entry for entry in base.entries.values()}
    drafting = Drafting(ground, overlay)
    numbers: list[int] = []
    new: list[ItemKey] = []
    unchanged: list[ItemKey] = []
    for line, row in rows:
        known = there.get(squash(row["question"]))
        if known and _same(known, row):
            unchanged.append(ItemKey(ItemKind.ENTRY, known.id))
            continue
        numbers.append(line)
        new.append(ItemKey(ItemKind.ENTRY, drafting.add(fields_of_row(row, base))))
    if not problems:
        merged, found = drafting.check()
        problems = [_problem(name, numbers[form], problem) for form, problem in found]
        if not problems:
            edits = tuple(drafting.edits.values())
            added = [edit.key for edit in edits if edit.expected == 0 and edit.kind is not ItemKind.ENTRY]
            changed = tuple(edit.key for edit in edits if edit.expected)
            return DryRun((*new, *added), changed, unchanged=tuple(unchanged), edits=edits, base=merged.base)
    return DryRun(conflicts=listed(sorted(problems)))


def _rows(raw: bytes, name: str) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    """The rows that hold something, each with its line, and what is wrong with the table itself."""
    if len(raw) > MAX_BYTES:
        return [], [Problem(name, 0, "", f"is larger than {MAX_BYTES:,} bytes: split it")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return [], [Problem(name, line, "", "is not UTF-8 text: save the file in the encoding UTF-8")]
    first = text.split("\n", 1)[0]
    divider = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True)
    try:
        found = islice(reader, MAX_ROWS + 2)  # no more than tells that there are too many
        read = [(reader.line_num, [tidy(cell) for cell in row[:_CELLS]]) for row in found]
    except csv.Error as error:
        return [], [Problem(name, reader.line_num, "", f"is no CSV from here on ({error}): check the quotation marks")]
    columns = [re.sub(r"[\s-]+", "_", cell.casefold()) for cell in read[0][1]] if read else []
    problems = [*_header_problems(name, columns)]
    if len(read) > MAX_ROWS + 1:
        problems.append(Problem(name, 0, "", f"has more than {MAX_ROWS} rows: split it"))
    if problems:
        return [], problems
    rows: list[tuple[int, dict[str, str]]] = []
    begins = 0
    for ends, cells in read:
        line, begins = begins + 1, ends  # a row whose cells have several lines ends further down
        if line > 1 and any(cells):
            if len(cells) > len(columns):
                message = f"has {len(cells)} cells, but there are {len(columns)} columns: put quotation marks around a"
                problems.append(Problem(name, line, "", f"{message} text that holds '{divider}'"))
            rows.append((line, {**dict.fromkeys(NEEDED, ""), **dict(zip(columns, cells, strict=False))}))
    return rows, problems


def _header_problems(name: str, columns: list[str]) -> Iterator[Problem]:
    for needed in NEEDED:
        if needed not in columns:
            yield Problem(name, 1, needed, "is missing: the first line names the columns: question, answer, source")
    for number, column in enumerate(columns):
        if column not in (*NEEDED, *OPTIONAL):
            hint = did_you_mean(column, (*NEEDED, *OPTIONAL))
            yield Problem(name, 1, column, f"is not the name of a column: {hint}")
        elif column in columns[:number]:
            yield Problem(name, 1, column, "names two columns: keep one")


def fields_of_row(given: Mapping[str, str], base: KnowledgeBase) -> EntryFields:
    """The fields that somebody has filled in as plain text by the names of columns, as far as they have."""
    row = {**dict.fromkeys((*NEEDED, *OPTIONAL), ""), **given}
    source = _source(row)
    expert: str | NewExpert = NewExpert(row["expert"], role=row["role"], affiliation=row["affiliation"])
    if not row["expert"]:
        expert = _voice(source, base)
    if not source.author and not source.url:
        source = replace(source, author=expert)
    return EntryFields(
        question=row["question"],
        answer=row["answer"],
        source=source if source.title else "",
        expert=expert,
        place=row["place"],
        words=row["words"],
        claim=row["claim"],
        phrasings=row["phrasings"].replace("|", "\n"),
        verified_on=row["verified_on"],
    )


def _source(row: Mapping[str, str]) -> NewSource:
    """A title, a link or both, in one cell or in two."""
    cell = one_line(row["source"])
    found = _LINK.search(cell)
    link = row["link"] or (found[0].rstrip(".,;") if found else "")
    title = one_line(_LINK.sub("", cell)).strip(" ()<>-–—:,;|") or _title_of(link)
    return NewSource(title, link, NewExpert(row["author"], ExpertKind.AUTHOR) if row["author"] else "")


def _title_of(link: str) -> str:
    """What a page is called where nobody says: its address."""
    return shorten(re.sub(r"^https?://(www\.)?", "", link).rstrip("/"), 200)


def _voice(source: NewSource, base: KnowledgeBase) -> str | NewExpert:
    """Who says what a source says, where no expert is named."""
    for known in base.sources.values():
        if squash(known.title) == squash(source.title) or (source.url and known.url == source.url):
            return known.author
    if source.author:
        return source.author
    host = host_of(source.url).removeprefix("www.")
    if host in MESSAGE_HOSTS:
        return ""  # somebody wrote that message, and only a person knows who
    voice = host or source.title
    return NewExpert(voice, ExpertKind.OUTLET) if voice else ""


def _same(entry: Entry, row: Mapping[str, str]) -> bool:
    return squash(entry.answer) == squash(row["answer"])


def _problem(name: str, line: int, problem: FieldProblem) -> Problem:
    return Problem(name, line, problem.field, problem.message)
