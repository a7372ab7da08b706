"""Colours that can be read: the contrast of two colours, and the nearest colour that has enough."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parvis.core.vocabulary import Fault, ParvisError, Text

INK = "#16324F"
STONE = "#F6F3EE"
OCHRE = "#B35C00"
WHITE = "#FFFFFF"
TEXT_RATIO = 7.0
LARGE_RATIO = 4.5


@dataclass(frozen=True, slots=True)
class Accent:
    """A colour as given, as corrected, and the colour of the text that goes on it."""

    given: str
    colour: str
    on_colour: str
    ratio: float

    @property
    def corrected(self) -> bool:
        return self.given != self.colour


def parse(colour: str) -> tuple[int, int, int]:
    """Red, green and blue (0–255) of a colour written #RGB or #RRGGBB.

    Raises ParvisError when it is written otherwise.

    >>> parse("#16324F"), parse("fff")
    ((22, 50, 79), (255, 255, 255))
    """
    match = re.fullmatch(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", colour.strip())
    if not match:
        raise ParvisError(
            Fault(
                "colour_unreadable",
                Text(f"la couleur « {colour} » ne se lit pas.", f"the colour “{colour}” cannot be read."),
                Text("Écrivez-la ainsi : #16324F.", "Write it like this: #16324F."),
            )
        )
    digits = match[1] if len(match[1]) == 6 else "".join(2 * digit for digit in match[1])
    red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    return red, green, blue


def written(red: int, green: int, blue: int) -> str:
    return f"#{red:02X}{green:02X}{blue:02X}"


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black to 1 for white. Source: WCAG 2.2, definition of relative luminance.

    >>> luminance("#FFFFFF"), luminance("#000")
    (1.0, 0.0)
    """
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in parse(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21. Source: WCAG 2.2, definition of contrast ratio.

    >>> ratio("#fff", "#000"), round(ratio("#777777", "#FFFFFF"), 2)
    (21.0, 4.48)
    """
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, background: str, least: float = TEXT_RATIO) -> str:
    """The colour itself when it stands out enough on the background, else the nearest one that does.

    Its red, green and blue are scaled together towards black, or mixed towards white on a dark background, by the
    smallest of 256 steps that reaches `least`. Returns black or white when nothing else is enough.

    >>> readable("#16324F", "#FFFFFF"), readable("#FFCC00", "#FFFFFF")
    ('#16324F', '#6C5600')
    """
    rgb = parse(colour)
    end = 0 if ratio("#000", background) >= ratio("#fff", background) else 255
    for step in range(257):
        red, green, blue = (round(c + (end - c) * step / 256) for c in rgb)
        if ratio(written(red, green, blue), background) >= least:
            return written(red, green, blue)
    return written(end, end, end)


def accent(colour: str | None, background: str = WHITE, least: float = TEXT_RATIO) -> Accent:
    """An organisation's accent made readable on the background, and white or black for text on it.

    >>> accent("#FFCC00").corrected, accent("#16324F").corrected, accent(None).colour
    (True, False, '#16324F')
    """
    given = written(*parse(colour or INK))
    safe = readable(given, background, least)
    on_colour = WHITE if ratio(safe, WHITE) >= ratio(safe, "#000000") else "#000000"
    return Accent(given, safe, on_colour, round(ratio(safe, background), 2))


def mixed(colour: str, other: str, share: float) -> str:
    """`share` (0–1) of the first colour, the rest of the other.

    >>> mixed("#000000", "#FFFFFF", 0.5)
    '#808080'
    """
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(parse(colour), parse(other), strict=True))
    return written(red, green, blue)
