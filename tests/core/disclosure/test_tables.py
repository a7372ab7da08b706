"""Tables of counts: the edges first, then what no reader may do: find a hidden cell by subtraction, or nearly."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from parvis.core.disclosure.tables import TOTAL, ProtectedTable, suppress
from parvis.core.vocabulary import ParvisError, Status


def published(table: ProtectedTable) -> dict:
    return {cell.key: cell.count for cell in table.cells if cell.count is not None}


def test_nothing_small_hides_nothing() -> None:
    table = suppress({("a", "x"): 10, ("a", "y"): 0, ("b", "x"): 30, ("b", "y"): 12})
    assert table.hidden == 0
    assert table.narrowest is None
    assert published(table)[(TOTAL, TOTAL)] == 52


def test_an_empty_table_stays_empty() -> None:
    assert suppress({}).cells == ()


def test_totals_under_the_threshold_are_hidden_too() -> None:
    table = suppress({("a", "x"): 3, ("a", "y"): 4, ("b", "x"): 50, ("b", "y"): 60})
    statuses = {cell.key: cell.status for cell in table.cells}
    assert statuses[("a", TOTAL)] == Status.TOO_FEW
    assert statuses[("b", "x")] != Status.PUBLISHED or statuses[(TOTAL, "x")] != Status.PUBLISHED


def test_two_nines_in_a_total_of_eighteen_are_worked_out_by_who_knows_the_rule() -> None:
    # without more hiding, 9 + 9 = 18 with both "too few" (at most 9) leaves one possibility
    table = suppress({("a", "x"): 9, ("a", "y"): 9, ("b", "x"): 90, ("b", "y"): 90})
    assert table.narrowest is not None
    assert table.narrowest >= 5


@pytest.mark.parametrize(
    ("counts", "threshold", "code"),
    [
        ({("a", "x"): -1}, 10, "count_impossible"),
        ({("a", "x"): 2.5}, 10, "count_impossible"),
        ({("a", TOTAL): 5}, 10, "total_given"),
        ({("a", "x"): 5}, 2, "threshold_too_low"),
        ({("a", "x"): 5, ("a",): 5}, 10, "headings_differ"),
    ],
)
def test_what_is_not_a_table_of_people_is_refused(counts, threshold, code) -> None:
    with pytest.raises(ParvisError) as refused:
        suppress(counts, threshold)
    assert code in [fault.code for fault in refused.value.faults]


def test_three_headings_are_protected_together() -> None:
    rng = np.random.default_rng(1)
    counts = {key: int(rng.poisson(18)) for key in itertools.product("ab", "xyz", "mn")}
    check(counts, suppress(counts), 10)


tables = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: st.lists(
        st.one_of(st.integers(0, 12), st.integers(10, 200)), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]
    ).map(lambda values: dict(zip(itertools.product("abcd"[: shape[0]], "wxyz"[: shape[1]]), values, strict=True)))
)


@given(tables, st.sampled_from([3, 5, 10]))
@settings(max_examples=35, deadline=None)
def test_no_hidden_cell_is_recoverable(counts, threshold) -> None:
    check(counts, suppress(counts, threshold), threshold)


def check(counts: dict, table: ProtectedTable, threshold: int) -> None:
    """An attacker of its own making: inner cells unknown, every published cell and total an equation."""
    keys = list(counts)
    shown = published(table)
    rules = {cell.key: cell for cell in table.cells}

    def row(key):
        return [float(all(part in (TOTAL, own) for part, own in zip(key, cell, strict=True))) for cell in keys]

    equal = [(row(key), count) for key, count in shown.items()]
    bounds = [(row(cell.key), cell) for cell in table.cells if cell.status == Status.TOO_FEW]
    matrix, target = [line for line, _ in equal] or None, [count for _, count in equal] or None
    upper = [line for line, _ in bounds] + [[-part for part in line] for line, _ in bounds]
    limits = [threshold - 1] * len(bounds) + [-1] * len(bounds)
    for cell in table.cells:
        true = sum(counts[key] * on for key, on in zip(keys, row(cell.key), strict=True))
        if cell.count is not None:
            assert cell.count == true
            assert true == 0 or true >= threshold
            continue
        ends = []
        for sign in (1, -1):
            solved = linprog(
                [sign * part for part in row(cell.key)],
                A_eq=matrix,
                b_eq=target,
                A_ub=upper or None,
                b_ub=limits or None,
                method="highs",
            )
            assert solved.status in (0, 3), solved.message
            ends.append(-np.inf * sign if solved.status == 3 else sign * solved.fun)
        low, high = ends
        assert low - 1e-6 <= true <= high + 1e-6
        assert high - low > 1e-3, f"{cell.key} is recovered exactly"
        if rules[cell.key].rule in ("threshold", "complement"):
            assert high - low >= max(1, threshold // 2) - 1e-4
