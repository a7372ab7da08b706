"""Tables in and out by extension, bilingual help, and faults told without a traceback."""

from __future__ import annotations

import csv
import functools
import json
import locale
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from parvis.core.figures.tally.databases import is_database, unload
from parvis.core.vocabulary import Fault, ParvisError, Text

# as French spreadsheets write numbers: 1 234,5 (the space may be one that does not break); NaN is what software writes
_SPACES = "[ \u00a0\u202f]"
_DECIMAL_COMMA = rf"^\s*([+-]?(\d+|\d{{1,3}}({_SPACES}\d{{3}})+)(,\d+)?|(?i:nan))\s*$"


def language() -> str:
    """The language of messages: PARVIS_LANGUAGE, else the locale, else French."""
    chosen = os.environ.get("PARVIS_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    if not chosen:
        chosen = locale.getlocale()[0] or "fr"
    return "en" if chosen.lower().startswith("en") else "fr"


def bilingual(fr: str, en: str) -> str:
    """One help text in both languages, French first."""
    return f"{fr} · {en}"


def refuse(error: ParvisError) -> NoReturn:
    """Tell every fault, one line each, and leave with code 2."""
    for fault in error.faults:
        message = fault.message(language())
        click.echo(message if fault.where else message[:1].upper() + message[1:], err=True)
    raise SystemExit(2)


@contextmanager
def naming(path: Path | None, *, cells_only: bool = False) -> Iterator[None]:
    """Faults of what this file holds name it, where they do not name a file already.

    `cells_only`: only faults that are in a column, a row or a key of it; others are those of an option.
    """
    try:
        yield
    except ParvisError as error:
        if path is None:
            raise
        named = {"file": path.name}
        told = (
            fault if cells_only and not fault.where else replace(fault, where=named | fault.where)
            for fault in error.faults
        )
        raise ParvisError(told) from error


def telling_faults(command: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a command so that a `ParvisError` becomes one message per fault and exit code 2.

    What nobody foresaw is told in one message too; `python -X dev -m parvis …` shows where it came from.
    """

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except ParvisError as error:
            refuse(error)
        except (click.ClickException, click.exceptions.Exit, click.Abort, OSError):
            raise
        except Exception as error:
            if sys.flags.dev_mode:
                raise
            refuse(ParvisError(_unforeseen(error)))

    return wrapped


def read_table(path: str | Path, text: Sequence[str] = (), table: str | None = None) -> pa.Table:
    """A CSV (UTF-8, comma or semicolon), a Parquet file or a table of a database as an Arrow table; empty cells are
    nulls.

    The columns named in `text` (keys, groups) stay text as written, so that code 01001 keeps its zero. `table` names
    the table of an SQLite or DuckDB file; it may be left out where there is a single one.

    Raises ParvisError when the file is absent, of another kind, cut, not UTF-8, or has no row of data.
    """
    path = Path(path)
    if not path.is_file():
        raise ParvisError(
            _fault(
                path,
                "file_absent",
                "ce fichier n’existe pas.",
                "this file does not exist.",
                "Vérifiez le chemin.",
                "Check the path.",
            )
        )
    if is_database(path):
        with unloaded(path, table) as file:
            return _read_parquet(file)
    if path.suffix.lower() == ".parquet":
        return _read_parquet(path)
    if path.suffix.lower() in {".csv", ".txt", ".tsv"}:
        return _read_csv(path, text)
    raise ParvisError(
        _fault(
            path,
            "file_kind",
            f"l’extension « {path.suffix} » n’est pas lue.",
            f"the extension “{path.suffix}” is not read.",
            "Donnez un fichier .csv, .parquet, .sqlite ou .duckdb.",
            "Give a .csv, .parquet, .sqlite or .duckdb file.",
        )
    )


@contextmanager
def unloaded(path: Path, table: str | None) -> Iterator[Path]:
    """The path of a CSV or Parquet file; for a database file, that of a Parquet copy of one of its tables.

    Raises ParvisError when the database cannot be read or lacks the table, and when a table is named of another file.
    """
    if not is_database(path):
        if table is not None:
            what = "une table n’est nommée que pour une base .sqlite ou .duckdb."
            told = "a table is named only for a .sqlite or .duckdb database."
            raise ParvisError(_fault(path, "table_without_database", what, told, "Ôtez --table.", "Drop --table."))
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="parvis-") as folder:
        yield unload(path, Path(folder, f"{path.stem}.parquet"), table)


def write_table(table: pa.Table, path: str | Path) -> None:
    """Write CSV (comma, point), Parquet or JSON (a list of records), chosen by extension."""
    path = Path(path)
    suffix = path.suffix.lower()
    if not path.parent.is_dir():
        raise ParvisError(
            _fault(
                path,
                "folder_absent",
                f"le dossier « {path.parent} » n’existe pas.",
                f"the folder “{path.parent}” does not exist.",
                "Créez-le, ou choisissez-en un autre.",
                "Create it, or choose another one.",
            )
        )
    if suffix == ".parquet":
        pq.write_table(table, path)
    elif suffix == ".json":
        path.write_text(json.dumps(table.to_pylist(), ensure_ascii=False, indent=1, default=str) + "\n", "utf-8")
    elif suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(table.column_names)
            writer.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))
    else:
        raise ParvisError(
            _fault(
                path,
                "file_kind",
                f"l’extension « {path.suffix} » n’est pas écrite.",
                f"the extension “{path.suffix}” is not written.",
                "Choisissez .csv, .parquet ou .json.",
                "Choose .csv, .parquet or .json.",
            )
        )


def refuse_overwriting(output: Path, *inputs: Path | None) -> None:
    """Raise ParvisError when what is asked for would replace what it is made from."""
    for path in filter(None, inputs):
        if path.exists() and output.exists() and path.samefile(output):
            what = "ce serait écraser ce que la commande lit."
            told = "this would overwrite what the command reads."
            raise ParvisError(
                _fault(output, "output_is_input", what, told, "Choisissez un autre nom.", "Choose another name.")
            )


def need_columns(table: pa.Table, columns: list[str], path: str | Path) -> None:
    """Raise one fault per column that the table lacks, naming those it has."""
    present = ", ".join(table.column_names)
    faults = [
        Fault(
            "column_absent",
            Text(f"la colonne « {name} » n’est pas dans le fichier.", f"column “{name}” is not in the file."),
            Text(f"Colonnes présentes : {present}.", f"Columns present: {present}."),
            {"file": Path(path).name},
        )
        for name in columns
        if name not in table.column_names
    ]
    if faults:
        raise ParvisError(faults)


def _read_parquet(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise ParvisError(
            _fault(
                path,
                "file_unreadable",
                "ce fichier Parquet est abîmé ou incomplet.",
                "this Parquet file is damaged or cut.",
                "Refaites-en la copie ou l’export.",
                "Copy or export it again.",
            )
        ) from error


def _header(path: Path) -> tuple[list[str], str]:
    """The names of a CSV's columns, and what separates them."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            header = stream.readline()
    except UnicodeDecodeError as error:
        raise ParvisError(_not_utf8(path)) from error
    if not header.strip():
        raise ParvisError(
            _fault(
                path,
                "file_empty",
                "ce fichier est vide.",
                "this file is empty.",
                "La première ligne doit nommer les colonnes.",
                "Its first line must name the columns.",
            )
        )
    delimiter = max(",;\t", key=re.sub(r'"[^"]*"', "", header).count)
    names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter))]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ParvisError(
            _fault(
                path,
                "column_twice",
                f"colonnes en double : {', '.join(twice)}.",
                f"columns given twice: {', '.join(twice)}.",
                "Renommez-les.",
                "Rename them.",
            )
        )
    return names, delimiter


def _read_csv(path: Path, text: Sequence[str]) -> pa.Table:
    names, delimiter = _header(path)
    try:
        table = pa_csv.read_csv(
            path,
            read_options=pa_csv.ReadOptions(column_names=names, skip_rows=1),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in text},
                null_values=["", "NA", "NULL", "null"],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        raise ParvisError(_not_utf8(path) if "UTF8" in str(error) else _uneven(path, str(error))) from error
    return _with_decimal_commas(table, text) if delimiter == ";" else table


def _with_decimal_commas(table: pa.Table, text: Sequence[str]) -> pa.Table:
    """Where semicolons separate cells, commas may mark decimals: a column of nothing but such numbers is numbers, in
    which a NaN is an empty cell."""
    for at, name in enumerate(table.column_names):
        column = table[name]
        if name in text or not pa.types.is_string(column.type):
            continue
        if pc.all(pc.match_substring_regex(column, _DECIMAL_COMMA), min_count=1).as_py():
            points = pc.replace_substring(pc.replace_substring_regex(column, r"\s|" + _SPACES, ""), ",", ".")
            numbers = points.cast(pa.float64())
            table = table.set_column(at, name, pc.if_else(pc.is_nan(numbers), None, numbers))
    return table


def _uneven(path: Path, said: str) -> Fault:
    found = re.search(r"Expected (\d+) columns, got (\d+): (.*)", said, re.DOTALL)
    line = found[3].strip().splitlines()[0][:60] if found and found[3].strip() else ""
    what = (
        Text(
            f"une ligne a {found[2]} cellules au lieu de {found[1]} : « {line} ».",
            f"a line has {found[2]} cells instead of {found[1]}: “{line}”.",
        )
        if found
        else Text(f"ce CSV ne se lit pas ({said}).", f"this CSV cannot be read ({said}).")
    )
    remedy = Text(
        "Donnez à chaque ligne autant de cellules qu’à la première.", "Give every line as many cells as the first has."
    )
    return Fault("file_unreadable", what, remedy, {"file": path.name})


def _not_utf8(path: Path) -> Fault:
    return _fault(
        path,
        "file_encoding",
        "ce fichier n’est pas en UTF-8.",
        "this file is not UTF-8.",
        "Enregistrez-le en « CSV UTF-8 ».",
        "Save it as “CSV UTF-8”.",
    )


def _unforeseen(error: Exception) -> Fault:
    said = f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}"
    return Fault(
        "unforeseen",
        Text(f"ces données n’ont pas pu être traitées ({said}).", f"these data could not be dealt with ({said})."),
        Text(
            "Vérifiez le type des colonnes ; sinon, signalez-le nous avec ce message.",
            "Check the types of the columns; otherwise, report it to us with this message.",
        ),
    )


def _fault(path: Path, code: str, fr: str, en: str, remedy_fr: str, remedy_en: str) -> Fault:
    return Fault(code, Text(fr, en), Text(remedy_fr, remedy_en), {"file": path.name})
