"""What every chart is made of: a drawing in SVG, the sentence that says it, the table that holds its figures.

A drawing carries its colours as attributes, so that it prints alone; on a page the style sheet overrides them through
the classes `c-…`, so that it follows light and dark. Text is real text. The same function draws wide and narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

WIDE, NARROW = 960, 340
FONT = "Parvis Sans, Atkinson Hyperlegible Next, sans-serif"
COLOURS = {
    "text": "#1D2B38",
    "ink": "#16324F",
    "second": "#B35C00",
    "band": "#D3CDC2",
    "grid": "#B9B1A3",
    "ground": "#FFFDFA",
}
_WIDTHS = {**dict.fromkeys("iljtfrI.,:;!|'’()[] -–\u00a0\u202f", 0.33), **dict.fromkeys("mwMW%@", 0.86)}


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of a chart, as text ready to be read."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: `draw(width)` gives its SVG for a width in points; the sentence and the table go with it, always."""

    draw: Callable[[float], str] = field(repr=False, compare=False)
    sentence: str
    table: Table

    @property
    def svg(self) -> str:
        return self.draw(WIDE)

    @property
    def narrow(self) -> str:
        return self.draw(NARROW)

    def at(self, width: float) -> str:
        """The drawing for another width, e.g. that of a column on paper."""
        return self.draw(width)


class Drawing:
    """Collects shapes, then writes one SVG document with its title and description."""

    def __init__(self, width: float, size: float = 15) -> None:
        self.width = width
        self.size = size
        self.parts: list[str] = []

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = "grid", *, thick: float = 1, dash: str = ""
    ) -> None:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{r(x1)}" y1="{r(y1)}" x2="{r(x2)}" y2="{r(y2)}" class="c-{colour}-line c-{colour}"'
            f' stroke="{COLOURS[colour]}" stroke-width="{r(thick)}"{dashes}/>'
        )

    def path(self, data: str, colour: str = "ink", *, thick: float = 2, dash: str = "") -> None:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<path d="{data}" class="c-{colour}-line" fill="none" stroke="{COLOURS[colour]}"'
            f' stroke-width="{r(thick)}" stroke-linejoin="round"{dashes}/>'
        )

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        colour: str = "band",
        *,
        fill: str = "",
        round_: float = 0,
    ) -> None:
        look = f'fill="{fill}"' if fill else f'class="c-{colour}" fill="{COLOURS[colour]}"'
        corner = f' rx="{r(round_)}"' if round_ else ""
        self.parts.append(f'<rect x="{r(x)}" y="{r(y)}" width="{r(width)}" height="{r(height)}" {look}{corner}/>')

    def frame(self, x: float, y: float, width: float, height: float, colour: str = "ink", *, thick: float = 2) -> None:
        self.parts.append(
            f'<rect x="{r(x)}" y="{r(y)}" width="{r(width)}" height="{r(height)}" fill="none"'
            f' class="c-{colour}-line" stroke="{COLOURS[colour]}" stroke-width="{r(thick)}"/>'
        )

    def dot(self, x: float, y: float, radius: float, colour: str = "ink", *, hollow: bool = False) -> None:
        if hollow:
            look = f'class="c-ground c-{colour}-line" fill="{COLOURS["ground"]}" stroke="{COLOURS[colour]}"'
            self.parts.append(f'<circle cx="{r(x)}" cy="{r(y)}" r="{r(radius - 1)}" {look} stroke-width="2"/>')
        else:
            look = f'class="c-{colour} c-ground-line" fill="{COLOURS[colour]}" stroke="{COLOURS["ground"]}"'
            self.parts.append(f'<circle cx="{r(x)}" cy="{r(y)}" r="{r(radius)}" {look} stroke-width="1.5"/>')

    def polygon(self, points: Sequence[tuple[float, float]], colour: str = "ink") -> None:
        shape = " ".join(f"{r(x)},{r(y)}" for x, y in points)
        self.parts.append(f'<polygon points="{shape}" class="c-{colour}" fill="{COLOURS[colour]}"/>')

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: str = "start",
        bold: bool = False,
        size: float | None = None,
        fill: str = "",
    ) -> None:
        look = f'fill="{fill}"' if fill else f'class="c-text" fill="{COLOURS["text"]}"'
        weight = ' font-weight="700"' if bold else ""
        where = f' text-anchor="{anchor}"' if anchor != "start" else ""
        letters = f' font-size="{r(size)}"' if size and size != self.size else ""
        self.parts.append(f'<text x="{r(x)}" y="{r(y)}" {look}{where}{weight}{letters}>{escape(words)}</text>')

    def svg(self, height: float, title: str, description: str) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="pv-svg" viewBox="0 0 {r(self.width)} {r(height)}"'
            f' width="{r(self.width)}" height="{r(height)}" role="img" aria-label="{escape(title)}"'
            f' font-family="{FONT}" font-size="{r(self.size)}"><title>{escape(title)}</title>'
            f"<desc>{escape(description)}</desc>{''.join(self.parts)}</svg>"
        )


def r(value: float) -> str:
    """A coordinate with at most one decimal, so that equal drawings have equal bytes.

    >>> r(12.0), r(12.345), r(-0.01)
    ('12', '12.3', '0')
    """
    return f"{value:.1f}".rstrip("0").rstrip(".").replace("-0", "0") if abs(value) < 0.05 else _trimmed(value)


def _trimmed(value: float) -> str:
    written = f"{value:.1f}"
    return written[:-2] if written.endswith(".0") else written


def text_width(words: str, size: float, *, bold: bool = False) -> float:
    """About how wide words are, in the unit of `size`; a little too wide rather than too narrow."""
    return sum(_WIDTHS.get(letter, 0.58) for letter in words) * size * (1.06 if bold else 1)


def wrapped(words: str, width: float, size: float, *, most: int = 2) -> list[str]:
    """Words cut into at most `most` lines of about `width`; the last line ends with … when some are left out.

    >>> wrapped("Gestion des réclamations", 90, 15)
    ['Gestion des', 'réclamations']
    """
    lines: list[str] = []
    for word in words.split(" "):
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and text_width(f"{last}…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last}…"]


@dataclass(frozen=True, slots=True)
class Scale:
    """Places values of `low`–`high` between `start` and `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """
        >>> Scale(0, 100, 10, 210)(50)
        110.0
        """
        share = (min(max(value, self.low), self.high) - self.low) / ((self.high - self.low) or 1)
        return self.start + share * (self.end - self.start)


def ticks(high: float, most: int = 6) -> list[float]:
    """Round values from 0 to at least `high`, at most `most` + 1 of them.

    >>> ticks(100), ticks(7), ticks(0)
    ([0, 20, 40, 60, 80, 100], [0, 2, 4, 6, 8], [0, 1])
    """
    if high <= 0:
        return [0, 1]
    step, factor = 1.0, 0
    scale = 10.0 ** -(2 if high < 1 else 0)
    while high > step * scale * most:
        factor += 1
        step = (1, 2, 5)[factor % 3] * 10 ** (factor // 3)
    step *= scale
    marks, at = [0.0], 0
    while marks[-1] < high - 1e-9:
        at += 1
        marks.append(at * step)
    return [int(mark) if float(mark).is_integer() else mark for mark in marks]
