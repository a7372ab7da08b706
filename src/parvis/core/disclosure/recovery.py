"""What can be worked out about hidden figures: for each, the narrowest range that all published sums allow.

Hidden figures that share no equation cannot inform on each other, so each connected block is solved apart. Sums nested
in one another (a nation's categories) are first told apart (`disjoint`); a block of one sum has a closed form, and any
other is solved by HiGHS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from scipy.sparse import csgraph

from parvis.core.disclosure.system import Floats, Integers, LinkedFigures
from parvis.core.vocabulary import Fault, ParvisError, Text

_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Recovered:
    """Hidden figures by place in the system, with the lowest and highest values that a reader could still believe."""

    places: Integers
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Block:
    """Hidden figures tied to one another, the equations that tie them, and what the published figures make of these."""

    places: Integers
    matrix: sparse.csr_array
    constants: Floats
    low: Floats
    high: Floats
    values: Floats

    def ranges(self) -> tuple[Floats, Floats] | None:
        """Exact lowest and highest values when one sum at most ties the block, else None.

        The others at their ends leave to each figure of a sum what is left: x_j <= (c - sum of the least others) / a_j.
        """
        if self.matrix.shape[0] == 0:
            return self.low.copy(), self.high.copy()
        if self.matrix.shape[0] > 1 or not np.isfinite([self.low, self.high]).all():
            return None
        weight = self.matrix.toarray()[0]
        ends = np.sort(np.vstack([weight * self.low, weight * self.high]), axis=0)
        most = self.constants[0] - (ends[0].sum() - ends[0])
        least = self.constants[0] - (ends[1].sum() - ends[1])
        reached = np.sort(np.vstack([least / weight, most / weight]), axis=0)
        return np.maximum(self.low, reached[0]), np.minimum(self.high, reached[1])

    def extreme(self, place: int, direction: float) -> Floats:
        """The values of the whole block when one figure is at its highest (1) or lowest (-1)."""
        objective = np.zeros(len(self.places))
        objective[place] = -direction
        limits = np.column_stack([self.low, self.high])
        solved = optimize.linprog(objective, A_eq=self.matrix, b_eq=self.constants, bounds=limits, method="highs")
        if solved.status == 3:  # nothing published bounds it
            reached = self.values.copy()
            reached[place] = direction * np.inf
            return reached
        if not solved.success:
            raise ParvisError(_unsolved(solved.message))
        return np.asarray(solved.x, np.float64)


def intervals(figures: LinkedFigures, hidden: NDArray[np.bool_], low: Floats, high: Floats) -> Recovered:
    """The exact range of every hidden figure.

    Args:
        figures: the linked tables.
        hidden: true where the figure is not published nor otherwise known to the reader; shape of `figures.keys`.
        low, high: what the reader knows of each hidden figure beforehand (its own rule included), same shape.

    Returns:
        Ranges in the order of `figures.keys`, hidden ones only; infinite where nothing bounds them.

    Raises:
        ParvisError: ranges known beforehand that contradict the true values.

    Source: Fischetti & Salazar 2001 (attacker subproblems).

    >>> from parvis.core.disclosure.system import Equation, link
    >>> table = link({("t",): 12.0, ("a",): 5.0, ("b",): 7.0}, [Equation.sum_of(("t",), [("a",), ("b",)])])
    >>> ranges = intervals(table, np.array([True, True, False]), table.lowest, table.highest)
    >>> ranges.low.tolist(), ranges.high.tolist()
    ([0.0, 0.0], [12.0, 12.0])
    """
    lows, highs = figures.values.copy(), figures.values.copy()
    for block in blocks(figures, hidden, low, high):
        if (exact := block.ranges()) is not None:
            lows[block.places], highs[block.places] = exact
            continue
        for place in range(len(block.places)):
            lows[block.places[place]] = block.extreme(place, -1.0)[place]
            highs[block.places[place]] = block.extreme(place, 1.0)[place]
    chosen = np.flatnonzero(hidden)
    return Recovered(chosen, lows[chosen], highs[chosen])


def proven(figures: LinkedFigures, hidden: NDArray[np.bool_], low: Floats, high: Floats, width: Floats) -> Recovered:
    """For every hidden figure a range that readers cannot rule out: the whole of it, or at least a width of it.

    Args:
        figures, hidden, low, high: as `intervals`.
        width: enough for each figure, shape of `figures.keys`; solving stops there.

    Returns:
        Ranges in the order of `figures.keys`, hidden ones only; one narrower than its width is exact. Every solution
        found for one figure is one more possibility for the others of its block, so that most need no solving.
    """
    lows, highs = figures.values.copy(), figures.values.copy()
    for block in blocks(figures, hidden & ~forced(figures, hidden), low, high):
        if (exact := block.ranges()) is not None:
            lows[block.places], highs[block.places] = exact
            continue
        needed = width[block.places] - _TOLERANCE
        floor, ceiling = block.values.copy(), block.values.copy()
        for place in np.argsort(block.values, kind="stable").tolist():
            for direction in (1.0, -1.0):
                if ceiling[place] - floor[place] < needed[place]:
                    reached = block.extreme(place, direction)
                    floor, ceiling = np.minimum(floor, reached), np.maximum(ceiling, reached)
        lows[block.places], highs[block.places] = floor, ceiling
    chosen = np.flatnonzero(hidden)
    return Recovered(chosen, lows[chosen], highs[chosen])


def forced(figures: LinkedFigures, hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Hidden figures that mere subtraction gives: alone in a sum, or left alone once such ones are known.

    >>> from parvis.core.disclosure.system import Equation, link
    >>> table = link({("t",): 12.0, ("a",): 5.0, ("b",): 7.0}, [Equation.sum_of(("t",), [("a",), ("b",)])])
    >>> forced(table, np.array([True, False, False])).tolist()
    [True, False, False]
    """
    pattern = abs(figures.matrix)
    pattern.data = np.ones_like(pattern.data)
    known = np.zeros(len(hidden), bool)
    while True:
        left = hidden & ~known
        alone = np.flatnonzero(pattern @ left.astype(np.float64) == 1)
        if not len(alone):
            return known
        known |= left & (pattern[alone].sum(axis=0) > 0)


def blocks(figures: LinkedFigures, hidden: NDArray[np.bool_], low: Floats, high: Floats) -> list[Block]:
    """The hidden figures cut into blocks that no equation ties together."""
    chosen = np.flatnonzero(hidden)
    if not len(chosen):
        return []
    matrix = figures.columns[:, chosen].tocsr()
    rows = np.flatnonzero(np.diff(matrix.indptr) > 0)
    matrix = matrix[rows]
    published = np.where(hidden, 0.0, figures.values)
    constants = -(figures.matrix[rows] @ published)
    matrix, constants = disjoint(matrix, constants)
    rows = rows[: matrix.shape[0]]
    # figures and equations as the two sides of one graph: a sum over thousands stays thousands of ties
    graph = (
        sparse.block_array([[None, matrix], [matrix.T, None]]) if len(rows) else sparse.csr_array((len(chosen),) * 2)
    )
    sides = csgraph.connected_components(graph, directed=False)[1]
    names, labels = np.unique(sides[len(rows) :], return_inverse=True)
    count = len(names)
    columns = _grouped(labels, count)
    lines = _grouped(np.searchsorted(names, sides[: len(rows)]), count)
    by_column = matrix.tocsc()
    result = []
    for members, equations in zip(columns, lines, strict=True):
        places = chosen[members]
        part = sparse.csr_array(by_column[:, members].tocsr()[equations])
        result.append(Block(places, part, constants[equations], low[places], high[places], figures.values[places]))
    return result


def disjoint(matrix: sparse.csr_array, constants: Floats) -> tuple[sparse.csr_array, Floats]:
    """The same equations, each freed of the smaller ones that lie within it.

    An equation that contains another one, in proportion, says as much without it: the mean of a nation less that of a
    category leaves the rest of the nation. Solutions are the same; equations that say nothing more are dropped.

    >>> whole = sparse.csr_array(np.array([[1.0, 1.0, 1.0], [0.0, 2.0, 2.0]]))
    >>> apart, left = disjoint(whole, np.array([6.0, 8.0]))
    >>> apart.toarray().tolist(), left.tolist()
    ([[0.0, 2.0, 2.0], [1.0, 0.0, 0.0]], [8.0, 2.0])
    """
    owner = np.full(matrix.shape[1], -1)
    kept: list[tuple[Integers, Floats, float]] = []
    for row in np.argsort(np.diff(matrix.indptr), kind="stable").tolist():
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        order = np.argsort(matrix.indices[span], kind="stable")
        columns, weights = matrix.indices[span][order], matrix.data[span][order]
        constant = float(constants[row])
        for other in np.unique(owner[columns]).tolist():
            inner, inner_weights, inner_constant = kept[other] if other >= 0 else (columns[:0], weights[:0], 0.0)
            inside = np.isin(columns, inner, assume_unique=True)
            if other < 0 or inside.sum() != len(inner):
                continue
            ratio = weights[inside] / inner_weights
            if np.ptp(ratio) > 1e-9 * abs(ratio[0]):
                continue
            columns, weights, constant = columns[~inside], weights[~inside], constant - ratio[0] * inner_constant
        if len(columns):
            owner[columns[owner[columns] < 0]] = len(kept)
            kept.append((columns, weights, constant))
    lengths = [len(columns) for columns, _, _ in kept]
    indices = np.concatenate([columns for columns, _, _ in kept]) if kept else np.zeros(0, np.int64)
    data = np.concatenate([weights for _, weights, _ in kept]) if kept else np.zeros(0)
    shape = (len(kept), matrix.shape[1])
    apart = sparse.csr_array((data, indices, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)), shape=shape)
    return apart, np.array([constant for _, _, constant in kept], np.float64)


def _grouped(labels: Integers, count: int) -> list[Integers]:
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.searchsorted(labels[order], np.arange(1, count)))


def _unsolved(message: str) -> Fault:
    return Fault(
        "recovery_unsolved",
        Text(
            f"le contrôle du secret n’a pas abouti ({message}).",
            f"the disclosure check could not be solved ({message}).",
        ),
        Text(
            "Vérifiez que les totaux et les bornes connues s’accordent avec les valeurs.",
            "Check that totals and known ranges agree with the values.",
        ),
    )
