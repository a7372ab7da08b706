"""`parvis dataset import`: from a table of one's own, in a file or a database, to an explained figure."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from parvis.cli import main
from parvis.core.bundle import fingerprint, read_dataset, read_result, write_dataset
from tests.core.contacts.test_importing import HEADER, MAPPING, imported, visits, written


def test_a_table_of_a_database_makes_the_dataset_that_its_csv_makes(tmp_path: Path) -> None:
    base = tmp_path / "visits.sqlite"
    with closing(sqlite3.connect(base)) as made:
        made.execute(f"CREATE TABLE visits ({', '.join(HEADER)})")
        made.executemany("INSERT INTO visits VALUES (?, ?, ?, ?, ?)", visits())
        made.execute("CREATE TABLE notes (remark)")
        made.commit()
    (tmp_path / "map.toml").write_text(MAPPING, "utf-8")
    common = ["--mapping", str(tmp_path / "map.toml"), "-o"]
    english = {"PARVIS_LANGUAGE": "en"}

    unnamed = CliRunner().invoke(main, ["dataset", "import", str(base), *common, str(tmp_path / "no")], env=english)
    named = CliRunner().invoke(
        main, ["dataset", "import", str(base), "--table", "visits", *common, str(tmp_path / "d")], env=english
    )

    assert (unnamed.exit_code, (tmp_path / "no").exists()) == (2, False)
    assert "notes, visits" in unnamed.output
    assert named.exit_code == 0, named.output
    made = read_dataset(tmp_path / "d")
    plain = write_dataset(imported(written(tmp_path, visits())).dataset, tmp_path / "plain")
    assert all(made.table(name).equals(plain.table(name)) for name in ("organisations", "observations", "answers"))
    assert made.manifest["source"] == {
        "name": "visits.sqlite",
        "rows": len(visits()),
        "sha256": hashlib.sha256(base.read_bytes()).hexdigest(),
    }


def test_from_the_table_to_the_explained_figure(tmp_path: Path) -> None:
    path = written(tmp_path, visits())
    (tmp_path / "map.toml").write_text(MAPPING, "utf-8")
    steps = [
        ["dataset", "import", path, "--mapping", tmp_path / "map.toml", "-o", tmp_path / "d"],
        ["dataset", "check", tmp_path / "d"],
        ["score", tmp_path / "d", "-o", tmp_path / "r"],
        ["explain", tmp_path / "r", "Office 0/visit/EASE"],
    ]
    for step in steps:
        ran = CliRunner().invoke(main, [str(part) for part in step], env={"PARVIS_LANGUAGE": "en"})
        assert ran.exit_code == 0, ran.output
    rows = read_result(tmp_path / "r").table("estimates").to_pylist()
    ease = [float(row[4]) for row in visits() if row[:2] == ["EASE", "Office 0"]]
    mean = 100 * (sum(ease) / len(ease) - 1) / 4
    figure = next(row for row in rows if (row["subject"], row["measure"]) == ("Office 0", "EASE"))
    assert figure["value"] == pytest.approx(mean)
    assert f"Result: {mean:.1f}" in ran.output
    minutes = [float(row[4]) for row in visits() if row[:2] == ["MINUTES", "Office 0"]]
    raw = next(row for row in rows if (row["subject"], row["measure"]) == ("Office 0", "MINUTES"))
    assert (raw["measure_kind"], raw["value"]) == ("indicator", pytest.approx(sum(minutes) / len(minutes)))
    assert fingerprint(read_dataset(tmp_path / "d")) == read_result(tmp_path / "r").manifest["dataset"]
