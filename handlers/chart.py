"""The picture of `/kb stats`: how a server's questions ended over time, as stacked bars."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import date

from PIL import Image, ImageDraw, ImageFont

from handlers.render import COLOURS
from knowledge.answers import Outcome
from knowledge.figures import Coverage, Span

WIDTH, HEIGHT = 960, 460
"""Pixels; Discord shows pictures at about half of this, so that text is twice as large as it has to be."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 24, 112, 56
_PAPER, _INK, _FAINT, _GRID = "#ffffff", "#1f2328", "#59636e", "#d8dde3"
_TITLE, _TEXT = 28, 20

# From the ground up, each with what a reader calls it.
_BARS = ((Outcome.ANSWER, "answered"), (Outcome.SUGGEST, "suggested"), (Outcome.ABSTAIN, "not in the base"))


def usage_chart(spans: Sequence[Span], *, title: str) -> bytes:
    """A PNG of bars over time, a bar a span. Takes some ten milliseconds of CPU: call it off the event loop."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((_LEFT, 18), title, fill=_INK, font=_font(_TITLE))
    _legend(draw)
    step = _step(max((span.coverage.asked for span in spans), default=0))
    top = step * max(1, math.ceil(max((span.coverage.asked for span in spans), default=0) / step))
    _grid(draw, step, top)
    _bars(draw, spans, top)
    _days(draw, [span.first for span in spans])
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return data.getvalue()


def in_words(spans: Sequence[Span]) -> str:
    """What the picture shows, for people who do not see it."""
    asked = [span for span in spans if span.coverage.asked]
    if not asked:
        return "Bars of questions over time: nobody asked anything."
    told = [f"{_day(span.first)} {span.coverage.answered} of {span.coverage.asked}" for span in asked]
    return f"Bars of questions over time, so many of them answered: {', '.join(told)}."


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _colour(outcome: Outcome) -> str:
    return f"#{COLOURS[outcome]:06x}"


def _legend(draw: ImageDraw.ImageDraw) -> None:
    x, y = _LEFT, 66
    for outcome, words in _BARS:
        draw.rectangle((x, y + 3, x + 16, y + 19), fill=_colour(outcome))
        draw.text((x + 26, y), words, fill=_FAINT, font=_font(_TEXT))
        x += 26 + round(draw.textlength(words, font=_font(_TEXT))) + 34


def _grid(draw: ImageDraw.ImageDraw, step: int, top: int) -> None:
    for value in range(0, top + 1, step):
        y = _height(value, top)
        draw.line((_LEFT, y, WIDTH - _RIGHT, y), fill=_GRID if value else _FAINT)
        draw.text((_LEFT - 12, y), str(value), fill=_FAINT, font=_font(_TEXT), anchor="rm")


def _bars(draw: ImageDraw.ImageDraw, spans: Sequence[Span], top: int) -> None:
    if not spans:
        return
    room = (WIDTH - _LEFT - _RIGHT) / len(spans)
    gap = min(6.0, room / 4)
    for index, span in enumerate(spans):
        left, right = _LEFT + index * room + gap / 2, _LEFT + (index + 1) * room - gap / 2
        under = 0
        for (outcome, _), number in zip(_BARS, _parts(span.coverage), strict=True):
            if number:
                # However little it is, it shows: a pixel at least.
                bottom = _height(under, top) - 1
                upper = min(_height(under + number, top), bottom)
                draw.rectangle((left, upper, right, bottom), fill=_colour(outcome))
            under += number


def _days(draw: ImageDraw.ImageDraw, days: Sequence[date]) -> None:
    """As many dates below as have room, the last one always."""
    if not days:
        return
    room = (WIDTH - _LEFT - _RIGHT) / len(days)
    every = max(1, math.ceil(90 / room))
    for index in range(len(days) - 1, -1, -every):
        x = _LEFT + (index + 0.5) * room
        half = draw.textlength(_day(days[index]), font=_font(_TEXT)) / 2
        x = min(max(x, _LEFT + half - 20), WIDTH - half - 4)
        draw.text((x, HEIGHT - _BOTTOM + 12), _day(days[index]), fill=_FAINT, font=_font(_TEXT), anchor="ma")


def _parts(coverage: Coverage) -> tuple[int, int, int]:
    return coverage.answered, coverage.suggested, coverage.abstained


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def _height(value: int, top: int) -> float:
    return HEIGHT - _BOTTOM - value / top * (HEIGHT - _TOP - _BOTTOM)


def _step(most: int) -> int:
    """The distance of the lines: 1, 2 or 5 times a power of ten, so that there are at most five."""
    step = 1
    while most / step > 5:
        digit = int(str(step)[0])
        step = step * 5 // 2 if digit == 2 else step * 2
    return step
