"""Whether a citizens’ figure is reliable enough to be shown, under a method’s thresholds, and what to say of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parvis.core.figures.estimation.limits import Point
from parvis.core.figures.proportions import korn_graubard
from parvis.core.instruments.method import load_method
from parvis.core.instruments.method.parts import Gate
from parvis.core.vocabulary import Reason, Status

Flags = NDArray[np.bool_]


def shipped_gate() -> Gate:
    """The thresholds of the method that ships with Parvis, for figures that no edition's method rules."""
    return load_method()[0].gate


def reliable(estimate: ArrayLike, n_effective: ArrayLike, share: bool | Flags, gate: Gate, confidence: float) -> Flags:
    """Which figures rest on enough answers and, when they are shares, are placed closely enough.

    Args:
        estimate: means on any scale, or shares from 0 to 1; NaN where there is none.
        n_effective: their effective sizes.
        share: whether they are shares, all of them or each.
        gate: the thresholds of the method.
        confidence: of the Korn-Graubard interval, strictly between 0 and 1.

    Returns:
        One flag per figure: effective size at least `effective_size`, and for shares an interval at most `width` wide,
        that is also at most `narrow_width` wide or at most `relative_width` times the share.

    Source: method of Parvis 4.12; Parker et al. 2017, NCHS Data Presentation Standards for Proportions, Series 2, 175.

    >>> rule = Gate(effective_size=30, width=0.30, narrow_width=0.05, relative_width=1.30, degrees_of_freedom=8)
    >>> reliable([0.5, 0.5, 0.02], [29, 60, 60], True, rule, 0.95).tolist()
    [False, True, False]
    """
    size, value = np.asarray(n_effective, np.float64), np.asarray(estimate, np.float64)
    shares = np.broadcast_to(np.asarray(share, np.bool_), value.shape)
    enough = np.nan_to_num(size) >= gate.effective_size
    known = shares & np.isfinite(value) & np.isfinite(size)
    point = np.where(known, np.clip(np.nan_to_num(value), 0, 1), np.nan)
    exact = korn_graubard(point, np.where(known, size, np.nan), confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        width = exact.high - exact.low
        close = (width <= gate.width) & ((width <= gate.narrow_width) | (width / point <= gate.relative_width))
    return np.asarray(enough & (close | ~shares), np.bool_)


def verdicts(
    point: Point, passed: Flags, zero_weight: Flags, alone: Flags, gate: Gate
) -> tuple[tuple[Status, ...], tuple[str, ...]]:
    """Status and reason of each figure (arrays of one dimension).

    Args:
        point: the figures.
        passed: the gate's answer.
        zero_weight: there are answers, but all of weight zero.
        alone: the figure rests on a stratum with a single unit, or on a single cluster.
        gate: a figure that passes with fewer degrees of freedom than its own, or a share of 0 or 1, is `INDICATIVE`.

    Returns:
        Statuses, and reasons joined by a space.
    """
    statuses, reasons = [], []
    for at in range(len(point.n)):
        found: list[Reason] = []
        if np.isnan(point.estimate[at]):
            statuses.append(Status.NOT_MEASURED)
            reasons.append((Reason.ZERO_WEIGHT if zero_weight[at] else Reason.NO_DATA).value)
            continue
        if alone[at]:
            found.append(Reason.SINGLE_PSU)
        elif np.isnan(point.standard_error[at]):
            found.append(Reason.NO_VARIANCE)
        certain = point.is_share[at] and point.estimate[at] in (0.0, 1.0)
        if passed[at] and (point.degrees_of_freedom[at] < gate.degrees_of_freedom or certain):
            found.append(Reason.INDICATIVE)
        statuses.append(Status.PUBLISHED if passed[at] else Status.TOO_FEW)
        reasons.append(" ".join(found))
    return tuple(statuses), tuple(reasons)
