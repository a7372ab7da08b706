"""A whole contact plan, from the demands to the missions, and what it is worth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from parvis.core.contacts.planning.assigning import Assigning, assign_others, assign_visits, directions, kilometres
from parvis.core.contacts.planning.problem import (
    AvailableObserver,
    Goals,
    PlaceToVisit,
    Plan,
    PlannedContact,
    PossibleScenario,
    Rules,
    Shortfall,
)
from parvis.core.contacts.planning.timing import Slot, around_absences, half_day, slots_of, spread, window
from parvis.core.vocabulary import Channel, Fault, ParvisError, Text


def make_plan(
    places: Sequence[PlaceToVisit],
    observers: Sequence[AvailableObserver],
    rules: Rules,
    *,
    seed: int,
    scenarios: Sequence[PossibleScenario] = (),
    keep: Sequence[PlannedContact] = (),
    used: Mapping[tuple[str, str], int] | None = None,
) -> Plan:
    """Missions for every demand that the hard rules allow; the same input and seed give the same plan.

    keep: contacts of an earlier plan. They stay as they are, unless a rule no longer allows them (observer gone, no
    longer certified, in conflict; place or channel no longer asked): then only they are made again.
    used: how often each (organisation, scenario) was already made, outside of `keep`.
    Returns contacts in the order of place, channel and day, and every demand that could not be met with its reasons.
    Raises ParvisError when a key stands twice, a number is negative, or the period ends before it starts.
    """
    faults = list(_faults(places, observers, rules))
    if faults:
        raise ParvisError(faults)
    state = Assigning(places, observers, seed)
    kept = _keep(state, keep)
    visits, others = _demands(state, kept)
    bound = assign_visits(state, visits, rules)
    met = Counter(place for place, channel, _ in state.chosen[state.fixed :] if channel == Channel.VISIT)
    short = [state.shortfall(p, Channel.VISIT, n - met[p]) for p, n in visits.items() if n > met[p]]
    short += assign_others(state, others)
    contacts, late = _dated(state, kept, rules, _Requests(scenarios, used or {}, kept))
    everything = sorted([*kept, *contacts], key=lambda c: (c.place, c.channel, c.window_starts_on, c.observer))
    goals = _goals(state, everything, scenarios)
    return Plan(tuple(everything), (*short, *late), goals, len(kept), {"distance_bound_km": bound})


def _faults(places: Sequence[PlaceToVisit], observers: Sequence[AvailableObserver], rules: Rules) -> Iterator[Fault]:
    for table, keys in (("places", [p.place for p in places]), ("observers", [o.observer for o in observers])):
        for key, times in Counter(keys).items():
            if times > 1:
                yield Fault("key_twice", Text("cette clé est donnée deux fois.", "this key is given twice."),
                            Text("Gardez-en une.", "Keep one of them."), {"table": table, "key": key})  # fmt: skip
    if rules.ends_on < rules.starts_on:
        yield Fault("period_order", Text("la période finit avant de commencer.", "the period ends before it starts."),
                    Text("Inversez les dates.", "Swap the dates."))  # fmt: skip
    wrong = [p.place for p in places if any(n < 0 or c not in set(Channel) for c, n in p.contacts.items())]
    wrong += [o.observer for o in observers if o.capacity < 0]
    for key in wrong:
        what = Text("nombre négatif ou canal inconnu.", "negative number or unknown channel.")
        yield Fault("number_or_channel", what, Text("Corrigez cette ligne.", "Correct this row."), {"key": key})


def _keep(state: Assigning, keep: Sequence[PlannedContact]) -> list[PlannedContact]:
    """Put back the contacts that the rules still allow."""
    at = {each.place: index for index, each in enumerate(state.places)}
    left = {(p, c): n for p, each in enumerate(state.places) for c, n in each.contacts.items()}
    kept = []
    for contact in keep:
        place, observer = at.get(contact.place), state.index.get(contact.observer)
        if place is None or observer is None or left.get((place, contact.channel), 0) == 0:
            continue
        if state.free(place, contact.channel)[observer] and state.load[observer] < state.capacity[observer]:
            left[place, contact.channel] -= 1
            state.give(place, contact.channel, observer)
            kept.append(contact)
    state.fixed = len(state.chosen)
    return kept


def _demands(state: Assigning, kept: Sequence[PlannedContact]) -> tuple[dict[int, int], list[tuple[int, str, int]]]:
    """What is left to plan: visits by place, then the other channels, the scarcest first, places in a seeded order."""
    have = Counter((contact.place, contact.channel) for contact in kept)
    left = {
        (at, str(channel)): number - have[each.place, channel]
        for at, each in enumerate(state.places)
        for channel, number in each.contacts.items()
        if number > have[each.place, channel]
    }
    visits = {place: n for (place, channel), n in left.items() if channel == Channel.VISIT}
    wanted: Counter[str] = Counter()
    for (_, channel), n in left.items():
        wanted[channel] += n
    room = {c: int(state.capacity[state.certified[c]].sum()) for c in wanted}
    scarce = sorted((c for c in wanted if c != Channel.VISIT), key=lambda c: (room[c] / wanted[c], c))
    order = state.draw.permutation(len(state.places))
    return visits, [(int(p), c, left[int(p), c]) for c in scarce for p in order if (int(p), c) in left]


def _dated(
    state: Assigning, kept: Sequence[PlannedContact], rules: Rules, requests: _Requests
) -> tuple[list[PlannedContact], list[Shortfall]]:
    by_place: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for index, channel, observer in state.chosen[state.fixed :]:
        by_place[index].append((channel, observer))
    weeks: dict[str, Counter[tuple[int, int]]] = defaultdict(Counter)
    for contact in kept:
        weeks[contact.place][contact.window_starts_on.isocalendar()[:2]] += 1
    contacts, short = [], []
    for at in sorted(by_place):
        place, wanted = state.places[at], by_place[at]
        order = state.draw.permutation(len(wanted))
        slots = slots_of(place, rules)
        days = spread(len(wanted), slots, rules, state.draw, weeks[place.place])
        said = requests.of(place, [channel for channel, _ in wanted], state.draw)
        windows = [window(slot, place, rules) if slot else None for slot in days]
        ranks, absent = around_absences(
            [int(rank) for rank in order], windows, [state.observers[observer].away for _, observer in wanted]
        )
        missing: Counter[tuple[str, str]] = Counter()
        for rank, slot in zip(ranks, days, strict=True):
            channel, observer = wanted[rank]
            request = said[rank]
            if slot is None or request is None or rank in absent:
                reason = "burden_cap" if slots else "no_open_day"
                missing[channel, reason if slot is None else "scenarios_spent" if request is None else "away"] += 1
            else:
                name = state.observers[observer].observer
                contacts.append(_contact(place, channel, name, request, slot, rules))
        short += [Shortfall(place.place, c, n, {reason: n}) for (c, reason), n in sorted(missing.items())]
    return contacts, short


def _contact(
    place: PlaceToVisit, channel: str, observer: str, scenario: str, slot: Slot, rules: Rules
) -> PlannedContact:
    starts, ends = window(slot, place, rules)
    return PlannedContact(
        place.place, place.organisation, channel, observer, scenario, starts, ends, half_day(channel, slot)
    )


class _Requests:
    """Which scenario each contact makes, none more often in an organisation than it may be."""

    def __init__(
        self,
        scenarios: Sequence[PossibleScenario],
        used: Mapping[tuple[str, str], int],
        kept: Sequence[PlannedContact],
    ) -> None:
        self.scenarios = scenarios
        self.most = {each.scenario: each.most_uses for each in scenarios if each.most_uses is not None}
        self.used = Counter(dict(used)) + Counter((contact.organisation, contact.scenario) for contact in kept)

    def of(self, place: PlaceToVisit, channels: Sequence[str], draw: np.random.Generator) -> list[str | None]:
        """Each channel goes round its scenarios from a seeded start, so that none comes twice before all came once.

        Nothing where the channel has no scenario at all; None where all of them are spent.
        """
        possible = {channel: _possible(place, channel, self.scenarios) for channel in sorted(set(channels))}
        turn = {channel: int(draw.integers(max(1, len(codes)))) for channel, codes in possible.items()}
        said: list[str | None] = []
        for channel in channels:
            codes = possible[channel]
            round_of = [codes[(turn[channel] + step) % len(codes)] for step in range(len(codes))]
            left = next((code for code in round_of if self._is_left(place.organisation, code)), None)
            said.append(left if codes else "")
            if left is not None:
                self.used[place.organisation, left] += 1
                turn[channel] = codes.index(left) + 1
        return said

    def _is_left(self, organisation: str, code: str) -> bool:
        most = self.most.get(code)
        return most is None or self.used[organisation, code] < most


def _possible(place: PlaceToVisit, channel: str, scenarios: Sequence[PossibleScenario]) -> list[str]:
    return [s.scenario for s in scenarios if s.channel == channel and (not s.service or s.service in place.services)]


def _goals(state: Assigning, contacts: Sequence[PlannedContact], scenarios: Sequence[PossibleScenario]) -> Goals:
    visits = [(place, observer) for place, channel, observer in state.chosen if channel == Channel.VISIT]
    gaps = directions([state.places[p] for p, _ in visits]) - directions([state.observers[o] for _, o in visits])
    km = kilometres(np.linalg.norm(gaps, axis=1)) if visits else np.zeros(1)
    days = Counter(contact.window_starts_on for contact in contacts)
    timed = [contact.half_day for contact in contacts if contact.half_day]
    able = state.capacity > 0
    share = state.load[able] / state.capacity[able]
    return Goals(
        distance_km=round(float(km.sum()), 1),
        workload_spread=round(float(100 * share.std() / share.mean()) if share.any() else 0.0, 2),
        busiest_day=round(max(days.values()) * len(days) / len(contacts), 3) if contacts else 0.0,
        mornings=round(timed.count("am") / len(timed), 3) if timed else 0.0,
        scenario_variety=_variety(state, contacts, scenarios),
        components=_components(state),
    )


def _variety(state: Assigning, contacts: Sequence[PlannedContact], scenarios: Sequence[PossibleScenario]) -> float:
    used: Mapping[tuple[str, str], list[str]] = defaultdict(list)
    for contact in contacts:
        used[contact.place, contact.channel].append(contact.scenario)
    at = {each.place: each for each in state.places}
    shares = [
        len(set(codes)) / most
        for (place, channel), codes in used.items()
        if place in at and (most := min(len(codes), len(_possible(at[place], channel, scenarios))))
    ]
    return round(float(np.mean(shares)), 3) if shares else 1.0


def _components(state: Assigning) -> int:
    """Connected groups of the graph of organisations and the observers who contact them."""
    if not state.chosen:
        return 0
    organisations = {name: at for at, name in enumerate(dict.fromkeys(p.organisation for p in state.places))}
    rows = [organisations[state.places[place].organisation] for place, _, _ in state.chosen]
    columns = [len(organisations) + observer for _, _, observer in state.chosen]
    size = len(organisations) + len(state.observers)
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    return len(set(group[rows].tolist()))
