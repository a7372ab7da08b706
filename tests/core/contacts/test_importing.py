"""Contacts that others recorded: a look-alike of real visits comes in, everything else is refused in words."""

from __future__ import annotations

import csv
import random
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from click.testing import CliRunner

from parvis.cli import main
from parvis.core.bundle import check_dataset
from parvis.core.contacts.importing import import_contacts, read_contacts, read_mapping
from parvis.core.instruments.method import load_method
from parvis.core.vocabulary import ParvisError

MAPPING = """
edition = "Visites 2016"
[columns]
organisation = "institution"
place = "service"
slot = "visitor"
criterion = "indicator"
value = "value"
[constants]
channel = "visit"
category = "offices"
[scales.EASE]
low = 1
high = 5
[scales.QUEUE]
bands = "<=5:1; <=15:0.5; else:0"
[scales.SIGN]
values = { yes = 1, no = 0, none = "na" }
[criteria.EASE]
label_en = "Ease"
stage = "access"
determinant = "accessibility"
weight = 2
"""
HEADER = ["indicator", "institution", "service", "visitor", "value"]
Row = list[str]


def visits() -> list[Row]:
    """Six institutions, two services each, two visitors each: three scaled indicators and one that is only reported."""
    dice = random.Random(1)  # noqa: S311 - a test draws no secret
    rows = []
    for institution in range(6):
        for service in range(2):
            for visitor in (1, 2):
                key = [f"Office {institution}", f"Service {service}", str(visitor)]
                rows.append(["EASE", *key, f"{dice.randint(1, 5)}.0"])
                rows.append(["QUEUE", *key, str(dice.choice((0, 10, 40)))])
                rows.append(["SIGN", *key, dice.choice(("yes", "no", "none"))])
                rows.append(["MINUTES", *key, str(dice.randint(2, 30))])
    return rows


def written(folder: Path, rows: list[Row], header: list[str] = HEADER, name: str = "visits.csv") -> Path:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([header, *rows])
    return path


def imported(path: Path, mapping: str = MAPPING) -> Any:
    meaning = read_mapping(mapping)
    return import_contacts(read_contacts(path, meaning.columns.values()), meaning, load_method()[1])


def faults(path: Path, mapping: str = MAPPING) -> list[tuple[str, str]]:
    with pytest.raises(ParvisError) as error:
        imported(path, mapping)
    assert all(fault.what.fr and fault.what.en and fault.remedy.fr for fault in error.value.faults)
    return [(fault.code, fault.where.get("row", "")) for fault in error.value.faults]


def test_visits_become_a_dataset_that_holds(tmp_path: Path) -> None:
    found = imported(written(tmp_path, visits()))
    check_dataset(found.dataset)
    assert (found.rows, found.observations, found.unscaled) == (96, 24, ("MINUTES",))
    tables = {name: table.num_rows for name, table in found.dataset.tables.items()}
    assert tables == {"organisations": 6, "places": 12, "criteria": 4, "observations": 24, "answers": 96}
    assert found.dataset.manifest["origin"] == "imported"
    criteria = {row["criterion"]: row for row in found.dataset.table("criteria").to_pylist()}
    assert (criteria["EASE"]["weight"], criteria["EASE"]["stage"], criteria["MINUTES"]["weight"]) == (
        2.0,
        "access",
        0.0,
    )


def test_values_become_marks_by_their_scale(tmp_path: Path) -> None:
    key = ["A", "s", "1"]
    rows = [["EASE", *key, "4"], ["QUEUE", *key, "7,5"], ["SIGN", *key, "none"], ["MINUTES", *key, "12"]]
    answers = {row["criterion"]: row for row in imported(written(tmp_path, rows)).dataset.table("answers").to_pylist()}
    assert [(answers[code]["state"], answers[code]["value"], answers[code]["raw"]) for code in sorted(answers)] == [
        ("scored", 0.75, "4"),
        ("missing", None, "12"),
        ("scored", 0.5, "7,5"),
        ("not_applicable", None, "none"),
    ]


@pytest.mark.parametrize("kind", ["csv", "semicolons", "parquet", "xlsx", "shuffled"])
def test_every_kind_of_file_gives_the_same_dataset(tmp_path: Path, kind: str) -> None:
    rows = visits()
    plain = imported(written(tmp_path, rows, name="plain.csv")).dataset
    path = tmp_path / f"visits.{kind if kind in ('parquet', 'xlsx') else 'csv'}"
    if kind == "xlsx":
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADER, *rows]):
            sheet.write_row(number, 0, row)
        book.close()
    elif kind == "parquet":
        pq.write_table(pa.table(dict(zip(HEADER, zip(*rows, strict=True), strict=True))), path)
    elif kind == "semicolons":
        path.write_text("\n".join(";".join(row) for row in [HEADER, *rows]) + "\n", "utf-8-sig")
    else:
        written(tmp_path, rows[::-1])
    other = imported(path).dataset
    assert {name: fingerprint_of(other.table(name)) for name in other.tables} == {
        name: fingerprint_of(plain.table(name)) for name in plain.tables
    }


def fingerprint_of(table: pa.Table) -> list[Any]:
    return sorted(map(str, table.to_pylist()))


BAD_ROWS: list[tuple[str, list[Row], list[tuple[str, str]]]] = [
    ("outside the scale", [["EASE", "A", "s", "1", "6"]], [("value_outside_scale", "2")]),
    ("not a number", [["EASE", "A", "s", "1", "good"]], [("value_outside_scale", "2")]),
    ("not a listed value", [["SIGN", "A", "s", "1", "maybe"]], [("value_outside_scale", "2")]),
    ("a duplicate", [["SIGN", "A", "s", "1", "yes"]] * 2, [("duplicate", "3")]),
    ("an empty organisation", [["SIGN", "", "s", "1", "yes"]], [("empty_cell", "2")]),
    ("an empty criterion", [["", "A", "s", "1", "yes"]], [("empty_cell", "2")]),
]


@pytest.mark.parametrize(("rows", "expected"), [case[1:] for case in BAD_ROWS], ids=[case[0] for case in BAD_ROWS])
def test_a_bad_row_is_told_with_its_number(tmp_path: Path, rows: list[Row], expected: list[tuple[str, str]]) -> None:
    good = [["EASE", "B", "s", "9", "3"], ["QUEUE", "B", "s", "9", "1"], ["SIGN", "B", "s", "9", "no"]]
    assert faults(written(tmp_path, [*rows, *good])) == expected


def test_every_fault_is_told_but_not_a_thousand_of_them(tmp_path: Path) -> None:
    rows = [["EASE", f"A{number}", "s", "1", str(100 + number)] for number in range(200)]
    found = faults(written(tmp_path, [*rows, *visits()]))
    assert len(found) == 51
    assert found[-1] == ("more_faults", "")


def test_a_criterion_that_the_file_does_not_have_is_unknown(tmp_path: Path) -> None:
    path = written(tmp_path, visits())
    assert faults(path, MAPPING + "[scales.PRICE]\nlow = 0\nhigh = 1\n") == [("unknown_criterion", "")]
    strict = 'unscaled = "refuse"\n' + MAPPING
    assert faults(path, strict) == [("unknown_criterion", "5")]


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert faults(written(tmp_path, visits(), header=[*HEADER[:4], "score"])) == [("column_absent", "")]


def test_words_of_others_are_translated_or_refused(tmp_path: Path) -> None:
    rows = [["EASE", "A", "s", "1", "3", "téléphone", "31/03/2026"], ["EASE", "A", "s", "1", "2", "fax", "31.3"]]
    path = written(tmp_path, rows, header=[*HEADER, "canal", "jour"])
    mapping = """
    [columns]
    organisation = "institution"
    criterion = "indicator"
    value = "value"
    channel = "canal"
    day = "jour"
    [values.channel]
    "téléphone" = "phone"
    [scales.EASE]
    low = 1
    high = 5
    """
    assert faults(path, mapping) == [("unknown_value", "3"), ("not_a_day", "3"), ("criterion_in_two_channels", "")]


def test_a_contact_that_was_not_reached_may_stand_alone(tmp_path: Path) -> None:
    rows = [["EASE", "A", "s", "1", "3", "reached"], ["", "A", "s", "2", "", "not_reached"]]
    path = written(tmp_path, rows, header=[*HEADER, "outcome"])
    mapping = MAPPING.split("[scales.QUEUE]")[0].replace("[constants]", 'outcome = "outcome"\n[constants]')
    found = imported(path, mapping)
    outcomes = found.dataset.table("observations")["outcome"].to_pylist()
    assert (sorted(outcomes), found.dataset.table("answers").num_rows) == (["not_reached", "reached"], 1)


@pytest.mark.parametrize(
    ("mapping", "codes"),
    [
        ("", {"mapping_missing"}),
        ("[columns", {"toml"}),
        (MAPPING.replace("[columns]", "[colums]"), {"mapping_unknown", "mapping_missing"}),
        (MAPPING.replace('place = "service"', 'placee = "service"'), {"mapping_unknown"}),
        (MAPPING.replace("high = 5", "high = 1"), {"mapping_scale"}),
        (MAPPING.replace("else:0", "otherwise:0"), {"score_bands"}),
        (MAPPING.replace("yes = 1", "yes = 7"), {"mapping_scale"}),
        (MAPPING.replace('stage = "access"', 'stage = "door"'), {"mapping_unknown"}),
        (MAPPING.replace("weight = 2", "weight = -2"), {"mapping_weight"}),
    ],
)
def test_a_wrong_mapping_is_refused(mapping: str, codes: set[str]) -> None:
    with pytest.raises(ParvisError) as error:
        read_mapping(mapping)
    assert {fault.code for fault in error.value.faults} == codes


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b",") - 3])


def noise(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(1 << 20) * 3)  # noqa: S311 - a test draws no secret


def text_noise(path: Path) -> None:
    path.write_bytes(b"abcdefg;" * (3 << 17))


def sparse_bomb(path: Path) -> None:
    """Two cells at the far ends of a sheet: a few bytes that unfold to a billion cells."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "indicator")
    sheet.write(65535, 16383, "x")
    book.close()


def inflated_bomb(path: Path) -> None:
    """A sheet that says it unfolds to 420 MB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(1 << 20))
        archive.infolist()[0].file_size = 420 << 20


@pytest.mark.parametrize(
    ("name", "spoil", "code"),
    [
        ("visits.csv", cut, "file_cut"),
        ("visits.csv", noise, "file_not_text"),
        ("visits.csv", text_noise, "file_not_text"),
        ("visits.parquet", noise, "file_cut"),
        ("visits.xlsx", noise, "file_cut"),
        ("visits.xlsx", sparse_bomb, "spreadsheet_too_large"),
        ("visits.xlsx", inflated_bomb, "spreadsheet_too_large"),
        ("visits.csv", lambda path: path.write_bytes(b""), "file_empty"),
        ("visits.csv", lambda path: path.write_text(",".join(HEADER) + "\n"), "no_row"),
        ("visits.csv", lambda path: path.write_bytes("indicator,é\n".encode("latin-1")), "file_not_text"),
        ("visits.ods", noise, "file_kind"),
        ("visits.csv", lambda path: path.unlink(), "file_absent"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_and_nothing_is_written(
    tmp_path: Path, name: str, spoil: Any, code: str
) -> None:
    path = written(tmp_path, visits(), name=name)
    spoil(path)
    assert [fault for fault, _ in faults(path)] == [code]
    (tmp_path / "map.toml").write_text(MAPPING, "utf-8")
    ran = CliRunner().invoke(
        main, ["dataset", "import", str(path), "--mapping", str(tmp_path / "map.toml"), "-o", str(tmp_path / "out")]
    )
    assert (ran.exit_code, "Traceback" in ran.output, (tmp_path / "out").exists()) == (2, False, False)
