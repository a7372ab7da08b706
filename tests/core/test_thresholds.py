"""Every threshold stands in the method file, once: another number there gives another figure."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from parvis.core.bundle import Dataset, Result
from parvis.core.figures.evolution import evolution
from parvis.core.figures.scoring import Scoring, score_observations
from parvis.core.figures.standings import standings
from parvis.core.figures.tally.engine import opened
from parvis.core.instruments.method import load_method, read_method
from parvis.core.pipeline import score_edition
from parvis.core.vocabulary import Text
from tests.core.datasets import answer, criterion, dataset, observation, organisation, place, random_rows
from tests.core.test_pipeline import full_rows


def with_choice(section: str, key: str, value: str) -> str:
    """The shipped method with one choice altered."""
    text = load_method()[1]
    before, rest = text.split(f"[{section}]\n", 1)
    altered, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", rest, count=1)
    assert count == 1
    return f"{before}[{section}]\n{altered}"


def scored(given: Dataset, section: str, key: str, value: str) -> Result:
    return score_edition(given, read_method(with_choice(section, key, value)))


def unlike_peers() -> dict[str, list[dict[str, Any]]]:
    """Twenty-four organisations of one category, from bad to good, with five to eight calls each."""
    dice = random.Random(2)  # noqa: S311 - a test draws no secret
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("organisations", "places", "observations")}
    rows |= {"criteria": [criterion("a"), criterion("b")], "answers": []}
    for number in range(24):
        name, quality = f"s{number:02}", 0.2 + 0.025 * number
        rows["organisations"].append(organisation(name))
        rows["places"].append(place(f"{name}-1", name))
        for turn in range(5 + number % 4):
            rows["observations"].append(observation(f"{name}-{turn}", name))
            rows["answers"] += [
                answer(f"{name}-{turn}", code, min(1.0, max(0.0, round(dice.gauss(quality, 0.15), 3)))) for code in "ab"
            ]
    return rows


@pytest.fixture(scope="module")
def peers() -> Dataset:
    return dataset(**unlike_peers())


@pytest.fixture(scope="module")
def usual_peers(peers: Dataset) -> Result:
    return score_edition(peers)


@pytest.fixture(scope="module")
def citizens() -> Dataset:
    """Citizens' answers about three organisations, and next to no contact."""
    rows = full_rows(6, organisations=3)
    kept = ("organisations", "places", "criteria", "questions", "responses", "margins")
    return dataset(**{name: rows[name] for name in kept})


@pytest.fixture(scope="module")
def usual_citizens(citizens: Dataset) -> Result:
    return score_edition(citizens)


@pytest.fixture(scope="module")
def scoring(peers: Dataset) -> Iterator[Scoring]:
    with opened() as engine:
        yield score_observations(engine, peers, load_method()[0])


@pytest.mark.parametrize(
    ("section", "key", "value", "table"),
    [
        ("ranking", "method", '"bonferroni"', "ranks"),
        ("ranking", "draws", "100", "ranks"),
        ("ranking", "step_down_limit", "2", "ranks"),
        ("ranking", "rankability", "1", "diagnostics"),
        ("scores", "tie_tolerance", "0", "ranks"),
        ("minimum", "organisations_to_rank", "100", "ranks"),
        ("minimum", "contacts_to_compare", "8", "ranks"),
        ("minimum", "organisations_to_band", "100", "bands"),
        ("bands", "winsorise", "0.3", "bands"),
        ("bands", "cut_points", "[0.2, 0.4, 0.6]", "bands"),
    ],
)
def test_another_number_gives_another_standing(
    scoring: Scoring, section: str, key: str, value: str, table: str
) -> None:
    usual, other = load_method()[0], read_method(with_choice(section, key, value))
    before, after = (getattr(standings(scoring, method, 7), table) for method in (usual, other))
    assert not after.equals(before)


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [("minimum", "contacts_indicative", "12"), ("minimum", "peers", "60"), ("disclosure", "organisations", "60")],
)
def test_another_number_gives_another_estimate(
    peers: Dataset, usual_peers: Result, section: str, key: str, value: str
) -> None:
    found = scored(peers, section, key, value).table("estimates")
    assert not found.equals(usual_peers.table("estimates"))


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("gate", "effective_size", "1000"),
        ("gate", "width", "0.01"),
        ("gate", "relative_width", "0.01"),
        ("disclosure", "respondents", "150"),
        ("disclosure", "dominance", "0.3"),
        ("disclosure", "prior", "100"),
        ("disclosure", "respondents_national", "1000"),
        ("consultation", "trim_high", "1.01"),
    ],
)
def test_another_number_gives_another_figure_of_citizens(
    citizens: Dataset, usual_citizens: Result, section: str, key: str, value: str
) -> None:
    before = usual_citizens.table("estimates")
    assert not scored(citizens, section, key, value).table("estimates").equals(before)


def test_the_gate_marks_few_degrees_of_freedom_and_keeps_n(citizens: Dataset) -> None:
    rows = scored(citizens, "gate", "degrees_of_freedom", "1000").table("estimates").to_pylist()
    shown = [row for row in rows if row["source"] == "perceived" and row["status"] == "published"]
    assert shown
    assert all("INDICATIVE" in row["reason"] for row in shown)
    closed = scored(citizens, "gate", "effective_size", "1000").table("estimates").to_pylist()
    gone = [row for row in closed if row["source"] == "perceived"]
    assert {(row["status"], row["value"]) for row in gone} == {("too_few", None)}
    assert max(row["n"] for row in gone) > 250


@pytest.fixture(scope="module")
def two_editions() -> tuple[Dataset, Dataset, Any]:
    """An edition, the one before, and what the shipped method says of their difference."""
    given = dataset(**random_rows(5, organisations=8, contacts=9))
    previous = dataset(**random_rows(55, organisations=8, contacts=9))
    return given, previous, score_edition(given, previous=previous).table("changes")


@pytest.mark.parametrize(("key", "value"), [("margin", "50"), ("level", "0.5"), ("family", '"holm"')])
def test_another_number_gives_another_change(two_editions: tuple[Dataset, Dataset, Any], key: str, value: str) -> None:
    given, previous, usual = two_editions
    with opened() as engine:
        found = evolution(engine, given, previous, read_method(with_choice("change", key, value)))
    if key != "family":
        assert not found.equals(usual)
        return
    # Holm never tells more changes than Benjamini and Hochberg
    assert told(found) <= told(usual)


def told(changes: Any) -> set[tuple[str, str]]:
    rows = changes.to_pylist()
    return {(row["subject"], row["measure"]) for row in rows if row["verdict"] in ("up", "down")}


def test_the_expected_range_holds_the_scores_of_the_middle_band_and_no_other(usual_peers: Result) -> None:
    usual = usual_peers
    scores = {
        (row["subject"], row["measure"]): row["value"]
        for row in usual.table("estimates").to_pylist()
        if row["subject_kind"] == "organisation" and row["measure_kind"] in ("overall", "channel")
    }
    rows = usual.table("bands").to_pylist()
    assert {row["band"] for row in rows} >= {"expected"}
    for row in rows:
        score = scores[row["organisation"], row["measure"]]
        assert 0 <= row["expected_low"] < row["expected_high"] <= 100
        assert (row["expected_low"] <= score <= row["expected_high"]) == (row["band"] == "expected")


def test_changes_are_told_by_stage_and_determinant_too(two_editions: tuple[Dataset, Dataset, Any]) -> None:
    found = two_editions[2].to_pylist()
    measures = {row["measure"] for row in found if row["subject_kind"] == "organisation"}
    assert {"overall", "phone", "access", "courtesy"} <= measures
    keys = [(row["subject_kind"], row["subject"], row["measure"]) for row in found]
    assert len(keys) == len(set(keys))


def test_labels_of_questions_travel_with_the_result(usual_citizens: Result) -> None:
    found = usual_citizens.table("questions")["question"].to_pylist()
    assert sorted(found) == ["channel_used", "satisfaction", "wait"]


def noting(kind: type, read: set[tuple[type, str]]) -> Callable[[Any, str], Any]:
    def look(self: Any, name: str) -> Any:
        read.add((kind, name))
        return object.__getattribute__(self, name)

    return look


def test_every_choice_of_the_method_is_read_by_what_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    method, read = load_method()[0], set[tuple[type, str]]()
    sections = {type(part) for each in fields(method) if is_dataclass(part := getattr(method, each.name))} - {Text}
    rows, before = full_rows(3, organisations=24), full_rows(4, organisations=24)
    given, previous = dataset(**rows), dataset(**before)
    for kind in sections:
        monkeypatch.setattr(kind, "__getattribute__", noting(kind, read))

    score_edition(given, method, previous=previous)

    monkeypatch.undo()
    unread = {(kind.__name__, each.name) for kind in sections for each in fields(kind) if (kind, each.name) not in read}
    assert unread == {("Trophies", "minimum_contacts"), ("Trophies", "minimum_responses")}  # read by the site
