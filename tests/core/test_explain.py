"""The steps behind a figure, in words that can be checked by hand."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pytest

from parvis.core.bundle import ORGANISER_ONLY, Result
from parvis.core.bundle.result_tables import DIAGNOSTICS
from parvis.core.explain import explain
from parvis.core.pipeline import score_edition
from parvis.core.vocabulary import ParvisError
from tests.core.datasets import answer, criterion, dataset, observation, organisation, place, random_dataset
from tests.core.test_pipeline import Rows, full_rows, severe_edition


@pytest.fixture(scope="module")
def result() -> Result:
    return score_edition(
        dataset(
            organisations=[organisation("a/b", name="Mairie d’Essai"), organisation("c")],
            places=[place("a/b-1", "a/b"), place("c-1", "c")],
            criteria=[
                criterion("x", label_fr="Accueil", label_en="Welcome", source="charte"),
                criterion("y", critical=True),
            ],
            observations=[
                observation("1", "a/b"),
                observation("2", "a/b"),
                observation("3", "a/b", outcome="not_reached"),
                observation("4", "a/b", outcome="our_failure"),
            ],
            answers=[answer("1", "x", 1.0), answer("2", "x", 0.5), answer("1", "y", 0.0), answer("2", "y", None)],
        )
    )


def words(result: Result, what: str, language: str = "en") -> list[str]:
    (figure,) = explain(result, what)
    return [step.in_language(language) for step in figure.steps]


def test_a_criterion_says_its_sums(result: Result) -> None:
    assert words(result, "a/b/phone/x")[:5] == [
        "Welcome (source: charte).",
        "Marked in 2 contact(s) that were reached: total 1.50.",
        "Not reached: 1, which count 0.00 in all.",
        "100 × 1.50 / 3 = 50.0; “not applicable” counts nowhere.",
        "Weight in its grid: 1.00.",
    ]
    assert "Critère critique : montré à part, hors de toute note." in words(result, "a/b/phone/y", "fr")


def test_a_channel_says_its_places_and_an_organisation_its_channels(result: Result) -> None:
    assert words(result, "a/b/phone")[0] == (
        "Place a/b-1: mean 50.0 (3 contacts, 1 of them not reached, 1 excluded by our fault), weight 100.0 %."
    )
    assert words(result, "a/b", "fr")[:2] == ["Mairie d’Essai", "Téléphone : 50,0 × poids 100,0 % (3 contacts)."]


def test_an_organisation_without_a_figure_says_so(result: Result) -> None:
    assert words(result, "c")[-1] == "No published figure (not_measured)."


def test_a_side_view_says_its_weighted_sum_and_over_all_channels_their_weights() -> None:
    """Every stage and determinant of a random edition follows from the sums that its explanation tells."""
    edition = score_edition(random_dataset(4, organisations=3))
    checked = 0
    for row in edition.table("estimates").to_pylist():
        wanted = (row["subject_kind"], row["measure_kind"] in ("stage", "determinant"), row["value"] is not None)
        if wanted != ("organisation", True, True):
            continue
        (figure,) = explain(edition, f"{row['subject']}/{row['channel'] or 'overall'}/{row['measure']}")
        said = " ".join(step.en for step in figure.steps)
        if row["channel"]:
            earned, possible = map(float, re.findall(r"100 × ([\d.]+) / ([\d.]+)\.", said)[0])
            assert 100 * earned / possible == pytest.approx(row["value"], abs=0.1)
        else:
            parts = [
                (float(value), float(weight)) for value, weight in re.findall(r"([\d.]+) × weight ([\d.]+) %", said)
            ]
            assert sum(value * weight for value, weight in parts) / 100 == pytest.approx(row["value"], abs=0.2)
        checked += 1
    assert checked > 50


def test_every_figure_of_a_result_has_its_steps() -> None:
    edition = score_edition(dataset(**full_rows(1, organisations=3)))
    for row in edition.table("estimates").to_pylist():
        part = "perceived" if row["source"] == "perceived" else row["channel"] or "overall"
        measure = "" if row["measure_kind"] in ("overall", "channel") else f"/{row['measure']}"
        figure = explain(edition, f"{row['subject']}/{part}{measure}")[0]
        assert len(figure.steps) > 1, (row, figure)
        shown = "No published figure" if row["value"] is None else "Result: "
        assert any(step.en.startswith(shown) for step in figure.steps), (row, figure)
    assert "1 − 2 × it" in words(edition, "nation/participation")[0]
    assert words(edition, "s0000/participation")[0].startswith("All: opened ")
    assert " ring(s): " in words(edition, "s0000/phone/pick_up")[0]


def where(row: dict[str, Any]) -> str:
    """What to ask about a row of diagnostics."""
    of_all = {"observers": "nation/observers", "disclosure": "nation/disclosure"}
    part = {"participation": "/participation", "weighting": "/weighting"}.get(row["piece"], "")
    return f"{row['subject']}{part}" if row["subject"] else of_all[row["piece"]]


def with_diagnostics(edition: Result, rows: list[dict[str, Any]]) -> Result:
    table = pa.Table.from_pylist(rows, DIAGNOSTICS.schema())
    return Result(edition.manifest, {**edition.tables, "diagnostics": table})


def of_everybody() -> Rows:
    """Totals of a territory that is nobody's own."""
    rows = full_rows(6, organisations=5)
    return rows | {"margins": [row | {"territory": "FR"} for row in rows["margins"]]}


@pytest.mark.parametrize(
    "rows",
    [full_rows(6, organisations=5), of_everybody(), severe_edition(0.3)],
    ids=["citizens", "everybody", "observers"],
)
def test_every_row_of_the_diagnostics_is_told(rows: Rows) -> None:
    """A number is told as it is or as a percentage; a verdict changes words, and an answer out of reach has none."""
    edition = score_edition(dataset(**rows))
    gaps = [
        {"piece": "gap", "subject": "s0000", "measure": measure, "value": 0.0, "text": "no_clear_gap"}
        for measure in ("perceived_minus_observed", "standard_error", "low", "high")
    ]
    numbers = [
        row | {"value": None if row["value"] is None else 70_001.0 + at}  # one that stands nowhere else
        for at, row in enumerate(edition.table("diagnostics").to_pylist() + gaps)
    ]
    edition = with_diagnostics(edition, numbers)
    said = {what: " ".join(step.en for each in explain(edition, what) for step in each.steps)
            for what in {where(row) for row in numbers}}  # fmt: skip
    told = {name: set(re.findall(r"\d+", text)) for name, text in said.items()}
    for row in numbers:
        if row["value"] is None or row["measure"] in ("material", "connected"):
            continue
        assert {f"{row['value']:.0f}", f"{100 * row['value']:.0f}"} & told[where(row)], row
    assert len(numbers) > 20


def test_what_an_edition_says_of_its_observers_its_ranks_and_what_it_hides() -> None:
    rows = severe_edition(0.3)
    edition = score_edition(dataset(**rows))
    observers = words(edition, "nation/observers")
    assert observers[:2] == [
        "180 reached contacts of 6 observers.",
        "Contacts behind an organisation's score: median 6.0.",
    ]
    assert any(step.endswith("the score is corrected beside.") for step in observers)
    assert re.fullmatch(r"Corrected score − raw score: -?\d\.\d\.", words(edition, "s0000")[-2])
    assert any(step.startswith("Ranks of 15 organisations: variance of true scores ") for step in words(edition, "c0"))
    assert words(edition, "nation/disclosure") == ["0 hidden figures."]
    with pytest.raises(ParvisError) as refused:
        explain(edition, "nation/weighting")  # nobody gave a population
    assert refused.value.messages("en")[0].endswith(
        "Present: phone, overall, perceived, participation, observers, disclosure."
    )
    turned = edition.table("diagnostics").to_pylist()
    other = with_diagnostics(
        edition, [row | {"value": 0.0} if row["measure"] in ("material", "connected") else row for row in turned]
    )
    assert set(words(other, "nation/observers")) - set(observers) == {
        next(step.replace("corrected beside", "not corrected") for step in observers if "corrected" in step),
        "Some groups saw no organisation in common: their severities cannot be compared.",
    }


def test_the_star_stands_for_all(result: Result) -> None:
    assert [figure.title for figure in explain(result, "*/*/*")] == ["a/b/phone/x", "a/b/phone/y"]
    assert [figure.title for figure in explain(result, "*")] == ["a/b", "c"]


@pytest.mark.parametrize(
    ("what", "code"),
    [("zz", "unknown_organisation"), ("a/b/email", "unknown_channel"), ("a/b/phone/zz", "unknown_criterion")],
)
def test_what_does_not_exist_is_refused_with_what_does(result: Result, what: str, code: str) -> None:
    with pytest.raises(ParvisError) as error:
        explain(result, what)
    assert error.value.faults[0].code == code


def test_a_result_without_its_steps_cannot_be_explained(result: Result) -> None:
    shared = {name: result.table(name) for name in result.tables if name not in ORGANISER_ONLY}
    with pytest.raises(ParvisError) as error:
        explain(Result(result.manifest, shared), "c")
    assert error.value.faults[0].code == "no_steps"
