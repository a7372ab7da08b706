"""The commands that compare: files in, files out, keys kept as written, every fault told, never a traceback."""

from __future__ import annotations

import csv
import json

import pytest
from click.testing import CliRunner

from parvis.cli import main

ESTIMATES = "code;cat;score;se;df\n" + "".join(f"{i:05d};{'AB'[i % 2]};{50 + 3 * i};2;{9 + i}\n" for i in range(1, 21))
COLUMNS = ["--id", "code", "--estimate", "score", "--standard-error", "se"]


def run(folder, *arguments: str, language: str = "en"):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("PARVIS_LANGUAGE", language)
        return CliRunner().invoke(main, list(arguments))


def rows(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "e.csv").write_text(ESTIMATES, "utf-8")
    return tmp_path


def test_rank_keeps_codes_and_groups_and_prints_rankability(folder) -> None:
    done = run(folder, "rank", "e.csv", *COLUMNS, "--by", "cat", "--method", "holm", "-o", "out.csv")
    assert done.exit_code == 0, done.output
    assert [line.split(" ")[0] for line in done.output.splitlines()] == ["B", "A"]
    table = rows(folder / "out.csv")
    names = ["cat", "code", "rank", "rank_low", "rank_high", "level_with_first", "expected_rank", "status", "reason"]
    assert list(table[0]) == names
    assert table[0]["code"] == "00001"
    assert [row["rank"] for row in table if row["cat"] == "A"] == [str(rank) for rank in range(10, 0, -1)]
    assert {row["status"] for row in table} == {"published"}


def test_what_has_nothing_to_compare_says_so_and_gives_no_error(folder) -> None:
    (folder / "lone.csv").write_text("code,score,se\n1,50,2\n", "utf-8")
    (folder / "same.csv").write_text("o,m,s\nA,x,5\nA,x,5\nB,x,5\n", "utf-8")

    lone = run(folder, "rank", "lone.csv", *COLUMNS, "-o", "out.csv")
    names = ["--organisation", "o", "--observer", "m", "--channel", "m", "--score", "s"]
    same = run(folder, "severity", "same.csv", *names, "-o", "s.json")
    found = json.loads((folder / "s.json").read_text("utf-8"))

    assert (lone.exit_code, lone.output) == (0, "fewer than two organisations to rank\n")
    assert [(row["rank"], row["rank_low"], row["rank_high"]) for row in rows(folder / "out.csv")] == [("1", "1", "1")]
    assert (same.exit_code, found["components"]["residual"], found["observer_share"]) == (0, 0.0, 0.0)
    assert {one["standard_error"] for one in found["organisations"] + found["observers"]} == {None}


def test_rank_draws_are_the_seed_s(folder) -> None:
    for name in ("one.csv", "two.csv"):
        run(folder, "rank", "e.csv", *COLUMNS, "--seed", "5", "--marginal", "-o", name)
    assert (folder / "one.csv").read_bytes() == (folder / "two.csv").read_bytes()


def test_bands_place_each_organisation(folder) -> None:
    done = run(folder, "bands", "e.csv", *COLUMNS, "--target", "80", "-o", "out.json")
    assert done.exit_code == 0, done.output
    table = json.loads((folder / "out.json").read_text("utf-8"))
    assert list(table[0])[:6] == ["code", "z", "z_adjusted", "band", "phi", "tau2"]
    assert table[0]["z"] == -13.5
    assert table[0]["band"] in {"expected", "somewhat_worse", "worse", "much_worse"}


def test_change_tells_what_moved(folder) -> None:
    moved = ESTIMATES.replace("00001;B;53;2", "00001;B;90;2").replace("00020;", "00021;")
    (folder / "f.csv").write_text(moved, "utf-8")
    done = run(folder, "change", "e.csv", "f.csv", *COLUMNS, "--degrees-of-freedom", "df", "-o", "out.csv")
    assert done.exit_code == 0, done.output
    verdicts = {row["code"]: row["verdict"] for row in rows(folder / "out.csv")}
    assert verdicts["00001"] == "up"
    assert verdicts["00002"] == "no_clear_change"
    assert verdicts["00020"] == verdicts["00021"] == "not_comparable"


def test_suppress_hides_and_says_what_it_checked(folder) -> None:
    cells = "age,sex,n\n18-29,f,4\n18-29,m,20\n30-59,f,35\n30-59,m,40\n60+,f,22\n60+,m,80\n"
    (folder / "t.csv").write_text(cells, "utf-8")
    arguments = ["--rows", "age", "--columns", "sex", "--count", "n"]
    done = run(folder, "suppress", "t.csv", *arguments, "-o", "out.csv")
    assert done.exit_code == 0, done.output
    assert "None can be worked out" in done.output
    table = rows(folder / "out.csv")
    hidden = {(row["age"], row["sex"]): row["status"] for row in table if row["count"] == ""}
    assert hidden[("18-29", "f")] == "too_few"
    assert set(hidden.values()) == {"too_few", "hidden_to_protect"}
    assert [row["count"] for row in table if (row["age"], row["sex"]) == ("total", "total")] == ["201"]
    nothing = run(folder, "suppress", "t.csv", *arguments, "--threshold", "3", "-o", "out.csv")
    assert "nothing to hide" in nothing.output


def test_agreement_and_severity_write_what_they_found(folder) -> None:
    marks = "contact,who,mark\n1,a,0\n1,b,0\n2,a,1\n2,b,1\n3,a,0\n3,b,1\n"
    (folder / "r.csv").write_text(marks, "utf-8")
    done = run(folder, "agreement", "r.csv", "--unit", "contact", "--rater", "who", "--value", "mark", "-o", "a.json")
    assert done.exit_code == 0, done.output
    found = json.loads((folder / "a.json").read_text("utf-8"))
    assert found["alpha"] == pytest.approx(4 / 9)
    assert (found["units"], found["raters"], found["status"]) == (3, 2, "published")
    scores = "o,c,m,s\n" + "".join(
        f"o{i},phone,m{j},{50 + 5 * i - 8 * j + (i * j) % 3}\n" for i in range(6) for j in range(3)
    )
    (folder / "s.csv").write_text(scores, "utf-8")
    names = ["--organisation", "o", "--observer", "m", "--channel", "c", "--score", "s"]
    done = run(folder, "severity", "s.csv", *names, "-o", "s.json")
    assert done.exit_code == 0, done.output
    found = json.loads((folder / "s.json").read_text("utf-8"))
    assert set(found["components"]) == {"organisation", "observer", "residual"}
    severities = [one["severity"] for one in found["observers"]]
    assert severities == sorted(severities)
    assert severities[2] - severities[0] == pytest.approx(16, abs=1.5)
    assert found["connected"]
    done = run(folder, "severity", "s.csv", *names, "--interaction", "-o", "s.json")
    assert "organisation_channel" in json.loads((folder / "s.json").read_text("utf-8"))["components"]


BAD = [
    (["rank", "absent.csv", *COLUMNS, "-o", "out.csv"], ["absent.csv"]),
    (["rank", "e.csv", "--id", "x", "--estimate", "y", "--standard-error", "se", "-o", "out.csv"], ["“x”", "“y”"]),
    (
        ["rank", "e.csv", "--id", "code", "--estimate", "cat", "--standard-error", "se", "-o", "out.csv"],
        ["row 2", "“B”"],
    ),
    (
        ["rank", "e.csv", "--id", "cat", "--estimate", "score", "--standard-error", "se", "-o", "o.csv"],
        ["file e.csv, key A", "key B"],
    ),
    (["rank", "e.csv", *COLUMNS, "--confidence", "95", "-o", "out.csv"], ["95"]),
    (["rank", "e.csv", *COLUMNS, "-o", "out.pdf"], [".pdf"]),
    (["rank", "own.csv", "--id", "rank", "--by", "status", *COLUMNS[2:], "-o", "o.csv"], ["“rank”", "“status”"]),
    (["bands", "own.csv", "--id", "z", *COLUMNS[2:], "-o", "o.csv"], ["“z”"]),
    (["change", "own.csv", "own.csv", "--id", "p", "--id", "low", *COLUMNS[2:], "-o", "o.csv"], ["“p”", "“low”"]),
    (["suppress", "own.csv", "--rows", "count", "--columns", "p", "--count", "n", "-o", "o.csv"], ["“count”"]),
    (["bands", "neg.csv", *COLUMNS, "-o", "out.csv"], ["file neg.csv, key 1", "key 2"]),
    (["change", "e.csv", "neg.csv", *COLUMNS, "-o", "out.csv"], ["file neg.csv, key 1"]),  # which of the two
    (["change", "e.csv", "e.csv", *COLUMNS, "--margin", "-1", "-o", "out.csv"], ["-1"]),
    (["suppress", "t.csv", "--rows", "a", "--columns", "b", "--count", "n", "-o", "o.csv"], ["row 3", "row 4"]),
    (
        [
            "severity",
            "e.csv",
            "--organisation",
            "code",
            "--observer",
            "cat",
            "--channel",
            "cat",
            "--score",
            "code2",
            "-o",
            "s.json",
        ],
        ["code2"],
    ),
    (["agreement", "e.csv", "--unit", "cat", "--rater", "cat", "--value", "score", "-o", "a.json"], ["twice"]),
    (["agreement", "e.csv", "--unit", "code", "--rater", "cat", "--value", "score", "-o", "a.csv"], [".json"]),
]


@pytest.mark.parametrize(("arguments", "told"), BAD)
def test_bad_input_is_told_fault_by_fault(folder, arguments, told) -> None:
    (folder / "neg.csv").write_text("code,score,se\n1,5,-1\n2,inf,1\n3,4,1\n", "utf-8")
    (folder / "t.csv").write_text("a,b,n\nx,y,5\nx,y,6\nx,z,\n", "utf-8")
    done = run(folder, *arguments)
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    lines = done.output.splitlines()
    for words in told:
        assert any(words in line for line in lines), done.output


@pytest.mark.parametrize("command", ["rank", "bands", "change", "suppress", "agreement", "severity"])
def test_help_is_in_both_languages(folder, command) -> None:
    done = run(folder, command, "--help")
    assert done.exit_code == 0
    assert " · " in done.output
