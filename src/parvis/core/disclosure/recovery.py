"""What can be worked out about hidden figures: for each, the narrowest range that all published sums allow.

Hidden figures that share no equation cannot inform on each other, so each connected block is solved apart. Sums nested
in one another (a nation's categories) are first told apart (`disjoint`); a block of one sum has a closed form, figures
of the same sums can trade, and what is left is solved by HiGHS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from scipy.sparse import csgraph

from parvis.core.disclosure.system import Floats, Integers, LinkedFigures
from parvis.core.vocabulary import Fault, ParvisError, Text

Flags = NDArray[np.bool_]

_TOLERANCE = 1e-6
_EXACT = 1e-9


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


@dataclass(frozen=True, slots=True)
class Tied:
    """All hidden figures with the equations that tie them, and the part to which each figure and equation belongs."""

    places: Integers
    matrix: sparse.csr_array
    constants: Floats
    low: Floats
    high: Floats
    values: Floats
    part: Integers
    part_of_equation: Integers

    def parts(self, wanted: Flags) -> list[Integers]:
        """Members of each part that has a wanted figure."""
        members = np.flatnonzero(np.isin(self.part, self.part[wanted]))
        return [members[places] for places in _grouped(self.part[members])]

    def block(self, members: Integers) -> Block:
        """One part alone."""
        equations = np.flatnonzero(self.part_of_equation == self.part[members[0]])
        matrix = sparse.csr_array(self.matrix[equations][:, members])
        known = (self.low[members], self.high[members], self.values[members])
        return Block(self.places[members], matrix, self.constants[equations], *known)

    def lone_sums(self) -> tuple[Floats, Floats, Flags]:
        """Exact lowest and highest values where one equation at most binds a part, and where they are exact.

        The others at their ends leave to each figure of a sum what is left: x_j <= (c - sum of the least others) / a_j.
        Elsewhere, both are the true value: a range that holds for sure.
        """
        binding, free = self._binding()
        matrix, constants = self.matrix[binding], self.constants[binding]
        part, part_of_equation = _parts(matrix)
        size = int(part.max(initial=-1)) + 1
        equations = np.bincount(part_of_equation, minlength=size)[part]
        unbounded = ~np.isfinite(self.low) | ~np.isfinite(self.high)
        endless = np.bincount(part, unbounded, minlength=size)[part] > 0
        exact = ~free & ((equations == 0) | ((equations == 1) & ~endless))
        lows, highs = np.where(exact, self.low, self.values), np.where(exact, self.high, self.values)
        entries = matrix.tocoo()
        alone = exact[entries.col]
        row, member, weight = entries.row[alone], entries.col[alone], entries.data[alone]
        ends = np.sort(np.vstack([weight * self.low[member], weight * self.high[member]]), axis=0)
        least, most = (np.bincount(row, end, minlength=matrix.shape[0])[row] - end for end in ends)
        reached = np.sort(np.vstack([constants[row] - most, constants[row] - least]) / weight, axis=0)
        lows[member] = np.maximum(self.low[member], reached[0])
        highs[member] = np.minimum(self.high[member], reached[1])
        return lows, highs, exact

    def _binding(self) -> tuple[Integers, Flags]:
        """Equations that bind figures, and the free figures that make the other equations say nothing.

        A figure of a single equation whose bounds follow from the others' (a hidden mean, of its members) takes any
        value that the others leave to it: without it, its equation tells nothing of them.
        """
        entries = self.matrix.tocoo()
        once = np.bincount(entries.col, minlength=len(self.places))[entries.col] == 1
        first = np.unique(entries.row[once], return_index=True)[1]
        row, member, weight = (one[once][first] for one in (entries.row, entries.col, entries.data))
        ends = np.sort(np.vstack([entries.data * self.low[entries.col], entries.data * self.high[entries.col]]), axis=0)
        ends[:, np.isin(entries.col, member)] = 0.0
        with np.errstate(invalid="ignore"):
            least, most = (np.bincount(entries.row, end, minlength=self.matrix.shape[0])[row] for end in ends)
            left = np.sort(np.vstack([self.constants[row] - most, self.constants[row] - least]) / weight, axis=0)
            implied = (left[0] >= self.low[member] - _EXACT) & (left[1] <= self.high[member] + _EXACT)
        free = np.zeros(len(self.places), bool)
        free[member[implied]] = True
        return np.setdiff1d(np.arange(self.matrix.shape[0]), row[implied]), free

    def exchanges(self, lows: Floats, highs: Floats, wanted: Flags) -> None:
        """Widen ranges by what figures of exactly the same sums can trade with one another, all else being as it is."""
        columns = self.matrix.tocsc()
        columns.sort_indices()
        kind: dict[bytes, int] = {}
        alike = np.full(len(self.places), -1, np.int64)
        for member in np.flatnonzero(wanted & np.isfinite(self.low) & np.isfinite(self.high)).tolist():
            span = slice(columns.indptr[member], columns.indptr[member + 1])
            same = columns.indices[span].tobytes() + columns.data[span].tobytes()
            alike[member] = kind.setdefault(same, len(kind))
        members = np.flatnonzero(alike >= 0)
        group = alike[members]
        whole, least, most = (np.bincount(group, one[members])[group] for one in (self.values, self.low, self.high))
        reach_low = np.maximum(self.low[members], whole - (most - self.high[members]))
        reach_high = np.minimum(self.high[members], whole - (least - self.low[members]))
        lows[members] = np.minimum(lows[members], reach_low)
        highs[members] = np.maximum(highs[members], reach_high)


def intervals(figures: LinkedFigures, hidden: Flags, low: Floats, high: Floats) -> Recovered:
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
    cut = tied(figures, hidden, low, high)
    lows, highs, exact = cut.lone_sums()
    for members in cut.parts(~exact):
        block = cut.block(members)
        for place in np.flatnonzero(~exact[members]).tolist():
            member = members[place]
            lows[member] = block.extreme(place, -1.0)[place]
            highs[member] = block.extreme(place, 1.0)[place]
    return Recovered(cut.places, lows, highs)


def proven(figures: LinkedFigures, hidden: Flags, low: Floats, high: Floats, width: Floats) -> Recovered:
    """For every hidden figure a range that readers cannot rule out: the whole of it, or at least a width of it.

    Args:
        figures, hidden, low, high: as `intervals`.
        width: enough for each figure, shape of `figures.keys`; solving stops there.

    Returns:
        Ranges in the order of `figures.keys`, hidden ones only; one narrower than its width is exact. Two figures of
        the same sums may trade what one has for what the other lacks, and every solution found for one figure is one
        more possibility for the others of its block: most need no solving.
    """
    known = forced(figures, hidden)
    cut = tied(figures, hidden & ~known, low, high)
    lows, highs, exact = cut.lone_sums()
    cut.exchanges(lows, highs, ~exact)
    needed = width[cut.places] - _TOLERANCE
    narrow = ~exact & (highs - lows < needed)
    for members in cut.parts(np.isin(cut.part, cut.part[narrow])):
        block, enough = cut.block(members), needed[members]
        floor, ceiling = lows[members], highs[members]
        order = np.argsort(block.values, kind="stable")
        for place in order[~exact[members][order]].tolist():
            for direction in (1.0, -1.0):
                if ceiling[place] - floor[place] < enough[place]:
                    reached = block.extreme(place, direction)
                    floor, ceiling = np.minimum(floor, reached), np.maximum(ceiling, reached)
        lows[members], highs[members] = floor, ceiling
    low_of, high_of = figures.values.copy(), figures.values.copy()
    low_of[cut.places], high_of[cut.places] = lows, highs
    chosen = np.flatnonzero(hidden)
    return Recovered(chosen, low_of[chosen], high_of[chosen])


def forced(figures: LinkedFigures, hidden: Flags) -> Flags:
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


def tied(figures: LinkedFigures, hidden: Flags, low: Floats, high: Floats) -> Tied:
    """The hidden figures, cut into parts that no equation ties together.

    Args:
        figures, hidden, low, high: as `intervals`.

    Returns:
        `Tied`, figures in the order of `figures.keys`, hidden ones only.
    """
    chosen = np.flatnonzero(hidden)
    matrix = figures.columns[:, chosen].tocsr()
    rows = np.flatnonzero(np.diff(matrix.indptr) > 0)
    constants = -(figures.matrix[rows] @ np.where(hidden, 0.0, figures.values))
    matrix, constants = disjoint(matrix[rows], constants)
    return Tied(chosen, matrix, constants, low[chosen], high[chosen], figures.values[chosen], *_parts(matrix))


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


def _parts(matrix: sparse.csr_array) -> tuple[Integers, Integers]:
    """The part of each figure and of each equation."""
    count = matrix.shape[0]
    if not count:
        return np.arange(matrix.shape[1]), np.zeros(0, np.int64)
    # figures and equations as the two sides of one graph: a sum over thousands stays thousands of ties
    graph = sparse.block_array([[None, matrix], [matrix.T, None]])
    sides = csgraph.connected_components(graph, directed=False)[1].astype(np.int64)
    return sides[count:], sides[:count]


def _grouped(labels: Integers) -> list[Integers]:
    """The places of each label, labels in order."""
    order = np.argsort(labels, kind="stable")
    edges = np.flatnonzero(np.diff(labels[order])) + 1
    return [places for places in np.split(order, edges) if len(places)]


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
