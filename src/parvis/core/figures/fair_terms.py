"""Fair terms of comparison: the same mix of citizens for all, and what people see beside what was observed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from parvis.core.figures.checked_estimates import check_estimates
from parvis.core.figures.families import adjusted
from parvis.core.vocabulary import Reason, Status

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CaseMixCells:
    """Sums over the answers of each organisation × profile (age, sex, reason…) cell; arrays of one length.

    Weights are capped before they are summed (see `weighting`).
    """

    organisation: NDArray[np.int64]
    profile: NDArray[np.int64]
    n: Floats
    weight: Floats
    weighted: Floats
    squared_weight: Floats
    squared_weight_value: Floats
    squared_weight_value_squared: Floats


@dataclass(frozen=True, slots=True)
class Standardised:
    """One entry per organisation number, 0 to the largest: NaN where there is no answer, or no standard error."""

    value: Floats
    standard_error: Floats
    expected: Floats


class Gap(StrEnum):
    """How citizens' ratings stand beside the mystery contacts, relative to peers."""

    PERCEIVED_HIGHER = "perceived_higher"
    PERCEIVED_LOWER = "perceived_lower"
    NO_CLEAR_GAP = "no_clear_gap"


@dataclass(frozen=True, slots=True)
class PerceptionGap:
    """Perceived minus observed, both taken as distances to the peers' mean; None when either is missing."""

    identifier: str
    gap: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    p_adjusted: float | None
    verdict: Gap | None
    status: Status = Status.PUBLISHED
    reason: str = ""


def standardised(cells: CaseMixCells) -> Standardised:
    """Means as they would be if every organisation had met the same mix of citizens (indirect standardisation).

    Args:
        cells: sums of weights and values, profile and organisation as whole numbers from 0.

    Returns:
        Grand mean + (observed - expected), where expected applies every profile's overall mean to the organisation's
        own mix. The standard error takes the profiles' means as known and is NaN under two answers.

    Source: Breslow & Day 1987, chapter 2; the expected-range practice of patient surveys.

    >>> ones = np.ones(4)
    >>> cells = CaseMixCells(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([8.0, 2, 2, 8]),
    ...     np.array([8.0, 2, 2, 8]), np.array([8 * 60.0, 2 * 80, 2 * 60, 8 * 80]), ones, ones, ones)
    >>> standardised(cells).value.tolist()    # raw means 64 and 76: all of it was the mix
    [70.0, 70.0]
    """
    org, profile = cells.organisation, cells.profile
    overall = _ratio(_sum(profile, cells.weighted), _sum(profile, cells.weight))
    total = _sum(org, cells.weight)
    observed = _ratio(_sum(org, cells.weighted), total)
    expected = _ratio(_sum(org, cells.weight * overall[profile]), total)
    grand = float(cells.weighted.sum() / cells.weight.sum()) if cells.weight.sum() > 0 else np.nan
    residual = observed - expected
    centre = overall[profile] + residual[org]
    squares = cells.squared_weight_value_squared - 2 * centre * cells.squared_weight_value
    squares = _sum(org, squares + centre**2 * cells.squared_weight)
    n = _sum(org, cells.n)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.where(n > 1, n / (n - 1), np.nan) * np.maximum(squares, 0) / total**2
    return Standardised(grand + residual, np.sqrt(variance), expected)


def perception_gaps(
    identifiers: Sequence[str],
    observed: ArrayLike,
    observed_errors: ArrayLike,
    perceived: ArrayLike,
    perceived_errors: ArrayLike,
    *,
    confidence: float = 0.95,
) -> tuple[PerceptionGap, ...]:
    """Whether citizens rate an organisation higher or lower than its observed quality would place it.

    Args:
        identifiers: distinct, shape (p,).
        observed, observed_errors: scores 0 to 100 of mystery contacts and their standard errors.
        perceived, perceived_errors: scores 0 to 100 of citizens and their standard errors.
        confidence: of the limits; one minus it is the false discovery rate of the verdicts.

    Returns:
        Gaps in points, in the order given: (perceived - its mean) - (observed - its mean), since the two sources have
        no common zero. Both are independent; the error of the means is counted in. None where a source is missing.

    Raises:
        ParvisError: as `checked_estimates.check_estimates`.

    Source: deviations from the mean of p independent differences: with v the sum of an organisation's two squared
    errors, Var(gap) = v (1 - 2/p) + Σ v / p². Benjamini & Hochberg 1995 for the verdicts.

    >>> gaps = perception_gaps(["a", "b"], [60, 80], [1, 1], [70, 70], [1, 1])
    >>> gaps[0].gap, gaps[0].standard_error, gaps[0].verdict.value
    (10.0, 1.0, 'perceived_higher')
    """
    first = check_estimates(identifiers, observed, observed_errors)
    second = check_estimates(identifiers, perceived, perceived_errors)
    both = first.comparable & second.comparable
    raw = (second.estimates - first.estimates)[both]
    size = len(raw)
    variances = (first.standard_errors**2 + second.standard_errors**2)[both]
    gap = raw - raw.mean() if size else raw
    error = np.sqrt(np.maximum(variances * (1 - 2 / max(size, 1)) + variances.sum() / max(size, 1) ** 2, 0))
    if size < 2:
        both = np.zeros(len(both), bool)
    with np.errstate(invalid="ignore", divide="ignore"):
        p_adjusted = adjusted(2 * special.ndtr(-np.abs(gap / error)), "bh")
    half = float(special.ndtri(0.5 + confidence / 2)) * error
    result = [_no_gap(name) for name in first.identifiers]
    for place, i in enumerate(np.flatnonzero(both).tolist()):
        centre, width, p = float(gap[place]), float(half[place]), float(p_adjusted[place])
        sign = Gap.PERCEIVED_HIGHER if centre > 0 else Gap.PERCEIVED_LOWER
        verdict = sign if p <= 1 - confidence else Gap.NO_CLEAR_GAP
        limits = (centre - width, centre + width)
        result[i] = PerceptionGap(first.identifiers[i], centre, float(error[place]), *limits, p, verdict)
    return tuple(result)


def _sum(groups: NDArray[np.int64], values: Floats) -> Floats:
    return np.asarray(np.bincount(groups, weights=values), np.float64)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.nan)


def _no_gap(name: str) -> PerceptionGap:
    return PerceptionGap(name, None, None, None, None, None, None, Status.NOT_MEASURED, Reason.NOT_COMPARABLE.value)
