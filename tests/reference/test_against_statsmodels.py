"""Limits of shares and of differences, families of tests, against statsmodels; loaded late, for it is slow to load."""

from __future__ import annotations

import numpy as np
import pytest

from parvis.core.figures.change import changes_of_shares
from parvis.core.figures.families import adjusted
from parvis.core.figures.proportions import clopper_pearson, newcombe_difference, wilson

SIZES = [1, 2, 3, 7, 20, 45, 90, 400]
COUNTS = sorted({(x, n) for n in SIZES for x in (0, 1, n // 3, n // 2, n - 1, n)})


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@pytest.mark.parametrize(("interval", "theirs"), [(wilson, "wilson"), (clopper_pearson, "beta")])
def test_shares(interval, theirs, confidence) -> None:
    from statsmodels.stats.proportion import proportion_confint

    successes, n = (np.array(column) for column in zip(*COUNTS, strict=True))
    expected = [np.nan_to_num(proportion_confint(*count, 1 - confidence, theirs)) for count in COUNTS]

    ours = interval(successes, n, confidence)

    assert np.column_stack(ours) == pytest.approx(np.clip(expected, 0, 1), abs=1e-9)


def test_differences_of_shares() -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    for first, second in zip(COUNTS, COUNTS[17:] + COUNTS[:17], strict=True):
        expected = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff")
        change = newcombe_difference(*first, *second)
        assert [float(change.low), float(change.high)] == pytest.approx(expected, abs=1e-9)


def test_a_change_of_shares_has_the_pooled_z() -> None:
    from statsmodels.stats.proportion import proportions_ztest

    rows = changes_of_shares(["one"], ([48], [80]), ([56], [70]))

    assert rows[0].p == pytest.approx(proportions_ztest([56, 48], [70, 80])[1])


@pytest.mark.parametrize(("ours", "theirs"), [("bh", "fdr_bh"), ("holm", "holm")])
def test_families(ours, theirs) -> None:
    from statsmodels.stats.multitest import multipletests

    dice = np.random.default_rng(12)
    for size in (1, 2, 3, 8, 40, 200):
        p = dice.random(size) ** dice.choice([1, 3, 8])
        p[dice.random(size) < 0.2] = p[0]
        p[dice.random(size) < 0.05] = dice.choice([0.0, 1.0])
        assert adjusted(p, ours) == pytest.approx(multipletests(p, method=theirs)[1], abs=1e-12)
