"""Extreme weights brought between bounds, and the margins met again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parvis.core.figures.weighting.raking import Target, sweep
from parvis.core.vocabulary import Fault, ParvisError, Text

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

CYCLES = 50
DEFAULT_BOUNDS = (0.2, 5.0)
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Trimming:
    """Row weights of each cell after trimming, the cycles run, rows and cells brought to a bound, the error left."""

    weights: Floats
    cycles: int
    trimmed: int
    brought: NDArray[np.bool_]
    gap_left: float


def trim(
    row_weights: Floats,
    rows: Floats,
    targets: Sequence[Target],
    bounds: tuple[float, float] = DEFAULT_BOUNDS,
    blocks: Codes | None = None,
) -> Trimming:
    """Bring weights between two multiples of their median, then rake again, until both hold.

    Args:
        row_weights: raked weight of one row of each cell (all rows of a cell weigh the same), 0 or more.
        rows: number of rows of each cell.
        targets: margins laid on the cells; none keeps the total of each block.
        bounds: lowest and highest multiples of the median.
        blocks: the territory of each cell, 0, 1, …; each has its own median; None for a single one.

    Returns:
        `Trimming`; bounds always hold, and `gap_left` tells what of the margins does not after 50 cycles.

    Raises:
        ParvisError: bounds that do not stand on both sides of 1.

    Source: method of Parvis 4.4; Potter 1990 for trimming and redistribution.

    >>> trim(np.array([1.0, 1.0, 12.0]), np.array([4.0, 4.0, 1.0]), [], (0.2, 5.0)).weights.round(6).tolist()
    [1.875, 1.875, 5.0]
    """
    check_bounds(bounds)
    place = np.zeros(len(rows), np.int64) if blocks is None else blocks
    used = rows * (row_weights > 0)
    low, high = _limits(row_weights, used, place, bounds)
    totals = np.bincount(place, row_weights * rows).astype(np.float64)
    weights = row_weights.copy()
    clipped = np.clip(weights, low, high)
    brought = (clipped != weights) & (used > 0)
    trimmed = round(float(used[brought].sum()))
    for cycle in range(CYCLES):
        clipped = np.where(used > 0, np.clip(weights, low, high), weights)
        spread = _redistribute(clipped, used, place, totals, low, high)
        raked = sweep(spread * rows, targets)[0] if targets else spread * rows
        weights = np.divide(raked, rows, out=np.zeros_like(raked), where=rows > 0)
        inside = (weights >= low * (1 - _ROUNDING)) & (weights <= high * (1 + _ROUNDING))
        if bool((inside | (used == 0)).all()):
            return Trimming(weights, cycle + 1, trimmed, brought, _gap(weights * rows, targets))
    clipped = np.where(used > 0, np.clip(weights, low, high), weights)
    return Trimming(clipped, CYCLES, trimmed, brought, _gap(clipped * rows, targets))


def check_bounds(bounds: tuple[float, float]) -> None:
    """Raise unless the bounds are finite and stand on both sides of 1, the median itself."""
    low, high = bounds
    if not (0 <= low <= 1 <= high < np.inf):
        raise ParvisError(
            Fault(
                "trim_bounds",
                Text(
                    f"les bornes {low:g} et {high:g} n’encadrent pas 1.",
                    f"the bounds {low:g} and {high:g} do not stand on both sides of 1.",
                ),
                Text(
                    "Donnez deux multiples, par exemple 0.2,5.",
                    "Give two multiples, such as 0.2,5.",
                ),
            )
        )


def weighted_median(values: Floats, counts: Floats) -> float:
    """The middle value when each is repeated `counts` times (the mean of the two middle ones when they are two)."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(counts[order])
    half = reached[-1] / 2
    first = values[order][np.searchsorted(reached, half, side="left")]
    second = values[order][min(np.searchsorted(reached, half, side="right"), len(values) - 1)]
    return float((first + second) / 2)


def _limits(weights: Floats, used: Floats, place: Codes, bounds: tuple[float, float]) -> tuple[Floats, Floats]:
    medians = np.zeros(int(place.max(initial=0)) + 1)
    for block in np.unique(place[used > 0]):
        mine = (place == block) & (used > 0)
        medians[block] = weighted_median(weights[mine], used[mine])
    return medians[place] * bounds[0], medians[place] * bounds[1]


def _redistribute(weights: Floats, used: Floats, place: Codes, totals: Floats, low: Floats, high: Floats) -> Floats:
    """Give back to the weights strictly inside the bounds what trimming took from, or added to, their block."""
    free = (weights > low) & (weights < high) & (used > 0)
    sums = np.bincount(place, weights * used, minlength=len(totals))
    free_sums = np.bincount(place, weights * used * free, minlength=len(totals))
    wanted = free_sums + totals - sums
    ratio = np.divide(wanted, free_sums, out=np.ones_like(wanted), where=(free_sums > 0) & (wanted > 0))
    return np.where(free, weights * ratio[place], weights)


def _gap(weights: Floats, targets: Sequence[Target]) -> float:
    return max((target.gap(weights) for target in targets), default=0.0)
