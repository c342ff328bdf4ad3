"""The picture of a server's questions: what is drawn, by its pixels."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date, timedelta

import pytest
from PIL import Image

from handlers.chart import HEIGHT, WIDTH, in_words, usage_chart
from handlers.render import COLOURS
from knowledge.answers import Outcome
from knowledge.figures import Coverage, Span

DAY = date(2026, 3, 1)


def spans(*coverages: Coverage) -> list[Span]:
    return [Span(DAY + timedelta(n), coverage) for n, coverage in enumerate(coverages)]


def colours(data: bytes) -> Counter[int]:
    """How many pixels of the chart's lower part have which colour; the legend stands above it."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    assert image.format is None
    assert image.size == (WIDTH, HEIGHT)
    raw = image.crop((0, 110, WIDTH, HEIGHT)).tobytes()
    return Counter((raw[i] << 16) | (raw[i + 1] << 8) | raw[i + 2] for i in range(0, len(raw), 3))


def test_bars_are_as_high_as_what_they_count() -> None:
    seen = colours(usage_chart(spans(Coverage(8, 4, 2), Coverage(8, 4, 2)), title="Questions a day"))
    answered, suggested, abstained = (seen[COLOURS[o]] for o in (Outcome.ANSWER, Outcome.SUGGEST, Outcome.ABSTAIN))
    assert answered == pytest.approx(2 * suggested, rel=0.05)
    assert suggested == pytest.approx(2 * abstained, rel=0.05)


def test_nothing_asked_is_a_picture_without_bars() -> None:
    seen = colours(usage_chart(spans(Coverage(), Coverage()), title="Questions a day"))
    assert not any(seen[COLOURS[outcome]] for outcome in Outcome)
    assert usage_chart([], title="Questions a day").startswith(b"\x89PNG")


@pytest.mark.parametrize("most", [1, 3, 7, 99, 12345])
def test_the_highest_bar_stays_within_the_picture(most: int) -> None:
    data = usage_chart(spans(Coverage(most), Coverage(1)), title="Questions a day")
    image = Image.open(io.BytesIO(data)).convert("RGB")
    column = [image.getpixel((300, y)) for y in range(HEIGHT)]
    blue = [y for y, pixel in enumerate(column) if pixel == (0x2F, 0x6F, 0xB0)]
    assert 110 < blue[0] < 260
    assert blue[-1] < HEIGHT - 50


def test_the_words_for_people_who_do_not_see_it() -> None:
    assert in_words(spans(Coverage(3, 1), Coverage(), Coverage(0, 0, 2))).endswith("1 Mar 3 of 4, 3 Mar 0 of 2.")
    assert "nobody asked" in in_words(spans(Coverage()))
