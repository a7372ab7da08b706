"""What a column and a table of a bundle are; the tables themselves stand in `dataset_tables` and `result_tables`."""

from __future__ import annotations

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


def text(name: str, *, null: bool = False, optional: bool = False, values: type[StrEnum] | None = None) -> Column:
    allowed = tuple(member.value for member in values) if values else None
    return Column(name, TEXT, null or optional, optional, allowed)


def number(name: str, *, null: bool = False, optional: bool = False) -> Column:
    return Column(name, NUMBER, null or optional, optional)


def whole(name: str, *, null: bool = False) -> Column:
    return Column(name, WHOLE, null)


def yes_no(name: str, *, null: bool = False, optional: bool = False) -> Column:
    return Column(name, YES_NO, null or optional, optional)
