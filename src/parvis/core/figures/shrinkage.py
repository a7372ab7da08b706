"""What is likely behind noisy figures: how much organisations truly differ, and each one pulled towards the rest.

Shrunken figures carry their own name wherever they are shown; they never replace a published raw score.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from parvis.core.figures.proportions import Interval
from parvis.core.vocabulary import Fault, ParvisError, Text

Floats = NDArray[np.float64]

_GRID_POINTS = 80
# beyond this sum of its two parameters a beta prior is a point for any number of answers we may meet
_POINT_PRIOR = 1e8


@dataclass(frozen=True, slots=True)
class Shrunken:
    """Posterior means and standard errors under a normal model; `tau2` is the variance of the true values."""

    mean: float
    tau2: float
    value: Floats
    standard_error: Floats


@dataclass(frozen=True, slots=True)
class BetaBinomial:
    """A beta prior fitted on all organisations, and the posterior of each share with its limits."""

    alpha: float
    beta: float
    value: Floats
    limits: Interval


def between_variance(estimates: ArrayLike, standard_errors: ArrayLike, method: str = "reml") -> float:
    """The variance of the true values behind estimates that each have their own error.

    Args:
        estimates: shape (p,), finite.
        standard_errors: positive, same shape.
        method: "reml" (restricted likelihood), "paule-mandel" or "dersimonian-laird".

    Returns:
        tau², 0 or more (a negative solution is cut at 0); 0 for fewer than two estimates.

    Raises:
        ParvisError: lengths that differ, an estimate that is not finite, or a standard error that is not positive.

    Source: Viechtbauer 2005 (REML); Paule & Mandel 1982; DerSimonian & Laird 1986.

    >>> round(between_variance([1.0, 3.0], [1.0, 1.0]), 6)   # s² of the estimates is 2, less 1 of noise
    1.0
    >>> between_variance([1.0, 1.5], [1.0, 1.0])
    0.0
    """
    y, variances = _checked(estimates, standard_errors)
    if len(y) < 2:
        return 0.0
    if method == "dersimonian-laird":
        return _dersimonian_laird(y, variances)
    if method == "paule-mandel":
        return _decreasing_root(lambda tau2: _q(y, variances, tau2) - (len(y) - 1), _scale(y, variances))
    if method == "reml":
        return _reml(y, variances)
    raise ParvisError(
        Fault(
            "method_unknown",
            Text(f"la méthode « {method} » est inconnue.", f"method “{method}” is unknown."),
            Text(
                "Choisissez reml, paule-mandel ou dersimonian-laird.", "Choose reml, paule-mandel or dersimonian-laird."
            ),
        )
    )


def shrink(estimates: ArrayLike, standard_errors: ArrayLike, method: str = "reml") -> Shrunken:
    """Each estimate pulled towards the weighted mean, the more so the noisier it is.

    Args:
        estimates, standard_errors, method: as `between_variance`.

    Returns:
        Posterior means mu + tau²/(tau² + s²) (y - mu) and standard errors, in the order given; with tau² = 0 every
        value is mu and every standard error 0 (the data show no difference at all).

    Raises:
        ParvisError: as `between_variance`.

    Source: Efron & Morris 1975, with mu weighted by 1/(tau² + s²).

    >>> shrunken = shrink([1.0, 3.0], [1.0, 1.0])
    >>> [round(float(value), 6) for value in shrunken.value]
    [1.5, 2.5]
    """
    y, variances = _checked(estimates, standard_errors)
    tau2 = between_variance(y, np.sqrt(variances), method)
    weights = 1 / (tau2 + variances)
    mean = float(weights @ y / weights.sum()) if len(y) else math.nan
    pull = tau2 * weights
    return Shrunken(mean, tau2, mean + pull * (y - mean), np.sqrt(pull * variances))


def beta_binomial(successes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> BetaBinomial:
    """Shares of small groups pulled towards what all groups show, without any normal approximation.

    Args:
        successes: counts, 0 to n, shape (p,).
        n: observations of each group, 0 or more.
        confidence: of the posterior limits, strictly between 0 and 1.

    Returns:
        The prior's alpha and beta by maximum likelihood, posterior means and limits in the order given. Groups that
        differ no more than chance alone would make them share one value (alpha + beta at its ceiling of 1e8).

    Raises:
        ParvisError: counts that are negative, missing or above n, or no observation at all.

    Source: Skellam 1948; maximum likelihood on (mean, alpha + beta).

    >>> shares = beta_binomial([0, 10, 5, 0, 10, 5], [10, 10, 10, 10, 10, 10])
    >>> bool(0.0 < shares.value[0] < 0.1 and 0.9 < shares.value[1] < 1.0), round(float(shares.value[2]), 3)
    (True, 0.5)
    """
    x, size = np.asarray(successes, np.float64), np.asarray(n, np.float64)
    wrong = x.shape != size.shape or not (np.isfinite(x).all() and np.isfinite(size).all())
    if wrong or (x < 0).any() or (x > size).any() or size.sum() == 0:
        raise ParvisError(
            Fault(
                "count_impossible",
                Text(
                    "des effectifs sont absents, négatifs ou incohérents.",
                    "some counts are missing, negative or wrong.",
                ),
                Text(
                    "Donnez 0 ≤ succès ≤ effectif, et au moins une réponse.", "Give 0 ≤ successes ≤ n, and one answer."
                ),
            )
        )
    mean = (x.sum() + 0.5) / (size.sum() + 1)
    alpha, beta = _beta_prior(x, size, mean)
    after_a, after_b = alpha + x, beta + size - x
    tail = (1 - confidence) / 2
    limits = Interval(special.betaincinv(after_a, after_b, tail), special.betaincinv(after_a, after_b, 1 - tail))
    return BetaBinomial(alpha, beta, after_a / (after_a + after_b), limits)


def _beta_prior(x: Floats, size: Floats, mean: float) -> tuple[float, float]:
    def loss(point: Floats) -> float:
        share, total = float(special.expit(point[0])), math.exp(point[1])
        a, b = share * total, (1 - share) * total
        return -float(np.sum(special.betaln(a + x, b + size - x) - special.betaln(a, b)))

    # several starts: the likelihood is flat both where groups are alike and where each is all or nothing
    starts = [(float(special.logit(mean)), log_total) for log_total in (-1.0, 1.0, 3.0, 6.0)]
    bounds = [(-30.0, 30.0), (-8.0, math.log(1e6))]
    best = min(
        (optimize.minimize(loss, start, method="L-BFGS-B", bounds=bounds, tol=1e-14) for start in starts),
        key=lambda fit: float(fit.fun),
    )
    pooled = min(max(x.sum() / size.sum(), 1e-9), 1 - 1e-9)
    no_spread = -float(np.sum(special.xlogy(x, pooled) + special.xlog1py(size - x, -pooled)))
    if no_spread <= float(best.fun) + 1e-9:
        return pooled * _POINT_PRIOR, (1 - pooled) * _POINT_PRIOR
    share, total = float(special.expit(best.x[0])), math.exp(best.x[1])
    return share * total, (1 - share) * total


def _checked(estimates: ArrayLike, standard_errors: ArrayLike) -> tuple[Floats, Floats]:
    y, errors = np.asarray(estimates, np.float64), np.asarray(standard_errors, np.float64)
    if y.shape != errors.shape or not np.isfinite(y).all() or not np.isfinite(errors).all() or (errors <= 0).any():
        raise ParvisError(
            Fault(
                "estimates_unusable",
                Text(
                    "une estimation est absente, ou son erreur type n’est pas un nombre positif.",
                    "an estimate is missing, or its standard error is not a positive number.",
                ),
                Text("Écartez ces lignes avant le calcul.", "Leave these rows out before computing."),
            )
        )
    return y, errors**2


def _q(y: Floats, variances: Floats, tau2: float) -> float:
    weights = 1 / (tau2 + variances)
    mean = weights @ y / weights.sum()
    return float(weights @ (y - mean) ** 2)


def _scale(y: Floats, variances: Floats) -> float:
    return float(np.var(y, ddof=1) + variances.max()) * 4 + 1e-300


def _dersimonian_laird(y: Floats, variances: Floats) -> float:
    weights = 1 / variances
    spread = weights.sum() - (weights @ weights) / weights.sum()
    return max(0.0, (_q(y, variances, 0.0) - (len(y) - 1)) / float(spread))


def _decreasing_root(excess: Callable[[float], float], top: float) -> float:
    """Where a decreasing function of tau² crosses 0, or 0 when it starts below."""
    if excess(0.0) <= 0:
        return 0.0
    while excess(top) > 0:
        top *= 4
    return float(optimize.brentq(excess, 0.0, top, xtol=1e-15 * top, rtol=1e-14, maxiter=500))


def _reml(y: Floats, variances: Floats) -> float:
    """The highest point of the restricted likelihood: bracketed on a grid (it may have two tops), then by its slope."""
    top = _scale(y, variances)
    grid = np.concatenate([[0.0], np.geomspace(top * 1e-12, top, _GRID_POINTS)])
    heights = [_restricted_log_likelihood(y, variances, float(tau2)) for tau2 in grid]
    best = int(np.argmax(heights))
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)])
    slope_low, slope_high = _slope(y, variances, low), _slope(y, variances, high)
    if slope_low <= 0:
        return low
    if slope_high >= 0:
        return high
    return float(optimize.brentq(lambda tau2: _slope(y, variances, tau2), low, high, xtol=1e-16 * top, rtol=1e-14))


def _restricted_log_likelihood(y: Floats, variances: Floats, tau2: float) -> float:
    weights = 1 / (tau2 + variances)
    return -0.5 * (float(-np.log(weights).sum()) + math.log(float(weights.sum())) + _q(y, variances, tau2))


def _slope(y: Floats, variances: Floats, tau2: float) -> float:
    weights = 1 / (tau2 + variances)
    total, squares = float(weights.sum()), weights**2
    mean = weights @ y / total
    return 0.5 * (float(squares @ (y - mean) ** 2) - total + float(squares.sum()) / total)
