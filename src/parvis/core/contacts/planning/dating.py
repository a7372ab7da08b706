"""Which request each contact makes and when: spread over the period, within burden, hours and absences.

Spread and variety weigh against each other here: how far from the ideal day, and how long before a request's turn.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from parvis.core.contacts.planning.assigning import Assigning, apart
from parvis.core.contacts.planning.problem import (
    AvailableObserver,
    PlaceToVisit,
    PlannedContact,
    PossibleScenario,
    Rules,
    Shortfall,
)
from parvis.core.contacts.planning.timing import Slot, half_day, is_present, moments, slots_of, window
from parvis.core.vocabulary import Channel

Week = tuple[str, str, int, int]  # place, service, year and number of the week
CROWD = 0.1  # of the period: how far a contact may be moved off a half-day twice as busy, for each weight beyond 1


class Requests:
    """Which scenario each contact makes, none more often in an organisation than it may be."""

    def __init__(self, scenarios: Sequence[PossibleScenario], done: Iterable[PlannedContact]) -> None:
        self.scenarios = scenarios
        self.service = {each.scenario: each.service for each in scenarios}
        self.most = {each.scenario: each.most_uses for each in scenarios if each.most_uses is not None}
        self.used: Counter[tuple[str, str]] = Counter()
        for contact in done:
            self.use(contact.organisation, contact.scenario)

    def possible(self, place: PlaceToVisit, channel: str) -> list[str]:
        """The scenarios of a channel that fit the services of a place, spent or not."""
        return [
            each.scenario
            for each in self.scenarios
            if each.channel == channel and (not each.service or each.service in place.services)
        ]

    def left(self, organisation: str, codes: Sequence[str], turn: int) -> Iterator[str]:
        """Those that may still be made, from the turn on, so that none comes twice before all came once."""
        for step in range(len(codes)):
            code = codes[(turn + step) % len(codes)]
            if self.may_be_made(organisation, code):
                yield code

    def least_made(self, organisation: str, codes: Sequence[str]) -> list[str]:
        """The same scenarios, those least made in the organisation first."""
        return sorted(codes, key=lambda code: self.used[organisation, code])

    def may_be_made(self, organisation: str, code: str) -> bool:
        most = self.most.get(code)
        return most is None or self.used[organisation, code] < most

    def use(self, organisation: str, code: str) -> None:
        self.used[organisation, code] += 1


class Burden:
    """How many contacts each service of each place receives each week; a place without services counts as one."""

    def __init__(self, rules: Rules, requests: Requests, done: Iterable[PlannedContact]) -> None:
        self.cap, self.requests = rules.burden_per_week, requests
        self.used: Counter[Week] = Counter()
        for contact in done:
            self.bear(contact.place, contact.scenario, contact.window_starts_on)

    def has_room(self, place: str, scenario: str, day: date) -> bool:
        return self.used[self._week(place, scenario, day)] < self.cap

    def bear(self, place: str, scenario: str, day: date) -> None:
        self.used[self._week(place, scenario, day)] += 1

    def _week(self, place: str, scenario: str, day: date) -> Week:
        year, week, _ = day.isocalendar()
        return place, self.requests.service.get(scenario, ""), year, week


class Dating:
    """Gives each assigned contact its request and its window; what finds none is told with the rule."""

    def __init__(
        self, state: Assigning, rules: Rules, requests: Requests, burden: Burden, kept: Sequence[PlannedContact]
    ) -> None:
        self.state, self.rules, self.requests, self.burden = state, rules, requests, burden
        self.weights = rules.weights
        self.contacts: list[PlannedContact] = []
        self.short: list[Shortfall] = []
        self.days = Counter(contact.window_starts_on for contact in kept)
        self.halves = Counter((contact.window_starts_on, contact.half_day) for contact in kept)
        weeks = ((rules.ends_on - rules.starts_on).days + 1) / 7
        self.usual = max(1.0, len(state.chosen) / (5 * weeks))  # contacts of a working day

    def all(self) -> tuple[list[PlannedContact], list[Shortfall]]:
        by_place: Mapping[int, list[int]] = defaultdict(list)
        for rank in range(self.state.fixed, len(self.state.chosen)):
            by_place[self.state.chosen[rank][0]].append(rank)
        for at in sorted(by_place):
            self._place(at, by_place[at])
        return self.contacts, self.short

    def _place(self, at: int, ranks: Sequence[int]) -> None:
        place, draw = self.state.places[at], self.state.draw
        slots = slots_of(place, self.rules)
        order = [ranks[int(each)] for each in draw.permutation(len(ranks))]
        evenly = self._ideal(len(order), len(slots))
        channels = sorted({self.state.chosen[rank][1] for rank in ranks})
        codes = {channel: self.requests.possible(place, channel) for channel in channels}
        turn = {channel: int(draw.integers(max(1, len(codes[channel])))) for channel in channels}
        missing: Counter[tuple[str, str]] = Counter()
        # those who are sometimes away choose first: they have fewer moments
        for rank in sorted(order, key=lambda each: not self._observer_of(each).away):
            _, channel, _ = self.state.chosen[rank]
            ideal = self._pick(rank, place, slots, evenly)
            left = self._in_turn(place.organisation, codes[channel], turn[channel])
            if not slots:
                missing[channel, "no_open_day"] += 1
            elif codes[channel] and not left:
                missing[channel, "scenarios_spent"] += 1
            elif (found := self._try(rank, place, slots, ideal, left or [""])) is not None:
                turn[channel] = codes[channel].index(found) + 1 if found else 0
            else:
                free = any(self.burden.has_room(place.place, code, day) for code in left or [""] for day, _ in slots)
                missing[channel, "away" if free else "burden_cap"] += 1
        self.short += [Shortfall(place.place, c, n, {reason: n}) for (c, reason), n in sorted(missing.items())]

    def _ideal(self, contacts: int, slots: int) -> list[int]:
        """One slot for each contact: evenly spread from a drawn start, or drawn one by one where spread is ignored."""
        start = self.state.draw.random()
        if slots and not self.weights.spread:
            return [int(each) for each in self.state.draw.integers(slots, size=contacts)]
        return [min(int((n + start) / contacts * slots), slots - 1) for n in range(contacts)]

    def _in_turn(self, organisation: str, codes: Sequence[str], turn: int) -> list[str]:
        """The requests that may still be made, in the order in which they should be."""
        left = list(self.requests.left(organisation, codes, turn))
        if not self.weights.variety:
            return [left[int(at)] for at in self.state.draw.permutation(len(left))]
        return self.requests.least_made(organisation, left) if self.weights.variety > 1 else left

    def _pick(self, rank: int, place: PlaceToVisit, slots: list[Slot], evenly: list[int]) -> int:
        """Take one of the evenly spread slots, the first at which the observer is there."""
        _, channel, observer = self.state.chosen[rank]
        away = self.state.observers[observer].away
        fitting = (
            at for at in evenly if not away or not slots or is_present(away, self._moments(place, channel, slots[at]))
        )
        found = next(fitting, evenly[0])
        evenly.remove(found)
        return found

    def _observer_of(self, rank: int) -> AvailableObserver:
        return self.state.observers[self.state.chosen[rank][2]]

    def _try(self, rank: int, place: PlaceToVisit, slots: list[Slot], ideal: int, codes: Sequence[str]) -> str | None:
        """Date the contact: with its observer, else with someone who is there then. Returns the scenario used."""
        at, channel, own = self.state.chosen[rank]
        if chosen := self._choose(place, channel, codes, slots, ideal, own):
            return self._write(rank, place, *chosen)
        if not self.state.observers[own].away:
            return None
        for other in self._others(at, channel):
            if chosen := self._choose(place, channel, codes, slots, ideal, other):
                self.state.hand_over(rank, other)
                return self._write(rank, place, *chosen)
        return None

    def _choose(
        self, place: PlaceToVisit, channel: str, codes: Sequence[str], slots: list[Slot], ideal: int, observer: int
    ) -> tuple[str, Slot] | None:
        """The request and the slot that cost spread and variety the least in all."""
        least, chosen = math.inf, None
        for wait, code in enumerate(codes):
            before = self.weights.variety * wait
            if before >= least:
                break
            cost, slot = self._slot(place, channel, code, slots, ideal, observer, least - before)
            if slot is not None:
                least, chosen = before + cost, (code, slot)
        return chosen

    def _slot(
        self, place: PlaceToVisit, channel: str, code: str, slots: list[Slot], ideal: int, observer: int, most: float
    ) -> tuple[float, Slot | None]:
        """The best slot with room in its week, when the observer can come, and its cost, under `most`.

        Without weight on crowds it is the nearest to the ideal one.
        """
        away, found = self.state.observers[observer].away, None
        for gap in range(len(slots)):
            step = self.weights.spread * gap / len(slots)
            if step >= most:
                break
            for at in {ideal + gap, ideal - gap}:
                if not 0 <= at < len(slots) or not self.burden.has_room(place.place, code, slots[at][0]):
                    continue
                if away and not is_present(away, self._moments(place, channel, slots[at])):
                    continue
                if (cost := step + self._crowd(slots[at])) < most:
                    most, found = cost, slots[at]
        return most, found

    def _crowd(self, slot: Slot) -> float:
        """How busy the whole plan is on that day, and on that half of it."""
        if self.weights.spread <= 1:
            return 0.0
        busy = self.days[slot[0]] + self.halves[slot]
        return (self.weights.spread - 1) * CROWD * busy / self.usual

    def _moments(self, place: PlaceToVisit, channel: str, slot: Slot) -> list[Slot]:
        return moments(place, channel, half_day(channel, slot), window(slot, place, self.rules))

    def _others(self, place: int, channel: str) -> list[int]:
        """Who else may be sent, the least busy first; for a visit the nearest first, if distance counts."""
        state = self.state
        able = np.flatnonzero(state.free(place, channel) & (state.load < state.capacity))
        near = channel == Channel.VISIT and self.weights.distance > 0
        cost = apart(state, place, able) if near else state.load[able] / state.capacity[able]
        return [int(each) for each in able[np.argsort(cost, kind="stable")]]

    def _write(self, rank: int, place: PlaceToVisit, code: str, slot: Slot) -> str:
        _, channel, observer = self.state.chosen[rank]
        starts, ends = window(slot, place, self.rules)
        name = self.state.observers[observer].observer
        contact = PlannedContact(
            place.place, place.organisation, channel, name, code, starts, ends, half_day(channel, slot)
        )
        self.requests.use(place.organisation, code)
        self.burden.bear(place.place, code, starts)
        self.days[starts] += 1
        self.halves[slot] += 1
        self.contacts.append(contact)
        return code
