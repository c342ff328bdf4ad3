"""An answer set for the terminal: wrapped to its width, readable with and without colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from knowledge.answers import Answer, Attribution, Outcome, Suggestion

# Longer lines than this are tiring to read, however wide the window is.
_MEASURE = 88


def print_answer(console: Console, answer: Answer) -> None:
    """Write the whole reply to `console`: answer, claims with who says them and where, how sure."""
    width = min(console.width, _MEASURE)

    def put(text: Text, *, indent: int = 0, before: int = 0) -> None:
        console.print(Padding(text, (before, 0, 0, indent)), width=width)

    console.print()
    if answer.title:
        put(Text(answer.title, style="bold cyan"))
    if answer.understood:
        put(Text(f"Understood as: {answer.understood}", style="italic"))
    if answer.body:
        put(Text(answer.body), before=1 if answer.title else 0)
    if answer.attributions:
        console.print()
        console.print(_claims(answer.attributions), width=width)
    if answer.caveat:
        put(Text(answer.caveat, style="italic"), before=1)
    for line in _sources(answer.attributions):
        put(Text(line), before=1)
    if answer.sureness:
        put(Text.assemble("How sure: ", (answer.sureness, "bold")), before=1)
    offered = "Related questions" if answer.outcome is Outcome.ANSWER else "You could ask"
    for heading, items in ((offered, answer.suggestions), ("Related questions", answer.related)):
        if items:
            put(Text(heading, style="bold"), before=1)
            put(_bullets(items), indent=2)
    console.print()


def _claims(attributions: Sequence[Attribution]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="dim")
    table.add_column(overflow="fold")
    several_sources = len({a.source.id for a in attributions}) > 1
    for number, claim in enumerate(attributions, 1):
        lines = [Text(claim.text)]
        lines.append(Text.assemble("— ", (_voice(claim), "green")))
        if claim.quote:
            lines.append(Text(f"“{claim.quote}”", style="italic"))
        if claim.note:
            lines.append(Text(f"Note: {claim.note}"))
        lines.append(Text(_place(claim, name_source=several_sources), style="dim"))
        if number > 1:
            table.add_row("", "")
        table.add_row(f"{number}.", Text("\n").join(lines))
    return table


def _voice(claim: Attribution) -> str:
    expert = claim.expert
    voice = f"{expert.name} ({expert.credentials})" if expert.credentials else expert.name
    return f"{voice}; reported by {claim.reported_by.name}" if claim.reported_by else voice


def _place(claim: Attribution, *, name_source: bool) -> str:
    section = f"“{claim.section.title}”" if claim.section.heading else claim.section.title
    place = f"{section}, paragraph {claim.paragraph}"
    return f"{claim.source.title}: {place}" if name_source else place


def _sources(attributions: Iterable[Attribution]) -> list[str]:
    lines: dict[str, str] = {}
    for claim in attributions:
        source = claim.source
        when = source.published or source.period
        parts = [f"Source: {source.title}, by {claim.author.name}", when, source.url]
        lines[source.id] = ". ".join(part for part in parts if part)
    return list(lines.values())


def _bullets(items: Iterable[Suggestion]) -> Text:
    return Text("\n").join(Text(f"• {item.question}") for item in items)
