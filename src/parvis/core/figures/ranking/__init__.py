"""Ranks that admit their uncertainty: confidence sets of ranks, who is level with the first, what rank to expect.

`rank` is the one door. `bootstrap` draws, `closed_form` does without dice, `posterior` tells the Bayesian companion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parvis.core.figures.checked_estimates import check_choice, check_confidence, check_estimates
from parvis.core.figures.draws import keys_of
from parvis.core.figures.ranking import bootstrap, closed_form, posterior
from parvis.core.figures.shrinkage import shrink
from parvis.core.vocabulary import Reason, Status

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]

STEP_DOWN_LIMIT = 500
TIE_TOLERANCE = 1e-9
METHODS = ("bootstrap", "holm", "bonferroni")


@dataclass(frozen=True, slots=True)
class RankedUnit:
    """One organisation's place: its rank, the ranks that cannot be ruled out, and whether it is level with the first.

    All figures are None for one that cannot be compared (no estimate, or a standard error of 0 or none).
    """

    identifier: str
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    level_with_first: bool | None
    expected_rank: float | None
    probability_first: float | None
    status: Status = Status.PUBLISHED
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The units in the order given, and how much of what separates them is real (None for fewer than two)."""

    units: tuple[RankedUnit, ...]
    rankability: float | None
    tau2: float | None


def rank(
    identifiers: Sequence[str],
    estimates: ArrayLike,
    standard_errors: ArrayLike,
    degrees_of_freedom: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
    method: str = "bootstrap",
    simultaneous: bool = True,
    seed: int = 0,
    replicates: int = bootstrap.REPLICATES,
    step_down_limit: int = STEP_DOWN_LIMIT,
    tie_tolerance: float = TIE_TOLERANCE,
) -> Ranking:
    """Rank the organisations of one category, the highest estimate first, with confidence sets of ranks.

    Args:
        identifiers: distinct, shape (p,); draws are keyed by them, so that order cannot matter.
        estimates: None or NaN where there is none.
        standard_errors: same shape; 0, None or NaN make the organisation not rankable.
        degrees_of_freedom: of each standard error; None or NaN for a normal error.
        confidence: that the sets hold all true ranks (simultaneous), or that each holds its own (marginal).
        method: "bootstrap" (parametric, t draws), or "holm" / "bonferroni" (no dice, Welch tests).
        simultaneous: one family of all pairs; otherwise one family per organisation, of its own p - 1 pairs.
        seed: of the draws, from `draws.seed_for`.
        replicates: number of draws.
        step_down_limit: up to so many organisations the bootstrap steps down; above, it takes one step.
        tie_tolerance: estimates are rounded to it before ranks are read, as they are when shown; 0 for no rounding.

    Returns:
        Competition ranks (1, 1, 3; ties at the tolerance), sets from 1 + the number told above to p minus the number
        told below, `level_with_first` (one-sided, always over all pairs), expected rank and chance of being first
        under the shrunken estimates, rankability tau²/(tau² + median SE²). Step-down up to 500 organisations, one
        step above. One organisation alone has the set {1}. A set always holds the rank that ties give, and who shares
        the first rank is level with the first.

    Raises:
        ParvisError: lengths that differ, an identifier given twice, infinite or negative numbers, a confidence outside
        0 to 1, an unknown method.

    Source: Mogstad, Romano, Shaikh & Wilhelm 2023; Holm 1979; Goldstein & Spiegelhalter 1996.

    >>> table = rank(["a", "b", "c"], [80.0, 79.0, 40.0], [2.0, 2.0, 2.0], method="holm")
    >>> [(unit.rank, unit.rank_low, unit.rank_high, unit.level_with_first) for unit in table.units]
    [(1, 1, 2, True), (2, 1, 2, True), (3, 3, 3, False)]
    """
    check_confidence(confidence)
    check_choice(method, METHODS)
    given = check_estimates(identifiers, estimates, standard_errors, degrees_of_freedom)
    units = [_left_out(name, bool(np.isfinite(y))) for name, y in zip(given.identifiers, given.estimates, strict=True)]
    chosen = np.flatnonzero(given.comparable)
    if not len(chosen):
        return Ranking(tuple(units), None, None)
    y, errors = given.estimates[chosen], given.standard_errors[chosen]
    keys = keys_of(given.identifiers[i] for i in chosen)
    drawn = bootstrap.Errors(errors, given.degrees_of_freedom[chosen], keys, seed, replicates)
    low, high, level = _sets(y, drawn, confidence, method, simultaneous, step_down_limit)
    shrunken = shrink(y, errors)
    expected = posterior.expected_ranks(shrunken.value, shrunken.standard_error)
    first = posterior.chances_of_being_first(shrunken.value, shrunken.standard_error)
    ranks = competition_ranks(y, tie_tolerance)
    low, level = np.minimum(low, ranks), level | (ranks == 1)
    for place, i in enumerate(chosen):
        counts = (int(ranks[place]), int(low[place]), int(high[place]))
        chances = (float(expected[place]), float(first[place]))
        units[i] = RankedUnit(given.identifiers[i], *counts, bool(level[place]), *chances)
    told = rankability(shrunken.tau2, errors) if len(chosen) > 1 else None
    return Ranking(tuple(units), told, shrunken.tau2)


def competition_ranks(values: ArrayLike, tolerance: float = TIE_TOLERANCE) -> Counts:
    """Ranks from the highest value, equal values sharing the best of their places.

    Args:
        values: finite numbers.
        tolerance: equal once rounded to it is equal, halves going up as in figures that are shown; 0 for no rounding.

    Returns:
        1 + the number of higher values, in the order given.

    Source: competition ranking ("1224"); method of Parvis 4.1 and 4.5.

    >>> competition_ranks([70.0, 90.0, 90.0 + 1e-12, 50.0]).tolist()
    [3, 1, 1, 4]
    >>> competition_ranks([87.25, 87.34, 87.35], tolerance=0.1).tolist()   # shown as 87.3, 87.3, 87.4
    [2, 2, 1]
    """
    given = np.asarray(values, np.float64)
    # the nudge is that of figures shown: 87.25 / 0.1, in doubles, lies under the half
    rounded = np.floor(given / tolerance + 0.5 + 1e-9) if tolerance > 0 else given
    ordered = np.sort(rounded)
    return (len(rounded) - np.searchsorted(ordered, rounded, side="right") + 1).astype(np.int64)


def rankability(tau2: float, standard_errors: ArrayLike) -> float:
    """The share of a typical observed difference that is real: tau² / (tau² + median SE²).

    Args:
        tau2: variance of the true values, from `shrinkage.between_variance`.
        standard_errors: positive, at least one.

    Returns:
        0 to 1; below 0.5 most differences are noise, and the table says so.

    Source: Lingsma et al. 2010.

    >>> rankability(1.0, [1.0, 1.0, 3.0])
    0.5
    """
    return tau2 / (tau2 + float(np.median(np.asarray(standard_errors, np.float64)) ** 2))


def _sets(
    y: Floats, drawn: bootstrap.Errors, confidence: float, method: str, simultaneous: bool, step_down_limit: int
) -> tuple[Counts, Counts, Flags]:
    size = len(y)
    if size == 1:
        return np.ones(1, np.int64), np.ones(1, np.int64), np.ones(1, bool)
    if method == "bootstrap":
        return _bootstrap_sets(y, drawn, confidence, simultaneous, step_down_limit)
    alpha = 1 - confidence
    tails = closed_form.tail_probabilities(y, drawn.standard_errors**2, drawn.degrees_of_freedom)
    level = _never_below(closed_form.above_one_sided(tails, alpha, method))
    if simultaneous:
        above = closed_form.above_simultaneous(tails, alpha, method)
        return 1 + above.sum(axis=0), size - above.sum(axis=1), level
    higher, lower = closed_form.above_marginal(tails, alpha, method)
    return 1 + higher.sum(axis=1), size - lower.sum(axis=1), level


def _bootstrap_sets(
    y: Floats, drawn: bootstrap.Errors, confidence: float, simultaneous: bool, step_down_limit: int
) -> tuple[Counts, Counts, Flags]:
    size, scale = len(y), drawn.standard_errors
    if size > step_down_limit:
        critical = bootstrap.critical_value(drawn, confidence)
        above, below = _counted(y, scale, np.full(size, critical))
        level = above == 0
        if not simultaneous:
            maxima = bootstrap.marginal_maxima(drawn)
            own = np.array([bootstrap.upper_quantile(column, confidence) for column in maxima.T])
            above, below = _counted(y, scale, own)
        return 1 + above, size - below, level
    statistics = (y[:, None] - y) / np.hypot(scale[:, None], scale)
    maxima = bootstrap.largest_differences(drawn)
    level = _never_below(bootstrap.step_down(drawn, statistics, confidence, one_sided=True, maxima=maxima))
    if simultaneous:
        told = bootstrap.step_down(drawn, statistics, confidence, one_sided=False, maxima=maxima)
        return 1 + told.sum(axis=0), size - told.sum(axis=1), level
    higher, lower = bootstrap.own_step_down(drawn, statistics, confidence)
    return 1 + higher, size - lower, level


def _counted(y: Floats, scale: Floats, critical: Floats) -> tuple[Counts, Counts]:
    """How many stand above and below each organisation by more than its critical value, one row at a time."""
    above, below = np.zeros(len(y), np.int64), np.zeros(len(y), np.int64)
    for i in range(len(y)):
        statistic = (y - y[i]) / np.hypot(scale, scale[i])
        above[i] = np.count_nonzero(statistic > critical[i])
        below[i] = np.count_nonzero(statistic < -critical[i])
    return above, below


def _never_below(above: Flags) -> Flags:
    return np.asarray(~above.any(axis=0), np.bool_)


def _left_out(name: str, measured: bool) -> RankedUnit:
    reason = Reason.NOT_COMPARABLE if measured else Reason.NO_DATA
    return RankedUnit(name, None, None, None, None, None, None, Status.NOT_MEASURED, reason.value)
