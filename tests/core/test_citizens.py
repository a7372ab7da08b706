"""Citizens' answers in an edition: what is hidden of them, and what they say beside what was observed."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from parvis.core.disclosure.whole_result import protect_result
from parvis.core.instruments.method import load_method
from parvis.core.pipeline import score_edition
from tests.core.datasets import dataset
from tests.core.test_pipeline import diagnostics, full_rows, observed


def test_few_citizens_are_never_shown_nor_what_all_of_a_body_answered_alike() -> None:
    """Nine people of s0002; a hundred of s0001, all satisfied, who all came: hidden in every way it could be told."""
    rows = full_rows(12, organisations=4)
    given = [row for row in rows["responses"] if row["qualified"]]
    sizes = {"s0000": 60, "s0001": 100, "s0002": 9, "s0003": 40}
    holders = [name for name, size in sizes.items() for _ in range(size)]
    rows["responses"] = [
        row | {"organisation": name} | ({"satisfaction": "5", "channel_used": "visit"} if name == "s0001" else {})
        for row, name in zip(given, holders, strict=False)
    ]
    result = score_edition(dataset(**rows))
    found = observed(result)
    names = ("satisfaction", "channel_used=phone", "channel_used=visit")
    shown = {
        body: {found["organisation", body, "perceived", "question", name, None]["status"] for name in names}
        for body in ("s0000", "s0001")
    }
    told = {row["table"] for row in result.table("disclosure").to_pylist() if row["rule"] == "homogeneity"}

    for body in ("s0001", "s0002"):
        row = found["organisation", body, "perceived", "overall", "overall", None]
        assert (row["value"], row["low"], row["n"], row["status"] != "published") == (None, None, sizes[body], True)
    assert shown == {"s0000": {"published"}, "s0001": {"hidden_to_protect"}}
    assert {f"perceived/question/{name}" for name in names} <= told
    assert found["nation", "nation", "perceived", "overall", "overall", None]["status"] == "published"


@pytest.mark.parametrize(
    ("sizes", "rule"),
    [
        ((90, 12), "dominance"),  # 90 of 102: the mean of the two is that of the first
        ((60, 50), "prior"),  # the second one takes its own answers away and has the first one's
        ((40, 5, 4), "complement"),  # the first one takes its own answers away and has those of nine people
        ((40, 30, 20), ""),
    ],
)
def test_a_pool_of_citizens_does_not_tell_on_one_organisation(sizes: tuple[int, ...], rule: str) -> None:
    rows = full_rows(12, organisations=6) | {"observations": [], "answers": [], "delays": []}
    names = ("s0000", "s0002", "s0004")  # of one category
    rows["responses"] = [
        rows["responses"][number] | {"response": f"{name}-{number}", "organisation": name, "qualified": True}
        for name, size in zip(names, sizes, strict=False)
        for number in range(size)
    ]
    result = score_edition(dataset(**rows))
    mean = observed(result)["category", "c0", "perceived", "overall", "overall", None]
    cell = ("perceived/overall/overall", "category/c0")
    told = {row["rule"] for row in result.table("disclosure").to_pylist() if (row["table"], row["cell"]) == cell}
    assert (mean["status"], mean["value"] is None) == (("hidden_to_protect", True) if rule else ("published", False))
    assert told == ({rule} if rule else set())


def test_what_citizens_say_stands_beside_what_was_observed() -> None:
    """Both sources have their own mean of the category taken away; where too few bodies have both, nothing is said."""
    rows = full_rows(5, organisations=24)
    dice = random.Random(7)  # noqa: S311 - a test draws no secret
    category = {row["organisation"]: row["category"] for row in rows["organisations"]}
    pleased = "s0002"
    few = sorted(name for name in category if category[name] != category[pleased])[:5]
    rows["margins"] = []
    rows["responses"] = [
        rows["responses"][0]
        | {"response": f"{name}-{number:02}", "organisation": name, "qualified": True, "satisfaction": str(mark)}
        for name in sorted(category)
        if category[name] == category[pleased] or name in few
        for number in range(45)
        for mark in [dice.choice((4, 5, 5) if name == pleased else (2, 3, 4))]
    ]
    result = score_edition(dataset(**rows))
    gaps = {row["subject"]: row for row in diagnostics(result, "gap", "perceived_minus_observed")}
    found = observed(result)
    both = {
        name: [found["organisation", name, source, "overall", "overall", None]["value"] for source in sources]
        for name, sources in ((name, ("perceived", "observed")) for name in gaps)
    }
    means = [sum(values) / len(values) for values in zip(*both.values(), strict=True)]

    assert {category[name] for name in gaps} == {category[pleased]}
    assert gaps[pleased]["value"] == pytest.approx((both[pleased][0] - means[0]) - (both[pleased][1] - means[1]))
    assert max(gaps, key=lambda name: gaps[name]["value"]) == pleased
    low, high, error = (diagnostics(result, "gap", name)[0]["value"] for name in ("low", "high", "standard_error"))
    assert (high - low) / 2 == pytest.approx(1.959964 * error)

    estimates = result.table("estimates").to_pylist()
    for row in estimates:
        if (row["subject"], row["source"], row["measure_kind"]) == (pleased, "perceived", "overall"):
            row |= {"value": None, "low": None, "high": None, "standard_error": None, "status": "too_few", "n": 3}
    hidden = dict(result.tables) | {"estimates": pa.Table.from_pylist(estimates, result.table("estimates").schema)}
    told = protect_result(hidden, load_method()[0])["diagnostics"].to_pylist()
    assert {row["subject"] for row in told if row["piece"] == "gap"} == set(gaps) - {pleased}
