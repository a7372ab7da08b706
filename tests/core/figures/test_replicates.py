"""Standard errors by doing it again agree with the linearised ones, and with arithmetic."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from parvis.core.figures.draws import keys_of, normals, seed_for, uniforms
from parvis.core.figures.estimation import Design, Request, Weighting, estimate
from parvis.core.figures.estimation.replicates import (
    bootstrap,
    bootstrap_cells,
    jackknife,
    raked_means,
    supplied,
)
from parvis.core.figures.tally.columns import codes_of
from parvis.core.figures.weighting import read_margin
from parvis.core.vocabulary import ParvisError

SIZE = 1500
KEYS = keys_of(range(SIZE))
SEED = seed_for(7, "all", "q1")


def people() -> pa.Table:
    u = uniforms(1, np.arange(SIZE), [0, 1, 2])
    y = 3 + (u[0] < 0.4) + 0.5 * normals(2, np.arange(SIZE), [0])[0]
    return pa.table(
        {"q": y, "sex": np.where(u[0] < 0.4, "f", "m"), "age": np.where(u[1] < 0.3, "y", "o"), "w": 0.5 + u[2]}
    )


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    y = np.array([1.0, 4.0, 4.0, 7.0, 9.0])
    weights = np.ones(5)
    replicates = jackknife(weights)

    assert replicates.degrees_of_freedom == 4
    assert replicates.standard_error(lambda w: float(w @ y / w.sum()), weights) == pytest.approx(y.std(ddof=1) / 5**0.5)


def test_a_jackknife_needs_two_clusters_a_stratum() -> None:
    with pytest.raises(ParvisError) as raised:
        jackknife([1.0, 1.0, 1.0], strata=["a", "a", "b"])

    assert [fault.code for fault in raised.value.faults] == ["SINGLE_PSU"]


def test_supplied_weights_are_used_as_given() -> None:
    """Half samples of a pair: replicates 1 and 3 around their mean 2, scale 1/2: variance 1."""
    replicates = supplied([[2.0, 0.0], [0.0, 2.0]], scale=0.5)

    assert replicates.standard_error(lambda w: float(w @ np.array([1.0, 3.0]) / w.sum()), np.ones(2)) == pytest.approx(
        1.0
    )


def test_supplied_weights_must_be_numbers() -> None:
    with pytest.raises(ParvisError) as raised:
        supplied([[1.0, float("nan")]], scale=1.0)

    assert [fault.code for fault in raised.value.faults] == ["replicate_weight"]


def test_the_bootstrap_finds_the_linearised_error_of_a_mean() -> None:
    table = people()
    y, w = table["q"].to_numpy(), table["w"].to_numpy()
    linear = estimate(table, Request(("q",)), Design(weight="w")).figures.standard_error[0]

    found = bootstrap(w, KEYS, replicates=400, seed=SEED).standard_error(lambda one: float(one @ y / one.sum()), w)

    assert found == pytest.approx(linear, rel=0.1)


def test_the_bootstrap_does_not_care_for_the_order_of_rows() -> None:
    weights = np.linspace(1, 2, 50)
    forward = bootstrap(weights, KEYS[:50], replicates=5, seed=SEED).weights
    backward = bootstrap(weights[::-1], KEYS[:50][::-1], replicates=5, seed=SEED).weights

    assert (forward == backward[:, ::-1]).all()


def test_rows_of_a_cluster_are_drawn_together() -> None:
    weights = bootstrap([1.0, 1.0, 1.0], [5, 5, 6], replicates=20, seed=SEED).weights

    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 0] != weights[:, 2]).any()


def test_raking_each_replicate_finds_the_error_after_raking() -> None:
    """Sex explains half of the answer: raking on it must shrink the error, and both ways must see it."""
    table = people()
    margins = [
        read_margin(pa.table({"sex": ["f", "m"], "total": [500, 500]}), "sex"),
        read_margin(pa.table({"age": ["y", "o"], "total": [300, 700]}), "age"),
    ]
    linear = estimate(table, Request(("q",)), Design("w"), Weighting(tuple(margins))).figures
    plain = estimate(table, Request(("q",)), Design("w")).figures
    codes, cells = codes_of(table, ["sex", "age"])
    w, y = table["w"].to_numpy(), table["q"].to_numpy()
    sums = bootstrap_cells(KEYS, codes, np.column_stack([w, w * y]), size=4, replicates=300, seed=SEED)
    means = raked_means(sums, cells, margins)

    assert means.std(ddof=1) == pytest.approx(linear.standard_error[0], rel=0.12)
    assert linear.standard_error[0] < 0.85 * plain.standard_error[0]
