"""The weighting options of `parvis estimate`, on files as people make them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from parvis.cli import main

# age, sex, base weight, answer; semicolons, and an age that nobody of the sample has
ROWS = "âge;sexe;w;q\n60+;f;1;1\n15-59;f;1;2\n15-59;f;1;3\n60+;m;1;4\n15-59;m;1;5\n60+;m;2;4\n"
AGES = "âge,total\n15-59,70\n60+,20\n75+,10\n"
SEXES = "sexe;total\nf;60\nm;40\n"
LADDER = "variable,level,into\nâge,75+,60+\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {"d.csv": ROWS, "ages.csv": AGES, "sexes.csv": SEXES, "ladder.csv": LADDER}.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*more: str) -> Result:
    line = ["estimate", "d.csv", "--value", "q", "--weight", "w", *more, "-o", "out.json"]
    return CliRunner().invoke(main, line, env={"PARVIS_LANGUAGE": "en"})


def estimate_of(folder: Path) -> float:
    (row,) = json.loads((folder / "out.json").read_text("utf-8"))
    return float(row["estimate"])


def diagnostics(path: Path) -> dict[str, dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        return {row["measure"]: row for row in csv.DictReader(stream)}


def test_a_level_that_nobody_has_is_refused_then_merged_by_the_ladder(folder: Path) -> None:
    refused = run("--rake", "ages.csv", "--rake", "sexes.csv")
    assert refused.exit_code == 2
    assert "the level “75+” of “âge” has a total but no row in the sample." in refused.stderr

    done = run("--rake", "ages.csv", "--rake", "sexes.csv", "--collapse", "ladder.csv", "--diagnostics", "d.out.csv")

    assert (done.exit_code, "Merged: âge, 75+ → 60+." in done.stderr) == (0, True)
    told = diagnostics(folder / "d.out.csv")
    assert (told["merged 75+"]["subject"], told["merged 75+"]["text"]) == ("âge", "60+")
    assert float(told["gap_after"]["value"]) < 1e-9
    assert float(told["responses"]["value"]) == 6


def test_margins_that_disagree_are_refused_then_rescaled(folder: Path) -> None:
    (folder / "sexes.csv").write_text("sexe;total\nf;66\nm;44\n", "utf-8")
    asked = ("--rake", "ages.csv", "--rake", "sexes.csv", "--collapse", "ladder.csv")

    assert "these margins do not share one total: 100 and 110." in run(*asked).stderr
    assert run(*asked, "--rescale").exit_code == 0


def test_a_blank_is_refused_then_spread(folder: Path) -> None:
    (folder / "d.csv").write_text(ROWS + ";f;1;2\n", "utf-8")
    asked = ("--rake", "ages.csv", "--rake", "sexes.csv", "--collapse", "ladder.csv")

    refused = run(*asked)
    assert (refused.exit_code, "“âge” has empty cells (1 in all)" in refused.stderr) == (2, True)
    assert run(*asked, "--missing", "impute").exit_code == 0
    assert 2 < estimate_of(folder) < 4


def test_factors_stay_within_their_bounds_or_the_total_out_of_reach_is_named(folder: Path) -> None:
    asked = ("--rake", "ages.csv", "--rake", "sexes.csv", "--collapse", "ladder.csv")

    assert run(*asked, "--factor-bounds", "0.5,2", "--diagnostics", "d.out.csv").exit_code == 0
    assert float(diagnostics(folder / "d.out.csv")["largest_over_smallest"]["value"]) <= 4
    tight = run(*asked, "--factor-bounds", "0.99,1.01")
    assert (tight.exit_code, "INFEASIBLE: the total 70 of the level “15-59”" in tight.stderr) == (2, True)


@pytest.mark.parametrize("option", ["--trim", "--factor-bounds"])
@pytest.mark.parametrize("bounds", ["2,3", "abc", "1", "0.5,2,3", "0.5,inf"])
def test_bounds_that_are_none_are_refused(folder: Path, option: str, bounds: str) -> None:
    done = run("--rake", "sexes.csv", option, bounds)

    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
