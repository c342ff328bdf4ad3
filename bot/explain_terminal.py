"""An explanation for the terminal: wrapped to its width, readable with and without colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from knowledge.answerer import Policy
from knowledge.answers import Answer, Outcome
from knowledge.matching.explaining import Considered, Explanation, ReadAs
from knowledge.matching.reasons import NEAR, Reason, listed

_MEASURE = 100
_SHOWN = 5  # candidates told in full
_LEAST = 0.05  # what moves less is not told
_FEW = 3  # themes told of a candidate

_POSTED = {
    Outcome.ANSWER: "an answer",
    Outcome.SUGGEST: "the closest questions, as buttons",
    Outcome.ABSTAIN: "that the base has no answer",
    Outcome.CHITCHAT: "a friendly word",
}


def print_explanation(console: Console, answer: Answer, explanation: Explanation | None, policy: Policy) -> None:
    """Write to `console` how the question was read, what came closest, how sure and why, what would be posted."""
    page = _Page(console)
    page.pairs([("Question", answer.asked or "(nothing)")])
    if explanation is None:
        page.line(_not_looked_up(answer), before=1)
    else:
        page.pairs(_reading(explanation.read))
        page.heading("What came closest")
        _print_considered(page, explanation)
        page.heading(f"How sure: {_percent(explanation.confidence)}")
        _print_confidence(page, explanation)
    page.heading(f"What would be posted: {_POSTED[answer.outcome]}")
    if explanation is not None:
        page.line(
            f"The bot answers from {_percent(policy.answer_at)}, and offers the closest questions "
            f"from {_percent(policy.suggest_at)}.",
            indent=2,
        )
    page.line(answer.title, indent=2, style="bold")
    page.line(answer.body, indent=2)
    for suggestion in answer.suggestions:
        page.line(f"• {suggestion.question}", indent=2)
    console.print()


class _Page:
    """Lines and columns of one width."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._width = min(console.width, _MEASURE)

    def line(self, words: str | Text, *, indent: int = 0, before: int = 0, style: str = "") -> None:
        """A paragraph; nothing for nothing."""
        if words:
            text = Text(words, style=style) if isinstance(words, str) else words
            self._console.print(Padding(text, (before, 0, 0, indent), expand=False), width=self._width)

    def heading(self, words: str) -> None:
        """A heading with space before it."""
        self.line(words, before=1, style="bold cyan")

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """What stands for what, in two columns."""
        table = _columns("dim")
        table.columns[0].min_width = len("Asked about")
        for name, words in pairs:
            table.add_row(name, Text(words))
        self._console.print(table, width=self._width)

    def moved(self, reasons: Sequence[Reason]) -> None:
        """What moved something, up and down, the largest first."""
        table = _columns("")
        table.columns[0].justify = "right"
        for reason in reasons:
            if abs(reason.moved) >= _LEAST:
                style = "green" if reason.moved > 0 else "red"
                told = f": {'; '.join(reason.words) or 'small things together'}"
                table.add_row(Text(_signed(reason.moved), style=style), Text.assemble((reason.theme, "bold"), told))
        if table.row_count:
            self._console.print(Padding(table, (0, 0, 0, 4), expand=False), width=self._width)


def _columns(style: str) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style=style, no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _not_looked_up(answer: Answer) -> str:
    if answer.outcome is Outcome.CHITCHAT:
        return "This is taken for small talk, so nothing was looked up."
    if not answer.asked:
        return "Without mentions, links and invisible characters nothing is left to look up."
    return "This is too long for a question, so nothing was looked up."


def _reading(read: ReadAs) -> Iterator[tuple[str, str]]:
    yield "Read as", read.text or "(no words)"
    if read.mended:
        yield "Typos", ", ".join(f"“{word.written}” taken for “{word.read}”" for word in read.mended)
    if read.names:
        yield "Names", ", ".join(read.names)
    if read.asks:
        yield "Asks for", ", ".join(read.asks)
    if read.about:
        yield "Asked about", listed(read.about)
    if read.unknown:
        yield "Unknown", f"{listed(read.unknown)}: in nothing that the base answers"


def _print_considered(page: _Page, explanation: Explanation) -> None:
    if not explanation.considered:
        page.line("Nothing: the base is empty.", indent=2)
    for place, one in enumerate(explanation.considered[:_SHOWN], 1):
        page.line(Text.assemble((f"{place}. {one.question}", "bold"), f"  {_percent(one.probability)}"), indent=2)
        for line in _told(one, first=place == 1):
            page.line(line, indent=5)
    further = explanation.considered[_SHOWN:]
    if further:
        page.line(f"and, further off: {', '.join(one.id for one in further)}", indent=2, style="dim")
    if explanation.gap is not None and explanation.gap.likeness >= NEAR:
        nearer = "; nothing that the base answers is nearer" if explanation.gap.nearest else ""
        page.line(
            f"The nearest question that the base is known not to answer is {_percent(explanation.gap.likeness)} "
            f"like the question: “{explanation.gap.question}”{nearer}.",
            indent=2,
        )


def _told(one: Considered, *, first: bool) -> Iterator[str]:
    parts = [
        f"spelling {_percent(one.spelling)}",
        *([] if one.meaning is None else [f"meaning {_percent(one.meaning)}"]),
    ]
    alike = f"{_percent(one.likeness)} like the question ({', '.join(parts)})"
    yield f"{one.id}: closest phrasing, {alike}: “{one.phrasing}”"
    held = f"does not hold {listed(one.not_held)}" if one.not_held else ""
    misfits = "; ".join(part for part in (held, *one.lacks) if part)
    if misfits:
        yield misfits
    moved = [f"{reason.theme} {_signed(reason.moved)}" for reason in one.compared if abs(reason.moved) >= _LEAST]
    if moved:
        yield f"{'against the next' if first else 'against the first'}: {', '.join(moved[:_FEW])}"


def _print_confidence(page: _Page, explanation: Explanation) -> None:
    if explanation.exact:
        page.line("The base has this question word for word, so nothing else was weighed.", indent=2)
        return
    page.line(
        f"{_percent(explanation.answerable)} that the base answers the question at all, where "
        f"{_percent(explanation.off_base)} of all questions are not answered by it. What moved that:",
        indent=2,
    )
    page.moved(explanation.for_answerable)
    page.line(f"{_percent(explanation.right)} that the first is then the right one. What moved that:", indent=2)
    page.moved(explanation.for_right)
    page.line(
        "“It” is the first. Compared with a typical question: +1 nearly triples the odds, −1 divides them by as much.",
        indent=2,
        style="dim",
    )


def _signed(number: float) -> str:
    return f"{number:+.1f}".replace("-", "−")


def _percent(share: float) -> str:
    """A share of 1 in whole per cent; what is nearly nothing or nearly all is not called that."""
    if 0 < share < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < share < 1 else f"{max(share, 0):.0%}"
