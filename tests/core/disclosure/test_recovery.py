"""What can be worked out, against the plain linear programme with every equation as published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from parvis.core.disclosure.recovery import intervals, proven
from parvis.core.disclosure.system import Equation, LinkedFigures, link

NATION = ("nation",)


def nested(values: list[list[float]], ceiling: float) -> LinkedFigures:
    """Organisations 0-100 in categories, each with its mean, and the nation's mean over all of them."""
    given_values: dict[tuple[str, ...], float] = {}
    equations = []
    for place, members in enumerate(values):
        keys = {(f"c{place}", f"o{rank}"): value for rank, value in enumerate(members)}
        given_values |= keys | {(f"c{place}",): float(np.mean(members))}
        equations.append(Equation.mean_of((f"c{place}",), dict.fromkeys(keys, 1.0)))
    bodies = [key for key in given_values if len(key) == 2]
    given_values[NATION] = float(np.mean([given_values[key] for key in bodies]))
    equations.append(Equation.mean_of(NATION, dict.fromkeys(bodies, 1.0)))
    ranges = {key: (0.0, 100.0 if len(key) == 2 else ceiling) for key in given_values}
    return link(given_values, equations, ranges)


def by_programme(figures: LinkedFigures, hidden: np.ndarray) -> list[tuple[float, float]]:
    limits = [
        (low, high) if unknown else (value, value)
        for low, high, value, unknown in zip(figures.lowest, figures.highest, figures.values, hidden, strict=True)
    ]
    found = []
    for place in np.flatnonzero(hidden).tolist():
        ends = []
        for direction in (1.0, -1.0):
            goal = np.zeros(len(hidden))
            goal[place] = direction
            solved = linprog(goal, A_eq=figures.matrix, b_eq=np.zeros(figures.matrix.shape[0]), bounds=limits)
            ends.append(direction * float(solved.fun))
        found.append((ends[0], ends[1]))
    return found


marks = st.integers(0, 100).map(float)


@settings(max_examples=12)
@given(
    st.lists(st.lists(marks, min_size=1, max_size=4), min_size=1, max_size=3),
    st.sampled_from([100.0, np.inf, 60.0]),
    st.randoms(use_true_random=False),
)
def test_ranges_are_those_of_the_linear_programme(values, ceiling, dice) -> None:
    figures = nested(values, max(ceiling, max(max(members) for members in values)))
    hidden = np.array([dice.random() < (0.8 if len(key) == 2 else 0.5) for key in figures.keys], bool)
    plain = np.array(by_programme(figures, hidden)).reshape(-1, 2)

    exact = intervals(figures, hidden, figures.lowest, figures.highest)
    assert np.column_stack([exact.low, exact.high]) == pytest.approx(plain, abs=1e-5)

    width = np.where(hidden, 5.0, 0.0)
    shown = proven(figures, hidden, figures.lowest, figures.highest, width)
    whole = plain[:, 1] - plain[:, 0]
    found = shown.high - shown.low
    assert (found <= whole + 1e-5).all()
    assert ((found >= 5.0 - 1e-5) | (np.abs(found - whole) < 1e-5)).all()


def test_the_single_member_of_a_hidden_mean_is_as_free_as_the_nation_leaves_it() -> None:
    # nation 50 over 3 with 40 published: a + b = 110, so each is at least 10
    figures = nested([[70.0], [40.0, 40.0]], np.inf)
    hidden = np.array([key not in {NATION, ("c1", "o0")} for key in figures.keys])
    found = intervals(figures, hidden, figures.lowest, figures.highest)
    low = dict(zip([figures.keys[place] for place in found.places], found.low.tolist(), strict=True))
    assert low[("c0", "o0")] == pytest.approx(10.0)
    assert low[("c1", "o1")] == pytest.approx(10.0)
