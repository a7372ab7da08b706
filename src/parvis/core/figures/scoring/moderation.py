"""Variances of a handful of contacts, moderated by those of like cells: two visits alone say next to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Prior:
    """What like cells say of a variance: its scale, and how many degrees of freedom that is worth."""

    variance: float
    degrees: float


def prior_from(variances: Floats, degrees: Floats, largest_degrees: float) -> Prior | None:
    """The prior of a family of cells, from their variances.

    Args:
        variances: one per cell, 0 or more, in squared points.
        degrees: degrees of freedom of each (contacts minus one), 1 or more.
        largest_degrees: cap, reached when many cells differ no more than chance makes them.

    Returns:
        None when there is no cell or all variances are 0: nothing can then be said of an error.

    Source: the scaled inverse chi-square prior of Smyth 2004 (Statistical Applications in Genetics 3:3). Its moments
    are matched on the variances, not on their logarithms, because contacts often agree exactly and log 0 is nothing:
    m1 = sum(d s2) / sum(d), m2 = sum(d s4) / sum(d + 2), r = m2 / m1^2, degrees = (4r - 2) / (r - 1),
    variance = m1 (degrees - 2) / degrees. Where cells differ no more than chance, or hold fewer degrees in all than
    that, the prior is the pooled variance m1, worth no more than what it was pooled from.

    >>> prior_from(np.array([100.0, 100.0]), np.array([4.0, 4.0]), 50.0)
    Prior(variance=100.0, degrees=8.0)
    >>> prior_from(np.array([0.0, 1.0] * 50), np.ones(100), 50.0)  # m1 = 1/2, m2 = 1/6, r = 2/3
    Prior(variance=0.5, degrees=50.0)
    >>> prior_from(np.array([0.0] * 80 + [10.0] * 20), np.ones(100), 50.0)  # m1 = 2, m2 = 20/3, r = 5/3
    Prior(variance=1.4285714285714286, degrees=7.0)
    >>> prior_from(np.array([0.0, 0.0]), np.array([1.0, 1.0]), 50.0) is None
    True
    """
    if not len(variances) or not np.any(variances > 0):
        return None
    first = float(np.sum(degrees * variances) / np.sum(degrees))
    second = float(np.sum(degrees * variances**2) / np.sum(degrees + 2))
    ratio = second / first**2
    most = min(largest_degrees, float(np.sum(degrees)))
    worth = (4 * ratio - 2) / (ratio - 1) if ratio > 1 else np.inf
    return Prior(first, most) if worth >= most else Prior(first * (worth - 2) / worth, worth)


def moderated(
    variance: Floats, contacts: Integers, prior_variance: Floats, prior_degrees: Floats
) -> tuple[Floats, Floats]:
    """Moderated variances and their degrees of freedom.

    Args:
        variance: sample variance of each cell; anything where there is a single contact.
        contacts: contacts of each cell, 1 or more.
        prior_variance, prior_degrees: of each cell; NaN without a prior.

    Returns:
        (nu0 s0 + (k-1) s2) / (nu0 + k - 1) and nu0 + k - 1; NaN without a prior.

    Source: Smyth 2004, equation for the posterior variance.

    >>> moderated(np.array([50.0]), np.array([2]), np.array([200.0]), np.array([4.0]))
    (array([170.]), array([5.]))
    """
    own = (contacts - 1).astype(np.float64)
    degrees = prior_degrees + own
    return (prior_degrees * prior_variance + own * np.where(own > 0, variance, 0.0)) / degrees, degrees


def priors_by_family(
    variance: Floats, contacts: Integers, levels: Sequence[tuple[Integers, int]], largest_degrees: float
) -> tuple[Floats, Floats]:
    """The prior of each cell, from the narrowest of its families that has one.

    A channel that the plan contacts once (a website check) has no spread of its own anywhere; the widest level, all
    channels together, then stands in: organisations keep an error, flagged as modelled, and with it their rank.

    Args:
        variance, contacts: of each cell.
        levels: from the widest to the narrowest, the number of each cell's family, and the fewest cells of two
            contacts or more that make a prior at that level.
        largest_degrees: see `prior_from`.

    Returns:
        Prior variance and degrees of each cell, NaN where no level has a prior.
    """
    prior_variance, prior_degrees = np.full(len(variance), np.nan), np.full(len(variance), np.nan)
    usable = contacts >= 2
    for numbers, fewest in levels:
        order = np.argsort(numbers, kind="stable")
        edges = np.flatnonzero(np.diff(numbers[order])) + 1
        for rows in np.split(order, edges) if len(order) else []:
            seen = rows[usable[rows]]
            if len(seen) < fewest:
                continue
            prior = prior_from(variance[seen], (contacts[seen] - 1).astype(np.float64), largest_degrees)
            if prior is not None:
                prior_variance[rows], prior_degrees[rows] = prior.variance, prior.degrees
    return prior_variance, prior_degrees
