"""A table of people counted by two headings or more, with its totals, made safe and then audited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parvis.core.disclosure.complementary import Leak, Protection, complete
from parvis.core.disclosure.primary import THRESHOLD, complement_too_few, too_few
from parvis.core.disclosure.recovery import intervals, proven
from parvis.core.disclosure.system import Equation, Floats, Key, LinkedFigures, link, words
from parvis.core.vocabulary import Fault, ParvisError, Status, Text

Flags = NDArray[np.bool_]

TOTAL = "total"
FEWEST_THRESHOLD = 3
_DEAR = 1e3
# a range this narrow is a value worked out
_WORKED_OUT = 1e-4
# up to so many hidden cells their ranges are exact; beyond, proven to be wide enough
_EXACT_RANGES = 250


@dataclass(frozen=True, slots=True)
class ProtectedCell:
    """A count or a total: None when hidden, with the rule that hid it and the range that readers can still believe."""

    key: Key
    count: float | None
    status: Status
    rule: str
    possible_low: float
    possible_high: float


@dataclass(frozen=True, slots=True)
class ProtectedTable:
    """Inner cells then totals, in alphabetical order of keys, and how narrow the narrowest hidden range is."""

    cells: tuple[ProtectedCell, ...]
    hidden: int
    narrowest: float | None
    required: float


def suppress(counts: Mapping[Key, float], threshold: int = THRESHOLD) -> ProtectedTable:
    """Hide what is too few in a table of counts, what would give it away, and prove that nothing does.

    Args:
        counts: unweighted people per inner cell, whole, keyed by one level per heading; absent cells are empty.
        threshold: fewest people a cell or total may show, 3 or more.

    Returns:
        Every cell, and every total over any headings under the level "total". `too_few` for those under the threshold,
        `hidden_to_protect` for those hidden with them. A reader who knows the rules and the threshold cannot place a
        hidden small count within less than half the threshold; where the word "too few" would help too much, small
        counts are called `hidden_to_protect` as well. `rule` is for the organiser alone.

    Raises:
        ParvisError: a negative, fractional or infinite count, a level called "total", a threshold under 3.
        Leak: a table that cannot be made safe.

    Source: INSEE, guide to the confidentiality of tables; Fischetti & Salazar 2001 for the audit.

    >>> table = suppress({("f", "x"): 4, ("f", "y"): 20, ("m", "x"): 30, ("m", "y"): 40})
    >>> [(cell.key, cell.count, cell.status.value) for cell in table.cells if cell.count is None][0]
    (('f', 'x'), None, 'too_few')
    >>> table.hidden, table.narrowest >= 5
    (4, True)
    """
    figures = _with_totals(counts, threshold)
    rules = _first_rules(figures, threshold)
    first = np.array([bool(rule) for rule in rules], bool)
    required = float(max(1, threshold // 2))
    width = np.where(first, required, 0.0)
    costs = _costs(figures)
    told, hidden = _completed(figures, rules, first, threshold, width, costs)
    low, high = _known_beforehand(figures, told, threshold)
    needed = np.where(first, required, _WORKED_OUT)
    exact = hidden.sum() <= _EXACT_RANGES
    ranges = intervals(figures, hidden, low, high) if exact else proven(figures, hidden, low, high, needed)
    _refuse_leaks(figures, ranges.places, ranges.high - ranges.low, needed)
    lows, highs = figures.values.copy(), figures.values.copy()
    lows[ranges.places], highs[ranges.places] = ranges.low, ranges.high
    cells = [
        _cell(figures, place, bool(hidden[place]), bool(told[place]), rules[place], (lows[place], highs[place]))
        for place in range(len(figures.keys))
    ]
    cells.sort(key=lambda cell: (cell.key.count(TOTAL), cell.key))
    primary_widths = (highs - lows)[first]
    narrowest = float(primary_widths.min()) if len(primary_widths) else None
    return ProtectedTable(tuple(cells), int(hidden.sum()), narrowest, required)


def _completed(
    figures: LinkedFigures, rules: Sequence[str], first: Flags, threshold: int, width: Floats, costs: Floats
) -> tuple[Flags, Flags]:
    """Which cells may be told "too few", and all that is hidden.

    The word itself gives a range away: where that is too much, totals keep it to themselves, then every cell does.
    """
    small = np.array([rule == "threshold" for rule in rules], bool)
    inner = np.array([TOTAL not in key for key in figures.keys], bool)
    for told in (small, small & inner):
        low, high = _known_beforehand(figures, told, threshold)
        try:
            return told, complete(Protection(figures, low, high, width, costs), first)
        except Leak:
            continue
    return np.zeros_like(small), complete(Protection(figures, figures.lowest, figures.highest, width, costs), first)


def _with_totals(counts: Mapping[Key, float], threshold: int) -> LinkedFigures:
    _refuse_input(counts, threshold)
    values: dict[Key, float] = dict(counts)
    parts: dict[tuple[Key, int], list[Key]] = {}
    headings = len(next(iter(counts), ()))
    # add up one heading after another: each total is a sum along every heading over which it is a total
    for heading in range(headings):
        grown: dict[Key, float] = {}
        for key, count in values.items():
            total = (*key[:heading], TOTAL, *key[heading + 1 :])
            grown[total] = grown.get(total, 0.0) + count
        values.update(grown)
    for key in values:
        for heading in range(headings):
            if key[heading] != TOTAL:
                total = (*key[:heading], TOTAL, *key[heading + 1 :])
                parts.setdefault((total, heading), []).append(key)
    return link(values, [Equation.sum_of(total, members) for (total, _), members in parts.items()])


def _first_rules(figures: LinkedFigures, threshold: int) -> list[str]:
    rules = ["threshold" if too_few(value, threshold) else "" for value in figures.values]
    for row in range(figures.matrix.shape[0]):
        span = slice(figures.matrix.indptr[row], figures.matrix.indptr[row + 1])
        terms, parts = figures.matrix.indices[span], figures.matrix.data[span] > 0
        whole = float(figures.values[terms[~parts]].sum())
        for here in terms[parts].tolist():
            if not rules[here] and complement_too_few(float(figures.values[here]), whole, threshold):
                rules[here] = "complement"
    return rules


def _known_beforehand(figures: LinkedFigures, told: Flags, threshold: int) -> tuple[Floats, Floats]:
    """The status itself speaks: a cell shown as too few holds between 1 and the threshold less one."""
    low, high = figures.lowest.copy(), figures.highest.copy()
    low[told], high[told] = 1.0, threshold - 1.0
    return low, high


def _costs(figures: LinkedFigures) -> Floats:
    """Few cells rather than many, small rather than large, inner cells rather than totals, empty cells last."""
    costs = 1 + np.log1p(figures.values) / 10
    totals = np.array([key.count(TOTAL) for key in figures.keys])
    return np.asarray(costs * _DEAR**totals * np.where(figures.values == 0, _DEAR, 1.0), np.float64)


def _cell(
    figures: LinkedFigures, place: int, hidden: bool, told: bool, rule: str, possible: tuple[float, float]
) -> ProtectedCell:
    key, count = figures.keys[place], float(figures.values[place])
    if not hidden:
        return ProtectedCell(key, count, Status.PUBLISHED, "", count, count)
    status = Status.TOO_FEW if told else Status.HIDDEN_TO_PROTECT
    return ProtectedCell(key, None, status, rule or "complementary", float(possible[0]), float(possible[1]))


def _refuse_leaks(figures: LinkedFigures, places: NDArray[np.int64], widths: Floats, required: Floats) -> None:
    faults = [
        Fault(
            "figure_recoverable",
            Text("ce chiffre caché se retrouve par soustraction.", "this hidden figure can be worked out."),
            Text("Cachez d’autres cellules de ses lignes.", "Hide more cells of its rows."),
            {"key": words(figures.keys[place])},
        )
        for place, width in zip(places.tolist(), widths.tolist(), strict=True)
        if width < required[place] - 1e-5
    ]
    if faults:
        raise Leak(faults)


def _refuse_input(counts: Mapping[Key, float], threshold: int) -> None:
    faults = []
    if threshold < FEWEST_THRESHOLD:
        faults.append(
            Fault(
                "threshold_too_low",
                Text(f"un seuil de {threshold} ne protège personne.", f"a threshold of {threshold} protects nobody."),
                Text("Choisissez 3 ou plus ; 10 est conseillé.", "Choose 3 or more; 10 is advised."),
            )
        )
    for key, count in counts.items():
        if TOTAL in key:
            what = Text("ce tableau contient déjà des totaux.", "this table already holds totals.")
            remedy = Text("Ne donnez que les cellules : nous additionnons.", "Give inner cells only: we add them up.")
            faults.append(Fault("total_given", what, remedy, {"key": words(key)}))
        if not np.isfinite(count) or count < 0 or count != round(count):
            what = Text(f"{count:g} n’est pas un effectif.", f"{count:g} is not a count of people.")
            remedy = Text("Donnez un nombre entier, 0 compris.", "Give a whole number, 0 included.")
            faults.append(Fault("count_impossible", what, remedy, {"key": words(key)}))
    lengths = {len(key) for key in counts}
    if len(lengths) > 1:
        what = Text("les cellules n’ont pas toutes les mêmes intitulés.", "cells do not all have the same headings.")
        remedy = Text("Donnez un niveau par intitulé.", "Give one level per heading.")
        faults.append(Fault("headings_differ", what, remedy))
    if faults:
        raise ParvisError(faults)
