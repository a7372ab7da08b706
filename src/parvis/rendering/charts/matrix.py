"""Observed beside perceived quality, never averaged: what observers marked, what citizens felt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parvis.rendering import words
from parvis.rendering.charts.drawing import Chart, Drawing, Scale, Table, wrapped


@dataclass(frozen=True, slots=True)
class Point:
    """One determinant or channel: its observed and perceived figures (0–100), with their intervals."""

    label: str
    observed: float | None
    perceived: float | None
    observed_low: float | None = None
    observed_high: float | None = None
    perceived_low: float | None = None
    perceived_high: float | None = None


def observed_perceived(points: Sequence[Point], title: str, *, language: str = "fr") -> Chart:
    """Observed from left to right, perceived from bottom to top; on the diagonal the two agree.

    Points that lack either figure stay in the table and out of the drawing.

    >>> chart = observed_perceived([Point("Attente", 80, 60), Point("Accès", 70, 72)], "Regards")
    >>> chart.sentence
    'Le plus grand écart\\xa0: Attente, 80,0 observé et 60,0 perçu.'
    """
    both = [one for one in points if one.observed is not None and one.perceived is not None]
    said = _sentence(both, language)

    def draw(width: float) -> str:
        return _drawn(both, title, said, width, language)

    return Chart(draw, said, _table(points, title, language))


def _drawn(points: Sequence[Point], title: str, said: str, width: float, language: str) -> str:
    english = words.language_of(language) == "en"
    tight = width < 500
    drawing = Drawing(width, 14 if tight else 15)
    side = width - 62 if tight else min(width * 0.52, 440.0)
    left, top = 50.0, 16.0
    x, y = Scale(0, 100, left, left + side), Scale(0, 100, top + side, top)
    for mark in (0, 25, 50, 75, 100):
        drawing.line(x(mark), top, x(mark), top + side, "grid", dash="2 3" if mark % 100 else "")
        drawing.line(left, y(mark), left + side, y(mark), "grid", dash="2 3" if mark % 100 else "")
        drawing.text(x(mark), top + side + 18, str(mark), anchor="middle", size=13)
        drawing.text(left - 8, y(mark) + 5, str(mark), anchor="end", size=13)
    drawing.line(x(0), y(0), x(100), y(100), "text", thick=1.5, dash="6 4")
    drawing.text(left + side, top + side + 38, "observed →" if english else "observé →", anchor="end", size=13)
    drawing.text(left + 6, top + 16, "↑ perceived" if english else "↑ perçu", size=13)
    for one in points:
        _cross(drawing, one, x, y)
    for at, one in enumerate(points, 1):
        px, py = x(one.observed or 0), y(one.perceived or 0)
        drawing.dot(px, py, 11)
        drawing.text(px, py + 5, str(at), anchor="middle", bold=True, size=13, fill="#FFFFFF")
    key_x, key_y = (0.0, top + side + 66) if tight else (left + side + 36, top + 14)
    for at, one in enumerate(points, 1):
        room = width - key_x - 30
        figures = f"{words.number(one.observed, 1, language)} / {words.number(one.perceived, 1, language)}"
        label = wrapped(f"{one.label}\u00a0: {figures}", room, 14)
        drawing.dot(key_x + 11, key_y - 5, 11)
        drawing.text(key_x + 11, key_y, str(at), anchor="middle", bold=True, size=13, fill="#FFFFFF")
        for line, piece in enumerate(label):
            drawing.text(key_x + 30, key_y + 17 * line, piece, size=14)
        key_y += 12 + 18 * len(label)
    return drawing.svg(max(top + side + 48, key_y), title, said)


def _cross(drawing: Drawing, one: Point, x: Scale, y: Scale) -> None:
    px, py = x(one.observed or 0), y(one.perceived or 0)
    if one.observed_low is not None and one.observed_high is not None:
        drawing.line(x(one.observed_low), py, x(one.observed_high), py, "ink", thick=1.5)
    if one.perceived_low is not None and one.perceived_high is not None:
        drawing.line(px, y(one.perceived_low), px, y(one.perceived_high), "ink", thick=1.5)


def _sentence(points: Sequence[Point], language: str) -> str:
    english = words.language_of(language) == "en"
    if not points:
        return (
            "Observed and perceived quality cannot be set side by side yet."
            if english
            else "Les deux regards ne peuvent pas encore être rapprochés."
        )
    widest = max(points, key=lambda one: (abs((one.observed or 0) - (one.perceived or 0)), one.label))
    seen, felt = words.number(widest.observed, 1, language), words.number(widest.perceived, 1, language)
    if english:
        return f"Widest gap: {widest.label}, {seen} observed and {felt} perceived."
    return f"Le plus grand écart\u00a0: {widest.label}, {seen} observé et {felt} perçu."


def _table(points: Sequence[Point], title: str, language: str) -> Table:
    english = words.language_of(language) == "en"
    columns = ("Measure", "Observed", "Interval", "Perceived", "Interval") if english else (
        "Mesure", "Observé", "Intervalle", "Perçu", "Intervalle"
    )  # fmt: skip
    rows = tuple(
        (
            one.label,
            words.number(one.observed, 1, language),
            words.interval(one.observed_low, one.observed_high, 1, language) or "—",
            words.number(one.perceived, 1, language),
            words.interval(one.perceived_low, one.perceived_high, 1, language) or "—",
        )
        for one in points
    )
    return Table(title, columns, rows)
