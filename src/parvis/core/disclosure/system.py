"""Figures and the sums that tie them, as one set of linear equations: what a reader holds besides the figures shown."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from parvis.core.vocabulary import Fault, ParvisError, Text

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Key = tuple[str, ...]

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Equation:
    """What everybody knows to hold: the sum of coefficient × figure over the terms is 0."""

    terms: tuple[tuple[Key, float], ...]

    @staticmethod
    def sum_of(total: Key, parts: Iterable[Key]) -> Equation:
        """The total is the sum of its parts."""
        return Equation(((total, -1.0), *((part, 1.0) for part in parts)))

    @staticmethod
    def mean_of(mean: Key, weights: Mapping[Key, float]) -> Equation:
        """The mean is the weighted mean of its parts."""
        return Equation(((mean, -sum(weights.values())), *weights.items()))


@dataclass(frozen=True, slots=True)
class LinkedFigures:
    """Every figure of the linked tables with its true value and the range that anyone would grant it beforehand."""

    keys: tuple[Key, ...]
    values: Floats
    lowest: Floats
    highest: Floats
    equations: tuple[Equation, ...]
    matrix: sparse.csr_array
    columns: sparse.csc_array

    def places(self) -> dict[Key, int]:
        return {key: place for place, key in enumerate(self.keys)}

    def parts(self) -> list[Integers]:
        """Places of the figures that equations tie together, part by part; two parts tell nothing of each other."""
        rows, size = self.matrix.shape
        ties = (
            sparse.block_array([[None, self.matrix], [self.matrix.T, None]]) if rows else sparse.csr_array((size, size))
        )
        labels = csgraph.connected_components(ties, directed=False)[1][rows:]
        order = np.argsort(labels, kind="stable")
        edges = np.flatnonzero(np.diff(labels[order])) + 1
        return [places for places in np.split(order, edges) if len(places)]

    def part(self, places: Integers) -> LinkedFigures:
        """The system of one part alone."""
        columns = self.columns[:, places]
        rows = np.unique(columns.indices)
        matrix = sparse.csr_array(columns.tocsr()[rows])
        keys, equations = tuple(self.keys[i] for i in places), tuple(self.equations[i] for i in rows)
        kept = (self.values[places], self.lowest[places], self.highest[places])
        return LinkedFigures(keys, *kept, equations, matrix, sparse.csc_array(matrix))


def link(
    values: Mapping[Key, float],
    equations: Iterable[Equation],
    ranges: Mapping[Key, tuple[float, float]] | None = None,
) -> LinkedFigures:
    """Gather figures and equations into one system.

    Args:
        values: every figure, published or not, by its key; a figure shared by two tables has one key.
        equations: over keys of `values`.
        ranges: what is known of a figure beforehand, (lowest, highest); 0 to infinity otherwise.

    Returns:
        The system, keys in alphabetical order so that the order given cannot matter.

    Raises:
        ParvisError: an equation over an unknown figure, or one that the values do not satisfy (the check would then
        audit something else than what is published).

    >>> tables = link({("t",): 12.0, ("a",): 5.0, ("b",): 7.0}, [Equation.sum_of(("t",), [("a",), ("b",)])])
    >>> tables.keys, tables.matrix.toarray().tolist()
    ((('a',), ('b',), ('t',)), [[1.0, 1.0, -1.0]])
    """
    keys = tuple(sorted(values))
    place = {key: i for i, key in enumerate(keys)}
    listed = tuple(dict.fromkeys(equations))
    terms = [term for equation in listed for term in equation.terms]
    columns = np.array([place.get(key, -1) for key, _ in terms], np.int64)
    if (columns < 0).any():
        raise ParvisError([_unknown(key) for key in sorted({key for key, _ in terms if key not in place})])
    weights = np.array([weight for _, weight in terms], np.float64)
    rows = np.repeat(np.arange(len(listed)), [len(equation.terms) for equation in listed])
    matrix = sparse.csr_array((weights, (rows, columns)), shape=(len(listed), len(keys)), dtype=np.float64)
    figures = np.array([values[key] for key in keys], np.float64)
    off = np.abs(matrix @ figures) > _ROUNDING * (1 + abs(matrix) @ np.abs(figures))
    if off.any():
        raise ParvisError([_unsatisfied(listed[row]) for row in np.flatnonzero(off).tolist()])
    anything = (0.0, np.inf)
    known = [ranges.get(key, anything) for key in keys] if ranges else [anything] * len(keys)
    limits = np.array(known, np.float64).reshape(-1, 2)
    return LinkedFigures(keys, figures, limits[:, 0], limits[:, 1], listed, matrix, sparse.csc_array(matrix))


def words(key: Iterable[Hashable]) -> str:
    """A figure's key as people read it."""
    return " / ".join(str(part) for part in key)


def _unknown(key: Key) -> Fault:
    return Fault(
        "figure_unknown",
        Text("une somme nomme un chiffre absent des tableaux.", "a sum names a figure that is in no table."),
        Text("Ajoutez ce chiffre ou retirez la somme.", "Add the figure or drop the sum."),
        {"key": words(key)},
    )


def _unsatisfied(equation: Equation) -> Fault:
    return Fault(
        "sum_wrong",
        Text("un total n’est pas la somme de ses parties.", "a total is not the sum of its parts."),
        Text("Recalculez les totaux avant de protéger.", "Compute the totals again before protecting."),
        {"key": words(equation.terms[0][0])},
    )
