"""`parvis estimate` on the surveys that a statistician would try, against R survey: recorded, and run again with R."""

from __future__ import annotations

import csv
import io
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from parvis.cli import main
from tests.reference.test_survey_against_r import RSCRIPT

HERE = Path(__file__).parent
STRATIFIED = "apistrat.csv --weight pw --strata stype --fpc fpc"
CLUSTERED = "apiclus1.csv --weight pw --cluster dnum --fpc fpc"
WITHOUT_FPC = "apiclus1.csv --weight pw --cluster dnum"
HALF_SAMPLE = "apiclus2.csv --weight pw --cluster dnum --fpc fpc1"
HEALTH = "nhanes.parquet --weight WTMEC2YR --strata SDMVSTRA --cluster SDMVPSU"
PAIRS = "crowd.csv --weight weight --strata stratum --cluster cluster"
STATED = "fpc.csv --weight weight --strata stratid --cluster psuid --fpc Nh"
BIRTHS = "hospital.csv --weight weighta --strata oblevel --cluster hospno --fpc tothosp"
STAGES = "mu284.csv --weight w --cluster id1 --fpc n1"
CASES = {
    "apistrat/mean": f"{STRATIFIED} --value api00",
    "apistrat/total": f"{STRATIFIED} --value enroll --statistic total",
    "apistrat/ratio": f"{STRATIFIED} --value api00 --statistic ratio --denominator api99",
    "apistrat/share": f"{STRATIFIED} --value awards --share",
    "apistrat/by": f"{STRATIFIED} --value api00 --by sch.wide --by stype",
    "apistrat/fpc_alone": "apistrat.csv --strata stype --fpc fpc --value enroll --statistic total",
    "apiclus1/mean": f"{CLUSTERED} --value api00",
    "apiclus1/total": f"{CLUSTERED} --value enroll --statistic total",
    "apiclus1/share": f"{CLUSTERED} --value stype --share",
    "apiclus1/by": f"{CLUSTERED} --value api00 --by stype",
    "apiclus1/raked": f"{WITHOUT_FPC} --value api00 --rake stype.csv --rake wide.csv",
    "apiclus1/raked_total": f"{WITHOUT_FPC} --value enroll --statistic total --rake stype.csv --rake wide.csv",
    "apiclus1/poststratified": f"{WITHOUT_FPC} --value api00 --rake stype.csv",
    "apiclus2/mean": f"{HALF_SAMPLE} --value api00",
    "apiclus2/total": f"{HALF_SAMPLE} --value enroll --statistic total",
    "nhanes/mean": f"{HEALTH} --value HI_CHOL",
    "nhanes/by": f"{HEALTH} --value HI_CHOL --by agecat",
    "nhanes/share": f"{HEALTH} --value agecat --share",
    "crowd/ratio": f"{PAIRS} --value rooms --statistic ratio --denominator person",
    "crowd/total": f"{PAIRS} --value rooms --statistic total",
    "election_pps/total": "election_pps.csv --weight wt --value Bush --value Kerry --statistic total",
    "election_pps/ratio": "election_pps.csv --weight wt --value Bush --statistic ratio --denominator votes",
    "fpc/mean": f"{STATED} --value x",
    "fpc/total": f"{STATED} --value x --statistic total",
    "hospital/mean": f"{BIRTHS} --value births",
    "hospital/total": f"{BIRTHS} --value births --statistic total",
    "hospital/by": f"{BIRTHS} --value births --by oblevel",
    "mu284/mean": f"{STAGES} --value y1",
    "mu284/total": f"{STAGES} --value y1 --statistic total",
    "scd/ratio": "scd.csv --strata ESA --cluster ambulance --value alive --statistic ratio --denominator arrests",
    "airquality/mean": "airquality.csv --cluster Month --value Ozone",
}
# the whole sample has R's t interval, with the degrees of freedom of the rows that have an answer; shares have Wilson's
# (HI_CHOL is 0 or 1), domains their own degrees of freedom
OTHER_LIMITS = ("/share", "/by", "nhanes/mean")
WITH_T = [case for case in CASES if not case.endswith(OTHER_LIMITS)]
Rows = dict[str, list[tuple[float, ...]]]


def read(text: str) -> Rows:
    found: Rows = {}
    for row in csv.DictReader(io.StringIO(text)):
        figures = tuple(float(row[name]) for name in ("estimate", "standard_error", "low", "high"))
        found.setdefault(row["case"], []).append(figures)
    return found


@cache
def recorded() -> Rows:
    return read((HERE / "public_surveys_recorded.csv").read_text("utf-8"))


@pytest.fixture(scope="module")
def margins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("margins")
    (folder / "stype.csv").write_text("stype,total\nE,4421\nH,755\nM,1018\n", "utf-8")
    (folder / "wide.csv").write_text("sch.wide;total\nNo;1072\nYes;5122\n", "utf-8")
    return folder


def estimated(line: str, folder: Path) -> list[dict[str, Any]]:
    words = [str(folder / word) if word in ("stype.csv", "wide.csv") else word for word in line.split()]
    words[0] = str(HERE / "public" / words[0])
    done = CliRunner().invoke(main, ["estimate", *words, "-o", str(folder / "out.csv")])
    assert done.exit_code == 0, done.output
    with (folder / "out.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("case", CASES)
def test_figures_are_those_of_r(case: str, margins: Path) -> None:
    ours = estimated(CASES[case], margins)
    theirs = np.array(recorded()[case])

    assert [float(row["estimate"]) for row in ours] == pytest.approx(theirs[:, 0], rel=1e-9)
    assert [float(row["standard_error"]) for row in ours] == pytest.approx(theirs[:, 1], rel=1e-6)
    if case in WITH_T:
        limits = np.array([[float(row["low"]), float(row["high"])] for row in ours])
        assert limits == pytest.approx(theirs[:, 2:], rel=1e-6)


def test_the_raked_mean_is_the_published_one(margins: Path) -> None:
    """R survey's help page of `rake`."""
    (row,) = estimated(CASES["apiclus1/raked"], margins)

    assert (round(float(row["estimate"]), 4), round(float(row["standard_error"]), 4)) == (641.2303, 23.942)


if RSCRIPT:

    def test_r_says_today_what_was_recorded(tmp_path: Path) -> None:
        arguments = [RSCRIPT, str(HERE / "public_surveys.R"), str(tmp_path)]
        live = read(subprocess.run(arguments, capture_output=True, check=True, text=True).stdout)

        assert live.keys() == recorded().keys()
        for case, figures in live.items():
            assert np.array(figures) == pytest.approx(np.array(recorded()[case]), rel=1e-9, abs=1e-12)
        for kept in (HERE / "public").glob("*.csv"):
            assert (tmp_path / kept.name).read_bytes() == kept.read_bytes()
