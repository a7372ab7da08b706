"""The edge-case contract of the survey side: what is given back where other software gives 0, NaN or nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from parvis.core.figures.estimation import Design, Request, Statistic, Weighting, estimate
from parvis.core.figures.weighting import read_margin
from parvis.core.instruments.method import load_method
from parvis.core.vocabulary import ParvisError, Status

Row = dict[str, Any]


def rows_of(columns: dict[str, Any], request: Request, design: Design | None = None, **known: Any) -> list[Row]:
    found: list[Row] = estimate(pa.table(columns), request, design, **known).figures.table().to_pylist()
    return found


def one(columns: dict[str, Any], request: Request, design: Design | None = None, **known: Any) -> Row:
    (row,) = rows_of(columns, request, design, **known)
    return row


def codes(raised: pytest.ExceptionInfo[ParvisError]) -> list[str]:
    return [fault.code for fault in raised.value.faults]


def margin(name: str, **columns: list[Any]) -> Any:
    return read_margin(pa.table(columns), name)


MEAN = Request(("q",))
SHARE = Request(("q",), share=True)
WEIGHTED = Design(weight="w")


def test_no_answer_gives_nothing_and_says_so() -> None:
    row = one({"q": [None, None]}, MEAN)

    assert (row["n"], row["estimate"], row["standard_error"]) == (0, None, None)
    assert (row["status"], row["reason"]) == ("not_measured", "NO_DATA")


def test_an_organisation_without_answer_keeps_its_row() -> None:
    table = {"q": [3.0, 4.0, None], "organisation": ["a", "a", "b"]}

    first, second = rows_of(table, Request(("q",), by=("organisation",)))

    assert (first["organisation"], first["estimate"]) == ("a", 3.5)
    assert (second["organisation"], second["n"], second["estimate"], second["reason"]) == ("b", 0, None, "NO_DATA")


def test_nan_is_a_missing_answer_never_a_number() -> None:
    row = one({"q": [2.0, float("nan"), 4.0]}, MEAN)

    assert (row["n"], row["estimate"]) == (2, 3.0)


def test_one_answer_has_a_value_but_no_standard_error() -> None:
    row = one({"q": [4.0]}, MEAN)

    assert (row["estimate"], row["standard_error"], row["low"], row["high"]) == (4.0, None, None, None)
    assert row["reason"] == "NO_VARIANCE"


@pytest.mark.parametrize(("answer", "low", "high"), [(1, 0.2065, 1.0), (0, 0.0, 0.7935)])
def test_one_answer_still_bounds_a_share_by_wilson(answer: int, low: float, high: float) -> None:
    row = one({"q": [answer]}, SHARE)

    assert (row["n"], row["estimate"], row["standard_error"]) == (1, float(answer), None)
    assert (row["low"], row["high"]) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_the_same_answer_from_all_gives_a_share_one_sided_limits() -> None:
    """Clopper-Pearson at x = n = 10: the lower limit is 0.025 ** (1/10)."""
    row = one({"q": [1] * 10}, SHARE)

    assert (row["estimate"], row["standard_error"], row["high"]) == (1.0, None, 1.0)
    assert row["low"] == pytest.approx(0.025**0.1, abs=1e-12)
    assert row["reason"] == "NO_VARIANCE"


def test_one_sided_limits_rest_on_the_effective_size() -> None:
    """Weights 1, 1, 4: (Σw)²/Σw² = 36/18 = 2."""
    row = one({"q": [0, 0, 0], "w": [1.0, 1.0, 4.0]}, SHARE, WEIGHTED)

    assert row["n_effective"] == pytest.approx(2.0)
    assert (row["low"], row["high"]) == (0.0, pytest.approx(1 - 0.025**0.5))


def test_the_same_answer_from_all_gives_a_mean_without_standard_error() -> None:
    row = one({"q": [0.1] * 40}, MEAN)

    assert row["estimate"] == pytest.approx(0.1, abs=1e-15)
    assert (row["standard_error"], row["low"], row["high"]) == (None, None, None)
    assert (row["status"], row["reason"]) == ("published", "NO_VARIANCE")


def test_the_same_answer_in_one_domain_far_from_the_mean_has_no_variance() -> None:
    table = {"q": [1e6 + 1 / 3] * 4 + [1.0, 2.0], "g": ["a"] * 4 + ["b"] * 2, "w": [0.3, 0.7, 1.1, 1.9, 1.0, 1.0]}

    first, second = rows_of(table, Request(("q",), by=("g",)), WEIGHTED)

    assert (first["standard_error"], first["reason"]) == (None, "NO_VARIANCE")
    assert second["standard_error"] > 0


def test_a_row_of_weight_zero_is_as_if_it_were_not_there() -> None:
    kept = {"q": [1.0, 2.0, 4.0], "w": [1.0, 2.0, 1.5], "h": ["x", "x", "x"], "c": [1, 2, 3]}
    with_zero = {name: [*column, column[-1]] for name, column in kept.items()} | {
        "w": [1.0, 2.0, 1.5, 0.0],
        "c": [1, 2, 3, 4],
    }

    for design in (WEIGHTED, Design(weight="w", strata="h"), Design(weight="w", strata="h", cluster="c")):
        assert one(with_zero, MEAN, design) == one(kept, MEAN, design)


def test_all_weights_zero_is_not_no_data() -> None:
    row = one({"q": [1.0, 2.0], "w": [0.0, 0.0]}, MEAN, WEIGHTED)

    assert (row["n"], row["estimate"], row["status"], row["reason"]) == (0, None, "not_measured", "ZERO_WEIGHT")


def test_a_domain_of_weight_zero_is_named() -> None:
    table = {"q": [1.0, 2.0, 3.0], "w": [1.0, 1.0, 0.0], "g": ["a", "a", "b"]}

    reasons = {row["g"]: row["reason"] for row in rows_of(table, Request(("q",), by=("g",)), WEIGHTED)}

    assert reasons["b"] == "ZERO_WEIGHT"


@pytest.mark.parametrize(
    ("weight", "code"),
    [
        (-1.0, "weight_negative"),
        (float("nan"), "weight_missing"),
        (None, "weight_missing"),
        (float("inf"), "weight_infinite"),
    ],
)
def test_a_weight_that_is_not_one_is_refused(weight: float | None, code: str) -> None:
    with pytest.raises(ParvisError) as raised:
        one({"q": [1.0, 2.0], "w": [1.0, weight]}, MEAN, WEIGHTED)

    assert codes(raised) == [code]


def test_text_for_a_number_and_an_absent_column_are_refused_each_by_name() -> None:
    with pytest.raises(ParvisError) as absent:
        one({"q": [1.0]}, Request(("q", "r"), by=("s",)))
    with pytest.raises(ParvisError) as text:
        one({"q": ["good", "bad"]}, MEAN)

    assert [fault.where["column"] for fault in absent.value.faults] == ["r", "s"]
    assert codes(text) == ["value_text"]


def test_margins_that_disagree_are_refused_with_both_totals() -> None:
    margins = (margin("sex", sex=["f", "m"], total=[50, 50]), margin("age", age=["y", "o"], total=[50, 51]))
    with pytest.raises(ParvisError) as raised:
        one({"q": [1.0, 2.0], "sex": ["f", "m"], "age": ["y", "o"]}, MEAN, weighting=Weighting(margins))

    assert codes(raised) == ["margins_disagree"]
    assert "100" in str(raised.value)
    assert "101" in str(raised.value)


def test_margins_are_rescaled_to_the_first_when_that_is_declared() -> None:
    margins = (margin("sex", sex=["f", "m"], total=[60, 40]), margin("age", age=["y", "o"], total=[1, 1]))
    table = {"q": [1.0, 2.0, 3.0, 4.0], "sex": ["f", "m", "f", "m"], "age": ["y", "o", "o", "y"]}

    row = one(table, Request(("q",), Statistic.TOTAL), weighting=Weighting(margins, rescale=True))

    assert row["estimate"] == pytest.approx(30 * 1 + 20 * 2 + 30 * 3 + 20 * 4, rel=1e-9)


def test_a_level_missing_in_the_sample_or_in_the_margins_is_named() -> None:
    table = {"q": [1.0, 2.0], "sex": ["f", "x"]}
    with pytest.raises(ParvisError) as raised:
        one(table, MEAN, weighting=Weighting((margin("sex", sex=["f", "m"], total=[50, 50]),)))

    assert codes(raised) == ["level_missing_in_sample", "level_missing_in_margins"]
    assert "“m”" in str(raised.value)
    assert "“x”" in str(raised.value)


def test_a_declared_ladder_merges_the_missing_level() -> None:
    table = {"q": [1.0, 3.0], "age": ["15-24", "25-39"]}
    known = (margin("age", age=["15-24", "25-39", "40+"], total=[10, 20, 30]),)

    row = one(table, MEAN, weighting=Weighting(known, ladder={"age": {"40+": "25-39"}}))

    assert row["estimate"] == pytest.approx((10 * 1 + 50 * 3) / 60, rel=1e-9)


def test_unreachable_margins_are_refused_with_the_level() -> None:
    """Men are all old and women all young: 30 young, 20 women cannot both hold."""
    table = {"q": [1.0, 2.0, 3.0], "sex": ["f", "f", "m"], "age": ["y", "y", "o"]}
    margins = (margin("sex", sex=["f", "m"], total=[20, 80]), margin("age", age=["y", "o"], total=[30, 70]))
    with pytest.raises(ParvisError) as raised:
        one(table, MEAN, weighting=Weighting(margins))

    assert set(codes(raised)) == {"INFEASIBLE"}
    assert "“f”" in str(raised.value)


def test_a_triangle_of_empty_cells_is_infeasible_not_tiny_weights() -> None:
    """Other software answers here with weights of 1e-11: the corner cell must vanish for the margins to hold."""
    table = {"q": [1.0, 2.0, 3.0], "a": ["1", "1", "2"], "b": ["1", "2", "2"]}
    margins = (margin("a", a=["1", "2"], total=[50, 50]), margin("b", b=["1", "2"], total=[50, 50]))
    with pytest.raises(ParvisError) as raised:
        one(table, MEAN, weighting=Weighting(margins))

    assert set(codes(raised)) == {"INFEASIBLE"}


def test_a_lonely_cluster_joins_its_neighbour_and_is_flagged() -> None:
    """Strata a {1, 3}, b {8}: b joins a; the variance is that of one stratum of three units."""
    row = one({"q": [1.0, 3.0, 8.0], "h": ["a", "a", "b"]}, MEAN, Design(strata="h"))
    together = one({"q": [1.0, 3.0, 8.0]}, MEAN)

    assert row["standard_error"] == pytest.approx(together["standard_error"], rel=1e-12)
    assert (row["degrees_of_freedom"], row["reason"]) == (1.0, "SINGLE_PSU")


@pytest.mark.parametrize("strata", [["a", "b", "b", "b"], ["a", "b", "c", "c"], ["a", "a", "b", "c"], list("abcd")])
def test_a_lonely_stratum_joins_the_next_wherever_it_stands(strata: list[str]) -> None:
    """1, 3, 8, 2: the first stratum of one row joins the second; the last one, the one before."""
    found = one({"q": [1.0, 3.0, 8.0, 2.0], "h": strata}, MEAN, Design(strata="h"))
    joined = {"abbb": [0] * 4, "abcc": [0, 0, 1, 1], "aabc": [0, 0, 1, 1], "abcd": [0, 0, 1, 1]}["".join(strata)]
    expected = one({"q": [1.0, 3.0, 8.0, 2.0], "h": joined}, MEAN, Design(strata="h"))

    assert found["standard_error"] == pytest.approx(expected["standard_error"], rel=1e-12)
    assert found["reason"] == "SINGLE_PSU"


def test_a_single_cluster_has_no_standard_error() -> None:
    row = one({"q": [1.0, 3.0, 8.0], "c": ["a", "a", "a"]}, MEAN, Design(cluster="c"))

    assert (row["estimate"], row["standard_error"], row["low"]) == (4.0, None, None)
    assert row["reason"] == "SINGLE_PSU"


def test_the_gate_blanks_and_nothing_else_does() -> None:
    survey = estimate(pa.table({"q": [1.0, 2.0, 4.0]}), MEAN)
    (shown,) = survey.figures.table().to_pylist()
    (gated,) = survey.figures.gated().table().to_pylist()

    assert (shown["status"], shown["n"]) == ("too_few", 3)
    assert shown["estimate"] == pytest.approx(7 / 3)
    assert (gated["estimate"], gated["low"], gated["n"], gated["status"]) == (None, None, 3, "too_few")
    assert [figure.value for figure in survey.figures] == [None]
    assert [figure.status for figure in survey.figures] == [Status.TOO_FEW]


def test_the_gate_lets_a_share_through_on_thirty_and_a_narrow_interval() -> None:
    wide = one({"q": [0, 1] * 15}, SHARE)
    narrow = one({"q": [0, 1] * 30}, SHARE)

    assert (wide["status"], narrow["status"]) == ("too_few", "published")


def test_trimming_alone_keeps_the_total_of_the_weights() -> None:
    """Weights 1 × 8 and 12: bounds .2 and 5 bring 12 to 5 and share 7 among the eight."""
    table = {"q": [0.0] * 8 + [1.0], "w": [1.0] * 8 + [12.0]}

    row = one(table, SHARE, WEIGHTED, weighting=Weighting(bounds=(0.2, 5.0)))

    assert row["estimate"] == pytest.approx(5 / 20)


def test_equal_weights_have_nothing_to_trim() -> None:
    assert one({"q": [1.0, 2.0, 4.0]}, MEAN, weighting=Weighting(bounds=(0.2, 5.0))) == one(
        {"q": [1.0, 2.0, 4.0]}, MEAN
    )


def test_answers_of_a_scale_that_are_all_0_are_no_share() -> None:
    row = one({"q": [0.0] * 40}, Request(("q",), scaled=True))

    assert (row["estimate"], row["standard_error"], row["low"], row["high"]) == (0.0, None, None, None)
    assert row["reason"] == "NO_VARIANCE"


@pytest.mark.parametrize(
    ("changed", "status", "reason"),
    [
        ({}, "published", ""),
        ({"effective_size": 41}, "too_few", ""),
        ({"degrees_of_freedom": 40}, "published", "INDICATIVE"),
    ],
)
def test_the_gate_is_the_one_that_the_method_declares(changed: dict[str, float], status: str, reason: str) -> None:
    gate = replace(load_method()[0].gate, **changed)

    row = one({"q": [1, 0, 1, 1] * 10}, Request(("q",), gate=gate))

    assert (row["status"], row["reason"]) == (status, reason)


def test_a_cell_of_several_values_is_refused_wherever_it_stands() -> None:
    table = {"q": [1.0, 2.0], "list": [[1], [2, 3]]}

    for request in (Request(("q",), by=("list",)), Request(("list",), share=True)):
        with pytest.raises(ParvisError) as refused:
            rows_of(table, request)
        assert codes(refused) == ["column_nested"]


def test_columns_that_differ_by_case_alone_are_never_taken_for_one_another(tmp_path: Path) -> None:
    """The public file `fpc` of R survey: nh units sampled out of Nh. SQL reads one name for both."""
    table = pa.table({"x": [2.0, 4.0, 9.0], "nh": [3, 3, 3], "Nh": [12, 12, 12]})
    pq.write_table(table, tmp_path / "sample.parquet")
    request, design = Request(("x",)), Design(population="Nh")

    found = [estimate(data, request, design).figures for data in (table, tmp_path / "sample.parquet")]
    with pytest.raises(ParvisError) as refused:
        estimate(table, request, Design(weight="nh", population="Nh"))

    assert [figures.standard_error[0] for figures in found] == pytest.approx([(13 / 3 * 3 / 4) ** 0.5] * 2)
    assert codes(refused) == ["columns_alike"]


def test_a_choice_that_nobody_answered_keeps_its_row() -> None:
    row = one({"q": pa.array([None, None], pa.string())}, SHARE)

    assert (row["n"], row["estimate"], row["status"], row["reason"]) == (0, None, "not_measured", "NO_DATA")
    assert one({"q": pa.array([None], pa.string())}, MEAN)["reason"] == "NO_DATA"


def test_a_clustered_total_rests_on_no_more_than_its_rows() -> None:
    """Six rows by pairs, totals 11, 6, 12: V = 3/2 × 62/3 = 31; of six drawn at random, 36 × s² / 6 = 6 × 6.97."""
    row = one(
        {"q": [5.0, 6, 5, 1, 8, 4], "c": [1, 1, 2, 2, 3, 3]}, Request(("q",), Statistic.TOTAL), Design(cluster="c")
    )

    assert (row["estimate"], row["standard_error"]) == (29.0, pytest.approx(31**0.5))
    assert row["n_effective"] == pytest.approx(min(6, 36 * 5.366666666666667 / 31))


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"q": [1e300, -2e300]}, ["value_out_of_range"]),
        ({"q": [1.0, 2.0], "w": [1e-300, 2e-300]}, ["weight_out_of_range"]),
        ({"q": [1.0, 2.0], "w": [-1.0, 2e300]}, ["weight_negative", "weight_out_of_range"]),
    ],
)
def test_numbers_whose_squares_no_double_holds_are_refused(columns: dict[str, list[float]], told: list[str]) -> None:
    with pytest.raises(ParvisError) as refused:
        rows_of(columns, MEAN, WEIGHTED if "w" in columns else None)

    assert codes(refused) == told
