"""Raking on cells: factors that bring weights to known totals, or a refusal that says which total is out of reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parvis.core.figures.weighting.margins import (
    Floats,
    Ladder,
    Margin,
    check_totals,
    collapse_levels,
    shown,
    texts_of,
)
from parvis.core.vocabulary import Fault, ParvisError, Text

Codes = NDArray[np.int64]

TOLERANCE = 1e-9
CAP = 500
# sweeps on cells cost little: going on until rounding keeps figures equal to those of another algorithm
_SETTLED = 1e-12
# a cell pushed a million times under the others is a margin that cannot be met
_VANISHING = 1e-6


@dataclass(frozen=True, slots=True)
class Target:
    """A margin laid on the cells: the code of each cell's level, and the total of each level."""

    margin: Margin
    codes: Codes
    totals: Floats

    def sums(self, weights: Floats) -> Floats:
        return np.bincount(self.codes, weights, minlength=len(self.totals)).astype(np.float64)

    def gap(self, weights: Floats) -> float:
        """The largest relative distance between a level's weight and its total."""
        return float(np.max(np.abs(self.sums(weights) / self.totals - 1), initial=0.0))


@dataclass(frozen=True, slots=True)
class Raking:
    """The factor of every cell, and how it was reached."""

    factors: Floats
    targets: tuple[Target, ...]
    sweeps: int
    gap_before: float
    gap_after: float
    merged: tuple[tuple[str, str, str], ...]


def rake(
    cells: pa.Table,
    weights: Floats,
    margins: Sequence[Margin],
    *,
    ladder: Ladder | None = None,
    rescale: bool = False,
    tolerance: float = TOLERANCE,
    cap: int = CAP,
    progress: Callable[[int, float], None] | None = None,
) -> Raking:
    """Factors by which the weight of each cell is multiplied so that every margin is met.

    Args:
        cells: one row per cell, with the columns of every margin.
        weights: base weight of each cell, 0 or more.
        margins: known totals.
        ladder: for each variable, the level that a missing level may be merged into; None merges nothing.
        rescale: bring margins to the total of the first instead of refusing that they disagree.
        tolerance: largest relative margin error left.
        cap: largest number of sweeps.
        progress: told the sweep and the error left.

    Returns:
        `Raking`; the factor of a cell without weight is 1.

    Raises:
        ParvisError: margins that disagree, levels missing on one side (named), totals out of reach (INFEASIBLE).

    Source: Deming & Stephan 1940; Deville & Särndal 1992, raking ratio. Unlike R survey, which stops when sweeps stop
    changing, we stop on the margin error itself.

    >>> sexes = pa.table({"sex": ["f", "f", "m", "m"], "age": ["y", "o", "y", "o"]})
    >>> by_sex = Margin("sex", ("sex",), (("f",), ("m",)), np.array([50.0, 50.0]))
    >>> by_age = Margin("age", ("age",), (("y",), ("o",)), np.array([40.0, 60.0]))
    >>> found = rake(sexes, np.array([10.0, 20.0, 10.0, 20.0]), [by_sex, by_age])
    >>> found.factors.round(6).tolist(), found.sweeps
    ([2.0, 1.5, 2.0, 1.5], 1)
    """
    targets, _, merged = laid(cells, weights, margins, ladder=ladder, rescale=rescale)
    before = max((target.gap(weights) for target in targets), default=0.0)
    raked, sweeps = sweep(weights, targets, tolerance=tolerance, cap=cap, progress=progress)
    factors = np.divide(raked, weights, out=np.ones_like(raked), where=weights > 0)
    after = max((target.gap(raked) for target in targets), default=0.0)
    scale = raked.sum() / weights.sum() if weights.sum() > 0 else 1.0
    if after > tolerance or (factors[weights > 0] < _VANISHING * scale).any():
        raise ParvisError(unreachable(targets, raked, tolerance, factors < _VANISHING * scale))
    return Raking(factors, targets, sweeps, before, after, merged)


def poststratify(cells: pa.Table, weights: Floats, margin: Margin, *, ladder: Ladder | None = None) -> Raking:
    """Factors that meet one margin: raking that needs a single sweep.

    Args, returns, raises: as `rake`.

    >>> one = Margin("sex", ("sex",), (("f",), ("m",)), np.array([52.0, 48.0]))
    >>> poststratify(pa.table({"sex": ["f", "m"]}), np.array([13.0, 24.0]), one).factors.tolist()
    [4.0, 2.0]
    """
    return rake(cells, weights, [margin], ladder=ladder)


def sweep(
    weights: Floats,
    targets: Sequence[Target],
    *,
    tolerance: float = TOLERANCE,
    cap: int = CAP,
    progress: Callable[[int, float], None] | None = None,
) -> tuple[Floats, int]:
    """Multiply weights margin after margin until all are met; weights, number of sweeps.

    Sweeps stop at the cap, when the gap is down to rounding, or, once it is under the tolerance, when it stops falling.
    """
    settled, before = min(tolerance, _SETTLED), np.inf
    raked = weights.astype(np.float64, copy=True)
    for turn in range(cap):
        for target in targets:
            sums = target.sums(raked)
            ratio = np.divide(target.totals, sums, out=np.ones_like(sums), where=sums > 0)
            raked *= ratio[target.codes]
        # the last margin has just been met exactly
        gap = max((target.gap(raked) for target in targets), default=0.0)
        if progress is not None:
            progress(turn + 1, gap)
        if gap < settled or (gap < tolerance and gap >= before):
            return raked, turn + 1
        before = gap
    return raked, cap


def laid(
    cells: pa.Table, weights: Floats, margins: Sequence[Margin], *, ladder: Ladder | None, rescale: bool
) -> tuple[tuple[Target, ...], dict[str, list[str]], tuple[tuple[str, str, str], ...]]:
    """Margins checked and laid on cells: targets, the levels of each variable by cell, and what was merged.

    Args, raises: as `rake`.
    """
    margins = check_totals(margins, rescale=rescale)
    levels = {variable: texts_of(cells[variable]) for margin in margins for variable in margin.variables}
    margins, levels, merged = collapse_levels(margins, levels, weights > 0, ladder or {})
    return tuple(_lay(margin, levels, weights) for margin in margins), levels, tuple(merged)


def _lay(margin: Margin, levels: dict[str, list[str]], weights: Floats) -> Target:
    number = {level: at for at, level in enumerate(margin.levels)}
    keys = zip(*(levels[variable] for variable in margin.variables), strict=True)
    # a cell without weight may hold a level that no margin knows: it counts for nothing wherever it is put
    codes = np.array([number.get(key, 0) for key in keys], np.int64)
    kept = np.flatnonzero(margin.totals > 0)
    place = np.zeros(len(margin.totals), np.int64)
    place[kept] = np.arange(len(kept))
    return Target(margin, np.where(weights > 0, place[codes], 0), margin.totals[kept])


def unreachable(
    targets: Sequence[Target], raked: Floats, tolerance: float, vanishing: NDArray[np.bool_]
) -> list[Fault]:
    """One fault per level whose total is missed or empties others; else one for the margins as a whole."""
    faults = []
    for target in targets:
        named = [level for level, total in zip(target.margin.levels, target.margin.totals, strict=True) if total > 0]
        sums = target.sums(raked)
        missed = np.abs(sums / target.totals - 1) > max(tolerance, 1e-6)
        emptied = np.bincount(target.codes[vanishing & (raked > 0)], minlength=len(named)) > 0
        faults += [
            _level_unreachable(target.margin, shown(named[at]), sums[at], target.totals[at])
            for at in np.flatnonzero(missed if missed.any() else emptied)
        ]
    if faults:
        return faults
    gap = max(target.gap(raked) for target in targets)
    return [_slow(" , ".join(target.margin.name for target in targets), gap)]


def _level_unreachable(margin: Margin, level: str, got: float, wanted: float) -> Fault:
    variable = " × ".join(margin.variables)
    return Fault(
        "INFEASIBLE",
        Text(
            f"INFEASIBLE : le total {wanted:.10g} de la modalité « {level} » de « {variable} » est hors d’atteinte "
            f"avec cet échantillon (le calage donne {got:.6g}).",
            f"INFEASIBLE: the total {wanted:.10g} of the level “{level}” of “{variable}” is out of reach with this "
            f"sample (raking gives {got:.6g}).",
        ),
        Text(
            "Des croisements de modalités manquent : regroupez des modalités ou retirez une marge.",
            "Some crossed levels are empty: merge levels or leave a margin out.",
        ),
        {"file": margin.name},
    )


def _slow(names: str, gap: float) -> Fault:
    return Fault(
        "INFEASIBLE",
        Text(
            f"INFEASIBLE : le calage n’aboutit pas (écart relatif restant {gap:.2g}).",
            f"INFEASIBLE: raking does not settle (relative gap left {gap:.2g}).",
        ),
        Text("Regroupez des modalités ou retirez une marge.", "Merge levels or leave a margin out."),
        {"file": names},
    )
