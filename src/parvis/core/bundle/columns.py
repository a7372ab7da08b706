"""What a column and a table of a bundle are; the tables themselves stand in `dataset_tables` and `result_tables`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

TEXT, NUMBER, WHOLE, YES_NO, DAY = pa.string(), pa.float64(), pa.int64(), pa.bool_(), pa.date32()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type, whether it may be null, whether a file may lack it, its allowed values."""

    name: str
    type: pa.DataType
    nullable: bool = False
    optional: bool = False
    values: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class TableShape:
    """One table: its key, by which rows are sorted and unique, and its columns. An optional table may be absent."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    optional: bool = False

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(column.name, column.type) for column in self.columns])

    def empty(self) -> pa.Table:
        return self.schema().empty_table()

    def filled(self, rows: Sequence[Sequence[object]]) -> pa.Table:
        """A table from rows that give every column, in order."""
        given: list[Sequence[object]] = list(zip(*rows, strict=True)) if rows else [()] * len(self.columns)
        pairs = zip(self.schema(), given, strict=True)
        return pa.table({field.name: pa.array(column, field.type) for field, column in pairs})


def text(name: str, *, null: bool = False, optional: bool = False, values: type[StrEnum] | None = None) -> Column:
    allowed = tuple(member.value for member in values) if values else None
    return Column(name, TEXT, null or optional, optional, allowed)


def number(name: str, *, null: bool = False, optional: bool = False) -> Column:
    return Column(name, NUMBER, null or optional, optional)


def whole(name: str, *, null: bool = False, optional: bool = False) -> Column:
    return Column(name, WHOLE, null or optional, optional)


def yes_no(name: str, *, null: bool = False, optional: bool = False) -> Column:
    return Column(name, YES_NO, null or optional, optional)
