"""The same questions without dice: pairwise t tests with Welch degrees of freedom, corrected by Holm or Bonferroni."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def tail_probabilities(estimates: Floats, variances: Floats, degrees_of_freedom: Floats) -> Floats:
    """For each ordered pair (i, j), the chance of so large a value_i - value_j were the two equal.

    Args:
        estimates, variances: shape (p,); variances are squared standard errors, positive.
        degrees_of_freedom: of each standard error; infinite for a normal.

    Returns:
        One-sided probabilities, shape (p, p), 0.5 on the diagonal.

    Source: Welch 1947.

    >>> table = tail_probabilities(np.array([2.0, 0.0]), np.array([1.0, 1.0]), np.array([np.inf, np.inf]))
    >>> round(float(table[0, 1]), 4), round(float(table[1, 0]), 4)
    (0.0786, 0.9214)
    """
    result = np.empty((len(estimates), len(estimates)))
    with np.errstate(divide="ignore"):
        share = variances**2 / degrees_of_freedom
        for i in range(len(estimates)):
            total = variances[i] + variances
            statistic = (estimates[i] - estimates) / np.sqrt(total)
            result[i] = student_tail(statistic, total**2 / (share[i] + share))
    return result


def student_tail(statistic: Floats, degrees_of_freedom: Floats) -> Floats:
    """P(T > statistic), with the normal where degrees of freedom are infinite."""
    finite = np.isfinite(degrees_of_freedom)
    tails = special.ndtr(-statistic)
    if finite.any():
        tails[finite] = special.stdtr(degrees_of_freedom[finite], -statistic[finite])
    return np.asarray(tails, np.float64)


def rejected(probabilities: Floats, family: int, alpha: float, method: str) -> Flags:
    """Which hypotheses of a family fall at level alpha.

    Args:
        probabilities: p-values, any shape.
        family: number of hypotheses in the family (as many as p-values).
        alpha: error allowed over the whole family.
        method: "holm" or "bonferroni".

    Returns:
        Booleans of the same shape.

    Source: Holm 1979.

    >>> rejected(np.array([0.01, 0.04, 0.03, 0.005]), 4, 0.05, "holm").tolist()
    [True, False, False, True]
    """
    if method == "bonferroni":
        return np.asarray(probabilities <= alpha / family)
    flat = probabilities.ravel()
    # beyond alpha nothing can fall: sort the few that may
    candidates = np.flatnonzero(flat <= alpha)
    order = candidates[np.argsort(flat[candidates], kind="stable")]
    passes = flat[order] <= alpha / (family - np.arange(len(order)))
    count = int(np.argmin(passes)) if not passes.all() else len(order)
    fallen = np.zeros(flat.shape, dtype=bool)
    fallen[order[:count]] = True
    return fallen.reshape(probabilities.shape)


def above_simultaneous(tails: Floats, alpha: float, method: str) -> Flags:
    """True where i is told above j, over the family of all unordered pairs, two-sided."""
    rows, columns = np.triu_indices(len(tails), 1)
    two_sided = 2 * np.minimum(tails[rows, columns], tails[columns, rows])
    apart = np.zeros(tails.shape, dtype=bool)
    apart[rows, columns] = rejected(two_sided, len(rows), alpha, method)
    apart |= apart.T
    return apart & (tails < 0.5)


def above_marginal(tails: Floats, alpha: float, method: str) -> tuple[Flags, Flags]:
    """For each i: who is told above it, and who below it, over its own p - 1 two-sided comparisons."""
    size = len(tails)
    higher, lower = np.zeros(tails.shape, dtype=bool), np.zeros(tails.shape, dtype=bool)
    for i in range(size):
        others = np.arange(size) != i
        two_sided = 2 * np.minimum(tails[i], tails[:, i])[others]
        apart = rejected(two_sided, size - 1, alpha, method)
        higher[i, others] = apart & (tails[:, i][others] < 0.5)
        lower[i, others] = apart & (tails[i][others] < 0.5)
    return higher, lower


def above_one_sided(tails: Floats, alpha: float, method: str) -> Flags:
    """True where i is told above j, over the family of all ordered pairs, one-sided."""
    size = len(tails)
    pairs = ~np.eye(size, dtype=bool)
    above = np.zeros(tails.shape, dtype=bool)
    above[pairs] = rejected(tails[pairs], size * (size - 1), alpha, method)
    return above
