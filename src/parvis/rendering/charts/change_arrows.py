"""What moved since the last edition: an arrow only where the change is real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parvis.core.vocabulary import Verdict
from parvis.rendering import words
from parvis.rendering.charts.drawing import Chart, Drawing, Scale, Table, text_width, wrapped


@dataclass(frozen=True, slots=True)
class Change:
    """One measure in two editions (0–100), their difference with its interval, and what may be said of it."""

    label: str
    before: float | None
    after: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: Verdict


def change_arrows(changes: Sequence[Change], title: str, *, language: str = "fr") -> Chart:
    """One row a measure: hollow dot before, full dot after, an arrow between them where the change is real.

    >>> rows = [Change("Attente", 60, 70, 10, 4, 16, Verdict.UP), Change("Accès", 70, 71, 1, -3, 5, Verdict.STABLE)]
    >>> change_arrows(rows, "Évolution").sentence
    'En hausse\\xa0: Attente (+10,0, entre 4,0 et 16,0). Aucune baisse nette.'
    """
    said = _sentence(changes, language)

    def draw(width: float) -> str:
        tight = width < 500
        drawing = Drawing(width, 14 if tight else 15)
        left = (
            12.0 if tight else min(0.34 * width, 24 + max([text_width(one.label, 15) for one in changes], default=80))
        )
        x = Scale(0, 100, left, width - (104 if tight else 240))
        row, top = (58.0, 30.0) if tight else (38.0, 34.0)
        bottom = top + row * len(changes)
        for mark in (0, 25, 50, 75, 100):
            drawing.line(x(mark), top - 4, x(mark), bottom, "grid", dash="2 3" if mark % 100 else "")
            drawing.text(x(mark), top - 12, str(mark), anchor="middle", size=13)
        for at, change in enumerate(changes):
            y = top + row * at + (row - 16 if tight else row / 2)
            if tight:
                drawing.text(left, y - 22, wrapped(change.label, width - left, 14, most=1)[0])
            else:
                drawing.text(0, y + 5, wrapped(change.label, left - 12, 15, most=1)[0])
            _row(drawing, change, x, y, tight, language)
        return drawing.svg(bottom + 8, title, said)

    return Chart(draw, said, _table(changes, title, language))


def _row(drawing: Drawing, change: Change, x: Scale, y: float, tight: bool, language: str) -> None:
    real = change.verdict in (Verdict.UP, Verdict.DOWN)
    if change.before is not None and change.after is not None:
        start, end = x(change.before), x(change.after)
        if real:
            toward = 1 if end > start else -1
            drawing.line(start, y, end - toward * 8, y, "second", thick=3)
            tip = end - toward * 7
            drawing.polygon([(tip, y), (tip - toward * 11, y - 7), (tip - toward * 11, y + 7)], "second")
        drawing.dot(start, y, 6, hollow=True)
    if change.after is not None:
        drawing.dot(x(change.after), y, 6)
    sign = {Verdict.UP: "▲", Verdict.DOWN: "▼"}.get(change.verdict, "")
    if real:
        said = f"{sign} {words.signed(change.difference, 1, language)}"
        drawing.text(x.end + 14, y + 5, said, bold=True)
    else:
        word = words.label(change.verdict, language)
        for line, piece in enumerate(wrapped(word, drawing.width - x.end - 14, 13, most=3)):
            drawing.text(x.end + 14, y + (5 if not tight else 0) + 15 * line, piece, size=13)


def _table(changes: Sequence[Change], title: str, language: str) -> Table:
    columns = ("Measure", "Before", "After", "Difference", "Interval", "Verdict")
    if words.language_of(language) == "fr":
        columns = ("Mesure", "Avant", "Après", "Différence", "Intervalle", "Conclusion")
    rows = tuple(
        (
            one.label,
            words.number(one.before, 1, language),
            words.number(one.after, 1, language),
            words.signed(one.difference, 1, language),
            words.interval(one.low, one.high, 1, language) or "—",
            words.label(one.verdict, language),
        )
        for one in changes
    )
    return Table(title, columns, rows)


def _sentence(changes: Sequence[Change], language: str) -> str:
    english = words.language_of(language) == "en"

    def named(verdict: Verdict) -> list[str]:
        return [
            f"{one.label} ({words.signed(one.difference, 1, language)}, "
            f"{words.interval(one.low, one.high, 1, language)})"
            for one in changes
            if one.verdict is verdict
        ]

    up, down = named(Verdict.UP), named(Verdict.DOWN)
    if not up and not down:
        return (
            "No clear change since the last edition." if english else "Aucun changement net depuis la dernière édition."
        )
    if english:
        rises = f"Up: {words.listed(up, language)}." if up else "No clear rise."
        falls = f"Down: {words.listed(down, language)}." if down else "No clear fall."
    else:
        rises = f"En hausse\u00a0: {words.listed(up, language)}." if up else "Aucune hausse nette."
        falls = f"En baisse\u00a0: {words.listed(down, language)}." if down else "Aucune baisse nette."
    return f"{rises} {falls}"
