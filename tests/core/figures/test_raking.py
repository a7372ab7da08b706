"""Raking, trimming and their variance through the door that others use."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.core.figures.weighting import CellRegression, Margin, poststratify, rake, read_margin, trim
from parvis.core.vocabulary import ParvisError

CELLS = pa.table({"sex": ["f", "f", "m", "m"], "age": ["y", "o", "y", "o"]})
SEX = Margin("sex", ("sex",), (("f",), ("m",)), np.array([52.0, 48.0]))
AGE = Margin("age", ("age",), (("y",), ("o",)), np.array([30.0, 70.0]))


def sums(codes: list[str], weights: np.ndarray) -> dict[str, float]:
    return {code: float(sum(w for one, w in zip(codes, weights, strict=True) if one == code)) for code in set(codes)}


@settings(max_examples=40)
@given(st.lists(st.floats(0.01, 100), min_size=4, max_size=4))
def test_every_margin_is_met(weights: list[float]) -> None:
    raked = np.array(weights) * rake(CELLS, np.array(weights), [SEX, AGE]).factors

    assert sums(CELLS["sex"].to_pylist(), raked) == pytest.approx({"f": 52, "m": 48}, rel=1e-9)
    assert sums(CELLS["age"].to_pylist(), raked) == pytest.approx({"y": 30, "o": 70}, rel=1e-9)


@settings(max_examples=40)
@given(st.lists(st.floats(0.01, 100), min_size=4, max_size=4), st.floats(0.001, 1000))
def test_raking_keeps_odds_ratios_and_forgets_the_scale(weights: list[float], scale: float) -> None:
    base = np.array(weights)
    raked = base * rake(CELLS, base, [SEX, AGE]).factors
    scaled = base * scale * rake(CELLS, base * scale, [SEX, AGE]).factors

    assert raked[0] * raked[3] / (raked[1] * raked[2]) == pytest.approx(
        base[0] * base[3] / (base[1] * base[2]), rel=1e-6
    )
    assert scaled == pytest.approx(raked, rel=1e-9)


def test_one_margin_is_poststratification() -> None:
    found = poststratify(pa.table({"sex": ["f", "m"]}), np.array([13.0, 24.0]), SEX)

    assert found.factors.tolist() == [4.0, 2.0]
    assert found.gap_after == pytest.approx(0.0, abs=1e-15)


def test_levels_mean_the_same_whatever_their_type() -> None:
    margin = read_margin(pa.table({"zone": ["1", "2"], "total": [30, 10]}), "zone")

    assert rake(pa.table({"zone": [1.0, 2.0]}), np.array([1.0, 1.0]), [margin]).factors.tolist() == [30.0, 10.0]


def test_margins_of_territories_are_compared_territory_by_territory() -> None:
    cells = pa.table({"dep": ["01", "01", "02", "02"], "sex": ["f", "m"] * 2, "age": ["y", "o"] * 2})
    by_sex = read_margin(
        pa.table({"dep": ["01", "01", "02", "02"], "sex": ["f", "m"] * 2, "total": [5, 5, 6, 4]}), "sex"
    )
    by_age = read_margin(
        pa.table({"dep": ["01", "01", "02", "02"], "age": ["y", "o"] * 2, "total": [4, 5, 6, 5]}), "age"
    )
    with pytest.raises(ParvisError) as raised:
        rake(cells, np.ones(4), [by_sex, by_age])

    assert [fault.code for fault in raised.value.faults] == ["margins_disagree"] * 2
    assert "(01): 10 and 9" in str(raised.value)


def test_a_ladder_is_climbed_until_the_levels_meet() -> None:
    margin = read_margin(pa.table({"age": ["a", "b", "c"], "total": [1, 2, 3]}), "age")
    found = rake(pa.table({"age": ["c"]}), np.array([2.0]), [margin], ladder={"age": {"a": "b", "b": "c"}})

    assert found.merged == (("age", "a", "b"), ("age", "b", "c"))
    assert found.factors.tolist() == [3.0]


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ({"sex": ["f"]}, "margin_shape"),
        ({"total": [1]}, "margin_shape"),
        ({"sex": ["f", "f"], "total": [1, 1]}, "margin_level_twice"),
        ({"sex": ["f", None], "total": [1, 1]}, "margin_level_empty"),
        ({"sex": ["f", "m"], "total": [1, -1]}, "margin_total"),
        ({"sex": ["f", "m"], "total": [1, None]}, "margin_total"),
        ({"sex": ["f", "m"], "total": ["1", "many"]}, "margin_total"),
    ],
)
def test_a_margin_that_is_not_one_is_refused(table: dict[str, list[object]], code: str) -> None:
    with pytest.raises(ParvisError) as raised:
        read_margin(pa.table(table), "m.csv")

    assert [fault.code for fault in raised.value.faults] == [code]
    assert raised.value.faults[0].where == {"file": "m.csv"}


def test_trimmed_weights_stay_in_bounds_and_keep_the_margins() -> None:
    cells = pa.table({"a": ["1", "1", "2", "2", "2"]})
    rows = np.array([40.0, 10.0, 30.0, 15.0, 5.0])
    base = np.array([1.0, 0.8, 1.0, 1.2, 40.0])
    margin = read_margin(pa.table({"a": ["1", "2"], "total": [500, 500]}), "a")
    raking = rake(cells, base * rows, [margin])

    found = trim(base * raking.factors, rows, raking.targets, (0.2, 5.0))

    median = np.median(np.repeat(base * raking.factors, rows.astype(int)))
    assert found.trimmed == 5
    assert found.weights.min() >= 0.2 * median * (1 - 1e-9)
    assert found.weights.max() <= 5 * median * (1 + 1e-9)
    assert sums(cells["a"].to_pylist(), found.weights * rows) == pytest.approx({"1": 500, "2": 500}, rel=1e-9)


def test_bounds_too_tight_say_what_is_left_of_the_margins() -> None:
    rows = np.array([90.0, 10.0])
    margin = read_margin(pa.table({"a": ["1", "2"], "total": [90, 910]}), "a")
    raking = rake(pa.table({"a": ["1", "2"]}), rows, [margin])

    found = trim(raking.factors, rows, raking.targets, (0.2, 5.0))

    assert (found.cycles, found.weights.max()) == (50, 5.0)
    assert found.gap_left > 0.1


def test_each_territory_has_its_own_median() -> None:
    """Weights 1, 1, 10 beside 100, 100, 1000: the same shape, trimmed alike, each in its own unit."""
    weights, rows = np.array([1.0, 10.0, 100.0, 1000.0]), np.array([2.0, 1.0, 2.0, 1.0])

    found = trim(weights, rows, (), (0.2, 5.0), np.array([0, 0, 1, 1]))

    assert found.weights[:2] * 100 == pytest.approx(found.weights[2:])
    assert found.weights[1] == 5.0


def test_iterative_and_dense_regressions_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = np.array([3.0, 1.0, 2.0, 5.0])
    targets = rake(CELLS, weights, [SEX, AGE]).targets
    values = np.array([[1.0, 2.0], [0.5, -1.0], [4.0, 0.0], [2.5, 3.0]])
    dense = CellRegression(weights, targets).fitted(values)

    monkeypatch.setattr("parvis.core.figures.weighting.residuals._DENSE", 0)

    assert CellRegression(weights, targets).fitted(values) == pytest.approx(dense, rel=1e-10)
