"""Calibration whose factors never leave given bounds: the logit method, by Newton's iterations on cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parvis.core.figures.weighting.margins import Floats, Ladder, Margin, shared_variables
from parvis.core.figures.weighting.raking import TOLERANCE, Raking, Target, laid, unreachable
from parvis.core.figures.weighting.trimming import check_bounds
from parvis.core.vocabulary import ParvisError

Codes = NDArray[np.int64]

CAP = 100
_HALVINGS = 30
_LARGEST_EXPONENT = 500.0


def calibrate_bounded(
    cells: pa.Table,
    weights: Floats,
    margins: Sequence[Margin],
    bounds: tuple[float, float],
    *,
    ladder: Ladder | None = None,
    rescale: bool = False,
    tolerance: float = TOLERANCE,
) -> Raking:
    """Factors that meet every margin and stay between two multiples of their territory's mean factor.

    Args:
        cells, weights, margins, ladder, rescale, tolerance: as `rake`.
        bounds: lowest and highest multiple of the mean factor (total over base weight), on both sides of 1.

    Returns:
        `Raking`; `sweeps` counts Newton's iterations. The factor of a cell without weight is 1.

    Raises:
        ParvisError: as `rake`; INFEASIBLE also when the bounds are too tight for the margins.

    Source: Deville & Särndal 1992, case 6 (logit), g = [L(U−1) + U(1−L)e^{Au}] / [(U−1) + (1−L)e^{Au}],
    A = (U−L) / [(1−L)(U−1)]; as `calibrate(calfun = "logit")` of R survey.

    >>> one = Margin("sex", ("sex",), (("f",), ("m",)), np.array([60.0, 40.0]))
    >>> cells = pa.table({"sex": ["f", "m"]})
    >>> calibrate_bounded(cells, np.array([5.0, 5.0]), [one], (0.5, 2.0)).factors.round(6).tolist()
    [12.0, 8.0]
    """
    check_bounds(bounds)
    targets, levels, merged = laid(cells, weights, margins, ladder=ladder, rescale=rescale)
    before = max((target.gap(weights) for target in targets), default=0.0)
    blocks = _blocks([target.margin for target in targets], levels, len(weights))
    calibrated, most = weights.astype(np.float64, copy=True), 0
    for block in np.unique(blocks[weights > 0]):
        mine = np.flatnonzero((blocks == block) & (weights > 0))
        calibrated[mine], turns = _solve(weights[mine], [_part(target, mine) for target in targets], bounds, tolerance)
        most = max(most, turns)
    after = max((target.gap(calibrated) for target in targets), default=0.0)
    if after > tolerance:
        raise ParvisError(unreachable(targets, calibrated, tolerance, np.zeros(len(weights), bool)))
    factors = np.divide(calibrated, weights, out=np.ones_like(calibrated), where=weights > 0)
    return Raking(factors, targets, most, before, after, merged)


def _blocks(margins: Sequence[Margin], levels: dict[str, list[str]], size: int) -> Codes:
    shared = shared_variables(margins)
    if not shared:
        return np.zeros(size, np.int64)
    names = list(zip(*(levels[variable] for variable in shared), strict=True))
    number = {name: at for at, name in enumerate(dict.fromkeys(names))}
    return np.array([number[name] for name in names], np.int64)


def _part(target: Target, mine: Codes) -> tuple[Codes, Floats]:
    """The margin's levels that some of these cells hold, renumbered from 0, with their totals."""
    held, codes = np.unique(target.codes[mine], return_inverse=True)
    return codes.astype(np.int64), target.totals[held]


def _solve(
    weights: Floats, parts: Sequence[tuple[Codes, Floats]], bounds: tuple[float, float], tolerance: float
) -> tuple[Floats, int]:
    totals = np.concatenate([wanted for _, wanted in parts])
    dummies = np.zeros((len(weights), len(totals)))
    start = 0
    for codes, wanted in parts:
        dummies[np.arange(len(weights)), codes + start] = 1.0
        start += len(wanted)
    scaled = weights * (parts[0][1].sum() / weights.sum())
    slopes = np.zeros(len(totals))
    g, rise = _logit(dummies @ slopes, bounds)
    missed = totals - dummies.T @ (scaled * g)
    for turn in range(CAP):
        if np.max(np.abs(missed) / totals) < tolerance / 10:
            return scaled * g, turn
        # levels of several margins are linearly dependent: the smallest step among those that solve
        step = np.linalg.lstsq(dummies.T @ (dummies * (scaled * rise)[:, None]), missed, rcond=1e-12)[0]
        size = 1.0
        for _ in range(_HALVINGS):
            tried, slope = _logit(dummies @ (slopes + size * step), bounds)
            left = totals - dummies.T @ (scaled * tried)
            if np.abs(left).sum() < np.abs(missed).sum():
                break
            size /= 2
        else:
            return scaled * g, turn
        slopes, g, rise, missed = slopes + size * step, tried, slope, left
    return scaled * g, CAP


def _logit(u: Floats, bounds: tuple[float, float]) -> tuple[Floats, Floats]:
    """The factor between the bounds, and its slope; 1 and 1 at 0."""
    low, high = bounds
    if low == 1 or high == 1:
        return np.ones_like(u), np.zeros_like(u)
    rate = (high - low) / ((1 - low) * (high - 1))
    grown = np.exp(np.clip(rate * u, -_LARGEST_EXPONENT, _LARGEST_EXPONENT))
    under = (high - 1) + (1 - low) * grown
    return (low * (high - 1) + high * (1 - low) * grown) / under, grown * ((high - low) / under) ** 2
