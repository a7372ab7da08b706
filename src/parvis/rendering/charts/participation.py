"""Responses by day, by entry point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from parvis.core.vocabulary import Text
from parvis.rendering import words
from parvis.rendering.charts.drawing import COLOURS, Chart, Drawing, Scale, Table, text_width, ticks

_FILLS = (COLOURS["ink"], "#B35C00", "#8FA9C4", "#5E6B52", "#D9B483", "#6F6F6F")


def participation_by_day(
    days: Sequence[dt.date],
    counts: Mapping[str, Sequence[int]],
    title: str,
    *,
    language: str = "fr",
) -> Chart:
    """A bar a day, piled by entry point; beyond five entry points the smallest are put together.

    `counts` maps the screen word of an entry point to its responses, one number for each of `days`.

    >>> chart = participation_by_day([dt.date(2026, 3, 9), dt.date(2026, 3, 10)], {"QR": [3, 5]}, "Participation")
    >>> chart.sentence
    '8\\xa0réponses en 2\\xa0jours. Le jour le plus suivi\\xa0: 10\\xa0mars 2026 (5\\xa0réponses).'
    """
    piles = _grouped(counts, language)
    totals = [sum(series[at] for series in piles.values()) for at in range(len(days))]
    said = _sentence(days, totals, language)

    def draw(width: float) -> str:
        tight = width < 500
        drawing = Drawing(width, 14 if tight else 15)
        marks = ticks(max(totals, default=0), 4)
        top, bottom = 14.0, 214.0
        x = Scale(0, max(len(days), 1), 52, width - 4)
        y = Scale(0, marks[-1], bottom, top)
        for mark in marks:
            drawing.line(52, y(mark), width - 4, y(mark), "grid", dash="2 3" if mark else "")
            drawing.text(44, y(mark) + 5, words.number(mark, 0, language), anchor="end", size=13)
        step = (x.end - x.start) / max(len(days), 1)
        for at in range(len(days)):
            base = 0
            for pile, series in enumerate(piles.values()):
                high = y(base) - y(base + series[at])
                if series[at]:
                    drawing.rect(
                        x(at) + step * 0.12, y(base + series[at]), step * 0.76, max(high - 1, 0.8), fill=_FILLS[pile]
                    )
                base += series[at]
        for at in sorted({0, len(days) // 2, len(days) - 1} if days else set()):
            anchor = "start" if at == 0 else "end" if at == len(days) - 1 else "middle"
            place = x(at) if at == 0 else x(at + 1) if at == len(days) - 1 else x(at + 0.5)
            drawing.text(place, bottom + 20, words.day(days[at], language, year=False), anchor=anchor, size=13)
        height = _legend(drawing, list(piles), bottom + 46)
        return drawing.svg(height, title, said)

    return Chart(draw, said, _table(days, piles, totals, title, language))


def _grouped(counts: Mapping[str, Sequence[int]], language: str) -> dict[str, list[int]]:
    order = sorted(counts, key=lambda name: (-sum(counts[name]), name))
    kept = {name: list(counts[name]) for name in order[:5]}
    if len(order) > 5:
        rest = [list(counts[name]) for name in order[5:]]
        others = "Others" if words.language_of(language) == "en" else "Autres"
        kept[others] = [sum(day) for day in zip(*rest, strict=True)]
    return kept


def _legend(drawing: Drawing, names: list[str], y: float) -> float:
    x = 52.0
    for at, name in enumerate(names):
        wide = text_width(name, 13) + 40
        if x + wide > drawing.width and x > 52:
            x, y = 52.0, y + 22
        drawing.rect(x, y - 11, 14, 14, fill=_FILLS[at], round_=2)
        drawing.text(x + 20, y, name, size=13)
        x += wide
    return y + 12


def _sentence(days: Sequence[dt.date], totals: Sequence[int], language: str) -> str:
    english = words.language_of(language) == "en"
    total = words.counted(sum(totals), words.RESPONSE, words.RESPONSES, language)
    span = words.counted(len(days), Text("jour", "day"), Text("jours", "days"), language)
    if not sum(totals):
        return f"{total} {'in' if english else 'en'} {span}."
    best = max(range(len(days)), key=lambda at: totals[at])
    most = words.counted(totals[best], words.RESPONSE, words.RESPONSES, language)
    when = words.day(days[best], language)
    if english:
        return f"{total} in {span}. Busiest day: {when} ({most})."
    return f"{total} en {span}. Le jour le plus suivi\u00a0: {when} ({most})."


def _table(
    days: Sequence[dt.date], piles: Mapping[str, Sequence[int]], totals: Sequence[int], title: str, language: str
) -> Table:
    english = words.language_of(language) == "en"
    rows = tuple(
        (
            words.day(date, language),
            *(words.number(series[at], 0, language) for series in piles.values()),
            words.number(totals[at], 0, language),
        )
        for at, date in enumerate(days)
    )
    return Table(title, ("Day" if english else "Jour", *piles, "Total"), rows)
