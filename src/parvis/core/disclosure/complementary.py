"""Which further figures must be hidden so that the first ones cannot be worked out: the fewest, the least useful."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from parvis.core.disclosure.recovery import proven
from parvis.core.disclosure.system import Floats, Integers, LinkedFigures, words
from parvis.core.vocabulary import Fault, ParvisError, Text

Flags = NDArray[np.bool_]

# beyond this many figures the search looks around the figure first, and everywhere only when that fails
_WHOLE_SEARCH = 600
_NEIGHBOURS = 25
_MOVED = 1e-4
_SLACK = 1e-5
# moving a hidden figure is nearly free, yet not quite, so that a disturbance stays short
_ALREADY_HIDDEN = 1e-5


class Leak(ParvisError):
    """A publication from which a hidden figure can be worked out."""


@dataclass(frozen=True, slots=True)
class Protection:
    """Figures tied as they are, what a reader knows of each were it hidden, the width it needs, the cost of hiding."""

    figures: LinkedFigures
    low: Floats
    high: Floats
    width: Floats
    cost: Floats

    def part(self, places: Integers) -> Protection:
        """What concerns some figures that no equation ties to the others."""
        known = (self.low[places], self.high[places], self.width[places], self.cost[places])
        return Protection(self.figures.part(places), *known)


@dataclass(frozen=True, slots=True)
class _Disturbance:
    """Two ways to change hidden figures that keep every published one: how far each moves up and down in all."""

    places: Integers
    spread: Floats


def complete(protection: Protection, first: Flags) -> Flags:
    """Hide further figures until no hidden one can be placed within less than its width.

    Args:
        protection: costs are positive, infinite for a figure that must stay published; widths of 0 ask nothing.
        first: figures already hidden, shape of the figures' keys.

    Returns:
        All figures to hide, the first ones included. Each further one is needed by some first one, and can itself not
        be worked out exactly.

    Raises:
        Leak: the figures that nothing can protect, named.

    Source: Kelly, Golden & Assad 1992; Fischetti & Salazar 2001. For each figure in turn, the cheapest disturbance of
    what is published that sets the figure a width apart while every sum holds; then figures proved useless are put
    back. Hiding more never narrows a range, so one pass is enough.

    >>> from parvis.core.disclosure.system import Equation, link
    >>> sums = [Equation.sum_of(("t",), [("a",), ("b",), ("c",)])]
    >>> table = link({("t",): 62.0, ("a",): 5.0, ("b",): 17.0, ("c",): 40.0}, sums)
    >>> costs, widths = np.array([1.0, 1.0, 2.0, 9.0]), np.array([5.0, 0, 0, 0])
    >>> protection = Protection(table, table.lowest, table.highest, widths, costs)
    >>> complete(protection, np.array([True, False, False, False])).tolist()
    [True, True, False, False]
    """
    hidden = first.copy()
    faults: list[Fault] = []
    needy = np.zeros(len(first), bool)
    needy[_too_narrow(protection, first)] = True
    for places in protection.figures.parts():
        if needy[places].any():
            hidden[places] = _complete_part(protection.part(places), first[places], needy[places], faults)
    if faults:
        raise Leak(faults)
    return hidden


def _complete_part(protection: Protection, first: Flags, narrow: Flags, faults: list[Fault]) -> Flags:
    """The same for figures that are all tied together; what cannot be protected is added to `faults`."""
    hidden = first.copy()
    found: dict[int, _Disturbance] = {}
    needy = np.flatnonzero(narrow)
    for figure in needy[np.argsort(-protection.width[needy], kind="stable")].tolist():
        if figure in found:
            continue
        disturbance = _cheapest(protection, hidden, figure)
        if disturbance is None:
            faults.append(_unprotectable(protection.figures, figure))
            continue
        hidden[disturbance.places] = True
        _spread(found, disturbance, protection, needy)
    return _without_useless(protection, first, hidden, found)


def _too_narrow(protection: Protection, first: Flags) -> Integers:
    """First figures that could be placed within less than their width if nothing more were hidden."""
    asked = np.where(first, protection.width, 0.0)
    ranges = proven(protection.figures, first, protection.low, protection.high, asked)
    return ranges.places[ranges.high - ranges.low < asked[ranges.places] - _SLACK]


def _spread(found: dict[int, _Disturbance], disturbance: _Disturbance, needs: Protection, needy: Integers) -> None:
    """Note every figure that this disturbance already sets wide enough apart."""
    enough = disturbance.spread >= needs.width[disturbance.places] - 1e-7
    for place in np.intersect1d(disturbance.places[enough], needy).tolist():
        found.setdefault(place, disturbance)


def _without_useless(protection: Protection, first: Flags, hidden: Flags, found: dict[int, _Disturbance]) -> Flags:
    """Put back, dearest first, each further figure without which the others stay protected."""
    users: dict[int, set[int]] = {}
    for figure, disturbance in found.items():
        for place in disturbance.places.tolist():
            users.setdefault(place, set()).add(figure)
    further = np.flatnonzero(hidden & ~first)
    for place in further[np.argsort(-protection.cost[further], kind="stable")].tolist():
        hidden[place] = False
        renewed: dict[int, _Disturbance] = {}
        for figure in sorted(users.get(place, ())):
            nearby = _neighbourhood(protection, hidden, figure)
            members = np.flatnonzero(hidden) if nearby is None else nearby[hidden[nearby]]
            other = _solved(protection, hidden, figure, members)
            if other is None:
                hidden[place] = True
                break
            renewed[figure] = other
        if not hidden[place]:
            for figure, other in renewed.items():
                for old in found[figure].places.tolist():
                    users[old].discard(figure)
                for new in other.places.tolist():
                    users.setdefault(new, set()).add(figure)
                found[figure] = other
    return hidden


def _cheapest(protection: Protection, hidden: Flags, figure: int) -> _Disturbance | None:
    movable = np.isfinite(protection.cost) | hidden
    nearby = _neighbourhood(protection, hidden, figure)
    if nearby is not None:
        disturbance = _solved(protection, hidden, figure, nearby[movable[nearby]])
        if disturbance is not None:
            return disturbance
    return _solved(protection, hidden, figure, np.flatnonzero(movable))


def _solved(protection: Protection, hidden: Flags, figure: int, members: Integers) -> _Disturbance | None:
    """The cheapest pair of disturbances among `members` that sets `figure` its width apart, or None."""
    figures = protection.figures
    equations, count = _both_ways_twice(figures, members)
    size = len(members)
    price = np.where(hidden[members], _ALREADY_HIDDEN, protection.cost[members])
    room_up = np.maximum(protection.high[members] - figures.values[members], 0.0)
    room_down = np.maximum(figures.values[members] - protection.low[members], 0.0)
    # four non-negative moves: the first disturbance up and down, the second up and down
    own = int(np.searchsorted(members, figure))
    apart = np.zeros(4 * size)
    apart[[own, size + own, 2 * size + own, 3 * size + own]] = [-1.0, 1.0, 1.0, -1.0]
    limits = np.column_stack([np.zeros(4 * size), np.concatenate([room_up, room_down, room_up, room_down])])
    solved = optimize.linprog(
        np.tile(price, 4),
        A_ub=apart[None, :],
        b_ub=[-protection.width[figure]],
        A_eq=equations if count else None,
        b_eq=np.zeros(2 * count) if count else None,
        bounds=limits,
        method="highs",
    )
    if not solved.success:
        return None
    moves = solved.x.reshape(4, size)
    first, second = moves[0] - moves[1], moves[2] - moves[3]
    moved = np.maximum(np.abs(first), np.abs(second)) > _MOVED
    spread = np.maximum(first, np.maximum(second, 0)) - np.minimum(first, np.minimum(second, 0))
    return _Disturbance(members[moved], spread[moved])


def _both_ways_twice(figures: LinkedFigures, members: Integers) -> tuple[sparse.csc_array, int]:
    """The equations over four moves of the members, [A -A 0 0] and [0 0 A -A], and how many equations A has."""
    columns = figures.columns[:, members]
    touched, rows = np.unique(columns.indices, return_inverse=True)
    count, ends = len(touched), columns.indptr[1:]
    data = np.concatenate([columns.data, -columns.data, columns.data, -columns.data])
    places = np.concatenate([rows, rows, rows + count, rows + count])
    starts = np.concatenate([[0], *(ends + turn * columns.nnz for turn in range(4))])
    return sparse.csc_array((data, places, starts), shape=(2 * count, 4 * len(members))), count


def _neighbourhood(protection: Protection, hidden: Flags, figure: int) -> Integers | None:
    """Figures within two sums of one, the hidden and the cheapest first; None in a small publication: take them all."""
    matrix = protection.figures.matrix
    if matrix.shape[1] <= _WHOLE_SEARCH:
        return None
    columns = protection.figures.columns
    appeal = np.where(hidden, 0.0, protection.cost)
    near: set[int] = {figure}
    for row in columns.indices[columns.indptr[figure] : columns.indptr[figure + 1]].tolist():
        terms = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
        near.update(terms[np.argsort(appeal[terms], kind="stable")[:_NEIGHBOURS]].tolist())
    touched = {
        row for place in near for row in columns.indices[columns.indptr[place] : columns.indptr[place + 1]].tolist()
    }
    # what two touched sums share closes a cycle; a long sum alone would bring everything in
    count = np.zeros(matrix.shape[1], np.int64)
    for row in sorted(touched):
        count[matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]] += 1
    own_rows = {row for row in touched if matrix.indptr[row + 1] - matrix.indptr[row] <= 2 * _NEIGHBOURS}
    closing = set(np.flatnonzero(count >= 2).tolist())
    kept = {
        place
        for place in closing
        if own_rows.intersection(columns.indices[columns.indptr[place] : columns.indptr[place + 1]].tolist())
    }
    return np.array(sorted(near | (kept or closing)), np.int64)


def _unprotectable(figures: LinkedFigures, figure: int) -> Fault:
    return Fault(
        "figure_unprotectable",
        Text(
            "rien ne peut protéger ce chiffre : les sommes publiées le révèlent toujours.",
            "nothing can protect this figure: published sums always reveal it.",
        ),
        Text("Publiez moins de totaux, ou un tableau moins fin.", "Publish fewer totals, or a coarser table."),
        {"key": words(figures.keys[figure])},
    )
