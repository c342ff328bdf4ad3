"""Measured figures beside their aims, as a table for people and as Markdown for the README."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table

COLUMNS = ("Figure", "Measured", "Aim", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; smaller is better. `value` is None where this system cannot tell."""

    name: str
    value: float | None
    unit: str
    aim: float | None = None
    spread: tuple[float, float] | None = None

    @property
    def measured(self) -> str:
        """The figure with its unit and, where it was measured several times, the least and the most."""
        if self.value is None:
            return "not told by this system"
        text = f"{_number(self.value)} {self.unit}"
        if self.spread is not None:
            text += f" ({_number(self.spread[0])}–{_number(self.spread[1])})"
        return text

    @property
    def aimed(self) -> str:
        """The aim with its unit."""
        return "" if self.aim is None else f"{self.aim:g} {self.unit}"

    @property
    def verdict(self) -> str:
        """Whether the aim is reached; empty where there is none."""
        if self.aim is None or self.value is None:
            return ""
        return "reached" if self.value <= self.aim else f"{_number(self.value / self.aim)} × aim"


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that belong together."""

    title: str
    figures: Sequence[Figure]


def repeated(name: str, values: Sequence[float], unit: str, aim: float | None = None) -> Figure:
    """The median of a few measurements."""
    spread = (min(values), max(values)) if len(values) > 1 else None
    return Figure(name, statistics.median(values), unit, aim, spread)


def percentile(values: Sequence[float], share: int) -> float:
    """The value that `share` per cent of the values do not exceed, interpolated."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def as_table(sections: Sequence[Section], machine: str) -> Table:
    """The table for a terminal."""
    table = Table(title="Citebot, measured here", caption=machine, caption_justify="left", box=box.SIMPLE_HEAD)
    for column in COLUMNS:
        table.add_column(column, justify="right" if column == "Aim" else "left", no_wrap=column != "Figure")
    for section in sections:
        table.add_section()
        table.add_row(f"[bold]{section.title}")
        for figure in section.figures:
            colour = "green" if figure.verdict == "reached" else "yellow"
            table.add_row(f"  {figure.name}", figure.measured, figure.aimed, f"[{colour}]{figure.verdict}")
    return table


def as_markdown(sections: Sequence[Section], machine: str) -> str:
    """The same as Markdown, the machine first."""
    lines = [machine, "", _row(COLUMNS), _row(["---", "---", "---:", "---"])]
    for section in sections:
        lines.append(_row([f"**{section.title}**", "", "", ""]))
        lines += [_row([f.name, f.measured, f.aimed, f.verdict]) for f in section.figures]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def _number(value: float) -> str:
    """Three digits."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"
