"""A table from outside, read without trust: its header first, its size bounded, every cell as the text that it is."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from parvis.core.contacts.importing.spreadsheet import read_sheet
from parvis.core.vocabulary import Fault, ParvisError, Text

LONGEST_HEADER = 1 << 20  # bytes; beyond, this is not a table
_CHUNK = 1 << 22


@dataclass(frozen=True)
class ContactsTable:
    """The columns asked for, all as text, empty cells null; and what identifies the file."""

    table: pa.Table
    name: str
    sha256: str
    ends_cleanly: bool = True  # false: a CSV without a line break at its end, which may have been cut


def read_contacts(path: str | Path, wanted: Collection[str]) -> ContactsTable:
    """The wanted columns of a .csv (UTF-8; comma, semicolon or tab), .parquet or .xlsx file (its first sheet).

    Raises ParvisError: file absent or of another kind, cut, damaged, not text, a wanted column absent, no row, or a
    spreadsheet that unfolds beyond measure. Nothing large is read before the header is known to fit.
    """
    path = Path(path)
    if not path.is_file():
        raise ParvisError(_fault(path, "file_absent", "ce fichier n’existe pas", "this file does not exist"))
    readers = {".csv": _csv, ".txt": _csv, ".tsv": _csv, ".parquet": _parquet, ".xlsx": _xlsx}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        fr, en = f"l’extension « {path.suffix} » n’est pas lue", f"extension “{path.suffix}” is not read"
        raise ParvisError(_fault(path, "file_kind", fr, en, ".csv, .parquet, .xlsx"))
    table, cleanly = reader(path, sorted(set(wanted)))
    if table.num_rows == 0:
        raise ParvisError(_fault(path, "no_row", "ce fichier n’a aucune ligne de données", "this file has no data row"))
    return ContactsTable(table, path.name, _sha256(path), cleanly)


def _csv(path: Path, wanted: list[str]) -> tuple[pa.Table, bool]:
    names, delimiter = _header(path)
    _need(path, names, wanted)
    try:
        table = pa_csv.read_csv(
            path,
            read_options=pa_csv.ReadOptions(column_names=names, skip_rows=1),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                include_columns=wanted,
                column_types={name: pa.string() for name in wanted},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        if "UTF8" in str(error):
            raise ParvisError(_not_text(path)) from error
        fr = "une ligne n’a pas autant de cellules que la première : le fichier est peut-être coupé"
        en = "a line has not as many cells as the first: the file may be cut"
        raise ParvisError(_fault(path, "file_cut", fr, en)) from error
    with path.open("rb") as stream:
        stream.seek(-1, 2)
        return table, stream.read(1) in b"\r\n"


def _header(path: Path) -> tuple[list[str], str]:
    with path.open("rb") as stream:
        first = stream.readline(LONGEST_HEADER + 1)
    try:
        text = first.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParvisError(_not_text(path)) from error
    if "\0" in text or len(first) > LONGEST_HEADER:
        raise ParvisError(_not_text(path))
    if not text.strip():
        fr, en = (
            "la première ligne est vide : elle doit nommer les colonnes",
            "the first line is empty: it names columns",
        )
        raise ParvisError(_fault(path, "file_empty", fr, en))
    delimiter = max(",;\t", key=text.count)
    names = [name.strip() for name in next(csv.reader([text], delimiter=delimiter))]
    if len(set(names)) < len(names):
        twice = ", ".join(sorted({name for name in names if names.count(name) > 1}))
        raise ParvisError(
            _fault(path, "column_twice", f"colonnes en double : {twice}", f"columns given twice: {twice}")
        )
    return names, delimiter


def _parquet(path: Path, wanted: list[str]) -> tuple[pa.Table, bool]:
    try:
        _need(path, pq.read_schema(path).names, wanted)
        table = pq.read_table(path, columns=wanted, partitioning=None)
        return pa.table({name: _as_text(table[name]) for name in wanted}), True
    except (pa.ArrowException, OSError) as error:
        fr, en = "ce fichier Parquet est abîmé ou coupé", "this Parquet file is damaged or cut"
        raise ParvisError(_fault(path, "file_cut", fr, en)) from error


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pa.string())


def _xlsx(path: Path, wanted: list[str]) -> tuple[pa.Table, bool]:
    rows = read_sheet(path)
    if not rows:
        raise ParvisError(_fault(path, "file_empty", "la première feuille est vide", "the first sheet is empty"))
    names = [cell or "" for cell in rows[0]]
    _need(path, names, wanted)
    positions = {name: names.index(name) for name in wanted}
    body = [row for row in rows[1:] if any(cell is not None for cell in row)]
    columns = {name: pa.array([row[at] for row in body], pa.string()) for name, at in positions.items()}
    return pa.table(columns), True


def _need(path: Path, present: list[str], wanted: list[str]) -> None:
    lost = [name for name in wanted if name not in present]
    shown = ", ".join(name[:40] for name in present[:30])
    if lost:
        raise ParvisError(
            Fault(
                "column_absent",
                Text(
                    f"la colonne « {name} », que la correspondance attend, n’est pas dans le fichier.",
                    f"column “{name}”, which the mapping expects, is not in the file.",
                ),
                Text(f"Colonnes présentes : {shown}.", f"Columns present: {shown}."),
                {"file": path.name},
            )
            for name in lost
        )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_CHUNK):
            digest.update(block)
    return digest.hexdigest()


def _not_text(path: Path) -> Fault:
    fr, en = "ce fichier n’est pas un tableau en texte UTF-8", "this file is not a table in UTF-8 text"
    return _fault(path, "file_not_text", fr, en, "CSV UTF-8")


def _fault(path: Path, code: str, fr: str, en: str, remedy: str = "") -> Fault:
    again = Text(f"Attendu : {remedy}.", f"Expected: {remedy}.") if remedy else Text("Vérifiez-le.", "Check it.")
    return Fault(code, Text(f"{fr}.", f"{en}."), again, {"file": path.name})
