"""Figures of a fixed sample against R survey: recorded always, run again where R and its package are installed."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from parvis.cli.files.tables import read_table
from parvis.core.figures.estimation import Design, Figures, Request, Statistic, Weighting, estimate
from parvis.core.figures.estimation.replicates import jackknife
from parvis.core.figures.proportions import korn_graubard
from parvis.core.figures.tally.engine import Engine, opened
from parvis.core.figures.weighting import Margin, read_margin
from tests.reference.survey_sample import sample

HERE = Path(__file__).parent
Recorded = dict[str, list[tuple[float, float]]]

DESIGNS = {
    "stratified": Design("w", "stratum"),
    "stratified_finite": Design("w", "stratum", None, "frame"),
    "clustered": Design("w", "stratum", "cluster"),
    "clustered_finite": Design("w", "stratum", "cluster", "size"),
    "from_population": Design(None, "stratum", None, "frame"),
    "independent": Design("w"),
    "raked": Design("one"),
    "raked_clustered": Design("one", "stratum", "cluster"),
    "calibrated": Design("w"),
    "calibrated_clustered": Design("w", "stratum", "cluster"),
    "poststratified": Design("w"),
}
MEAN, TOTAL, RATIO = Statistic.MEAN, Statistic.TOTAL, Statistic.RATIO
REQUESTS = {
    "mean": Request(("minutes",)),
    "mean_missing": Request(("rating",)),
    "total": Request(("minutes",), TOTAL),
    "ratio": Request(("minutes",), RATIO, "visits"),
    "share": Request(("age",), share=True),
    "by": Request(("minutes",), by=("organisation",)),
    "by_missing": Request(("satisfied",), by=("organisation",)),
    "total_by": Request(("minutes",), TOTAL, by=("organisation",)),
    "ratio_by": Request(("minutes",), RATIO, "visits", by=("sex",)),
}


R_LIBRARIES = [
    Path(folder)
    for folder in (*os.environ.get("R_LIBS", "").split(":"), "/usr/lib/R/site-library", "/usr/local/lib/R/site-library")
    if folder
]


def r_with_survey() -> str | None:
    """Rscript, where the survey package and what it needs are installed."""
    packages = all(any((library / name).is_dir() for library in R_LIBRARIES) for name in ("survey", "MASS"))
    return shutil.which("Rscript") if packages else None


RSCRIPT = r_with_survey()


def read(text: str) -> Recorded:
    found: Recorded = {}
    for row in csv.DictReader(io.StringIO(text)):
        found.setdefault(row["case"], []).append((float(row["estimate"]), float(row["standard_error"])))
    return found


@cache
def expected() -> Recorded:
    return read((HERE / "survey_recorded.csv").read_text("utf-8"))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with opened() as one:
        yield one


@cache
def data() -> pa.Table:
    return read_table(HERE / "survey_sample.csv")


def margins(design: str) -> tuple[Margin, ...]:
    sex = read_margin(pa.table({"sex": ["f", "m"], "total": [5200, 4800]}), "sex")
    age = read_margin(pa.table({"age": ["15-34", "35-59", "60+"], "total": [3000, 4100, 2900]}), "age")
    if design == "poststratified":
        return (age,)
    return (sex, age) if design.startswith(("raked", "calibrated")) else ()


def figures(engine: Engine, case: str) -> Figures:
    design, request = case.split("/")
    asked = REQUESTS[request]
    if design.startswith("raked") and request == "share":
        asked = Request(("organisation",), share=True)
    return estimate(data(), asked, DESIGNS[design], Weighting(margins(design)), engine=engine).figures


def cases() -> list[str]:
    return sorted(case for case in expected() if case.split("/")[0] in DESIGNS)


@pytest.mark.parametrize("case", cases())
def test_estimates_and_standard_errors(engine: Engine, case: str) -> None:
    theirs = np.array(expected()[case])
    ours = figures(engine, case)

    assert ours.estimate == pytest.approx(theirs[:, 0], rel=1e-9)
    assert ours.standard_error == pytest.approx(theirs[:, 1], rel=1e-6)


def test_jackknife() -> None:
    rows = [row for row in sample() if row["stratum"] == "s4"]
    everyone = sample()

    assert jackknifed(rows, None, mean) == pytest.approx(expected()["jackknife/jk1"][0], rel=1e-6)
    assert jackknifed(everyone, "stratum", mean) == pytest.approx(expected()["jackknife/jkn"][0], rel=1e-6)
    assert jackknifed(everyone, "stratum", ratio) == pytest.approx(expected()["jackknife/jkn_ratio"][0], rel=1e-6)


def jackknifed(rows: list[dict[str, Any]], strata: str | None, statistic: Callable[..., float]) -> tuple[float, float]:
    weights = np.array([row["w"] for row in rows])
    replicates = jackknife(weights, [row["cluster"] for row in rows], [row[strata] for row in rows] if strata else None)
    return statistic(rows, weights), replicates.standard_error(lambda w: statistic(rows, w), weights)


def mean(rows: list[dict[str, Any]], weights: Any) -> float:
    return float(weights @ np.array([row["minutes"] for row in rows]) / weights.sum())


def ratio(rows: list[dict[str, Any]], weights: Any) -> float:
    return mean(rows, weights) * float(weights.sum()) / float(weights @ np.array([row["visits"] for row in rows]))


def test_design_effect_and_korn_graubard_limits(engine: Engine) -> None:
    mean_figures = figures(engine, "clustered/mean")
    shares = figures(engine, "clustered/share")

    assert mean_figures.design_effect[0] == pytest.approx(expected()["design_effect/clustered"][0][0], rel=1e-6)
    limits = korn_graubard(shares.estimate, shares.n_effective)
    for at, level in enumerate(shares.level):
        assert (limits.low[at], limits.high[at]) == pytest.approx(expected()[f"korn_graubard/{level}"][0], rel=1e-6)


def test_the_sample_is_the_one_drawn() -> None:
    drawn = [{name: str(value) for name, value in row.items()} for row in sample()]
    with (HERE / "survey_sample.csv").open(encoding="utf-8") as stream:
        assert list(csv.DictReader(stream)) == drawn


if RSCRIPT:

    def test_r_says_today_what_was_recorded() -> None:
        arguments = [RSCRIPT or "", str(HERE / "survey.R"), str(HERE / "survey_sample.csv")]
        live = read(subprocess.run(arguments, capture_output=True, check=True, text=True).stdout)

        assert live.keys() == expected().keys()
        for case, figures_of_r in live.items():
            assert np.array(figures_of_r) == pytest.approx(np.array(expected()[case]), rel=1e-9, abs=1e-12)
