"""How soon answers come: the share answered by each delay, those still waiting counted as what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parvis.rendering import words
from parvis.rendering.charts.drawing import Chart, Drawing, Scale, Table, r, text_width, ticks


@dataclass(frozen=True, slots=True)
class Step:
    """From this delay on, this share (0–1) has been answered, with its interval."""

    delay: float
    answered: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    """A delay that people or the law hold for a limit."""

    delay: float
    label: str


def delay_curve(
    steps: Sequence[Step],
    thresholds: Sequence[Threshold],
    title: str,
    *,
    n: int,
    unit: str,
    end: float | None = None,
    event: str = "",
    language: str = "fr",
) -> Chart:
    """The Kaplan–Meier curve of a delay, drawn as the share answered, with vertical lines at the thresholds.

    `steps` ordered by delay, as estimated elsewhere (nothing is computed here); `unit` in the plural;
    `end` is the last delay observed, answered or not; `event` says what had happened by then (« avaient une réponse »).
    Source: Kaplan and Meier (1958), JASA 53, 457–481.

    >>> chart = delay_curve([Step(1, 0.25), Step(3, 0.75)], [Threshold(2, "48 h")], "Délais", n=4, unit="jours ouvrés")
    >>> chart.sentence
    'À 2 jours ouvrés (48 h), 25,0\\u202f% des demandes avaient une réponse (4\\xa0contacts).'
    """
    last = max([end or 0, *(step.delay for step in steps), *(mark.delay for mark in thresholds), 1])
    said = _sentence(steps, thresholds, n, unit, event, language)

    def draw(width: float) -> str:
        return _drawn(steps, thresholds, last, title, said, unit, width, language)

    return Chart(draw, said, _table(steps, title, unit, language))


def answered_at(steps: Sequence[Step], delay: float) -> Step:
    """The step in force at a delay: the last one that is not later.

    >>> answered_at([Step(1, 0.25), Step(3, 0.75)], 2).answered
    0.25
    """
    return next((step for step in reversed(steps) if step.delay <= delay), Step(0, 0.0))


def _drawn(
    steps: Sequence[Step],
    thresholds: Sequence[Threshold],
    last: float,
    title: str,
    said: str,
    unit: str,
    width: float,
    language: str,
) -> str:
    tight = width < 500
    drawing = Drawing(width, 14 if tight else 15)
    marks = ticks(last, 5 if tight else 10)
    top, bottom = 20.0 + 20 * len(thresholds), 250.0 + 20 * len(thresholds)
    x, y = Scale(0, marks[-1], 58, width - 16), Scale(0, 1, bottom, top)
    for share in (0, 0.25, 0.5, 0.75, 1):
        drawing.line(x.start, y(share), x.end, y(share), "grid", dash="2 3" if share else "")
        drawing.text(50, y(share) + 5, words.percent(share, 0, language), anchor="end", size=13)
    for tick in marks:
        drawing.text(x(tick), bottom + 20, words.number(tick, 0, language), anchor="middle", size=13)
    drawing.text(x.end, bottom + 42, unit, anchor="end", size=13)
    drawing.path(_staircase(steps, x, y, "answered"), "ink", thick=3)
    for edge in ("low", "high"):
        if all(getattr(step, edge) is not None for step in steps):
            drawing.path(_staircase(steps, x, y, edge), "ink", thick=1, dash="3 3")
    for at, mark in enumerate(thresholds):
        share = answered_at(steps, mark.delay).answered
        drawing.line(x(mark.delay), 14 + 20 * at, x(mark.delay), bottom, "second", thick=2, dash="6 3")
        drawing.dot(x(mark.delay), y(share), 6, "second")
        words_ = f"{mark.label}\u00a0: {words.percent(share, 0, language)}"
        flip = x(mark.delay) + 8 + text_width(words_, 13, bold=True) > width
        drawing.text(
            x(mark.delay) + (-8 if flip else 8),
            22 + 20 * at,
            words_,
            anchor="end" if flip else "start",
            bold=True,
            size=13,
        )
    return drawing.svg(bottom + 50, title, said)


def _staircase(steps: Sequence[Step], x: Scale, y: Scale, edge: str) -> str:
    data = f"M{r(x(0))} {r(y(0))}"
    for step in steps:
        data += f"H{r(x(step.delay))}V{r(y(getattr(step, edge)))}"
    return f"{data}H{r(x.end)}"


def _sentence(
    steps: Sequence[Step], thresholds: Sequence[Threshold], n: int, unit: str, event: str, language: str
) -> str:
    english = words.language_of(language) == "en"
    count = words.counted(n, words.CONTACT, words.CONTACTS, language)
    event = event or ("had been answered" if english else "avaient une réponse")
    parts: list[str] = []
    for mark in thresholds:
        delay = words.number(mark.delay, 0 if float(mark.delay).is_integer() else 1, language)
        share = words.percent(answered_at(steps, mark.delay).answered, 1, language)
        if english:
            parts.append(f"{'by' if parts else 'By'} {delay} {unit} ({mark.label}), {share} of requests {event}")
        else:
            parts.append(f"{'à' if parts else 'À'} {delay} {unit} ({mark.label}), {share} des demandes {event}")
    if not parts:
        share = words.percent(steps[-1].answered if steps else 0, 1, language)
        parts = [f"{share} of requests {event}" if english else f"{share} des demandes {event}"]
    return f"{'; '.join(parts) if english else (chr(0x202F) + '; ').join(parts)} ({count})."


def _table(steps: Sequence[Step], title: str, unit: str, language: str) -> Table:
    english = words.language_of(language) == "en"
    columns = (f"Delay ({unit})", "Answered", "Interval") if english else (f"Délai ({unit})", "Répondu", "Intervalle")
    rows = tuple(
        (
            words.number(step.delay, 0 if float(step.delay).is_integer() else 1, language),
            words.percent(step.answered, 1, language),
            "—"
            if step.low is None or step.high is None
            else f"{words.percent(step.low, 1, language)} – {words.percent(step.high, 1, language)}",
        )
        for step in steps
    )
    return Table(title, columns, rows)
