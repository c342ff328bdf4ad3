"""`check`: is a knowledge pack sound, and does it keep to its source's text?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import PackError, Problem

if TYPE_CHECKING:
    from rich.console import Console

    from bot.cli import AddParser
    from knowledge.check import TextReport
    from knowledge.model import KnowledgeBase

_EXAMPLES = """\
examples:
  citebot check                                  the packs that come with Citebot
  citebot check my-pack/                         a folder, or a single file
  citebot check bees/ our-bees/                  packs on top of one another, in the order they are loaded
  citebot check my-pack/ --text article.txt      also word for word against the source
  citebot check my-pack/ --text a=one.txt --text b=two.txt   several sources, by their ids

The text of a source is plain UTF-8: title, author, then paragraphs with blank lines between them, each
heading on a line of its own. Exit code: 0 no problems (warnings do not count), 1 problems, 2 could not check.
"""


def add_parser(add: AddParser) -> None:
    """Add `check` to the command line."""
    parser = add(
        "check",
        help="check a knowledge pack, and its quotations against the source",
        description="Checks a knowledge pack and lists its problems (200 at most) with file, line and what to do.",
        epilog=_EXAMPLES,
    )
    parser.add_argument(
        "packs",
        nargs="*",
        metavar="PACK",
        help="name or path; several are checked as they are loaded together, those that others build on first "
        "(default: each that comes with Citebot)",
    )
    parser.add_argument(
        "--text",
        action="append",
        default=[],
        metavar="[SOURCE=]FILE",
        help="the plain text of the pack's source (of the one with that id): verify every anchor and quotation",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check; 0 without problems, 1 with some. Raises PackError for a pack or text that is not there."""
    from knowledge.packs import find_pack, shipped_packs

    named: list[str] = args.packs
    together = [[find_pack(name) for name in named]] if named else [[find_pack(name)] for name in shipped_packs()]
    if args.text and len(together) > 1:
        raise PackError([Problem("--text", 0, "", "belongs to one pack: name the pack before it")])
    texts = [_read_text(str(text)) for text in args.text]
    results = [_check(paths, texts) for paths in together]
    if args.json:
        everything = {"ok": all(result.ok for result in results), "packs": [result.as_json() for result in results]}
        print(json.dumps(everything, ensure_ascii=False, indent=2))
    else:
        _print(results)
    return 0 if all(result.ok for result in results) else 1


@dataclass(frozen=True, slots=True)
class _Text:
    """A source's text as given: the source's id or nothing, the file's name, what it holds."""

    source: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class _Result:
    """What checking packs that are loaded together brought; `base` is None where they could not be loaded."""

    name: str
    base: KnowledgeBase | None
    problems: tuple[Problem, ...] = ()
    reports: tuple[TextReport, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.all_problems

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        return (*self.problems, *(problem for report in self.reports for problem in report.problems))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(warning for report in self.reports for warning in report.warnings)

    def as_json(self) -> Mapping[str, Any]:
        return {
            "pack": self.name,
            "counts": dict(_counts(self.base)) if self.base else None,
            "problems": [asdict(problem) for problem in self.all_problems],
            "warnings": [asdict(warning) for warning in self.warnings],
            "texts": [
                {key: getattr(report, key) for key in ("source", "anchors", "quotes", "sentences", "ignored")}
                for report in self.reports
            ],
        }


def _check(paths: Sequence[Path], texts: Sequence[_Text]) -> _Result:
    from knowledge.check import check_text
    from knowledge.packs import open_to_check

    pack = open_to_check(paths)
    reports: list[TextReport] = []
    for text in texts:
        try:
            reports.append(check_text(pack, text.text, source=text.source, name=text.name))
        except PackError:
            if not pack.problems:
                raise
            # The source itself has a problem, which is told.
    name = ", ".join(path.resolve().name for path in paths)
    if pack.problems:
        return _Result(name, None, pack.problems, tuple(reports))
    return _Result(name if len(paths) > 1 else pack.base.info.id, pack.base, (), tuple(reports))


def _read_text(argument: str) -> _Text:
    source, equals, name = argument.partition("=")
    if not equals or Path(argument).is_file():
        source, name = "", argument
    try:
        return _Text(source, name, Path(name).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise PackError([Problem(name, 0, "", "is not UTF-8 text: save it in the encoding UTF-8")]) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no usable name"
        raise PackError([Problem(name, 0, "", f"cannot be read ({reason}): check the path after --text")]) from error


def _counts(base: KnowledgeBase) -> list[tuple[str, int]]:
    counts = [
        ("sources", len(base.sources)),
        ("experts", len(base.experts)),
        ("claims", len(base.claims)),
        ("entries", len(base.entries)),
        ("phrasings", sum(len(entry.phrasings) for entry in base.entries.values())),
    ]
    return [*counts, ("gaps", len(base.gaps))] if base.gaps else counts


def _print(results: Sequence[_Result]) -> None:
    from rich.console import Console

    console = Console(soft_wrap=True, highlight=False, markup=False, emoji=False, file=sys.stdout)
    for result in results:
        for problem in result.all_problems:
            _print_problem(console, problem, "red", "")
        for warning in result.warnings:
            _print_problem(console, warning, "yellow", "warning: ")
        for report in result.reports:
            if report.ignored:
                console.print(report.ignored, style="dim")
        console.print(_summary(result), style="bold green" if result.ok else "bold red")


def _print_problem(console: Console, problem: Problem, style: str, kind: str) -> None:
    from rich.text import Text

    where = f"{problem.file}:{problem.line}" if problem.line else problem.file
    field = f"{problem.field}: " if problem.field else ""
    console.print(Text.assemble((where, style), ": ", (kind, style), (field, "bold"), problem.message))


def _summary(result: _Result) -> str:
    count = len(result.all_problems)
    found = _several(count, "problem") if count else "no problems"
    if result.warnings:
        found += f", {_several(len(result.warnings), 'warning')}"
    if result.base is None:
        only = "\nThe text was compared with what is well-formed; its sentences are looked at once the rest is mended."
        return f"{result.name}: {found}{only if result.reports else ''}"
    counts = ", ".join(_several(number, _one(kind)) for kind, number in _counts(result.base))
    lines = [f"{result.name}: {counts}: {found}"]
    lines += [
        f"{report.source}: every anchor and quotation stands in its paragraph; every sentence is touched "
        f"({_several(report.anchors, 'anchor')}, {_several(report.quotes, 'quotation')}, "
        f"{_several(report.sentences, 'sentence')})"
        for report in result.reports
        if not report.problems
    ]
    return "\n".join(lines)


def _one(kind: str) -> str:
    return "entry" if kind == "entries" else kind[:-1]


def _several(count: int, thing: str) -> str:
    if count == 1:
        return f"1 {thing}"
    return f"{count} {thing[:-1]}ies" if thing.endswith("y") else f"{count} {thing}s"
