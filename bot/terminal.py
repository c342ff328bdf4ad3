"""An answer set for the terminal: wrapped to its width, readable with and without colour."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from knowledge.answers import Answer, Outcome, Suggestion
from knowledge.plaintext import (
    SURENESS_LABEL,
    located,
    quotation,
    repeats_body,
    reporter,
    source_lines,
    speaker,
    understood_line,
)

# Longer lines than this are tiring to read, however wide the window is.
_MEASURE = 88


def print_answer(console: Console, answer: Answer) -> None:
    """Write the whole reply to `console`: answer, claims with who says them and where, how sure."""
    width = min(console.width, _MEASURE)

    def put(text: Text, *, indent: int = 0, before: int = 0) -> None:
        console.print(Padding(text, (before, 0, 0, indent), expand=False), width=width)

    console.print()
    if answer.title:
        put(Text(answer.title, style="bold cyan"))
    if answer.understood:
        put(Text(understood_line(answer), style="italic"))
    if answer.besides:
        put(Text(answer.besides, style="italic"), before=1)
    if answer.body:
        put(Text(answer.body), before=1 if answer.title else 0)
    if answer.attributions:
        console.print()
        console.print(_claims(answer), width=width)
    if answer.caveat:
        put(Text(answer.caveat, style="italic"), before=1)
    for line in source_lines(answer.attributions):
        put(Text(f"Source: {line}"), before=1)
    if answer.sureness:
        put(Text.assemble(f"{SURENESS_LABEL}: ", (answer.sureness, "bold")), before=1)
    offered = "Related questions" if answer.outcome is Outcome.ANSWER else "You could ask"
    for heading, items in ((offered, answer.suggestions), ("Related questions", answer.related)):
        if items:
            put(Text(heading, style="bold"), before=1)
            put(_bullets(items), indent=2)
    console.print()


def _claims(answer: Answer) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="dim")
    table.add_column(overflow="fold")
    for number, claim in enumerate(answer.attributions, 1):
        who = Text(speaker(claim.expert), style="green")
        if claim.reported_by is not None:
            who.append(f"; {reporter(claim)}")
        lines = [who] if repeats_body(answer, claim) else [who, Text(claim.text)]
        if claim.quote:
            lines.append(Text(quotation(claim), style="italic"))
        if where := located(answer.attributions, claim):
            lines.append(Text(f"[{where}]", style="dim"))
        if claim.note:
            lines.append(Text(f"Note: {claim.note}"))
        if number > 1:
            table.add_row()
        table.add_row(f"{number}.", Text("\n").join(lines))
    return table


def _bullets(items: Iterable[Suggestion]) -> Text:
    return Text("\n").join(Text(f"• {item.question}") for item in items)
