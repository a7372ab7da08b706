"""Between-organisation variance: the vaccine trials of the textbooks, the edges, and what shrinking must keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.figures.shrinkage import beta_binomial, between_variance, shrink
from parvis.core.vocabulary import ParvisError

# The 13 trials of BCG vaccine (Colditz 1994; metafor::dat.bcg): cases and non-cases, treated then control
BCG = np.array(
    [
        [4, 119, 11, 128],
        [6, 300, 29, 274],
        [3, 228, 11, 209],
        [62, 13536, 248, 12619],
        [33, 5036, 47, 5761],
        [180, 1361, 372, 1079],
        [8, 2537, 10, 619],
        [505, 87886, 499, 87892],
        [29, 7470, 45, 7232],
        [17, 1699, 65, 1600],
        [186, 50448, 141, 27197],
        [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ],
    dtype=float,
)


def log_risk_ratios() -> tuple[np.ndarray, np.ndarray]:
    treated, control = BCG[:, 0] + BCG[:, 1], BCG[:, 2] + BCG[:, 3]
    ratio = np.log(BCG[:, 0] / treated) - np.log(BCG[:, 2] / control)
    return ratio, np.sqrt(1 / BCG[:, 0] - 1 / treated + 1 / BCG[:, 2] - 1 / control)


@pytest.mark.parametrize(
    ("method", "tau2"),
    # R: metafor::rma(yi, vi, data = escalc("RR", ...dat.bcg), method = "REML" / "PM" / "DL")$tau2
    [("reml", 0.3132), ("paule-mandel", 0.3181), ("dersimonian-laird", 0.3088)],
)
def test_bcg_vaccine_trials(method, tau2) -> None:
    assert between_variance(*log_risk_ratios(), method) == pytest.approx(tau2, abs=5e-5)


def test_pooled_effect_of_the_vaccine_trials() -> None:
    # metafor, REML: estimate -0.7145
    assert shrink(*log_risk_ratios()).mean == pytest.approx(-0.7145, abs=5e-5)


@pytest.mark.parametrize("method", ["reml", "paule-mandel", "dersimonian-laird"])
@given(st.lists(st.floats(-50, 50), min_size=2, max_size=30), st.floats(0.1, 20))
def test_equal_errors_have_a_closed_form(method, values, error) -> None:
    expected = max(0.0, float(np.var(values, ddof=1)) - error**2)
    assert between_variance(values, [error] * len(values), method) == pytest.approx(
        expected, rel=1e-7, abs=1e-7 * error**2
    )


@pytest.mark.parametrize("method", ["reml", "paule-mandel", "dersimonian-laird"])
def test_nothing_to_compare_gives_zero(method) -> None:
    assert between_variance([4.0], [1.0], method) == 0.0
    assert between_variance([], [], method) == 0.0
    assert between_variance([2.0, 2.0, 2.0], [1.0, 3.0, 0.5], method) == 0.0


@pytest.mark.parametrize(
    ("estimates", "errors"), [([1, np.nan], [1, 1]), ([1, 2], [1, 0]), ([1, 2], [1, -1]), ([1], [1, 1])]
)
def test_unusable_rows_are_refused(estimates, errors) -> None:
    with pytest.raises(ParvisError):
        between_variance(estimates, errors)


def test_an_unknown_method_is_refused_by_name() -> None:
    with pytest.raises(ParvisError, match="bayes"):
        between_variance([1, 2], [1, 1], "bayes")


def test_no_true_difference_means_one_value_for_all() -> None:
    shrunken = shrink([10.0, 10.2, 9.9], [5.0, 5.0, 5.0])
    assert shrunken.tau2 == 0.0
    assert np.ptp(shrunken.value) == 0.0
    assert (shrunken.standard_error == 0).all()


def test_all_or_nothing_groups_are_barely_moved_and_alike_groups_share_one_value() -> None:
    extreme = beta_binomial([0, 8] * 20, [8] * 40)
    assert extreme.value[0] < 0.01
    alike = beta_binomial([5] * 30, [10] * 30)
    assert alike.value == pytest.approx(np.full(30, 0.5))
    assert alike.alpha + alike.beta == pytest.approx(1e8)


def test_beta_binomial_finds_the_prior_that_made_the_counts() -> None:
    rng = np.random.default_rng(5)
    n = rng.integers(5, 40, 4000)
    fitted = beta_binomial(rng.binomial(n, rng.beta(2, 6, 4000)), n)
    assert (fitted.alpha, fitted.beta) == pytest.approx((2, 6), rel=0.1)


def test_a_group_without_answer_gets_the_prior() -> None:
    fitted = beta_binomial([0, 3, 9, 5], [0, 10, 10, 10])
    assert fitted.value[0] == pytest.approx(fitted.alpha / (fitted.alpha + fitted.beta))
    assert fitted.limits.low[0] < fitted.value[0] < fitted.limits.high[0]
