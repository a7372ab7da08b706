"""Contact plans at 350 and 3,500 organisations: time, memory, soft goals against a bound and a greedy baseline.

Then, at 350, each soft goal as it is reached when it is ignored (0) and favoured (3), the others as usual.

Everything is measured in one run and printed as a table and as JSON; nothing is asserted.
The bound is the linear transport relaxation of the visits' kilometres and overload; the baseline sends, place by place
in a drawn order, the nearest allowed observers that have room.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta

import numpy as np

from parvis.core.contacts.planning import (
    USUAL_WEIGHTS,
    AvailableObserver,
    PlaceToVisit,
    Plan,
    PossibleScenario,
    Rules,
    make_plan,
)
from parvis.core.contacts.planning.assigning import Assigning, directions, kilometres

SIZES = [(350, 500), (3_500, 5_000)]
CONTACTS = {"email": 10, "phone": 9, "letter": 3, "visit": 2}
RULES = Rules(date(2026, 3, 2), date(2026, 5, 29))
SEED = 20260302


def country(organisations: int, people: int) -> tuple[list[PlaceToVisit], list[AvailableObserver]]:
    """Places and homes around forty towns.

    One observer in five lacks a channel, one in ten has conflicts, one in six is away for three weeks, one in twelve
    every morning.
    """
    draw = np.random.default_rng(SEED)
    towns = np.stack([draw.uniform(43, 50.5, 40), draw.uniform(-1.5, 7, 40)], axis=1)
    at = towns[draw.integers(0, 40, organisations)] + draw.normal(0, 0.25, (organisations, 2))
    homes = towns[draw.integers(0, 40, people)] + draw.normal(0, 0.3, (people, 2))
    places = [
        PlaceToVisit(f"P{n:05d}", f"O{n:05d}", CONTACTS, "25", float(at[n, 0]), float(at[n, 1]))
        for n in range(organisations)
    ]
    every = sorted(CONTACTS)
    observers = [
        AvailableObserver(
            f"C{n:05d}", frozenset(every) - ({every[n % 4]} if n % 5 == 0 else set()), 22, float(homes[n, 0]),
            float(homes[n, 1]),
            frozenset(f"O{m:05d}" for m in draw.integers(0, organisations, 3)) if n % 10 == 0 else frozenset(),
            away=_away(n),
        )
        for n in range(people)
    ]  # fmt: skip
    return places, observers


def _away(n: int) -> list[tuple[date, date, str]]:
    if n % 12 == 5:
        return [(RULES.starts_on, RULES.ends_on, "am")]
    first = RULES.starts_on + timedelta(days=7 * (n % 10))
    return [(first, first + timedelta(days=20), "")] if n % 6 == 1 else []


def greedy_km(places: Sequence[PlaceToVisit], observers: Sequence[AvailableObserver]) -> float:
    """The baseline: the nearest allowed observers with room, one place after the other."""
    state = Assigning(places, observers, RULES, SEED)
    homes, sites = directions(observers), directions(places)
    room = np.full(len(observers), int(np.ceil(1.5 * 2 * len(places) / len(observers))))
    total = 0.0
    for place in state.draw.permutation(len(places)):
        km = kilometres(np.linalg.norm(homes - sites[place], axis=1))
        km[~state.free(int(place), "visit") | (state.load >= room)] = np.inf
        for observer in np.argsort(km, kind="stable")[:2]:
            state.give(int(place), "visit", int(observer))
            total += float(km[observer])
    return total


def measure(organisations: int, people: int) -> dict[str, float]:
    places, observers = country(organisations, people)
    before = time.perf_counter()
    plan = planned(places, observers, RULES)
    seconds = time.perf_counter() - before
    bound, goals = plan.notes["distance_bound_km"], plan.goals
    return {
        "organisations": organisations, "observers": people, "missions": len(plan.contacts),
        "missing": sum(short.missing for short in plan.shortfalls), "seconds": round(seconds, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "visit_km": goals.distance_km, "km_over_bound": round(goals.distance_km / bound, 4),
        "greedy_over_bound": round(greedy_km(places, observers) / bound, 4),
        "workload_spread_percent": goals.workload_spread, "busiest_day": goals.busiest_day,
        "scenario_variety": goals.scenario_variety, "components": goals.components,
    }  # fmt: skip


def planned(places: Sequence[PlaceToVisit], observers: Sequence[AvailableObserver], rules: Rules) -> Plan:
    scenarios = [PossibleScenario(f"{channel}-{n}", channel) for channel in CONTACTS for n in range(6)]
    return make_plan(places, observers, rules, seed=SEED, scenarios=scenarios)


def weighed() -> None:
    """One line for each goal ignored and favoured."""
    problem = country(*SIZES[0])
    print(f"{'weights':16}" + "".join(f"{name:>18}" for name in asdict(planned(*problem, RULES).goals)))
    for name in asdict(USUAL_WEIGHTS):
        for weight in (0.0, 1.0, 3.0):
            rules = replace(RULES, weights=replace(USUAL_WEIGHTS, **{name: weight}))
            goals = asdict(planned(*problem, rules).goals)
            print(f"{name + f' {weight:g}':16}" + "".join(f"{value:>18,}" for value in goals.values()))


def main() -> None:
    found = [measure(*size) for size in SIZES]
    for name in found[0]:
        print(f"{name:26}" + "".join(f"{row[name]:>14,}" for row in found))
    print(f"{'growth of time, 1× to 10×':26}{found[1]['seconds'] / found[0]['seconds']:>28.1f}")
    weighed()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
