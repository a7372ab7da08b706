"""Expected range and fair terms: the edges first, then the formulas worked by hand, then what they must keep."""

from __future__ import annotations

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.figures.benchmarking import bands, bands_of_shares, exact_limits, overdispersion
from parvis.core.figures.fair_terms import CaseMixCells, Gap, perception_gaps, standardised
from parvis.core.vocabulary import Band, ParvisError, Reason, Status

NAMES = [f"o{i}" for i in range(12)]


def test_fewer_than_ten_organisations_get_no_band() -> None:
    table = bands(NAMES[:9], [50.0] * 8 + [90.0], [2.0] * 9)
    assert {unit.band for unit in table.units} == {None}
    assert {(unit.status, unit.reason) for unit in table.units} == {(Status.TOO_FEW, Reason.TOO_FEW_PEERS)}


def test_no_error_and_no_estimate_are_left_out_of_everything() -> None:
    estimates, errors = [50.0] * 10 + [None, 999.0], [2.0] * 11 + [0.0]
    table = bands(NAMES, estimates, errors)
    assert table.target == 50.0
    assert [unit.z for unit in table.units[10:]] == [None, None]
    assert table.units[0].band == Band.EXPECTED


def test_nothing_to_compare() -> None:
    table = bands(["a"], [None], [1.0])
    assert (table.target, table.phi, table.tau2, table.units[0].status) == (None, None, None, Status.NOT_MEASURED)


@pytest.mark.parametrize(
    ("z", "band"),
    [
        (0.0, Band.EXPECTED),
        (1.645, Band.EXPECTED),
        (1.646, Band.SOMEWHAT_BETTER),
        (-1.646, Band.SOMEWHAT_WORSE),
        (1.961, Band.BETTER),
        (-1.961, Band.WORSE),
        (3.091, Band.MUCH_BETTER),
        (-3.091, Band.MUCH_WORSE),
    ],
)
def test_the_seven_bands(z, band) -> None:
    # eleven at the target keep phi at 0, so nothing is added to the errors
    table = bands(NAMES, [0.0] * 11 + [z], [1.0] * 12, target=0.0)
    assert table.units[11].z_adjusted == pytest.approx(z)
    assert table.units[11].band == band


def test_overdispersion_by_hand() -> None:
    # ten z of ±3: winsorising changes nothing, phi = 9; w = 1/4: tau2 = (90 - 9)/(2.5 - 0.25) = 36
    z = np.array([3.0, -3.0] * 5)
    assert overdispersion(z, np.full(10, 2.0)) == pytest.approx((9.0, 36.0))
    table = bands(NAMES[:10], 60 + 2 * z, [2.0] * 10, target=60.0)
    assert table.units[0].z_adjusted == pytest.approx(6 / np.sqrt(4 + 36))
    assert {unit.band for unit in table.units} == {Band.EXPECTED}


def test_winsorising_uses_type_7_quantiles() -> None:
    z = np.arange(11.0)  # type 7: 10 % at 1, 90 % at 9
    phi = (1 + 1 + sum(k * k for k in range(2, 10)) + 81) / 11
    assert overdispersion(z, np.ones(11))[0] == pytest.approx(phi)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=30))
def test_less_spread_than_chance_adds_nothing(z) -> None:
    assert overdispersion(np.array(z) * 0.7, np.ones(len(z)))[1] == 0.0


def test_few_degrees_of_freedom_only_widen_the_limits() -> None:
    estimates = [0.0] * 11 + [2.5]
    sure, unsure = (
        bands(NAMES, estimates, [1.0] * 12, target=0.0),
        bands(NAMES, estimates, [1.0] * 12, [2.0] * 12, target=0.0),
    )
    assert sure.units[11].z == unsure.units[11].z == 2.5
    assert (sure.units[11].band, unsure.units[11].band) == (Band.BETTER, Band.EXPECTED)  # t(2): two-sided 0.13


def test_shares_on_the_arcsine_scale_and_exactly_at_the_ends() -> None:
    n = [100] * 11 + [5]
    x = [50] * 10 + [70, 5]
    table = bands_of_shares(NAMES, x, n, target=0.5)
    expected = 2 * np.sqrt(100) * (np.arcsin(np.sqrt(0.7)) - np.arcsin(np.sqrt(0.5)))
    assert table.units[10].z == pytest.approx(expected)
    # 5 of 5 at one half: mid-p tail = 1/64
    assert table.units[11].z == pytest.approx(scipy.stats.norm.isf(1 / 64))


def test_exact_deviates_mirror_each_other() -> None:
    low, high = (bands_of_shares(["a"], [x], [8], target=0.5).units[0].z for x in (0, 8))
    assert low == pytest.approx(-high)
    assert bands_of_shares(["a", "b"], [0, 1], [0, 4]).units[0].z is None


def test_extreme_targets() -> None:
    with pytest.raises(ParvisError):
        bands_of_shares(["a"], [1], [4], target=1.0)
    with pytest.raises(ParvisError):
        exact_limits(0.0, [10], 0.025)
    assert bands_of_shares(NAMES, [0] * 12, [9] * 12).units[0].z == 0.0


@given(st.integers(1, 60), st.floats(0.05, 0.95), st.sampled_from([0.001, 0.025, 0.05]))
def test_exact_limits_leave_the_announced_chance_outside(n, target, tail) -> None:
    limits = exact_limits(target, [n], tail)
    low, high = float(limits.low[0]) * n, float(limits.high[0]) * n
    assert scipy.stats.binom.cdf(np.ceil(low) - 1, n, target) <= tail + 1e-9
    assert scipy.stats.binom.sf(np.floor(high) + 1, n, target) <= tail + 1e-9
    assert low <= high


def cells_of(org, profile, y, w):
    keys = sorted(set(zip(org.tolist(), profile.tolist(), strict=True)))
    rows = [(org == o) & (profile == p) for o, p in keys]
    sums = [
        [float(part[row].sum()) for row in rows] for part in (np.ones_like(w), w, w * y, w**2, w**2 * y, w**2 * y**2)
    ]
    return CaseMixCells(*(np.array(column) for column in zip(*keys, strict=True)), *(np.array(part) for part in sums))


def test_standardisation_agrees_with_the_rows() -> None:
    rng = np.random.default_rng(3)
    org, profile = rng.integers(0, 4, 400), rng.integers(0, 3, 400)
    w = rng.uniform(0.5, 2, 400)
    y = 50 + 10 * profile + 3 * org + rng.normal(0, 5, 400)
    result = standardised(cells_of(org, profile, y, w))
    overall = np.array([np.average(y[profile == p], weights=w[profile == p]) for p in range(3)])
    for o in range(4):
        e, weight = (y - overall[profile])[org == o], w[org == o]
        mean = np.average(e, weights=weight)
        assert result.value[o] == pytest.approx(np.average(y, weights=w) + mean)
        variance = len(e) / (len(e) - 1) * np.sum(weight**2 * (e - mean) ** 2) / weight.sum() ** 2
        assert result.standard_error[o] == pytest.approx(np.sqrt(variance))


def test_one_answer_has_no_error_and_none_has_no_value() -> None:
    cells = cells_of(np.array([0, 2, 2]), np.array([0, 0, 0]), np.array([10.0, 20, 30]), np.ones(3))
    result = standardised(cells)
    assert np.isnan(result.value[1])
    assert np.isnan(result.standard_error[0])


def test_gaps_are_relative_to_peers_and_need_both_sources() -> None:
    gaps = perception_gaps(["a", "b", "c", "d"], [60, 80, 70, None], [1] * 4, [70, 70, 70, 70], [1] * 4)
    assert [gap.gap for gap in gaps] == [pytest.approx(10), pytest.approx(-10), pytest.approx(0), None]
    assert [gap.verdict for gap in gaps] == [Gap.PERCEIVED_HIGHER, Gap.PERCEIVED_LOWER, Gap.NO_CLEAR_GAP, None]
    # variance of a centred difference: 2 × (1 - 2/3) + 3 × 2/9
    assert gaps[0].standard_error == pytest.approx(np.sqrt(2 * (1 - 2 / 3) + 6 / 9))
    assert perception_gaps(["a"], [60], [1], [70], [1])[0].gap is None
