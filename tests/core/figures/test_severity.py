"""Severity of observers: the edges first, then what the model must recover, then next year's sample."""

from __future__ import annotations

import numpy as np
import pytest

from parvis.core.figures.observers.connection import components
from parvis.core.figures.observers.planning import contacts_needed, expected_precision
from parvis.core.figures.observers.severity import severity
from parvis.core.vocabulary import ParvisError


def simulated(seed: int, spread: float, organisations: int = 60, observers: int = 12, contacts: int = 900):
    rng = np.random.default_rng(seed)
    org, obs = rng.integers(0, organisations, contacts), rng.integers(0, observers, contacts)
    truth = rng.normal(0, spread, observers)
    y = 60 + rng.normal(0, 8, organisations)[org] - truth[obs] + rng.normal(0, 10, contacts)
    return (y, [f"o{i:02d}" for i in org], ["visit"] * contacts, [f"m{j:02d}" for j in obs]), truth


def test_disconnected_observers_are_never_compared() -> None:
    org, obs = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 2, 3])
    assert [part.tolist() for part in components(org, obs)] == [[0, 0, 1], [0, 0, 1, 1]]
    scores = [60.0, 52, 70, 61, 20, 11, 33, 20]
    found = severity(scores, list("aabbccdd"), ["visit"] * 8, list("xyxyzwzw"), interaction=False)
    assert not found.connected
    assert [one.part for one in found.observers] == [1, 0, 0, 1]
    # each part has its own level: severity is zero on average within a part, however low its scores
    for pair in (("w", "z"), ("x", "y")):
        total = sum(one.severity for one in found.observers if one.identifier in pair)
        assert total == pytest.approx(0.0, abs=1e-6)


def test_one_observer_has_no_severity_and_rows_without_score_are_left_out() -> None:
    found = severity([50.0, 60, np.nan, 40, 45], list("aabbb"), ["visit"] * 5, ["x"] * 5, interaction=False)
    assert found.observers[0].severity == 0.0
    assert found.components["observer"] == 0.0
    assert [one.contacts for one in found.organisations] == [2, 2]
    assert [one.raw for one in found.organisations] == [one.adjusted for one in found.organisations]
    assert not found.material


@pytest.mark.parametrize("scores", [[50.0], [], [np.inf, 1.0, 2.0]])
def test_what_cannot_be_estimated_is_refused(scores) -> None:
    size = len(scores)
    with pytest.raises(ParvisError):
        severity(scores, ["a"] * size, ["visit"] * size, ["x"] * size)
    with pytest.raises(ParvisError):
        severity([1.0, 2.0], ["a"], ["visit"], ["x"])


def test_scores_all_equal_have_no_variance_and_no_severity() -> None:
    found = severity([50.0] * 8, list("aabbccdd"), ["visit"] * 8, list("xyxyxyxy"), interaction=False)
    assert [one.severity for one in found.observers] == [0.0, 0.0]
    assert found.components["residual"] == pytest.approx(0.0, abs=1e-6)


def test_dyestuff2_has_no_variance_between_batches() -> None:
    # lme4::Dyestuff2, R: lmer(Yield ~ 1 + (1|Batch), Dyestuff2): Batch 0, Residual 3.7157, REML 161.8283
    yields = """7.298 3.846 2.434 9.566 7.990 5.220 6.556 0.608 11.788 -0.892 0.110 10.386 13.434 5.510 8.166
    2.212 4.852 7.092 9.288 4.980 0.282 9.014 4.458 9.446 7.198 1.722 4.782 8.106 0.758 3.758"""
    batches = [batch for batch in "ABCDEF" for _ in range(5)]
    found = severity([float(one) for one in yields.split()], batches, ["x"] * 30, ["one"] * 30, interaction=False)
    assert found.components["organisation"] == 0.0
    assert np.sqrt(found.components["residual"]) == pytest.approx(3.7157, abs=5e-5)
    assert found.criterion == pytest.approx(161.8283, abs=5e-5)


def test_dyestuff_batches_as_observers() -> None:
    # lme4::Dyestuff: Batch 1764.05, Residual 2451.25, REML 319.6543; conditional modes -17.6 ... -45.0, sd 19.587
    yields = """1545 1440 1440 1520 1580 1540 1555 1490 1560 1495 1595 1550 1605 1510 1560
    1445 1440 1595 1465 1545 1595 1630 1515 1635 1625 1520 1455 1450 1480 1445"""
    batches = [batch for batch in "ABCDEF" for _ in range(5)]
    found = severity([float(one) for one in yields.split()], ["o"] * 30, ["x"] * 30, batches, interaction=False)
    assert found.components["observer"] == pytest.approx(1764.05, rel=1e-4)
    assert found.components["residual"] == pytest.approx(2451.25, rel=1e-5)
    assert found.criterion == pytest.approx(319.6543, abs=5e-5)
    modes = [17.6068514, -0.3912634, -28.5622256, 23.0845385, -56.7331877, 44.9952868]
    assert [one.severity for one in found.observers] == pytest.approx(modes, abs=2e-3)
    assert found.observers[0].standard_error == pytest.approx(19.58657, abs=2e-3)


def test_severity_is_recovered_and_corrected_only_when_material() -> None:
    given, truth = simulated(1, 6.0)
    found = severity(*given, interaction=False)
    estimated = np.array([one.severity for one in found.observers])
    assert np.corrcoef(estimated, truth)[0, 1] > 0.95
    assert found.material
    # the one who marks harder is told so, and by as many points: true severity per point told
    assert float(estimated @ (truth - truth.mean())) / float(estimated @ estimated) == pytest.approx(1, abs=0.15)
    clear = np.abs(truth - truth.mean()) > 3
    assert (np.sign(estimated[clear]) == np.sign(truth - truth.mean())[clear]).all()
    calm = severity(*simulated(2, 0.0)[0], interaction=False)
    assert not calm.material
    few = severity(*simulated(3, 6.0, observers=4)[0], interaction=False)
    assert few.p < 0.01
    assert not few.material


def test_whoever_met_harder_observers_is_given_points_back() -> None:
    rng = np.random.default_rng(7)
    org = np.repeat(np.arange(40), 8)
    hard = org < 20
    obs = np.where(rng.random(320) < np.where(hard, 0.8, 0.2), rng.integers(0, 5, 320), rng.integers(5, 10, 320))
    y = rng.normal(60, 8, 40)[org] - np.where(obs < 5, 8.0, -8.0) + rng.normal(0, 8, 320)
    found = severity(y, [f"{i:02d}" for i in org], ["v"] * 320, [f"m{j}" for j in obs], interaction=False)
    given_back = np.array([one.adjusted - one.raw for one in found.organisations])
    assert found.material
    assert [one.severity > 0 for one in found.observers] == [True] * 5 + [False] * 5
    assert given_back[:20].mean() > 3 > -3 > given_back[20:].mean()


def test_adjusted_scores_miss_the_truth_as_much_as_they_say() -> None:
    misses = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        org, obs = np.repeat(np.arange(40), 8), rng.integers(0, 10, 320)
        level, marks = rng.normal(60, 8, 40), rng.normal(0, 6, 10)
        y = level[org] - marks[obs] + rng.normal(0, 10, 320)
        found = severity(y, [f"{i:02d}" for i in org], ["v"] * 320, [str(j) for j in obs], interaction=False)
        # the common level cannot be told from the observers' mean: what counts is each against the others
        gaps = np.array([one.adjusted for one in found.organisations]) - level
        misses += ((gaps - gaps.mean()) / [one.standard_error for one in found.organisations]).tolist()
    assert np.mean(np.square(misses)) == pytest.approx(1.0, abs=0.15)


def test_order_does_not_matter() -> None:
    (y, org, channel, obs), _ = simulated(5, 4.0, contacts=300)
    order = np.random.default_rng(0).permutation(300)
    first = severity(y, org, channel, obs, interaction=False)
    second = severity(y[order], *([column[i] for i in order] for column in (org, channel, obs)), interaction=False)
    assert [one.severity for one in first.observers] == pytest.approx(
        [one.severity for one in second.observers], abs=1e-4
    )


def test_next_year_needs_more_contacts_than_observers_alone_can_give() -> None:
    variances = {"organisation": 64.0, "organisation_channel": 16.0, "observer": 9.0, "residual": 400.0}
    plan = expected_precision(variances, contacts=24, observers=6, channels=6)
    assert plan.relative_error == pytest.approx((400 / 24 + 16 / 6) ** 0.5)
    assert plan.absolute_error == pytest.approx((400 / 24 + 16 / 6 + 9 / 6) ** 0.5)
    assert plan.dependability < plan.generalizability < 1
    needed = contacts_needed(variances, error=5.0, channels=6)
    assert expected_precision(variances, contacts=needed, observers=needed, channels=6).absolute_error <= 5.0
    assert contacts_needed(variances, error=1.0, channels=1) is None
    assert expected_precision({"residual": 4.0, "organisation": -1.0}, contacts=4, observers=1).generalizability is None
    with pytest.raises(ParvisError):
        expected_precision(variances, contacts=2, observers=3)
