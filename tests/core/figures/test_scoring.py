"""The chain of the observed score, worked by hand, and what happens at its edges (method 4.1 and section 5)."""

from __future__ import annotations

import math
from typing import Any

import pytest

from parvis.core.bundle import Dataset
from parvis.core.figures.scoring import Scoring, score_observations
from parvis.core.figures.tally.engine import opened
from parvis.core.instruments.method import load_method, read_method
from parvis.core.vocabulary import ParvisError
from tests.core.datasets import answer, criterion, dataset, observation, organisation, place

METHOD = load_method()[1]


def scored(given: Dataset, text: str = METHOD) -> Scoring:
    with opened() as engine:
        return score_observations(engine, given, read_method(text))


def estimates(given: Dataset, text: str = METHOD) -> dict[tuple[str, str, str, str | None], dict[str, Any]]:
    rows = scored(given, text).estimates(0.95).to_pylist()
    return {(row["subject"], row["measure_kind"], row["measure"], row["channel"]): row for row in rows}


def edition(marks: dict[str, list[dict[str, float | None] | str]], channel: str = "phone", **weights: float) -> Dataset:
    """One place per organisation; a contact is its marks by criterion, or its outcome when it was not reached."""
    codes = sorted(
        {code for contacts in marks.values() for each in contacts if isinstance(each, dict) for code in each}
    )
    observations, answers = [], []
    for name, contacts in marks.items():
        for number, contact in enumerate(contacts):
            key = f"{name}-{number}"
            outcome = contact if isinstance(contact, str) else "reached"
            observations.append(observation(key, name, channel, outcome=outcome))
            if isinstance(contact, dict):
                answers += [answer(key, code, mark) for code, mark in contact.items()]
    return dataset(
        organisations=[organisation(name) for name in marks],
        places=[place(f"{name}-1", name) for name in marks],
        criteria=[criterion(code, channel, weights.get(code, 1.0)) for code in codes],
        observations=observations,
        answers=answers,
    )


def test_contact_place_and_organisation_by_hand() -> None:
    # weights 1 and 3: contacts earn 100, 25, 75 and 0 (nobody answered): mean 50, s² = (2500+625+625+2500)/3
    given = edition(
        {"a": [{"x": 1.0, "y": 1.0}, {"x": 1.0, "y": 0.0}, {"x": 0.0, "y": 1.0}, "not_reached"]}, x=1.0, y=3.0
    )
    row = estimates(given)["a", "overall", "overall", None]
    assert row["value"] == pytest.approx(50.0)
    assert row["n"] == 4
    # fewer than five contacts: moderated, here by the only cell there is, which changes nothing but the degrees
    assert row["standard_error"] == pytest.approx(math.sqrt(6250 / 3 / 4))
    assert row["degrees_of_freedom"] == pytest.approx(6.0)
    assert row["reason"] == "MODELLED_SE INDICATIVE"


def test_five_contacts_keep_their_own_error() -> None:
    given = edition({"a": [{"x": 1.0}, {"x": 0.0}, {"x": 1.0}, {"x": 0.0}, {"x": 0.5}]})
    row = estimates(given)["a", "overall", "overall", None]
    assert (row["value"], row["degrees_of_freedom"], row["reason"]) == (50.0, 4.0, "")
    assert row["standard_error"] == pytest.approx(50 / math.sqrt(5))
    assert row["low"] == 0.0  # 50 - 2.776 × 22.36 is under 0: limits stay on the scale, the error does not
    assert row["high"] == 100.0


def test_not_applicable_counts_on_neither_side() -> None:
    given = edition({"a": [{"x": 1.0, "y": None}, {"x": 0.0, "y": 1.0}]})
    found = estimates(given)
    assert found["a", "overall", "overall", None]["value"] == pytest.approx(75.0)  # (100 + 50) / 2
    assert (found["a", "criterion", "y", "phone"]["value"], found["a", "criterion", "y", "phone"]["n"]) == (100.0, 1)


def test_silence_scores_zero_on_the_whole_grid_unless_the_method_says_otherwise() -> None:
    given = edition({"a": [{"x": 1.0, "y": 1.0}, "not_reached"]}, x=1.0, y=1.0)
    assert estimates(given)["a", "overall", "overall", None]["value"] == 50.0
    softer = METHOD.replace("score = 0\ncriteria = {}", 'score = 0\ncriteria = { x = "not_applicable", y = 0.5 }')
    found = estimates(given, softer)
    assert found["a", "overall", "overall", None]["value"] == 75.0
    assert (found["a", "criterion", "x", "phone"]["value"], found["a", "criterion", "x", "phone"]["n"]) == (100.0, 1)
    assert (found["a", "criterion", "y", "phone"]["value"], found["a", "criterion", "y", "phone"]["n"]) == (75.0, 2)


def test_our_failure_is_excluded_and_counted() -> None:
    given = edition({"a": [{"x": 1.0}, "our_failure", "not_reached"]})
    found = scored(given)
    assert found.organisations.step.score.tolist() == [50.0]
    assert (found.places.our_failure.tolist(), found.places.not_reached.tolist()) == ([1], [1])


def test_half_of_the_grid_is_enough_and_less_is_set_aside() -> None:
    half = edition({"a": [{"x": 1.0, "y": None}, {"x": 0.0, "y": 0.0}]}, x=1.0, y=1.0)
    assert scored(half).organisations.step.contacts.tolist() == [2]
    less = edition({"a": [{"x": 1.0, "y": None}, {"x": 0.0, "y": 0.0}]}, x=1.0, y=1.1)
    found = scored(less)
    assert (found.organisations.step.contacts.tolist(), found.places.low_coverage.tolist()) == ([1], [1])
    assert "LOW_COVERAGE" in estimates(less)["a", "overall", "overall", None]["reason"]


def test_a_contact_with_nothing_to_mark_is_counted_and_scores_nothing() -> None:
    found = scored(edition({"a": [{"x": None}, {"x": 1.0}]}))
    assert (found.places.unmarked.tolist(), found.organisations.step.contacts.tolist()) == ([1], [1])


def test_an_organisation_without_contacts_has_no_figure() -> None:
    row = estimates(edition({"a": [{"x": 1.0}], "b": []}))["b", "overall", "overall", None]
    assert (row["value"], row["standard_error"], row["n"], row["status"], row["reason"]) == (
        None,
        None,
        0,
        "not_measured",
        "NO_DATA",
    )


def test_an_error_of_zero_is_never_printed() -> None:
    alike = estimates(edition({"a": [{"x": 1.0}] * 6}))["a", "overall", "overall", None]
    assert (alike["value"], alike["standard_error"], alike["low"], alike["reason"]) == (
        100.0,
        None,
        None,
        "NO_VARIANCE",
    )
    # as soon as like organisations vary, their spread is borrowed
    given = edition({"a": [{"x": 1.0}] * 6, "b": [{"x": 1.0}, {"x": 0.0}, {"x": 0.0}]})
    row = estimates(given)["a", "overall", "overall", None]
    assert row["standard_error"] > 0
    assert row["reason"] == "MODELLED_SE"


def test_a_single_contact_borrows_its_error() -> None:
    given = edition({"a": [{"x": 1.0}], "b": [{"x": 1.0}, {"x": 0.0}]})
    row = estimates(given)["a", "overall", "overall", None]
    assert row["standard_error"] == pytest.approx(math.sqrt(5000))  # the pooled variance of b, with its one degree
    assert (row["degrees_of_freedom"], row["reason"]) == (1.0, "MODELLED_SE INDICATIVE")


def test_determinant_error_is_taken_within_the_cell() -> None:
    # ratio of sums on unequal weights: contacts (num, den) = (1, 1) and (1, 3): R = 1/2, e = (1/2, -1/2)
    given = dataset(
        organisations=[organisation("a")],
        places=[place("a-1", "a")],
        criteria=[criterion("x", weight=1.0), criterion("y", weight=2.0, determinant="courtesy")],
        observations=[observation("1", "a"), observation("2", "a")],
        answers=[answer("1", "x", 1.0), answer("1", "y", None), answer("2", "x", 1.0), answer("2", "y", 0.0)],
    )
    text = METHOD.replace("minimum_share = 0.5", "minimum_share = 0", 1)
    row = estimates(given, text)["a", "determinant", "courtesy", "phone"]
    assert row["value"] == 50.0
    assert row["standard_error"] == pytest.approx(100 * math.sqrt(2 / 1 * 0.5) / 4)
    assert row["degrees_of_freedom"] == 1.0


def test_a_binary_criterion_gets_the_interval_of_wilson() -> None:
    row = estimates(edition({"a": [{"x": 1.0}] * 4 + [{"x": 0.0}]}))["a", "criterion", "x", "phone"]
    assert (row["value"], round(row["low"], 2), round(row["high"], 2)) == (80.0, 37.55, 96.38)


def test_critical_and_subjective_criteria_stand_apart() -> None:
    given = dataset(
        organisations=[organisation("a")],
        places=[place("a-1", "a")],
        criteria=[criterion("x"), criterion("alarm", critical=True), criterion("taste", subjective=True)],
        observations=[observation("1", "a")],
        answers=[answer("1", "x", 1.0), answer("1", "alarm", 0.0), answer("1", "taste", 0.0)],
    )
    found = estimates(given)
    assert found["a", "overall", "overall", None]["value"] == 100.0
    assert found["a", "determinant", "courtesy", "phone"]["value"] == 100.0
    assert found["a", "criterion", "alarm", "phone"]["value"] == 0.0
    assert found["a", "criterion", "taste", "phone"]["value"] == 0.0


def two_places(method: str) -> float:
    given = dataset(
        method,
        organisations=[organisation("a")],
        places=[place("a-1", "a", weight=3.0), place("a-2", "a", kind="annexe", weight=1.0)],
        criteria=[criterion("x")],
        observations=[
            observation("1", "a"),
            observation("2", "a"),
            observation("3", "a", place="a-2"),
        ],
        answers=[answer("1", "x", 1.0), answer("2", "x", 1.0), answer("3", "x", 0.0)],
    )
    return float(scored(given, method).organisations.step.score[0])


def test_places_count_the_same_or_as_declared() -> None:
    assert two_places(METHOD) == 50.0
    assert two_places(METHOD.replace('weights = "equal"', 'weights = "declared"')) == 75.0


def three_channels(**facts: Any) -> Dataset:
    return dataset(
        organisations=[organisation("a", **facts)],
        places=[place("a-1", "a")],
        criteria=[criterion("p", "phone"), criterion("e", "email")],
        observations=[
            *(observation(f"p{n}", "a", "phone") for n in range(3)),
            *(observation(f"e{n}", "a", "email") for n in range(3)),
        ],
        answers=[
            *(answer(f"p{n}", "p", mark) for n, mark in enumerate((1.0, 1.0, 0.4))),
            *(answer(f"e{n}", "e", mark) for n, mark in enumerate((0.0, 0.5, 0.1))),
        ],
    )


def test_channels_share_the_weight_of_those_that_do_not_exist() -> None:
    found = scored(three_channels(channels="phone email"))
    assert found.organisations.step.score.tolist() == pytest.approx([(80 + 20) / 2])
    assert (found.organisations.gap.tolist(), found.organisations.comparable.tolist()) == ([0.0], [True])


def test_a_planned_channel_without_contacts_is_a_gap() -> None:
    found = scored(three_channels(channels="phone email visit"))
    assert found.organisations.step.score.tolist() == pytest.approx([50.0])
    assert found.organisations.gap.tolist() == pytest.approx([1 / 3])
    assert found.organisations.comparable.tolist() == [False]
    row = estimates(three_channels(channels="phone email visit"))["a", "overall", "overall", None]
    assert "NOT_COMPARABLE" in row["reason"]


def test_the_organisation_adds_errors_with_the_degrees_of_satterthwaite() -> None:
    found = scored(three_channels())
    parts = found.channels.step
    spread = parts.standard_error**2 / 4
    assert found.organisations.step.standard_error[0] == pytest.approx(math.sqrt(spread.sum()))
    assert found.organisations.step.degrees[0] == pytest.approx(spread.sum() ** 2 / (spread**2 / parts.degrees).sum())


def test_categories_and_nation_are_plain_means_of_their_organisations() -> None:
    marks = {"a": [{"x": 1.0}, {"x": 0.0}, {"x": 1.0}], "b": [{"x": 0.0}, {"x": 0.0}, {"x": 1.0}]}
    found = estimates(edition(marks))
    each = [found[name, "overall", "overall", None] for name in "ab"]
    nation = found["nation", "overall", "overall", None]
    assert nation["value"] == pytest.approx(sum(row["value"] for row in each) / 2)
    assert nation["standard_error"] == pytest.approx(math.hypot(*(row["standard_error"] for row in each)) / 2)
    assert found["communes", "overall", "overall", None]["value"] == nation["value"]


def test_a_second_coding_of_a_contact_is_not_a_contact() -> None:
    rows = [observation("1", "a"), observation("2", "a", double_of="1", observer="o2")]
    given = dataset(
        organisations=[organisation("a")],
        places=[place("a-1", "a")],
        criteria=[criterion("x")],
        observations=rows,
        answers=[answer("1", "x", 1.0), answer("2", "x", 0.0)],
    )
    row = estimates(given)["a", "overall", "overall", None]
    assert (row["value"], row["n"]) == (100.0, 1)


def test_a_criterion_of_another_channel_is_refused() -> None:
    given = edition({"a": [{"x": 1.0}]})
    moved = dataset(
        organisations=given.tables["organisations"].to_pylist(),
        places=given.tables["places"].to_pylist(),
        criteria=[criterion("x", "email")],
        observations=given.tables["observations"].to_pylist(),
        answers=given.tables["answers"].to_pylist(),
    )
    with pytest.raises(ParvisError, match="another channel"):
        scored(moved, METHOD.replace("minimum_share = 0.5", "minimum_share = 0", 1))


def test_a_method_that_names_a_criterion_that_is_not_there_is_refused() -> None:
    text = METHOD.replace("\nweights = {}", "\nweights = { zz = 2 }")
    with pytest.raises(ParvisError, match="zz"):
        scored(edition({"a": [{"x": 1.0}]}), text)
