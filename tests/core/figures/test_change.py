"""Change between editions: the edges first, then numbers worked by hand, then other software as judge."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy

from parvis.core.figures.change import changes, changes_of_shares, common_core, repeated_covariance
from parvis.core.figures.checked_estimates import check_estimates
from parvis.core.figures.families import adjusted
from parvis.core.vocabulary import ParvisError, Reason, Status, Verdict


def compared(before, after, **options):
    return changes(check_estimates(*before), check_estimates(*after), **options)


def test_what_only_one_edition_has_is_not_comparable() -> None:
    rows = compared(
        (["a", "b", "c", "d"], [1, None, 3, 4], [1, 1, 0, 1]), (["d", "c", "b", "e"], [2, 1, 1, 1], [1, 1, 1, 1])
    )
    assert [row.identifier for row in rows] == ["a", "b", "c", "d", "e"]
    assert [row.verdict for row in rows] == [Verdict.NOT_COMPARABLE] * 3 + [
        Verdict.NO_CLEAR_CHANGE,
        Verdict.NOT_COMPARABLE,
    ]
    assert rows[0].difference is None
    assert (rows[0].status, rows[0].reason) == (Status.NOT_MEASURED, Reason.NOT_COMPARABLE)
    assert rows[3].difference == -2.0


def test_nothing_at_all_gives_nothing() -> None:
    assert compared(([], [], []), ([], [], [])) == ()


def test_welch_agrees_with_a_test_on_rows() -> None:
    first, second = np.array([55.0, 61, 48, 70, 66]), np.array([72.0, 69, 80, 75, 58, 77, 81])
    sides = [(["a"], [x.mean()], [x.std(ddof=1) / math.sqrt(len(x))], [len(x) - 1]) for x in (first, second)]
    row = compared(*sides)[0]
    judge = scipy.stats.ttest_ind(second, first, equal_var=False)
    assert row.p == pytest.approx(judge.pvalue, rel=1e-10)
    interval = judge.confidence_interval(0.95)
    assert (row.low, row.high) == pytest.approx((interval.low, interval.high), rel=1e-10)


@pytest.mark.parametrize(
    ("difference", "error", "verdict"),
    [
        (10.0, 2.0, Verdict.UP),
        (-10.0, 2.0, Verdict.DOWN),
        (0.5, 0.5, Verdict.STABLE),
        (0.5, 5.0, Verdict.NO_CLEAR_CHANGE),
    ],
)
def test_the_four_verdicts(difference, error, verdict) -> None:
    # standard error of the difference = error × sqrt(2); stable at 0.5 ± 1.645 × 0.707, within ± 2
    row = compared((["a"], [50.0], [error]), (["a"], [50.0 + difference], [error]))[0]
    assert row.verdict == verdict


def test_minimum_detectable_change_is_found_with_power_80() -> None:
    row = compared((["a"], [0.0], [3.0]), (["a"], [0.0], [4.0]))[0]
    rng = np.random.default_rng(2)
    drawn = rng.normal(row.minimum_detectable, 5.0, 200_000)
    assert np.mean(drawn / 5.0 > 1.959964) == pytest.approx(0.80, abs=0.005)


def test_repeated_places_make_a_difference_surer() -> None:
    sides = (["a"], [50.0], [3.0], [9.0]), (["a"], [56.0], [3.0], [7.0])
    alone, paired = compared(*sides)[0], compared(*sides, covariance={"a": 6.0})[0]
    assert paired.standard_error == pytest.approx(math.sqrt(18 - 12))
    assert alone.standard_error == pytest.approx(math.sqrt(18))
    assert paired.p == pytest.approx(2 * scipy.stats.t.sf(6 / math.sqrt(6), 7))


def test_an_impossible_covariance_margin_or_family_is_refused() -> None:
    sides = (["a"], [50.0], [3.0]), (["a"], [56.0], [3.0])
    for options in ({"covariance": {"a": 9.5}}, {"margin": -1.0}, {"family": "none"}, {"confidence": 1.5}):
        with pytest.raises(ParvisError):
            compared(*sides, **options)


def test_covariance_of_a_panel_is_that_of_its_means() -> None:
    rng = np.random.default_rng(4)
    first = rng.normal(60, 10, 30)
    second = first + rng.normal(3, 5, 30)
    parts = [(x - x.mean()) / 30 for x in (first, second)]
    assert repeated_covariance(*parts) == pytest.approx(np.cov(first, second)[0, 1] / 30)
    variance = np.var(second - first, ddof=1) / 30
    total = (
        repeated_covariance(parts[0], parts[0])
        + repeated_covariance(parts[1], parts[1])
        - 2 * repeated_covariance(*parts)
    )
    assert total == pytest.approx(variance)


def test_strata_of_one_unit_and_no_unit_add_nothing() -> None:
    assert repeated_covariance([1.0, 5.0, -1.0], [2.0, 9.0, -2.0], ["x", "y", "x"]) == 8.0
    assert repeated_covariance([], []) == 0.0


def test_benjamini_hochberg_1995_example() -> None:
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1,
    ]
    assert int((adjusted(p, "bh") <= 0.05).sum()) == 4
    assert int((adjusted(p, "holm") <= 0.05).sum()) == 3


def test_untested_rows_do_not_count_in_the_family() -> None:
    assert adjusted([0.02, math.nan, 0.04], "holm") == pytest.approx([0.04, math.nan, 0.04], nan_ok=True)


def test_shares_use_the_pooled_z_and_fisher_for_small_counts() -> None:
    rows = changes_of_shares(["big", "small", "none"], ([48, 1, 0], [80, 10, 0]), ([56, 6, 3], [70, 9, 5]))
    z = (56 / 70 - 48 / 80) / math.sqrt(104 / 150 * 46 / 150 * (1 / 70 + 1 / 80))
    assert rows[0].p == pytest.approx(2 * scipy.stats.norm.sf(z))
    assert rows[1].p == pytest.approx(scipy.stats.fisher_exact([[1, 9], [6, 3]]).pvalue)
    assert rows[2].verdict == Verdict.NOT_COMPARABLE
    assert (rows[0].low, rows[0].high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_shares_all_alike_are_not_a_change_and_many_are_stable() -> None:
    rows = changes_of_shares(["few", "many"], ([5, 5000], [5, 5000]), ([5, 5000], [5, 5000]))
    assert [row.p for row in rows] == [1.0, 1.0]
    assert [row.verdict for row in rows] == [Verdict.NO_CLEAR_CHANGE, Verdict.STABLE]


def test_false_changes_stay_rare_when_nothing_moved() -> None:
    rng = np.random.default_rng(6)
    names = [str(i) for i in range(200)]
    found = 0
    for _ in range(100):
        before, after = rng.normal(60, 4, 200), rng.normal(60, 4, 200)
        rows = compared((names, before, np.full(200, 4.0)), (names, after, np.full(200, 4.0)))
        found += any(row.verdict in (Verdict.UP, Verdict.DOWN) for row in rows)
    assert found <= 12


def test_a_core_of_nothing_is_empty() -> None:
    core = common_core({"a": 1.0}, {})
    assert (core.weights, core.dropped, core.share_before, core.share_after) == ({}, ("a",), 0.0, 0.0)
