"""Who makes which contact: visits by least distance (exactly), the others by equal load; hard rules never bend.

Distance, workload and connection weigh against each other here; a demand that the hard rules allow always comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack
from scipy.spatial import cKDTree

from parvis.core.contacts.planning.problem import AvailableObserver, PlaceToVisit, Rules, Shortfall, Weights
from parvis.core.contacts.planning.timing import is_present, moments
from parvis.core.vocabulary import Channel

EARTH_KM = 6371.0
UNKNOWN_KM = 500.0  # where a home or a place has no coordinates
NEAREST = 40
UNMET_KM = 1e5  # what an unmet visit costs in the programme: more than any trip
OVERLOAD_KM = 20.0  # kilometres that a visit beyond an observer's fair share is worth, when both goals weigh the same
KNOWN = 0.25  # of a capacity: what a contact with an organisation already known is worth, for each weight beyond 1


class Assigning:
    """The state of an assignment: who is where, how much each one still can do."""

    def __init__(
        self, places: Sequence[PlaceToVisit], observers: Sequence[AvailableObserver], rules: Rules, seed: int
    ) -> None:
        self.places, self.observers, self.weights = places, observers, rules.weights
        self.draw = np.random.default_rng(seed)
        self.capacity = np.array([each.capacity for each in observers], dtype=np.int64)
        self.load = np.zeros(len(observers), dtype=np.int64)
        self.index = {each.observer: at for at, each in enumerate(observers)}
        self.certified = {
            str(c): np.array([str(c) in each.channels for each in observers], dtype=bool) for c in Channel
        }
        self.present = np.array([_is_ever_there(each, rules) for each in observers], dtype=bool)
        self.conflicted = _by_key((key, at) for at, each in enumerate(observers) for key in each.conflicts)
        self.barred = _by_key((key, at) for at, each in enumerate(observers) for key in each.barred)
        self.recent = _by_key((key, at) for at, each in enumerate(observers) for key in each.recent)
        self.there: list[set[int]] = [set() for _ in places]  # observers already in each place
        self.places_of = _by_key((each.organisation, at) for at, each in enumerate(places))
        self.chosen: list[tuple[int, str, int]] = []  # (place, channel, observer)
        self.fixed = 0  # the first ones were kept and never move
        self.of_observer: list[list[int]] = [[] for _ in observers]

    def free(self, place: int, channel: str) -> NDArray[np.bool_]:
        """Who may be sent: certified, without conflict, not there already nor recently; capacity apart."""
        allowed: NDArray[np.bool_] = self.certified[channel] & self.present
        for kept_away in self._kept_away(self.places[place]):
            allowed[kept_away] = False
        if self.there[place]:
            allowed[list(self.there[place])] = False
        return allowed

    def _kept_away(self, here: PlaceToVisit) -> list[NDArray[np.int64]]:
        found = (self.conflicted.get(here.organisation), self.barred.get(here.place), self.recent.get(here.place))
        return [each for each in found if each is not None]

    def known_to(self, place: int) -> set[int]:
        """The observers who already have a contact with the organisation of a place."""
        found: set[int] = set()
        return found.union(*(self.there[int(each)] for each in self.places_of[self.places[place].organisation]))

    def give(self, place: int, channel: str, observer: int) -> None:
        self.of_observer[observer].append(len(self.chosen))
        self.chosen.append((place, channel, observer))
        self.there[place].add(observer)
        self.load[observer] += 1

    def hand_over(self, at: int, to: int) -> None:
        """The contact `at` goes to another observer."""
        place, channel, before = self.chosen[at]
        self.of_observer[before].remove(at)
        self.there[place].discard(before)
        self.load[before] -= 1
        self.chosen[at] = (place, channel, to)
        self.of_observer[to].append(at)
        self.there[place].add(to)
        self.load[to] += 1

    def shortfall(self, place: int, channel: str, missing: int) -> Shortfall:
        """Why nobody is left, counted rule by rule over the observers."""
        here = self.places[place]

        def marked(keys: Iterable[int] | NDArray[np.int64]) -> NDArray[np.bool_]:
            flags = np.zeros(len(self.observers), dtype=bool)
            flags[list(keys)] = True
            return flags

        stopped = {
            "not_certified": ~self.certified[channel],
            "in_conflict": marked(self.conflicted.get(here.organisation, [])) | marked(self.barred.get(here.place, [])),
            "away": ~self.present,
            "seen_recently": marked(self.recent.get(here.place, [])),
            "already_there": marked(self.there[place]),
            "no_capacity": self.load >= self.capacity,
        }
        left, reasons = np.ones(len(self.observers), dtype=bool), {}
        for rule, flags in stopped.items():  # each observer is counted once, under the first rule that stops them
            reasons[rule] = int((left & flags).sum())
            left &= ~flags
        told = {rule: n for rule, n in reasons.items() if n} or {"no_observer": missing}
        return Shortfall(here.place, channel, missing, told)


def _is_ever_there(observer: AvailableObserver, rules: Rules) -> bool:
    """Not away from the first to the last day of the period."""
    whole = PlaceToVisit("", "", {})
    return not observer.away or is_present(
        observer.away, moments(whole, Channel.EMAIL, "", (rules.starts_on, rules.ends_on))
    )


def _by_key(pairs: Iterable[tuple[str, int]]) -> dict[str, NDArray[np.int64]]:
    found: dict[str, list[int]] = {}
    for key, at in pairs:
        found.setdefault(key, []).append(at)
    return {key: np.array(values, dtype=np.int64) for key, values in found.items()}


def directions(rows: Sequence[PlaceToVisit] | Sequence[AvailableObserver]) -> NDArray[np.float64]:
    """Unit vectors of the coordinates, shape (n, 3); NaN where unknown."""
    degrees = np.array(
        [(np.nan, np.nan) if r.latitude is None or r.longitude is None else (r.latitude, r.longitude) for r in rows],
        dtype=float,
    ).reshape(-1, 2)
    latitude, longitude = np.radians(degrees).T
    flat = np.cos(latitude)
    return np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)], axis=1)


def kilometres(chord: NDArray[np.float64]) -> NDArray[np.float64]:
    """Great-circle distance from the chord between unit vectors; UNKNOWN_KM where a coordinate is unknown.

    >>> [round(float(km)) for km in kilometres(np.array([0.0, 2.0, np.nan]))]
    [0, 20015, 500]
    """
    km = 2 * EARTH_KM * np.arcsin(np.clip(np.asarray(chord, dtype=float) / 2, 0, 1))
    return np.where(np.isnan(km), UNKNOWN_KM, km)


def apart(state: Assigning, place: int, observers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Kilometres from a place to the homes of some observers, given by their numbers."""
    site, homes = directions([state.places[place]]), directions([state.observers[int(each)] for each in observers])
    return kilometres(np.linalg.norm(homes - site, axis=1))


def assign_visits(state: Assigning, demands: dict[int, int]) -> float:
    """Send the nearest allowed observers, with the least kilometres in all. Returns the optimum of the programme, km.

    A transport programme: each visit is one unit from a place to an observer, an edge at most once, capacity bounds,
    its kilometres by the weight of distance, and `OVERLOAD_KM` by the weight of workload for each visit beyond an
    observer's fair share. Its matrix is totally unimodular, so that the linear optimum is whole (Hoffman & Kruskal
    1956). Neighbours are widened until no demand is left that could be met.
    """
    bound = 0.0
    nearest = NEAREST
    while demands:
        places, owners, km = _candidates(state, demands, nearest)
        chosen, bound = _least_distance(state, demands, places, owners, km)
        met = Counter(int(places[at]) for at in chosen)
        if nearest >= len(state.observers) or all(met[p] == n for p, n in demands.items()):
            for at in chosen:
                state.give(int(places[at]), Channel.VISIT, int(owners[at]))
            break
        nearest *= 4
    return bound


def _candidates(
    state: Assigning, demands: dict[int, int], nearest: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    at_places = directions([state.places[p] for p in demands])
    at_homes = directions(state.observers)
    located = np.flatnonzero(~np.isnan(at_homes).any(axis=1))
    everyone = np.arange(len(state.observers))
    tree = cKDTree(at_homes[located]) if 0 < nearest < len(located) else None
    pairs: list[tuple[int, NDArray[np.int64]]] = []
    for row, place in enumerate(demands):
        near = everyone
        if not state.weights.distance and nearest < len(everyone):
            near = np.sort(state.draw.choice(len(everyone), nearest, replace=False))
        elif tree is not None and not np.isnan(at_places[row]).any():
            near = located[tree.query(at_places[row], k=nearest)[1]]
        allowed = state.free(place, Channel.VISIT) & (state.load < state.capacity)
        pairs.append((place, near[allowed[near]]))
    places = np.concatenate([np.full(len(near), place) for place, near in pairs]).astype(np.int64)
    owners = np.concatenate([near for _, near in pairs]).astype(np.int64)
    rows = np.concatenate([np.full(len(near), row) for row, (_, near) in enumerate(pairs)]).astype(np.int64)
    km = kilometres(np.linalg.norm(at_places[rows] - at_homes[owners], axis=1))
    return places, owners, km


def _least_distance(
    state: Assigning,
    demands: dict[int, int],
    places: NDArray[np.int64],
    owners: NDArray[np.int64],
    km: NDArray[np.float64],
) -> tuple[NDArray[np.int64], float]:
    edges, count, people = len(places), len(demands), len(state.observers)
    row_of = {place: row for row, place in enumerate(demands)}
    rows = np.array([row_of[int(place)] for place in places], dtype=np.int64)
    wanted = np.array(list(demands.values()), dtype=float)
    room = (state.capacity - state.load).astype(float)
    fair = np.minimum(room, np.ceil(1.5 * wanted.sum() / max(1, len(np.unique(owners)))))
    # columns: edges, unmet by place, overload by observer
    columns = edges + count + people
    met = coo_array(
        (np.ones(edges + count), (np.r_[rows, np.arange(count)], np.r_[np.arange(edges), edges + np.arange(count)])),
        shape=(count, columns),
    )
    borne = coo_array(
        (
            np.r_[np.ones(edges), -np.ones(people)],
            (np.r_[owners, np.arange(people)], np.r_[np.arange(edges), edges + count + np.arange(people)]),
        ),
        shape=(people, columns),
    )
    trip, overload = _costs(km, state)
    cost = np.r_[trip, np.full(count, UNMET_KM), np.full(people, overload)]
    upper = np.r_[np.ones(edges), wanted, room - fair]
    found = linprog(
        cost, A_eq=met, b_eq=wanted, A_ub=vstack([borne]), b_ub=fair,
        bounds=np.stack([np.zeros(columns), upper], axis=1), method="highs-ds",
    )  # fmt: skip
    chosen = np.flatnonzero(found.x[:edges] > 0.5)
    return chosen, float((km * found.x[:edges]).sum())


def _costs(km: NDArray[np.float64], state: Assigning) -> tuple[NDArray[np.float64], float]:
    """What each trip and each visit beyond the fair share cost. The heaviest of the two weights counts as 1, so that
    an unmet visit always costs more; ties are broken by the seed, and so the optimum is a single one.
    """
    drawn, weights = state.draw.random(len(km)), state.weights
    scale = max(weights.distance, weights.workload) or 1.0
    overload = OVERLOAD_KM * weights.workload / scale
    if not weights.distance:
        return drawn, overload
    return weights.distance / scale * km * (1 + 1e-7 * drawn), overload


def assign_others(state: Assigning, demands: Sequence[tuple[int, str, int]]) -> list[Shortfall]:
    """Give each contact to those whom the goals hold back the least; swap where someone is lacking."""
    short = []
    for place, channel, number in demands:
        allowed = state.free(place, channel) & (state.load < state.capacity)
        able = np.flatnonzero(allowed)
        reluctance = _reluctance(state, place, able)
        picked = able[np.argpartition(reluctance, number - 1)[:number]] if len(able) > number else able
        for observer in np.sort(picked):
            state.give(place, channel, int(observer))
        missing = number - len(picked)
        while missing and _make_room(state, place, channel):
            missing -= 1
        if missing:
            short.append(state.shortfall(place, channel, missing))
    return short


def _reluctance(state: Assigning, place: int, able: NDArray[np.int64]) -> NDArray[np.float64]:
    """What they have done for what they can do, and whether they know the organisation; ties are broken by the seed."""
    weights: Weights = state.weights
    cost = weights.workload * ((state.load[able] + 1) / state.capacity[able]) + 1e-3 * state.draw.random(len(able))
    if weights.connection > 1:
        cost += (weights.connection - 1) * KNOWN * np.isin(able, list(state.known_to(place)))
    return np.asarray(cost, dtype=np.float64)


def _make_room(state: Assigning, place: int, channel: str) -> bool:
    """Someone who is full gives one of their contacts to someone who is not, and comes here."""
    for observer in np.flatnonzero(state.free(place, channel) & (state.load >= state.capacity)):
        for at in state.of_observer[observer]:
            if at < state.fixed:
                continue
            there, other_channel, _ = state.chosen[at]
            takers = np.flatnonzero(state.free(there, other_channel) & (state.load < state.capacity))
            if len(takers) and other_channel != Channel.VISIT:
                state.hand_over(at, int(takers[np.argmin(state.load[takers] / state.capacity[takers])]))
                state.give(place, channel, int(observer))
                return True
    return False
