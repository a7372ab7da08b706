"""How far two organisations must stand apart before chance is ruled out, by a seeded parametric bootstrap.

The statistic of a replicate is the largest studentised difference over many pairs. It is found without visiting them
all: |s_i t_i - s_j t_j| / sqrt(s_i² + s_j²) never exceeds sqrt(t_i² + t_j²) (Cauchy-Schwarz), so only organisations
with an extreme draw can hold the largest. That is what makes 3,500 organisations a matter of seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parvis.core.figures.draws import Keys, students

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]

REPLICATES = 4_000
_BLOCK = 2_000_000
_COLUMNS = 64


@dataclass(frozen=True, slots=True)
class Errors:
    """The sampling errors to draw: standard errors, degrees of freedom (infinite: normal), keys and a seed."""

    standard_errors: Floats
    degrees_of_freedom: Floats
    keys: Keys
    seed: int
    replicates: int = REPLICATES

    def draws(self) -> Iterator[Floats]:
        """Blocks of t draws, shape (replicates of the block, organisations): never more than some 2 million numbers."""
        size = max(1, _BLOCK // max(1, len(self.keys)))
        for start in range(0, self.replicates, size):
            numbers = np.arange(start, min(start + size, self.replicates))
            yield students(self.seed, self.keys, numbers, self.degrees_of_freedom)


def upper_quantile(statistics: Floats, confidence: float) -> float:
    """The order statistic that bounds `confidence` of replicates from above, counting the observed one among them."""
    place = min(len(statistics), int(np.ceil(confidence * (len(statistics) + 1))))
    return float(np.partition(statistics, place - 1)[place - 1])


def largest_differences(errors: Errors) -> Floats:
    """For each replicate, the largest studentised difference over all pairs."""
    return np.concatenate([_row_maxima(block, errors.standard_errors) for block in errors.draws()])


def critical_value(errors: Errors, confidence: float) -> float:
    """The one-step critical value over all pairs (the same for one-sided and two-sided families)."""
    return upper_quantile(largest_differences(errors), confidence)


def step_down(
    errors: Errors, statistics: Floats, confidence: float, one_sided: bool, maxima: Floats | None = None
) -> Flags:
    """Which ordered pairs (i, j) are told apart, i above j, when each finding makes the next ones easier.

    Args:
        errors: what to draw.
        statistics: observed (value_i - value_j) / sd_ij, shape (p, p).
        confidence: of the whole family.
        one_sided: keep the opposite hypothesis of a finding in the family (ordered pairs), or drop both.
        maxima: the `largest_differences` of the same errors, where they are known already.

    Returns:
        Matrix (p, p), true where i is above j.

    Source: Romano & Wolf 2005; Mogstad, Romano, Shaikh & Wilhelm 2023. Only replicates that may still reach the
    quantile are computed again: removing pairs can only lower a replicate's largest difference.
    """
    draws = np.concatenate(list(errors.draws()))
    maxima = _row_maxima(draws, errors.standard_errors) if maxima is None else maxima
    remaining = ~np.eye(statistics.shape[0], dtype=bool)
    above = np.zeros_like(remaining)
    while True:
        found = remaining & (statistics > upper_quantile(maxima, confidence))
        if not found.any():
            return above
        above |= found
        remaining &= ~found if one_sided else ~(found | found.T)
        if not remaining.any():
            return above
        maxima = _lowered(maxima, draws, errors.standard_errors, remaining, confidence)


def marginal_maxima(errors: Errors) -> Floats:
    """For each replicate and organisation, the largest studentised difference in that organisation's own comparisons.

    Returns:
        Single-precision array (replicates, p): 2,000 × 3,500 take 28 MB.
    """
    scale = errors.standard_errors
    rows = [_own_maxima(t, scale) for block in errors.draws() for t in block]
    return np.asarray(rows, np.float32)


def own_step_down(errors: Errors, statistics: Floats, confidence: float) -> tuple[Counts, Counts]:
    """How many are told above and below each organisation, over its own p - 1 comparisons, step by step.

    Args:
        errors, statistics, confidence: as `step_down`.

    Returns:
        Two arrays of counts, shape (p,).
    """
    draws = np.concatenate(list(errors.draws()))
    values, variances = draws * errors.standard_errors, errors.standard_errors**2
    higher, lower = np.zeros(len(statistics), np.int64), np.zeros(len(statistics), np.int64)
    for i in range(len(statistics)):
        differences = np.abs(values[:, i, None] - values) / np.sqrt(variances[i] + variances)
        others = np.flatnonzero(np.arange(len(statistics)) != i)
        while len(others):
            critical = upper_quantile(differences[:, others].max(axis=1), confidence)
            found = np.abs(statistics[i, others]) > critical
            if not found.any():
                break
            told = statistics[i, others[found]]
            higher[i] += np.count_nonzero(told < 0)
            lower[i] += np.count_nonzero(told > 0)
            others = others[~found]
    return higher, lower


def _row_maxima(draws: Floats, scale: Floats) -> Floats:
    """`_largest` of each replicate: the k-th most extreme draw of all those still in play, for k = 1, 2, …"""
    squares, values, variances = draws * draws, draws * scale, scale * scale
    order = np.argsort(-squares, axis=1)
    best, playing = np.zeros(len(draws)), np.arange(len(draws))
    for extreme in order.T:
        own = extreme[playing]
        in_play = 2 * squares[playing, own] > best[playing] ** 2
        playing, own = playing[in_play], own[in_play]
        if not len(playing):
            break
        differences = np.abs(values[playing, own][:, None] - values[playing])
        differences /= np.sqrt(variances[own][:, None] + variances)
        best[playing] = np.maximum(best[playing], differences.max(axis=1))
    return best


def _largest(t: Floats, scale: Floats, remaining: Flags) -> float:
    """The largest studentised difference of one replicate, over the ordered pairs that remain."""
    squares = t * t
    values = scale * t
    # rows by decreasing |t|; a pair's larger |t| must exceed half of the square already reached
    order = np.argsort(-squares)
    best = 0.0
    variances = scale * scale
    for i in order.tolist():
        if 2 * squares[i] <= best * best:
            break
        differences = (values[i] - values) / np.sqrt(variances[i] + variances)
        forward = np.where(remaining[i], differences, 0.0).max()
        backward = np.where(remaining[:, i], -differences, 0.0).max()
        best = max(best, float(forward), float(backward))
    return best


def _lowered(maxima: Floats, draws: Floats, scale: Floats, remaining: Flags, confidence: float) -> Floats:
    """The maxima over the remaining pairs, exact for every replicate at or above the new quantile."""
    tail = len(maxima) - min(len(maxima), int(np.ceil(confidence * (len(maxima) + 1)))) + 1
    lowered = maxima.copy()
    fresh: list[float] = []
    for replicate in np.argsort(-maxima, kind="stable").tolist():
        if len(fresh) >= tail and np.partition(fresh, -tail)[-tail] >= maxima[replicate]:
            break
        lowered[replicate] = _largest(draws[replicate], scale, remaining)
        fresh.append(lowered[replicate])
    return lowered


def _own_maxima(t: Floats, scale: Floats) -> Floats:
    squares, values, variances = t * t, scale * t, scale * scale
    order = np.argsort(-squares)
    best = np.zeros(len(t))
    for start in range(0, len(t), _COLUMNS):
        columns = order[start : start + _COLUMNS]
        rows = np.flatnonzero(squares + squares[columns[0]] > best * best)
        if not len(rows):
            break
        differences = np.abs(values[rows, None] - values[columns]) / np.sqrt(variances[rows, None] + variances[columns])
        best[rows] = np.maximum(best[rows], differences.max(axis=1))
    return best
