"""Linearised variances from sums: under any stratified and clustered design, for domains, before and after raking."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    """What raking did to the groups of a scan: their cell, the factor of it, and the regression on the margins."""

    cell: Codes
    factors: Floats
    regression: CellRegression

    def of(self, groups: Codes) -> Calibration:
        """The same for groups that stand for others of their cell."""
        return replace(self, cell=self.cell[groups])


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
    sample = _Sample.of(moments, frame, calibration.cell)
    order = np.argsort(domain, kind="stable")
    bounds = np.searchsorted(domain[order], np.arange(linear.ratio.shape[0] + 1))
    result, floor = np.zeros(linear.ratio.shape), np.zeros(linear.ratio.shape)
    for one in range(len(result)):
        mine = order[bounds[one] : bounds[one + 1]]
        if len(mine):
            part = _Part.of(moments, calibration, mine, linear.ratio[one], linear.scale[one])
            result[one], floor[one] = sample.clusters(part, frame) if frame.clustered else sample.rows(part, frame)
    return Spread(result, floor)


@dataclass(frozen=True, slots=True)
class _Part:
    """One domain: its groups, with Σ w u, Σ w² u, Σ (w u)² of each, and the fitted values that it gives to cells."""

    groups: Codes
    once: Floats
    twice: Floats
    squares: Floats
    floor: Floats
    cells: Codes
    fitted: Floats
    own_fitted: Floats

    @staticmethod
    def of(moments: Moments, calibration: Calibration, mine: Codes, ratio: Floats, scale: Floats) -> _Part:
        part, cell = moments.only(mine), calibration.cell[mine]
        once = (part.wy - ratio * part.wx) / scale
        factors = np.where(calibration.factors > 0, calibration.factors, 1.0)
        sums = gather(cell, len(factors)) @ once / factors[:, None]
        fitted = calibration.regression.fitted(sums)
        near = calibration.regression.beside(cell)
        each = sparse.eye_array(len(mine), format="csr")
        wide = np.broadcast_to(ratio, part.wy.shape), np.broadcast_to(scale, part.wy.shape)
        return _Part(
            groups=mine,
            once=once,
            twice=(part.vy - ratio * part.vx) / scale,
            squares=_squares(part, each, *wide),
            floor=_floor(part, each, *wide),
            cells=near,
            fitted=fitted[near],
            own_fitted=fitted[cell],
        )


@dataclass(frozen=True, slots=True)
class _Sample:
    """Σ w and Σ w² of the whole sample by cell × unit (the cluster, or the stratum without clusters), cells in order.

    The fitted value of a cell weighs on all its rows, in the domain or not.
    """

    cell: Codes
    unit: Codes
    w: Floats
    w2: Floats
    start: Codes
    stratum_of_unit: Codes

    @staticmethod
    def of(moments: Moments, frame: Frame, cell: Codes) -> _Sample:
        unit = frame.unit if frame.clustered else frame.pooled
        size = int(unit.max(initial=0)) + 1
        key, place = np.unique(cell * size + unit, return_inverse=True)
        stratum = np.zeros(size, np.int64)
        stratum[unit] = frame.pooled
        cells, units = np.divmod(key, size)
        start = np.searchsorted(cells, np.arange(int(cell.max(initial=0)) + 2))
        w, w2 = np.bincount(place, moments.rows_w), np.bincount(place, moments.rows_w2)
        return _Sample(cells, units, w.astype(np.float64), w2.astype(np.float64), start, stratum)

    def _around(self, part: _Part) -> tuple[Codes, Floats]:
        """The places of the sample in the part's cells, and the fitted value of each."""
        counts = self.start[part.cells + 1] - self.start[part.cells]
        begin = np.repeat(self.start[part.cells] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        places = begin + np.arange(int(counts.sum()))
        return places, np.repeat(part.fitted, counts, axis=0)

    def rows(self, part: _Part, frame: Frame) -> tuple[Floats, Floats]:
        """Each row is a unit: (w (u − fitted))² summed by stratum."""
        places, value = self._around(part)
        around, own = gather(self.unit[places], frame.strata), gather(frame.pooled[part.groups], frame.strata)
        first = own @ part.once - around @ (value * self.w[places, None])
        second = own @ (part.squares - 2 * part.own_fitted * part.twice) + around @ (value**2 * self.w2[places, None])
        return _by_stratum(first, second, part.floor.sum(axis=0), frame)

    def clusters(self, part: _Part, frame: Frame) -> tuple[Floats, Floats]:
        """Each cluster is a unit: totals of w (u − fitted), then their squares by stratum."""
        places, value = self._around(part)
        units = len(self.stratum_of_unit)
        own, around = gather(frame.unit[part.groups], units), gather(self.unit[places], units)
        totals = own @ part.once - around @ (value * self.w[places, None])
        by_stratum = gather(self.stratum_of_unit, frame.strata)
        noise = _EPSILON * (totals**2).max(axis=0, initial=0.0)
        return _by_stratum(by_stratum @ totals, by_stratum @ totals**2, noise, frame)


def _by_stratum(first: Floats, second: Floats, floor: Floats, frame: Frame) -> tuple[Floats, Floats]:
    units = frame.units[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(units > 1, units / (units - 1), 0.0) * frame.left[:, None]
        within = np.maximum(second - first**2 / units, 0.0)
    return (factor * within).sum(axis=0), floor * factor.max(initial=0.0)
