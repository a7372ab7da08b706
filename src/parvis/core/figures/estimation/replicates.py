"""Standard errors by doing it again: replicate weights that were supplied, jackknifed, or drawn by a bootstrap.

For checks of the linearised errors, and for figures that have none, such as a median.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from parvis.core.figures.draws import poissons
from parvis.core.figures.weighting.margins import Margin
from parvis.core.figures.weighting.raking import rake
from parvis.core.vocabulary import Fault, ParvisError, Text

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Statistic = Callable[[Floats], float]

# rows whose multipliers are drawn at once: 200 replicates of them hold in some 100 MB
_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Replicates:
    """Weights of every row in every replicate (replicates × rows), and what each replicate counts in the variance."""

    weights: Floats
    factors: Floats
    degrees_of_freedom: float
    around_mean: bool = True

    def variance(self, estimate: float, replicated: ArrayLike) -> float:
        """Σ factor × (replicate − centre)².

        Args:
            estimate: the figure on the whole sample, the centre unless `around_mean`.
            replicated: the figure in each replicate.

        Returns:
            The variance; NaN when a replicate has no figure.

        Source: Wolter 2007, Introduction to Variance Estimation, chapters 3 to 5.

        >>> Replicates(np.ones((2, 1)), np.array([0.5, 0.5]), 1.0).variance(3.0, [2.0, 4.0])
        1.0
        """
        values = np.asarray(replicated, np.float64)
        centre = float(values[self.factors > 0].mean()) if self.around_mean else estimate
        return float(np.sum(self.factors * (values - centre) ** 2))

    def standard_error(self, statistic: Statistic, weights: Floats) -> float:
        """The standard error of any figure that is a function of the weights of rows.

        Args:
            statistic: from the weights of rows to the figure.
            weights: those of the whole sample.

        Returns:
            The square root of `variance`.
        """
        return float(np.sqrt(self.variance(statistic(weights), [statistic(one) for one in self.weights])))


def supplied(
    weights: ArrayLike, scale: float, factors: ArrayLike | None = None, *, around_mean: bool = True
) -> Replicates:
    """Replicate weights that come with the file.

    Args:
        weights: replicates × rows.
        scale: what all replicates are multiplied by, given with the file.
        factors: what each replicate is multiplied by besides; 1 by default.
        around_mean: centre on the mean of the replicates (True) or on the estimate.

    Returns:
        `Replicates`, whose degrees of freedom are the rank of the weights less one.

    Raises:
        ParvisError: a weight that is not a finite number.

    >>> supplied([[0.0, 2.0], [2.0, 0.0]], 0.5).degrees_of_freedom
    1.0
    """
    array = np.atleast_2d(np.asarray(weights, np.float64))
    if not np.isfinite(array).all():
        raise ParvisError(
            Fault(
                "replicate_weight",
                Text("un poids de réplication manque ou est infini.", "a replicate weight is missing or infinite."),
                Text("Corrigez-le, ou retirez la réplication.", "Correct it, or leave the replicate out."),
            )
        )
    each = np.ones(len(array)) if factors is None else np.asarray(factors, np.float64)
    return Replicates(array, scale * each, float(np.linalg.matrix_rank(array) - 1), around_mean)


def jackknife(weights: ArrayLike, clusters: ArrayLike | None = None, strata: ArrayLike | None = None) -> Replicates:
    """Leave out one cluster at a time (JK1), or one of each stratum in turn (JKn).

    Args:
        weights: of rows, 0 or more.
        clusters: the cluster of each row, numbered within strata; rows by default.
        strata: the stratum of each row; a single one by default.

    Returns:
        `Replicates`; those left in the stratum take the weight of the one left out.

    Raises:
        ParvisError: a stratum with a single cluster.

    Source: Wolter 2007, chapter 4; as types JK1 and JKn of R survey.

    >>> replicates = jackknife([1.0, 1.0, 1.0])
    >>> y = np.array([1.0, 2.0, 6.0])
    >>> round(replicates.standard_error(lambda w: float(w @ y / w.sum()), np.ones(3)), 6)
    1.527525
    """
    base = np.asarray(weights, np.float64)
    stratum = np.zeros(len(base), np.int64) if strata is None else _numbered(strata)
    inner = np.arange(len(base)) if clusters is None else _numbered(clusters)
    unit = np.unique(stratum * (int(inner.max(initial=0)) + 1) + inner, return_inverse=True)[1].astype(np.int64)
    owner = np.zeros(int(unit.max(initial=-1)) + 1, np.int64)
    owner[unit] = stratum
    sizes = np.bincount(owner)
    if (sizes == 1).any():
        raise ParvisError(
            Fault(
                "SINGLE_PSU",
                Text("une strate n’a qu’une grappe.", "a stratum has a single cluster."),
                Text("Regroupez-la avec une voisine.", "Merge it with a neighbour."),
            )
        )
    size = sizes[owner].astype(np.float64)
    one = np.arange(len(owner))[:, None]
    same = stratum[None, :] == owner[:, None]
    multiplier = np.where(unit[None, :] == one, 0.0, np.where(same, (size / (size - 1))[:, None], 1.0))
    return Replicates(multiplier * base, (size - 1) / size, float(len(owner) - len(sizes)))


def bootstrap(weights: ArrayLike, keys: ArrayLike, *, replicates: int = 200, seed: int) -> Replicates:
    """Multiply each respondent (or each cluster) by a Poisson count of mean 1, again and again.

    Args:
        weights: of rows, 0 or more.
        keys: 64-bit key of each row's respondent, or of its cluster (`draws.keys_of`).
        replicates: how many.
        seed: of the draws (`draws.seed_for`).

    Returns:
        `Replicates`, the same whatever the order of the rows.

    Source: Efron 1979; Chamandy et al. 2012 for Poisson multipliers; keys by SplitMix64, see `draws`.

    >>> bootstrap([1.0, 1.0], [7, 8], replicates=3, seed=1).weights.shape
    (3, 2)
    """
    base = np.asarray(weights, np.float64)
    unique, place = np.unique(np.asarray(keys, np.uint64), return_inverse=True)
    counts = poissons(seed, unique, np.arange(replicates)).astype(np.float64)
    return Replicates(counts[:, place] * base, np.full(replicates, 1 / (replicates - 1)), float(len(unique) - 1))


def bootstrap_cells(
    keys: ArrayLike, cells: ArrayLike, columns: ArrayLike, *, size: int, replicates: int = 200, seed: int
) -> Floats:
    """Sums by cell in every replicate of a bootstrap, for millions of rows in bounded memory.

    Args:
        keys: 64-bit key of each row (or of its cluster).
        cells: cell of each row, 0 to size − 1.
        columns: rows × k, what is summed: weights, weights times answers.
        size: number of cells.
        replicates, seed: as `bootstrap`.

    Returns:
        replicates × cells × k.

    >>> bootstrap_cells([1, 2], [0, 1], [[1.0], [1.0]], size=2, replicates=4, seed=1).shape
    (4, 2, 1)
    """
    key, cell = np.asarray(keys, np.uint64), np.asarray(cells, np.int64)
    values = np.asarray(columns, np.float64)
    numbers = np.arange(replicates)
    result = np.zeros((replicates, size, values.shape[1]))
    for start in range(0, len(key), _CHUNK):
        part = slice(start, start + _CHUNK)
        counts = poissons(seed, key[part], numbers)
        for at in range(values.shape[1]):
            for number in numbers:
                result[number, :, at] += np.bincount(cell[part], counts[number] * values[part, at], minlength=size)
    return result


def raked_means(sums: Floats, cells: pa.Table, margins: Sequence[Margin]) -> Floats:
    """The raked mean of every replicate: margins are met again in each, so that the error knows what raking does.

    Args:
        sums: replicates × cells × 2, Σw and Σwy, from `bootstrap_cells`.
        cells: the columns of the margins.
        margins: known totals.

    Returns:
        One mean per replicate; NaN where a replicate cannot meet the margins (a level drew nothing).
    """
    means = np.full(len(sums), np.nan)
    for at, one in enumerate(sums):
        try:
            factors = rake(cells, one[:, 0], margins).factors
        except ParvisError:
            continue
        means[at] = float(factors @ one[:, 1] / (factors @ one[:, 0]))
    return means


def _numbered(values: ArrayLike) -> Codes:
    return np.unique(np.asarray(values), return_inverse=True)[1].astype(np.int64)
