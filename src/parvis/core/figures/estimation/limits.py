"""Intervals by kind of figure: what is known of a point, and the limits around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from parvis.core.figures.proportions import clopper_pearson, effective_size, wilson

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Point:
    """What is known of figures before their limits (arrays of one shape); a standard error that is not known is NaN.

    `population_variance` over n is the variance that the figure would have under simple random sampling.
    """

    estimate: Floats
    standard_error: Floats
    n: Floats
    kish: Floats
    population_variance: Floats
    degrees_of_freedom: Floats
    is_share: Flags
    clustered: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """The interval and the size that it rests on."""

    low: Floats
    high: Floats
    n_effective: Floats


def kish_size(w: Floats, w2: Floats, n: Floats) -> Floats:
    """Number of equally weighted answers of the same precision, (Σw)²/Σw²; 0 where there is none.

    Source: Kish 1965, Survey Sampling, section 11.7.

    >>> kish_size(np.array([6.0]), np.array([14.0]), np.array([3.0])).round(4)
    array([2.5714])
    """
    raw = np.divide(w * w, w2, out=np.zeros_like(w), where=w2 > 0)
    return np.clip(raw, np.minimum(n, 1.0), n)


def limits(point: Point, confidence: float) -> Limits:
    """Wilson on the effective size for shares, t for the rest.

    Args:
        point: the figures.
        confidence: strictly between 0 and 1.

    Returns:
        `Limits`, NaN where no interval can be given: a mean without variance, a single cluster, no answer.

    Source: method of Parvis 4.3. A share of 0 or 1 has the one-sided limits of Clopper and Pearson, not a point.
    """
    size = np.where(point.is_share & point.clustered, _clustered_share_size(point, confidence), point.kish)
    if point.clustered:
        size = np.where(point.is_share, size, _clustered_mean_size(point))
    size = np.where(point.n == 1, 1.0, size)
    usable = point.is_share & np.isfinite(point.estimate) & np.isfinite(size) & (size > 0)
    share = np.where(usable, np.clip(np.nan_to_num(point.estimate), 0, 1), 0.0)
    safe = np.where(usable, size, 1.0)
    scored, exact = wilson(share * safe, safe, confidence), clopper_pearson(share * safe, safe, confidence)
    same = ((share == 0) | (share == 1)) & (point.n > 1)
    with np.errstate(invalid="ignore"):
        half = special.stdtrit(point.degrees_of_freedom, 0.5 + confidence / 2) * point.standard_error
    low = np.where(usable, np.where(same, exact.low, scored.low), point.estimate - half)
    high = np.where(usable, np.where(same, exact.high, scored.high), point.estimate + half)
    lost = point.is_share & ~usable
    return Limits(np.where(lost, np.nan, low), np.where(lost, np.nan, high), size)


def _clustered_share_size(point: Point, confidence: float) -> Floats:
    return effective_size(
        np.nan_to_num(point.estimate),
        np.nan_to_num(point.standard_error) ** 2,
        point.n,
        point.kish,
        np.where(point.degrees_of_freedom > 0, point.degrees_of_freedom, np.nan),
        confidence,
    )


def _clustered_mean_size(point: Point) -> Floats:
    """The size of a simple random sample of the same standard error, at most n."""
    variance = point.standard_error**2
    raw = np.divide(point.population_variance, variance, out=np.full_like(variance, np.nan), where=variance > 0)
    return np.where(np.isfinite(raw) & (raw > 0), np.minimum(raw, point.n), point.kish)
