"""What a column holds, learnt in one scan before anything is summed: how many answers, between which bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
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

# whole numbers within this distance of their centre are summed as they are
SHORT_REACH = 16

_NUMBER = r"^[-+]?[0-9]*[.,]?[0-9]+([eE][-+]?[0-9]+)?$"


class Kind(StrEnum):
    """What can be done with a column."""

    NUMBER = "number"
    TRUTH = "truth"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Profile:
    """One column: its kind, its numbers of rows, of answers, of infinite values; bounds are None when no answer.

    `whole` says that its type has no fractions; `not_numeric` is, in a column of texts, one that is no number; `mean`
    is only known where the bounds do not make a good centre.
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
    whole: bool = False
    not_numeric: str | None = None

    @property
    def complete(self) -> bool:
        return self.answered == self.rows

    @property
    def short(self) -> bool:
        """Whole numbers on a short scale, as ratings are: their sums need no scaling."""
        return self.whole and (self.low is None or self.high is None or self.high - self.low <= 2 * SHORT_REACH)

    @property
    def centre(self) -> float:
        """What to subtract so that sums of squares lose no precision, and that no order of rows can move.

        The middle of a short scale; else the mean to three digits.
        """
        if self.low is None or self.high is None:
            return 0.0
        if self.short:
            return float((self.low + self.high) // 2)
        return float(f"{self.mean:.3g}") if self.mean is not None else 0.0

    @property
    def constant(self) -> bool:
        return self.complete and self.low == self.high

    @property
    def reach(self) -> float:
        """The largest absolute value."""
        return max(abs(self.low or 0.0), abs(self.high or 0.0))


def is_nan(value: Any) -> Any:
    """Whether a floating value is NaN: NaN times 0 is not 0, and neither is infinity times 0.

    DuckDB 2.0 answers its own isnan() by the bounds of a Parquet file, which leave NaN out: it would see none.
    """
    return (value * 0.0 != 0.0) & ~value.isinf()


def number(table: ibis.Table, column: str, profile: Profile | None = None) -> ibis.expr.types.NumericValue:
    """The column as a double in which NaN is a null: engines agree on nulls, not on NaN; a profile may know of none."""
    import ibis

    value = table[column]
    if value.type().is_floating() and (profile is None or profile.not_a_number):
        value = is_nan(value).ifelse(ibis.null(value.type()), value)
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
    kinds = {column: kind_of(table, column) for column in columns}
    row = engine.collect(_questions(table.op(), tuple(columns))).to_pylist()[0]
    found = {column: _profile(table, column, kinds[column], row, f"c{at}_") for at, column in enumerate(columns)}
    return _with_means(engine, table, found)


@lru_cache(maxsize=64)
def _questions(rows: Any, columns: tuple[str, ...]) -> ibis.Table:
    """What one scan asks of all columns; of tables of the same columns, the same."""
    table = rows.to_expr()
    kinds = {column: kind_of(table, column) for column in columns}
    read = _read_once(table, kinds)
    asked: dict[str, Any] = {"rows": read.count()}
    for at, (column, kind) in enumerate(kinds.items()):
        fractional = _fractional(table, column)
        asked |= {f"c{at}_{name}": value for name, value in _questions_of(read, f"c{at}", kind, fractional).items()}
    return read.aggregate(**asked)


def _read_once(table: ibis.Table, kinds: Mapping[str, Kind]) -> ibis.Table:
    """Each column by its place, ready for its questions; beside one with fractions, itself with its NaN."""
    read: dict[str, Any] = {}
    for at, (column, kind) in enumerate(kinds.items()):
        read[f"c{at}"] = table[column] if kind is Kind.TEXT else _plain(table, column)
        if kind is not Kind.TEXT and _fractional(table, column):
            read[f"c{at}_given"] = table[column]
    return table.select(**read) if read else table


def _questions_of(read: ibis.Table, column: str, kind: Kind, fractional: bool) -> dict[str, Any]:
    value = read[column]
    if kind is Kind.TEXT:
        written = value.cast("string")
        return {"answered": value.count(), "text": written.min(where=~written.re_search(_NUMBER))}
    asked = {"answered": value.count(), "low": value.min(), "high": value.max()}
    if fractional:
        asked |= {"infinite": value.isinf().sum(), "given": read[f"{column}_given"].count()}
        asked |= {"mean": value.mean(), "binary": (value * value == value).all()}  # so are 0 and 1, and no other
    return asked


def _profile(table: ibis.Table, column: str, kind: Kind, row: dict[str, Any], prefix: str) -> Profile:
    low, high = row.get(prefix + "low"), row.get(prefix + "high")
    answered, infinite = row[prefix + "answered"], row.get(prefix + "infinite") or 0
    whole = kind is not Kind.TEXT and not _fractional(table, column)
    no_other = whole or bool(row.get(prefix + "binary", False))
    return Profile(
        kind=kind,
        rows=row["rows"],
        answered=answered,
        infinite=infinite,
        not_a_number=row.get(prefix + "given", answered) - answered,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        mean=None if infinite else row.get(prefix + "mean"),
        only_0_and_1=no_other and low is not None and high is not None and low >= 0 and high <= 1,
        whole=whole,
        not_numeric=row.get(prefix + "text"),
    )


def _with_means(engine: Engine, table: ibis.Table, found: dict[str, Profile]) -> dict[str, Profile]:
    """A second scan, only for whole numbers of a long range: their mean, which short scales do without."""
    wide = [
        column
        for column, profile in found.items()
        if profile.kind is Kind.NUMBER and profile.whole and profile.low is not None and not profile.short
    ]
    if not wide:
        return found
    asked = {f"c{at}": number(table, column).mean() for at, column in enumerate(wide)}
    row = engine.collect(table.aggregate(**asked)).to_pylist()[0]
    return found | {column: replace(found[column], mean=row[f"c{at}"]) for at, column in enumerate(wide)}


def _fractional(table: ibis.Table, column: str) -> bool:
    kind = table[column].type()
    return not (kind.is_integer() or kind.is_boolean())


def _plain(table: ibis.Table, column: str) -> Any:
    """The column for bounds: whole numbers as they are, which costs less than as doubles."""
    if _fractional(table, column):
        return number(table, column)
    return table[column].cast("int8") if table[column].type().is_boolean() else table[column]


def levels(engine: Engine, table: ibis.Table, column: str) -> list[Level]:
    """The distinct answers of a column, sorted, without the null."""
    values = table.select(level=table[column]).distinct()
    if table[column].type().is_floating():
        values = values.filter(~is_nan(values.level))
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
