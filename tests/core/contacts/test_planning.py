"""Contact plans: hard rules never bend, what cannot be met is explained, the same seed gives the same plan."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.core.contacts.planning import (
    PlannedContact,
    PossibleScenario,
    Weights,
    channel_precision,
    make_plan,
    overall_precision,
)
from parvis.core.vocabulary import ParvisError
from tests.core.contacts.plan_ground import APRIL, PEOPLE, PLACES, SMALL, broken, observer, place


def test_every_demand_is_met_when_the_rules_allow() -> None:
    plan = make_plan(PLACES, PEOPLE, APRIL, seed=1)
    assert Counter((c.place, c.channel) for c in plan.contacts) == {
        (p.place, channel): n for p in PLACES for channel, n in SMALL.items()
    }
    assert plan.shortfalls == ()
    assert broken(plan, PLACES, PEOPLE, APRIL) == []
    assert plan.goals.components == 1


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    assert make_plan(PLACES, PEOPLE, APRIL, seed=1) == make_plan(PLACES, PEOPLE, APRIL, seed=1)
    assert make_plan(PLACES, PEOPLE, APRIL, seed=1).contacts != make_plan(PLACES, PEOPLE, APRIL, seed=2).contacts


def test_visits_go_to_the_nearest() -> None:
    """Two places, two observers, each next to one of them: the only plan without a long trip."""
    places = [place(0, contacts={"visit": 1}), place(5, contacts={"visit": 1})]
    people = [observer(5), observer(0)]
    plan = make_plan(places, people, APRIL, seed=3)
    assert {(c.place, c.observer) for c in plan.contacts} == {("P0", "C0"), ("P5", "C5")}
    assert plan.goals.distance_km == 0.0


def test_distance_is_the_least_possible_and_not_the_greedy_one() -> None:
    """Homes at 0 and 1, places at 1 and 3 tenths of a degree of latitude (11,1 km each).

    Greedy sends home 1 to place 1 (0 km) and home 0 to place 3 (33 km), as good as the other way (11 + 22): 33 km.
    """
    places = [place(1, contacts={"visit": 1}), place(3, contacts={"visit": 1})]
    people = [observer(0, capacity=1), observer(1, capacity=1)]
    plan = make_plan(places, people, APRIL, seed=3)
    assert plan.goals.distance_km == pytest.approx(33.4, abs=0.1)
    assert plan.notes["distance_bound_km"] == pytest.approx(plan.goals.distance_km, abs=0.1)


def test_two_far_regions_are_tied_by_one_exchange_so_that_severities_compare() -> None:
    """Two towns of two places and two people each: the least distance keeps them apart, one exchange ties them."""
    north = [(n, 43.0 if n < 2 else 50.0) for n in range(4)]
    places = [place(n, contacts={"visit": 2}, latitude=latitude) for n, latitude in north]
    people = [observer(n, latitude=latitude, capacity=2) for n, latitude in north]
    plan = make_plan(places, people, APRIL, seed=1)
    assert plan.goals.components == 1
    assert Counter(c.observer for c in plan.contacts) == dict.fromkeys(("C0", "C1", "C2", "C3"), 2)
    apart = [
        ("P0", "C0"),
        ("P0", "C1"),
        ("P1", "C0"),
        ("P1", "C1"),
        ("P2", "C2"),
        ("P2", "C3"),
        ("P3", "C2"),
        ("P3", "C3"),
    ]
    days = {"window_starts_on": APRIL.starts_on, "window_ends_on": APRIL.ends_on, "half_day": "am"}
    kept = [PlannedContact(at, f"O{at[1:]}", "visit", who, "", **days) for at, who in apart]
    again = make_plan(places, people, APRIL, seed=1, keep=kept)
    assert (again.kept, again.goals.components) == (8, 2)  # what was kept does not move


def test_what_cannot_be_met_says_which_rule_and_where() -> None:
    places = [place(0, contacts={"phone": 5})]
    people = [
        observer(1),
        observer(2, channels=frozenset({"email"})),
        observer(3, conflicts=frozenset({"O0"})),
        observer(4, recent=frozenset({"P0"})),
        observer(5, capacity=0),
    ]
    plan = make_plan(places, people, APRIL, seed=1)
    (short,) = plan.shortfalls
    assert (short.place, short.channel, short.missing) == ("P0", "phone", 4)
    assert short.reasons == {
        "not_certified": 1, "in_conflict": 1, "seen_recently": 1, "already_there": 1, "no_capacity": 1
    }  # fmt: skip


def test_someone_full_hands_a_contact_over_to_let_another_demand_be_met() -> None:
    """Only C1 may phone P2; were C1 left with an e-mail that C2 can write, P2 would stay alone."""
    places = [place(1, contacts={"email": 1}), place(2, contacts={"phone": 1}, organisation="O2")]
    people = [observer(1, capacity=1), observer(2, capacity=1, conflicts=frozenset({"O2"}))]
    for seed in range(6):
        plan = make_plan(places, people, APRIL, seed=seed)
        assert {(c.place, c.observer) for c in plan.contacts} == {("P1", "C2"), ("P2", "C1")}


def test_the_burden_cap_and_closed_periods_are_kept_and_told() -> None:
    week = replace(APRIL, ends_on=date(2026, 4, 3), burden_per_week=2)
    plan = make_plan([place(0, contacts={"phone": 3})], PEOPLE, week, seed=1)
    assert len(plan.contacts) == 2
    assert [(s.missing, dict(s.reasons)) for s in plan.shortfalls] == [(1, {"burden_cap": 1})]
    shut = place(0, contacts={"phone": 1}, closed=((APRIL.starts_on, APRIL.ends_on),))
    plan = make_plan([shut], PEOPLE, APRIL, seed=1)
    assert [dict(s.reasons) for s in plan.shortfalls] == [{"no_open_day": 1}]


def test_calls_are_made_at_opening_hours() -> None:
    mornings = place(0, contacts={"phone": 4}, open_half_days=frozenset({(1, "am"), (3, "am")}))
    plan = make_plan([mornings], PEOPLE, APRIL, seed=1)
    assert {(c.window_starts_on.weekday(), c.half_day) for c in plan.contacts} <= {(1, "am"), (3, "am")}
    assert len(plan.contacts) == 4


def test_scenarios_vary_and_keep_to_the_services_of_the_place() -> None:
    scenarios = [
        PossibleScenario("a", "phone"),
        PossibleScenario("b", "phone"),
        PossibleScenario("pool", "phone", "pool"),
    ]
    plan = make_plan([place(0, contacts={"phone": 4})], PEOPLE, APRIL, seed=1, scenarios=scenarios)
    assert Counter(c.scenario for c in plan.contacts) == {"a": 2, "b": 2}
    assert plan.goals.scenario_variety == 1.0


def test_replanning_moves_only_what_must_move() -> None:
    first = make_plan(PLACES, PEOPLE, APRIL, seed=1)
    gone = first.contacts[0].observer
    left = [person for person in PEOPLE if person.observer != gone]
    second = make_plan(PLACES, left, APRIL, seed=2, keep=first.contacts)
    stay = {c for c in first.contacts if c.observer != gone}
    assert stay <= set(second.contacts)
    assert second.kept == len(stay)
    assert len(second.contacts) + sum(s.missing for s in second.shortfalls) == len(first.contacts)
    assert broken(second, PLACES, left, APRIL) == []


def test_wrong_input_is_refused_all_at_once() -> None:
    with pytest.raises(ParvisError) as refused:
        make_plan([place(0), place(0, contacts={"pigeon": 1})], [observer(0, capacity=-1)],
                  replace(APRIL, ends_on=date(2026, 1, 1), weights=Weights(spread=-1)), seed=1)  # fmt: skip
    codes = sorted(fault.code for fault in refused.value.faults)
    assert codes == ["key_twice", "number_or_channel", "number_or_channel", "period_order", "weight"]


@settings(max_examples=15)
@given(st.data())
def test_hard_rules_hold_whatever_the_demands(data: st.DataObject) -> None:
    numbers = st.integers(0, 3)
    channels = ["phone", "email", "visit", "letter"]
    days = st.frozensets(st.tuples(st.integers(0, 4), st.sampled_from(["am", "pm"])), min_size=1)
    places = [
        place(n, contacts={c: data.draw(numbers) for c in channels}, open_half_days=data.draw(st.none() | days),
              latitude=data.draw(st.none() | st.floats(42, 51)))
        for n in range(data.draw(st.integers(1, 4)))
    ]  # fmt: skip
    some = st.frozensets(st.sampled_from(["O0", "O1", "O2"]))
    weeks = st.integers(0, 4).map(lambda n: APRIL.starts_on + timedelta(days=7 * n))
    absences = st.lists(
        st.tuples(weeks, st.integers(0, 12), st.sampled_from(["", "am", "pm"])).map(
            lambda given: (given[0], given[0] + timedelta(days=given[1]), given[2])
        ),
        max_size=2,
    )
    people = [
        observer(n, channels=data.draw(st.frozensets(st.sampled_from(channels))), capacity=data.draw(numbers),
                 conflicts=data.draw(some), recent=data.draw(st.frozensets(st.sampled_from(["P0", "P1"]))),
                 barred=data.draw(st.frozensets(st.sampled_from(["P1", "P2"]))), away=data.draw(absences))
        for n in range(data.draw(st.integers(0, 8)))
    ]  # fmt: skip
    weight = st.sampled_from([0.0, 0.5, 1.0, 3.0])
    rules = replace(APRIL, burden_per_week=data.draw(st.integers(1, 4)),
                    weights=Weights(*(data.draw(weight) for _ in range(5))),
                    ends_on=APRIL.starts_on + timedelta(days=data.draw(st.integers(0, 30))))  # fmt: skip
    plan = make_plan(places, people, rules, seed=7)
    assert broken(plan, places, people, rules) == []
    wanted = sum(sum(p.contacts.values()) for p in places)
    assert len(plan.contacts) + sum(short.missing for short in plan.shortfalls) == wanted
    assert all(short.reasons for short in plan.shortfalls)


def test_precision_is_told_before_deciding() -> None:
    """Standard deviation 20, 24 contacts: ±10 points with equal channel weights, ±8 if weights follow numbers."""
    plan = {"email": 10, "phone": 9, "letter": 3, "visit": 2}
    assert overall_precision(plan).half_width == pytest.approx(10.0, abs=0.05)
    assert overall_precision(plan, {c: float(n) for c, n in plan.items()}).half_width == pytest.approx(8.0, abs=0.05)
    assert channel_precision(1).half_width_t is None


def test_a_scenario_is_never_made_more_often_in_an_organisation_than_it_may_be() -> None:
    scenarios = [PossibleScenario("a", "phone", most_uses=2), PossibleScenario("b", "phone", most_uses=1)]
    gone = PlannedContact("P9", "O0", "phone", "C9", "b", APRIL.starts_on, APRIL.starts_on, "am")
    plan = make_plan([place(0, contacts={"phone": 4})], PEOPLE, APRIL, seed=1, scenarios=scenarios, done=[gone])
    assert [contact.scenario for contact in plan.contacts] == ["a", "a"]
    assert [(short.missing, dict(short.reasons)) for short in plan.shortfalls] == [(2, {"scenarios_spent": 2})]


def test_nobody_is_sent_while_away_for_the_whole_window() -> None:
    april = (date(2026, 4, 1), date(2026, 4, 30), "")
    people = [observer(0, away=[april]), observer(1, away=[april]), observer(2), observer(3)]
    plan = make_plan([place(0, contacts={"email": 4})], people, APRIL, seed=1)
    assert len(plan.contacts) == 4
    for contact in plan.contacts:
        if contact.observer in ("C0", "C1"):
            assert contact.window_ends_on > april[1]
    always = [observer(0, away=[(APRIL.starts_on, APRIL.ends_on, "")])]
    plan = make_plan([place(0, contacts={"email": 1})], always, APRIL, seed=1)
    assert [dict(short.reasons) for short in plan.shortfalls] == [{"away": 1}]


def test_half_day_absences_are_kept_and_told() -> None:
    """Mornings away: calls go to afternoons, letters at any time; a place open on mornings alone cannot be called."""
    mornings = observer(0, away=[(APRIL.starts_on, APRIL.ends_on, "am")])
    plan = make_plan([place(n, contacts={"phone": 1}) for n in range(3)], [mornings], APRIL, seed=1)
    assert [c.half_day for c in plan.contacts] == ["pm"] * 3
    shut = place(0, contacts={"phone": 1, "letter": 1}, open_half_days=frozenset({(1, "am"), (3, "am")}))
    people = [mornings, observer(1, channels=frozenset({"letter"}))]
    plan = make_plan([shut], people, APRIL, seed=1)
    assert [(s.channel, dict(s.reasons)) for s in plan.shortfalls] == [("phone", {"away": 1})]
    plan = make_plan([shut], [*people, observer(2, capacity=1)], APRIL, seed=1)  # someone else is there then
    assert [(c.channel, c.observer) for c in plan.contacts if c.channel == "phone"] == [("phone", "C2")]


def test_the_burden_cap_is_counted_by_service_where_a_place_has_services() -> None:
    """Three days, two contacts a week for each: two services and the front desk take six, one desk alone two."""
    week = replace(APRIL, ends_on=date(2026, 4, 3), burden_per_week=2)
    scenarios = [PossibleScenario("pool", "phone", "pool"), PossibleScenario("school", "phone", "school"),
                 PossibleScenario("any", "phone")]  # fmt: skip
    served = place(0, contacts={"phone": 8}, services=frozenset({"pool", "school"}))
    plan = make_plan([served, place(1, contacts={"phone": 4})], PEOPLE, week, seed=1, scenarios=scenarios)
    assert Counter((c.place, c.scenario) for c in plan.contacts) == {
        ("P0", "pool"): 2, ("P0", "school"): 2, ("P0", "any"): 2, ("P1", "any"): 2
    }  # fmt: skip
    assert {(s.place, s.missing, *s.reasons) for s in plan.shortfalls} == {
        ("P0", 2, "burden_cap"),
        ("P1", 2, "burden_cap"),
    }
    gone = [PlannedContact("P1", "O1", "email", "C9", "any", date(2026, 3, 30), date(2026, 4, 3), "")]
    plan = make_plan([place(1, contacts={"phone": 4})], PEOPLE, week, seed=1, scenarios=scenarios, done=gone)
    assert len(plan.contacts) == 1  # what has left this week counts


def test_what_becomes_forbidden_moves_and_a_forbidden_line_is_told() -> None:
    first = make_plan(PLACES, PEOPLE, APRIL, seed=1)
    moved = first.contacts[0]
    shut = (moved.window_starts_on, moved.window_ends_on)
    places = [replace(each, closed=[shut]) if each.place == moved.place else each for each in PLACES]
    second = make_plan(places, PEOPLE, APRIL, seed=1, keep=first.contacts)
    assert moved not in second.contacts
    assert broken(second, places, PEOPLE, APRIL) == []
    plan = make_plan([place(0, forbidden=frozenset({"phone"}))], PEOPLE, APRIL, seed=1)
    assert [(s.channel, dict(s.reasons)) for s in plan.shortfalls] == [("phone", {"forbidden_line": 2})]
    assert {c.channel for c in plan.contacts} == {"email", "visit"}


def test_a_conflict_bars_one_place_or_a_whole_organisation() -> None:
    both = [place(0, organisation="O", contacts={"email": 1}), place(1, organisation="O", contacts={"email": 1})]
    for seed in range(4):
        plan = make_plan(both, [observer(0, barred=frozenset({"P0"}))], APRIL, seed=seed)
        assert [c.place for c in plan.contacts] == ["P1"]
        assert [(s.place, dict(s.reasons)) for s in plan.shortfalls] == [("P0", {"in_conflict": 1})]
    assert make_plan(both, [observer(0, conflicts=frozenset({"O"}))], APRIL, seed=1).contacts == ()
