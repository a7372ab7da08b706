"""Agreement: the edges first, then Krippendorff's and Fleiss's printed tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.figures.observers.agreement import agreement, fleiss_kappa
from parvis.core.vocabulary import ParvisError, Reason, Status

# Krippendorff 2011, data matrix of section C: four observers, twelve units, values 1 to 5, 0 for none
TEXTBOOK = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]
# Fleiss 1971, table 1: six psychiatrists, thirty patients, five diagnoses (irr::diagnoses)
DIAGNOSES = """00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"""


def textbook() -> tuple[list[str], list[str], list[object]]:
    cells = [(f"u{u}", f"r{r}", v) for r, row in enumerate(TEXTBOOK) for u, v in enumerate(row) if v]
    return tuple(list(column) for column in zip(*cells, strict=True))


@pytest.mark.parametrize(
    ("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorff_textbook(level, alpha) -> None:
    found = agreement(*textbook(), level=level, draws=200)
    assert found.alpha == pytest.approx(alpha, abs=5e-4)
    assert found.low < found.alpha < found.high
    assert (found.units, found.raters) == (11, 4)


def test_fleiss_diagnoses() -> None:
    assert fleiss_kappa([[int(count) for count in row] for row in DIAGNOSES.split()]) == pytest.approx(0.430, abs=5e-4)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_constant_ratings_have_no_alpha_but_full_agreement(level) -> None:
    found = agreement(["1", "1", "2", "2"], list("abab"), [3, 3, 3, 3], level=level)
    assert (found.alpha, found.low, found.percent_agreement) == (None, None, 100.0)
    assert (found.status, found.reason) == (Status.NOT_MEASURED, Reason.NO_VARIANCE)
    assert fleiss_kappa([[2, 0], [2, 0]]) is None


def test_no_unit_rated_twice_measures_nothing() -> None:
    found = agreement(["1", "2"], ["a", "b"], [1, 2])
    assert (found.alpha, found.percent_agreement, found.units, found.reason) == (None, None, 0, Reason.NO_DATA)
    assert agreement([], [], []).status == Status.NOT_MEASURED


def test_missing_ratings_are_left_out() -> None:
    whole = agreement(["1", "1", "2", "2"], list("abab"), ["x", "y", "x", "x"])
    more = agreement(["1", "1", "1", "2", "2"], list("abcab"), ["x", "y", None, "x", "x"])
    assert (whole.alpha, whole.raters) == (more.alpha, more.raters)


@pytest.mark.parametrize(
    ("values", "level", "code"),
    [
        ([1, "high"], "ordinal", "value_unsuited"),
        ([1, -2], "ratio", "value_unsuited"),
        ([1, 2], "other", "choice_unknown"),
    ],
)
def test_unsuited_values_are_refused(values, level, code) -> None:
    with pytest.raises(ParvisError) as refused:
        agreement(["1", "1"], ["a", "b"], values, level=level)
    assert refused.value.faults[0].code == code


def test_one_rater_rates_a_unit_once_and_kappa_wants_even_rows() -> None:
    with pytest.raises(ParvisError, match="1 / a"):
        agreement(["1", "1"], ["a", "a"], [1, 2])
    with pytest.raises(ParvisError):
        fleiss_kappa([[2, 0], [1, 0]])


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=12),
    st.sampled_from(["nominal", "ordinal", "interval"]),
)
def test_the_definition_by_pairs_agrees(pairs, level) -> None:
    units = [str(i) for i in range(len(pairs)) for _ in range(2)]
    values = [value for pair in pairs for value in pair]
    found = agreement(units, list("ab") * len(pairs), values, level=level, draws=2)
    counts = [values.count(v) for v in range(4)]

    def gap(a, b):
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return float((a - b) ** 2)
        low, high = min(a, b), max(a, b)
        return (sum(counts[low : high + 1]) - (counts[low] + counts[high]) / 2) ** 2

    n = len(values)
    observed = sum(2 * gap(a, b) for a, b in pairs) / n
    expected = sum(gap(a, b) for i, a in enumerate(values) for j, b in enumerate(values) if i != j) / (n * (n - 1))
    if expected == 0:
        assert found.alpha is None
    else:
        assert found.alpha == pytest.approx(1 - observed / expected, abs=1e-9)


def test_a_seed_gives_the_same_limits_in_any_order() -> None:
    units, raters, values = textbook()
    first = agreement(units, raters, values, seed=3, draws=100)
    assert first == agreement(units[::-1], raters[::-1], values[::-1], seed=3, draws=100)
