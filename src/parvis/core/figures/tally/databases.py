"""Answers kept in a database file, SQLite or DuckDB: one table of it, brought as Parquet in bounded memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from parvis.core.vocabulary import Fault, ParvisError, Text

SUFFIXES = (".sqlite", ".sqlite3", ".db", ".duckdb")
_SQLITE, _DUCKDB = b"SQLite format 3\0", b"DUCK"
_ROWS = 65_536
# what a column of SQLite holds, from the widest kind seen in it: SQLite lets each row choose
_KINDS = {"blob": pa.binary(), "text": pa.string(), "real": pa.float64(), "integer": pa.int64(), "null": pa.null()}


def is_database(path: str | Path) -> bool:
    """Whether a path is named as a database file."""
    return Path(path).suffix.lower() in SUFFIXES


def tables_of(path: str | Path) -> list[str]:
    """The names of the tables and views of a database file, in alphabetical order.

    Args:
        path: of an SQLite or DuckDB file.

    Raises:
        ParvisError: a file that is absent, or is no such database, or cannot be opened.
    """
    path = Path(path)
    if not path.is_file():
        raise ParvisError(
            _fault(path, "file_absent", ("ce fichier n’existe pas.", "this file does not exist."), _PATH_REMEDY)
        )
    try:
        if _kind(path) == "sqlite":
            with closing(_sqlite(path)) as connection:
                asked = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
                return sorted(str(name) for (name,) in connection.execute(asked))
        with _duckdb(path) as connection:
            asked = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'"
            return sorted(str(name) for (name,) in connection.execute(asked).fetchall())
    except Exception as error:
        if isinstance(error, ParvisError):
            raise
        raise ParvisError(_unreadable(path)) from error


def unload(path: str | Path, to: str | Path, table: str | None = None) -> Path:
    """Write one table of a database file as Parquet.

    Args:
        path: of an SQLite or DuckDB file; it is opened for reading only.
        to: path of the Parquet file to make.
        table: name of the table or view; may be left out where there is a single one.

    Returns:
        `to`. In SQLite, where each row may hold what it likes, a column is text as soon as one row holds text, else
        real as soon as one row holds a fraction, else whole; an empty table gives an empty file.

    Raises:
        ParvisError: a table that the database does not have, several tables and none named, a file that is no database.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     base = Path(folder, "survey.sqlite")
    ...     with closing(sqlite3.connect(base)) as made:
    ...         _ = made.executescript("CREATE TABLE answers (q1, place TEXT); INSERT INTO answers VALUES (4, '01')")
    ...     pq.read_table(unload(base, Path(folder, "answers.parquet"))).to_pylist()
    [{'q1': 4, 'place': '01'}]
    """
    path, to = Path(path), Path(to)
    chosen = _chosen(path, tables_of(path), table)
    try:
        if _kind(path) == "sqlite":
            with closing(_sqlite(path)) as connection:
                _write(_batches(connection, chosen), to)
        else:
            with _duckdb(path) as connection:
                told = str(to).replace("'", "''")
                connection.execute(f"COPY ({_select(['*'], chosen)}) TO '{told}' (FORMAT parquet)")
    except Exception as error:
        raise ParvisError(_unreadable(path)) from error
    return to


def _chosen(path: Path, present: Sequence[str], table: str | None) -> str:
    names = ", ".join(present) or "–"
    remedy = (f"Tables présentes : {names}.", f"Tables present: {names}.")
    if table is not None and table not in present:
        what = (f"la table « {table} » n’est pas dans cette base.", f"table “{table}” is not in this database.")
        raise ParvisError(_fault(path, "table_absent", what, remedy))
    if table is None and len(present) != 1:
        what = (
            f"cette base a {len(present)} tables : laquelle lire ?",
            f"this database has {len(present)} tables: which one?",
        )
        named = (f"Nommez-la avec --table. {remedy[0]}", f"Name it with --table. {remedy[1]}")
        raise ParvisError(_fault(path, "table_unnamed", what, named))
    return table if table is not None else present[0]


def _kind(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(16)
    if start == _SQLITE:
        return "sqlite"
    if start[8:12] == _DUCKDB:
        return "duckdb"
    raise ParvisError(_unreadable(path))


def _sqlite(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _duckdb(path: Path) -> Any:
    import duckdb

    return duckdb.connect(str(path), read_only=True)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _select(columns: Sequence[str], table: str) -> str:
    return f"SELECT {', '.join(columns)} FROM {_quoted(table)}"  # noqa: S608 (a quoted name of the database's own)


def _batches(connection: sqlite3.Connection, table: str) -> Iterator[pa.RecordBatch]:
    """The rows of an SQLite table, typed by a first reading; at least one batch, so that columns are known."""
    names = [str(column[0]) for column in connection.execute(_select(["*"], table) + " LIMIT 0").description]
    kinds = _kinds(connection, table, names)
    schema = pa.schema([(name, _KINDS[kind]) for name, kind in zip(names, kinds, strict=True)])
    asked = [f"CAST({_quoted(name)} AS '{kind}')" for name, kind in zip(names, kinds, strict=True)]
    rows = connection.execute(_select(asked, table))
    yield pa.RecordBatch.from_pylist([], schema)
    while found := rows.fetchmany(_ROWS):
        columns = zip(zip(*found, strict=True), schema.types, strict=True)
        yield pa.RecordBatch.from_arrays([pa.array(column, kind) for column, kind in columns], schema=schema)


def _kinds(connection: sqlite3.Connection, table: str, names: Sequence[str]) -> list[str]:
    asked = [f"max(typeof({_quoted(name)}) = '{kind}')" for name in names for kind in _KINDS]
    seen = connection.execute(_select(asked, table)).fetchone()
    width = len(_KINDS)
    return [
        next((kind for kind, here in zip(_KINDS, seen[at * width : (at + 1) * width], strict=True) if here), "null")
        for at in range(len(names))
    ]


def _write(batches: Iterator[pa.RecordBatch], to: Path) -> None:
    first = next(batches)
    with pq.ParquetWriter(to, first.schema) as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)


_PATH_REMEDY = ("Vérifiez le chemin.", "Check the path.")


def _unreadable(path: Path) -> Fault:
    what = ("ce fichier n’est pas une base SQLite ou DuckDB lisible.", "this file is no SQLite or DuckDB database.")
    return _fault(path, "file_unreadable", what, ("Refaites-en la copie ou l’export.", "Copy or export it again."))


def _fault(path: Path, code: str, what: tuple[str, str], remedy: tuple[str, str]) -> Fault:
    return Fault(code, Text(*what), Text(*remedy), {"file": path.name})
