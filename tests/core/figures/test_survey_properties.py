"""What every survey figure must keep, whatever the survey."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.core.figures.estimation import (
    Design,
    Figures,
    Request,
    Statistic,
    View,
    Weighting,
    estimate,
    estimate_views,
)
from parvis.core.figures.weighting import read_margin

Columns = dict[str, list[Any]]
WEIGHTED = Design(weight="w")
BY = Request(("q", "good"), by=("g",))


@st.composite
def answers(draw: st.DrawFn) -> Columns:
    size = draw(st.sampled_from([2, 3, 8, 25]))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=size, max_size=size))

    return {
        "q": column(st.one_of(st.none(), st.integers(1, 5))),
        "good": column(st.sampled_from([0, 1, None])),
        "g": column(st.sampled_from(["a", "b", "c"])),
        "w": column(st.sampled_from([0.1, 0.3, 1.0, 1 / 3, 2.7, 11.0])),
    }


def figures(columns: Columns, request: Request = BY, design: Design = WEIGHTED) -> Figures:
    return estimate(pa.table(columns), request, design).figures


def same(first: Figures, second: Figures, tolerance: float) -> None:
    for name in ("estimate", "standard_error", "low", "high", "n_effective"):
        assert getattr(first, name) == pytest.approx(getattr(second, name), rel=tolerance, abs=tolerance, nan_ok=True)
    assert first.reason == second.reason


@settings(max_examples=5)
@given(columns=answers())
def test_twice_the_weights_move_nothing(columns: Columns) -> None:
    same(figures(columns), figures(columns | {"w": [2 * w for w in columns["w"]]}), 1e-12)


@settings(max_examples=5)
@given(columns=answers(), random=st.randoms(use_true_random=False))
def test_the_order_of_rows_moves_no_bit(columns: Columns, random: Any) -> None:
    order = list(range(len(columns["q"])))
    random.shuffle(order)
    shuffled = {name: [values[at] for at in order] for name, values in columns.items()}

    assert figures(columns).table().equals(figures(shuffled).table())


@settings(max_examples=4)
@given(columns=answers())
def test_an_empty_organisation_leaves_the_others_unchanged(columns: Columns) -> None:
    more = {
        "q": [*columns["q"], None],
        "good": [*columns["good"], None],
        "g": [*columns["g"], "zz"],
        "w": [*columns["w"], 1.0],
    }
    kept = figures(more)
    before = figures(columns)

    assert kept.keys["g"].to_pylist()[-1] == "zz"
    assert kept.estimate[: len(before)] == pytest.approx(before.estimate, rel=1e-12, nan_ok=True)
    assert kept.standard_error[: len(before)] == pytest.approx(before.standard_error, rel=1e-9, nan_ok=True)


@settings(max_examples=4)
@given(columns=answers())
def test_each_row_twice_in_its_cluster_changes_no_error(columns: Columns) -> None:
    """Copies bring no information: clusters of two equal rows have the errors of the rows alone."""
    complete = columns | {"q": [q or 3 for q in columns["q"]], "good": [good or 0 for good in columns["good"]]}
    doubled = {name: values * 2 for name, values in complete.items()} | {"c": list(range(len(columns["q"]))) * 2}
    alone, twice = figures(complete), figures(doubled, design=Design(weight="w", cluster="c"))

    assert twice.estimate == pytest.approx(alone.estimate, rel=1e-12)
    assert twice.degrees_of_freedom.tolist() == alone.degrees_of_freedom.tolist()
    known = ~np.isnan(alone.standard_error) & ~np.isnan(twice.standard_error)
    assert twice.standard_error[known] == pytest.approx(alone.standard_error[known], rel=1e-9)


@settings(max_examples=4)
@given(columns=answers())
def test_limits_hold_the_estimate_and_shares_stay_shares(columns: Columns) -> None:
    found = figures(columns, Request(("q", "good"), share=True, by=("g",)))
    known = ~np.isnan(found.low)

    assert (found.low[known] <= found.estimate[known] + 1e-12).all()
    assert (found.estimate[known] <= found.high[known] + 1e-12).all()
    assert (found.low[known] >= 0).all()
    assert (found.high[known] <= 1).all()


@settings(max_examples=4)
@given(columns=answers())
def test_totals_of_domains_add_up(columns: Columns) -> None:
    whole = figures(columns, Request(("q",), Statistic.TOTAL))
    parts = figures(columns, Request(("q",), Statistic.TOTAL, by=("g",)))

    assert np.nansum(parts.estimate) == pytest.approx(np.nansum(whole.estimate), rel=1e-12)


def test_values_far_from_zero_keep_their_precision() -> None:
    """Years around 2020 with a standard deviation of a second: sums of squares alone would lose it."""
    second = 1 / 31_557_600
    years = [2020 + second * k for k in range(100)]

    found = figures({"q": years}, Request(("q",)), Design())

    assert found.standard_error[0] == pytest.approx(np.std(np.array(years) - 2020, ddof=1) / 10, rel=1e-4)


WHOLE = Design("w", "h", "c", "size")


@pytest.mark.parametrize(
    ("design", "raked"),
    [(WEIGHTED, False), (WHOLE, False), (WEIGHTED, True), (Design("w", "h"), True), (Design("w", "h", "c"), True),
     (WHOLE, True)],
)  # fmt: skip
def test_views_of_one_scan_are_the_estimates_asked_one_by_one(design: Design, raked: bool) -> None:
    rows = range(120)
    table = pa.table(
        {
            "q": [1 + (7 * row) % 5 for row in rows],
            "w": [1 + (3 * row) % 4 / 2 for row in rows],
            "h": [row % 3 for row in rows],
            "c": [row % 24 for row in rows],
            "size": [40] * 120,
            "g": [row % 7 for row in rows],
            "sex": ["fm"[(row // 5) % 2] for row in rows],
        }
    )
    margins = (read_margin(pa.table({"sex": ["f", "m"], "total": [52, 48]}), "sex"),) if raked else ()
    asked = Request(("q",))

    together = estimate_views(table, asked, [View(), View(("g",)), View(("sex", "g"))], design, Weighting(margins))

    for view, by in zip(together, [(), ("g",), ("sex", "g")], strict=True):
        alone = estimate(table, Request(("q",), by=by), design, Weighting(margins)).figures
        same(view.figures, alone, 1e-9)
        assert view.figures.keys.equals(alone.keys)


def test_fixed_weights_are_conservative_after_raking() -> None:
    answers = pa.table({"q": [1.0, 2.0, 1.5, 8.0, 9.0, 8.5], "sex": ["f"] * 3 + ["m"] * 3})
    margins = (read_margin(pa.table({"sex": ["f", "m"], "total": [5, 5]}), "sex"),)

    exact, fixed = estimate_views(
        answers, Request(("q",)), [View(), View(follows_raking=False)], weighting=Weighting(margins)
    )

    assert fixed.figures.estimate[0] == exact.figures.estimate[0]
    assert fixed.figures.standard_error[0] > exact.figures.standard_error[0]
