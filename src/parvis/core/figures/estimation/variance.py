"""Linearised variances from sums: under any stratified and clustered design, for domains, before and after raking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from parvis.core.figures.estimation.design import Frame
from parvis.core.figures.tally.responses import Moments
from parvis.core.figures.weighting.residuals import CellRegression

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

# a handful of roundings of a double
_EPSILON = 64 * np.finfo(np.float64).eps


@dataclass(frozen=True, slots=True)
class Linear:
    """A figure as a sum over rows: u = (y − ratio × x) / scale, for each domain and item (arrays domains × items)."""

    ratio: Floats
    scale: Floats


@dataclass(frozen=True, slots=True)
class Calibration:
    """What raking did to the groups of a scan: their cell, the sums before it, and the regression on its margins."""

    cell: Codes
    before: Moments
    regression: CellRegression


@dataclass(frozen=True, slots=True)
class Spread:
    """Variances (domains × items), and the size under which a variance cannot be told from rounding."""

    variance: Floats
    floor: Floats


def gather(codes: Codes, size: int) -> sparse.csr_array:
    """The matrix that sums groups into codes: (size × groups); a code of -1 goes nowhere."""
    kept = np.flatnonzero(codes >= 0)
    return sparse.csr_array((np.ones(len(kept)), (codes[kept], kept)), shape=(size, len(codes)))


def spread(moments: Moments, frame: Frame, domain: Codes, linear: Linear, counted: Floats | None) -> Spread:
    """Variances of figures of domains of one design, with weights taken as fixed.

    Args:
        moments: sums of the groups.
        frame: the design laid on them.
        domain: the domain of each group.
        linear: the figures.
        counted: for independent rows, the number of rows of each item that the design counts; None for the frame's.

    Returns:
        `Spread`.

    Source: Woodruff 1971; Lumley 2010, Complex Surveys, section 2.2. Rows outside the domain count with 0.
    """
    domains = linear.ratio.shape[0]
    strata = frame.strata
    pair = domain * strata + frame.pooled
    owner, stratum = np.divmod(np.unique(pair), strata)
    at = np.searchsorted(np.unique(pair), pair)
    collect = gather(at, len(owner))
    ratio, scale = linear.ratio[owner], linear.scale[owner]
    if frame.clustered:
        first, second, floor = _clustered(moments, frame, domain, linear, collect, at)
    else:
        first = (collect @ moments.wy - ratio * (collect @ moments.wx)) / scale
        second = _squares(moments, collect, ratio, scale)
        floor = _floor(moments, collect, ratio, scale)
    units = frame.units[stratum][:, None] if counted is None else np.broadcast_to(counted, first.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(units > 1, units / (units - 1), 0.0) * frame.left[stratum][:, None]
        within = second - first**2 / units
    back = gather(owner, domains)
    return Spread(back @ np.nan_to_num(factor * within), back @ (factor * floor))


def _squares(moments: Moments, collect: sparse.csr_array, ratio: Floats, scale: Floats) -> Floats:
    """Σ (w u)² over rows, from the second moments."""
    total = collect @ moments.vyy - 2 * ratio * (collect @ moments.vxy) + ratio**2 * (collect @ moments.vxx)
    return np.asarray(np.maximum(total / scale**2, 0.0), np.float64)


def _floor(moments: Moments, collect: sparse.csr_array, ratio: Floats, scale: Floats) -> Floats:
    """How far rounding, of terms to whole numbers and of doubles, may move Σ (w u)²."""
    grain = moments.grain
    step = grain["vyy"] + 2 * np.abs(ratio) * grain["vxy"] + ratio**2 * grain["vxx"]
    size = collect @ moments.vyy + ratio**2 * (collect @ moments.vxx)
    return np.asarray(((collect @ moments.n) * step + _EPSILON * size) / scale**2)


def _clustered(
    moments: Moments, frame: Frame, domain: Codes, linear: Linear, collect: sparse.csr_array, at: Codes
) -> tuple[Floats, Floats, Floats]:
    """First and second sums over clusters of the totals of w u, by domain × stratum."""
    size = int(frame.unit.max(initial=0)) + 1
    key = domain * size + frame.unit
    unique, first_seen, inverse = np.unique(key, return_index=True, return_inverse=True)
    to_unit = gather(inverse.astype(np.int64), len(unique))
    owner = domain[first_seen]
    ratio, scale = linear.ratio[owner], linear.scale[owner]
    totals = (to_unit @ moments.wy - ratio * (to_unit @ moments.wx)) / scale
    step = moments.grain["wy"] + np.abs(ratio) * moments.grain["wx"]
    reach = np.abs(to_unit @ moments.wy) + np.abs(ratio) * (to_unit @ moments.wx)
    noise = ((to_unit @ moments.n) * step + _EPSILON * reach) / scale
    to_stratum = gather(at[first_seen], collect.shape[0])
    return (
        np.asarray(to_stratum @ totals),
        np.asarray(to_stratum @ totals**2),
        np.asarray(to_stratum @ noise**2),
    )


def spread_after_raking(
    moments: Moments, frame: Frame, domain: Codes, linear: Linear, calibration: Calibration
) -> Spread:
    """Variances of figures of domains after raking: the same, on residuals, over the whole sample.

    Args:
        moments, frame, domain, linear: as `spread`, with final weights.
        calibration: the raking of the groups.

    Returns:
        `Spread`.

    Source: Deville & Särndal 1992: residuals of the regression on the margins with base weights, times final weights.
    """
    domains, items = linear.ratio.shape
    size = int(calibration.cell.max(initial=0)) + 1
    carrier = _Carrier.of(moments, calibration.cell)
    result = np.zeros((domains, items))
    floor = np.zeros((domains, items))
    for one in range(domains):
        mine = np.flatnonzero(domain == one)
        if len(mine) == 0:
            continue
        ratio, scale = linear.ratio[one], linear.scale[one]
        before = calibration.before
        to_cell = gather(calibration.cell[mine], size)
        sums = (to_cell @ before.wy[mine] - ratio * (to_cell @ before.wx[mine])) / scale
        fitted = calibration.regression.fitted(np.where(np.isfinite(sums), sums, 0.0))
        part = _Part.of(moments, mine, ratio, scale)
        figures = carrier.clusters(part, frame, fitted) if frame.clustered else carrier.rows(part, frame, fitted)
        result[one], floor[one] = figures
    return Spread(result, floor)


@dataclass(frozen=True, slots=True)
class _Part:
    """The groups of one domain: Σ w u, Σ w² u, Σ (w u)² and the floor of rounding, groups × items."""

    groups: Codes
    once: Floats
    twice: Floats
    squares: Floats
    floor: Floats

    @staticmethod
    def of(moments: Moments, mine: Codes, ratio: Floats, scale: Floats) -> _Part:
        same = gather(np.arange(len(mine)), len(mine))
        part = moments.only(mine)
        return _Part(
            mine,
            (part.wy - ratio * part.wx) / scale,
            (part.vy - ratio * part.vx) / scale,
            _squares(part, same, np.broadcast_to(ratio, part.wy.shape), np.broadcast_to(scale, part.wy.shape)),
            _floor(part, same, np.broadcast_to(ratio, part.wy.shape), np.broadcast_to(scale, part.wy.shape)),
        )


@dataclass(frozen=True, slots=True)
class _Carrier:
    """The whole sample by group: its cell, Σ w and Σ w²; the fitted value of its cell weighs on every row of it."""

    cell: Codes
    w: Floats
    w2: Floats

    @staticmethod
    def of(moments: Moments, cell: Codes) -> _Carrier:
        return _Carrier(cell, moments.rows_w, moments.rows_w2)

    def rows(self, part: _Part, frame: Frame, fitted: Floats) -> tuple[Floats, Floats]:
        """Each row is a unit: (w (u − fitted))² summed by stratum from sums by group."""
        value = fitted[self.cell]
        first = -value * self.w[:, None]
        first[part.groups] += part.once
        second = value**2 * self.w2[:, None]
        second[part.groups] += part.squares - 2 * value[part.groups] * part.twice
        by_stratum = gather(frame.pooled, frame.strata)
        return _by_stratum(by_stratum @ first, by_stratum @ second, part.floor.sum(axis=0), frame)

    def clusters(self, part: _Part, frame: Frame, fitted: Floats) -> tuple[Floats, Floats]:
        """Each cluster is a unit: totals of w (u − fitted), then their squares by stratum."""
        rows = -fitted[self.cell] * self.w[:, None]
        rows[part.groups] += part.once
        units = int(frame.unit.max(initial=0)) + 1
        totals = gather(frame.unit, units) @ rows
        stratum = np.zeros(units, np.int64)
        stratum[frame.unit] = frame.pooled
        by_stratum = gather(stratum, frame.strata)
        noise = _EPSILON * (totals**2).max(axis=0, initial=0.0)
        return _by_stratum(by_stratum @ totals, by_stratum @ totals**2, noise, frame)


def _by_stratum(first: Floats, second: Floats, floor: Floats, frame: Frame) -> tuple[Floats, Floats]:
    units = frame.units[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(units > 1, units / (units - 1), 0.0) * frame.left[:, None]
        within = np.maximum(second - first**2 / units, 0.0)
    return (factor * within).sum(axis=0), floor * factor.max(initial=0.0)
