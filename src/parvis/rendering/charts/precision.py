"""Precision bought by contacts: the half-width of the interval against the number of contacts planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parvis.rendering import words
from parvis.rendering.charts.drawing import Chart, Drawing, Scale, Table, r, text_width, ticks


@dataclass(frozen=True, slots=True)
class Precision:
    """A number of contacts and the half-width (score points) of the interval that they are expected to give."""

    contacts: int
    half_width: float


def precision_curve(
    points: Sequence[Precision], title: str, *, chosen: int | None = None, language: str = "fr"
) -> Chart:
    """Half-width (± points) by number of contacts; `chosen` marks the plan under consideration.

    >>> chart = precision_curve([Precision(12, 8.2), Precision(24, 5.8)], "Précision", chosen=24)
    >>> chart.sentence
    'Avec 24\\xa0contacts, la note est connue à ±\\u202f5,8 points près.'
    """
    ordered = sorted(points, key=lambda one: one.contacts)
    mark = min(ordered, key=lambda one: abs(one.contacts - chosen)) if chosen is not None and ordered else None
    said = _sentence(ordered, mark, language)

    def draw(width: float) -> str:
        drawing = Drawing(width, 14 if width < 500 else 15)
        _curve(drawing, ordered, mark, language)
        return drawing.svg(290, title, said)

    columns = (
        ("Contacts", "Half-width (± points)")
        if words.language_of(language) == "en"
        else ("Contacts", "Demi-largeur (± points)")
    )
    rows = tuple(
        (words.number(one.contacts, 0, language), words.number(one.half_width, 1, language)) for one in ordered
    )
    return Chart(draw, said, Table(title, columns, rows))


def _curve(drawing: Drawing, points: Sequence[Precision], mark: Precision | None, language: str) -> None:
    top, bottom, right = 30.0, 240.0, drawing.width - 16
    across = ticks(max((one.contacts for one in points), default=1), 5 if drawing.width < 500 else 9)
    down = ticks(max((one.half_width for one in points), default=1), 5)
    x, y = Scale(0, across[-1], 46, right), Scale(0, down[-1], bottom, top)
    for value in down:
        drawing.line(46, y(value), right, y(value), "grid", dash="2 3" if value else "")
        said = words.number(value, 0 if float(value).is_integer() else 1, language)
        drawing.text(38, y(value) + 5, said, anchor="end", size=13)
    for value in across:
        drawing.text(x(value), bottom + 20, words.number(value, 0, language), anchor="middle", size=13)
    drawing.text(0, 14, "± points", size=13)
    drawing.text(right, bottom + 42, "contacts →", anchor="end", size=13)
    if points:
        line = "L".join(f"{r(x(one.contacts))} {r(y(one.half_width))}" for one in points)
        drawing.path(f"M{line}", "ink", thick=3)
    for one in points:
        drawing.dot(x(one.contacts), y(one.half_width), 5)
    if mark is not None:
        _marked(drawing, mark, x(mark.contacts), y(mark.half_width), bottom, language)


def _marked(drawing: Drawing, mark: Precision, x: float, y: float, bottom: float, language: str) -> None:
    drawing.line(x, y, x, bottom, "second", thick=2, dash="6 3")
    drawing.dot(x, y, 8, "second")
    colon = ":" if words.language_of(language) == "en" else "\u00a0:"
    said = f"{mark.contacts} contacts{colon} ±\u202f{words.number(mark.half_width, 1, language)}"
    flip = x + 12 + text_width(said, 15, bold=True) > drawing.width
    drawing.text(x + (-12 if flip else 12), y - 12, said, anchor="end" if flip else "start", bold=True)


def _sentence(points: Sequence[Precision], mark: Precision | None, language: str) -> str:
    english = words.language_of(language) == "en"
    if not points:
        return "Nothing is planned yet." if english else "Rien n’est encore prévu."
    one = mark or points[-1]
    count = words.counted(one.contacts, words.CONTACT, words.CONTACTS, language)
    width = f"±\u202f{words.number(one.half_width, 1, language)} points"
    if english:
        return f"With {count}, the score is known within {width}."
    return f"Avec {count}, la note est connue à {width} près."
