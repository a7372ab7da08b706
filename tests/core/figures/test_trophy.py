"""The consultation's trophy by hand, and what must hold whatever the bodies."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.figures.participation import per_thousand
from parvis.core.figures.trophy import (
    Counted,
    Deciding,
    Rate,
    TrophyBy,
    TrophyRule,
    deciding,
    rankings,
    up_to_ceiling,
    winners,
)


def body(key: str, qualified: int, *, inhabitants: int | None = None, visits: int | None = None) -> Counted:
    return Counted(key, qualified, per_thousand(qualified, inhabitants), per_thousand(qualified, visits))


TOWN = body("town", 300, inhabitants=10_000, visits=100_000)  # 30 for 1,000 inhabitants, 3 for 1,000 visits
CITY = body("city", 900, inhabitants=45_000, visits=60_000)  # 20, 15
VILLAGE = body("village", 99, inhabitants=1_000)  # 99, with one response too few
CLINIC = body("clinic", 120, visits=30_000)  # 4 for 1,000 visits
HOSPITAL = body("hospital", 500, visits=100_000)  # 5
OFFICE = body("office", 400)  # nothing to divide by
ALL = [OFFICE, TOWN, CITY, VILLAGE, CLINIC, HOSPITAL]


@pytest.mark.parametrize(
    ("by", "bodies", "won"),
    [
        ("inhabitants_else_visits", ALL, [("town", "inhabitants", 30.0), ("hospital", "visits", 5.0)]),
        ("inhabitants", ALL, [("town", "inhabitants", 30.0)]),
        ("visits", ALL, [("city", "visits", 15.0)]),
        ("inhabitants_else_visits", [TOWN, HOSPITAL], []),  # each is alone in its ranking
        ("inhabitants_else_visits", [VILLAGE, TOWN], [("town", "inhabitants", 30.0)]),  # ranked, too few to win
        ("inhabitants_else_visits", [VILLAGE, replace(VILLAGE, organisation="hamlet")], []),  # nobody has enough
        ("inhabitants", [CLINIC, HOSPITAL, OFFICE], []),  # nobody lives there
    ],
)
def test_the_rule_says_which_rate_decides_and_where_nobody_lives_bodies_have_a_ranking_of_their_own(
    by: str, bodies: list[Counted], won: list[tuple[str, str, float]]
) -> None:
    found = winners(bodies, TrophyRule(TrophyBy(by)), least_responses=100)
    assert [(count.organisation, decided.of.value, decided.value) for count, decided in found] == won


def test_every_body_that_the_rule_ranks_stands_in_one_ranking_the_best_first() -> None:
    found = rankings(ALL, TrophyRule())
    assert {rate.value: [count.organisation for count, _ in entered] for rate, entered in found.items()} == {
        "inhabitants": ["village", "town", "city"],
        "visits": ["hospital", "clinic"],
    }
    by_visits = rankings(ALL, TrophyRule(TrophyBy.VISITS))
    assert [count.organisation for count, _ in by_visits[Rate.VISITS]] == ["city", "hospital", "clinic", "town"]
    assert by_visits[Rate.INHABITANTS] == []


def test_beyond_the_ceiling_visits_are_ex_aequo_too() -> None:
    """150 and 400 for 1,000 visits are both 100: a body that declares too few visits wins nothing more."""
    bodies = [body("b", 400, visits=1_000), body("c", 450, visits=5_000), body("a", 150, visits=1_000)]
    found = winners(bodies, TrophyRule(), least_responses=100)
    assert [(count.organisation, decided.value) for count, decided in found] == [("a", 100.0), ("b", 100.0)]


def test_the_same_share_of_larger_bodies_ties_to_the_last_bit() -> None:
    """A third of a thousandth has no exact binary form: 101 of 303,000, 202 of 606,000 and 707 of 2,121,000."""
    bodies = [body("a", 101, inhabitants=303_000), body("b", 202, inhabitants=606_000)]
    bodies += [body("c", 707, inhabitants=2_121_000), body("d", 100, inhabitants=303_000)]
    assert [count.organisation for count, _ in winners(bodies, TrophyRule(), least_responses=100)] == ["a", "b", "c"]


def test_nothing_known_is_no_rate_and_a_rate_of_nothing_is_one() -> None:
    rule = TrophyRule(ceiling_per_1000=50.0)
    assert [up_to_ceiling(rate, rule) for rate in (None, 0.0, 49.5, 50.0, 1000.0)] == [None, 0.0, 49.5, 50.0, 50.0]
    assert deciding(OFFICE, rule) is None
    assert deciding(body("new", 0, inhabitants=900, visits=1), rule) == Deciding(Rate.INHABITANTS, 0.0)


RATES = st.none() | st.floats(0, 400) | st.sampled_from([10.0, 100.0, 250.0])
COUNTS = st.lists(st.tuples(st.integers(0, 300), RATES, RATES), max_size=7).map(
    lambda rows: [Counted(f"o{at}", *row) for at, row in enumerate(rows)]
)
RULES = st.builds(TrophyRule, st.sampled_from(TrophyBy), st.sampled_from([50.0, 100.0]), st.integers(1, 3))


@given(COUNTS, RULES, st.randoms(use_true_random=False))
def test_the_order_of_bodies_and_what_lies_beyond_the_ceiling_decide_nothing(
    counts: list[Counted], rule: TrophyRule, dice: random.Random
) -> None:
    won = winners(counts, rule, least_responses=100)
    mixed = list(counts)
    dice.shuffle(mixed)
    assert winners(mixed, rule, least_responses=100) == won
    stopped = [
        replace(each, **{f"per_1000_{of.value}": up_to_ceiling(each.per_1000(of), rule) for of in Rate})
        for each in counts
    ]
    names = [(count.organisation, decided) for count, decided in won]
    assert [(one.organisation, on) for one, on in winners(stopped, rule, least_responses=100)] == names


@given(COUNTS, RULES)
def test_a_winner_has_enough_and_nobody_who_has_stands_above(counts: list[Counted], rule: TrophyRule) -> None:
    ranked = rankings(counts, rule)
    assert sum(map(len, ranked.values())) == sum(deciding(each, rule) is not None for each in counts)
    won = winners(counts, rule, least_responses=100)
    for rate, entered in ranked.items():
        values = [decided.value for _, decided in entered]
        assert values == sorted(values, reverse=True)
        able = [decided.value for count, decided in entered if count.qualified >= 100]
        mine = [decided.value for _, decided in won if decided.of is rate]
        assert mine == ([max(able)] * able.count(max(able)) if able and len(entered) >= rule.least_bodies else [])


@given(COUNTS, RULES)
def test_the_two_rankings_do_not_meet(counts: list[Counted], rule: TrophyRule) -> None:
    """Who wins by inhabitants is the same whether or not those ranked by visits take part."""
    here = [count for count, _ in rankings(counts, rule)[Rate.INHABITANTS]]
    won = [each for each in winners(counts, rule, least_responses=100) if each[1].of is Rate.INHABITANTS]
    assert winners(here, rule, least_responses=100) == won
