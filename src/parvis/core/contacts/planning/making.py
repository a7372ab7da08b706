"""A whole contact plan, from the demands to the missions, and what it is worth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from parvis.core.contacts.planning.assigning import Assigning, assign_others, assign_visits, directions, kilometres
from parvis.core.contacts.planning.connecting import connect, groups
from parvis.core.contacts.planning.dating import Burden, Dating, Requests
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
from parvis.core.contacts.planning.timing import is_present, moments
from parvis.core.vocabulary import Channel, Fault, ParvisError, Text


def make_plan(
    places: Sequence[PlaceToVisit],
    observers: Sequence[AvailableObserver],
    rules: Rules,
    *,
    seed: int,
    scenarios: Sequence[PossibleScenario] = (),
    keep: Sequence[PlannedContact] = (),
    done: Sequence[PlannedContact] = (),
) -> Plan:
    """Missions for every demand that the hard rules allow; the same input and seed give the same plan.

    keep: contacts of an earlier plan. They stay as they are, unless a rule no longer allows them (observer gone, away,
    no longer certified, in conflict; place or channel no longer asked; forbidden period or line; burden): then only
    they are made again.
    done: contacts that have left already. They are asked no more, and count for burden and uses of scenarios.
    Returns contacts in the order of place, channel and day, and every demand that could not be met with its reasons.
    Raises ParvisError when a key stands twice, a number or a weight is negative, or the period ends before it starts.
    """
    faults = list(_faults(places, observers, rules))
    if faults:
        raise ParvisError(faults)
    state = Assigning(places, observers, rules, seed)
    requests = Requests(scenarios, done)
    burden = Burden(rules, requests, done)
    kept = _keep(state, keep, requests, burden)
    visits, others = _demands(state, kept)
    bound = _kilometres_of(state) + assign_visits(state, visits)
    met = Counter(place for place, channel, _ in state.chosen[state.fixed :] if channel == Channel.VISIT)
    short = [state.shortfall(p, Channel.VISIT, n - met[p]) for p, n in visits.items() if n > met[p]]
    short += assign_others(state, others)
    connect(state)
    short += _forbidden(places)
    contacts, late = Dating(state, rules, requests, burden, kept).all()
    everything = sorted([*kept, *contacts], key=lambda c: (c.place, c.channel, c.window_starts_on, c.observer))
    goals = _goals(state, everything, requests)
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
    for name in rules.weights.negative():
        what = Text("un poids est un nombre, zéro ou plus.", "a weight is a number, zero or more.")
        yield Fault("weight", what, Text("Écrivez 0, 1 ou 3.", "Write 0, 1 or 3."), {"key": name})
    wrong = [p.place for p in places if any(n < 0 or c not in set(Channel) for c, n in p.contacts.items())]
    wrong += [o.observer for o in observers if o.capacity < 0]
    for key in wrong:
        what = Text("nombre négatif ou canal inconnu.", "negative number or unknown channel.")
        yield Fault("number_or_channel", what, Text("Corrigez cette ligne.", "Correct this row."), {"key": key})


def _forbidden(places: Sequence[PlaceToVisit]) -> list[Shortfall]:
    """Contacts asked of a line that must not be used."""
    return [
        Shortfall(place.place, channel, number, {"forbidden_line": number})
        for place in places
        for channel, number in place.contacts.items()
        if number and channel in place.forbidden
    ]


def _keep(state: Assigning, keep: Sequence[PlannedContact], requests: Requests, burden: Burden) -> list[PlannedContact]:
    """Put back the contacts that the rules still allow."""
    at = {each.place: index for index, each in enumerate(state.places)}
    left = _asked(state.places)
    kept = []
    for contact in keep:
        place, observer = at.get(contact.place), state.index.get(contact.observer)
        if place is None or observer is None or left[place, contact.channel] == 0:
            continue
        if _still_allowed(state, contact, place, observer, requests, burden):
            left[place, contact.channel] -= 1
            state.give(place, contact.channel, observer)
            requests.use(contact.organisation, contact.scenario)
            burden.bear(contact.place, contact.scenario, contact.window_starts_on)
            kept.append(contact)
    state.fixed = len(state.chosen)
    return kept


def _still_allowed(
    state: Assigning, contact: PlannedContact, place: int, observer: int, requests: Requests, burden: Burden
) -> bool:
    given = (contact.window_starts_on, contact.window_ends_on)
    possible = moments(state.places[place], contact.channel, contact.half_day, given)
    return (
        bool(state.free(place, contact.channel)[observer])
        and state.load[observer] < state.capacity[observer]
        and is_present(state.observers[observer].away, possible)
        and requests.may_be_made(contact.organisation, contact.scenario)
        and burden.has_room(contact.place, contact.scenario, contact.window_starts_on)
    )


def _asked(places: Sequence[PlaceToVisit]) -> Counter[tuple[int, str]]:
    """Contacts asked of each place, by its number and channel, forbidden lines aside."""
    return Counter({
        (at, str(channel)): number
        for at, each in enumerate(places)
        for channel, number in each.contacts.items()
        if channel not in each.forbidden
    })  # fmt: skip


def _demands(state: Assigning, kept: Sequence[PlannedContact]) -> tuple[dict[int, int], list[tuple[int, str, int]]]:
    """What is left to plan: visits by place, then the other channels, the scarcest first, places in a seeded order."""
    have = Counter((contact.place, contact.channel) for contact in kept)
    asked = _asked(state.places)
    left = {key: n - have[state.places[key[0]].place, key[1]] for key, n in asked.items()}
    left = {key: n for key, n in left.items() if n > 0}
    visits = {place: n for (place, channel), n in left.items() if channel == Channel.VISIT}
    wanted: Counter[str] = Counter()
    for (_, channel), n in left.items():
        wanted[channel] += n
    room = {c: int(state.capacity[state.certified[c]].sum()) for c in wanted}
    scarce = sorted((c for c in wanted if c != Channel.VISIT), key=lambda c: (room[c] / wanted[c], c))
    order = state.draw.permutation(len(state.places))
    return visits, [(int(p), c, left[int(p), c]) for c in scarce for p in order if (int(p), c) in left]


def _kilometres_of(state: Assigning) -> float:
    """One way, over the visits chosen so far."""
    visits = [(place, observer) for place, channel, observer in state.chosen if channel == Channel.VISIT]
    gaps = directions([state.places[p] for p, _ in visits]) - directions([state.observers[o] for _, o in visits])
    return float(kilometres(np.linalg.norm(gaps, axis=1)).sum())


def _goals(state: Assigning, contacts: Sequence[PlannedContact], requests: Requests) -> Goals:
    days = Counter(contact.window_starts_on for contact in contacts)
    timed = [contact.half_day for contact in contacts if contact.half_day]
    able = state.capacity > 0
    share = state.load[able] / state.capacity[able]
    return Goals(
        distance_km=round(_kilometres_of(state), 1),
        workload_spread=round(float(100 * share.std() / share.mean()) if share.any() else 0.0, 2),
        busiest_day=round(max(days.values()) * len(days) / len(contacts), 3) if contacts else 0.0,
        mornings=round(timed.count("am") / len(timed), 3) if timed else 0.0,
        scenario_variety=_variety(state, contacts, requests),
        components=len(set(groups(state).tolist())),
        overlap=round(len({(c.organisation, c.observer) for c in contacts}) / len(contacts), 3) if contacts else 1.0,
    )


def _variety(state: Assigning, contacts: Sequence[PlannedContact], requests: Requests) -> float:
    at = {each.place: each for each in state.places}
    used: Mapping[tuple[str, str], list[str]] = defaultdict(list)
    possible: Mapping[tuple[str, str], set[str]] = defaultdict(set)
    for contact in contacts:
        used[contact.organisation, contact.channel].append(contact.scenario)
    for place, channel in {(each.place, each.channel) for each in contacts if each.place in at}:
        possible[at[place].organisation, channel].update(requests.possible(at[place], channel))
    shares = [len(set(codes)) / most for key, codes in used.items() if (most := min(len(codes), len(possible[key])))]
    return round(float(np.mean(shares)), 3) if shares else 1.0
