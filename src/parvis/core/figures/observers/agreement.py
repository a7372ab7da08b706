"""Whether observers who marked the same contact agree: Krippendorff's alpha, its interval, and plain agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parvis.core.figures.checked_estimates import check_choice, check_confidence
from parvis.core.figures.draws import keys_of, uniforms
from parvis.core.vocabulary import Fault, ParvisError, Reason, Status, Text

Floats = NDArray[np.float64]

LEVELS = ("nominal", "ordinal", "interval", "ratio")
DRAWS = 1_000
_MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Agreement:
    """Alpha with its limits (None when undefined), agreeing pairs in percent, and what it rests on."""

    alpha: float | None
    low: float | None
    high: float | None
    percent_agreement: float | None
    units: int
    raters: int
    status: Status
    reason: str = ""


def agreement(
    units: Sequence[str],
    raters: Sequence[str],
    values: Sequence[object],
    *,
    level: str = "nominal",
    confidence: float = 0.95,
    seed: int = 0,
    draws: int = DRAWS,
) -> Agreement:
    """Agreement of several raters on common units, whoever rated what.

    Args:
        units, raters, values: of each rating, same length; a None value is no rating; values are numbers except at
            the nominal level.
        level: "nominal", "ordinal", "interval" or "ratio": how far apart two different values are.
        confidence: of the bootstrap limits, over units.
        seed, draws: of the bootstrap.

    Returns:
        Alpha (1: perfect, 0: as by chance, negative: worse) over units rated twice or more, and the mean over units of
        the share of agreeing pairs, in percent. Ratings all equal leave alpha undefined (None, `NO_VARIANCE`) with
        100 % agreement; no unit rated twice leaves all undefined (`NO_DATA`).

    Raises:
        ParvisError: a unit rated twice by one rater, a value that is not a number above the nominal level, a negative
        one at the ratio level, an unknown level, lengths that differ.

    Source: Krippendorff 2011, Computing Krippendorff's alpha-reliability; 2013, section 11.4.2 for the bootstrap.

    >>> marks = agreement(["1", "1", "2", "2", "3", "3"], list("ababab"), [0, 0, 1, 1, 0, 1])
    >>> round(marks.alpha, 3), round(marks.percent_agreement, 1)   # 1 - 5 × 2 / (2 × 3 × 3)
    (0.444, 66.7)
    """
    check_choice(level, LEVELS)
    check_confidence(confidence)
    rated = [row for row, value in enumerate(values) if value is not None]
    _refuse_input(units, raters, values, rated, level)
    levels, counts = _counts([units[i] for i in rated], [values[i] for i in rated], level)
    pairable = counts.sum(axis=1) > 1
    table = counts[pairable]
    who = len({raters[i] for i in rated})
    if not len(table):
        return Agreement(None, None, None, None, 0, who, Status.NOT_MEASURED, Reason.NO_DATA.value)
    alike = float(np.mean(_agreeing(table))) * 100
    alpha = _alpha(table, np.ones(len(table)), levels, level)
    if np.isnan(alpha):
        return Agreement(None, None, None, alike, len(table), who, Status.NOT_MEASURED, Reason.NO_VARIANCE.value)
    keys = keys_of(range(len(table)))
    drawn = []
    for replicate in range(draws):
        chosen = (uniforms(seed, keys, [replicate])[0] * len(table)).astype(np.int64)
        drawn.append(_alpha(table, np.bincount(chosen, minlength=len(table)).astype(float), levels, level))
    defined = np.array(drawn)[~np.isnan(drawn)]
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail]) if len(defined) else (alpha, alpha)
    return Agreement(alpha, float(low), float(high), alike, len(table), who, Status.PUBLISHED)


def fleiss_kappa(counts: ArrayLike) -> float | None:
    """Chance-corrected agreement when every unit has the same number of raters.

    Args:
        counts: raters per unit (rows) and category (columns), rows of one sum, 2 or more.

    Returns:
        Kappa; None when every rating is the same.

    Raises:
        ParvisError: rows whose sums differ or stay under 2.

    Source: Fleiss 1971, Psychological Bulletin 76:378.

    >>> round(fleiss_kappa([[2, 0], [0, 2], [1, 1]]), 3)   # (2/3 - 1/2) / (1 - 1/2)
    0.333
    """
    table = np.asarray(counts, np.float64)
    sums = table.sum(axis=1)
    if not len(sums) or sums.min() != sums.max() or sums[0] < 2:
        what = Text(
            "les unités n’ont pas le même nombre de cotations.", "units do not have the same number of ratings."
        )
        raise ParvisError(Fault("ratings_uneven", what, Text("Utilisez alpha.", "Use alpha.")))
    chance = float(((table.sum(axis=0) / table.sum()) ** 2).sum())
    return None if chance >= 1 else (float(np.mean(_agreeing(table))) - chance) / (1 - chance)


def _agreeing(table: Floats) -> Floats:
    """Share of agreeing pairs of ratings, per unit."""
    sizes = table.sum(axis=1)
    return np.asarray((table * (table - 1)).sum(axis=1) / (sizes * (sizes - 1)), np.float64)


def _alpha(table: Floats, weights: Floats, levels: Floats, level: str) -> float:
    """1 - observed / expected disagreement, units counted `weights` times; NaN without expected disagreement."""
    sizes = table.sum(axis=1)
    totals = weights @ table
    n = float(totals.sum())
    if level == "ratio":
        sums = levels[:, None] + levels
        gaps = np.divide(levels[:, None] - levels, sums, out=np.zeros_like(sums), where=sums != 0) ** 2
        within = ((table @ gaps) * table).sum(axis=1)
        expected = float(totals @ gaps @ totals)
    elif level == "nominal":
        within = sizes**2 - (table**2).sum(axis=1)
        expected = n**2 - float(totals @ totals)
    else:
        places = np.cumsum(totals) - totals / 2 if level == "ordinal" else levels
        places = places - places.mean()
        within = 2 * (sizes * (table @ places**2) - (table @ places) ** 2)
        expected = 2 * (n * float(totals @ places**2) - float(totals @ places) ** 2)
    if n < 2 or expected <= 1e-12 * n * n * max(1.0, float(np.max(np.abs(within), initial=0.0))):
        return float("nan")
    return 1 - (n - 1) * float(weights @ (within / (sizes - 1))) / expected


def _counts(units: Sequence[str], values: Sequence[object], level: str) -> tuple[Floats, Floats]:
    """The values as numbers, then ratings per unit (rows, in alphabetical order) and value (columns, in order)."""
    if level == "nominal":
        names = sorted({str(value) for value in values})
        columns = {name: i for i, name in enumerate(names)}
        places, levels = [columns[str(value)] for value in values], np.arange(len(names), dtype=np.float64)
    else:
        levels, found = np.unique([float(str(value)) for value in values], return_inverse=True)
        places = found.tolist()
    rows = {name: i for i, name in enumerate(sorted(set(units)))}
    table = np.zeros((len(rows), len(levels)))
    np.add.at(table, ([rows[unit] for unit in units], places), 1.0)
    return np.asarray(levels, np.float64), table


def _refuse_input(
    units: Sequence[str], raters: Sequence[str], values: Sequence[object], rated: Sequence[int], level: str
) -> None:
    if not len(units) == len(raters) == len(values):
        what = Text("les colonnes n’ont pas la même longueur.", "the columns do not have the same length.")
        raise ParvisError(Fault("lengths_differ", what, Text("Une ligne par cotation.", "One row per rating.")))
    faults: dict[tuple[str, str, str], Fault] = {}
    seen: set[tuple[str, str]] = set()
    for row in rated:
        pair = (units[row], raters[row])
        where = {"key": f"{pair[0]} / {pair[1]}"}
        if pair in seen:
            what = Text("cet observateur a coté deux fois cette unité.", "this rater rated this unit twice.")
            remedy = Text("Gardez une cotation.", "Keep one rating.")
            faults.setdefault(("rated_twice", *pair), Fault("rated_twice", what, remedy, where))
        seen.add(pair)
        number = _number(values[row])
        if level != "nominal" and (number is None or (level == "ratio" and number < 0)):
            what = Text(f"« {values[row]} » ne convient pas à ce niveau.", f"“{values[row]}” does not suit this level.")
            remedy = Text("Donnez un nombre, ou choisissez nominal.", "Give a number, or choose nominal.")
            faults.setdefault(("value_unsuited", *pair), Fault("value_unsuited", what, remedy, where))
    if faults:
        raise ParvisError(list(faults.values())[:_MOST_FAULTS])


def _number(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if np.isfinite(number) else None
