"""A connected design: observers overlap across organisations, so that one's severity can be told from another's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from parvis.core.contacts.planning.assigning import Assigning, apart
from parvis.core.vocabulary import Channel

MOST_TRIED = 40  # contacts of a group that are looked at before giving it up
EXCHANGE_KM = 2500.0  # the most that an exchange of visits may add when both goals weigh the same: France twice across


def groups(state: Assigning) -> NDArray[np.int64]:
    """The connected group of each contact, in the graph of organisations and the observers who contact them."""
    if not state.chosen:
        return np.zeros(0, dtype=np.int64)
    organisations = {name: at for at, name in enumerate(dict.fromkeys(p.organisation for p in state.places))}
    rows = [organisations[state.places[place].organisation] for place, _, _ in state.chosen]
    columns = [len(organisations) + observer for _, _, observer in state.chosen]
    size = len(organisations) + len(state.observers)
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    return np.asarray(group[rows], dtype=np.int64)


def connect(state: Assigning) -> int:
    """Exchange two contacts of the same channel between groups until all are one, or no exchange is allowed.

    Each exchange keeps everyone's number of contacts and every hard rule; contacts that were kept do not move. Among
    visits, the exchange that adds the fewest kilometres is taken, if connection is worth as many. Returns the number of
    exchanges.
    """
    if not state.weights.connection:
        return 0
    done, group = 0, groups(state)
    while (count := len(set(group.tolist()))) > 1:
        sizes = {int(each): int((group == each).sum()) for each in np.unique(group)}
        pair = _exchange(state, group, min(sizes, key=lambda each: (sizes[each], each)))
        if pair is None:
            break
        _swap(state, *pair)
        group = groups(state)
        if len(set(group.tolist())) >= count:  # it only moved the gap
            _swap(state, *pair)
            break
        done += 1
    return done


def _swap(state: Assigning, one: int, other: int) -> None:
    first, second = state.chosen[one][2], state.chosen[other][2]
    state.hand_over(one, second)
    state.hand_over(other, first)


def _exchange(state: Assigning, group: NDArray[np.int64], small: int) -> tuple[int, int] | None:
    """A contact of the small group and one of another that may change hands.

    Both observers keep another contact in their own group: else they would only change sides.
    """
    movable = np.arange(len(group)) >= state.fixed
    inside, outside = np.flatnonzero(movable & (group == small)), np.flatnonzero(movable & (group != small))
    best: tuple[float, int, int] | None = None
    for one in inside[:MOST_TRIED]:
        place, channel, observer = state.chosen[one]
        for other in [at for at in outside if state.chosen[at][1] == channel][:MOST_TRIED]:
            there, _, stranger = state.chosen[other]
            if not (state.free(there, channel)[observer] and state.free(place, channel)[stranger]):
                continue
            if min(len(state.of_observer[observer]), len(state.of_observer[stranger])) < 2:
                continue
            added = _added_km(state, (place, observer), (there, stranger)) if channel == Channel.VISIT else 0.0
            if state.weights.distance * added > state.weights.connection * EXCHANGE_KM:
                continue
            if best is None or (added, one, other) < best:
                best = (added, int(one), int(other))
    return best[1:] if best is not None else None


def _added_km(state: Assigning, one: tuple[int, int], other: tuple[int, int]) -> float:
    (place, observer), (there, stranger) = one, other
    here, away = (
        apart(state, place, np.array([observer, stranger])),
        apart(state, there, np.array([observer, stranger])),
    )
    return float(here[1] + away[0] - here[0] - away[1])
