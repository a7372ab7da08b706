"""Intervals for shares: Wilson, Clopper-Pearson, Korn-Graubard, and Newcombe for a difference. Arrays in, arrays out.

Counts may be fractional (effective sizes). A NaN in an array means "no figure", as a null does in a table.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from parvis.core.vocabulary import Fault, ParvisError, Text

Floats = NDArray[np.float64]

# x = p × n in floating point may pass n by a few units in the last place: that is rounding, not a fault
_ROUNDING = 1e-9


class Interval(NamedTuple):
    """Lower and upper limits, as shares between 0 and 1; NaN where there is no observation."""

    low: Floats
    high: Floats


class ShareDifference(NamedTuple):
    """First share minus second share, and the limits of that difference, between -1 and 1."""

    difference: Floats
    low: Floats
    high: Floats


def wilson(successes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> Interval:
    """Limits of Wilson's score interval for a share.

    Args:
        successes: number of successes, 0 to n, whole or not.
        n: number of observations (or effective size), 0 or more; broadcast against `successes`.
        confidence: strictly between 0 and 1.

    Returns:
        Shares; the lower limit is exactly 0 at x = 0 and the upper exactly 1 at x = n; NaN where n = 0.

    Raises:
        ParvisError: a negative or infinite count, more successes than observations, or an impossible confidence.

    Source: Wilson 1927; Newcombe 1998, Statistics in Medicine 17:857, method 3.

    >>> limits = wilson([81, 15, 0, 1], [263, 148, 20, 1])
    >>> [round(float(low), 4) for low in limits.low], [round(float(high), 4) for high in limits.high]
    ([0.2553, 0.0624, 0.0, 0.2065], [0.3662, 0.1605, 0.1611, 1.0])
    """
    x, size = _counts(successes, n)
    z = float(special.ndtri(0.5 + _checked(confidence) / 2))
    present = size > 0
    safe = np.where(present, size, 1.0)
    share = np.clip(x / safe, 0.0, 1.0)
    centre = share + z * z / (2 * safe)
    half = z * np.sqrt(share * (1 - share) / safe + z * z / (4 * safe * safe))
    scale = 1 + z * z / safe
    low = np.where(share <= 0, 0.0, np.clip((centre - half) / scale, 0.0, 1.0))
    high = np.where(share >= 1, 1.0, np.clip((centre + half) / scale, 0.0, 1.0))
    return Interval(np.where(present, low, np.nan), np.where(present, high, np.nan))


def clopper_pearson(successes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> Interval:
    """Limits of the exact interval of Clopper and Pearson, whose coverage is guaranteed.

    Args:
        successes: number of successes, 0 to n, whole or not.
        n: number of observations (or effective size), 0 or more; broadcast against `successes`.
        confidence: strictly between 0 and 1; half of the rest goes to each side, also when x is 0 or n.

    Returns:
        Shares, Beta(a/2; x, n-x+1) and Beta(1-a/2; x+1, n-x); 0 at x = 0, 1 at x = n; NaN where n = 0.

    Raises:
        ParvisError: as `wilson`.

    Source: Clopper & Pearson 1934, through the beta quantiles.

    >>> limits = clopper_pearson([81, 15, 0, 1], [263, 148, 20, 29])
    >>> [round(float(low), 4) for low in limits.low], [round(float(high), 4) for high in limits.high]
    ([0.2527, 0.0578, 0.0, 0.0009], [0.3676, 0.1617, 0.1684, 0.1776])
    """
    x, size = _counts(successes, n)
    tail = (1 - _checked(confidence)) / 2
    present = size > 0
    with np.errstate(invalid="ignore"):
        inside_low = special.betaincinv(np.where(x > 0, x, 1.0), np.maximum(size - x, 0) + 1, tail)
        inside_high = special.betaincinv(x + 1, np.where(size > x, size - x, 1.0), 1 - tail)
    low = np.where(x <= 0, 0.0, inside_low)
    high = np.where(x >= size, 1.0, inside_high)
    return Interval(np.where(present, low, np.nan), np.where(present, high, np.nan))


def korn_graubard(share: ArrayLike, n_effective: ArrayLike, confidence: float = 0.95) -> Interval:
    """Clopper-Pearson limits for a weighted share, on its effective size.

    Args:
        share: estimated share, 0 to 1; NaN where there is none.
        n_effective: effective size (see `effective_size`), whole or not, 0 or more.
        confidence: strictly between 0 and 1.

    Returns:
        Shares; NaN where the share is NaN or the effective size is 0.

    Raises:
        ParvisError: a share outside 0 to 1, a negative size, or an impossible confidence.

    Source: Korn & Graubard 1998, Survey Methodology 24:193.

    >>> limits = korn_graubard([0.5, 1.0], [10, 12.5])
    >>> [round(float(low), 3) for low in limits.low], [round(float(high), 3) for high in limits.high]
    ([0.187, 0.744], [0.813, 1.0])
    """
    p, size = np.broadcast_arrays(np.asarray(share, np.float64), np.asarray(n_effective, np.float64))
    absent = np.isnan(p) | np.isnan(size)
    limits = clopper_pearson(np.where(absent, 0.0, p * size), np.where(absent, 0.0, size), confidence)
    return Interval(np.where(absent, np.nan, limits.low), np.where(absent, np.nan, limits.high))


def effective_size(
    share: ArrayLike,
    variance: ArrayLike,
    n: ArrayLike,
    kish: ArrayLike,
    degrees_of_freedom: ArrayLike,
    confidence: float = 0.95,
) -> Floats:
    """The number of independent answers that would be as precise as a clustered share.

    Args:
        share: estimated share, 0 to 1.
        variance: its estimated variance under the design, 0 or more.
        n: answers with a positive weight.
        kish: Kish effective size, used instead when the variance is 0 (everybody said the same).
        degrees_of_freedom: of the design (clusters minus strata).
        confidence: strictly between 0 and 1.

    Returns:
        min(n, p(1-p)/variance × (t[n-1]/t[df])²), or the Kish size times that ratio; 0 where n = 0, at most 1 where
        n = 1; NaN where the degrees of freedom leave no t quantile.

    Source: Korn & Graubard 1998; Dean & Pagano 2015 for the cap at n.

    >>> float(effective_size(0.5, 0.01, 100, 90, 1e9).round(2))
    25.62
    """
    p, v, size, kish_size, df = np.broadcast_arrays(
        *(np.asarray(part, np.float64) for part in (share, variance, n, kish, degrees_of_freedom))
    )
    upper = 0.5 + _checked(confidence) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        alone = special.stdtrit(np.where(size > 1, size - 1, df), upper)
        ratio = (alone / special.stdtrit(df, upper)) ** 2
        raw = np.where(v > 0, p * (1 - p) / np.where(v > 0, v, 1.0), kish_size)
    return np.where(size > 0, np.minimum(size, raw * ratio), 0.0)


def newcombe_difference(
    successes_1: ArrayLike, n_1: ArrayLike, successes_2: ArrayLike, n_2: ArrayLike, confidence: float = 0.95
) -> ShareDifference:
    """First share minus second share between independent groups, with hybrid score limits.

    Args:
        successes_1, n_1: successes and observations of the first group (counts or effective sizes).
        successes_2, n_2: the same of the second group.
        confidence: strictly between 0 and 1.

    Returns:
        The difference and its limits, all NaN where either group has no observation.

    Raises:
        ParvisError: as `wilson`.

    Source: Newcombe 1998, Statistics in Medicine 17:873, method 10.

    >>> change = newcombe_difference(56, 70, 48, 80)
    >>> [round(float(part), 4) for part in change]
    [0.2, 0.0524, 0.3339]
    """
    first, second = wilson(successes_1, n_1, confidence), wilson(successes_2, n_2, confidence)
    p1, p2 = _shares(successes_1, n_1), _shares(successes_2, n_2)
    difference = p1 - p2
    low = difference - np.sqrt((p1 - first.low) ** 2 + (second.high - p2) ** 2)
    high = difference + np.sqrt((first.high - p1) ** 2 + (p2 - second.low) ** 2)
    return ShareDifference(difference, low, high)


def _shares(successes: ArrayLike, n: ArrayLike) -> Floats:
    x, size = _counts(successes, n)
    return np.where(size > 0, x / np.where(size > 0, size, 1.0), np.nan)


def _counts(successes: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    x, size = np.broadcast_arrays(np.asarray(successes, np.float64), np.asarray(n, np.float64))
    faults = []
    if not (np.isfinite(x).all() and np.isfinite(size).all()) or (x < 0).any() or (size < 0).any():
        faults.append(
            Fault(
                "count_impossible",
                Text("un effectif est négatif, infini ou absent.", "a count is negative, infinite or missing."),
                Text("Donnez des nombres positifs ou nuls.", "Give numbers that are zero or more."),
            )
        )
    elif (x > size * (1 + _ROUNDING)).any():
        faults.append(
            Fault(
                "count_above_total",
                Text("un nombre de succès dépasse son total.", "a number of successes exceeds its total."),
                Text("Vérifiez les deux colonnes.", "Check both columns."),
            )
        )
    if faults:
        raise ParvisError(faults)
    return np.minimum(x, size), size


def _checked(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ParvisError(
            Fault(
                "confidence_impossible",
                Text(
                    f"le niveau de confiance {confidence:g} est impossible.",
                    f"the confidence level {confidence:g} is impossible.",
                ),
                Text(
                    "Donnez un nombre entre 0 et 1, par exemple 0.95.", "Give a number between 0 and 1, such as 0.95."
                ),
            )
        )
    return confidence
