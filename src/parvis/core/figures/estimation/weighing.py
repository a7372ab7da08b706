"""From sums under base weights to sums under final weights: raked or calibrated, trimmed, and told."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parvis.core.figures.estimation.design import Design, lay
from parvis.core.figures.estimation.variance import Calibration
from parvis.core.figures.tally.columns import codes_of
from parvis.core.figures.tally.responses import Moments
from parvis.core.figures.weighting.bounded import calibrate_bounded
from parvis.core.figures.weighting.diagnostics import WeightDiagnostics, diagnose
from parvis.core.figures.weighting.margins import Ladder, Margin, shared_variables, texts_of
from parvis.core.figures.weighting.missing import Missing, spread_missing
from parvis.core.figures.weighting.raking import Raking, rake
from parvis.core.figures.weighting.residuals import CellRegression
from parvis.core.figures.weighting.trimming import Trimming, trim

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Weighting:
    """Known totals to rake to, and all that the weights are allowed; nothing by default.

    `bounds` are multiples of the median weight to trim to; `factor_bounds`, multiples of the mean factor that the
    calibration itself never leaves (logit instead of raking). `ladder` says what a level that is missing on one side
    may be merged into, `rescale` brings margins to one total instead of refusing, `missing` says what becomes of rows
    whose raking variable is blank. `diagnose` asks for `WeightDiagnostics`.
    """

    margins: tuple[Margin, ...] = ()
    bounds: tuple[float, float] | None = None
    ladder: Ladder = field(default_factory=dict)
    rescale: bool = False
    missing: Missing = Missing.REFUSE
    factor_bounds: tuple[float, float] | None = None
    diagnose: bool = False

    @property
    def variables(self) -> list[str]:
        return list(dict.fromkeys(variable for margin in self.margins for variable in margin.variables))

    @property
    def complete(self) -> list[str]:
        """The columns that must be filled in on every row."""
        return self.variables if self.missing is Missing.REFUSE else []


@dataclass(frozen=True, slots=True)
class Weighted:
    """Groups with their final weights, what raking did to them, what trimming did, and what is told of both."""

    moments: Moments
    calibration: Calibration | None
    raking: Raking | None
    trimming: Trimming | None
    diagnostics: tuple[WeightDiagnostics, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cells:
    """Raking cells: their weight and rows, those of incomplete cells given to complete ones, and their territory."""

    table: pa.Table
    weights: Floats
    rows: Floats
    blocks: Codes | None
    names: list[str]


def cell_columns(design: Design, weighting: Weighting) -> list[str]:
    """The columns of raking cells; to trim or to diagnose, all rows of a cell must also share their base weight."""
    columns = list(weighting.variables)
    if weighting.bounds is not None or weighting.diagnose:
        base = design.weight if design.weight is not None else design.strata if design.population else None
        columns += [base] if base is not None and base not in columns else []
    return columns


def weigh(sums: Moments, design: Design, weighting: Weighting) -> Weighted:
    """Turn sums under base weights into sums under final weights: raked, then trimmed, where asked.

    Args:
        sums: groups that cross the design's keys and `cell_columns`.
        design, weighting: as `estimate`.

    Returns:
        `Weighted`.

    Raises:
        ParvisError: as `rake`, `calibrate_bounded`, `trim`, `spread_missing` and `lay`.
    """
    before = sums.times(lay(design, sums).weights) if design.weight is None and design.population else sums
    if not weighting.margins and weighting.bounds is None and not weighting.diagnose:
        return Weighted(before, None, None, None)
    codes, table = sums.codes(cell_columns(design, weighting))
    base = np.bincount(codes, before.rows_w).astype(np.float64)
    rows = np.bincount(codes, before.rows).astype(np.float64)
    impute = bool(weighting.margins) and weighting.missing is Missing.IMPUTE
    spread = spread_missing({name: texts_of(table[name]) for name in weighting.variables}, base) if impute else None
    cells = _cells(table, spread.weights if spread else base, spread.shares.T @ rows if spread else rows, weighting)
    raking = _rake(cells, weighting) if weighting.margins else None
    factors, trimming = _trim(cells, raking, weighting)
    told = _told(cells, factors, raking, trimming) if weighting.diagnose else ()
    known = base
    if spread is not None:
        known = np.where(spread.complete, base, 0.0)
        factors = _within(spread.back(factors), base, rows, cells.weights * factors, cells.rows, trimming)
    calibration = Calibration(codes, factors, CellRegression(known, raking.targets)) if raking else None
    return Weighted(before.times(factors[codes]), calibration, raking, trimming, told)


def _cells(table: pa.Table, weights: Floats, rows: Floats, weighting: Weighting) -> _Cells:
    shared = shared_variables(weighting.margins)
    if not shared:
        return _Cells(table, weights, rows, None, [""])
    blocks, territories = codes_of(table, shared)
    names = [" × ".join(row) for row in zip(*(texts_of(column) for column in territories.columns), strict=True)]
    return _Cells(table, weights, rows, blocks, names)


def _trim(cells: _Cells, raking: Raking | None, weighting: Weighting) -> tuple[Floats, Trimming | None]:
    """The factor of each cell, once weights are within their bounds if they have some."""
    factors = raking.factors if raking else np.ones(len(cells.weights))
    if weighting.bounds is None:
        return factors, None
    each = _each(cells.weights * factors, cells.rows)
    trimming = trim(each, cells.rows, raking.targets if raking else (), weighting.bounds, cells.blocks)
    return _each(trimming.weights * cells.rows, cells.weights), trimming


def _told(
    cells: _Cells, factors: Floats, raking: Raking | None, trimming: Trimming | None
) -> tuple[WeightDiagnostics, ...]:
    brought = trimming.brought if trimming else None
    targets = raking.targets if raking else ()
    final = cells.weights * factors
    return tuple(diagnose(cells.weights, final, cells.rows, targets, cells.blocks, cells.names, brought))


def _rake(cells: _Cells, weighting: Weighting) -> Raking:
    if weighting.factor_bounds is not None:
        return calibrate_bounded(
            cells.table,
            cells.weights,
            weighting.margins,
            weighting.factor_bounds,
            ladder=weighting.ladder,
            rescale=weighting.rescale,
        )
    return rake(cells.table, cells.weights, weighting.margins, ladder=weighting.ladder, rescale=weighting.rescale)


def _each(weights: Floats, counts: Floats) -> Floats:
    return np.divide(weights, counts, out=np.zeros_like(weights), where=counts > 0)


def _within(
    factors: Floats, base: Floats, rows: Floats, final: Floats, counts: Floats, trimming: Trimming | None
) -> Floats:
    """After trimming, rows that were spread over others stay between the lightest and the heaviest of them."""
    if trimming is None:
        return factors
    known = _each(final, counts)[(final > 0) & (counts > 0)]
    each = np.clip(_each(base * factors, rows), known.min(), known.max())
    return np.where(base > 0, _each(each * rows, base), factors)
