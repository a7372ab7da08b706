"""A plan in time: one bar an action, its state by word and shape."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from parvis.core.vocabulary import Text
from parvis.rendering import words
from parvis.rendering.charts.drawing import Chart, Drawing, Scale, Table, wrapped


@dataclass(frozen=True, slots=True)
class Bar:
    """One action: when it runs, the word of its state, whether it is done, and the dates of its reviews."""

    label: str
    starts_on: dt.date
    ends_on: dt.date
    state: str
    done: bool = False
    reviews: tuple[dt.date, ...] = ()


def gantt(bars: Sequence[Bar], title: str, *, today: dt.date | None = None, language: str = "fr") -> Chart:
    """Actions one under the other over the months of the plan; full when done, hollow while open, ◆ at each review.

    >>> bar = Bar("Former l’accueil", dt.date(2026, 1, 5), dt.date(2026, 6, 30), "en cours")
    >>> gantt([bar], "Plan", today=dt.date(2026, 7, 10)).sentence
    '1\\xa0action, du 5\\xa0janvier au 30\\xa0juin 2026. En retard\\xa0: Former l’accueil.'
    """
    said = _sentence(bars, today, language)

    def draw(width: float) -> str:
        return _drawn(bars, title, said, today, width)

    return Chart(draw, said, _table(bars, title, language))


def _drawn(bars: Sequence[Bar], title: str, said: str, today: dt.date | None, width: float) -> str:
    tight = width < 500
    drawing = Drawing(width, 14 if tight else 15)
    if not bars:
        drawing.text(0, 20, said)
        return drawing.svg(34, title, said)
    first = min(bar.starts_on for bar in bars).replace(day=1)
    last = max([bar.ends_on for bar in bars] + ([today] if today else []))
    left = 8.0 if tight else min(0.34 * width, 300.0)
    x = Scale(first.toordinal(), last.toordinal() + 4, left, width - 12)
    row, top = (54.0, 30.0) if tight else (36.0, 34.0)
    bottom = top + row * len(bars)
    months = _months(first, last, most=4 if tight else 9)
    for month in months:
        place = x(month.toordinal())
        drawing.line(place, top - 4, place, bottom, "grid", dash="2 3")
        if place > x.end - 52:
            continue
        drawing.text(place, top - 12, f"{month.month:02d}/{month.year}", anchor="start", size=12)
    for at, bar in enumerate(bars):
        y = top + row * at + (row - 16 if tight else row / 2)
        name = wrapped(bar.label, (width if tight else left) - 14, drawing.size, most=1)[0]
        drawing.text(0 if not tight else left, y - 18 if tight else y + 5, name)
        start, end = x(bar.starts_on.toordinal()), x(bar.ends_on.toordinal() + 1)
        if bar.done:
            drawing.rect(start, y - 8, max(end - start, 4), 16, "ink", round_=2)
        else:
            drawing.rect(start, y - 8, max(end - start, 4), 16, "band", round_=2)
            drawing.frame(start, y - 8, max(end - start, 4), 16)
        for review in bar.reviews:
            px = x(review.toordinal())
            drawing.polygon([(px, y - 9), (px + 9, y), (px, y + 9), (px - 9, y)], "second")
    if today is not None:
        drawing.line(x(today.toordinal()), top - 4, x(today.toordinal()), bottom, "second", thick=2)
    return drawing.svg(bottom + 8, title, said)


def _months(first: dt.date, last: dt.date, most: int) -> list[dt.date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    step = next((step for step in (1, 2, 3, 6, 12) if count / step <= most), 24)
    starts = []
    for at in range(0, count, step):
        year, month = divmod(first.month - 1 + at, 12)
        starts.append(dt.date(first.year + year, month + 1, 1))
    return starts


def _sentence(bars: Sequence[Bar], today: dt.date | None, language: str) -> str:
    english = words.language_of(language) == "en"
    if not bars:
        return "No action yet." if english else "Aucune action pour l’instant."
    count = words.counted(len(bars), Text("action", "action"), Text("actions", "actions"), language)
    span = words.period(min(bar.starts_on for bar in bars), max(bar.ends_on for bar in bars), language)
    late = [bar.label for bar in bars if today and not bar.done and bar.ends_on < today]
    if not late:
        return f"{count}, {span}."
    return f"{count}, {span}. {'Late:' if english else 'En retard' + chr(0xA0) + ':'} {words.listed(late, language)}."


def _table(bars: Sequence[Bar], title: str, language: str) -> Table:
    english = words.language_of(language) == "en"
    columns = ("Action", "From", "To", "State", "Reviews") if english else ("Action", "Du", "Au", "État", "Revues")
    rows = tuple(
        (
            bar.label,
            words.day(bar.starts_on, language),
            words.day(bar.ends_on, language),
            bar.state,
            ", ".join(words.day(review, language) for review in bar.reviews) or "—",
        )
        for bar in bars
    )
    return Table(title, columns, rows)
