"""`parvis estimate` as a statistician meets it: files in, files out, refusals in plain words."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from parvis.cli import main

COLUMNS = [
    "value",
    "level",
    "n",
    "n_effective",
    "estimate",
    "standard_error",
    "low",
    "high",
    "degrees_of_freedom",
    "status",
    "reason",
]
ANSWERS = """organisation;sex;q1;good;w
01001;f;4;1;1
01001;m;2;0;2
01001;f;;1;1
02002;m;5;1;1
02002;f;3;0;3
"""


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARVIS_LANGUAGE", "en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "answers.csv").write_text(ANSWERS, "utf-8")
    (tmp_path / "sex.csv").write_text("sex,total\nf,520\nm,480\n", "utf-8")
    return tmp_path


def run(folder: Path, *arguments: str, data: str = "answers.csv", out: str = "out.csv") -> Result:
    return CliRunner().invoke(main, ["estimate", str(folder / data), *arguments, "-o", str(folder / out)])


def rows(folder: Path, *arguments: str, data: str = "answers.csv") -> list[dict[str, str]]:
    result = run(folder, *arguments, data=data)
    assert result.exit_code == 0, result.output
    with (folder / "out.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_columns_are_the_keys_then_the_figures(folder: Path) -> None:
    found = rows(folder, "--value", "q1", "--by", "organisation", "--by", "sex")

    assert list(found[0]) == ["organisation", "sex", *COLUMNS]
    assert [(row["organisation"], row["sex"], row["estimate"]) for row in found] == [
        ("01001", "f", "4.0"),
        ("01001", "m", "2.0"),
        ("02002", "f", "3.0"),
        ("02002", "m", "5.0"),
    ]


def test_a_weighted_mean_by_hand(folder: Path) -> None:
    """Weights 1, 2, 1, 3 on 4, 2, 5, 3: 22/7; variance 4/3 × Σ(w (y − 22/7))² / 49."""
    (found,) = rows(folder, "--value", "q1", "--weight", "w")
    mean = 22 / 7
    squares = (4 - mean) ** 2 + (2 * (2 - mean)) ** 2 + (5 - mean) ** 2 + (3 * (3 - mean)) ** 2

    assert float(found["estimate"]) == pytest.approx(mean, rel=1e-9)
    assert float(found["standard_error"]) == pytest.approx((4 / 3 * squares / 49) ** 0.5, rel=1e-9)
    assert float(found["n_effective"]) == pytest.approx(49 / 15, rel=1e-9)
    assert (found["n"], found["degrees_of_freedom"], found["level"]) == ("4", "3.0", "")


def test_shares_of_a_choice_have_one_row_per_level(folder: Path) -> None:
    found = rows(folder, "--value", "sex", "--value", "good", "--share")

    assert [(row["value"], row["level"], row["n"], row["estimate"]) for row in found] == [
        ("sex", "f", "5", "0.6"),
        ("sex", "m", "5", "0.4"),
        ("good", "", "5", "0.6"),
    ]


def test_a_share_has_wilson_limits(folder: Path) -> None:
    """Wilson, 3 of 5: (0.6 + z²/10 ± z √(0.24/5 + z²/100)) / (1 + z²/5)."""
    (found,) = rows(folder, "--value", "good", "--share")
    z = 1.959963984540054
    centre, half = 0.6 + z * z / 10, z * (0.24 / 5 + z * z / 100) ** 0.5

    assert float(found["low"]) == pytest.approx((centre - half) / (1 + z * z / 5))
    assert float(found["high"]) == pytest.approx((centre + half) / (1 + z * z / 5))


def test_a_french_spreadsheet_is_read_as_it_is(folder: Path) -> None:
    """Semicolons, decimal commas, a byte order mark, a separator inside a quoted name."""
    (folder / "fr.csv").write_text('\ufeff"Durée, en min, arrondie";Âge\n1,5;15-34\n2,5;60+\n;60+\n5;15-34\n', "utf-8")

    young, old = rows(folder, "--value", "Durée, en min, arrondie", "--by", "Âge", data="fr.csv")

    assert (young["Âge"], young["value"], young["n"]) == ("15-34", "Durée, en min, arrondie", "2")
    assert (young["estimate"], old["estimate"], old["degrees_of_freedom"]) == ("3.25", "2.5", "")

    (folder / "fr.csv").write_text("coût;site\n1 204,5;a\n11\u202f000;a\nNaN;a\n", "utf-8")
    (cost,) = rows(folder, "--value", "coût", data="fr.csv")
    assert (cost["n"], cost["estimate"]) == ("2", "6102.25")


def test_codes_keep_their_zeros_in_margins_too(folder: Path) -> None:
    (folder / "codes.csv").write_text("dep,q\n01,1\n02,3\n", "utf-8")
    (folder / "dep.csv").write_text("dep,total\n01,30\n02,10\n", "utf-8")

    (found,) = rows(folder, "--value", "q", "--rake", str(folder / "dep.csv"), data="codes.csv")

    assert float(found["estimate"]) == pytest.approx(1.5)


def test_raking_meets_the_margins(folder: Path) -> None:
    (found,) = rows(folder, "--value", "sex", "--share", "--rake", str(folder / "sex.csv"), "--by", "sex")[:1]
    total = rows(folder, "--value", "w", "--statistic", "total", "--rake", str(folder / "sex.csv"))

    assert found["estimate"] == "1.0"
    assert float(total[0]["estimate"]) == pytest.approx(520 * 5 / 3 + 480 * 1.5)


def test_the_gate_blanks_what_the_status_flags(folder: Path) -> None:
    (shown,) = rows(folder, "--value", "q1")
    (blank,) = rows(folder, "--value", "q1", "--gate")

    assert (shown["status"], shown["estimate"]) == ("too_few", "3.5")
    assert (blank["status"], blank["estimate"], blank["n"]) == ("too_few", "", "4")


def test_parquet_in_json_out(folder: Path) -> None:
    pq.write_table(pa.table({"q": [1, 2, None, 6], "x": [1.5, math.nan, 3.5, 4.0]}), folder / "answers.parquet")

    result = run(folder, "--value", "q", "--value", "x", data="answers.parquet", out="out.json")

    assert result.exit_code == 0
    found, with_nan = json.loads((folder / "out.json").read_text("utf-8"))
    assert (found["n"], found["estimate"], found["level"]) == (3, 3.0, None)
    assert (with_nan["n"], with_nan["estimate"]) == (3, 3.0)  # the file's own bounds do not tell of its NaN
    refused = run(folder, "--value", "q", "--weight", "x", data="answers.parquet")
    assert refused.output.startswith(
        "file answers.parquet, column x: some weights are missing, empty or NaN (1 in all)"
    )


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        ("q,w\n1,-2\n2,1\n", ["--value", "q", "--weight", "w"], "negative (the lowest: -2)"),
        ("q,w\n1,inf\n2,1\n", ["--value", "q", "--weight", "w"], "infinite"),
        ("q,w\n1,\n2,1\n", ["--value", "q", "--weight", "w"], "some weights are missing, empty or NaN (1 in all)"),
        ("q,w\n1,NaN\n2,1\n", ["--value", "q", "--weight", "w"], "some weights are missing, empty or NaN (1 in all)"),
        ("q,w\n1,1\nseven,1\n", ["--value", "q"], "“seven”"),
        ("q,w\n1,1\n2,1\n", ["--value", "p"], "column “p” is not in the data"),
        ("q,w\n1,1\n2,1\n", ["--value", "q", "--trim", "3"], "--trim “3” cannot be read"),
        ("q,w\n1,1\n2,1\n", ["--value", "q", "--trim", "3,2"], "do not stand on both sides of 1"),
        ("q,w\n1,1\n2,1\n", ["--value", "q", "--confidence", "95"], "confidence level 95 is impossible"),
        ("q,w\n1,1\n2,1\n", ["--value", "q", "--statistic", "ratio"], "go together"),
        ("q,h\n1,a\n2,\n", ["--value", "q", "--strata", "h"], "“h” has empty cells (1 in all)"),
        ("q,n\n1,5\n2,6\n", ["--value", "q", "--fpc", "n"], "(5 to 6)"),
        ("q,n\n1,1\n2,1\n", ["--value", "q", "--fpc", "n"], "2 sampled units for a population of 1"),
        ("level,q\n1,5\n2,6\n", ["--value", "q", "--by", "level"], "also a column of the results"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(folder: Path, content: str, arguments: list[str], said: str) -> None:
    (folder / "bad.csv").write_text(content, "utf-8")

    result = run(folder, *arguments, data="bad.csv")

    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert not (folder / "out.csv").exists()


def test_every_fault_has_its_line(folder: Path) -> None:
    (folder / "bad.csv").write_text("q,w\nx,-1\n1,inf\n", "utf-8")

    result = run(folder, "--value", "q", "--weight", "w", data="bad.csv")

    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 3


def test_margins_at_fault_are_named(folder: Path) -> None:
    (folder / "age.csv").write_text("age,total\ny,1\n", "utf-8")
    (folder / "sexes.csv").write_text("sex,total\nf,50\nx,50\n", "utf-8")
    (folder / "crossed.csv").write_text("sex,good,total\nf,0,1\nf,1,1\nm,0,1\nm,1,1\n", "utf-8")

    absent = run(folder, "--value", "q1", "--rake", str(folder / "age.csv"))
    level = run(folder, "--value", "q1", "--rake", str(folder / "sexes.csv"))
    totals = run(folder, "--value", "q1", "--rake", str(folder / "sex.csv"), "--rake", str(folder / "crossed.csv"))

    assert (absent.exit_code, level.exit_code, totals.exit_code) == (2, 2, 2)
    assert "“age”" in absent.output
    assert "sexes.csv" in level.output
    assert "“x” of “sex” has a total but no row" in level.output
    assert "(f): 520 and 2" in totals.output


def test_help_is_in_both_languages() -> None:
    shown = CliRunner().invoke(main, ["estimate", "--help"]).output

    assert "Rien n’est masqué" in shown
    assert "Nothing is hidden" in shown
