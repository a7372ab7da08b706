"""Ranks: the edges first, then sets worked by hand, the slow obvious twin, and what must not matter."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from parvis.core.figures.draws import keys_of, students
from parvis.core.figures.ranking import Ranking, bootstrap, closed_form, competition_ranks, rank
from parvis.core.figures.ranking.posterior import chances_of_being_first, expected_ranks
from parvis.core.instruments.method import load_method
from parvis.core.vocabulary import ParvisError, Reason, Status
from parvis.rendering.words import number

METHODS = ["bootstrap", "holm", "bonferroni"]


def sets(table: Ranking) -> list[tuple[int | None, int | None, int | None]]:
    return [(unit.rank, unit.rank_low, unit.rank_high) for unit in table.units]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("simultaneous", [True, False])
class TestEdges:
    def test_one_organisation_is_first_of_itself(self, method, simultaneous) -> None:
        table = rank(["only"], [50.0], [3.0], method=method, simultaneous=simultaneous)
        assert sets(table) == [(1, 1, 1)]
        assert table.units[0].expected_rank == 1.0
        assert table.units[0].probability_first == 1.0

    def test_no_error_or_no_estimate_is_not_rankable(self, method, simultaneous) -> None:
        estimates, errors = [90.0, None, 80.0, 20.0], [0.0, 2.0, 1.0, 1.0]
        table = rank(["sure", "absent", "a", "b"], estimates, errors, method=method, simultaneous=simultaneous)
        assert sets(table) == [(None, None, None), (None, None, None), (1, 1, 1), (2, 2, 2)]
        assert [unit.status for unit in table.units[:2]] == [Status.NOT_MEASURED, Status.NOT_MEASURED]
        assert [unit.reason for unit in table.units] == [Reason.NOT_COMPARABLE, Reason.NO_DATA, "", ""]

    def test_huge_errors_leave_every_rank_open(self, method, simultaneous) -> None:
        table = rank(list("abcd"), [1.0, 2.0, 3.0, 4.0], [1e6] * 4, method=method, simultaneous=simultaneous)
        assert sets(table) == [(4, 1, 4), (3, 1, 4), (2, 1, 4), (1, 1, 4)]
        assert all(unit.level_with_first for unit in table.units)
        assert all(unit.expected_rank == pytest.approx(2.5) for unit in table.units)
        assert table.rankability == 0.0

    def test_certain_differences_leave_one_rank_each(self, method, simultaneous) -> None:
        table = rank(list("abc"), [10.0, 30.0, 20.0], [0.1] * 3, method=method, simultaneous=simultaneous)
        assert sets(table) == [(3, 3, 3), (1, 1, 1), (2, 2, 2)]
        assert [unit.level_with_first for unit in table.units] == [False, True, False]
        assert table.rankability > 0.99

    def test_ties_share_the_best_place(self, method, simultaneous) -> None:
        estimates = [70.0, 90.0, 90.0 + 1e-12, 50.0]
        table = rank(list("abcd"), estimates, [1.0] * 4, method=method, simultaneous=simultaneous)
        assert [unit.rank for unit in table.units] == [3, 1, 1, 4]

    def test_nobody_rankable(self, method, simultaneous) -> None:
        table = rank(["a"], [None], [None], method=method, simultaneous=simultaneous)
        assert table.rankability is None
        assert sets(rank([], [], [], method=method, simultaneous=simultaneous)) == []


def test_scores_that_read_alike_share_a_rank_and_its_set() -> None:
    table = rank(["a", "b", "c"], [87.34, 87.26, 60.0], [0.01] * 3, method="holm", tie_tolerance=0.1)
    assert sets(table) == [(1, 1, 1), (1, 1, 2), (3, 3, 3)]
    assert [unit.level_with_first for unit in table.units] == [True, True, False]


def test_the_shipped_method_ties_what_is_shown_alike() -> None:
    tolerance = load_method()[0].scores.tie_tolerance
    scores = [step / 20 for step in range(1_600, 1_700)] + [100 * part / 7 for part in range(8)]
    ranks = competition_ranks(scores, tolerance)
    for (first, one), (second, other) in combinations(zip(scores, ranks, strict=True), 2):
        assert (one == other) == (number(first, 1) == number(second, 1))


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ParvisError) as refused:
        rank(["a", "a", "b", "c"], [1.0, 2.0, math.inf, 4.0], [1.0, 1.0, 1.0, -1.0], [5.0, 5.0, 5.0, 0.0])
    codes = [fault.code for fault in refused.value.faults]
    assert codes == ["identifier_twice", "number_impossible", "number_impossible", "number_impossible"]


@pytest.mark.parametrize(("confidence", "method"), [(95, "holm"), (0.95, "scheffe")])
def test_impossible_choices_are_refused(confidence, method) -> None:
    with pytest.raises(ParvisError):
        rank(["a"], [1.0], [1.0], confidence=confidence, method=method)


def test_bonferroni_by_hand() -> None:
    # sd of a difference = sqrt(2); three pairs: two-sided 0.05/3 gives |z| > 2.394, that is a gap above 3.386
    apart = rank(["a", "b", "c"], [10.0, 6.6, 3.3], [1.0, 1.0, 1.0], method="bonferroni")
    assert sets(apart) == [(1, 1, 1), (2, 2, 3), (3, 2, 3)]
    # one family per organisation: 0.05/2 gives |z| > 2.241, a gap above 3.170
    own = rank(["a", "b", "c"], [10.0, 6.6, 3.3], [1.0, 1.0, 1.0], method="bonferroni", simultaneous=False)
    assert sets(own) == [(1, 1, 1), (2, 2, 2), (3, 3, 3)]


def test_holm_by_hand() -> None:
    # a-c falls first (0.05/3), then a-b must pass 0.05/2 (gap 3.170), then b-c 0.05/1 (gap 2.772)
    table = rank(["a", "b", "c"], [10.0, 6.8, 4.1], [1.0, 1.0, 1.0], method="holm")
    assert sets(table) == [(1, 1, 1), (2, 2, 3), (3, 2, 3)]
    table = rank(["a", "b", "c"], [10.0, 6.8, 4.0], [1.0, 1.0, 1.0], method="holm")
    assert sets(table) == [(1, 1, 1), (2, 2, 2), (3, 3, 3)]


def test_few_degrees_of_freedom_widen_the_set() -> None:
    # gap 4, sd sqrt(2), Welch df 2: two-sided p = 0.106; normal: 0.0047
    assert sets(rank(["a", "b"], [4.0, 0.0], [1.0, 1.0], [1.0, 1.0], method="holm")) == [(1, 1, 2), (2, 1, 2)]
    assert sets(rank(["a", "b"], [4.0, 0.0], [1.0, 1.0], method="holm")) == [(1, 1, 1), (2, 2, 2)]


numbers = st.floats(0, 100, allow_nan=False)
cases = st.lists(st.tuples(numbers, st.floats(0.5, 20), st.floats(1, 60)), min_size=2, max_size=9)


def rejected(p_values, method):
    """At 5 %: every p under 0.05/m, or from the smallest on each under 0.05 over those that are left."""
    told, left = [False] * len(p_values), len(p_values)
    for at in sorted(range(len(p_values)), key=p_values.__getitem__):
        if p_values[at] > 0.05 / left:
            break
        told[at] = True
        left -= method == "holm"
    return told


@settings(max_examples=15)
@given(cases, st.sampled_from(["holm", "bonferroni"]))
def test_the_slow_obvious_twin_agrees(case, method) -> None:
    y, s, df = (np.array(column) for column in zip(*case, strict=True))
    pairs = [(i, j) for i in range(len(y)) for j in range(i)]
    p_values = []
    for i, j in pairs:
        total = s[i] ** 2 + s[j] ** 2
        welch = total**2 / (s[i] ** 4 / df[i] + s[j] ** 4 / df[j])
        p_values.append(2 * special.stdtr(welch, -abs(y[i] - y[j]) / math.sqrt(total)))
    told = rejected(p_values, method)
    low, high = np.ones(len(y), int), np.full(len(y), len(y))
    for (i, j), apart in zip(pairs, told, strict=True):
        if apart:
            upper, lower = (i, j) if y[i] > y[j] else (j, i)
            low[lower] += 1
            high[upper] -= 1
    table = rank([str(i) for i in range(len(y))], y, s, df, method=method)
    assert [unit.rank_low for unit in table.units] == low.tolist()
    assert [unit.rank_high for unit in table.units] == high.tolist()


@given(cases)
@settings(max_examples=12, deadline=None)
def test_the_pruned_search_finds_the_same_largest_difference(case) -> None:
    _, s, df = (np.array(column) for column in zip(*case, strict=True))
    errors = bootstrap.Errors(s, df, keys_of(range(len(s))), 11, 200)
    t = students(11, errors.keys, range(200), df)
    differences = np.abs((s * t)[:, :, None] - (s * t)[:, None, :]) / np.hypot(s[:, None], s)
    assert bootstrap.largest_differences(errors) == pytest.approx(differences.max(axis=(1, 2)), rel=1e-12)
    assert bootstrap.marginal_maxima(errors) == pytest.approx(differences.max(axis=2), rel=1e-5)


@given(cases, st.booleans())
@settings(max_examples=12, deadline=None)
def test_step_down_agrees_with_its_slow_twin(case, one_sided) -> None:
    y, s, df = (np.array(column) for column in zip(*case, strict=True))
    errors = bootstrap.Errors(s, df, keys_of(range(len(s))), 5, 300)
    scale = np.hypot(s[:, None], s)
    drawn = s * students(5, errors.keys, range(300), df)
    signed = (drawn[:, :, None] - drawn[:, None, :]) / scale
    observed = (y[:, None] - y) / scale
    left, told = ~np.eye(len(y), dtype=bool), np.zeros((len(y), len(y)), bool)
    while left.any():
        critical = bootstrap.upper_quantile(np.where(left, signed, 0).max(axis=(1, 2)), 0.95)
        found = left & (observed > critical)
        if not found.any():
            break
        told |= found
        left &= ~found if one_sided else ~(found | found.T)
    assert (bootstrap.step_down(errors, observed, 0.95, one_sided) == told).all()


@given(cases, st.sampled_from(METHODS), st.booleans(), st.randoms())
@settings(max_examples=20, deadline=None)
def test_order_does_not_matter_and_the_rank_is_in_its_set(case, method, simultaneous, shuffler) -> None:
    names = [f"o{i}" for i in range(len(case))]
    order = list(range(len(case)))
    shuffler.shuffle(order)

    def ranked(places):
        columns = list(zip(*(case[i] for i in places), strict=True))
        chosen = [names[i] for i in places]
        table = rank(chosen, *columns, method=method, simultaneous=simultaneous, seed=4, replicates=200)
        return {
            unit.identifier: (unit.rank, unit.rank_low, unit.rank_high, unit.level_with_first) for unit in table.units
        }

    straight = ranked(range(len(case)))
    assert straight == ranked(order)
    for place, low, high, level in straight.values():
        assert 1 <= low <= place <= high <= len(case)
        assert level or place > 1


@pytest.mark.parametrize("p", [40, 700])
def test_marginal_sets_are_never_wider_and_a_seed_gives_the_same_sets(p) -> None:
    rng = np.random.default_rng(8)
    y, s = rng.normal(60, 12, p), rng.uniform(2, 5, p)
    names = [str(i) for i in range(p)]
    whole = rank(names, y, s, seed=1, replicates=400)
    assert whole == rank(names, y, s, seed=1, replicates=400)
    own = rank(names, y, s, seed=1, simultaneous=False, replicates=400)
    for wide, narrow in zip(whole.units, own.units, strict=True):
        assert wide.rank_low <= narrow.rank_low <= narrow.rank_high <= wide.rank_high


def test_simultaneous_sets_hold_all_true_ranks_often_enough() -> None:
    rng = np.random.default_rng(3)
    truth = np.repeat([70.0, 69.0, 68.0, 60.0], 3) + np.arange(12) * 1e-6
    ranks = competition_ranks(truth)
    misses = 0
    for trial in range(100):
        s = rng.uniform(1, 4, 12)
        table = rank([str(i) for i in range(12)], truth + s * rng.standard_normal(12), s, seed=trial, replicates=200)
        misses += not all(unit.rank_low <= ranks[i] <= unit.rank_high for i, unit in enumerate(table.units))
    assert misses <= 12  # 5 % expected at most; 12 % is more than three standard errors away


def test_expected_ranks_add_up_and_follow_the_published_definition() -> None:
    means, errors = np.array([3.0, 1.0, 1.0]), np.array([1.0, 2.0, 0.5])
    result = expected_ranks(means, errors)
    assert result.sum() == pytest.approx(6.0)
    # 1 + Phi((1-3)/sqrt(5)) + Phi((1-3)/sqrt(1.25)) = 1 + 0.18555 + 0.03682
    assert result[0] == pytest.approx(1.22237, abs=1e-4)


def test_chances_of_being_first_agree_with_draws() -> None:
    means, errors = np.array([3.0, 2.5, 0.0, 2.9]), np.array([1.0, 0.1, 3.0, 0.02])
    drawn = np.random.default_rng(1).normal(means, errors, (400_000, 4)).argmax(axis=1)
    assert chances_of_being_first(means, errors) == pytest.approx(np.bincount(drawn) / 400_000, abs=0.004)


def test_welch_tails_agree_with_a_t_test_on_rows() -> None:
    first, second = [12.0, 15.0, 11.0, 18.0], [9.0, 10.0, 8.0, 12.0, 9.5]
    estimates = np.array([np.mean(first), np.mean(second)])
    variances = np.array([np.var(first, ddof=1) / 4, np.var(second, ddof=1) / 5])
    table = closed_form.tail_probabilities(estimates, variances, np.array([3.0, 4.0]))
    expected = scipy.stats.ttest_ind(first, second, equal_var=False, alternative="greater").pvalue
    assert table[0, 1] == pytest.approx(expected, rel=1e-10)
