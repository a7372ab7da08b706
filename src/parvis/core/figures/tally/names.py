"""Names of columns that an engine would take for one another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from parvis.core.vocabulary import Fault, ParvisError, Text


def told_apart(data: pa.Table | str | Path, used: Sequence[str]) -> pa.Table | str | Path:
    """The data without the columns that an engine would read in the place of others: SQL does not tell nh from Nh.

    Args:
        data: an Arrow table, or the path of a file.
        used: the columns that will be read.

    Returns:
        The data as they are, unless two names differ by case alone: then a table of the columns of `used` that exist.

    Raises:
        ParvisError: columns of `used` whose names differ by case alone.

    >>> told_apart(pa.table({"nh": [5], "Nh": [15]}), ["Nh"]).column_names
    ['Nh']
    """
    if isinstance(data, pa.Table):
        names = data.column_names
    elif Path(data).suffix.lower() == ".parquet" and Path(data).is_file():
        names = pq.read_schema(data).names
    else:
        return data
    if len({name.casefold() for name in names}) == len(names):
        return data
    kept = [name for name in dict.fromkeys(used) if name in names]
    alike: dict[str, list[str]] = {}
    for name in kept:
        alike.setdefault(name.casefold(), []).append(name)
    if faults := [_fault(twins) for twins in alike.values() if len(twins) > 1]:
        raise ParvisError(faults)
    return data.select(kept) if isinstance(data, pa.Table) else pq.read_table(data, columns=kept)


def _fault(names: Sequence[str]) -> Fault:
    french, english = ", ".join(f"« {name} »" for name in names), ", ".join(f"“{name}”" for name in names)
    return Fault(
        "columns_alike",
        Text(f"les colonnes {french} ne diffèrent que par la casse.", f"the columns {english} differ by case alone."),
        Text("Renommez l’une d’elles.", "Rename one of them."),
    )
