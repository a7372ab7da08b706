"""How the sample was drawn: weights, strata, clusters, population sizes; and what each asks of a variance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from parvis.core.figures.tally.responses import Moments
from parvis.core.vocabulary import Fault, ParvisError, Text

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Design:
    """The columns that describe the sample; None where it has none.

    `population` is the number of units (of clusters, if there are some) in the frame of the row's stratum. Without a
    weight column, a population gives the weights: population over sampled units, as in R survey.
    """

    weight: str | None = None
    strata: str | None = None
    cluster: str | None = None
    population: str | None = None

    @property
    def plain(self) -> bool:
        """Independent rows of one population, the case of citizens who chose to answer."""
        return self.strata is None and self.cluster is None and self.population is None

    @property
    def columns(self) -> list[str]:
        return [name for name in (self.weight, self.strata, self.cluster, self.population) if name is not None]

    @property
    def keys(self) -> list[str]:
        """The columns that groups of the scan are crossed with."""
        return [name for name in (self.strata, self.cluster) if name is not None]


@dataclass(frozen=True, slots=True)
class Frame:
    """A design laid on the groups of a scan.

    `stratum` and `unit` number the stratum and the cluster of each group (clusters are numbered within strata; the unit
    is -1 without clusters, where each row is its own). `pooled` is the stratum used for variances: one with a single
    unit joins its neighbour. `units` and `left` (1 less the sampling fraction) are those of pooled strata; `alone`
    tells which strata have a single unit, `weights` what weights are multiplied by.
    """

    stratum: Codes
    pooled: Codes
    unit: Codes
    clustered: bool
    units: Floats
    left: Floats
    alone: NDArray[np.bool_]
    weights: Floats

    @property
    def strata(self) -> int:
        return len(self.units)


def lay(design: Design, moments: Moments) -> Frame:
    """Lay a design on the groups of a scan: count units by stratum, check population sizes, pool lonely strata.

    Args:
        design: the columns.
        moments: groups that cross at least the design's keys; `population` filled in if the design has one.

    Returns:
        A `Frame`; its `weights` multiply each group's (1, unless weights come from population sizes).

    Raises:
        ParvisError: a population size that changes within a stratum or is smaller than the sample.
    """
    stratum, names = moments.codes([design.strata] if design.strata else [])
    count = int(stratum.max(initial=-1)) + 1
    unit = np.full(len(stratum), -1, np.int64)
    if design.cluster is None:
        units = np.bincount(stratum, moments.rows, minlength=count).astype(np.float64)
    else:
        unit = moments.codes(design.keys)[0]
        first = np.unique(unit, return_index=True)[1]
        units = np.bincount(stratum[first], minlength=count).astype(np.float64)
    sizes = np.full(count, np.inf)
    if moments.population is not None:
        low = moments.population if moments.population_low is None else moments.population_low
        sizes = _sizes(stratum, units, low, moments.population, _labels(names, count))
    weights = np.ones(len(stratum))
    if design.weight is None and design.population is not None:
        weights = (sizes / units)[stratum]
    pool, alone = _pool(units, sizes)
    pooled_units = np.bincount(pool, units).astype(np.float64)
    pooled_sizes = np.bincount(pool, np.where(np.isfinite(sizes), sizes, 0.0))
    finite = np.isfinite(sizes).all() and count > 0
    left = 1 - pooled_units / pooled_sizes if finite else np.ones(len(pooled_units))
    return Frame(stratum, pool[stratum], unit, design.cluster is not None, pooled_units, left, alone, weights)


def _labels(names: pa.Table, count: int) -> list[Text]:
    """How each stratum is called in a sentence; a design without strata has a single, nameless one."""
    if not names.num_columns:
        return [Text("l’échantillon", "the sample")] * count
    shown = [str(value) for value in names.column(0).to_pylist()]
    return [Text(f"la strate « {name} »", f"the stratum “{name}”") for name in shown]


def _sizes(stratum: Codes, units: Floats, lowest: Floats, highest: Floats, labels: list[Text]) -> Floats:
    low, high = np.full(len(units), np.inf), np.full(len(units), -np.inf)
    np.minimum.at(low, stratum, lowest)
    np.maximum.at(high, stratum, highest)
    faults = [
        Fault(
            "population_varies",
            Text(
                f"l’effectif de population change dans {labels[at].fr} ({low[at]:g} à {high[at]:g}).",
                f"the population size changes within {labels[at].en} ({low[at]:g} to {high[at]:g}).",
            ),
            Text("Donnez le même nombre à toutes ses lignes.", "Give the same number to all of its rows."),
        )
        for at in np.flatnonzero(low != high)
    ] + [
        Fault(
            "population_too_small",
            Text(
                f"{labels[at].fr} a {units[at]:g} unités tirées pour une population de {high[at]:g}.",
                f"{labels[at].en} has {units[at]:g} sampled units for a population of {high[at]:g}.",
            ),
            Text(
                "Donnez l’effectif de la population (des grappes, s’il y en a), pas un taux.",
                "Give the size of the population (of clusters, if there are some), not a rate.",
            ),
        )
        for at in np.flatnonzero((low == high) & (high < units))
    ]
    if faults:
        raise ParvisError(faults)
    return high


def _pool(units: Floats, sizes: Floats) -> tuple[Codes, NDArray[np.bool_]]:
    """Join each stratum of a single unit to the next one (the last to the previous), unless it was taken whole."""
    alone = (units == 1) & (sizes > 1)
    pool = np.zeros(len(units), np.int64)
    current = -1
    pending = False
    for at in range(len(units)):
        if not pending:
            current += 1
        pool[at] = current
        pending = bool(alone[at]) and units[: at + 1][pool[: at + 1] == current].sum() == 1
    if pending and current > 0:
        pool[pool == current] = current - 1
    return pool, alone
