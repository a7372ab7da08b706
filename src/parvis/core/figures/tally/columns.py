"""What a column holds, learnt in one scan before anything is summed: how many answers, between which bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

if TYPE_CHECKING:
    import ibis

    from parvis.core.figures.tally.engine import Engine

Codes = NDArray[np.int64]
Level = str | int | float | bool

_NUMBER = r"^[-+]?[0-9]*[.,]?[0-9]+([eE][-+]?[0-9]+)?$"


class Kind(StrEnum):
    """What can be done with a column."""

    NUMBER = "number"
    TRUTH = "truth"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Profile:
    """One column: its kind, its numbers of rows, of answers, of infinite values; bounds are None when no answer.

    `not_numeric` is, in a column of texts, one that is no number.
    """

    kind: Kind
    rows: int
    answered: int
    infinite: int
    not_a_number: int
    low: float | None
    high: float | None
    mean: float | None
    only_0_and_1: bool
    not_numeric: str | None = None

    @property
    def complete(self) -> bool:
        return self.answered == self.rows

    @property
    def centre(self) -> float:
        """The mean to three digits: sums of squares around it lose no precision, and no order of rows can move it."""
        return float(f"{self.mean:.3g}") if self.mean is not None else 0.0

    @property
    def reach(self) -> float:
        """The largest absolute value."""
        return max(abs(self.low or 0.0), abs(self.high or 0.0))


def number(table: ibis.Table, column: str) -> ibis.expr.types.NumericValue:
    """The column as a double in which NaN is a null: engines agree on nulls, not on NaN."""
    import ibis

    value = table[column]
    if value.type().is_floating():
        value = value.isnan().ifelse(ibis.null(value.type()), value)
    elif value.type().is_boolean():
        value = value.cast("int8")
    return value.cast("float64")


def kind_of(table: ibis.Table, column: str) -> Kind:
    """The kind of a column, from its type alone; a column with no type (all null) is a number without answers."""
    kind = table[column].type()
    if kind.is_boolean():
        return Kind.TRUTH
    return Kind.NUMBER if kind.is_numeric() or kind.is_null() else Kind.TEXT


def profiles(engine: Engine, table: ibis.Table, columns: Sequence[str]) -> dict[str, Profile]:
    """Profile columns in one scan.

    Args:
        engine: where to run.
        table: expression over the data.
        columns: names, present in the table.

    Returns:
        One profile per column, in the order given.

    >>> import pyarrow as pa
    >>> from parvis.core.figures.tally.engine import opened
    >>> with opened() as engine:
    ...     data = engine.table(pa.table({"q1": [1.0, None, 3.0], "sex": ["f", "m", None]}))
    ...     found = profiles(engine, data, ["q1", "sex"])
    >>> found["q1"].answered, found["q1"].high, found["sex"].kind.value
    (2, 3.0, 'text')
    """
    sums: dict[str, ibis.expr.types.Value] = {"rows": table.count()}
    kinds = {column: kind_of(table, column) for column in columns}
    for at, column in enumerate(columns):
        sums |= {f"c{at}_{name}": value for name, value in _questions(table, column, kinds[column]).items()}
    row: dict[str, Any] = engine.collect(table.aggregate(**sums)).to_pylist()[0]
    return {
        column: Profile(
            kind=kinds[column],
            rows=row["rows"],
            answered=row[f"c{at}_answered"],
            infinite=row.get(f"c{at}_infinite") or 0,
            not_a_number=row.get(f"c{at}_nan") or 0,
            low=row.get(f"c{at}_low"),
            high=row.get(f"c{at}_high"),
            mean=row.get(f"c{at}_mean"),
            only_0_and_1=bool(row.get(f"c{at}_binary", False)),
            not_numeric=row.get(f"c{at}_text"),
        )
        for at, column in enumerate(columns)
    }


def _questions(table: ibis.Table, column: str, kind: Kind) -> dict[str, ibis.expr.types.Value]:
    if kind is Kind.TEXT:
        written = table[column].cast("string")
        return {"answered": table[column].count(), "text": written.min(where=~written.re_search(_NUMBER))}
    value = number(table, column)
    binary = value.isin([0.0, 1.0]) | value.isnull()
    asked = {
        "answered": value.count(),
        "low": value.min(),
        "high": value.max(),
        "mean": value.mean(),
        "binary": binary.all(),
    }
    if table[column].type().is_floating():
        asked |= {"infinite": table[column].isinf().sum(), "nan": table[column].isnan().sum()}
    return asked


def levels(engine: Engine, table: ibis.Table, column: str) -> list[Level]:
    """The distinct answers of a column, sorted, without the null."""
    values = table.select(level=table[column]).distinct()
    if table[column].type().is_floating():
        values = values.filter(~values.level.isnan())
    found = engine.collect(values.filter(values.level.notnull()))["level"].combine_chunks()
    if pa.types.is_dictionary(found.type):
        found = found.dictionary_decode()
    return sorted(found.to_pylist())


def codes_of(table: pa.Table, columns: Sequence[str]) -> tuple[Codes, pa.Table]:
    """Number the distinct rows of some columns in their natural order, nulls last.

    Args:
        table: any table.
        columns: which of its columns; none gives a single number 0.

    Returns:
        One code per row, and the table of distinct rows whose row numbers the codes are.

    >>> codes, distinct = codes_of(pa.table({"a": ["y", "x", "y"], "b": [1, 2, 1]}), ["a", "b"])
    >>> codes.tolist(), distinct.to_pylist()
    ([1, 0, 1], [{'a': 'x', 'b': 2}, {'a': 'y', 'b': 1}])
    """
    codes = np.zeros(table.num_rows, np.int64)
    for column in columns:
        rank = _dense(table[column])
        codes = codes * (int(rank.max(initial=0)) + 1) + rank
        # renumbering after each column keeps the product of all ranks within 64 bits
        codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    first = np.unique(codes, return_index=True)[1]
    return codes, table.select(list(columns)).take(pa.array(first))


def _dense(column: pa.ChunkedArray) -> Codes:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], column.type)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_null(array.type):
        return np.zeros(len(array), np.int64)
    ranks = pc.rank(array, sort_keys="ascending", tiebreaker="dense")
    return np.asarray(ranks.to_numpy(zero_copy_only=False)).astype(np.int64) - 1
