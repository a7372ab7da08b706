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
        english = words.language_of(language) == "en"
        drawing = Drawing(width, 14 if width < 500 else 15)
        across = ticks(max((one.contacts for one in ordered), default=1), 5 if width < 500 else 9)
        down = ticks(max((one.half_width for one in ordered), default=1), 5)
        top, bottom = 30.0, 240.0
        x, y = Scale(0, across[-1], 46, width - 16), Scale(0, down[-1], bottom, top)
        for value in down:
            drawing.line(46, y(value), width - 16, y(value), "grid", dash="2 3" if value else "")
            drawing.text(
                38,
                y(value) + 5,
                words.number(value, 0 if float(value).is_integer() else 1, language),
                anchor="end",
                size=13,
            )
        for value in across:
            drawing.text(x(value), bottom + 20, words.number(value, 0, language), anchor="middle", size=13)
        drawing.text(0, 14, "± points", size=13)
        drawing.text(width - 16, bottom + 42, "contacts →", anchor="end", size=13)
        drawing.path("M" + "L".join(f"{r(x(one.contacts))} {r(y(one.half_width))}" for one in ordered), "ink", thick=3)
        for one in ordered:
            drawing.dot(x(one.contacts), y(one.half_width), 5)
        if mark is not None:
            drawing.line(x(mark.contacts), y(mark.half_width), x(mark.contacts), bottom, "second", thick=2, dash="6 3")
            drawing.dot(x(mark.contacts), y(mark.half_width), 8, "second")
            colon = ":" if english else "\u00a0:"
            said_ = f"{mark.contacts} contacts{colon} ±\u202f{words.number(mark.half_width, 1, language)}"
            flip = x(mark.contacts) + 12 + text_width(said_, 15, bold=True) > width
            drawing.text(
                x(mark.contacts) + (-12 if flip else 12),
                y(mark.half_width) - 12,
                said_,
                anchor="end" if flip else "start",
                bold=True,
            )
        return drawing.svg(bottom + 50, title, said)

    columns = (
        ("Contacts", "Half-width (± points)")
        if words.language_of(language) == "en"
        else ("Contacts", "Demi-largeur (± points)")
    )
    rows = tuple(
        (words.number(one.contacts, 0, language), words.number(one.half_width, 1, language)) for one in ordered
    )
    return Chart(draw, said, Table(title, columns, rows))


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
