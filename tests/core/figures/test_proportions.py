"""Shares and their limits: the edges first, then Newcombe's published intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.core.figures.proportions import clopper_pearson, effective_size, korn_graubard, newcombe_difference, wilson
from parvis.core.vocabulary import ParvisError


def test_a_single_answer_still_gets_a_wilson_interval() -> None:
    limits = wilson([1, 0], [1, 1])
    assert limits.low == pytest.approx([0.2065, 0.0], abs=5e-5)
    assert limits.high == pytest.approx([1.0, 0.7935], abs=5e-5)


@pytest.mark.parametrize("interval", [wilson, clopper_pearson])
def test_extremes_touch_the_boundary_exactly_and_nothing_gives_nothing(interval) -> None:
    limits = interval([0, 7, 0], [7, 7, 0])
    assert limits.low[0] == 0.0
    assert limits.high[1] == 1.0
    assert np.isnan(limits.low[2])
    assert np.isnan(limits.high[2])
    assert 0 < limits.high[0] < 1
    assert 0 < limits.low[1] < 1


@pytest.mark.parametrize(
    ("successes", "n", "confidence", "code"),
    [
        (-1, 5, 0.95, "count_impossible"),
        (np.nan, 5, 0.95, "count_impossible"),
        (1, np.inf, 0.95, "count_impossible"),
        (6, 5, 0.95, "count_above_total"),
        (1, 5, 1.0, "confidence_impossible"),
        (1, 5, 95, "confidence_impossible"),
    ],
)
def test_impossible_counts_are_refused(successes, n, confidence, code) -> None:
    with pytest.raises(ParvisError) as refused:
        wilson(successes, n, confidence)
    assert [fault.code for fault in refused.value.faults] == [code]


@pytest.mark.parametrize(
    ("successes", "n", "score", "exact"),
    [  # Newcombe 1998 (Statistics in Medicine 17:857), table I, methods 3 and 5
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_newcombe_1998_single_shares(successes, n, score, exact) -> None:
    assert [float(limit) for limit in wilson(successes, n)] == pytest.approx(score, abs=5e-5)
    assert [float(limit) for limit in clopper_pearson(successes, n)] == pytest.approx(exact, abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "limits"),
    [  # Newcombe 1998 (Statistics in Medicine 17:873), table II, method 10, examples a to h
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_newcombe_1998_differences(first, second, limits) -> None:
    change = newcombe_difference(*first, *second)
    assert (float(change.low), float(change.high)) == pytest.approx(limits, abs=5e-5)


def test_a_difference_needs_both_groups() -> None:
    assert np.isnan(newcombe_difference(0, 0, 3, 5).difference)


@settings(max_examples=40)
@given(st.floats(0, 1), st.floats(0.5, 5000))
def test_fractional_sizes_keep_the_share_inside_its_limits(share, n) -> None:
    for limits in (wilson(share * n, n), korn_graubard(share, n)):
        assert 0 <= limits.low <= share + 1e-9
        assert share - 1e-9 <= limits.high <= 1


def test_a_missing_share_has_no_limits() -> None:
    limits = korn_graubard([np.nan, 0.5], [10, 0])
    assert np.isnan(limits.low).all()


def test_effective_size_is_capped_falls_back_to_kish_and_knows_nothing_and_one() -> None:
    sizes = effective_size(
        [0.5, 1.0, 0.5, 1.0], [1e-6, 0.0, 0.0, 0.0], [40, 40, 0, 1], [30, 30, 0, 1], [39, 39, 5, 0.5]
    )
    assert sizes == pytest.approx([40, 30, 0, 1])
