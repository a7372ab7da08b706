"""The demonstration: the same for the same seed, invented and saying so, and its truth found again by the pipeline."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np

from parvis.cli.demonstration.names import MARK, body_name
from parvis.core.bundle import Result, fingerprint, read_dataset, read_result
from parvis.core.vocabulary import Status
from tests.journeys.conftest import SIZE, build_demonstration

COUNTED = ("people_journalentry", "jobs_mail", "fieldwork_observation", "consultation_response", "results_scorecard")


def rows(home: Path, question: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(home / "parvis.sqlite3") as database:
        return database.execute(question).fetchall()


def counts(home: Path) -> list[tuple[Any, ...]]:
    return [rows(home, f"SELECT count(*), max(rowid) FROM {table}")[0] for table in COUNTED]  # noqa: S608 - our own names


def result(home: Path) -> Result:
    return read_result(home / "datasets" / "2025-demo" / "result-1")


def truth(home: Path) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads((home / "truth.json").read_text("utf-8"))
    return kept


def rank_correlation(one: list[float], other: list[float]) -> float:
    """Spearman's, no value coming twice.

    >>> rank_correlation([1, 2, 3], [10, 30, 20])
    0.5
    """
    ranks = [np.argsort(np.argsort(values)) for values in (one, other)]
    return round(float(np.corrcoef(ranks[0], ranks[1])[0, 1]), 6)


def test_one_seed_gives_one_dataset_one_result_and_one_truth(homes: tuple[Path, Path]) -> None:
    datasets = {fingerprint(read_dataset(home / "datasets" / "2025-demo" / "dataset-1")) for home in homes}
    assert len(datasets) == 1
    assert len({fingerprint(result(home)) for home in homes}) == 1
    assert len({(home / "truth.json").read_bytes() for home in homes}) == 1


def test_building_again_changes_nothing(homes: tuple[Path, Path]) -> None:
    before = counts(homes[0])
    assert "already built" in build_demonstration(homes[0], seed=99)
    assert counts(homes[0]) == before
    assert all(number for number, _ in before)


def test_every_body_is_invented_says_so_and_has_the_name_of_no_real_one(homes: tuple[Path, Path]) -> None:
    names = [name for (name,) in rows(homes[0], "SELECT name FROM territory_organisation")]
    real = {name for (name,) in rows(homes[0], "SELECT name FROM territory_territory")}
    assert len(names) == len(set(names)) == SIZE
    assert [name for name in names if not name.endswith(f" {MARK}")] == []
    assert [name for name in names if name.removesuffix(MARK).strip() in real] == []
    assert [name for name in names if " de A" in name or " de O" in name] == []  # French elides
    for table in ("editions_edition", "people_person", "territory_organisation"):
        assert rows(homes[0], f"SELECT count(*) FROM {table} WHERE NOT demonstration") == [(0,)]  # noqa: S608 - idem
    assert read_dataset(homes[0] / "datasets" / "2025-demo" / "dataset-1").manifest["demonstration"] is True


def test_a_name_that_begins_with_a_vowel_is_elided() -> None:
    assert body_name("epci", "", "Aiguebrune") == "Communauté de communes d’Aiguebrune (fictif)"
    assert body_name("departement", "", "Montlisse") == "Département de Montlisse (fictif)"


def test_no_letter_of_the_story_is_left_for_a_newcomer_s_terminal(homes: tuple[Path, Path]) -> None:
    assert rows(homes[0], "SELECT count(*) FROM jobs_mail WHERE sent IS NULL") == [(0,)]


def test_the_pipeline_ranks_the_bodies_as_they_truly_are(homes: tuple[Path, Path]) -> None:
    """A floor by reasoning. Bodies spread by 0.55 logit, about 10 points; the errors of some 26 contacts and of three
    observers whose severity spreads by 0.3 logit leave about 5 points. Reliability 100 / (100 + 25) = 0.8, hence a
    correlation of about 0.9 with the truth; over 14 bodies, 0.6 is three standard errors (Fisher's z) below it."""
    quality = truth(homes[0])["quality"]["2025-demo"]
    scores = {
        row["subject"]: row["value"]
        for row in result(homes[0]).table("estimates").to_pylist()
        if (row["subject_kind"], row["source"], row["measure_kind"]) == ("organisation", "observed", "overall")
        and row["channel"] is None
        and row["status"] == Status.PUBLISHED
    }
    assert len(scores) == SIZE
    assert rank_correlation([float(np.mean(quality[key])) for key in scores], list(scores.values())) > 0.6


def test_the_severity_of_observers_is_found_again(homes: tuple[Path, Path]) -> None:
    """Each of the 20 observers files about 18 reports: a standard error of some 3.5 points against a spread of 0.3
    logit, about 6 points. Expected correlation sqrt(36 / (36 + 12)) = 0.87; 0.4 is three standard errors below."""
    severe = truth(homes[0])["severity"]
    found = {row["observer"]: row["severity"] for row in result(homes[0]).table("observers").to_pylist()}
    known = [key for key, severity in found.items() if severity is not None]
    assert len(known) >= 12
    assert abs(rank_correlation([severe[key] for key in known], [found[key] for key in known])) > 0.4
