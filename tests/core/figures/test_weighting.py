"""What weights are allowed and what is told of them: blanks, ladders, bounds, diagnostics, and R where it judges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from parvis.cli.files.tables import read_table
from parvis.core.figures.estimation import Design, Request, Survey, Weighting, estimate
from parvis.core.figures.weighting import Missing, calibrate_bounded, diagnose, rake, read_margin, spread_missing
from parvis.core.vocabulary import ParvisError
from tests.reference.test_public_surveys import HERE as REFERENCE

SEX = read_margin(pa.table({"sex": ["f", "m"], "total": [60, 40]}), "sex.csv")
AGE = read_margin(pa.table({"age": ["old", "young"], "total": [30, 70]}), "age.csv")
IMPUTE = Weighting((SEX, AGE), missing=Missing.IMPUTE)
MEAN = Request(("q",))


def answers(**more: list[Any]) -> pa.Table:
    columns: dict[str, list[Any]] = {
        "sex": ["f", "f", "f", "m", "m", "m", "f", None],
        "age": ["old", "young", "young", "old", "young", "old", None, "old"],
        "q": [1.0, 2.0, 3.0, 4.0, 5.0, 4.0, 2.0, 3.0],
        "w": [1.0] * 8,
    }
    return pa.table(columns | more)


def mean_of(survey: Survey) -> float:
    return float(survey.figures.estimate[0])


def test_a_blank_level_is_refused_unless_the_rule_is_declared() -> None:
    with pytest.raises(ParvisError) as refused:
        estimate(answers(), MEAN, weighting=Weighting((SEX, AGE)))

    assert [(fault.code, fault.where["column"]) for fault in refused.value.faults] == [
        ("design_missing", "sex"),
        ("design_missing", "age"),
    ]


def test_a_row_with_a_blank_is_spread_over_the_levels_of_rows_like_it() -> None:
    """The woman of no age is 1/3 old and 2/3 young, as the women are; the old one of no sex is 1/3 a woman."""
    cells = {"sex": ["f", "f", "m", "m", "f", ""], "age": ["old", "young", "old", "young", "", "old"]}
    weights = np.array([1.0, 2.0, 2.0, 1.0, 1.0, 1.0])

    spread = spread_missing(cells, weights)

    assert spread.weights == pytest.approx([1 + 1 / 3 + 1 / 3, 2 + 2 / 3, 2 + 2 / 3, 1, 0, 0])
    factors = rake(pa.table(cells), spread.weights, [SEX, AGE]).factors
    by_hand = weights * spread.back(factors)
    expected = float(by_hand @ [1.0, 2.5, 4.0, 5.0, 2.0, 3.0]) / float(by_hand.sum())
    assert by_hand.sum() == pytest.approx(100)
    assert mean_of(estimate(answers(), MEAN, weighting=IMPUTE)) == pytest.approx(expected, rel=1e-12)


def test_without_a_blank_the_rule_changes_nothing() -> None:
    whole = answers().slice(0, 6)
    one, other = (estimate(whole, MEAN, weighting=rule).figures for rule in (Weighting((SEX, AGE)), IMPUTE))

    assert one.estimate == pytest.approx(other.estimate, rel=1e-12)
    assert one.standard_error == pytest.approx(other.standard_error, rel=1e-9)


def test_a_blank_that_looks_like_nobody_forgets_its_last_variables() -> None:
    spread = spread_missing({"dep": ["01", "01", "02"], "sex": ["f", "f", "x"], "age": ["o", "y", ""]}, np.ones(3))

    assert spread.weights == pytest.approx([1.5, 1.5, 0])
    with pytest.raises(ParvisError, match="no row tells all of: sex, age"):
        spread_missing({"sex": ["f", ""], "age": ["", "y"]}, np.ones(2))


def test_trimmed_weights_stay_within_bounds_for_incomplete_rows_too() -> None:
    survey = estimate(answers(), MEAN, Design("w"), replace(IMPUTE, bounds=(0.9, 1.1), diagnose=True))

    assert survey.diagnostics[0].largest_over_median <= 1.1 + 1e-9


def test_a_ladder_merges_a_level_that_nobody_has_and_says_so() -> None:
    ages = read_margin(pa.table({"age": ["old", "young", "very old"], "total": [20, 70, 10]}), "age.csv")
    whole = answers().slice(0, 6)

    with pytest.raises(ParvisError, match="the level “very old” of “age” has a total but no row"):
        estimate(whole, MEAN, weighting=Weighting((SEX, ages)))
    merged = estimate(whole, MEAN, weighting=Weighting((SEX, ages), ladder={"age": {"very old": "old"}}))

    assert merged.raking is not None
    assert merged.raking.merged == (("age", "very old", "old"),)
    assert mean_of(merged) == pytest.approx(mean_of(estimate(whole, MEAN, weighting=Weighting((SEX, AGE)))), rel=1e-12)


def test_bounded_calibration_is_that_of_r() -> None:
    """R: calibrate(d, ~stype + sch.wide, pop, calfun = "logit", bounds = c(0.3, 2.5)), base weights scaled to 6194."""
    schools = read_table(REFERENCE / "public" / "apiclus1.csv")
    margins = (
        read_margin(pa.table({"stype": ["E", "H", "M"], "total": [4421, 755, 1018]}), "stype"),
        read_margin(pa.table({"sch.wide": ["No", "Yes"], "total": [1072, 5122]}), "wide"),
    )

    survey = estimate(
        schools, Request(("api00",)), Design("pw", None, "dnum"), Weighting(margins, factor_bounds=(0.3, 2.5))
    )

    assert mean_of(survey) == pytest.approx(641.01191654739, rel=1e-9)
    assert survey.figures.standard_error[0] == pytest.approx(24.0356949927659, rel=1e-6)
    assert survey.raking is not None
    ratios = sorted(survey.raking.factors * float(schools.num_rows * 33.846996307373) / 6194)
    assert ratios == pytest.approx([0.8797277, 1.0871720, 1.2077631, 1.4493253, 1.5201893, 1.8613939], abs=1e-6)


@pytest.mark.parametrize("bounds", [(0.99, 1.01), (1.0, 1.0)])
def test_bounds_too_tight_for_the_margins_are_refused_with_the_level(bounds: tuple[float, float]) -> None:
    cells = pa.table({"sex": ["f", "m"]})

    with pytest.raises(ParvisError, match="INFEASIBLE: the total 60 of the level “f” of “sex”"):
        calibrate_bounded(cells, np.array([5.0, 5.0]), [SEX], bounds)


def test_diagnostics_by_hand() -> None:
    """Two territories; in the second, 198 rows of weight 1 and 2 of weight 50: the heaviest 1 % hold 100 of 298."""
    base = np.array([10.0, 198.0, 2.0])
    final = np.array([20.0, 198.0, 100.0])

    first, second = diagnose(
        base, final, np.array([10.0, 198.0, 2.0]), blocks=np.array([0, 1, 1]), names=["01", "02"],
        trimmed=np.array([False, False, True]),
    )  # fmt: skip

    assert (first.territory, first.rows, first.kish_deff, first.top_share) == ("01", 10, 1.0, 0.1)
    assert (second.rows, second.largest_over_median, second.largest_over_smallest) == (200, 50.0, 50.0)
    assert second.top_share == pytest.approx(100 / 298)
    assert second.kish_deff == pytest.approx(200 * (198 + 2 * 2500) / 298**2)
    assert second.trimmed_share == 0.01


def test_diagnostics_of_an_estimate_are_by_territory_with_the_worst_level() -> None:
    table = answers(dep=["01"] * 4 + ["02"] * 4, sex=["f", "f", "f", "m"] * 2)
    by_sex = read_margin(
        pa.table({"dep": ["01", "01", "02", "02"], "sex": ["f", "m"] * 2, "total": [50, 50, 30, 10]}), "s"
    )
    by_zone = read_margin(pa.table({"dep": ["01", "02"], "zone": ["a", "a"], "total": [100, 40]}), "z")
    table = table.append_column("zone", pa.array(["a"] * 8))

    survey = estimate(table, MEAN, weighting=Weighting((by_sex, by_zone), diagnose=True))

    first, second = survey.diagnostics
    assert [one.territory for one in survey.diagnostics] == ["01", "02"]
    assert (first.gap_before, second.gap_before) == (pytest.approx(0.5), pytest.approx(0.0))
    assert first.gap_after < 1e-9
    assert first.largest_over_smallest == pytest.approx(3.0)
    assert estimate(table, MEAN, weighting=Weighting((by_sex, by_zone))).diagnostics == ()
