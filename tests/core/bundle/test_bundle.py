"""Bundles: equal content gives equal bytes, and nothing is read that is not what was written."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from parvis.core.bundle import (
    DATASET_TABLES,
    RESULT_TABLES,
    Dataset,
    Result,
    check_dataset,
    fingerprint,
    read_dataset,
    read_result,
    write_dataset,
    write_result,
)
from parvis.core.vocabulary import ParvisError
from tests.core.datasets import answer, criterion, dataset, observation, organisation, place, random_dataset


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def codes(error: pytest.ExceptionInfo[ParvisError]) -> set[str]:
    return {fault.code for fault in error.value.faults}


def shuffled(table: pa.Table) -> pa.Table:
    return table.take(pa.array(sorted(range(table.num_rows), key=lambda row: (row * 7919) % 101)))


def test_rows_in_another_order_give_the_same_bytes(tmp_path: Path) -> None:
    given = random_dataset(1)
    mixed = replace(given, tables={name: shuffled(table) for name, table in reversed(given.tables.items())})
    write_dataset(given, tmp_path / "one")
    write_dataset(mixed, tmp_path / "two")
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_a_folder_and_a_zip_hold_the_same_dataset(tmp_path: Path) -> None:
    written = write_dataset(random_dataset(2), tmp_path / "d")
    write_dataset(written, tmp_path / "d.zip")
    read = read_dataset(tmp_path / "d.zip")
    assert fingerprint(read) == fingerprint(written) == fingerprint(read_dataset(tmp_path / "d"))
    assert all(read.table(name).equals(written.table(name)) for name in written.tables)
    with zipfile.ZipFile(tmp_path / "d.zip") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_unwritten_dataset_has_the_fingerprint_of_its_file(tmp_path: Path) -> None:
    given = random_dataset(3)
    assert fingerprint(given) == fingerprint(write_dataset(given, tmp_path / "d"))


def test_every_table_is_there_even_when_nothing_was_given(tmp_path: Path) -> None:
    write_dataset(dataset(organisations=[organisation("a")]), tmp_path / "d")
    read = read_dataset(tmp_path / "d")
    assert set(read.tables) == {name for name, shape in DATASET_TABLES.items() if not shape.optional}
    assert read.table("answers").num_rows == 0
    assert read.table("entry_points").schema == DATASET_TABLES["entry_points"].schema()


def test_extra_columns_are_kept_and_nothing_is_ever_nan(tmp_path: Path) -> None:
    rows = [organisation("b", note=2.0), organisation("a", note=float("nan"))]
    read = write_and_read(dataset(organisations=rows), tmp_path)
    assert read.table("organisations").select(["organisation", "note"]).to_pylist() == [
        {"organisation": "a", "note": None},
        {"organisation": "b", "note": 2.0},
    ]


def write_and_read(given: Dataset, folder: Path) -> Dataset:
    write_dataset(given, folder / "d")
    return read_dataset(folder / "d")


def test_a_changed_file_is_refused_by_name(tmp_path: Path) -> None:
    write_dataset(random_dataset(4), tmp_path / "d")
    table = pq.read_table(tmp_path / "d" / "answers.parquet")
    pq.write_table(table.slice(1), tmp_path / "d" / "answers.parquet")
    with pytest.raises(ParvisError) as error:
        read_dataset(tmp_path / "d")
    assert [(fault.code, fault.where["file"]) for fault in error.value.faults] == [("hash_mismatch", "answers.parquet")]


def test_a_changed_method_is_refused(tmp_path: Path) -> None:
    write_dataset(random_dataset(4), tmp_path / "d")
    with (tmp_path / "d" / "method.toml").open("a") as stream:
        stream.write("# softer\n")
    with pytest.raises(ParvisError) as error:
        read_dataset(tmp_path / "d")
    assert codes(error) == {"hash_mismatch"}


def test_all_absent_tables_and_columns_are_told_at_once(tmp_path: Path) -> None:
    write_dataset(random_dataset(4), tmp_path / "d")
    (tmp_path / "d" / "delays.parquet").unlink()
    forge(tmp_path / "d", "answers", lambda table: table.drop_columns(["raw"]))
    forge(tmp_path / "d", "places", lambda table: table.set_column(0, "place", pa.array([1] * table.num_rows)))
    with pytest.raises(ParvisError) as error:
        read_dataset(tmp_path / "d")
    assert codes(error) == {"table_absent", "column_absent", "wrong_type"}


def forge(folder: Path, name: str, change: object) -> None:
    """Change a table and its hash: a bundle made by someone else, wrongly."""
    import hashlib

    path = folder / f"{name}.parquet"
    pq.write_table(change(pq.read_table(path)), path)  # type: ignore[operator]
    manifest = json.loads((folder / "manifest.json").read_text())
    for file in manifest["files"]:
        if file["path"] == path.name:
            file["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": "parvis-dataset/9"}, "unknown_version"),
        ({"format": "parvis-result/1"}, "unknown_version"),
        ({"files": 3}, "bad_manifest"),
        ({"files": [{"path": "../answers.parquet", "sha256": ""}]}, "bad_manifest"),
    ],
)
def test_a_manifest_that_cannot_be_followed_is_refused(tmp_path: Path, change: dict[str, object], code: str) -> None:
    write_dataset(random_dataset(4), tmp_path / "d")
    path = tmp_path / "d" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ParvisError) as error:
        read_dataset(tmp_path / "d")
    assert codes(error) == {code}


@pytest.mark.parametrize("content", [b"", b"{", b"\x00\xff"])
def test_what_is_not_a_bundle_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    for path in (tmp_path / "x.zip", tmp_path / "absent", tmp_path):
        with pytest.raises(ParvisError):
            read_dataset(path)


def test_a_key_twice_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ParvisError) as error:
        write_dataset(dataset(organisations=[organisation("a"), organisation("b"), organisation("a")]), tmp_path / "d")
    assert error.value.faults[0].where == {"table": "organisations", "key": "a"}
    assert not list(tmp_path.iterdir())


def test_what_is_not_a_bundle_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me")
    with pytest.raises(ParvisError) as error:
        write_dataset(random_dataset(1), tmp_path / "mine")
    assert codes(error) == {"not_a_bundle"}
    assert (tmp_path / "mine" / "letter.txt").read_text() == "keep me"


def test_a_bundle_is_replaced_whole(tmp_path: Path) -> None:
    write_dataset(random_dataset(1), tmp_path / "d")
    write_dataset(random_dataset(2), tmp_path / "d")
    assert fingerprint(read_dataset(tmp_path / "d")) == fingerprint(random_dataset(2))
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_results_travel_as_datasets_do(tmp_path: Path) -> None:
    rows = [("organisation", "b", "overall", 1.0, 2.0, 1.0, 0.5, 1.5, "up")]
    written = write_result(Result({"edition": "x"}, {"changes": RESULT_TABLES["changes"].filled(rows)}), tmp_path / "r")
    read = read_result(tmp_path / "r")
    assert read.table("changes").to_pylist()[0]["verdict"] == "up"
    assert fingerprint(read) == fingerprint(written)


def contradictory() -> Dataset:
    return dataset(
        organisations=[organisation("a", channels="phone fax"), organisation("b")],
        places=[place("a-1", "a"), place("b-1", "b"), place("x", "nobody")],
        criteria=[criterion("c", weight=-1.0)],
        observations=[observation("1", "a", place="b-1"), observation("2", "a", outcome="lost")],
        answers=[
            answer("1", "c", 2.0),
            answer("1", "unknown", 1.0),
            answer("9", "c", 1.0),
            answer("2", "c", None, state="scored"),
        ],
    )


def test_rows_that_contradict_each_other_are_all_told() -> None:
    with pytest.raises(ParvisError) as error:
        check_dataset(contradictory())
    found = {(fault.code, fault.where.get("key", "")) for fault in error.value.faults}
    assert found == {
        ("unknown_value", ""),
        ("unknown_reference", "nobody"),
        ("unknown_reference", "unknown"),
        ("unknown_reference", "9"),
        ("value_outside", "1 / c"),
        ("value_state", "2 / c"),
        ("negative_number", ""),
        ("place_of_another", "b-1"),
    }


def test_a_sound_dataset_passes() -> None:
    check_dataset(random_dataset(5))
