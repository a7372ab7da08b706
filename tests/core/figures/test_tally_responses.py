"""The contract of the scan: whatever the engine and the kind of file, the same sums, to the last bit."""

from __future__ import annotations

import multiprocessing
import sys
from importlib.util import find_spec
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from parvis.core.figures.tally import responses
from parvis.core.figures.tally.columns import Kind, levels, profiles
from parvis.core.figures.tally.engine import DEFAULT, KNOWN, opened
from parvis.core.figures.tally.responses import Item, Moments, apply, collapse, moments
from parvis.core.vocabulary import ParvisError

# the contract binds every engine that is known and installed here: a cluster joins by installing the extra `cluster`
ENGINES = [name for name in KNOWN if name == DEFAULT or find_spec(name)]
TABLE = pa.table(
    {
        "g": ["b", "a", "b", None, "a", "b"],
        "q": [4.0, 2.0, None, 5.0, float("nan"), 1.0],
        "x": [1, 2, 3, 4, 5, None],
        "w": [0.5, 1.0, 2.0, 1.5, 3.0, 0.0],
    }
)
ITEMS = [Item("q", centred=False), Item("q", denominator="x"), Item("q", level=4.0)]


def scanned(engine: str, data: pa.Table | Path) -> Moments:
    with opened(engine) as place:
        table = place.table(data)
        return moments(place, table, ["g"], ITEMS, "w", profiles(place, table, ["q", "x", "w"]))


@pytest.mark.parametrize("engine", ENGINES)
def test_sums_by_hand(engine: str) -> None:
    found = scanned(engine, TABLE)

    assert found.keys["g"].to_pylist() == ["a", "b", None]
    assert found.rows.tolist() == [2, 2, 1]
    assert found.rows_w.tolist() == [4.0, 2.5, 1.5]
    assert found.n[:, 0].tolist() == [1, 1, 1]
    assert found.wy[:, 0].tolist() == [2.0, 2.0, 7.5]
    assert found.wyy[:, 0].tolist() == [4.0, 8.0, 37.5]
    assert found.vyy[:, 0].tolist() == [4.0, 4.0, 56.25]
    assert found.wx[:, 1].tolist() == [2.0, 0.5, 6.0]
    assert found.vxy[:, 1].tolist() == [4.0, 1.0, 45.0]
    assert found.wy[:, 2].tolist() == [0.0, 0.5, 0.0]


@pytest.mark.parametrize("engine", ENGINES)
def test_several_scans_give_the_bits_of_one(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scanned(engine, TABLE)
    monkeypatch.setattr(responses, "_TOGETHER", 4)
    apart = scanned(engine, TABLE)
    assert apart.keys == whole.keys
    for name in (*responses._ROWS, *responses._SUMS):
        assert np.array_equal(getattr(apart, name), getattr(whole, name))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_table_a_parquet_and_a_csv_file_give_equal_bits(engine: str, tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "t.parquet")
    nulls = TABLE.set_column(1, "q", pa.array([4.0, 2.0, None, 5.0, None, 1.0]))
    pa_csv.write_csv(nulls, tmp_path / "t.csv")
    first = scanned(engine, TABLE)

    for data in (tmp_path / "t.parquet", tmp_path / "t.csv", TABLE.take([5, 3, 1, 0, 2, 4])):
        other = scanned(engine, data)
        for name in ("rows", "rows_w", "n", "w", "w2", "wy", "wx", "wyy", "vyy", "vxy", "vxx"):
            assert (getattr(other, name) == getattr(first, name)).all(), name


@pytest.mark.parametrize("engine", ENGINES)
def test_tables_of_the_same_columns_keep_their_own_rows(engine: str) -> None:
    def highest(*tables: pa.Table) -> list[float | None]:
        with opened(engine) as place:
            held = [place.table(table) for table in tables]
            return [profiles(place, table, ["w"])["w"].high for table in held]

    assert highest(TABLE, TABLE.slice(0, 2), TABLE) == [3.0, 1.0, 3.0]
    assert highest(TABLE.slice(0, 1)) == [0.5]


@pytest.mark.parametrize("engine", ENGINES)
def test_factors_joined_to_rows_and_factors_on_sums_agree(engine: str) -> None:
    factors = pa.table({"g": ["a", "b"], "factor": [2.0, 0.25]})
    with opened(engine) as place:
        rows = place.table(TABLE.filter(pc.is_valid(TABLE["g"])))
        known = profiles(place, rows, ["q", "x", "w"])
        before = moments(place, rows, ["g"], ITEMS, "w", known)
        weighted = apply(rows, place.table(factors), ["g"], "w", "final")
        after = moments(place, weighted, ["g"], ITEMS, "final", profiles(place, weighted, ["q", "x", "final"]))

    assert before.times(np.array([2.0, 0.25])).vyy == pytest.approx(after.vyy, rel=1e-12)
    assert before.times(np.array([2.0, 0.25])).rows_w.tolist() == after.rows_w.tolist()


@pytest.mark.parametrize("engine", ENGINES)
def test_collapse_sums_weights_to_cells(engine: str) -> None:
    with opened(engine) as place:
        table = place.table(TABLE)
        cells = collapse(place, table, ["g"], "w", profiles(place, table, ["w"]))

    assert (cells.rows_w.tolist(), cells.n.shape) == ([4.0, 2.5, 1.5], (3, 0))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_profile_tells_numbers_from_texts(engine: str) -> None:
    with opened(engine) as place:
        table = place.table(TABLE)
        found = profiles(place, table, ["g", "q"])
        answers = levels(place, table, "q")

    assert (found["g"].kind, found["g"].answered, found["g"].not_numeric) == (Kind.TEXT, 5, "a")
    assert (found["q"].answered, found["q"].not_a_number, found["q"].low, found["q"].high) == (4, 1, 1.0, 5.0)
    assert answers == [1.0, 2.0, 4.0, 5.0]


def test_small_integers_do_not_overflow() -> None:
    table = pa.table({"q": pa.array([100, 120], pa.int8())})
    with opened() as place:
        data = place.table(table)
        found = moments(place, data, [], [Item("q", centred=False)], None, profiles(place, data, ["q"]))

    assert found.wyy[0, 0] == 100**2 + 120**2


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engine_named_by_the_environment_gives_the_same_bits(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARVIS_ENGINE", engine)
    with opened() as place:
        table = place.table(TABLE)
        found = moments(place, table, ["g"], ITEMS, "w", profiles(place, table, ["q", "x", "w"]))

    first = scanned(DEFAULT, TABLE)
    assert place.name == engine
    assert (found.vxy == first.vxy).all()
    assert (found.wy == first.wy).all()


def test_an_engine_that_is_not_known_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARVIS_ENGINE", "abacus")
    with pytest.raises(ParvisError) as raised, opened():
        pass

    (fault,) = raised.value.faults
    assert fault.code == "engine_unknown"
    assert "abacus" in fault.what.fr
    assert all(name in fault.remedy.fr and name in fault.remedy.en for name in KNOWN)


def test_an_engine_that_is_not_installed_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(ParvisError) as raised, opened("pyspark"):
        pass

    (fault,) = raised.value.faults
    assert fault.code == "engine_absent"
    assert "parvis[cluster]" in fault.remedy.en


def rows_counted() -> int:
    with opened(DEFAULT) as engine:
        return int(engine.collect(engine.table(TABLE).count().as_table()).column(0)[0].as_py())


def test_engines_share_no_table_and_survive_a_fork() -> None:
    with opened(DEFAULT) as one, opened(DEFAULT) as other:
        table = one.table(TABLE)
        one.collect(table.limit(1))
        name = table.get_name()
        assert one.connection.raw_sql(f'FROM "{name}"').fetchall()
        with pytest.raises(duckdb.CatalogException):
            other.connection.raw_sql(f'FROM "{name}"')
    with multiprocessing.get_context("fork").Pool(1) as child:
        assert child.apply_async(rows_counted).get(timeout=30) == rows_counted() == TABLE.num_rows
