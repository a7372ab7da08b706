"""Score bands of number questions, e.g. `<=5:1; <=8:0.5; else:0` for the rings before an answer."""

from __future__ import annotations

import math
import operator
import re
from dataclasses import dataclass

from parvis.core.vocabulary import Fault, ParvisError, Text

_COMPARE = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "=": operator.eq}
_BAND = re.compile(r"^(?:(<=|>=|<|>|=)\s*(-?\d+(?:[.,]\d+)?)|else)\s*:\s*(na|\d+(?:[.,]\d+)?)$")


@dataclass(frozen=True, slots=True)
class ScoreBand:
    """Numbers that satisfy `comparison limit` earn `score` (0–1; None: not applicable); `else` takes what is left."""

    comparison: str
    limit: float | None
    score: float | None

    def holds(self, number: float) -> bool:
        return self.limit is None or bool(_COMPARE[self.comparison](number, self.limit))


def read_bands(text: str) -> tuple[ScoreBand, ...]:
    """Bands in the order in which they are tried; the last one must be `else`.

    text: `comparison limit:score` separated by semicolons; scores lie within 0–1, or are `na`.
    Raises ParvisError (code `score_bands`) when a band cannot be read, or when the last is not `else`.

    >>> read_bands("<=5:1; else:0")[0]
    ScoreBand(comparison='<=', limit=5.0, score=1.0)
    """
    parts = [part.strip() for part in text.split(";") if part.strip()]
    bands = [_one_band(part, text) for part in parts]
    misplaced = [band for band in bands[:-1] if band.limit is None]
    if not bands or misplaced or bands[-1].limit is not None:
        raise ParvisError(_refused(text, "il faut un seul « else », en dernier", "it needs one “else”, placed last"))
    return tuple(bands)


def band_score(bands: tuple[ScoreBand, ...], number: float) -> float | None:
    """The score (0–1) of a number in the first band that holds; None when that band says `na`.

    >>> [band_score(read_bands("<=5:1; <=8:0.5; else:0"), rings) for rings in (5, 6, 9)]
    [1.0, 0.5, 0.0]
    """
    for band in bands:
        if band.holds(number):
            return band.score
    return None


def _one_band(part: str, text: str) -> ScoreBand:
    found = _BAND.match(part)
    if found is None:
        raise ParvisError(_refused(text, f"« {part} » ne se lit pas", f"“{part}” cannot be read"))
    comparison, limit, score = found.groups()
    value = None if score == "na" else float(score.replace(",", "."))
    if value is not None and not (math.isfinite(value) and 0 <= value <= 1):
        raise ParvisError(_refused(text, f"la note {score} n’est pas entre 0 et 1", f"score {score} is not within 0–1"))
    if comparison is None:
        return ScoreBand("else", None, value)
    return ScoreBand(comparison, float(limit.replace(",", ".")), value)


def _refused(text: str, fr: str, en: str) -> Fault:
    return Fault(
        "score_bands",
        Text(f"les tranches « {text} » sont refusées : {fr}.", f"bands “{text}” are refused: {en}."),
        Text("Écrivez par exemple « <=5:1; <=8:0.5; else:0 ».", "Write for example “<=5:1; <=8:0.5; else:0”."),
    )
