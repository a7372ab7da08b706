"""Which observers can be compared at all: those tied by organisations that they both contacted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

Integers = NDArray[np.int64]


def components(organisations: Integers, observers: Integers) -> tuple[Integers, Integers]:
    """The connected parts of the judging plan.

    Args:
        organisations: number of the organisation of each contact, 0 to I - 1, each present.
        observers: number of its observer, 0 to J - 1, each present.

    Returns:
        Part of each organisation, then of each observer; parts are numbered from 0 in order of first organisation.

    Source: Linacre 1994 (connected judging plans).

    >>> parts = components(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2]))
    >>> parts[0].tolist(), parts[1].tolist()
    ([0, 0, 1], [0, 0, 1])
    """
    if not len(organisations):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    size, marks = int(organisations.max()) + 1, int(observers.max()) + 1
    ones = np.ones(len(organisations))
    graph = sparse.coo_array((ones, (organisations, size + observers)), shape=(size + marks, size + marks))
    labels = csgraph.connected_components(graph.tocsr(), directed=False)[1]
    order = {label: place for place, label in enumerate(dict.fromkeys(labels[:size].tolist()))}
    renamed = np.array([order[label] for label in labels.tolist()], np.int64)
    return renamed[:size], renamed[size:]
