"""Which further figures must be hidden so that the first ones cannot be worked out: the fewest, the least useful."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from parvis.core.disclosure.recovery import too_narrow
from parvis.core.disclosure.system import Floats, Integers, LinkedFigures, words
from parvis.core.vocabulary import Fault, ParvisError, Text

Flags = NDArray[np.bool_]

# beyond this many figures the search looks around the figure first, and everywhere only when that fails
_WHOLE_SEARCH = 2_000
_NEIGHBOURS = 40
_MOST_SECOND_THOUGHTS = 200
_MOVED = 1e-7
# a range this narrow is a value worked out
_EXACT = 1e-4


class Leak(ParvisError):
    """A publication from which a hidden figure can be worked out."""


def complete(
    figures: LinkedFigures,
    hidden: Flags,
    low: Floats,
    high: Floats,
    width: Floats,
    cost: Floats,
) -> Flags:
    """Hide further figures until no hidden one can be placed within less than its width.

    Args:
        figures: the linked tables.
        hidden: figures already hidden, shape of `figures.keys`.
        low, high: what a reader knows beforehand of each figure, were it hidden.
        width: narrowest range allowed for each hidden figure; 0 asks nothing (as for further figures).
        cost: of hiding each figure, positive; infinite for one that must stay published.

    Returns:
        All figures to hide, the first ones included.

    Raises:
        Leak: a figure that nothing can protect, named.

    Source: Kelly, Golden & Assad 1992 and Castro 2012: for the narrowest range, the cheapest disturbance of the
    published figures that keeps every sum; then each further figure is put back if it proves useless.

    >>> from parvis.core.disclosure.system import Equation, link
    >>> sums = [Equation.sum_of(("t",), [("a",), ("b",), ("c",)])]
    >>> table = link({("t",): 62.0, ("a",): 5.0, ("b",): 17.0, ("c",): 40.0}, sums)
    >>> first = np.array([True, False, False, False])
    >>> cost = np.array([1.0, 1.0, 2.0, 9.0])
    >>> complete(table, first, table.lowest, table.highest, np.array([5.0, 0, 0, 0]), cost).tolist()
    [True, True, False, False]
    """
    chosen = hidden.copy()
    while True:
        weak = sorted(too_narrow(figures, chosen, low, high, width), key=lambda found: (found[3] - found[2], found[1]))
        if not weak:
            return _without_useless(figures, hidden, chosen, low, high, width, cost)
        touched: set[int] = set()
        for block, place, _, _ in weak:
            if touched.isdisjoint(block.places.tolist()):
                # one figure per block and round: hiding its company often settles the others
                touched.update(block.places.tolist())
                figure = int(block.places[place])
                added = _cheapest_company(figures, chosen, low, high, cost, figure, float(width[figure]))
                chosen[added] = True
                touched.update(added.tolist())


def _cheapest_company(
    figures: LinkedFigures, hidden: Flags, low: Floats, high: Floats, cost: Floats, figure: int, width: float
) -> Integers:
    nearby = _neighbourhood(figures, hidden, cost, figure)
    whole = np.arange(len(figures.keys))
    for members in (nearby, whole) if len(nearby) < len(whole) else (whole,):
        moved = _disturbance(figures, hidden, low, high, cost, figure, width, members)
        if moved is not None:
            return moved
    raise Leak(
        Fault(
            "figure_unprotectable",
            Text(
                "rien ne peut protéger ce chiffre : les sommes publiées le révèlent toujours.",
                "nothing can protect this figure: published sums always reveal it.",
            ),
            Text("Publiez moins de totaux, ou un tableau moins fin.", "Publish fewer totals, or a coarser table."),
            {"key": words(figures.keys[figure])},
        )
    )


def _disturbance(
    figures: LinkedFigures,
    hidden: Flags,
    low: Floats,
    high: Floats,
    cost: Floats,
    figure: int,
    width: float,
    members: Integers,
) -> Integers | None:
    """Published figures moved by the cheapest pair of disturbances that set `figure` a width apart, or None."""
    movable = members[np.isfinite(cost[members]) | hidden[members]]
    matrix = figures.matrix[:, movable]
    matrix = matrix[np.flatnonzero(np.diff(matrix.indptr) > 0)]
    size = len(movable)
    price = np.where(hidden[movable], 0.0, cost[movable])
    room_up = np.maximum(high[movable] - figures.values[movable], 0.0)
    room_down = np.maximum(figures.values[movable] - low[movable], 0.0)
    # four non-negative moves: the first disturbance up and down, the second up and down
    both = sparse.hstack([matrix, -matrix])
    equal = sparse.block_diag([both, both]) if matrix.shape[0] else None
    own = int(np.flatnonzero(movable == figure)[0])
    apart = np.zeros(4 * size)
    apart[[own, size + own, 2 * size + own, 3 * size + own]] = [-1.0, 1.0, 1.0, -1.0]
    upper = np.concatenate([room_up, room_down, room_up, room_down])
    solved = optimize.linprog(
        np.tile(price, 4),
        A_ub=apart[None, :],
        b_ub=[-width],
        A_eq=equal,
        b_eq=np.zeros(2 * matrix.shape[0]) if equal is not None else None,
        bounds=np.column_stack([np.zeros(4 * size), upper]),
        method="highs",
    )
    if not solved.success:
        return None
    moves = solved.x.reshape(4, size).max(axis=0)
    found: Integers = movable[(moves > _MOVED) & ~hidden[movable]]
    return found


def _neighbourhood(figures: LinkedFigures, hidden: Flags, cost: Floats, figure: int) -> Integers:
    """Figures within two sums of one, the hidden and the cheapest first; all of them in a small publication."""
    size = len(figures.keys)
    if size <= _WHOLE_SEARCH:
        return np.arange(size)
    columns = figures.matrix.tocsc()
    appeal = np.where(hidden, 0.0, cost)
    near: set[int] = {figure}
    touched: set[int] = set()
    for row in columns.indices[columns.indptr[figure] : columns.indptr[figure + 1]].tolist():
        touched.add(row)
        terms = figures.matrix.indices[figures.matrix.indptr[row] : figures.matrix.indptr[row + 1]]
        near.update(terms[np.argsort(appeal[terms], kind="stable")[:_NEIGHBOURS]].tolist())
    for place in near:
        touched.update(columns.indices[columns.indptr[place] : columns.indptr[place + 1]].tolist())
    pattern = abs(figures.matrix[sorted(touched)])
    twice = np.flatnonzero(np.asarray((pattern > 0).sum(axis=0)).ravel() >= 2)
    return np.array(sorted(near | set(twice.tolist())), np.int64)


def _without_useless(
    figures: LinkedFigures, first: Flags, chosen: Flags, low: Floats, high: Floats, width: Floats, cost: Floats
) -> Flags:
    """Put back, dearest first, each further figure without which the others stay protected."""
    further = np.flatnonzero(chosen & ~first)
    for place in further[np.argsort(-cost[further], kind="stable")[:_MOST_SECOND_THOUGHTS]].tolist():
        chosen[place] = False
        if next(too_narrow(figures, chosen, low, high, width), None) is not None:
            chosen[place] = True
    # one that can be worked out exactly protects nothing: publishing it tells nothing new
    exact = [
        block.places[place] for block, place, _, _ in too_narrow(figures, chosen, low, high, _least(chosen, first))
    ]
    chosen[exact] = False
    return chosen


def _least(chosen: Flags, first: Flags) -> Floats:
    return np.where(chosen & ~first, _EXACT, 0.0)
