"""Columns of a table as the core wants them: numbers, keys, groups; every unusable cell told with its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parvis.cli.files.tables import naming, need_columns, read_table
from parvis.core.figures.checked_estimates import CheckedEstimates, check_estimates
from parvis.core.vocabulary import Fault, ParvisError, Text

Floats = NDArray[np.float64]

_MOST_FAULTS = 10


@dataclass(frozen=True, slots=True)
class EstimateRows:
    """A table of estimates as read: its file, key columns as they were, one name per row, and the numbers."""

    path: Path
    keys: pa.Table
    names: tuple[str, ...]
    estimates: Floats
    standard_errors: Floats
    degrees_of_freedom: Floats | None

    def checked(self, rows: Sequence[int] | None = None) -> CheckedEstimates:
        chosen = list(range(len(self.names))) if rows is None else list(rows)
        df = None if self.degrees_of_freedom is None else self.degrees_of_freedom[chosen]
        names = [self.names[i] for i in chosen]
        with naming(self.path):
            return check_estimates(names, self.estimates[chosen], self.standard_errors[chosen], df)


def read_estimates(
    path: Path,
    ids: Sequence[str],
    estimate: str,
    standard_error: str,
    degrees_of_freedom: str | None,
    by: Sequence[str] = (),
) -> tuple[pa.Table, EstimateRows]:
    """Read a file of estimates; raise ParvisError on absent columns and on cells that are not numbers."""
    table = read_table(path, text=[*ids, *by])
    wanted = [estimate, standard_error, *([degrees_of_freedom] if degrees_of_freedom else [])]
    need_columns(table, list(dict.fromkeys([*ids, *by, *wanted])), path)
    columns: list[Floats] = []
    faults: list[Fault] = []
    for name in wanted:
        try:
            columns.append(numbers(table, name, path))
        except ParvisError as error:
            faults += error.faults
    if faults:
        raise ParvisError(faults)
    df = columns[2] if degrees_of_freedom else None
    return table, EstimateRows(path, table.select(list(ids)), row_names(table, ids, path), columns[0], columns[1], df)


def numbers(table: pa.Table, name: str, path: Path) -> Floats:
    """A column as floats, NaN for empty cells; raise ParvisError naming the rows that are not numbers."""
    column = table[name].combine_chunks()
    if pa.types.is_null(column.type):
        return np.full(len(column), np.nan)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64)
    faults = []
    for row, cell in enumerate(column.to_pylist()):
        if cell is not None and not _is_number(cell):
            faults.append(_not_a_number(path, name, row, str(cell)))
    if not faults:
        return np.array([np.nan if cell is None else float(cell) for cell in column.to_pylist()])
    raise ParvisError(faults[:_MOST_FAULTS])


def row_names(table: pa.Table, ids: Sequence[str], path: Path) -> tuple[str, ...]:
    """One name per row from its key columns; raise ParvisError naming the rows whose key is empty."""
    parts = [_texts(table, name) for name in ids]
    faults = [
        Fault(
            "key_empty",
            Text("cette cellule de clé est vide.", "this key cell is empty."),
            Text("Donnez un identifiant à chaque ligne.", "Give each row an identifier."),
            {"file": path.name, "row": str(row + 2), "column": name},
        )
        for name, part in zip(ids, parts, strict=True)
        for row, cell in enumerate(part)
        if cell is None or not cell.strip()
    ]
    if faults:
        raise ParvisError(faults[:_MOST_FAULTS])
    return tuple(" / ".join(str(cell) for cell in cells) for cells in zip(*parts, strict=True))


def refuse_reserved(keys: Sequence[str], made: Sequence[str], path: Path) -> None:
    """Raise ParvisError for each key column that bears the name of a column of the results: it would be lost."""
    faults = [
        Fault(
            "column_reserved",
            Text(f"« {name} » est aussi une colonne des résultats.", f"“{name}” is also a column of the results."),
            Text("Renommez-la dans votre fichier.", "Rename it in your file."),
            {"file": path.name, "column": name},
        )
        for name in dict.fromkeys(keys)
        if name in made
    ]
    if faults:
        raise ParvisError(faults)


def groups(table: pa.Table, by: Sequence[str]) -> list[tuple[str, list[int]]]:
    """The rows of each group in order of first appearance, with the group's name (one group "" without `by`)."""
    if not by:
        return [("", list(range(table.num_rows)))]
    parts = [_texts(table, name) for name in by]
    found: dict[tuple[str, ...], list[int]] = {}
    for row, cells in enumerate(zip(*parts, strict=True)):
        found.setdefault(tuple("" if cell is None else cell for cell in cells), []).append(row)
    return [(" / ".join(name), rows) for name, rows in found.items()]


def _texts(table: pa.Table, name: str) -> list[str | None]:
    texts: list[str | None] = pc.cast(table[name], pa.string()).to_pylist()
    return texts


def _is_number(cell: object) -> bool:
    try:
        float(str(cell))
    except ValueError:
        return False
    return True


def _not_a_number(path: Path, name: str, row: int, cell: str) -> Fault:
    return Fault(
        "not_a_number",
        Text(f"« {cell} » n’est pas un nombre.", f"“{cell}” is not a number."),
        Text("Écrivez un nombre avec un point décimal, ou rien.", "Write a number with a decimal point, or nothing."),
        {"file": path.name, "row": str(row + 2), "column": name},
    )
