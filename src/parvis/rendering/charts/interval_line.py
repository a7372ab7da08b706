"""The signature of Parvis: a dot and its whisker on 0–100, over the range expected of peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parvis.core.vocabulary import Reason, Status
from parvis.rendering import words
from parvis.rendering.charts.drawing import Chart, Drawing, Scale, Table, text_width, wrapped


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the chart: a figure (0–100) with its interval, and the range expected of peers when it is known."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    status: Status = Status.PUBLISHED
    reason: str = ""
    expected_low: float | None = None
    expected_high: float | None = None
    peers: float | None = None
    strong: bool = False


def interval_line(lines: Sequence[Line], title: str, *, of: str = "observed", language: str = "fr") -> Chart:
    """Figures one under the other on the same 0–100 line, each with its interval.

    `of` names what `n` counts (contacts or responses). An absent figure keeps its row and says why it is absent.

    >>> lines = [Line("Téléphone", 80, 70, 90, 6), Line("Courrier", None, status=Status.TOO_FEW)]
    >>> chart = interval_line(lines, "Canaux")
    >>> chart.table.rows[1]
    ('Courrier', '—', '', '—', '—', 'trop peu de contacts pour donner un chiffre')
    """

    def draw(width: float) -> str:
        return _drawn(lines, title, width, of, language, _sentence(lines, of, language))

    return Chart(draw, _sentence(lines, of, language), _table(lines, title, of, language))


def _drawn(lines: Sequence[Line], title: str, width: float, of: str, language: str, said: str) -> str:
    tight = width < 500
    drawing = Drawing(width, 14 if tight else 15)
    longest = max((text_width(one.label, 15, bold=one.strong) for one in lines), default=0)
    left = 12.0 if tight else min(0.34 * width, 24 + longest)
    right = width - (58 if tight else 76)
    x = Scale(0, 100, left, right)
    row, top = (60.0, 30.0) if tight else (42.0, 34.0)
    bottom = top + row * len(lines)
    for mark in (0, 25, 50, 75, 100):
        drawing.line(x(mark), top - 4, x(mark), bottom, "grid", dash="2 3" if mark % 100 else "")
        drawing.text(x(mark), top - 12, str(mark), anchor="middle", size=13)
    for at, line in enumerate(lines):
        y = top + row * at + (row - 16 if tight else row / 2)
        if tight:
            drawing.text(left, y - 22, wrapped(line.label, right - left, 14, most=1)[0], bold=line.strong)
        else:
            cut = wrapped(line.label, left - 16, 15, most=2)
            for step, piece in enumerate(cut):
                drawing.text(0, y + 5 + (step - (len(cut) - 1) / 2) * 17, piece, bold=line.strong)
        _row(drawing, line, x, y, tight, of, language)
    height = bottom + 8
    if any(line.expected_low is not None for line in lines) or any(line.peers is not None for line in lines):
        height = _legend(drawing, lines, left, bottom + 24, language)
    return drawing.svg(height, title, said)


def _row(drawing: Drawing, line: Line, x: Scale, y: float, tight: bool, of: str, language: str) -> None:
    half = 8 if tight else 11
    if line.value is None:
        absent = words.absence(line.status, line.reason, of=of, language=language)
        drawing.text(x.start + 6, y + 5, absent, size=13)
        return
    if line.expected_low is not None and line.expected_high is not None:
        low, high = x(line.expected_low), x(line.expected_high)
        drawing.rect(low, y - half, max(high - low, 2), 2 * half, "band", round_=2)
    if line.peers is not None:
        drawing.line(x(line.peers), y - half, x(line.peers), y + half, "text", thick=1.5, dash="3 2")
    if line.low is not None and line.high is not None:
        drawing.line(x(line.low), y, x(line.high), y, "ink", thick=3)
        for end in (line.low, line.high):
            drawing.line(x(end), y - 6, x(end), y + 6, "ink", thick=2)
    drawing.dot(x(line.value), y, 8 if line.strong else 7)
    drawing.text(drawing.width, y + 6, words.number(line.value, 1, language), anchor="end", bold=True, size=17)


def _legend(drawing: Drawing, lines: Sequence[Line], left: float, y: float, language: str) -> float:
    english = words.language_of(language) == "en"
    tight = drawing.width < 500
    entries: list[tuple[str, str]] = [("dot", "score and interval" if english else "note et intervalle")]
    if any(line.expected_low is not None for line in lines):
        entries.append(("band", "expected among peers" if english else "attendu parmi les structures comparables"))
    if any(line.peers is not None for line in lines):
        entries.append(("peers", "mean of the category" if english else "moyenne de la catégorie"))
    x = left
    for kind, said in entries:
        wide = text_width(said, 13) + 50
        if tight or x + wide > drawing.width:
            x, y = left, y if x == left else y + 22
        if kind == "dot":
            drawing.line(x, y - 4, x + 24, y - 4, "ink", thick=3)
            drawing.dot(x + 12, y - 4, 5)
        elif kind == "band":
            drawing.rect(x, y - 12, 24, 15, "band", round_=2)
        else:
            drawing.line(x + 12, y - 12, x + 12, y + 3, "text", thick=1.5, dash="3 2")
        drawing.text(x + 30, y, said, size=13)
        x += wide
    return y + 10


def _table(lines: Sequence[Line], title: str, of: str, language: str) -> Table:
    english = words.language_of(language) == "en"
    counts = words.NOUNS[of][1].in_language(language).capitalize()
    columns = ("Figure", "Value", "Interval", counts, "Expected", "Note") if english else (
        "Mesure", "Valeur", "Intervalle", counts, "Attendu", "Remarque"
    )  # fmt: skip
    rows = []
    for line in lines:
        note = ", ".join(words.cautions(line.reason, language))
        absent = words.absence(line.status, line.reason, of=of, language=language)
        rows.append(
            (
                line.label,
                words.number(line.value, 1, language),
                _span(line.low, line.high, language),
                words.number(line.n, 0, language),
                _span(line.expected_low, line.expected_high, language) or "—",
                note if line.value is not None else absent,
            )
        )
    return Table(title, columns, tuple(rows))


def _span(low: float | None, high: float | None, language: str) -> str:
    if low is None or high is None:
        return ""
    return f"{words.number(low, 1, language)} – {words.number(high, 1, language)}"


def _sentence(lines: Sequence[Line], of: str, language: str) -> str:
    english = words.language_of(language) == "en"
    known = [line for line in lines if line.value is not None]
    known = [line for line in known if not line.strong] or known
    sure = [line for line in known if Reason.INDICATIVE not in line.reason.split()]
    known = sure if len(sure) > 1 else known  # a figure on few contacts is not put forward
    if not known:
        return "No figure can be given yet." if english else "Aucun chiffre ne peut encore être donné."
    if len(known) == 1:
        return _one_sentence(known[0], of, language)
    ranked = sorted(known, key=lambda line: (-(line.value or 0), line.label))
    best, worst = (
        f"{line.label}, {words.figure(line.value, line.low, line.high, line.n, of=of, language=language)}"
        for line in (ranked[0], ranked[-1])
    )
    if english:
        return f"Highest: {best}. Lowest: {worst}."
    return f"Le plus haut\u00a0: {best}. Le plus bas\u00a0: {worst}."


def _one_sentence(line: Line, of: str, language: str) -> str:
    english = words.language_of(language) == "en"
    said = words.figure(line.value, line.low, line.high, line.n, of=of, language=language)
    sentence = f"{line.label}{':' if english else chr(0xA0) + ':'} {said}."
    if line.expected_low is None or line.expected_high is None or line.value is None:
        return sentence
    ends = words.interval(line.expected_low, line.expected_high, 1, language)
    if english:
        return f"{sentence} Comparable organisations are expected {ends}."
    return f"{sentence} Pour des structures comparables, on attend {ends}."
