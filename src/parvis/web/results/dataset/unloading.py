"""Millions of rows of one table as Arrow columns: the database writes lines of text, Arrow reads them.

No value becomes a Python object on the way. Lines and fields end with control characters that no JSON and none of our
codes can hold.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
from django.db import connection, models
from pyarrow import csv

ROWS, BLOCK = 50_000, 1 << 24  # read at a time: rows from SQLite, bytes from PostgreSQL
_FIELD, _QUOTE = "\x1f", "\x1e"


def unloaded(model: type[models.Model], schema: pa.Schema, edition: int) -> Iterator[pa.Table]:
    """The rows of an edition, some at a time, in no given order.

    Args:
        model: its table has a column `edition_id`.
        schema: the columns to read, as the database names them, each with the type wanted: text, whole numbers,
            booleans, days; an empty text is an empty text, any other empty field a null.
        edition: the key of the edition.
    """
    read = _from_postgresql if connection.vendor == "postgresql" else _from_sqlite
    table = connection.ops.quote_name(model._meta.db_table)
    columns = [connection.ops.quote_name(name) for name in schema.names]
    for lines in read(table, columns, edition):
        yield _parsed(lines, schema)


def _parsed(lines: bytes, schema: pa.Schema) -> pa.Table:
    return csv.read_csv(
        pa.py_buffer(lines),
        csv.ReadOptions(column_names=schema.names, block_size=len(lines)),
        csv.ParseOptions(delimiter=_FIELD, quote_char=_QUOTE, newlines_in_values=True),
        csv.ConvertOptions(column_types=schema, true_values=["1", "t"], false_values=["0", "f"]),
    )


def _from_postgresql(table: str, columns: list[str], edition: int) -> Iterator[bytes]:
    asked = (
        f"COPY (SELECT {', '.join(columns)} FROM {table} WHERE edition_id = %s) TO STDOUT "  # noqa: S608 (our own names)
        f"(FORMAT csv, DELIMITER '{_FIELD}', QUOTE '{_QUOTE}')"
    )
    with connection.cursor() as cursor, cursor.copy(asked, [edition]) as rows:
        block, size = [], 0
        for row in rows:
            block.append(row)
            size += len(row)
            if size >= BLOCK:
                yield b"".join(block)
                block, size = [], 0
    if block:
        yield b"".join(block)


def _from_sqlite(table: str, columns: list[str], edition: int) -> Iterator[bytes]:
    line = f" || '{_FIELD}' || ".join(f"coalesce({column}, '')" for column in columns)
    # JSON may hold an end of line between two words, never within one
    for end in ("10", "13"):
        line = f"replace({line}, char({end}), ' ')"
    asked = (
        "SELECT max(rowid), CAST(group_concat(line, char(10)) AS BLOB) FROM "  # noqa: S608 (our own names)
        f"(SELECT rowid, {line} AS line FROM {table} WHERE edition_id = %s AND rowid > %s ORDER BY rowid LIMIT {ROWS})"
    )
    last = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(asked, [edition, last])
            last, lines = cursor.fetchone()
            if last is None:
                return
            yield lines
