"""Ranks as a Bayesian would tell them: the rank to expect, and the chance of being first. Closed form, no dice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

_FINEST = 20_001
_REACH = 8.0


def expected_ranks(means: Floats, standard_errors: Floats) -> Floats:
    """1 + the sum over others of the chance that they stand above.

    Args:
        means, standard_errors: posterior, shape (p,); standard errors 0 or more.

    Returns:
        Between 1 and p, summing to p (p + 1) / 2; two equal certainties count one half each.

    Source: Goldstein & Spiegelhalter 1996; Lin, Louis, Paddock & Ridgeway 2006.

    >>> expected_ranks(np.array([1.0, 0.0]), np.array([0.0, 0.0])).tolist()
    [1.0, 2.0]
    """
    result = np.empty(len(means))
    for i in range(len(means)):
        gap = means - means[i]
        spread = np.hypot(standard_errors, standard_errors[i])
        certain = spread == 0
        chance = special.ndtr(gap / np.where(certain, 1.0, spread))
        chance[certain] = 0.5 * (np.sign(gap[certain]) + 1)
        chance[i] = 0.0
        result[i] = 1 + chance.sum()
    return result


def chances_of_being_first(means: Floats, standard_errors: Floats) -> Floats:
    """The posterior chance of each organisation to hold the highest true value.

    Args:
        means, standard_errors: as `expected_ranks`.

    Returns:
        Probabilities that sum to 1; shared equally when nothing tells the organisations apart.

    Source: the integral of density_i × product of the others' distribution functions, by the trapezoid rule.

    >>> chances_of_being_first(np.array([1.0, 1.0, -9.0]), np.array([1.0, 1.0, 1.0])).round(3).tolist()
    [0.5, 0.5, 0.0]
    """
    if not (standard_errors > 0).all():
        first = (means == means.max()).astype(np.float64)
        return np.asarray(first / first.sum(), np.float64)
    low = float((means - _REACH * standard_errors).max())
    high = float((means + _REACH * standard_errors).max())
    runners = np.flatnonzero(means + _REACH * standard_errors > low)
    step = float(standard_errors[runners].min()) / 12
    points = np.linspace(low, high, int(np.clip((high - low) / step, 401, _FINEST)))
    logs = np.zeros(len(points))
    for i in runners:
        logs += special.log_ndtr((points - means[i]) / standard_errors[i])
    result = np.zeros(len(means))
    for i in runners:
        z = (points - means[i]) / standard_errors[i]
        result[i] = np.exp(logs - special.log_ndtr(z) - z * z / 2).sum() / standard_errors[i]
    return np.asarray(result / result.sum(), np.float64)
