"""The slow, obvious twin of the survey estimates: one row at a time, as a textbook writes it, without cells or sums."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Row = dict[str, Any]


@dataclass(frozen=True)
class NaiveFigure:
    n: int
    estimate: float
    standard_error: float
    degrees_of_freedom: int
    kish: float


@dataclass(frozen=True)
class NaiveDesign:
    strata: str | None = None
    cluster: str | None = None
    population: str | None = None

    def stratum(self, row: Row) -> Hashable:
        return row[self.strata] if self.strata else None

    def unit(self, row: Row) -> Hashable:
        """A cluster, or the row itself."""
        return (self.stratum(row), row[self.cluster]) if self.cluster else id(row)


def naive_figure(
    rows: Sequence[Row],
    value: str,
    *,
    statistic: str = "mean",
    denominator: str | None = None,
    domain: Callable[[Row], bool] = lambda _: True,
    design: NaiveDesign | None = None,
    weight: str | None = None,
    margins: Sequence[dict[str, Any]] = (),
) -> NaiveFigure:
    """A mean, total or ratio in a domain; `margins` are {"variable": …, "totals": {level: total}}."""
    design = design or NaiveDesign()
    rows = [row for row in rows if (row[weight] if weight else 1.0) > 0]
    base = [float(row[weight]) if weight else 1.0 for row in rows]
    final = _rake(rows, base, margins)
    answered = [
        row[value] is not None and (denominator is None or row[denominator] is not None) and domain(row) for row in rows
    ]
    x = [1.0 if denominator is None else row[denominator] for row in rows]
    numerator = sum(w * row[value] for row, w, kept in zip(rows, final, answered, strict=True) if kept)
    below = sum(w * one for one, w, kept in zip(x, final, answered, strict=True) if kept)
    if statistic == "total":
        estimate, scale, ratio = numerator, 1.0, 0.0
    else:
        estimate, scale, ratio = numerator / below, below, numerator / below
    linear = [
        (row[value] - ratio * one) / scale if kept else 0.0 for row, one, kept in zip(rows, x, answered, strict=True)
    ]
    residual = _residuals(rows, base, linear, margins)
    kept_w = [w for w, kept in zip(final, answered, strict=True) if kept]
    plain = design == NaiveDesign() and not margins and statistic != "total"
    counted = sum(1 for row in rows if row[value] is not None and (denominator is None or row[denominator] is not None))
    variance = _variance(
        rows, [w * e for w, e in zip(final, residual, strict=True)], design, counted if plain else None
    )
    mine = [row for row, kept in zip(rows, answered, strict=True) if kept]
    return NaiveFigure(
        n=len(mine),
        estimate=estimate,
        standard_error=variance**0.5,
        degrees_of_freedom=len({design.unit(row) for row in mine}) - len({design.stratum(row) for row in mine}),
        kish=sum(kept_w) ** 2 / sum(w * w for w in kept_w),
    )


def _rake(rows: Sequence[Row], base: Sequence[float], margins: Sequence[dict[str, Any]]) -> list[float]:
    """Newton's method on the dual of raking: another algorithm than the sweeps, with the same answer."""
    if not margins:
        return list(base)
    dummies, targets = _dummies(rows, margins)
    weights = np.array(base)
    tilt = np.zeros(dummies.shape[1])
    for _ in range(200):
        current = weights * np.exp(dummies @ tilt)
        gap = targets - dummies.T @ current
        if np.max(np.abs(gap) / targets) < 1e-13:
            break
        step = np.linalg.lstsq(dummies.T @ (current[:, None] * dummies), gap, rcond=1e-12)[0]
        tilt += step * min(1.0, 2.0 / max(np.max(np.abs(step)), 1e-12))
    return [float(w) for w in weights * np.exp(dummies @ tilt)]


def _residuals(
    rows: Sequence[Row], base: Sequence[float], linear: Sequence[float], margins: Sequence[dict[str, Any]]
) -> list[float]:
    if not margins:
        return list(linear)
    dummies, _ = _dummies(rows, margins)
    root = np.sqrt(np.array(base))
    solution = np.linalg.lstsq(root[:, None] * dummies, root * np.array(linear), rcond=None)[0]
    return [float(e) for e in np.array(linear) - dummies @ solution]


def _dummies(rows: Sequence[Row], margins: Sequence[dict[str, Any]]) -> tuple[Any, Any]:
    columns, targets = [], []
    for margin in margins:
        for level, total in margin["totals"].items():
            columns.append([1.0 if row[margin["variable"]] == level else 0.0 for row in rows])
            targets.append(float(total))
    return np.array(columns).T, np.array(targets)


def _variance(rows: Sequence[Row], z: Sequence[float], design: NaiveDesign, counted: int | None) -> float:
    units: dict[Hashable, dict[Hashable, float]] = {}
    sizes: dict[Hashable, float] = {}
    for row, value in zip(rows, z, strict=True):
        stratum = design.stratum(row)
        units.setdefault(stratum, {}).setdefault(design.unit(row), 0.0)
        units[stratum][design.unit(row)] += value
        if design.population:
            sizes[stratum] = row[design.population]
    variance = 0.0
    for stratum, totals in units.items():
        m = counted if counted is not None else len(totals)
        mean = sum(totals.values()) / m
        left = 1 - m / sizes[stratum] if stratum in sizes else 1.0
        squares = sum((total - mean) ** 2 for total in totals.values()) + (m - len(totals)) * mean**2
        variance += left * m / (m - 1) * squares
    return variance
