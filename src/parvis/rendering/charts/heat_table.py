"""Numbers in a grid, shaded from light to dark: determinants by channels, days by half-days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from parvis.core.vocabulary import Status
from parvis.rendering import contrast, words
from parvis.rendering.charts.drawing import Chart, Drawing, Table, wrapped

LIGHT, DEEP = "#F1EBE0", "#16324F"
ABSENT = "#FFFFFF"


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the grid, or why it is absent."""

    value: float | None
    n: int | None = None
    low: float | None = None
    high: float | None = None
    status: Status = Status.PUBLISHED
    reason: str = ""


Names = Mapping[str, str]
Cells = Mapping[tuple[str, str], Cell]


def heat_table(
    rows: Names, columns: Names, cells: Cells, title: str, *, short: Names | None = None, language: str = "fr"
) -> Chart:
    """Scores (0–100) by row and column, darker when higher, the number always written.

    `rows` and `columns` map codes to screen words in reading order; `short` gives the narrow drawing shorter column
    words; a pair that `cells` lacks was not measured.

    >>> chart = heat_table({"c": "Courtoisie"}, {"p": "Téléphone"}, {("c", "p"): Cell(80.04, 6)}, "Notes")
    >>> chart.table.rows
    (('Courtoisie', '80,0'),)
    """
    english = words.language_of(language) == "en"
    said = _sentence(rows, columns, cells, english, language)

    def draw(width: float) -> str:
        return _drawn(rows, columns, cells, (0, 100), title, said, width, short or columns, language)

    table = _table(rows, columns, cells, title, "Determinant" if english else "Déterminant", 1, language)
    return Chart(draw, said, table)


def count_table(
    rows: Names, columns: Names, counts: Mapping[tuple[str, str], int], title: str, *, noun: str, language: str = "fr"
) -> Chart:
    """Counts by row and column (fieldwork coverage by half-day and day): darker where there are more; zero is a number.

    `noun` is what is counted, in the plural (« contacts »).

    >>> chart = count_table({"am": "Matin"}, {"mon": "Lundi"}, {("am", "mon"): 4}, "Couverture", noun="contacts")
    >>> chart.sentence
    'Le plus\\xa0: Lundi, Matin (4 contacts). Aucune case vide.'
    """
    cells = {(row, col): Cell(float(counts.get((row, col), 0))) for row in rows for col in columns}
    most = max((counts.get(pair, 0) for pair in cells), default=0)
    said = _counts_said(rows, columns, counts, noun, language)

    def draw(width: float) -> str:
        return _drawn(rows, columns, cells, (0, max(most, 1)), title, said, width, columns, language, decimals=0)

    return Chart(draw, said, _table(rows, columns, cells, title, "", 0, language))


def _drawn(
    rows: Names,
    columns: Names,
    cells: Cells,
    span: tuple[float, float],
    title: str,
    said: str,
    width: float,
    short: Names,
    language: str,
    decimals: int = 1,
) -> str:
    tight = width < 500
    drawing = Drawing(width, 14 if tight else 15)
    left = 0.0 if tight else min(230.0, width * 0.3)
    step = (width - left) / max(len(columns), 1)
    size = 13 if tight else 14
    heads = {code: wrapped(short.get(code, name) if tight else name, step - 6, size) for code, name in columns.items()}
    top = 12 + 17 * max((len(head) for head in heads.values()), default=1)
    for at, lines in enumerate(heads.values()):
        for line, piece in enumerate(lines):
            above = top - 10 - 17 * (len(lines) - 1 - line)
            drawing.text(left + step * (at + 0.5), above, piece, anchor="middle", size=size)
    label, tall = (22.0, 36.0) if tight else (0.0, 40.0)
    y = float(top)
    for row, name in rows.items():
        if tight:
            drawing.text(0, y + 16, wrapped(name, width, 14, most=1)[0])
        else:
            cut = wrapped(name, left - 12, 15)
            for line, piece in enumerate(cut):
                drawing.text(0, y + tall / 2 + 5 + (line - (len(cut) - 1) / 2) * 17, piece)
        y += label
        for at, column in enumerate(columns):
            cell = cells.get((row, column), Cell(None, status=Status.NOT_MEASURED))
            _cell(drawing, cell, span, left + step * at, y, step, tall, decimals, language)
        y += tall + 3
    return drawing.svg(y + 2, title, said)


def _cell(
    drawing: Drawing,
    cell: Cell,
    span: tuple[float, float],
    x: float,
    y: float,
    wide: float,
    tall: float,
    decimals: int,
    language: str,
) -> None:
    if cell.value is None:
        drawing.rect(x + 1.5, y, wide - 3, tall, fill=ABSENT, round_=2)
        drawing.frame(x + 2, y + 0.5, wide - 4, tall - 1, "grid", thick=1)
        few = "few" if words.language_of(language) == "en" else "peu"
        sign = {Status.TOO_FEW: few, Status.HIDDEN_TO_PROTECT: "■"}.get(cell.status, "–")
        drawing.text(x + wide / 2, y + tall / 2 + 5, sign, anchor="middle", size=13, fill="#414B55")
        return
    share = (cell.value - span[0]) / (span[1] - span[0])
    # lightness follows the square, since most scores live in the upper half
    fill = contrast.mixed(DEEP, LIGHT, min(max(share, 0), 1) ** 2)
    ink = "#FFFFFF" if contrast.ratio(fill, "#FFFFFF") > contrast.ratio(fill, "#0B1722") else "#0B1722"
    drawing.rect(x + 1.5, y, wide - 3, tall, fill=fill, round_=2)
    drawing.text(
        x + wide / 2,
        y + tall / 2 + 6,
        words.number(cell.value, decimals, language),
        anchor="middle",
        fill=ink,
        bold=True,
    )


def _table(rows: Names, columns: Names, cells: Cells, title: str, head: str, decimals: int, language: str) -> Table:
    def said(row: str, column: str) -> str:
        cell = cells.get((row, column), Cell(None, status=Status.NOT_MEASURED))
        if cell.value is None:
            return words.absence(cell.status, cell.reason, language=language)
        return words.number(cell.value, decimals, language)

    body = tuple((name, *(said(row, column) for column in columns)) for row, name in rows.items())
    return Table(title, (head, *columns.values()), body)


def _sentence(rows: Names, columns: Names, cells: Cells, english: bool, language: str) -> str:
    known = [(cell.value, pair) for pair, cell in cells.items() if cell.value is not None and pair[0] in rows]
    if not known:
        return "No figure can be given yet." if english else "Aucun chiffre ne peut encore être donné."
    order = sorted(known, key=lambda one: (-one[0], one[1]))

    def named(value: float, pair: tuple[str, str]) -> str:
        return f"{rows[pair[0]]}, {columns[pair[1]]} ({words.score(value, language)})"

    best, worst = named(*order[0]), named(*order[-1])
    if english:
        return f"Highest: {best}; lowest: {worst}."
    return f"Le plus haut\u00a0: {best}\u202f; le plus bas\u00a0: {worst}."


def _counts_said(rows: Names, columns: Names, counts: Mapping[tuple[str, str], int], noun: str, language: str) -> str:
    english = words.language_of(language) == "en"
    pairs = [(row, column) for row in rows for column in columns]
    if not any(counts.get(pair, 0) for pair in pairs):
        return f"No {noun} yet." if english else f"Pas encore de {noun}."
    best = max(pairs, key=lambda pair: counts.get(pair, 0))
    most = f"{columns[best[1]]}, {rows[best[0]]} ({words.number(counts[best], 0, language)} {noun})"
    empty = [f"{columns[column]}, {rows[row]}" for row, column in pairs if not counts.get((row, column), 0)]
    if english:
        return f"Most: {most}. " + (f"Empty: {'; '.join(empty)}." if empty else "No empty cell.")
    return f"Le plus\u00a0: {most}. " + (f"Vide\u00a0: {' ; '.join(empty)}." if empty else "Aucune case vide.")
