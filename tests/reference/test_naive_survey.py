"""Random surveys give the same figures in one scan of cells and in the slow twin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from parvis.core.figures.estimation import Design, Request, Statistic, Weighting, estimate
from parvis.core.figures.tally.engine import Engine, opened
from parvis.core.figures.weighting import read_margin
from tests.reference.naive_survey import NaiveDesign, Row, naive_figure


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with opened() as one:
        yield one


WEIGHTS = st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.0, 1.7, 3.0, 8.0])
ANSWERS = st.one_of(
    st.none(), st.integers(1, 5).map(float), st.floats(-50, 2000, allow_nan=False).map(lambda x: round(x, 3))
)


@st.composite
def surveys(draw: st.DrawFn) -> list[Row]:
    """Two strata of three clusters or more, two groups, two raking variables, answers that may be missing."""
    rows = []
    for stratum in ("north", "south"):
        for cluster in range(draw(st.integers(3, 5))):
            rows += [
                {
                    "stratum": stratum,
                    "cluster": cluster,
                    "size": 40,
                    "group": draw(st.sampled_from("ab")),
                    "sex": draw(st.sampled_from("fm")),
                    "age": draw(st.sampled_from(["old", "young"])),
                    "w": draw(WEIGHTS),
                    "q": draw(ANSWERS),
                    "x": draw(st.one_of(st.none(), st.floats(0.5, 20).map(lambda x: round(x, 2)))),
                }
                for _ in range(draw(st.integers(1, 4)))
            ]
    return rows


DESIGNS = {
    "independent": (Design(weight="w"), NaiveDesign()),
    "stratified": (Design(weight="w", strata="stratum"), NaiveDesign("stratum")),
    "clustered": (Design(weight="w", strata="stratum", cluster="cluster"), NaiveDesign("stratum", "cluster")),
    "finite": (Design("w", "stratum", "cluster", "size"), NaiveDesign("stratum", "cluster", "size")),
}


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("statistic", ["mean", "total", "ratio"])
@settings(max_examples=4)
@given(rows=surveys())
def test_cells_give_what_rows_give(engine: Engine, design: str, statistic: str, rows: list[Row]) -> None:
    ours, theirs = DESIGNS[design]
    assume(_enough(rows))
    under = "x" if statistic == "ratio" else None

    _compare(engine, rows, Request(("q",), Statistic(statistic), under, by=("group",)), ours, theirs, ())


@pytest.mark.parametrize("design", ["independent", "clustered"])
@pytest.mark.parametrize("statistic", ["mean", "total", "ratio"])
@settings(max_examples=4)
@given(rows=surveys())
def test_raking_by_two_algorithms_agrees(engine: Engine, design: str, statistic: str, rows: list[Row]) -> None:
    ours, theirs = DESIGNS[design]
    cells = {(row["sex"], row["age"]) for row in rows if row["w"] > 0}
    assume(_enough(rows) and len(cells) == 4)
    margins = (
        {"variable": "sex", "totals": {"f": 52, "m": 48}},
        {"variable": "age", "totals": {"old": 55, "young": 45}},
    )
    under = "x" if statistic == "ratio" else None

    _compare(engine, rows, Request(("q",), Statistic(statistic), under, by=("group",)), ours, theirs, margins)


def _enough(rows: list[Row]) -> bool:
    """Every stratum keeps two clusters with weight."""
    units = {(row["stratum"], row["cluster"]) for row in rows if row["w"] > 0}
    return all(sum(1 for stratum, _ in units if stratum == one) >= 2 for one in ("north", "south"))


def _compare(
    engine: Engine,
    rows: list[Row],
    request: Request,
    ours: Design,
    theirs: NaiveDesign,
    margins: tuple[dict[str, Any], ...],
) -> None:
    known = tuple(
        read_margin(
            pa.table({one["variable"]: list(one["totals"]), "total": list(one["totals"].values())}), one["variable"]
        )
        for one in margins
    )
    found = estimate(pa.Table.from_pylist(rows), request, ours, Weighting(known), engine=engine)
    for row in found.figures.table().to_pylist():
        if row["n"] == 0:
            continue
        twin = naive_figure(
            rows,
            "q",
            statistic=request.statistic.value,
            denominator=request.denominator,
            domain=lambda one, group=row["group"]: one["group"] == group,
            design=theirs,
            weight="w",
            margins=margins,
        )
        assert row["n"] == twin.n
        assert row["estimate"] == pytest.approx(twin.estimate, rel=1e-9, abs=1e-9)
        if row["standard_error"] is not None:
            assert row["standard_error"] == pytest.approx(twin.standard_error, rel=1e-6, abs=1e-9)
        elif twin.n > 1:
            assert twin.standard_error == pytest.approx(0.0, abs=1e-6 * max(1.0, abs(twin.estimate)))
        if not ours.cluster:
            assert row["n_effective"] == pytest.approx(twin.kish, rel=1e-9)
        if twin.degrees_of_freedom > 0:
            assert row["degrees_of_freedom"] == twin.degrees_of_freedom
