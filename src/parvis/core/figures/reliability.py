"""Whether a citizens' figure is reliable enough to be shown, under the thresholds of a method."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parvis.core.figures.estimation.figures import Figures
from parvis.core.figures.proportions import korn_graubard
from parvis.core.instruments.method.parts import Gate
from parvis.core.vocabulary import Reason, Status

Flags = NDArray[np.bool_]


def reliable(estimate: ArrayLike, n_effective: ArrayLike, share: bool, gate: Gate, confidence: float) -> Flags:
    """Which figures rest on enough answers and, when they are shares, are placed closely enough.

    Args:
        estimate: means on any scale, or shares from 0 to 1; NaN where there is none.
        n_effective: their effective sizes.
        share: whether they are shares.
        gate: the thresholds of the method.
        confidence: of the Korn-Graubard interval, strictly between 0 and 1.

    Returns:
        One flag per figure: effective size at least `effective_size`, and for shares an interval at most `width` wide,
        that is also at most `narrow_width` wide or at most `relative_width` times the share.

    Source: Parker et al. 2017, NCHS Data Presentation Standards for Proportions, Series 2, no. 175.

    >>> rule = Gate(effective_size=30, width=0.30, narrow_width=0.05, relative_width=1.30, degrees_of_freedom=8)
    >>> reliable([0.5, 0.5, 0.02], [29, 60, 60], True, rule, 0.95).tolist()
    [False, True, False]
    """
    size = np.asarray(n_effective, np.float64)
    enough = np.nan_to_num(size) >= gate.effective_size
    if not share:
        return np.asarray(enough, np.bool_)
    known = np.isfinite(np.asarray(estimate, np.float64)) & np.isfinite(size)
    point = np.where(known, np.clip(np.nan_to_num(np.asarray(estimate, np.float64)), 0, 1), np.nan)
    exact = korn_graubard(point, np.where(known, size, np.nan), confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        width = exact.high - exact.low
        close = (width <= gate.width) & ((width <= gate.narrow_width) | (width / point <= gate.relative_width))
    return np.asarray(enough & close, np.bool_)


def gated(figures: Figures, share: bool, gate: Gate, confidence: float) -> Figures:
    """The figures with their status under a method's gate; what does not pass keeps its n and loses its value.

    A figure that passes with few degrees of freedom, or a share of 0 or 1, is marked indicative.
    """
    passed = reliable(figures.estimate, figures.n_effective, share, gate, confidence)
    statuses: list[Status] = []
    reasons: list[str] = []
    for at, (status, reason) in enumerate(zip(figures.status, figures.reason, strict=True)):
        if status is Status.NOT_MEASURED:
            statuses.append(status)
            reasons.append(reason)
            continue
        codes = [code for code in reason.split() if code != Reason.INDICATIVE]
        certain = share and figures.estimate[at] in (0.0, 1.0)
        if passed[at] and (figures.degrees_of_freedom[at] < gate.degrees_of_freedom or certain):
            codes.append(Reason.INDICATIVE.value)
        statuses.append(Status.PUBLISHED if passed[at] else Status.TOO_FEW)
        reasons.append(" ".join(codes))
    return replace(figures, status=tuple(statuses), reason=tuple(reasons)).gated()
