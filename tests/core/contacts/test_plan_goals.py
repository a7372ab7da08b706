"""Soft goals of contact plans: each weight changes the plan, 0 ignores its goal, more favours it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from parvis.core.contacts.planning import Plan, PlannedContact, PossibleScenario, Rules, Weights, make_plan
from tests.core.contacts.plan_ground import APRIL, PEOPLE, observer, place


def weighed(**weights: float) -> Rules:
    return replace(APRIL, weights=Weights(**weights))


def test_distance_and_workload_weigh_against_each_other() -> None:
    """Four visits next to C0, who is worth three; the fourth costs C0 20 km of overload, or the way of C1."""
    places = [place(0, place=f"P{n}", contacts={"visit": 1}) for n in range(4)]

    def trips(km_in_degrees: float, **weights: float) -> tuple[float, dict[str, int]]:
        people = [observer(0), observer(1, latitude=47.0 + km_in_degrees)]
        plan = make_plan(places, people, weighed(**weights), seed=1)
        return plan.goals.distance_km, dict(Counter(c.observer for c in plan.contacts))

    near, far = 0.1, 0.4  # 11.1 and 44.5 km
    assert trips(near) == (11.1, {"C0": 3, "C1": 1})
    assert trips(near, workload=0) == trips(near, distance=3) == (0.0, {"C0": 4})
    assert trips(far) == (0.0, {"C0": 4})
    assert trips(far, workload=3) == (44.5, {"C0": 3, "C1": 1})
    assert trips(far, distance=0)[0] > 0
    assert trips(near, workload=0, distance=0)[0] > 0  # then only hard rules are left


def test_workload_is_equal_unless_it_is_ignored() -> None:
    places = [place(n, contacts={"email": 2}) for n in range(6)]
    spreads = [make_plan(places, PEOPLE, weighed(workload=w), seed=1).goals.workload_spread for w in (0, 1)]
    assert spreads[1] < spreads[0]


def test_days_are_even_in_each_place_and_when_favoured_over_the_whole_plan() -> None:
    places = [place(n, contacts={"email": 3}) for n in range(30)]
    people = [observer(n, capacity=20) for n in range(12)]
    plans = [make_plan(places, people, weighed(spread=weight), seed=1) for weight in (0, 1, 3)]
    ignored, usual, strong = (plan.goals.busiest_day for plan in plans)
    assert strong < usual < ignored

    def nearest(plan: Plan) -> int:
        days: dict[str, list[date]] = {}
        for contact in plan.contacts:
            days.setdefault(contact.place, []).append(contact.window_starts_on)
        return min(b.toordinal() - a.toordinal() for each in days.values() for a, b in pairwise(sorted(each)))

    assert nearest(plans[0]) < 7 < nearest(plans[1])


def test_requests_vary_in_a_place_and_when_favoured_in_the_whole_organisation() -> None:
    scenarios = [PossibleScenario(name, "phone") for name in "abcd"]
    both = [place(n, organisation="O", contacts={"phone": 2}) for n in range(2)]

    def made(weight: float) -> tuple[list[float], bool]:
        """The variety of each plan, and whether a place hears a request twice in any of them."""
        rules = weighed(variety=weight)
        plans = [make_plan(both, PEOPLE, rules, seed=seed, scenarios=scenarios) for seed in range(12)]
        twice = any(len({(c.place, c.scenario) for c in plan.contacts}) < 4 for plan in plans)
        return [plan.goals.scenario_variety for plan in plans], twice

    assert made(0)[1]
    usual, twice = made(1)
    assert (min(usual), twice) == (0.5, False)  # two in each place, the same two where both begin alike
    strong, twice = made(3)
    assert (min(strong), twice) == (1.0, False)  # four requests for four contacts


def test_a_request_keeps_its_turn_or_its_day_as_the_weights_say() -> None:
    """The desk of `a` has room in the last week only: its contact waits for it, or `b` comes twice."""
    scenarios = [PossibleScenario("a", "phone", "pool"), PossibleScenario("b", "phone")]
    here = place(0, contacts={"phone": 2}, services=frozenset({"pool"}))
    full = [APRIL.starts_on + timedelta(days=7 * week) for week in range(8)]
    gone = [PlannedContact("P0", "O0", "phone", "C9", "a", day, day, "am") for day in full]

    def made(**weights: float) -> set[str]:
        rules = replace(weighed(**weights), burden_per_week=1)
        plans = [make_plan([here], PEOPLE, rules, seed=seed, scenarios=scenarios, done=gone) for seed in range(6)]
        return {"".join(sorted(contact.scenario for contact in plan.contacts)) for plan in plans}

    assert made() == {"ab"}
    assert "bb" in made(spread=3)


def test_observers_overlap_as_much_as_connection_is_worth() -> None:
    """Two towns 778 km apart: an exchange adds 1,557 km. Then one body of two places, whose usual people are two."""
    towns = [(n, 43.0 if n < 2 else 50.0) for n in range(4)]
    places = [place(n, contacts={"visit": 2}, latitude=latitude) for n, latitude in towns]
    people = [observer(n, latitude=latitude, capacity=2) for n, latitude in towns]
    groups = [make_plan(places, people, weighed(connection=w), seed=1).goals.components for w in (0, 0.5, 1)]
    assert groups == [2, 2, 1]
    both = [place(n, organisation="O", contacts={"email": 2}) for n in range(2)]
    people = [observer(n, capacity=20 if n < 2 else 5) for n in range(4)]
    overlaps = [make_plan(both, people, weighed(connection=w), seed=1).goals.overlap for w in (1, 3)]
    assert overlaps == [0.5, 1.0]
