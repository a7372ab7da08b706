"""The ranks of a category with what is not known about them; those level with the first are shaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parvis.rendering import words
from parvis.rendering.charts.drawing import Chart, Drawing, Scale, Table, ticks, wrapped

DRAWN = 20  # rows of a drawing that a reader still takes in
NAMED = 5  # names that a sentence still bears


@dataclass(frozen=True, slots=True)
class Place:
    """One organisation of a category: its rank, the interval of it, and whether it is level with the first."""

    label: str
    rank: int
    low: int
    high: int
    level_with_first: bool = False
    ours: bool = False


def rank_intervals(places: Sequence[Place], size: int, title: str, *, language: str = "fr") -> Chart:
    """Ranks 1 to `size` from left to right, one row an organisation, in the order given.

    The first twenty are drawn, and ours wherever it is; the table tells all. Names come from the caller: only those
    who agreed to be named, or « une structure » for the others.

    >>> rows = [Place("A", 1, 1, 2, True), Place("B", 2, 1, 3, True), Place("C", 3, 2, 3)]
    >>> rank_intervals(rows, 3, "Rangs").sentence
    '2 structures sont à égalité en tête\\xa0: A et B.'
    """
    said = _sentence(places, size, language)
    drawn = [place for at, place in enumerate(places) if at < DRAWN or place.ours]

    def draw(width: float) -> str:
        tight = width < 500
        drawing = Drawing(width, 14 if tight else 15)
        left = 12.0 if tight else min(0.36 * width, 330.0)
        x = Scale(1, max(size, 2), left + 12, width - 70)
        row, top = (46.0, 30.0) if tight else (30.0, 34.0)
        bottom = top + row * len(drawn)
        tied = [at for at, place in enumerate(drawn) if place.level_with_first]
        if tied:
            y = top + row * tied[0]
            drawing.rect(0, y, width, row * (tied[-1] - tied[0] + 1), "band", round_=3)
        for mark in _marks(size):
            drawing.line(x(mark), top - 4, x(mark), bottom, "grid", dash="2 3")
            drawing.text(x(mark), top - 12, str(mark), anchor="middle", size=13)
        for at, place in enumerate(drawn):
            y = top + row * at + (row - 13 if tight else row / 2)
            name = wrapped(place.label, (width if tight else left) - 18, drawing.size, most=1)[0]
            drawing.text(8, y - 18 if tight else y + 5, name, bold=place.ours)
            colour = "second" if place.ours else "ink"
            drawing.line(x(place.low), y, x(place.high), y, colour, thick=3)
            drawing.dot(x(place.rank), y, 7 if place.ours else 6, colour)
            drawing.text(width - 6, y + 5, words.ordinal(place.rank, language), anchor="end", bold=True)
        return drawing.svg(bottom + 6, title, said)

    return Chart(draw, said, _table(places, title, language))


def _marks(size: int) -> list[int]:
    """Ranks written along the top: the first, the last, and round ones that leave room for both."""
    between = [int(tick) for tick in ticks(size, 5) if 1 < tick < 0.93 * size]
    return [1, *between, size] if size > 1 else [1]


def _sentence(places: Sequence[Place], size: int, language: str) -> str:
    english = words.language_of(language) == "en"
    ours = next((place for place in places if place.ours), None)
    if ours is not None:
        rank = words.ordinal(ours.rank, language)
        between = (
            f"{words.ordinal(ours.low, language)} {'and' if english else 'et'} {words.ordinal(ours.high, language)}"
        )
        if english:
            tie = " It is level with the first." if ours.level_with_first else ""
            return f"{ours.label} is {rank} of {size}; its rank lies between {between}.{tie}"
        tie = " Elle est à égalité avec la première." if ours.level_with_first else ""
        return f"{ours.label} est {rank} sur {size}\u202f; son rang se situe entre {between}.{tie}"
    tied = [place.label for place in places if place.level_with_first]
    if len(tied) == 1:
        return f"{tied[0]} comes first alone." if english else f"{tied[0]} est seule en tête."
    others = len(tied) - NAMED
    rest = [f"{others} {'others' if english else 'autres'}"] if others > 1 else tied[NAMED:]
    named = words.listed([*tied[:NAMED], *rest], language)
    if english:
        return f"{len(tied)} organisations are level at the top: {named}."
    return f"{len(tied)} structures sont à égalité en tête\u00a0: {named}."


def _table(places: Sequence[Place], title: str, language: str) -> Table:
    english = words.language_of(language) == "en"
    columns = ("Organisation", "Rank", "Best rank", "Worst rank", "Level with the first") if english else (
        "Structure", "Rang", "Rang au mieux", "Rang au pire", "À égalité en tête"
    )  # fmt: skip
    yes, no = ("yes", "no") if english else ("oui", "non")
    rows = tuple(
        (one.label, str(one.rank), str(one.low), str(one.high), yes if one.level_with_first else no) for one in places
    )
    return Table(title, columns, rows)
