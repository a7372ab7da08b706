"""Figures and the sums that tie them, as one set of linear equations: what a reader holds besides the figures shown."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
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

    keys: Sequence[Key]
    values: Floats
    lowest: Floats
    highest: Floats
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
        keys = tuple(self.keys[i] for i in places.tolist())
        kept = (self.values[places], self.lowest[places], self.highest[places])
        return LinkedFigures(keys, *kept, matrix, sparse.csc_array(matrix))

    def with_known(self, values: Mapping[Key, float], equations: Iterable[Equation]) -> tuple[LinkedFigures, Integers]:
        """The same system with what is known otherwise, and the new places of its figures.

        Args:
            values: figures by key; those of the system keep the system's value, the others may be from 0 to infinity.
            equations: those over figures that are in neither are left out.
        """
        keys = tuple(sorted({*self.keys, *values}))
        place = {key: i for i, key in enumerate(keys)}
        own = np.array([place[key] for key in self.keys], np.int64)
        known = [line for line in equations if all(key in place for key, _ in line.terms)]
        figures = np.array([values.get(key, 0.0) for key in keys], np.float64)
        lowest, highest = np.zeros(len(keys)), np.full(len(keys), np.inf)
        figures[own], lowest[own], highest[own] = self.values, self.lowest, self.highest
        entries = self.matrix.tocoo()
        shape = (self.matrix.shape[0], len(keys))
        moved = sparse.csr_array((entries.data, (entries.row, own[entries.col])), shape=shape)
        matrix = sparse.csr_array(sparse.vstack([moved, _matrix(known, place)]))
        return linked(keys, figures, lowest, highest, matrix), own


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
    unknown = {key for equation in listed for key, _ in equation.terms if key not in place}
    if unknown:
        raise ParvisError([_unknown(key) for key in sorted(unknown)])
    figures = np.array([values[key] for key in keys], np.float64)
    anything = (0.0, np.inf)
    known = [ranges.get(key, anything) for key in keys] if ranges else [anything] * len(keys)
    limits = np.array(known, np.float64).reshape(-1, 2)
    return linked(keys, figures, limits[:, 0], limits[:, 1], _matrix(listed, place))


def linked(
    keys: Sequence[Key], values: Floats, lowest: Floats, highest: Floats, matrix: sparse.csr_array
) -> LinkedFigures:
    """The same from columns, for a million figures.

    Args:
        keys: in alphabetical order.
        values, lowest, highest: as `LinkedFigures`, shape of `keys`.
        matrix: one row per equation, one column per figure; the lowest coefficient is that of a total.

    Raises:
        ParvisError: an equation that the values do not satisfy.
    """
    off = np.flatnonzero(np.abs(matrix @ values) > _ROUNDING * (1 + abs(matrix) @ np.abs(values)))
    if len(off):
        raise ParvisError([_unsatisfied(keys[_total(matrix, row)]) for row in off.tolist()])
    return LinkedFigures(keys, values, lowest, highest, matrix, sparse.csc_array(matrix))


def _matrix(equations: Sequence[Equation], place: Mapping[Key, int]) -> sparse.csr_array:
    terms = [term for equation in equations for term in equation.terms]
    columns = np.array([place[key] for key, _ in terms], np.int64)
    weights = np.array([weight for _, weight in terms], np.float64)
    rows = np.repeat(np.arange(len(equations)), [len(equation.terms) for equation in equations])
    shape = (len(equations), len(place))
    return sparse.csr_array((weights, (rows, columns)), shape=shape, dtype=np.float64)


def _total(matrix: sparse.csr_array, row: int) -> int:
    span = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return int(matrix.indices[span][np.argmin(matrix.data[span])])


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


def _unsatisfied(total: Key) -> Fault:
    return Fault(
        "sum_wrong",
        Text("un total n’est pas la somme de ses parties.", "a total is not the sum of its parts."),
        Text("Recalculez les totaux avant de protéger.", "Compute the totals again before protecting."),
        {"key": words(total)},
    )
