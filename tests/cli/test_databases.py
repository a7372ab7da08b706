"""Answers kept in a database: the same figures as from a file, and what is refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from parvis.cli import main
from parvis.core.figures.estimation import Request, estimate
from parvis.core.figures.tally.databases import tables_of, unload
from parvis.core.vocabulary import ParvisError

ANSWERS = pa.table(
    {
        "place": ["01", "02", "01", "02", None],
        "q1": [1, 2, 4, None, 3],
        "w": [0.5, 1.0, 2.0, 1.5, 1.0],
    }
)


def sqlite_of(path: Path, *, extra: str = "") -> Path:
    with closing(sqlite3.connect(path)) as made:
        made.execute('CREATE TABLE "the answers" (place TEXT, q1 INTEGER, w REAL)')
        made.executemany('INSERT INTO "the answers" VALUES (?, ?, ?)', zip(*ANSWERS.to_pydict().values(), strict=True))
        made.executescript(extra)
        made.commit()
    return path


def duckdb_of(path: Path) -> Path:
    with duckdb.connect(str(path)) as made:
        made.register("given", ANSWERS)
        made.execute('CREATE TABLE "the answers" AS SELECT * FROM given')
    return path


@pytest.fixture(params=["survey.sqlite", "survey.db", "survey.duckdb"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    make = duckdb_of if request.param.endswith("duckdb") else sqlite_of
    return make(tmp_path / request.param)


def faults_of(error: ParvisError) -> list[tuple[str, str]]:
    return [(fault.code, fault.remedy.en) for fault in error.faults]


def test_a_table_of_a_database_gives_the_figures_of_a_table(base: Path) -> None:
    request = Request(("q1",), by=("place",))

    assert estimate(base, request).figures.table() == estimate(ANSWERS, request).figures.table()


def test_the_command_gives_equal_bytes_from_a_database_and_from_a_csv(base: Path, tmp_path: Path) -> None:
    pa_csv.write_csv(ANSWERS, tmp_path / "survey.csv")
    for name, table in ((str(base), ["--table", "the answers"]), (str(tmp_path / "survey.csv"), [])):
        output = tmp_path / f"{Path(name).suffix[1:]}-out.csv"
        arguments = ["estimate", name, "--value", "q1", "--by", "place", "--weight", "w", "-o", str(output), *table]
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 0, done.output

    outputs = [path.read_bytes() for path in tmp_path.glob("*-out.csv")]
    assert len(outputs) == 2
    assert outputs[0] == outputs[1]


def test_a_table_that_the_database_lacks_is_refused_with_those_it_has(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ParvisError) as raised:
        unload(base, tmp_path / "out.parquet", "responses")

    assert faults_of(raised.value) == [("table_absent", "Tables present: the answers.")]


def test_the_command_tells_an_absent_table_and_leaves_with_2(base: Path, tmp_path: Path) -> None:
    arguments = ["estimate", str(base), "--table", "responses", "--value", "q1", "-o", str(tmp_path / "out.csv")]
    done = CliRunner().invoke(main, arguments, env={"PARVIS_LANGUAGE": "fr"})

    assert done.exit_code == 2
    assert "« responses »" in done.output
    assert "Tables présentes : the answers." in done.output


def test_one_of_several_tables_must_be_named(tmp_path: Path) -> None:
    base = sqlite_of(tmp_path / "two.sqlite", extra='CREATE VIEW few AS SELECT * FROM "the answers" LIMIT 2;')

    assert tables_of(base) == ["few", "the answers"]
    with pytest.raises(ParvisError) as raised:
        estimate(base, Request(("q1",)))
    assert faults_of(raised.value)[0][0] == "table_unnamed"
    assert pq.read_table(unload(base, tmp_path / "few.parquet", "few")).num_rows == 2


def test_a_column_of_sqlite_has_the_widest_kind_of_its_rows(tmp_path: Path) -> None:
    base = tmp_path / "loose.sqlite"
    with closing(sqlite3.connect(base)) as made:
        made.execute("CREATE TABLE t (whole, real, text, none)")
        made.executemany("INSERT INTO t VALUES (?, ?, ?, NULL)", [(1, 1, 1), (2, 2.5, "b"), (None, None, None)])
        made.commit()

    found = pq.read_table(unload(base, tmp_path / "t.parquet"))
    assert found.to_pydict() == {
        "whole": [1, 2, None],
        "real": [1.0, 2.5, None],
        "text": ["1", "b", None],
        "none": [None] * 3,
    }


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"SQLite format 3\0" + b"\0" * 600])
def test_what_is_no_database_is_told_as_such(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "base.sqlite").write_bytes(content)
    with pytest.raises(ParvisError) as raised:
        tables_of(tmp_path / "base.sqlite")

    assert [fault.code for fault in raised.value.faults] == ["file_unreadable"]


def test_a_table_is_named_only_for_a_database(tmp_path: Path) -> None:
    pa_csv.write_csv(ANSWERS, tmp_path / "survey.csv")
    arguments = [
        "estimate",
        str(tmp_path / "survey.csv"),
        "--table",
        "t",
        "--value",
        "q1",
        "-o",
        str(tmp_path / "o.csv"),
    ]
    done = CliRunner().invoke(main, arguments, env={"PARVIS_LANGUAGE": "en"})

    assert done.exit_code == 2
    assert "Drop --table." in done.output
