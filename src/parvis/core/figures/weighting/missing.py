"""Rows whose raking variable is blank: spread over the levels that like rows hold, as the method declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from parvis.core.vocabulary import Fault, ParvisError, Text

Floats = NDArray[np.float64]
Cells = NDArray[np.int64]
Places = dict[tuple[str, ...], list[int]]


class Missing(StrEnum):
    """What is done of a row whose raking variable is blank."""

    REFUSE = "refuse"
    IMPUTE = "impute"


@dataclass(frozen=True, slots=True)
class Spread:
    """Base weights with those of incomplete cells given to complete ones, and the shares by which they were."""

    weights: Floats
    complete: NDArray[np.bool_]
    shares: sparse.csr_array

    def back(self, factors: Floats) -> Floats:
        """The factor of every cell, an incomplete one taking the mean of those that it was spread over."""
        return np.asarray(self.shares @ factors, np.float64)


def spread_missing(levels: Mapping[str, Sequence[str]], weights: Floats) -> Spread:
    """Give the weight of incomplete cells to the complete ones that look like them, in proportion to their weight.

    Args:
        levels: for each variable, its level in each cell; an empty text is a missing level.
        weights: base weight of each cell, 0 or more.

    Returns:
        `Spread`; like cells share every level that is known. Where there is none, the last variables are forgotten one
        by one until there is.

    Raises:
        ParvisError: no cell with weight is complete.

    Source: method of Parvis 4.4: a “missing” level is not raked.

    >>> answered = {"sex": ["f", "f", "f"], "age": ["young", "old", ""]}
    >>> found = spread_missing(answered, np.array([30.0, 10.0, 8.0]))
    >>> found.weights.tolist(), found.back(np.array([2.0, 4.0, 0.0])).tolist()
    ([36.0, 12.0, 0.0], [2.0, 4.0, 2.5])
    """
    rows = list(zip(*levels.values(), strict=True))
    complete = np.array([all(row) for row in rows], bool)
    givers = np.flatnonzero(complete & (weights > 0))
    if not len(givers):
        raise ParvisError(_nobody(list(levels)))
    shares = sparse.lil_array((len(rows), len(rows)))
    seen: dict[tuple[int, ...], Places] = {}
    for cell in range(len(rows)):
        if complete[cell]:
            shares[cell, cell] = 1.0
            continue
        like = _like(rows[cell], rows, givers, seen)
        shares[cell, like] = weights[like] / weights[like].sum()
    table = sparse.csr_array(shares)
    return Spread(np.asarray(table.T @ weights, np.float64), complete, table)


def _like(
    row: Sequence[str], rows: Sequence[tuple[str, ...]], givers: Cells, seen: dict[tuple[int, ...], Places]
) -> Cells:
    """The givers that share the known levels of a row, or as many of its first ones as some giver shares."""
    for kept in range(len(row), 0, -1):
        known = tuple(at for at in range(kept) if row[at])
        if known not in seen:
            seen[known] = {}
            for giver in givers.tolist():
                seen[known].setdefault(tuple(rows[giver][at] for at in known), []).append(giver)
        like = seen[known].get(tuple(row[at] for at in known))
        if like:
            return np.array(like, np.int64)
    return givers


def _nobody(variables: list[str]) -> Fault:
    names = ", ".join(variables)
    return Fault(
        "nobody_complete",
        Text(f"aucune ligne ne dit à la fois : {names}.", f"no row tells all of: {names}."),
        Text("Calez sur moins de variables.", "Rake on fewer variables."),
    )
